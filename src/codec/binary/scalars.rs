//! The types of std in CBOR.

use super::{FromBinary, Malformed, Reader, ToBinary, Writer};
use crate::codec::json::Json;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

macro_rules! unsigned {
    ($($int:ty as |$n:ident| $wide:expr;)*) => {$(
        impl ToBinary for $int {
            fn to_binary(&self, w: &mut Writer<'_>) {
                let $n = *self;
                w.uint($wide);
            }
        }

        impl FromBinary for $int {
            fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
                let value = r.uint()?;
                <$int>::try_from(value).map_err(|_out_of_range| r.malformed(concat!("an integer of type ", stringify!($int))))
            }
        }
    )*};
}

macro_rules! signed {
    ($($int:ty as |$n:ident| $wide:expr;)*) => {$(
        impl ToBinary for $int {
            fn to_binary(&self, w: &mut Writer<'_>) {
                let $n = *self;
                w.int($wide);
            }
        }

        impl FromBinary for $int {
            fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
                let value = r.int_wide()?;
                <$int>::try_from(value).map_err(|_out_of_range| r.malformed(concat!("an integer of type ", stringify!($int))))
            }
        }
    )*};
}

unsigned!(u16 as |n| u64::from(n); u32 as |n| u64::from(n); u64 as |n| n; usize as |n| n as u64;);
signed!(i8 as |n| i64::from(n); i16 as |n| i64::from(n); i32 as |n| i64::from(n); i64 as |n| n; isize as |n| n as i64;);

impl ToBinary for u8 {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.uint(u64::from(*self));
    }
}

impl FromBinary for u8 {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        let value = r.uint()?;
        Self::try_from(value).map_err(|_out_of_range| r.malformed("an integer of type u8"))
    }
}

impl ToBinary for u128 {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.uint_wide(*self);
    }
}

impl FromBinary for u128 {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.uint_wide()
    }
}

impl ToBinary for i128 {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.int_wide(*self);
    }
}

impl FromBinary for i128 {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.int_wide()
    }
}

impl ToBinary for f64 {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.float(*self);
    }
}

impl FromBinary for f64 {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.float()
    }
}

impl ToBinary for f32 {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.float32(*self);
    }
}

impl FromBinary for f32 {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.float32()
    }
}

impl ToBinary for bool {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.bool(*self);
    }
}

impl FromBinary for bool {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.bool()
    }
}

impl ToBinary for char {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.text(self.encode_utf8(&mut [0; 4]));
    }
}

impl FromBinary for char {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mut chars = r.text()?.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(r.malformed("one character")),
        }
    }
}

impl ToBinary for str {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.text(self);
    }
}

impl ToBinary for String {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.text(self);
    }
}

impl FromBinary for String {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.text().map(str::to_owned)
    }
}

impl ToBinary for Cow<'_, str> {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.text(self);
    }
}

impl ToBinary for Json {
    /// Its JSON text: every number keeps its value, whatever its size.
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.text(&self.to_string());
    }
}

impl FromBinary for Json {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.text()?.parse().map_err(|_not_json| r.malformed("JSON"))
    }
}

impl<T: ToBinary + ?Sized> ToBinary for &T {
    fn to_binary(&self, w: &mut Writer<'_>) {
        (**self).to_binary(w);
    }
}

impl<T: ToBinary + ?Sized> ToBinary for Box<T> {
    fn to_binary(&self, w: &mut Writer<'_>) {
        (**self).to_binary(w);
    }
}

impl<T: FromBinary> FromBinary for Box<T> {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        T::from_binary(r).map(Self::new)
    }
}

/// `None` is null and `Some(x)` is x, so that a field can become optional without a change of the file; an optional
/// inside an optional keeps its outer level as a list of one.
impl<T: ToBinary> ToBinary for Option<T> {
    fn to_binary(&self, w: &mut Writer<'_>) {
        match self {
            None => w.null(),
            Some(value) => {
                let before = w.len();
                value.to_binary(w);
                w.wrap_null(before);
            }
        }
    }
}

