//! The place of one field while its object is being read: empty, filled, or spoiled.

use super::FromJson;
use super::errors::Halt;
use super::reader::Reader;

/// What is said of a field that has to be given and was not.
pub const MISSING: &str = "missing";

/// A field that may have come or not, or may have come in a form that is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slot<T> {
    /// It was not given.
    #[default]
    Empty,
    /// It was given, and refused; the fault is recorded.
    Bad,
    /// It was given.
    Full(T),
}

impl Reader<'_> {
    /// Reads the value that stands next into its slot. A slot takes one value: the second is a fault.
    ///
    /// # Errors
    /// Those of the value; then the slot is [`Slot::Bad`].
    pub fn fill<T: FromJson>(&mut self, slot: &mut Slot<T>) -> Result<(), Halt> {
        let outcome = match slot {
            Slot::Empty => T::from_json(self),
            Slot::Bad | Slot::Full(_) => Err(self.twice()),
        };
        match outcome {
            Ok(value) => {
                *slot = Slot::Full(value);
                Ok(())
            }
            Err(halt) => {
                *slot = Slot::Bad;
                Err(halt)
            }
        }
    }

    /// As [`Reader::fill`], for what is secret: what is wrong with it is told without what was found.
    ///
    /// # Errors
    /// As [`Reader::fill`].
    pub fn fill_secret<T: FromJson>(&mut self, slot: &mut Slot<T>) -> Result<(), Halt> {
        let known = self.faults.count();
        let outcome = self.fill(slot);
        if outcome.is_err() {
            self.faults.hide_found(known);
        }
        outcome
    }

    /// What a slot holds when its object has been read: its value, else the default, else what the type says of
    /// absence, else nothing and a fault at `name`.
    pub fn take<T: FromJson>(&mut self, slot: Slot<T>, name: &str, default: Option<fn() -> T>) -> Option<T> {
        match slot {
            Slot::Full(value) => Some(value),
            Slot::Bad => None,
            Slot::Empty => match default {
                Some(default) => Some(default()),
                None => T::absent().or_else(|| {
                    self.missing(name);
                    None
                }),
            },
        }
    }

    #[cold]
    fn missing(&mut self, name: &str) {
        let faults = self.faults.count();
        self.reject(MISSING);
        self.faults.prefix(faults, name);
    }

    /// Reads over a value whose key has been there before.
    #[cold]
    pub(super) fn twice(&mut self) -> Halt {
        match self.skip() {
            Ok(()) => self.reject("given twice"),
            Err(halt) => halt,
        }
    }
}
