//! Reading CBOR. Lengths are checked against what is there before memory is taken.

use super::{ARRAY_OF_ONE, FromBinary, Major, NULL, Numbers, TAG_BIG_NEGATIVE, TAG_BIG_UNSIGNED, TypeSlot};
use crate::codec::json::{FromJson, Slot};
use std::fmt;

/// The bytes are not what the type expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where, from the first byte of the encoded value.
    pub offset: usize,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

impl std::error::Error for Malformed {}

/// Reads values one after the other.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    numbers: &'a Numbers,
}

impl<'a> Reader<'a> {
    /// A reader at the first byte, with the numbers of the journal the bytes come from.
    #[must_use]
    pub fn new(bytes: &'a [u8], numbers: &'a Numbers) -> Self {
        Self { bytes, at: 0, numbers }
    }

    /// How many bytes have been read.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Is everything read?
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// When something does.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.is_at_end() { Ok(()) } else { Err(self.malformed("the end")) }
    }

    /// The error that something else was expected here.
    #[must_use]
    pub fn malformed(&self, expected: &str) -> Malformed {
        Malformed { offset: self.at, expected: expected.to_owned() }
    }

    fn advance(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn big_endian(&mut self, len: usize) -> Option<u64> {
        Some(self.advance(len)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The kind of the next value; `None` at the end.
    #[must_use]
    pub fn peek(&self) -> Option<Major> {
        Some(match self.bytes.get(self.at)? >> 5 {
            0 => Major::Unsigned,
            1 => Major::Negative,
            2 => Major::Bytes,
            3 => Major::Text,
            4 => Major::Array,
            5 => Major::Map,
            6 => Major::Tag,
            _ => Major::Simple,
        })
    }

    /// The argument of a head of kind `major`; `None` leaves the position as it was.
    fn head(&mut self, major: Major) -> Option<u64> {
        if self.peek()? != major {
            return None;
        }
        let start = self.at;
        let first = self.advance(1)?.first()? & 0x1f;
        let argument = match first {
            0..=23 => Some(u64::from(first)),
            24 => self.big_endian(1),
            25 => self.big_endian(2),
            26 => self.big_endian(4),
            27 => self.big_endian(8),
            _ => None,
        };
        if argument.is_none() {
            self.at = start;
        }
        argument
    }

    fn length(&mut self, major: Major, what: &str) -> Result<usize, Malformed> {
        let start = self.at;
        let left = self.bytes.len().saturating_sub(start);
        // Every element takes a byte at least, so that no declared length can ask for more than is there.
        match self.head(major).map(usize::try_from) {
            Some(Ok(length)) if length <= left => Ok(length),
            _ => Err(Malformed { offset: start, expected: what.to_owned() }),
        }
    }

    /// An integer from 0.
    ///
    /// # Errors
    /// When something else is here.
    pub fn uint(&mut self) -> Result<u64, Malformed> {
        self.head(Major::Unsigned).ok_or_else(|| self.malformed("an unsigned integer"))
    }

    /// An integer of up to 128 bits.
    ///
    /// # Errors
    /// When something else is here, or a larger one.
    pub fn int_wide(&mut self) -> Result<i128, Malformed> {
        let start = self.at;
        let value = match self.peek() {
            Some(Major::Unsigned) => self.head(Major::Unsigned).map(i128::from),
            Some(Major::Negative) => self.head(Major::Negative).map(|n| !i128::from(n)),
            Some(Major::Tag) => match self.head(Major::Tag) {
                Some(TAG_BIG_UNSIGNED) => self.magnitude().and_then(|n| i128::try_from(n).ok()),
                Some(TAG_BIG_NEGATIVE) => self.magnitude().and_then(|n| i128::try_from(n).ok()).map(|n| !n),
                _ => None,
            },
            _ => None,
        };
        value.ok_or_else(|| Malformed { offset: start, expected: "an integer".to_owned() })
    }

    /// An integer from 0 of up to 128 bits.
    ///
    /// # Errors
    /// When something else is here, or a larger one.
    pub fn uint_wide(&mut self) -> Result<u128, Malformed> {
        let start = self.at;
        let value = match self.peek() {
            Some(Major::Unsigned) => self.head(Major::Unsigned).map(u128::from),
            Some(Major::Tag) if self.head(Major::Tag) == Some(TAG_BIG_UNSIGNED) => self.magnitude(),
            _ => None,
        };
        value.ok_or_else(|| Malformed { offset: start, expected: "an unsigned integer".to_owned() })
    }

    fn magnitude(&mut self) -> Option<u128> {
        let bytes = self.bytes().ok()?;
        (bytes.len() <= 16).then(|| bytes.iter().fold(0, |value, byte| value << 8 | u128::from(*byte)))
    }

    /// A float.
    ///
    /// # Errors
    /// When something else is here.
    pub fn float(&mut self) -> Result<f64, Malformed> {
        let start = self.at;
        let value = match self.advance(1) {
            Some([0xfb]) => self.big_endian(8).map(f64::from_bits),
            Some([0xfa]) => self
                .big_endian(4)
                .and_then(|bits| u32::try_from(bits).ok())
                .map(|bits| f64::from(f32::from_bits(bits))),
            _ => None,
        };
        value.ok_or_else(|| Malformed { offset: start, expected: "a float".to_owned() })
    }

    /// A float of 32 bits, every bit of it (a widening and back may change the bits of a NaN).
    ///
    /// # Errors
    /// When something else is here.
    pub fn float32(&mut self) -> Result<f32, Malformed> {
        let start = self.at;
        let value = match self.advance(1) {
            Some([0xfa]) => self.big_endian(4).and_then(|bits| u32::try_from(bits).ok()).map(f32::from_bits),
            _ => None,
        };
        value.ok_or_else(|| Malformed { offset: start, expected: "a float of 32 bits".to_owned() })
    }

    /// A truth value.
    ///
    /// # Errors
    /// When something else is here.
    pub fn bool(&mut self) -> Result<bool, Malformed> {
        match self.bytes.get(self.at) {
            Some(byte @ (0xf4 | 0xf5)) => {
                self.at = self.at.saturating_add(1);
                Ok(*byte == 0xf5)
            }
            _ => Err(self.malformed("true or false")),
        }
    }

    /// Reads over a null, if one is here.
    pub fn null(&mut self) -> bool {
        let here = self.bytes.get(self.at) == Some(&NULL);
        if here {
            self.at = self.at.saturating_add(1);
        }
        here
    }

    /// Text.
    ///
    /// # Errors
    /// When something else is here, or bytes that are not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, Malformed> {
        let start = self.at;
        let length = self.length(Major::Text, "text")?;
        let text = self.advance(length).and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.ok_or_else(|| Malformed { offset: start, expected: "text".to_owned() })
    }

    /// Bytes.
    ///
    /// # Errors
    /// When something else is here.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        let length = self.length(Major::Bytes, "bytes")?;
        self.advance(length).ok_or_else(|| Malformed { offset: start, expected: "bytes".to_owned() })
    }

    /// The head of a list: how many values follow.
    ///
    /// # Errors
    /// When something else is here.
    pub fn list(&mut self) -> Result<usize, Malformed> {
        self.length(Major::Array, "a list")
    }

    /// Does a list stand here?
    #[must_use]
    pub fn list_ahead(&self) -> bool {
        self.peek() == Some(Major::Array)
    }

    /// The head of a list of exactly so many values.
    ///
    /// # Errors
    /// When something else is here.
    pub fn array(&mut self, len: usize) -> Result<(), Malformed> {
        let start = self.at;
        match self.list() {
            Ok(found) if found == len => Ok(()),
            _ => Err(Malformed { offset: start, expected: format!("a list of {len}") }),
        }
    }

    /// The head of a map: how many pairs follow.
    ///
    /// # Errors
    /// When something else is here.
    pub fn map(&mut self) -> Result<usize, Malformed> {
        self.length(Major::Map, "a map")
    }

    /// A tag before a value.
    ///
    /// # Errors
    /// When something else is here.
    pub fn tag(&mut self) -> Result<u64, Malformed> {
        self.head(Major::Tag).ok_or_else(|| self.malformed("a tag"))
    }

    /// Reads over one value, however deep it is, without recursion.
    ///
    /// # Errors
    /// When the bytes end inside it or are not CBOR.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        let mut left: u64 = 1;
        while left > 0 {
            left = left.saturating_sub(1);
            let more = match self.peek() {
                Some(Major::Unsigned) => self.head(Major::Unsigned).map(|_| 0),
                Some(Major::Negative) => self.head(Major::Negative).map(|_| 0),
                Some(Major::Bytes) => self.bytes().ok().map(|_| 0),
                Some(Major::Text) => self.text().ok().map(|_| 0),
                Some(Major::Array) => self.list().ok().map(|length| length as u64),
                Some(Major::Map) => self.map().ok().map(|length| (length as u64).saturating_mul(2)),
                Some(Major::Tag) => self.head(Major::Tag).map(|_| 1),
                Some(Major::Simple) => self.head(Major::Simple).map(|_| 0),
                None => None,
            };
            left = left.saturating_add(more.ok_or_else(|| self.malformed("a value"))?);
        }
        Ok(())
    }

    /// The bytes of one value.
    ///
    /// # Errors
    /// As [`Reader::skip`].
    pub fn raw(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        self.skip()?;
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    /// Reads a record; `each` gets the position of every field in its type (`usize::MAX`: no longer there) and must
    /// read the value.
    ///
    /// # Errors
    /// When something else is here, or `each` says so.
    pub fn record(
        &mut self,
        slot: &'static TypeSlot,
        each: &mut dyn FnMut(usize, &mut Reader<'_>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        for _ in 0..self.map()? {
            let number = self.uint()?;
            each(self.numbers.position(slot, number), self)?;
        }
        Ok(())
    }

    /// The position of the variant that is here. The data of a variant that has some follow:
    /// [`Reader::variant_fields`].
    ///
    /// # Errors
    /// When something else is here.
    pub fn variant(&mut self, slot: &'static TypeSlot) -> Result<usize, Malformed> {
        if self.peek() == Some(Major::Array) {
            self.array(2)?;
        }
        let number = self.uint()?;
        Ok(self.numbers.position(slot, number))
    }

    /// The fields of a variant with data, as [`Reader::record`].
    ///
    /// # Errors
    /// As [`Reader::record`].
    pub fn variant_fields(
        &mut self,
        slot: &'static TypeSlot,
        each: &mut dyn FnMut(usize, &mut Reader<'_>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.record(slot, each)
    }

    /// The error for a variant that the program does not have.
    #[must_use]
    pub fn unknown_variant(&self) -> Malformed {
        self.malformed("a variant that this program has")
    }

    /// Reads a value into its slot.
    ///
    /// # Errors
    /// When the value is another.
    pub fn fill<T: FromBinary>(&mut self, slot: &mut Slot<T>) -> Result<(), Malformed> {
        *slot = Slot::Full(T::from_binary(self)?);
        Ok(())
    }

    /// The value of a slot after its record was read: what was there, else the default, else what absence means.
    ///
    /// # Errors
    /// When the record lacks a field that has neither.
    pub fn take<T: FromBinary + FromJson>(
        &self,
        slot: Slot<T>,
        name: &'static str,
        default: Option<fn() -> T>,
    ) -> Result<T, Malformed> {
        match slot {
            Slot::Full(value) => Some(value),
            Slot::Empty | Slot::Bad => default.map(|make| make()).or_else(T::absent),
        }
        .ok_or_else(|| self.malformed(&format!("the field {name}")))
    }

    /// Is a null in one or more lists of one here? That is `Some` around what would be taken for `None`.
    pub(crate) fn is_wrapped_null(&self) -> bool {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let depth = rest.iter().take_while(|byte| **byte == ARRAY_OF_ONE).count();
        depth > 0 && rest.get(depth) == Some(&NULL)
    }
}
