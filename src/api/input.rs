//! Where the arguments of a call come from.

use crate::codec::json::{Errors, FromJson, Reader, Rest, TextField};
use std::borrow::Cow;

/// The arguments of a call as they came.
#[derive(Debug)]
pub struct Input<'a> {
    /// From the path, the query or flags.
    pub(super) texts: Vec<TextField<'a>>,
    /// From the body, or the parameters of a JSON-RPC call.
    pub(super) json: &'a [u8],
    pub(super) rest: Rest,
}

impl<'a> Input<'a> {
    /// None.
    #[must_use]
    pub fn nothing() -> Self {
        Self { texts: Vec::new(), json: b"", rest: Rest::Nothing }
    }

    /// Names and texts: flags.
    #[must_use]
    pub fn texts(texts: &'a [(String, String)]) -> Self {
        let texts = texts.iter().map(|(name, text)| (name.as_str(), Cow::Borrowed(text.as_str()))).collect();
        Self { texts, json: b"", rest: Rest::Nothing }
    }

    /// An object with all of them.
    #[must_use]
    pub fn object(json: &'a [u8]) -> Self {
        Self { texts: Vec::new(), json, rest: Rest::Object }
    }

    /// Reads them.
    pub(super) fn decode<T: FromJson>(&self) -> Result<T, Errors> {
        let mut reader = Reader::parts(&self.texts, self.json, self.rest);
        match T::from_json(&mut reader) {
            Ok(value) => reader.finish().map(|()| value),
            Err(_recorded) => Err(reader.errors()),
        }
    }
}
