//! The known word nearest to one that is not known: for fields, flags, subcommands and routes.

/// Of `known`, the word that `word` was probably meant to be: the one with the fewest letters put in, left out,
/// changed or swapped with their neighbour, at most a third of its letters. Capitals count as small letters.
///
/// ```
/// use sunstone::stdx::nearest::nearest;
///
/// assert_eq!(nearest("titel", ["id", "title", "done"]), Some("title"));
/// assert_eq!(nearest("colour", ["id", "title", "done"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer words are not compared: nobody mistypes them, and the work grows with the square.
    const MAX_COMPARED: usize = 64;

    if word.len() > MAX_COMPARED {
        return None;
    }
    let word: Vec<char> = word.to_lowercase().chars().collect();
    known
        .into_iter()
        .filter(|name| name.len() <= MAX_COMPARED)
        .map(|name| (distance(&word, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Optimal string alignment: Levenshtein's distance with swaps of neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let changed = above[j] + usize::from(a[i] != b[j]);
            let mut best = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let far = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(far("", "abc"), 3);
        assert_eq!(far("abc", "abc"), 0);
        assert_eq!(far("acb", "abc"), 1);
        assert_eq!(far("kitten", "sitting"), 3);
    }

    #[test]
    fn nothing_near_is_nothing() {
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("xyz", ["id"]), None);
        assert_eq!(nearest("Title", ["title", "titles"]), Some("title"));
    }
}
