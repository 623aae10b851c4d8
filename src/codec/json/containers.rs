//! Arrays, objects and maps: entering, stepping from one element to the next, and the paths of what goes wrong
//! inside.

use std::borrow::Cow;

use crate::stdx::nearest::nearest;

use super::errors::{Halt, NOWHERE, key_step};
use super::reader::{MAX_DEPTH, Reader};

/// The fields of an object that is being read: who takes a value by its key.
pub trait Fields {
    /// Takes the value of the key `name`: consumes it and answers `Ok(true)`, or leaves it where it is and answers
    /// `Ok(false)`, for a name that is not known.
    ///
    /// # Errors
    /// Those of the value; [`Halt::Invalid`] only when it was read over.
    fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt>;

    /// The names that are known.
    fn names(&self) -> &'static [&'static str];
}

impl<'a> Reader<'a> {
    /// Reads an object, giving each value to `fields` by its key. What no field takes is read over, or is a fault
    /// when `strict`, with the nearest known name.
    ///
    /// Fields that are no good do not make this fail: their faults are recorded and their slots are
    /// [`Bad`](super::Slot::Bad).
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is no object; [`Halt::Syntax`] when it is no JSON.
    pub fn object(&mut self, strict: bool, fields: &mut dyn Fields) -> Result<(), Halt> {
        if let Some(parts) = self.parts.take() {
            return self.object_in_parts(&parts, strict, fields);
        }
        let start = self.enter(b'{', "an object")?;
        let mut more = !self.leaves_at_once(b'}');
        while more {
            let key = self.key()?;
            self.object_field(&key, strict, fields)?;
            more = self.goes_on(b'}')?;
        }
        self.leave(start);
        Ok(())
    }

    pub(super) fn object_field(
        &mut self,
        key: &str,
        strict: bool,
        fields: &mut dyn Fields,
    ) -> Result<(), Halt> {
        let (faults, left) = (self.faults.count(), self.rest.len());
        let taken = fields.field(key, self);
        if self.faults.count() != faults {
            self.faults.prefix(faults, key);
        }
        let outcome = match taken {
            Ok(true) => return Ok(()),
            Ok(false) => {
                debug_assert_eq!(left, self.rest.len(), "the field {key} was consumed and not taken");
                self.unknown(key, strict, fields.names())
            }
            Err(halt) => Err(halt),
        };
        match outcome {
            Err(Halt::Syntax) => Err(Halt::Syntax),
            Ok(()) | Err(Halt::Invalid) => Ok(()),
        }
    }

    /// Reads over the value of a key that no field takes.
    fn unknown(&mut self, key: &str, strict: bool, names: &[&str]) -> Result<(), Halt> {
        let faults = self.faults.count();
        let skipped = self.skip();
        if strict && skipped.is_ok() {
            self.reject_with(|| match nearest(key, names.iter().copied()) {
                Some(name) => format!("unknown, the nearest name is `{name}`"),
                None => format!("unknown, expected one of: {}", names.join(", ")),
            });
        }
        if self.faults.count() != faults {
            self.faults.prefix(faults, &key_step(key));
        }
        skipped
    }