impl<T: FromBinary> FromBinary for Option<T> {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        if r.null() {
            return Ok(None);
        }
        if r.is_wrapped_null() {
            r.array(1)?;
        }
        T::from_binary(r).map(Some)
    }
}

impl ToBinary for () {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.array(0);
    }
}

impl FromBinary for () {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.array(0)
    }
}

/// How many elements a list may reserve memory for before they are read; a longer one grows as it comes.
const RESERVE_MAX: usize = 1024;

macro_rules! sequence {
    ($($list:ident<T $(: $bound:ident $(+ $more:ident)*)?> $make:expr, $put:ident;)*) => {$(
        impl<T: ToBinary> ToBinary for $list<T> {
            fn to_binary(&self, w: &mut Writer<'_>) {
                w.array(self.len());
                for value in self {
                    value.to_binary(w);
                }
            }
        }

        impl<T: FromBinary $(+ $bound $(+ $more)*)?> FromBinary for $list<T> {
            fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
                let length = r.list()?;
                let mut list = $make(length.min(RESERVE_MAX));
                for _ in 0..length {
                    list.$put(T::from_binary(r)?);
                }
                Ok(list)
            }
        }
    )*};
}

sequence! {
    Vec<T> Vec::with_capacity, push;
    BTreeSet<T: Ord> |_| BTreeSet::new(), insert;
}

impl<T: ToBinary + Ord> ToBinary for HashSet<T> {
    /// In order, so that equal sets are equal bytes.
    fn to_binary(&self, w: &mut Writer<'_>) {
        self.iter().collect::<BTreeSet<_>>().to_binary(w);
    }
}

impl<T: FromBinary + Eq + Hash> FromBinary for HashSet<T> {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        (0..r.list()?).map(|_| T::from_binary(r)).collect()
    }
}

impl<K: ToBinary, V: ToBinary> ToBinary for BTreeMap<K, V> {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.map(self.len());
        for (key, value) in self {
            key.to_binary(w);
            value.to_binary(w);
        }
    }
}

impl<K: FromBinary + Ord, V: FromBinary> FromBinary for BTreeMap<K, V> {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        (0..r.map()?).map(|_| Ok((K::from_binary(r)?, V::from_binary(r)?))).collect()
    }
}

impl<K: ToBinary + Ord, V: ToBinary> ToBinary for HashMap<K, V> {
    /// In order, so that equal maps are equal bytes.
    fn to_binary(&self, w: &mut Writer<'_>) {
        self.iter().collect::<BTreeMap<_, _>>().to_binary(w);
    }
}

impl<K: FromBinary + Eq + Hash, V: FromBinary> FromBinary for HashMap<K, V> {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        (0..r.map()?).map(|_| Ok((K::from_binary(r)?, V::from_binary(r)?))).collect()
    }
}

impl<T: ToBinary, const N: usize> ToBinary for [T; N] {
    fn to_binary(&self, w: &mut Writer<'_>) {
        w.array(N);
        for value in self {
            value.to_binary(w);
        }
    }
}

impl<T: FromBinary, const N: usize> FromBinary for [T; N] {
    fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
        r.array(N)?;
        let values: Vec<T> = (0..N).map(|_| T::from_binary(r)).collect::<Result<_, _>>()?;
        values.try_into().map_err(|_other_length| r.malformed("as many values as the array has"))
    }
}

macro_rules! tuple {
    ($len:literal: $($name:ident $field:tt),+) => {
        impl<$($name: ToBinary),+> ToBinary for ($($name,)+) {
            fn to_binary(&self, w: &mut Writer<'_>) {
                w.array($len);
                $(self.$field.to_binary(w);)+
            }
        }

        impl<$($name: FromBinary),+> FromBinary for ($($name,)+) {
            fn from_binary(r: &mut Reader<'_>) -> Result<Self, Malformed> {
                r.array($len)?;
                Ok(($($name::from_binary(r)?,)+))
            }
        }
    };
}

tuple!(1: A 0);
tuple!(2: A 0, B 1);
tuple!(3: A 0, B 1, C 2);
tuple!(4: A 0, B 1, C 2, D 3);
tuple!(5: A 0, B 1, C 2, D 3, E 4);
tuple!(6: A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(7: A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
