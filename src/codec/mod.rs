//! Bytes to values and back: JSON, the binary encoding of the journal, ordered keys, and the small alphabets.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

pub mod base64;
pub mod binary;
pub mod hex;
pub mod json;
pub mod order;
pub mod percent;
