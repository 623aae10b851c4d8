//! Values to ordered bytes.

use super::{END, ESCAPE, ESCAPED_ONE, ESCAPED_ZERO, Key, NONE, SOME};

/// Writes the parts of a key, one after the other.
///
/// ```
/// use sunstone::codec::order::{KeyReader, KeyWriter};
///
/// let mut writer = KeyWriter::new();
/// writer.text("games").some().i64(-7);
/// let key = writer.finish();
///
/// let mut reader = KeyReader::new(&key);
/// assert_eq!(reader.text().as_deref(), Some("games"));
/// assert_eq!(reader.mark(), Some(true));
/// assert_eq!(reader.i64(), Some(-7));
/// assert!(reader.is_empty());
/// ```
///
/// Invariant: what is written lies in the first `len` bytes of `short`; or, once that was too little, in `long`, which
/// is empty before.
#[derive(Debug, Clone)]
pub struct KeyWriter {
    short: [u8; SHORT_BYTES],
    len: usize,
    long: Vec<u8>,
}

/// Bytes that a writer holds without memory from the allocator: more than nearly every key has.
const SHORT_BYTES: usize = 64;

/// Methods that write an unsigned number as its big-endian bytes.
macro_rules! unsigned {
    ($($name:ident)*) => { $(
        #[doc = concat!("Writes a `", stringify!($name), "`.")]
        pub fn $name(&mut self, value: $name) -> &mut Self {
            self.raw(&value.to_be_bytes())
        }
    )* };
}

/// Methods that write a signed number as the unsigned one that lies as far above the least.
macro_rules! signed {
    ($($name:ident)*) => { $(
        #[doc = concat!("Writes an `", stringify!($name), "`; negative ones come first.")]
        pub fn $name(&mut self, value: $name) -> &mut Self {
            self.raw(&(value ^ $name::MIN).to_be_bytes())
        }
    )* };
}

impl KeyWriter {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self { short: [0; SHORT_BYTES], len: 0, long: Vec::new() }
    }

    /// Forgets what was written and keeps the memory.
    pub fn reset(&mut self) -> &mut Self {
        self.len = 0;
        self.long.clear();
        self
    }

    unsigned! { u8 u16 u32 u64 u128 }
    signed! { i8 i16 i32 i64 i128 }

    /// Writes a `bool`; `false` comes first.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.u8(u8::from(value))
    }

    /// Writes a `char`, in the order of the code points.
    pub fn char(&mut self, value: char) -> &mut Self {
        self.u32(u32::from(value))
    }

    /// Writes an `f32` in the order of [`f32::total_cmp`]: -NaN, -∞ … -0.0, 0.0 … ∞, NaN.
    pub fn f32(&mut self, value: f32) -> &mut Self {
        let bits = value.to_bits();
        self.u32(if value.is_sign_negative() { !bits } else { bits ^ (1 << 31) })
    }

    /// Writes an `f64` in the order of [`f64::total_cmp`]: -NaN, -∞ … -0.0, 0.0 … ∞, NaN.
    pub fn f64(&mut self, value: f64) -> &mut Self {
        let bits = value.to_bits();
        self.u64(if value.is_sign_negative() { !bits } else { bits ^ (1 << 63) })
    }

    /// Writes a text, in the order of its bytes, which is the order of its code points.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes of any length, escaped and ended.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes_prefix(bytes).u8(END)
    }

    /// Writes the beginning of a text: what every [`KeyWriter::text`] that starts with it begins with. It is the last
    /// part of a prefix, never of a key.
    pub fn text_prefix(&mut self, start: &str) -> &mut Self {
        self.bytes_prefix(start.as_bytes())
    }

    /// Writes the beginning of a byte string; see [`KeyWriter::text_prefix`].
    pub fn bytes_prefix(&mut self, start: &[u8]) -> &mut Self {
        // Nearly no text holds a 0 or a 1: then this is one copy.
        for part in start.split_inclusive(|byte| *byte <= ESCAPE) {
            match part.split_last() {
                Some((0, before)) => self.raw(before).raw(&[ESCAPE, ESCAPED_ZERO]),
                Some((1, before)) => self.raw(before).raw(&[ESCAPE, ESCAPED_ONE]),
                _ => self.raw(part),
            };
        }
        self
    }

    /// Marks an absent value: it comes before every value that is there.
    pub fn none(&mut self) -> &mut Self {
        self.u8(NONE)
    }

    /// Marks that a value follows.
    pub fn some(&mut self) -> &mut Self {
        self.u8(SOME)
    }

    /// Writes bytes as they stand: of a fixed width (a UUID), or already in this encoding.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        if self.long.is_empty() {
            let end = self.len.saturating_add(bytes.len());
            if let Some(room) = self.short.get_mut(self.len..end) {
                room.copy_from_slice(bytes);
                self.len = end;
                return self;
            }
            self.long.extend_from_slice(self.short.get(..self.len).unwrap_or_default());
        }
        self.long.extend_from_slice(bytes);
        self
    }

    /// What is written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() { self.short.get(..self.len).unwrap_or_default() } else { &self.long }
    }

    /// The key that is written. The writer keeps its content; [`KeyWriter::reset`] starts the next.
    #[must_use]
    pub fn finish(&self) -> Key {
        Key::from_bytes(self.as_bytes())
    }
}

impl Default for KeyWriter {
    fn default() -> Self {
        Self::new()
    }
}
