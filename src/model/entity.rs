//! Rows without their type.

use super::{Model, Report};
use crate::codec::binary::{Malformed, Reader, Writer};
use crate::codec::json::{self, ToJson};
use crate::codec::order::KeyWriter;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A row in a table: shared by every version of the state that holds it.
pub type Row = Arc<Stored<dyn Entity>>;

/// A value and the sequence of the transaction that last changed it.
pub struct Stored<T: ?Sized> {
    /// The sequence.
    pub version: u64,
    /// The value.
    pub value: T,
}

impl<T: ?Sized> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stored").field("version", &self.version).finish_non_exhaustive()
    }
}

/// What tables, journal and queries need of a row. Every [`Model`] is one; fields go by position.
pub trait Entity: Any + Send + Sync {
    /// The row as an object, without secrets.
    fn row_to_json(&self, w: &mut json::Writer);
    /// The row as a record.
    fn row_to_binary(&self, w: &mut Writer<'_>);
    /// Appends its key as it stands in the table.
    fn key_order(&self, w: &mut KeyWriter);
    /// Its key as JSON, for messages and documents.
    fn key_to_json(&self, w: &mut json::Writer);
    /// Appends the journal form of its key.
    fn key_to_binary(&self, w: &mut Writer<'_>);
    /// The number in its key, where keys are counted.
    fn key_counter(&self) -> Option<u64>;
    /// Appends bytes that sort as the field does.
    fn field_order(&self, field: usize, w: &mut KeyWriter);
    /// Appends the journal form of a field.
    fn field_to_binary(&self, field: usize, w: &mut Writer<'_>);
    /// Sets a field from its journal form.
    ///
    /// # Errors
    /// When the bytes are not such a value.
    fn set_field(&mut self, field: usize, r: &mut Reader<'_>) -> Result<(), Malformed>;
    /// Is a field the same in the other row of this model?
    fn field_same(&self, field: usize, other: &dyn Entity) -> bool;
    /// Appends the key that a field refers to; false when it refers to nothing.
    fn field_reference(&self, field: usize, w: &mut KeyWriter) -> bool;
    /// Is a field null?
    fn field_is_null(&self, field: usize) -> bool;
    /// Makes a field null; false when it cannot be.
    fn clear_field(&mut self, field: usize) -> bool;
    /// Sets a field to a time.
    fn set_field_time(&mut self, field: usize, time_ms: u64);
    /// Sets a field to a caller.
    fn set_field_caller(&mut self, field: usize, caller: Option<&str>);
    /// Reports every rule that it breaks. The report is [`Report::of_row`].
    fn check_all(&self, report: &mut Report);
    /// Another row like it, changed at `version`.
    fn copy_row(&self, version: u64) -> Row;
}

impl fmt::Debug for dyn Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entity")
    }
}

impl dyn Entity {
    /// The row as its own type; `None` when it is of another model.
    #[must_use]
    pub fn typed<T: Model>(&self) -> Option<&T> {
        let any: &dyn Any = self;
        any.downcast_ref()
    }
}

impl<T: Model> Entity for T {
    fn row_to_json(&self, w: &mut json::Writer) {
        self.to_json(w);
    }

    fn row_to_binary(&self, w: &mut Writer<'_>) {
        self.to_binary(w);
    }

    fn key_order(&self, w: &mut KeyWriter) {
        super::Value::order(self.key(), w);
    }

    fn key_to_json(&self, w: &mut json::Writer) {
        self.key().to_json(w);
    }

    fn key_to_binary(&self, w: &mut Writer<'_>) {
        crate::codec::binary::ToBinary::to_binary(self.key(), w);
    }

    fn key_counter(&self) -> Option<u64> {
        super::Value::counter(self.key())
    }

    fn field_order(&self, field: usize, w: &mut KeyWriter) {
        T::fields()[field].order(self, w);
    }

    fn field_to_binary(&self, field: usize, w: &mut Writer<'_>) {
        T::fields()[field].to_binary(self, w);
    }

    fn set_field(&mut self, field: usize, r: &mut Reader<'_>) -> Result<(), Malformed> {
        T::fields()[field].set_binary(self, r)
    }

    fn field_same(&self, field: usize, other: &dyn Entity) -> bool {
        other.typed::<T>().is_some_and(|other| T::fields()[field].same(self, other))
    }

    fn field_reference(&self, field: usize, w: &mut KeyWriter) -> bool {
        T::fields()[field].reference(self, w)
    }

    fn field_is_null(&self, field: usize) -> bool {
        T::fields()[field].is_null(self)
    }

    fn clear_field(&mut self, field: usize) -> bool {
        T::fields()[field].clear(self)
    }

    fn set_field_time(&mut self, field: usize, time_ms: u64) {
        let held = T::fields()[field].set_time(self, time_ms);
        assert!(held, "{} has an #[auto] field that holds no time; registration refuses it", T::NAME);
    }

    fn set_field_caller(&mut self, field: usize, caller: Option<&str>) {
        let held = T::fields()[field].set_caller(self, caller);
        assert!(
            held,
            "{} has an #[auto(caller)] field that holds no caller; registration refuses it",
            T::NAME
        );
    }

    fn check_all(&self, report: &mut Report) {
        let known = report.errors().len();
        super::Value::check(self, report);
        // With broken fields the value has looked at the whole row by itself.
        if report.errors().len() == known {
            self.check_row(report);
        }
    }

    fn copy_row(&self, version: u64) -> Row {
        Arc::new(Stored { version, value: self.copy() })
    }
}
