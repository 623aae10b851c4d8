//! Names: how they are written on the wire and as constants, and which known one a typo meant.

use proc_macro::Ident;

/// The name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned)
}

/// `InProgress` and `inProgress` as `in_progress`; `HTTPError` as `http_error`; `V2` as `v2`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len().saturating_add(4));
    let mut before = None;
    for (n, c) in chars.iter().enumerate() {
        let after_lower = before.is_some_and(|b: char| b.is_lowercase() || b.is_ascii_digit());
        let ends_capitals = before.is_some_and(char::is_uppercase)
            && chars.get(n.saturating_add(1)).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lower || ends_capitals) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
        before = Some(*c);
    }
    snake
}

/// `done` as `DONE`.
pub(crate) fn constant(name: &str) -> String {
    snake(name).to_uppercase()
}

/// The known word that a typo most likely meant: at most a third of its letters are wrong.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = |near: &str| near.chars().count().div_ceil(3);
    known
        .iter()
        .map(|near| (distance(word, near), *near))
        .filter(|(wrong, near)| *wrong <= allowed(near))
        .min_by_key(|(wrong, _)| *wrong)
        .map(|(_, near)| near)
}

/// How many letters have to be put in, left out, changed or swapped with their neighbour.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let cost = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut older: Vec<usize> = Vec::new();
    let mut before: Option<char> = None;
    for (line, x) in a.chars().enumerate() {
        let mut next = vec![line.saturating_add(1)];
        for (n, y) in b.iter().enumerate() {
            let changed = cost(&row, n).saturating_add(usize::from(x != *y));
            let left_out = cost(&row, n.saturating_add(1)).saturating_add(1);
            let put_in = cost(&next, n).saturating_add(1);
            let two_back = n.checked_sub(1);
            let swaps = two_back.is_some_and(|two| before == Some(*y) && b.get(two) == Some(&x));
            let swapped =
                if swaps { cost(&older, two_back.unwrap_or(0)).saturating_add(1) } else { usize::MAX };
            next.push(changed.min(left_out).min(put_in).min(swapped));
        }
        older = std::mem::replace(&mut row, next);
        before = Some(x);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{constant, distance, nearest, snake};

    #[test]
    fn names_are_snake_on_the_wire() {
        let cases = [
            ("InProgress", "in_progress"),
            ("HTTPError", "http_error"),
            ("V2", "v2"),
            ("open", "open"),
            ("A", "a"),
            ("inProgress", "in_progress"),
        ];
        for (name, wire) in cases {
            assert_eq!(snake(name), wire);
        }
        assert_eq!(constant("due_at"), "DUE_AT");
    }

    #[test]
    fn typos_find_the_word_they_meant() {
        assert_eq!(distance("lenght", "length"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("lenght", &["range", "length", "with"]), Some("length"));
        assert_eq!(nearest("pots", &["get", "post", "put"]), Some("post"));
        assert_eq!(nearest("colour", &["range", "length", "with"]), None);
    }
}
