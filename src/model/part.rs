//! What the code of the macros calls on the type of a field.

use super::{Report, Shape, Value};
use crate::codec::json::{FromJson, Halt, Slot, ToJson};
use crate::codec::order::KeyWriter;
use crate::codec::{binary, json};

/// Everything that the macros do with a field, through one trait: so rustc says once, at the type of the field, that it
/// cannot be one, and not again for every part of the codec. Every [`Value`] has it.
pub trait Part: Value {
    /// [`Value::shape`].
    fn shape() -> Shape {
        <Self as Value>::shape()
    }

    /// [`Value::same`].
    fn same(&self, other: &Self) -> bool {
        Value::same(self, other)
    }

    /// [`Value::copy`].
    fn copy(&self) -> Self {
        Value::copy(self)
    }

    /// [`Value::order`].
    fn order(&self, w: &mut KeyWriter) {
        Value::order(self, w);
    }

    /// [`Value::check`].
    fn check(&self, report: &mut Report) {
        Value::check(self, report);
    }

    /// Writes it as JSON.
    fn to_json(&self, w: &mut json::Writer) {
        ToJson::to_json(self, w);
    }

    /// Reads it from JSON.
    ///
    /// # Errors
    /// As [`FromJson::from_json`].
    fn from_json(r: &mut json::Reader<'_>) -> Result<Self, Halt> {
        FromJson::from_json(r)
    }

    /// Reads it from JSON into its slot.
    ///
    /// # Errors
    /// As [`json::Reader::fill`].
    fn fill_json(r: &mut json::Reader<'_>, slot: &mut Slot<Self>) -> Result<(), Halt> {
        r.fill(slot)
    }

    /// Takes it out of its slot, as [`json::Reader::take`].
    fn take_json(
        r: &mut json::Reader<'_>,
        slot: Slot<Self>,
        name: &str,
        default: Option<fn() -> Self>,
    ) -> Option<Self> {
        r.take(slot, name, default)
    }

    /// Writes it for a journal.
    fn to_binary(&self, w: &mut binary::Writer<'_>) {
        binary::ToBinary::to_binary(self, w);
    }

    /// Reads it from a journal.
    ///
    /// # Errors
    /// As [`binary::FromBinary::from_binary`].
    fn from_binary(r: &mut binary::Reader<'_>) -> Result<Self, binary::Malformed> {
        binary::FromBinary::from_binary(r)
    }

    /// Reads it from a journal into its slot.
    ///
    /// # Errors
    /// As [`binary::Reader::fill`].
    fn fill_binary(r: &mut binary::Reader<'_>, slot: &mut Slot<Self>) -> Result<(), binary::Malformed> {
        r.fill(slot)
    }

    /// Takes it out of its slot, as [`binary::Reader::take`].
    ///
    /// # Errors
    /// When the record lacks it, and it has no default.
    fn take_binary(
        r: &binary::Reader<'_>,
        slot: Slot<Self>,
        name: &'static str,
        default: Option<fn() -> Self>,
    ) -> Result<Self, binary::Malformed> {
        r.take(slot, name, default)
    }
}

impl<T: Value> Part for T {}
