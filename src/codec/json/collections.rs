//! Collections of std: sequences, sets and maps. What has no order of its own is written sorted, so that equal
//! values give equal bytes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};

use super::errors::Halt;
use super::number::whole_number;
use super::reader::Reader;
use super::{FromJson, ToJson, Writer};

/// A type that can be written as the key of a JSON object: strings, characters and integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a JSON object",
    note = "keys of maps are strings, characters or integers"
)]
pub trait ToKey {
    /// The text of the key.
    fn to_key(&self) -> Cow<'_, str>;
}

/// A type that can be the key of a JSON object both ways: `String`, characters and integers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as the key of a JSON object",
    note = "keys of maps are `String`, characters or integers"
)]
pub trait TextKey: ToKey + Sized {
    /// The key of this text, or what was expected instead: `an integer from 0 to 255`.
    ///
    /// # Errors
    /// What was expected, in words, without what was found.
    fn from_key(text: &str) -> Result<Self, String>;
}

impl ToKey for str {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl ToKey for Cow<'_, str> {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl<T: ToKey + ?Sized> ToKey for &T {
    fn to_key(&self) -> Cow<'_, str> {
        (**self).to_key()
    }
}

impl TextKey for String {
    fn from_key(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }
}

impl ToKey for String {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl TextKey for char {
    fn from_key(text: &str) -> Result<Self, String> {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => Ok(only),
            _ => Err("one character".to_owned()),
        }
    }
}

impl ToKey for char {
    fn to_key(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }
}

macro_rules! integer_keys {
    ($($type:ident),*) => {$(
        impl TextKey for $type {
            fn from_key(text: &str) -> Result<Self, String> {
                let exact = whole_number(text).and_then(|number| number.text.parse().ok());
                exact.ok_or_else(|| format!("an integer from {} to {}", Self::MIN, Self::MAX))
            }
        }

        impl ToKey for $type {
            fn to_key(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}
integer_keys!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut elements = Self::new();
        r.array(&mut |r| {
            elements.push(T::from_json(r)?);
            Ok(())
        })?;
        Ok(elements)
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self, w: &mut Writer) {
        w.array(self);
    }
}

impl<T: ToJson> ToJson for [T] {
    fn to_json(&self, w: &mut Writer) {
        w.array(self);
    }
}

impl<T: FromJson, const N: usize> FromJson for [T; N] {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut elements = Vec::new();
        let mut found = 0_usize;
        let outcome = r.array(&mut |r| {
            found = found.saturating_add(1);
            if found > N {
                return r.skip();
            }
            elements.push(T::from_json(r)?);
            Ok(())
        });
        match outcome {
            Err(Halt::Syntax) => Err(Halt::Syntax),
            _ if found == 0 && outcome.is_err() => Err(Halt::Invalid),
            _ if found != N => Err(r.reject_with(|| format!("expected an array of {N}, found {found}"))),
            Err(Halt::Invalid) => Err(Halt::Invalid),
            Ok(()) => Self::try_from(elements).map_err(|_found| Halt::Invalid),
        }
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn to_json(&self, w: &mut Writer) {
        w.array(self);
    }
}

/// Reads the elements of a set; `insert` answers whether the element is new.
fn set<T: FromJson>(r: &mut Reader<'_>, mut insert: impl FnMut(T) -> bool) -> Result<(), Halt> {
    r.array(&mut |r| {
        let element = T::from_json(r)?;
        if insert(element) { Ok(()) } else { Err(r.reject("given twice")) }
    })
}

/// Reads the entries of a map; `insert` answers whether the key is new.
fn map<K: TextKey, V: FromJson>(
    r: &mut Reader<'_>,
    mut insert: impl FnMut(K, V) -> bool,
) -> Result<(), Halt> {
    r.map(&mut |text, r| {
        let key = match K::from_key(&text) {
            Ok(key) => key,
            Err(expected) => {
                r.skip()?;
                return Err(r.reject_with(|| format!("expected {expected} as the key")));
            }
        };
        let value = V::from_json(r)?;
        if insert(key, value) { Ok(()) } else { Err(r.reject("given twice")) }
    })
}

impl<T: FromJson + Ord> FromJson for BTreeSet<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut elements = Self::new();
        set(r, |element| elements.insert(element))?;
        Ok(elements)
    }
}

impl<T: ToJson> ToJson for BTreeSet<T> {
    fn to_json(&self, w: &mut Writer) {
        w.array(self);
    }
}

impl<T: FromJson + Eq + Hash, S: BuildHasher + Default> FromJson for HashSet<T, S> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut elements = Self::default();
        set(r, |element| elements.insert(element))?;
        Ok(elements)
    }
}

/// Sorted by the bytes of the elements.
impl<T: ToJson, S> ToJson for HashSet<T, S> {
    #[expect(clippy::iter_over_hash_type, reason = "what comes out is sorted")]
    fn to_json(&self, w: &mut Writer) {
        let mut elements = Vec::with_capacity(self.len());
        for element in self {
            elements.push(super::encode(element));
        }
        elements.sort_unstable();
        w.begin_array();
        for element in elements {
            w.element();
            w.raw(&element);
        }
        w.end_array();
    }
}

impl<K: TextKey + Ord, V: FromJson> FromJson for BTreeMap<K, V> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut entries = Self::new();
        map(r, |key, value| entries.insert(key, value).is_none())?;
        Ok(entries)
    }
}

impl<K: ToKey, V: ToJson> ToJson for BTreeMap<K, V> {
    fn to_json(&self, w: &mut Writer) {
        w.begin_object();
        for (key, value) in self {
            w.field(&key.to_key(), value);
        }
        w.end_object();
    }
}

impl<K: TextKey + Eq + Hash, V: FromJson, S: BuildHasher + Default> FromJson for HashMap<K, V, S> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut entries = Self::default();
        map(r, |key, value| entries.insert(key, value).is_none())?;
        Ok(entries)
    }
}

/// Sorted by key.
impl<K: ToKey + Ord, V: ToJson, S> ToJson for HashMap<K, V, S> {
    fn to_json(&self, w: &mut Writer) {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        w.begin_object();
        for (key, value) in entries {
            w.field(&key.to_key(), value);
        }
        w.end_object();
    }
}
