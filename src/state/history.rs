//! Transactions as JSON, from the journal alone: who, when, which call with which arguments, and what it changed.
//!
//! One transaction is one object:
//!
//! ```text
//! {"seq": 3, "time": "2026-11-22T02:31:11.123Z", "actor": null, "call": "todos.finish", "args": {"id": 1}, "changes": [...]}
//!   {"op": "created", "model": "Todo", "key": 1, "row": {...}}
//!   {"op": "changed", "model": "Todo", "key": 1, "version": 2, "fields": {"done": {"before": false, "after": true}}}
//!   {"op": "removed", "model": "Todo", "key": 1, "version": 3, "row": {...}}
//!   {"op": "counted", "model": "Todo", "next": 7}
//! ```
//!
//! `version` is the one that the row had before. Of a secret field it is told that it changed and nothing more:
//! `{"secret": true}`. Arguments that were too long to be kept are `{"bytes": 70000, "sha256": "..."}`.

use super::{Record, RecordedChange};
use crate::codec::binary::{Major, Malformed, Numbers, Reader};
use crate::codec::hex;
use crate::codec::json::Writer;
use crate::model::{Catalog, Renderer, Time};

/// Reads the schema frames of a journal and tells its transactions.
#[derive(Debug, Default)]
pub struct Historian {
    catalog: Catalog,
    /// What is named later, where that was said.
    later: Catalog,
    renderer: Renderer,
}

impl Historian {
    /// Takes in a schema frame.
    ///
    /// # Errors
    /// As [`Catalog::read`].
    pub fn schema(&mut self, payload: &[u8]) -> Result<(), Malformed> {
        self.catalog.read(payload)?;
        self.renderer = Renderer::new(&self.catalog);
        Ok(())
    }

    /// The same with what the journal names by its end: a model is then found by the name it has there from the first.
    #[must_use]
    pub fn knowing(mut self, later: Catalog) -> Self {
        self.later = later;
        self
    }

    /// What the journal has named so far.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Is this a change of the model that is called so, or will be?
    #[must_use]
    pub fn is_of(&self, change: &RecordedChange<'_>, model: &str) -> bool {
        let mut catalogs = [&self.catalog, &self.later].into_iter();
        catalogs.any(|catalog| catalog.by_number(change.table()).is_some_and(|known| known.name == model))
    }

    /// Writes a transaction as an object, with its changes, or those of one model alone.
    ///
    /// # Errors
    /// When a value is not what the catalog says.
    pub fn tell(
        &self,
        seq: u64,
        record: &Record<'_>,
        model: Option<&str>,
        w: &mut Writer,
    ) -> Result<(), Malformed> {
        w.begin_object();
        w.field("seq", &seq);
        w.field("time", &Time::from_unix_ms(i64::try_from(record.time_ms).unwrap_or(i64::MAX)));
        w.field("actor", &record.actor);
        w.key("call");
        match record.call.map(|call| self.catalog.by_number(call).map(|known| known.name.as_str())) {
            Some(Some(name)) => w.str(name),
            Some(None) => return Err(unknown("a known call")),
            None => w.null(),
        }
        w.key("args");
        self.arguments(record, w)?;
        w.key("changes");
        w.begin_array();
        let shown = |change: &&RecordedChange<'_>| model.is_none_or(|model| self.is_of(change, model));
        for change in record.changes.iter().filter(shown) {
            w.element();
            self.change(change, w)?;
        }
        w.end_array();
        w.end_object();
        Ok(())
    }

    fn arguments(&self, record: &Record<'_>, w: &mut Writer) -> Result<(), Malformed> {
        let mut r = Reader::new(record.arguments, Numbers::positions());
        if r.null() {
            w.null();
            return r.end();
        }
        if r.peek() != Some(Major::Array) {
            let call = record.call.ok_or_else(|| r.malformed("a call for the arguments"))?;
            return self.renderer.arguments(call, record.arguments, w);
        }
        r.array(2)?;
        w.begin_object();
        w.field("bytes", &r.uint()?);
        w.field("sha256", &hex::encode(r.bytes()?));
        w.end_object();
        r.end()
    }

    fn change(&self, change: &RecordedChange<'_>, w: &mut Writer) -> Result<(), Malformed> {
        let table = change.table();
        let named = |op: &str, w: &mut Writer| {
            let known = self.catalog.by_number(table).ok_or_else(|| unknown("a known table"))?;
            w.begin_object();
            w.field("op", op);
            w.field("model", &known.name);
            Ok(())
        };
        match change {
            RecordedChange::Created { row, .. } => {
                named("created", w)?;
                w.key("key");
                self.renderer.key_in(table, row, w)?;
                w.key("row");
                self.renderer.row(table, row, w)?;
            }
            RecordedChange::Changed { key, version, fields, .. } => {
                named("changed", w)?;
                w.key("key");
                self.renderer.key(table, key, w)?;
                w.field("version", version);
                w.key("fields");
                w.begin_object();
                for (field, before, after) in fields {
                    self.field(table, *field, before, after, w)?;
                }
                w.end_object();
            }
            RecordedChange::Removed { version, row, .. } => {
                named("removed", w)?;
                w.key("key");
                self.renderer.key_in(table, row, w)?;
                w.field("version", version);
                w.key("row");
                self.renderer.row(table, row, w)?;
            }
            RecordedChange::Counted { next, .. } => {
                named("counted", w)?;
                w.field("next", next);
            }
        }
        w.end_object();
        Ok(())
    }

    fn field(
        &self,
        table: u64,
        field: u64,
        before: &[u8],
        after: &[u8],
        w: &mut Writer,
    ) -> Result<(), Malformed> {
        let name = self.renderer.field_name(table, field).ok_or_else(|| unknown("a known field"))?;
        w.key(name);
        w.begin_object();
        if self.renderer.is_secret(table, field) {
            w.field("secret", &true);
        } else {
            w.key("before");
            self.renderer.field(table, field, before, w)?;
            w.key("after");
            self.renderer.field(table, field, after, w)?;
        }
        w.end_object();
        Ok(())
    }
}

fn unknown(expected: &str) -> Malformed {
    Malformed { offset: 0, expected: expected.to_owned() }
}
