//! What literals say.

use proc_macro::Literal;

/// The text of a string literal, plain or raw; `None` for every other literal.
pub(crate) fn text(literal: &Literal) -> Option<String> {
    let source = literal.to_string();
    if let Some(raw) = source.strip_prefix('r') {
        let inner = raw.trim_start_matches('#');
        let hashes = raw.len().checked_sub(inner.len())?;
        let closing = inner.len().checked_sub(hashes)?;
        return inner.get(..closing)?.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    unescape(source.strip_prefix('"')?.strip_suffix('"')?)
}

/// The whole number of an unsuffixed decimal literal.
pub(crate) fn number(literal: &Literal) -> Option<u64> {
    literal.to_string().replace('_', "").parse().ok()
}

fn unescape(source: &str) -> Option<String> {
    let mut text = String::with_capacity(source.len());
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next()? {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            '0' => text.push('\0'),
            'x' => {
                let digits: String = [rest.next()?, rest.next()?].into_iter().collect();
                text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            'u' => {
                let digits: String =
                    rest.by_ref().skip(1).take_while(|c| *c != '}').filter(|c| *c != '_').collect();
                text.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
            }
            // A line that ends in a backslash goes on at the next word.
            '\n' => while rest.next_if(|c| c.is_ascii_whitespace()).is_some() {},
            quoted => text.push(quoted),
        }
    }
    Some(text)
}
