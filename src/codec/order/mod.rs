//! Order-preserving bytes: values written so that comparing the bytes compares the values.
//!
//! The trees of the state know one kind of key, a short byte string, and compare it as `memcmp` does. So that the
//! order of the bytes is the order of the values, each kind of value has an encoding here that keeps its order:
//!
//! | value | bytes |
//! |---|---|
//! | `u8` … `u128` | big-endian, fixed width |
//! | `i8` … `i128` | big-endian, fixed width, the sign bit turned over |
//! | `f32`, `f64` | the bits in total order (IEEE 754-2019, 5.10): negative ones turned over, positive ones with the sign bit set |
//! | `bool` | 0 or 1 |
//! | text, bytes | each byte as it is, 0 as `01 01`, 1 as `01 02`; then one 0 |
//! | an option | 0 for none; 1 and the value for some: none sorts first |
//!
//! **Composites** are the parts one after the other. No encoding of a kind is a prefix of another encoding of the same
//! kind (fixed width, or ended by a 0 that cannot stand inside), so the first part that differs decides, as in a tuple.
//! Text ends in one 0 rather than in two, because most keys then fit into the 22 bytes that a [`Key`] holds inline.
//! A list is each element behind [`KeyWriter::some`], ended by [`KeyWriter::none`].
//!
//! **Prefixes**: all keys that begin with `p` are those from `p` up to and without [`Key::successor_of_prefix`]`(p)`.
//!
//! Not here: the kinds are not written into the bytes. Whoever reads a key back knows what was written; a wrong guess
//! gives a wrong value or `None`, never a panic.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod key;
mod reader;
mod writer;

pub use key::{INLINE_BYTES, Key};
pub use reader::KeyReader;
pub use writer::KeyWriter;

/// What an escaped byte string ends with; it cannot stand inside one.
const END: u8 = 0;
/// What stands before an escaped 0 or 1.
const ESCAPE: u8 = 1;
/// After [`ESCAPE`]: the byte was 0.
const ESCAPED_ZERO: u8 = 1;
/// After [`ESCAPE`]: the byte was 1.
const ESCAPED_ONE: u8 = 2;

/// The mark of an absent value; it sorts before [`SOME`].
const NONE: u8 = 0;
/// The mark before a value that is there.
const SOME: u8 = 1;
