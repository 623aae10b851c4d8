//! Percent-encoding (RFC 3986, section 2.1) and the form encoding of queries, where a plus is a space
//! (WHATWG URL, section 5).
//!
//! Strict, unlike browsers: a `%` without two hexadecimal digits, and escapes that give no UTF-8, are errors with a
//! place. Text without escapes is borrowed.

use std::borrow::Cow;
use std::fmt;

/// Why a text cannot be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadEscape {
    at: usize,
    utf8: bool,
}

impl BadEscape {
    /// The place in the text, in bytes: of the `%`, or of the text itself when what it decodes to is not UTF-8.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Are the escapes whole, but not UTF-8?
    #[must_use]
    pub const fn is_utf8(&self) -> bool {
        self.utf8
    }
}

impl fmt::Display for BadEscape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.utf8 {
            f.write_str("percent-encoding: the decoded bytes are not UTF-8")
        } else {
            write!(f, "percent-encoding: expected two hexadecimal digits after % at {}", self.at)
        }
    }
}

impl std::error::Error for BadEscape {}

/// Decodes escapes, once: `%2541` is `%41`.
///
/// ```
/// use sunstone::codec::percent::decode;
///
/// assert_eq!(decode("caf%C3%A9+")?, "café+");
/// assert!(decode("100%").is_err());
/// # Ok::<(), sunstone::codec::percent::BadEscape>(())
/// ```
///
/// # Errors
/// A `%` without two hexadecimal digits behind it; bytes that are not UTF-8.
pub fn decode(text: &str) -> Result<Cow<'_, str>, BadEscape> {
    decode_with(text, false)
}

/// Decodes escapes, and `+` as a space.
///
/// # Errors
/// As [`decode`].
pub fn decode_form(text: &str) -> Result<Cow<'_, str>, BadEscape> {
    decode_with(text, true)
}

fn decode_with(text: &str, plus_is_space: bool) -> Result<Cow<'_, str>, BadEscape> {
    let special = |byte: &u8| *byte == b'%' || (plus_is_space && *byte == b'+');
    let Some(first) = text.bytes().position(|byte| special(&byte)) else { return Ok(Cow::Borrowed(text)) };
    let (plain, mut rest) = text.as_bytes().split_at(first);
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(plain);
    loop {
        rest = match rest {
            [] => break,
            [b'%', high, low, others @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex_digit(*high) << 4 | hex_digit(*low));
                others
            }
            [b'%', ..] => return Err(BadEscape { at: text.len().saturating_sub(rest.len()), utf8: false }),
            [b'+', others @ ..] if plus_is_space => {
                decoded.push(b' ');
                others
            }
            [byte, others @ ..] => {
                decoded.push(*byte);
                others
            }
        };
    }
    String::from_utf8(decoded).map(Cow::Owned).map_err(|_not_utf8| BadEscape { at: 0, utf8: true })
}

fn hex_digit(digit: u8) -> u8 {
    let letter = (digit | 0x20).saturating_sub(b'a');
    if digit.is_ascii_digit() { digit.saturating_sub(b'0') } else { letter.saturating_add(10) }
}

/// Encodes everything but the unreserved bytes (RFC 3986, section 2.3: letters, digits, `-`, `.`, `_`, `~`), so that the
/// result may stand anywhere in a target.
#[must_use]
pub fn encode(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let digit =
        |value: u8| char::from_digit(u32::from(value), 16).map_or('0', |digit| digit.to_ascii_uppercase());
    let mut encoded = String::with_capacity(text.len().saturating_mul(2));
    for byte in text.bytes() {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    Cow::Owned(encoded)
}
