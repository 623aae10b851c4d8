//! An object that came in parts: some fields as bare texts (from a path, a query, flags), the rest as JSON.

use std::borrow::Cow;

use super::containers::Fields;
use super::errors::{Halt, NOWHERE};
use super::reader::Reader;

/// A field as a bare text.
pub type TextField<'a> = (&'a str, Cow<'a, str>);

/// Where the fields of an object are, besides those that came as texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nowhere.
    Nothing,
    /// The document is an object and holds them. What came as a text counts, whatever the document says of it.
    Object,
    /// The document is the value of this field.
    Field(&'static str),
}

/// The parts that are still to be read.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    texts: &'a [TextField<'a>],
    rest: Rest,
}

impl<'a> Reader<'a> {
    /// A reader of an object in parts: [`Reader::object`] gives the texts to its fields first, and then what `rest` says
    /// of the document. Texts of one name are the elements of a list; for anything else a second one is a fault. A text that
    /// no field takes is passed over.
    ///
    /// ```
    /// use sunstone::codec::json::{Fields, Halt, Reader, Rest, Slot};
    ///
    /// #[derive(Default)]
    /// struct Rename(Slot<u64>, Slot<String>);
    ///
    /// impl Fields for Rename {
    ///     fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt> {
    ///         match name {
    ///             "id" => r.fill(&mut self.0)?,
    ///             "title" => r.fill(&mut self.1)?,
    ///             _ => return Ok(false),
    ///         }
    ///         Ok(true)
    ///     }
    ///
    ///     fn names(&self) -> &'static [&'static str] {
    ///         &["id", "title"]
    ///     }
    /// }
    ///
    /// let (path, mut fields) = ([("id", "7".into())], Rename::default());
    /// let mut reader = Reader::parts(&path, br#"{"title": "milk"}"#, Rest::Object);
    /// reader.object(true, &mut fields).unwrap();
    /// reader.finish().unwrap();
    /// assert_eq!((fields.0, fields.1), (Slot::Full(7), Slot::Full("milk".to_owned())));
    /// ```
    #[must_use]
    pub fn parts(texts: &'a [TextField<'a>], json: &'a [u8], rest: Rest) -> Self {
        let mut reader = if rest == Rest::Nothing { Self::text("") } else { Self::new(json) };
        reader.parts = Some(Parts { texts, rest });
        reader
    }

    /// Reads the parts of an object.
    pub(super) fn object_in_parts(
        &mut self,
        parts: &Parts<'a>,
        strict: bool,
        fields: &mut dyn Fields,
    ) -> Result<(), Halt> {
        for (position, (name, text)) in parts.texts.iter().enumerate() {
            let (before, behind) = parts.texts.split_at(position);
            if before.iter().any(|(known, _)| known == name) {
                continue;
            }
            let mut reader = Reader::text(text);
            let others = behind.iter().skip(1).filter(|(other, _)| other == name);
            reader.others.extend(others.map(|(_, text)| &**text));
            if fields.field(name, &mut reader) == Ok(true) {
                reader.end();
                if !reader.others.is_empty() {
                    reader.reject("given twice");
                }
            }
            let from = self.faults.count();
            self.faults.take_over(reader.faults, NOWHERE);
            self.faults.prefix(from, name);
        }
        match parts.rest {
            Rest::Nothing => {
                self.take_text(());
                Ok(())
            }
            Rest::Object => self.object(strict, &mut Unsaid { fields, said: parts.texts }),
            Rest::Field(name) => self.object_field(name, strict, fields),
        }
    }
}

/// The fields without those that were said already.
struct Unsaid<'f> {
    fields: &'f mut dyn Fields,
    said: &'f [TextField<'f>],
}

impl Fields for Unsaid<'_> {
    fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt> {
        if self.said.iter().any(|(said, _)| *said == name) {
            return r.skip().map(|()| true);
        }
        self.fields.field(name, r)
    }

    fn names(&self) -> &'static [&'static str] {
        self.fields.names()
    }
}
