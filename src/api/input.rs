//! Where the arguments of a call come from.

use crate::codec::json::{FromJson, Kind, MISSING, Reader, Rest, TextField};
use crate::error::{Error, FieldError, Result};
use std::borrow::Cow;

/// The arguments of a call as they came.
#[derive(Debug)]
pub struct Input<'a> {
    /// From the path, the query or flags.
    pub(super) texts: Vec<TextField<'a>>,
    /// From the body, or the parameters of a JSON-RPC call.
    pub(super) json: &'a [u8],
    pub(super) rest: Rest,
    /// Did the JSON come as a body, so that places in it say something to whoever sent it?
    pub(super) is_body: bool,
    /// What stands in the query and is not read from there, each with why.
    pub(super) unread: Vec<FieldError>,
}

impl<'a> Input<'a> {
    /// None.
    #[must_use]
    pub fn nothing() -> Self {
        Self { texts: Vec::new(), json: b"", rest: Rest::Nothing, is_body: false, unread: Vec::new() }
    }

    /// Names and texts: flags.
    #[must_use]
    pub fn texts(texts: &'a [(String, String)]) -> Self {
        let texts = texts.iter().map(|(name, text)| (name.as_str(), Cow::Borrowed(text.as_str()))).collect();
        Self { texts, ..Self::nothing() }
    }

    /// An object with all of them.
    #[must_use]
    pub fn object(json: &'a [u8]) -> Self {
        Self { json, rest: Rest::Object, ..Self::nothing() }
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

    /// Reads them, once.
    ///
    /// # Errors
    /// 400 with every one that is missing or has another type, and everything that came and is not read.
    pub(super) fn decode<T: FromJson>(&mut self) -> Result<T> {
        let unread = std::mem::take(&mut self.unread);
        let mut reader = Reader::parts(&self.texts, self.json, self.rest);
        let read = match T::from_json(&mut reader) {
            Ok(value) => reader.finish().map(|()| value),
            Err(_recorded) => Err(reader.errors()),
        };
        let error = match read {
            Ok(value) if unread.is_empty() => return Ok(value),
            Ok(_) => return Err(not_read(unread)),
            Err(errors) if self.is_body => Error::from(errors),
            Err(errors) => errors.of_arguments(),
        };
        let fields = error.fields().iter().filter(|fault| !self.is_told(fault, &unread));
        let fields = fields.cloned().chain(unread.iter().cloned()).collect();
        Err(error.with_fields(fields))
    }

    /// Is this said better by what came and is not read: that it is missing here, where it stands there?
    fn is_told(&self, fault: &FieldError, unread: &[FieldError]) -> bool {
        let inside = match self.rest {
            Rest::Field(name) => fault.field.strip_prefix(name).and_then(|field| field.strip_prefix('.')),
            Rest::Nothing | Rest::Object => None,
        };
        let field = inside.unwrap_or(&fault.field);
        fault.detail.starts_with(MISSING) && unread.iter().any(|other| other.field == field)
    }
}

/// The error for what came and is not read.
pub(super) fn not_read(unread: Vec<FieldError>) -> Error {
    Error::bad_request("the query has what the method does not read from it").with_fields(unread)
}
