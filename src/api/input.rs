//! Where the arguments of a call come from.

use crate::codec::json::{Errors, FromJson, Kind, Reader, Rest, TextField};
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

    /// The parameters of the system among them: names that begin with an underscore, with their values as texts.
    pub(super) fn system(&self) -> Vec<(String, String)> {
        let mut found: Vec<_> = self
            .texts
            .iter()
            .filter(|(name, _)| name.starts_with('_'))
            .map(|(name, value)| ((*name).to_owned(), value.clone().into_owned()))
            .collect();
        if self.rest == Rest::Object && self.json.windows(2).any(|pair| pair == b"\"_") {
            let mut reader = Reader::new(self.json);
            // A document that cannot be read is told about when the arguments are.
            let _told_later = reader.map(&mut |name, r| {
                if !name.starts_with('_') {
                    return r.skip();
                }
                let text = if r.peek()? == Kind::String {
                    r.string()?.into_owned()
                } else {
                    String::from_utf8_lossy(r.raw()?).into_owned()
                };
                found.push((name.into_owned(), text));
                Ok(())
            });
        }
        found
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
