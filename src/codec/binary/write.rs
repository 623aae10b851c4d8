//! Writing CBOR in its shortest form (RFC 8949, section 4.2.1).

use super::{ARRAY_OF_ONE, Major, Members, NULL, Numbers, TAG_BIG_NEGATIVE, TAG_BIG_UNSIGNED, TypeSlot};

/// Appends values to a buffer.
#[derive(Debug)]
pub struct Writer<'n> {
    out: &'n mut Vec<u8>,
    numbers: &'n Numbers,
}

impl<'n> Writer<'n> {
    /// A writer at the end of `out`, with the numbers of one journal.
    pub fn new(out: &'n mut Vec<u8>, numbers: &'n Numbers) -> Self {
        Self { out, numbers }
    }

    /// The numbers it writes by.
    #[must_use]
    pub fn numbers(&self) -> &'n Numbers {
        self.numbers
    }

    /// How many bytes stand in the buffer.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a position, not a collection")]
    pub fn len(&self) -> usize {
        self.out.len()
    }

    fn head(&mut self, major: Major, argument: u64) {
        let top = (major as u8) << 5;
        // The shortest of the five forms; the casts cannot lose because each arm names its range.
        #[expect(clippy::cast_possible_truncation, reason = "each arm names the range that fits")]
        match argument {
            0..=23 => self.out.push(top | argument as u8),
            24..=0xff => self.out.extend_from_slice(&[top | 24, argument as u8]),
            0x100..=0xffff => {
                let [a, b] = (argument as u16).to_be_bytes();
                self.out.extend_from_slice(&[top | 25, a, b]);
            }
            0x1_0000..=0xffff_ffff => {
                let [a, b, c, d] = (argument as u32).to_be_bytes();
                self.out.extend_from_slice(&[top | 26, a, b, c, d]);
            }
            _ => {
                self.out.push(top | 27);
                self.out.extend_from_slice(&argument.to_be_bytes());
            }
        }
    }

    /// An integer from 0.
    pub fn uint(&mut self, value: u64) {
        self.head(Major::Unsigned, value);
    }

    /// An integer.
    pub fn int(&mut self, value: i64) {
        match u64::try_from(value) {
            Ok(value) => self.head(Major::Unsigned, value),
            // -1 - n, which for a negative i64 is the bitwise complement.
            Err(_) => self.head(Major::Negative, (!value).cast_unsigned()),
        }
    }

    /// An integer from 0 of any size up to 128 bits.
    pub fn uint_wide(&mut self, value: u128) {
        match u64::try_from(value) {
            Ok(value) => self.uint(value),
            Err(_) => self.big(TAG_BIG_UNSIGNED, value),
        }
    }

    /// An integer of any size up to 128 bits.
    pub fn int_wide(&mut self, value: i128) {
        match u128::try_from(value) {
            Ok(value) => self.uint_wide(value),
            Err(_) => match u64::try_from((!value).cast_unsigned()) {
                Ok(complement) => self.head(Major::Negative, complement),
                Err(_) => self.big(TAG_BIG_NEGATIVE, (!value).cast_unsigned()),
            },
        }
    }

    fn big(&mut self, tag: u64, magnitude: u128) {
        self.head(Major::Tag, tag);
        let bytes = magnitude.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        self.bytes(bytes.get(zeros..).unwrap_or_default());
    }

    /// A float, all 64 bits of it.
    pub fn float(&mut self, value: f64) {
        self.out.push(0xfb);
        self.out.extend_from_slice(&value.to_bits().to_be_bytes());
    }

    /// A float of 32 bits.
    pub fn float32(&mut self, value: f32) {
        self.out.push(0xfa);
        self.out.extend_from_slice(&value.to_bits().to_be_bytes());
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { 0xf5 } else { 0xf4 });
    }

    /// Nothing.
    pub fn null(&mut self) {
        self.out.push(NULL);
    }

    /// Text.
    pub fn text(&mut self, value: &str) {
        self.head(Major::Text, value.len() as u64);
        self.out.extend_from_slice(value.as_bytes());
    }

    /// Bytes.
    pub fn bytes(&mut self, value: &[u8]) {
        self.head(Major::Bytes, value.len() as u64);
        self.out.extend_from_slice(value);
    }

    /// The head of a list of `len` values; they follow.
    pub fn array(&mut self, len: usize) {
        self.head(Major::Array, len as u64);
    }

    /// The head of a map of `len` pairs; keys and values follow in turn.
    pub fn map(&mut self, len: usize) {
        self.head(Major::Map, len as u64);
    }

    /// A tag; the value that it says something of follows.
    pub fn tag(&mut self, tag: u64) {
        self.head(Major::Tag, tag);
    }

    /// Values that are encoded already.
    pub fn raw(&mut self, encoded: &[u8]) {
        self.out.extend_from_slice(encoded);
    }

    /// The head of a record of so many fields; [`Writer::member`] and a value follow for each.
    pub fn record(&mut self, slot: &'static TypeSlot, fields: usize) -> Members<'n> {
        self.map(fields);
        self.numbers.members(slot)
    }

    /// The number of the next field: the member at this position of its type.
    pub fn member(&mut self, of: Members<'n>, position: usize) {
        self.uint(of.number(position));
    }

    /// A variant without data.
    pub fn unit_variant(&mut self, slot: &'static TypeSlot, position: usize) {
        let number = self.numbers.members(slot).number(position);
        self.uint(number);
    }

    /// A variant with data: its fields follow as in a record.
    pub fn variant(&mut self, slot: &'static TypeSlot, position: usize, fields: usize) -> Members<'n> {
        self.array(2);
        self.unit_variant(slot, position);
        self.record(slot, fields)
    }

    /// Puts a list of one around the value that starts at `start`, if it could be taken for null.
    pub(super) fn wrap_null(&mut self, start: usize) {
        let value = self.out.get(start..).unwrap_or_default();
        if let [lists @ .., NULL] = value
            && lists.iter().all(|byte| *byte == ARRAY_OF_ONE)
        {
            self.out.insert(start, ARRAY_OF_ONE);
        }
    }
}