    /// Reads an object whose keys are data, one call for each entry; `each` consumes the value.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is no object or any entry was invalid; [`Halt::Syntax`] when it is no JSON.
    #[expect(clippy::type_complexity, reason = "a name for it would hide what the closure is given")]
    pub fn map(
        &mut self,
        each: &mut dyn FnMut(Cow<'a, str>, &mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let start = self.enter(b'{', "an object")?;
        let mut outcome = Ok(());
        let mut more = !self.leaves_at_once(b'}');
        while more {
            let (faults, quoted) = (self.faults.count(), self.rest);
            let key = self.key()?;
            let entry = each(key, self);
            if self.faults.count() != faults {
                // The key was given away; reading it once more costs only those who send faults.
                let mut again = Reader::new(quoted);
                again.space();
                let key = again.quoted().unwrap_or_default();
                self.faults.prefix(faults, &key_step(&key));
            }
            if entry.is_err() {
                outcome = entry;
                if entry == Err(Halt::Syntax) {
                    break;
                }
            }
            more = self.goes_on(b'}')?;
        }
        self.leave(start);
        outcome
    }

    /// Reads an array, one call for each element; `each` consumes it.
    ///
    /// # Errors
    /// [`Halt::Invalid`] when it is no array or any element was invalid; [`Halt::Syntax`] when it is no JSON.
    pub fn array(&mut self, each: &mut dyn FnMut(&mut Self) -> Result<(), Halt>) -> Result<(), Halt> {
        if let Some(text) = self.text
            && !(text.starts_with('[') && self.others.is_empty())
        {
            return self.array_of_texts(text, each);
        }
        let start = self.enter(b'[', "an array")?;
        let mut outcome = Ok(());
        let mut more = !self.leaves_at_once(b']');
        let mut index = 0_usize;
        while more {
            let faults = self.faults.count();
            let element = each(self);
            if self.faults.count() != faults {
                self.faults.prefix(faults, &format!("[{index}]"));
            }
            if element.is_err() {
                outcome = element;
                if element == Err(Halt::Syntax) {
                    break;
                }
            }
            more = self.goes_on(b']')?;
            index = index.saturating_add(1);
        }
        self.leave(start);
        outcome
    }

    /// Reads an array whose elements came as bare texts.
    fn array_of_texts(
        &mut self,
        first: &'a str,
        each: &mut dyn FnMut(&mut Self) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        self.take_text(());
        let mut outcome = Ok(());
        let others = std::mem::take(&mut self.others);
        for (index, text) in std::iter::once(first).chain(others).enumerate() {
            let mut element = Reader::text(text);
            match each(&mut element) {
                Ok(()) => element.end(),
                Err(_recorded) => outcome = Err(Halt::Invalid),
            }
            let from = self.faults.count();
            self.faults.take_over(element.faults, NOWHERE);
            self.faults.prefix(from, &format!("[{index}]"));
        }
        outcome
    }

    /// Enters a container by its opening bracket and tells where it begins.
    fn enter(&mut self, bracket: u8, what: &str) -> Result<usize, Halt> {
        if let Some(text) = self.text {
            if text.as_bytes().first() != Some(&bracket) {
                return Err(self.expected(what));
            }
            self.text = None;
        }
        if self.begin()? != bracket {
            return Err(self.expected(what));
        }
        let start = self.start;
        self.deeper()?;
        Ok(start)
    }

    /// Steps over an opening bracket, one level down.
    pub(super) fn deeper(&mut self) -> Result<(), Halt> {
        if self.depth >= MAX_DEPTH {
            return Err(self.syntax(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.depth = self.depth.saturating_add(1);
        self.rest = self.rest.get(1..).unwrap_or_default();
        Ok(())
    }

    /// The closing bracket is behind us; the value that was read last is this container.
    fn leave(&mut self, start: usize) {
        self.depth = self.depth.saturating_sub(1);
        self.start = start;
    }

    /// Behind an opening bracket: is the container empty? Then its closing bracket is consumed.
    pub(super) fn leaves_at_once(&mut self, bracket: u8) -> bool {
        self.space();
        match self.rest.split_first() {
            Some((byte, rest)) if *byte == bracket => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Behind an element: a comma (true) or the closing bracket (false).
    pub(super) fn goes_on(&mut self, bracket: u8) -> Result<bool, Halt> {
        self.space();
        match self.rest.split_first() {
            Some((b',', rest)) => {
                self.rest = rest;
                Ok(true)
            }
            Some((byte, rest)) if *byte == bracket => {
                self.rest = rest;
                Ok(false)
            }
            _ => Err(self.unexpected(if bracket == b']' { "`,` or `]`" } else { "`,` or `}`" })),
        }
    }

    /// Reads a key and the colon behind it.
    pub(super) fn key(&mut self) -> Result<Cow<'a, str>, Halt> {
        self.key_begins()?;
        let key = self.quoted()?;
        self.colon()?;
        Ok(key)
    }

    pub(super) fn key_begins(&mut self) -> Result<(), Halt> {
        self.space();
        match self.rest.first() {
            Some(b'"') => Ok(()),
            _ => Err(self.unexpected("a key in double quotes")),
        }
    }

    pub(super) fn colon(&mut self) -> Result<(), Halt> {
        self.space();
        match self.rest.strip_prefix(b":") {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => Err(self.unexpected("`:`")),
        }
    }
}
