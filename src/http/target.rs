//! Paths and queries, decoded once and strictly (RFC 3986, sections 2.1 and 3.3; the query as HTML forms write it).

use std::borrow::Cow;
use std::fmt;

use crate::codec::percent;
use crate::error::Error;

use super::grammar;

/// Why a path or a query cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadTarget {
    /// A `%` that no two hexadecimal digits follow.
    Escape,
    /// Escapes that give no UTF-8.
    NotText,
    /// A NUL byte.
    Nul,
    /// A backslash, which some systems take for a slash.
    Backslash,
    /// A segment `.` or `..`, escaped or not.
    DotSegment,
}

impl BadTarget {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Escape => "a % in the target without two hexadecimal digits behind it",
            Self::NotText => "escapes in the target that are not UTF-8",
            Self::Nul => "a NUL byte in the path",
            Self::Backslash => "a backslash in the path",
            Self::DotSegment => "a dot segment in the path",
        }
    }
}

impl fmt::Display for BadTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl std::error::Error for BadTarget {}

impl From<BadTarget> for Error {
    fn from(bad: BadTarget) -> Self {
        Self::bad_request(bad.words())
    }
}

impl From<percent::BadEscape> for BadTarget {
    fn from(bad: percent::BadEscape) -> Self {
        if bad.is_utf8() { Self::NotText } else { Self::Escape }
    }
}

/// The segments of a path, decoded. A slash at the end makes no difference; empty segments within are kept.
#[derive(Debug, Clone)]
pub struct Segments<'a> {
    rest: Option<&'a str>,
}

impl<'a> Segments<'a> {
    /// Of a path that [`check_path`] has passed.
    pub(super) fn checked(path: &'a str) -> Self {
        let inner = path.strip_prefix('/').unwrap_or(path);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        Self { rest: (!inner.is_empty() || path.len() > 1).then_some(inner) }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest?;
        let segment = match rest.split_once('/') {
            Some((segment, rest)) => {
                self.rest = Some(rest);
                segment
            }
            None => {
                self.rest = None;
                rest
            }
        };
        Some(percent::decode(segment).unwrap_or(Cow::Borrowed(segment)))
    }
}

/// The segments of a path, for paths that did not come through the parser.
///
/// ```
/// use sunstone::http::target::segments;
///
/// let found: Vec<_> = segments("/todos/7%2f8/")?.collect();
/// assert_eq!(found, ["todos", "7/8"]);
/// assert!(segments("/todos/%2e%2e/secret").is_err());
/// # Ok::<(), sunstone::http::target::BadTarget>(())
/// ```
///
/// # Errors
/// See [`BadTarget`].
pub fn segments(path: &str) -> Result<Segments<'_>, BadTarget> {
    check_path(path.as_bytes())?;
    Ok(Segments::checked(path))
}

/// Holds a path to the rules: escapes are whole and give UTF-8 without NUL and backslash, and no segment is `.` or `..`.
pub(super) fn check_path(path: &[u8]) -> Result<(), BadTarget> {
    let path = str::from_utf8(path).map_err(|_not_utf8| BadTarget::NotText)?;
    for segment in path.split('/') {
        let decoded = percent::decode(segment)?;
        if decoded.contains('\0') {
            return Err(BadTarget::Nul);
        }
        if decoded.contains('\\') {
            return Err(BadTarget::Backslash);
        }
        // An escaped slash does not hide a dot segment from whoever joins segments to a file's path.
        if decoded.split('/').any(|part| part == "." || part == "..") {
            return Err(BadTarget::DotSegment);
        }
    }
    Ok(())
}

/// The pairs of a query: `a=1&b=x+y%21`, a plus for a space. A name without `=` has an empty value; empty pairs are
/// left out.
#[derive(Debug, Clone)]
pub struct Pairs<'a> {
    rest: &'a str,
}

impl<'a> Pairs<'a> {
    /// Of a query without its `?`.
    #[must_use]
    pub const fn new(query: &'a str) -> Self {
        Self { rest: query }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<(Cow<'a, str>, Cow<'a, str>), BadTarget>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (pair, rest) = self.rest.split_once('&').unwrap_or((self.rest, ""));
            self.rest = rest;
            if !pair.is_empty() {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                return Some(decode_pair(name, value));
            }
        }
        None
    }
}

fn decode_pair<'a>(name: &'a str, value: &'a str) -> Result<(Cow<'a, str>, Cow<'a, str>), BadTarget> {
    Ok((percent::decode_form(name)?, percent::decode_form(value)?))
}

/// Host and port (RFC 3986, section 3.2; RFC 9110, section 4.2): a name or an IPv4 address, or an IPv6 address in
/// brackets; perhaps a port. No user information, and not empty.
pub(super) fn is_authority(bytes: &[u8]) -> bool {
    let name = grammar::run(bytes, 0, grammar::HOST);
    let (host, rest) = bytes.split_at_checked(name).unwrap_or((bytes, &[]));
    match (host, rest) {
        ([], [b'[', rest @ ..]) => {
            let Some(end) = rest.iter().position(|&byte| byte == b']') else { return false };
            let (address, rest) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            is_ipv6(address) && is_port(rest.get(1..).unwrap_or_default())
        }
        (_, [b'%', ..]) => {
            let end = bytes.iter().position(|&byte| byte == b':').unwrap_or(bytes.len());
            let (host, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
            is_escaped_name(host) && is_port(rest)
        }
        (name, rest) => has_whole_labels(name) && is_port(rest),
    }
}

/// Is there something between the dots of a name? A last dot may end it (RFC 1034, section 3.1).
fn has_whole_labels(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name.split(|&byte| byte == b'.').all(|label| !label.is_empty())
}

/// Nothing, or a colon and perhaps a number of 16 bits.
fn is_port(bytes: &[u8]) -> bool {
    match bytes {
        [] | [b':'] => true,
        [b':', digits @ ..] => {
            let port = digits.iter().try_fold(0u16, |port, digit| match digit {
                b'0'..=b'9' => port.checked_mul(10)?.checked_add(u16::from(digit & 15)),
                _ => None,
            });
            port.is_some()
        }
        _ => false,
    }
}

fn is_ipv6(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_escaped_name(bytes: &[u8]) -> bool {
    let plain = bytes.iter().all(|&byte| byte == b'%' || grammar::is(byte, grammar::HOST));
    plain && has_whole_labels(bytes) && str::from_utf8(bytes).is_ok_and(|text| percent::decode(text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities() {
        for good in [
            "a",
            "a.example",
            "a:80",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:65535",
            "a:",
            "caf%C3%A9",
            "x_y:1",
            "a.:80",
            "a.b.",
            "a:00000000000000000080",
        ] {
            assert!(is_authority(good.as_bytes()), "{good}");
        }
        for bad in [
            "", ":80", "a:b", "a:80:80", "a:65536", "a b", "user@a", "[::1", "::1", "[::1]x", "[]", "[v1.a]",
            "a%2", "a%zz", "a/b", "a,b", "a?b", "a%20b:x", "a..b", ".a", ".", "..", "a%20..b", "a;b",
            "a=b:80", "(a)",
        ] {
            assert!(!is_authority(bad.as_bytes()), "{bad}");
        }
    }
}
