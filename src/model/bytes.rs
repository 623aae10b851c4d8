//! Bytes as one value.

use super::{Indexable, Measured, Shape, Value};
use crate::codec::base64::{self, Base64Error};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::hex;
use crate::codec::json::{FromJson, Halt, Reader, ToJson, Writer};
use crate::codec::order::KeyWriter;
use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

/// How many bytes `{:?}` shows.
const SHOWN_BYTES: usize = 16;

/// A byte string: an image, a key, a signature. On the wire it is text in base64 (RFC 4648, section 4, padded), in the
/// journal the bytes themselves; a `Vec<u8>` is a list of numbers in both.
///
/// It does not change, and its copies share the memory, so that a row with a large one is as cheap to change as any.
///
/// ```
/// use sunstone::codec::json;
/// use sunstone::model::Bytes;
///
/// let bytes = Bytes::from(b"foob");
/// assert_eq!(json::encode(&bytes), b"\"Zm9vYg==\"");
/// assert_eq!(json::decode::<Bytes>(b"\"Zm9vYg==\"").unwrap(), bytes);
/// assert_eq!(bytes.len(), 4);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(Arc<[u8]>);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Bytes {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(&bytes[..])
    }
}

impl<const N: usize> From<[u8; N]> for Bytes {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes.into())
    }
}

impl FromIterator<u8> for Bytes {
    fn from_iter<I: IntoIterator<Item = u8>>(bytes: I) -> Self {
        Self(bytes.into_iter().collect())
    }
}

/// The first bytes in hexadecimal, and how many there are.
impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.split_at_checked(SHOWN_BYTES) {
            Some((shown, rest)) if !rest.is_empty() => {
                write!(f, "Bytes({}.., {} bytes)", hex::encode(shown), self.len())
            }
            _ => write!(f, "Bytes({})", hex::encode(self)),
        }
    }
}

/// Base64.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&base64::encode(self))
    }
}

fn expected(found: Base64Error) -> String {
    format!("expected bytes in base64 with padding, found {found}")
}

impl FromStr for Bytes {
    type Err = crate::error::Error;

    /// Base64, padded.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base64::decode(text)
            .map(Self::from)
            .map_err(|error| crate::error::Error::bad_request(expected(error)))
    }
}

impl ToJson for Bytes {
    fn to_json(&self, w: &mut Writer) {
        w.str(&base64::encode(self));
    }
}

impl FromJson for Bytes {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        base64::decode(&text).map(Self::from).map_err(|error| r.reject(expected(error)))
    }
}

impl ToBinary for Bytes {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.bytes(self);
    }
}

impl FromBinary for Bytes {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        r.bytes().map(Self::from)
    }
}

impl Value for Bytes {
    fn shape() -> Shape {
        Shape::Scalar("bytes")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        self.clone()
    }

    fn order(&self, w: &mut KeyWriter) {
        w.bytes(self);
    }
}

impl Indexable for Bytes {}

impl Measured for Bytes {
    const UNIT: &'static str = "bytes";

    fn measure(&self) -> Option<usize> {
        Some(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json;
    use crate::model::Report;

    #[test]
    fn a_copy_shares_the_memory() {
        let bytes = Bytes::from(vec![7; 1000]);
        assert!(std::ptr::eq(&raw const *bytes, &raw const *bytes.copy()));
    }

    #[test]
    fn how_it_is_shown() {
        assert_eq!(format!("{:?}", Bytes::from([0, 0xab])), "Bytes(00ab)");
        let long = Bytes::from([1; 17]);
        assert_eq!(format!("{long:?}"), "Bytes(01010101010101010101010101010101.., 17 bytes)");
        assert_eq!(Bytes::from(b"foo").to_string(), "Zm9v");
        assert_eq!("Zm9v".parse::<Bytes>().unwrap(), Bytes::from(b"foo"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            (
                "\"Zg\"",
                "expected bytes in base64 with padding, found 2 characters, which is not a multiple of 4",
            ),
            ("\"Z_8=\"", "expected bytes in base64 with padding, found another character at byte 1"),
            ("\"Zh==\"", "expected bytes in base64 with padding, found loose bits in the last character"),
            ("[1]", "expected a string, found an array"),
        ] {
            let errors = json::decode::<Bytes>(text.as_bytes()).unwrap_err();
            assert_eq!(errors.items[0].detail, said);
        }
        let mut report = Report::default();
        report.length(&Bytes::from([1, 2, 3]), ..=2);
        assert_eq!(report.errors()[0].detail, "expected at most 2 bytes, found 3");
    }
}
