//! Base64 (RFC 4648, section 4): the standard alphabet, padded.
//!
//! Reading is strict, as section 3 of the RFC advises: no line breaks, no missing padding, and no bits behind the last
//! byte. So every byte string has one text, and two texts that differ are never the same bytes.
//! Left out: the alphabet for file names and URLs (section 5), which nothing of ours writes.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::fmt;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Stands in [`VALUES`] for what is not in the alphabet.
const NONE: u8 = u8::MAX;

/// The reverse of [`ALPHABET`].
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut value = 0;
    #[expect(clippy::indexing_slicing, reason = "the compiler runs it")]
    #[expect(clippy::cast_possible_truncation, reason = "64 values")]
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// What keeps a text from being base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base64Error {
    /// The byte at this offset is not in the alphabet, or is padding before the end.
    Character(usize),
    /// The length is not a multiple of 4: something is missing, if only padding.
    Length(usize),
    /// The last character has bits that belong to no byte.
    LooseBits,
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(at) => write!(f, "another character at byte {at}"),
            Self::Length(length) => write!(f, "{length} characters, which is not a multiple of 4"),
            Self::LooseBits => f.write_str("loose bits in the last character"),
        }
    }
}

impl std::error::Error for Base64Error {}

/// Four characters for three bytes, padded with `=`.
///
/// ```
/// assert_eq!(sunstone::codec::base64::encode(b"foob"), "Zm9vYg==");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    let (groups, rest) = bytes.as_chunks::<3>();
    for [a, b, c] in groups {
        text.extend_from_slice(&characters([*a, *b, *c]));
    }
    match rest {
        [a, b] => {
            let [first, second, third, _] = characters([*a, *b, 0]);
            text.extend_from_slice(&[first, second, third, b'=']);
        }
        [a] => {
            let [first, second, ..] = characters([*a, 0, 0]);
            text.extend_from_slice(&[first, second, b'=', b'=']);
        }
        _ => {}
    }
    String::from_utf8(text).expect("the alphabet is ASCII")
}

fn characters([a, b, c]: [u8; 3]) -> [u8; 4] {
    [a >> 2, a << 4 | b >> 4, b << 2 | c >> 6, c]
        .map(|six| ALPHABET.get(usize::from(six & 0x3f)).copied().unwrap_or_default())
}

/// The bytes of a text.
///
/// ```
/// use sunstone::codec::base64::{Base64Error, decode};
///
/// assert_eq!(decode("Zm9vYg=="), Ok(b"foob".to_vec()));
/// assert_eq!(decode("Zm9vYg"), Err(Base64Error::Length(6)));
/// assert_eq!(decode("Zm9v-g=="), Err(Base64Error::Character(4)));
/// ```
///
/// # Errors
/// When the text is anything but what [`encode`] makes of some bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    let text = text.as_bytes();
    let (groups, rest) = text.as_chunks::<4>();
    if !rest.is_empty() {
        // A line break or a stranger is the better news, where it is the reason.
        let alien = text.iter().position(|byte| value(*byte) == NONE && *byte != b'=');
        return Err(alien.map_or(Base64Error::Length(text.len()), Base64Error::Character));
    }
    let Some((last, groups)) = groups.split_last() else { return Ok(Vec::new()) };
    let mut bytes = Vec::with_capacity(groups.len().saturating_add(1).saturating_mul(3));
    for (n, group) in groups.iter().enumerate() {
        bytes.extend_from_slice(&three(*group, n)?);
    }
    match *last {
        [a, b, b'=', b'='] => match three([a, b, b'A', b'A'], groups.len())? {
            [first, 0, 0] => bytes.push(first),
            _ => return Err(Base64Error::LooseBits),
        },
        [a, b, c, b'='] => match three([a, b, c, b'A'], groups.len())? {
            [first, second, 0] => bytes.extend_from_slice(&[first, second]),
            _ => return Err(Base64Error::LooseBits),
        },
        group => bytes.extend_from_slice(&three(group, groups.len())?),
    }
    Ok(bytes)
}

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// The three bytes of the group at this position.
fn three(group: [u8; 4], position: usize) -> Result<[u8; 3], Base64Error> {
    let [a, b, c, d] = group.map(value);
    // Only NONE has the high bit.
    if (a | b | c | d) & 0x80 != 0 {
        let within = [a, b, c, d].iter().take_while(|six| **six != NONE).count();
        return Err(Base64Error::Character(position.saturating_mul(4).saturating_add(within)));
    }
    Ok([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;

    /// RFC 4648, section 10.
    #[test]
    fn published_vectors() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text), Ok(bytes.as_bytes().to_vec()), "{text}");
        }
    }

    /// The naive twin: the bits in a row, six at a time.
    fn twin(bytes: &[u8]) -> String {
        let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1)).collect();
        let six = |bits: &[u8]| (0..6).fold(0, |six, n| six << 1 | bits.get(n).copied().unwrap_or(0));
        let sign = |bits| char::from(*ALPHABET.get(usize::from(six(bits))).expect("six bits"));
        let mut text: String = bits.chunks(6).map(sign).collect();
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }

    #[test]
    fn random_bytes_beside_the_twin() {
        let mut random = Xoshiro::new(1);
        for length in 0..300 {
            let mut bytes = vec![0; length];
            random.fill(&mut bytes);
            let text = encode(&bytes);
            assert_eq!(text, twin(&bytes), "{bytes:?}");
            assert_eq!(decode(&text), Ok(bytes), "{text}");
        }
    }

    /// Whatever is read is what would have been written: no bytes have two texts.
    #[test]
    fn every_last_group_has_one_text() {
        let signs: Vec<u8> = ALPHABET.iter().copied().chain(*b"=-_ \n").collect();
        let mut read = 0;
        for a in [b'Z', b'=', b'\n'] {
            for b in &signs {
                for c in &signs {
                    for d in &signs {
                        let group = [a, *b, *c, *d];
                        let text = std::str::from_utf8(&group).expect("ASCII");
                        if let Ok(bytes) = decode(text) {
                            assert_eq!(encode(&bytes), text);
                            read += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(read, 64 * 64 * 64 + 64 * 16 + 4);
    }

    #[test]
    fn what_is_wrong_and_where() {
        for (text, error) in [
            ("Zg", Base64Error::Length(2)),
            ("Zg=", Base64Error::Length(3)),
            ("Z", Base64Error::Length(1)),
            ("Zm9v\nZm9v", Base64Error::Character(4)),
            ("Zm9vZm9vZm-_", Base64Error::Character(10)),
            ("Zg==Zg==", Base64Error::Character(2)),
            ("====", Base64Error::Character(0)),
            ("Z===", Base64Error::Character(1)),
            ("Zm=v", Base64Error::Character(2)),
            ("Zm9vé===", Base64Error::Character(4)),
            ("Zh==", Base64Error::LooseBits),
            ("Zm9=", Base64Error::LooseBits),
        ] {
            assert_eq!(decode(text), Err(error), "{text}");
        }
    }
}
