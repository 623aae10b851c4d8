//! Keys that anybody can make, and references to them.

use super::{Indexable, Model, Refers, Shape, Target, Time, Uuid, Value, uuid};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{FromJson, Halt, Reader, TextKey, ToJson, ToKey, Writer};
use crate::codec::order::KeyWriter;
use crate::error::Error;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

/// The key of a row of `T` that is a UUID of version 7, so that a client may make it before the server has the row. As
/// a field of another model it is a checked reference. On the wire it is text.
///
/// Rows lie in the order in which their keys were made, to the millisecond and as far as clocks agree. No other version
/// is taken: a random key would put every new row somewhere else in the tree.
///
/// ```
/// use sunstone::model::{Time, Uid};
///
/// struct Note {
///     id: Uid<Note>,
/// }
///
/// let id: Uid<Note> = Uid::new(Time::from_unix_ms(1_645_557_742_000), [7; 10]);
/// assert_eq!(id.to_string(), "017f22e2-79b0-7707-8707-070707070707");
/// assert_eq!(id.time(), Time::from_unix_ms(1_645_557_742_000));
/// # let _ = Note { id }.id;
/// ```
pub struct Uid<T> {
    /// Always of version 7.
    uuid: Uuid,
    of: PhantomData<fn() -> T>,
}

impl<T> Uid<T> {
    /// The key made at this time from 74 of these random bits.
    #[must_use]
    pub fn new(time: Time, random: [u8; 10]) -> Self {
        Self { uuid: Uuid::v7(time, random), of: PhantomData }
    }

    /// The key that is this UUID; `None` when it is not of version 7.
    #[must_use]
    pub fn from_uuid(uuid: Uuid) -> Option<Self> {
        (uuid.version() == Some(7)).then_some(Self { uuid, of: PhantomData })
    }

    /// Its UUID.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }

    /// When it was made, by the clock of who made it.
    #[must_use]
    pub fn time(self) -> Time {
        self.uuid.time().unwrap_or_default()
    }

    /// The key of a text, or what was expected instead.
    fn parse(text: &str) -> Result<Self, String> {
        let uuid = uuid::parse(text).ok_or_else(|| uuid::EXPECTED.to_owned())?;
        Self::from_uuid(uuid).ok_or_else(|| match uuid.version() {
            Some(version) => format!("a UUID of version 7, found one of version {version}"),
            None => "a UUID of version 7, found one of another kind".to_owned(),
        })
    }
}

impl<T> Clone for Uid<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Uid<T> {}

impl<T> PartialEq for Uid<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<T> Eq for Uid<T> {}

impl<T> PartialOrd for Uid<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Uid<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}

impl<T> Hash for Uid<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<T> Default for Uid<T> {
    /// The least key, which no row is ever given: made in 1970 without any randomness.
    fn default() -> Self {
        Self::new(Time::from_unix_ms(0), [0; 10])
    }
}

impl<T> fmt::Debug for Uid<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({})", self.uuid)
    }
}

impl<T> fmt::Display for Uid<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> FromStr for Uid<T> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text).map_err(|expected| Error::bad_request(format!("expected {expected}")))
    }
}

impl<T> ToJson for Uid<T> {
    fn to_json(&self, w: &mut Writer) {
        self.uuid.to_json(w);
    }
}

impl<T> FromJson for Uid<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let text = r.string()?;
        Self::parse(&text).map_err(|expected| r.misread(&format!("expected {expected}"), &text))
    }
}

impl<T> TextKey for Uid<T> {
    fn from_key(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

impl<T> ToKey for Uid<T> {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

impl<T> ToBinary for Uid<T> {
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        self.uuid.to_binary(w);
    }
}

impl<T> FromBinary for Uid<T> {
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        let start = r.clone();
        Self::from_uuid(Uuid::from_binary(r)?).ok_or_else(|| start.malformed("a UUID of version 7"))
    }
}

impl<T: Model> Value for Uid<T> {
    fn shape() -> Shape {
        Shape::Uid(T::NAME)
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        *self
    }

    fn order(&self, w: &mut KeyWriter) {
        self.uuid.order(w);
    }

    fn target() -> Option<Target> {
        Some(Target::of::<T>())
    }

    fn reference(&self, w: &mut KeyWriter) -> bool {
        self.uuid.order(w);
        true
    }
}

impl<T: Model> Indexable for Uid<T> {}

impl<T: Model> Refers for Uid<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::json;

    struct Note;

    #[test]
    fn only_version_seven_is_taken() {
        let id: Uid<Note> = Uid::new(Time::from_unix_ms(5), [0xff; 10]);
        assert_eq!(json::decode::<Uid<Note>>(&json::encode(&id)).unwrap(), id);
        assert_eq!(binary::decode::<Uid<Note>>(&binary::encode(&id)).unwrap(), id);

        for (text, said) in [
            (
                "\"919108f7-52d1-4320-9bac-f847db4148a8\"",
                "expected a UUID of version 7, found one of version 4",
            ),
            (
                "\"00000000-0000-0000-0000-000000000000\"",
                "expected a UUID of version 7, found one of another kind",
            ),
            ("\"7\"", "expected a UUID like 017f22e2-79b0-7cc3-98c4-dc0c0c07398f, found `7`"),
            ("7", "expected a string, found a number"),
        ] {
            assert_eq!(json::decode::<Uid<Note>>(text.as_bytes()).unwrap_err().items[0].detail, said);
        }
        let other = binary::encode(&Uuid::v4([0; 16]));
        let refused = binary::decode::<Uid<Note>>(&other).unwrap_err();
        assert_eq!(refused.to_string(), "expected a UUID of version 7 at byte 0");
        assert_eq!(Uid::<Note>::from_uuid(Uuid::MAX), None);
    }

    #[test]
    fn the_least_one() {
        let least = Uid::<Note>::default();
        assert_eq!(least.to_string(), "00000000-0000-7000-8000-000000000000");
        assert!(least <= Uid::new(Time::from_unix_ms(-7), [0; 10]));
    }
}
