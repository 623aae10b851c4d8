//! Keys that are counted per table, and references to them.

use super::{Indexable, Model, Refers, Report, Shape, Target, Value};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, TextKey, ToJson, ToKey, Writer};
use crate::codec::order::KeyWriter;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The largest id: 2^53 - 1, the largest integer that every JSON reader holds exactly.
pub const ID_MAX: u64 = (1 << 53) - 1;

/// The largest id that a row may bring along instead of taking the next one: 2^52. Counting goes on behind the largest id
/// that a table has seen, so whoever could bring any would leave no more to be counted.
pub const ID_BROUGHT_MAX: u64 = 1 << 52;

/// The key of a row of `T`: counted from 1 per table and never used again. As a field of another model it is a
/// checked reference. On the wire it is a number.
///
/// ```
/// use sunstone::prelude::*;
///
/// #[Model]
/// struct Todo {
///     #[key]
///     id: Id<Todo>,
/// }
///
/// let id: Id<Todo> = Id::new(7);
/// assert_eq!(id.get(), 7);
/// assert_eq!(id.to_string(), "7");
/// ```
pub struct Id<T> {
    number: u64,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id with this number.
    ///
    /// # Panics
    /// When the number is larger than [`ID_MAX`].
    #[must_use]
    pub const fn new(number: u64) -> Self {
        assert!(number <= ID_MAX, "an id is at most 2^53 - 1");
        Self { number, of: PhantomData }
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.number
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl<T> Default for Id<T> {
    /// The id 0, which no row is ever given.
    fn default() -> Self {
        Self::new(0)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.number)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}

impl<T> ToJson for Id<T> {
    fn to_json(&self, w: &mut Writer) {
        w.u64(self.number);
    }
}

impl<T> FromJson for Id<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.u64_within(1, ID_MAX).map(Self::new)
    }
}

impl<T> TextKey for Id<T> {
    fn from_key(text: &str) -> Result<Self, String> {
        let number = u64::from_key(text).ok().filter(|number| (1..=ID_MAX).contains(number));
        number.map(Self::new).ok_or_else(|| format!("an integer from 1 to {ID_MAX}"))
    }
}

impl<T> ToKey for Id<T> {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl<T> ToBinary for Id<T> {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        w.uint(self.number);
    }
}

impl<T> FromBinary for Id<T> {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        match r.uint()? {
            number @ 0..=ID_MAX => Ok(Self::new(number)),
            _ => Err(r.malformed("an id")),
        }
    }
}

impl<T: Model> Value for Id<T> {
    fn shape() -> Shape {
        Shape::Id(T::NAME)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        *self
    }

    fn order(&self, w: &mut KeyWriter) {
        w.u64(self.number);
    }

    /// What is kept can be read in again, and 0 cannot. An argument may have it: a key that the method is yet to give.
    fn check(&self, report: &mut Report) {
        if self.number == 0 && report.is_row() {
            report.add("0 is the id of no row");
        }
    }

    fn target() -> Option<Target> {
        Some(Target::of::<T>())
    }

    fn reference(&self, w: &mut KeyWriter) -> bool {
        w.u64(self.number);
        true
    }

    fn counter(&self) -> Option<u64> {
        Some(self.number)
    }
}

impl<T: Model> Indexable for Id<T> {}

impl<T: Model> Refers for Id<T> {}
