//! Scalars of std, and what wraps one value: `bool`, floats, `char`, strings, `()`, `Option`, `Box`, references.

use std::borrow::Cow;

use super::errors::Halt;
use super::reader::Reader;
use super::{FromJson, ToJson, Writer};

impl FromJson for bool {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.bool()
    }
}

impl ToJson for bool {
    fn to_json(&self, w: &mut Writer) {
        w.bool(*self);
    }
}

impl FromJson for f64 {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.f64()
    }
}

impl ToJson for f64 {
    fn to_json(&self, w: &mut Writer) {
        w.f64(*self);
    }
}

impl FromJson for f32 {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.f32()
    }
}

impl ToJson for f32 {
    fn to_json(&self, w: &mut Writer) {
        w.f32(*self);
    }
}

impl FromJson for char {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let string = r.string()?;
        let mut characters = string.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(r.reject(format!("expected one character, found {}", string.chars().count()))),
        }
    }
}

impl ToJson for char {
    fn to_json(&self, w: &mut Writer) {
        w.str(self.encode_utf8(&mut [0; 4]));
    }
}

impl FromJson for String {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.string().map(Cow::into_owned)
    }
}

impl ToJson for String {
    fn to_json(&self, w: &mut Writer) {
        w.str(self);
    }
}

impl ToJson for str {
    fn to_json(&self, w: &mut Writer) {
        w.str(self);
    }
}

impl ToJson for Cow<'_, str> {
    fn to_json(&self, w: &mut Writer) {
        w.str(self);
    }
}

/// Nothing, which is `null`.
impl FromJson for () {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        if r.null()? { Ok(()) } else { Err(r.expected("null")) }
    }
}

impl ToJson for () {
    fn to_json(&self, w: &mut Writer) {
        w.null();
    }
}

/// `null` and absence are both `None`.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        if r.null()? { Ok(None) } else { T::from_json(r).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self, w: &mut Writer) {
        match self {
            Some(value) => value.to_json(w),
            None => w.null(),
        }
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        T::from_json(r).map(Self::new)
    }

    fn absent() -> Option<Self> {
        T::absent().map(Self::new)
    }
}

impl<T: ToJson + ?Sized> ToJson for Box<T> {
    fn to_json(&self, w: &mut Writer) {
        (**self).to_json(w);
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self, w: &mut Writer) {
        (**self).to_json(w);
    }
}
