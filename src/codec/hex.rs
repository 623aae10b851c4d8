//! Hexadecimal (RFC 4648, section 8), lower case.

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Two digits a byte.
///
/// ```
/// assert_eq!(sunstone::codec::hex::encode(&[0, 0xab]), "00ab");
/// ```
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('?', |digit| char::from(*digit));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// The bytes again; `None` when there is anything but pairs of digits. Both cases are read.
///
/// ```
/// use sunstone::codec::hex::decode;
///
/// assert_eq!(decode("00AB"), Some(vec![0, 0xab]));
/// assert_eq!(decode("0"), None);
/// assert_eq!(decode("0g"), None);
/// ```
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    });
    pairs.collect()
}
