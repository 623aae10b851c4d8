//! Ordered bytes back to values.

use std::borrow::Cow;

use super::{END, ESCAPE, ESCAPED_ONE, ESCAPED_ZERO, NONE, SOME};

/// Reads the parts of a key in the order in which they were written.
///
/// Each method answers `None`, and takes nothing, when the bytes do not begin with such a value.
#[derive(Debug, Clone)]
pub struct KeyReader<'a> {
    rest: &'a [u8],
}

/// Methods that read an unsigned number.
macro_rules! unsigned {
    ($($name:ident)*) => { $(
        #[doc = concat!("Reads a `", stringify!($name), "`.")]
        pub fn $name(&mut self) -> Option<$name> {
            self.chunk().map($name::from_be_bytes)
        }
    )* };
}

/// Methods that read a signed number.
macro_rules! signed {
    ($($name:ident)*) => { $(
        #[doc = concat!("Reads an `", stringify!($name), "`.")]
        pub fn $name(&mut self) -> Option<$name> {
            self.chunk().map(|bytes| $name::from_be_bytes(bytes) ^ $name::MIN)
        }
    )* };
}

impl<'a> KeyReader<'a> {
    /// A reader of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    unsigned! { u8 u16 u32 u64 u128 }
    signed! { i8 i16 i32 i64 i128 }

    /// Reads a `bool`.
    pub fn bool(&mut self) -> Option<bool> {
        self.one_of(0, 1)
    }

    /// Reads a `char`.
    pub fn char(&mut self) -> Option<char> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        let value = char::from_u32(u32::from_be_bytes(*bytes))?;
        self.rest = rest;
        Some(value)
    }

    /// Reads an `f32`, to the bit.
    pub fn f32(&mut self) -> Option<f32> {
        let bits = self.u32()?;
        Some(f32::from_bits(if bits >> 31 == 0 { !bits } else { bits ^ (1 << 31) }))
    }

    /// Reads an `f64`, to the bit.
    pub fn f64(&mut self) -> Option<f64> {
        let bits = self.u64()?;
        Some(f64::from_bits(if bits >> 63 == 0 { !bits } else { bits ^ (1 << 63) }))
    }

    /// Reads a text; one without the characters U+0000 and U+0001 is borrowed.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        let mut after = self.clone();
        let text = match after.bytes()? {
            Cow::Borrowed(bytes) => Cow::Borrowed(str::from_utf8(bytes).ok()?),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8(bytes).ok()?),
        };
        *self = after;
        Some(text)
    }

    /// Reads a byte string; one without the bytes 0 and 1 is borrowed.
    pub fn bytes(&mut self) -> Option<Cow<'a, [u8]>> {
        let end = self.rest.iter().position(|byte| *byte == END)?;
        let (escaped, ended) = self.rest.split_at_checked(end)?;
        let bytes =
            if escaped.contains(&ESCAPE) { Cow::Owned(unescape(escaped)?) } else { Cow::Borrowed(escaped) };
        self.rest = ended.split_first()?.1;
        Some(bytes)
    }

    /// Reads the mark of an option: `false` when none is there, `true` when its value follows.
    pub fn mark(&mut self) -> Option<bool> {
        self.one_of(NONE, SOME)
    }

    /// Reads `len` bytes as they stand.
    pub fn raw(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(bytes)
    }

    /// What is not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether all is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn one_of(&mut self, no: u8, yes: u8) -> Option<bool> {
        let (first, rest) = self.rest.split_first()?;
        if *first != no && *first != yes {
            return None;
        }
        self.rest = rest;
        Some(*first == yes)
    }
}

fn unescape(escaped: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(escaped.len());
    let mut rest = escaped.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match *byte {
            ESCAPE => match *rest.next()? {
                ESCAPED_ZERO => 0,
                ESCAPED_ONE => 1,
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(bytes)
}
