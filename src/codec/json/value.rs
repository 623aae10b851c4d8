//! [`Json`]: a value of any shape, for what a program passes on without knowing it.

use std::fmt;
use std::str::FromStr;

use super::errors::{Errors, Halt, key_step};
use super::number::Number;
use super::object::Object;
use super::reader::{Kind, Reader};
use super::{FromJson, ToJson, Writer};

/// A value of any shape.
///
/// ```
/// use sunstone::codec::json::Json;
///
/// let order: Json = r#"{"items": [{"sku": "A1", "count": 2}], "note": null}"#.parse().unwrap();
/// let first = order.get("items").and_then(|items| items.at(0)).unwrap();
/// assert_eq!(first.get("count").and_then(Json::as_u64), Some(2));
/// assert_eq!(first.to_string(), r#"{"sku":"A1","count":2}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Json {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Bool(bool),
    /// a number
    Number(Number),
    /// a string
    String(String),
    /// an array
    Array(Vec<Self>),
    /// an object
    Object(Object),
}

impl Json {
    /// The value of a key, if this is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_object()?.get(key)
    }

    /// The element at an index, if this is an array that has it.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Self> {
        self.as_array()?.get(index)
    }

    /// Do its arrays and objects lie at most so many levels in one another? It looks no farther down than that, so a
    /// value of any depth is told without harm to the stack.
    #[must_use]
    pub fn is_within(&self, levels: u32) -> bool {
        let Some(inside) = levels.checked_sub(1) else {
            return !matches!(self, Self::Array(_) | Self::Object(_));
        };
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::Array(elements) => elements.iter().all(|element| element.is_within(inside)),
            Self::Object(object) => object.iter().all(|(_, value)| value.is_within(inside)),
        }
    }

    /// Is it null?
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The number, if it is an integer of this range.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// The number, if it is an integer of this range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// The nearest float, if it is a number within their range.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number()?.as_f64()
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The elements, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(elements) = self { Some(elements) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// A container that is being read.
enum Open {
    Array(Vec<Json>),
    /// The entries, and the key whose value is being read.
    Object(Vec<(String, Json)>, String),
}

impl Open {
    /// Takes a value in, and tells the bracket that would end the container.
    fn add(&mut self, value: Json) -> u8 {
        match self {
            Self::Array(elements) => {
                elements.push(value);
                b']'
            }
            Self::Object(entries, key) => {
                entries.push((std::mem::take(key), value));
                b'}'
            }
        }
    }

    fn close(self) -> Json {
        match self {
            Self::Array(elements) => Json::Array(elements),
            Self::Object(entries, _) => Json::Object(Object::from_entries(entries)),
        }
    }

    /// The step of a path that leads to the value that is being read.
    fn step(&self) -> String {
        match self {
            Self::Array(elements) => format!("[{}]", elements.len()),
            Self::Object(_, key) => key_step(key),
        }
    }
}

impl Reader<'_> {
    /// Reads a value of any shape. What is open lies in `open`, not on the stack.
    fn open_value(&mut self, open: &mut Vec<Open>) -> Result<Json, Halt> {
        self.begin()?;
        let start = self.start;
        loop {
            let Some(mut value) = self.open_scalar(open)? else { continue };
            loop {
                let Some(container) = open.last_mut() else {
                    self.start = start;
                    return Ok(value);
                };
                let bracket = container.add(value);
                if self.goes_on(bracket)? {
                    if let Open::Object(_, key) = container {
                        *key = self.key()?.into_owned();
                    }
                    break;
                }
                self.depth = self.depth.saturating_sub(1);
                value = open.pop().map(Open::close).unwrap_or_default();
            }
        }
    }

    /// Reads a scalar or an empty container, or opens one up to its first element and gives nothing.
    fn open_scalar(&mut self, open: &mut Vec<Open>) -> Result<Option<Json>, Halt> {
        Ok(Some(match self.begin()? {
            b'"' => Json::String(self.quoted()?.into_owned()),
            b'-' | b'0'..=b'9' => Json::Number(Number::from_text(self.number_text()?)),
            b't' => self.literal(b"true").map(|()| Json::Bool(true))?,
            b'f' => self.literal(b"false").map(|()| Json::Bool(false))?,
            b'n' => self.literal(b"null").map(|()| Json::Null)?,
            b'[' => {
                self.deeper()?;
                if !self.leaves_at_once(b']') {
                    open.push(Open::Array(Vec::new()));
                    return Ok(None);
                }
                self.depth = self.depth.saturating_sub(1);
                Json::Array(Vec::new())
            }
            b'{' => {
                self.deeper()?;
                if !self.leaves_at_once(b'}') {
                    let key = self.key()?.into_owned();
                    open.push(Open::Object(Vec::new(), key));
                    return Ok(None);
                }
                self.depth = self.depth.saturating_sub(1);
                Json::Object(Object::new())
            }
            _ => return Err(self.unexpected("a value")),
        }))
    }
}

/// Never [`Halt::Invalid`]: whatever is JSON has a value. A bare text is an array or an object by its first character,
/// else a string.
impl FromJson for Json {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        if let Some(text) = r.text {
            if !text.starts_with(['[', '{']) {
                return r.string().map(|text| Self::String(text.into_owned()));
            }
            r.text = None;
        }
        let faults = r.faults.count();
        let mut open = Vec::new();
        let outcome = r.open_value(&mut open);
        if outcome.is_err() {
            for container in open.iter().rev() {
                r.faults.prefix(faults, &container.step());
            }
        }
        outcome
    }
}

impl ToJson for Json {
    fn to_json(&self, w: &mut Writer) {
        match self {
            Self::Null => w.null(),
            Self::Bool(value) => w.bool(*value),
            Self::Number(number) => number.to_json(w),
            Self::String(text) => w.str(text),
            Self::Array(elements) => w.array(elements),
            Self::Object(object) => object.to_json(w),
        }
    }
}

impl ToJson for Object {
    fn to_json(&self, w: &mut Writer) {
        w.begin_object();
        for (key, value) in self.iter() {
            w.field(key, value);
        }
        w.end_object();
    }
}

impl FromJson for Object {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        if r.peek()? != Kind::Object {
            return Err(r.expected("an object"));
        }
        match Json::from_json(r)? {
            Json::Object(object) => Ok(object),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                Err(r.reject("expected an object"))
            }
        }
    }
}

impl FromStr for Json {
    type Err = Errors;

    fn from_str(text: &str) -> Result<Self, Errors> {
        super::decode(text.as_bytes())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&super::encode(self)))
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

macro_rules! from_integers {
    ($($type:ident $wide:ident),*) => {$(
        impl From<$type> for Json {
            fn from(value: $type) -> Self {
                Self::Number($wide::from(value).into())
            }
        }
    )*};
}
from_integers!(u8 u64, u16 u64, u32 u64, u64 u64, i8 i64, i16 i64, i32 i64, i64 i64, i128 i128);

/// What is not finite is null.
impl From<f64> for Json {
    fn from(value: f64) -> Self {
        Number::from_f64(value).map_or(Self::Null, Self::Number)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Json {
    fn from(elements: Vec<T>) -> Self {
        Self::Array(elements.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
