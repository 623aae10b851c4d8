//! JSON (RFC 8259), straight into and out of a program's types, and as a [`Json`] value where the shape is open.
//!
//! # Idea
//! A type reads itself: [`FromJson::from_json`] pulls what it needs from a [`Reader`], which stands somewhere in
//! the bytes of the document; there is no tree between. It writes itself through a [`Writer`] in the same way.
//!
//! A person who sends a body wants to hear of everything that is wrong with it, not of the first thing. So a
//! mistake is not an `Err` that carries words: the words are put down in the reader, at the place where they
//! belong, and only a small [`Halt`] travels. [`Halt::Invalid`] says "this value is no good, but it was read over,
//! go on behind it"; [`Halt::Syntax`] says "these bytes are no JSON, nothing behind them can be trusted". Decoding
//! ends with [`Reader::finish`], which hands over all [`Errors`] at once.
//!
//! # Words
//! - *fault*: one thing that is wrong: path, position, what was expected, what was found.
//! - *path*: `items[3].title`. It is put together while a fault travels up, so that a sound document pays
//!   nothing for it.
//! - *slot*: the place of one field while its object is being read: [`Slot`].
//! - *text reader*: a reader over one bare text, a path segment or a query value: [`Reader::text`]. The same
//!   types read themselves from it. A list reads itself from several texts of one name, one for each element.
//!
//! # Invariants
//! - Whoever consumes a value consumes all of it: after `Ok` and after `Halt::Invalid` the reader stands behind it.
//! - What [`Reader::skip`] accepts is what [`Json`] accepts is what typed decoding accepts, in syntax.
//! - Nesting is counted wherever it is entered, and [`MAX_DEPTH`] holds for typed, open and skipped values alike.
//!   Skipping and open values do not use the stack for it at all.
//! - Integers are exact or refused. Floats are the nearest one when read and the shortest text that reads back as
//!   the same bits when written.
//! - Of a document an error repeats no value but for a number's first digits, a text that is no time, UUID or the
//!   like, and the one character at which syntax breaks; a bare text it repeats. All that is clipped, and so is a key.
//!   A `Secret` repeats nothing, and nor does a field that is secret.
//!
//! # Choices where RFC 8259 leaves one
//! Input is UTF-8 without a byte order mark; escaped halves of a surrogate pair are refused; a key given twice is
//! refused where it has a meaning (a field, an entry of a map) and the last one wins in a [`Json`] value; a number
//! may be of any size, and it is for the type that reads it to refuse. A number that is not finite is written
//! as `null`, for want of anything better.
//!
//! # Left out
//! Comments, trailing commas, `NaN`, other encodings, pretty printing, reading in pieces: a body is read whole and
//! its size is limited before it comes here.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod collections;
mod containers;
mod errors;
mod integer;
mod number;
mod object;
mod parts;
mod reader;
mod scalars;
mod skip;
mod slot;
mod string;
mod tuples;
mod value;
mod writer;

pub use collections::{TextKey, ToKey};
pub use containers::Fields;
pub use errors::{Errors, Halt, Item, MAX_ERRORS, key_step, shown_text};
pub use number::Number;
pub use object::Object;
pub use parts::{Rest, TextField};
pub use reader::{Kind, MAX_DEPTH, Reader};
pub use slot::{MISSING, Slot};
pub use value::Json;
pub use writer::Writer;

/// A type that reads itself from JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from JSON",
    note = "`#[Model]` and `#[Data]` make a struct or an enum readable; of std there are scalars, `String`, `Option`, `Vec`, `Box`, arrays, tuples, maps and sets"
)]
pub trait FromJson: Sized {
    /// Reads the value at which the reader stands, all of it.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when the value was read over and is of no use; [`Halt::Syntax`] when the document ends here.
    /// Either way the fault is recorded in the reader ([`Reader::expected`], [`Reader::reject`]).
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt>;

    /// The value of a field that is not there at all: `None` where it has to be given.
    #[must_use]
    fn absent() -> Option<Self> {
        None
    }
}

/// A type that writes itself as JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    note = "`#[Model]` and `#[Data]` make a struct or an enum writable; of std there are scalars, strings, `Option`, `Vec`, `Box`, arrays, tuples, maps and sets"
)]
pub trait ToJson {
    /// Writes exactly one value.
    fn to_json(&self, w: &mut Writer);
}

/// Reads one document that is all of `json`.
///
/// ```
/// use sunstone::codec::json;
///
/// let primes: Vec<u8> = json::decode(b"[2, 3, 5]").unwrap();
/// assert_eq!(primes, [2, 3, 5]);
///
/// let errors = json::decode::<Vec<u8>>(b"[2,\n 300]").unwrap_err();
/// assert_eq!(errors.to_string(), "[1]: expected an integer from 0 to 255, found 300 (line 2, column 2)");
/// ```
///
/// # Errors
/// Everything that is wrong with it, at most [`MAX_ERRORS`] items.
pub fn decode<T: FromJson>(json: &[u8]) -> Result<T, Errors> {
    let mut reader = Reader::new(json);
    match T::from_json(&mut reader) {
        Ok(value) => reader.finish().map(|()| value),
        Err(Halt::Syntax | Halt::Invalid) => Err(reader.errors()),
    }
}

/// Writes one value as a document without any space.
///
/// ```
/// use sunstone::codec::json;
///
/// assert_eq!(json::encode(&(1, 1.0, "é\n")), "[1,1.0,\"é\\n\"]".as_bytes());
/// ```
#[must_use]
pub fn encode<T: ToJson + ?Sized>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    value.to_json(&mut writer);
    writer.into_bytes()
}
