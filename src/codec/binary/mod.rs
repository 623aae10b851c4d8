//! The binary encoding of the journal: CBOR (RFC 8949), with the fields of a record under small numbers.
//!
//! A record is a map from member numbers to values, an enum's variant is its number alone or an array of its number
//! and such a map. Which number a member has is not the program's to say: the journal gives the numbers, by name,
//! when it first sees a type, and never uses one again. So a [`Writer`] and a [`Reader`] carry the [`Numbers`] of
//! one journal, and a type finds its own there through its [`TypeSlot`].
//!
//! Everything else is plain CBOR in its shortest form: any CBOR tool reads a journal's payload without us.
//! Left out on purpose: indefinite lengths (nothing of ours writes them, and lengths let a reader check before it
//! takes memory) and half-precision floats.

mod numbers;
mod read;
mod scalars;
mod write;

pub use numbers::{Members, Numbers, TypeSlot};
pub use read::{Malformed, Reader};
pub use write::Writer;

/// A value that can be written to a journal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept in a journal",
    note = "put #[Data] on the type, or use one of the types that a field can have"
)]
pub trait ToBinary {
    /// Appends the value.
    fn to_binary(&self, w: &mut Writer<'_>);
}

/// A value that can be read from a journal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a journal",
    note = "put #[Data] on the type, or use one of the types that a field can have"
)]
pub trait FromBinary: Sized {
    /// Reads one value.
    ///
    /// # Errors
    /// When the bytes at this place are not such a value.
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed>;
}

/// The kinds of CBOR values, as the upper three bits of their first byte say (RFC 8949, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Major {
    /// An integer from 0.
    Unsigned,
    /// An integer below 0; the argument is -1 - n.
    Negative,
    /// A byte string.
    Bytes,
    /// UTF-8 text.
    Text,
    /// A list of values.
    Array,
    /// Pairs of values.
    Map,
    /// A value with a tag before it.
    Tag,
    /// `false`, `true`, null and floats.
    Simple,
}

/// The tag before a byte string that is a large unsigned integer, big endian (RFC 8949, section 3.4.3).
pub(crate) const TAG_BIG_UNSIGNED: u64 = 2;
/// The tag before a byte string that is -1 - n for such an integer.
pub(crate) const TAG_BIG_NEGATIVE: u64 = 3;

/// The one byte of null.
const NULL: u8 = 0xf6;
/// The one byte of the head of a list of one.
const ARRAY_OF_ONE: u8 = 0x81;

/// Writes one value with numbers that are the members' own positions; for values that no journal keeps.
pub fn encode<T: ToBinary + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    value.to_binary(&mut Writer::new(&mut out, Numbers::positions()));
    out
}

/// Reads back what [`encode`] wrote; nothing may follow.
///
/// # Errors
/// When the bytes are not exactly one such value.
pub fn decode<T: FromBinary>(bytes: &[u8]) -> Result<T, Malformed> {
    let mut reader = Reader::new(bytes, Numbers::positions());
    let value = T::from_binary(&mut reader)?;
    reader.end()?;
    Ok(value)
}
