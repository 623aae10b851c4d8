//! The journal form of a transaction, in CBOR:
//!
//! ```text
//! [time, actor, call, arguments, idempotency, [change, ...]]
//!   time         milliseconds since 1970, never decreasing
//!   actor        text, or null for nobody known
//!   call         the number of the call in the catalog, or null
//!   arguments    {member: value}, or [length, hash] when they are long, or null
//!   idempotency  null; its form comes with the keys
//!   change       [1, table, row]                                       created
//!                [2, table, key, version, {field: [0, before, after]}] changed, from that version
//!                [3, table, version, row]                              removed
//!                [4, table, next id]                                   ids were taken and no row has them
//! ```
//!
//! A transaction stands in its frame behind its length (a CBOR byte string), so that one can be stepped over. The 0 before a
//! field's two values is the operation: set. Others are reserved.

use super::{Change, State};
use crate::codec::binary::{Malformed, Numbers, Reader, Writer};
use crate::codec::order::KeyWriter;
use crate::model::Entity;

const CREATED: u64 = 1;
const CHANGED: u64 = 2;
const REMOVED: u64 = 3;
const COUNTED: u64 = 4;

/// The operation that sets a field.
const SET: u64 = 0;

/// What the buffer for one transaction keeps of the memory that a large one has taken.
const KEPT_SCRATCH_BYTES: usize = 1 << 20;

/// How many changes or fields memory is taken for before they are read; more of them take it as they come.
const RESERVE_MAX: usize = 256;

/// Writes transactions in one journal's numbers.
#[derive(Debug)]
pub struct Recorder {
    numbers: Numbers,
    /// By position of the table: its number in the catalog.
    tables: Vec<u64>,
    /// The transaction being written, before its length is known.
    scratch: Vec<u8>,
    /// The positions of the fields of the row being written that changed.
    changed: Vec<usize>,
}

/// What is recorded of a transaction besides its changes.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'c> {
    /// When: milliseconds since 1970.
    pub time_ms: u64,
    /// Who, if known.
    pub actor: Option<&'c str>,
    /// The call's number in the catalog.
    pub call: Option<u64>,
    /// The call's arguments, encoded.
    pub arguments: &'c [u8],
}

impl Recorder {
    /// A recorder for a journal: its numbers, and those of its tables by position.
    #[must_use]
    pub fn new(numbers: Numbers, tables: Vec<u64>) -> Self {
        Self { numbers, tables, scratch: Vec::new(), changed: Vec::new() }
    }

    /// The numbers it writes by.
    #[must_use]
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }

    /// Appends a transaction to `out`. `counters` holds the tables whose ids were taken, with the next id before.
    pub fn record(
        &mut self,
        out: &mut Vec<u8>,
        state: &State,
        cause: Cause<'_>,
        changes: &[Change],
        counters: &[(usize, u64)],
    ) {
        self.scratch.clear();
        let taken =
            || counters.iter().filter(|(table, before)| was_only_counted(state, *table, *before, changes));
        let mut w = Writer::new(&mut self.scratch, &self.numbers);
        w.array(6);
        w.uint(cause.time_ms);
        match cause.actor {
            Some(actor) => w.text(actor),
            None => w.null(),
        }
        match cause.call {
            Some(call) => w.uint(call),
            None => w.null(),
        }
        if cause.arguments.is_empty() {
            w.null();
        } else {
            w.raw(cause.arguments);
        }
        w.null();
        w.array(changes.len() + taken().count());
        for change in changes {
            write_change(&mut w, state, &self.tables, change, &mut self.changed);
        }
        for (table, _) in taken() {
            w.array(3);
            w.uint(COUNTED);
            w.uint(self.tables[*table]);
            w.uint(state.table(*table).next_id());
        }
        Writer::new(out, &self.numbers).bytes(&self.scratch);
        self.scratch.shrink_to(KEPT_SCRATCH_BYTES);
    }
}

/// Were ids taken that the rows that were created do not show?
pub(super) fn was_only_counted(state: &State, table: usize, before: u64, changes: &[Change]) -> bool {
    let shown = changes.iter().filter_map(|change| match change {
        Change::Created { table: t, row, .. } if *t == table => row.value.key_counter(),
        _ => None,
    });
    state.table(table).next_id() > shown.map(|id| id + 1).fold(before.max(1), u64::max)
}

fn write_change(
    w: &mut Writer<'_>,
    state: &State,
    tables: &[u64],
    change: &Change,
    changed: &mut Vec<usize>,
) {
    match change {
        Change::Created { table, row, .. } => {
            w.array(3);
            w.uint(CREATED);
            w.uint(tables[*table]);
            row.value.row_to_binary(w);
        }
        Change::Changed { table, before, after, .. } => {
            let info = state.schema(*table).model.info;
            changed.clear();
            changed.extend(
                (0..info.members.len()).filter(|field| !before.value.field_same(*field, &after.value)),
            );
            w.array(5);
            w.uint(CHANGED);
            w.uint(tables[*table]);
            after.value.key_to_binary(w);
            w.uint(before.version);
            let members = w.record(info.slot, changed.len());
            for field in changed {
                w.member(members, *field);
                w.array(3);
                w.uint(SET);
                before.value.field_to_binary(*field, w);
                after.value.field_to_binary(*field, w);
            }
        }
        Change::Removed { table, row, .. } => {
            w.array(4);
            w.uint(REMOVED);
            w.uint(tables[*table]);
            w.uint(row.version);
            row.value.row_to_binary(w);
        }
    }
}

/// A transaction as it stands in a journal; values are left encoded.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    /// When: milliseconds since 1970.
    pub time_ms: u64,
    /// Who, if known.
    pub actor: Option<&'a str>,
    /// The call's number in the catalog.
    pub call: Option<u64>,
    /// The call's arguments, encoded; null where there are none.
    pub arguments: &'a [u8],
    /// The changes.
    pub changes: Vec<RecordedChange<'a>>,
}

/// A change as it stands in a journal; values are left encoded.
#[derive(Debug, Clone)]
pub enum RecordedChange<'a> {
    /// A new row.
    Created {
        /// The table's number in the catalog.
        table: u64,
        /// The row.
        row: &'a [u8],
    },
    /// Other values.
    Changed {
        /// The table's number in the catalog.
        table: u64,
        /// The row's key.
        key: &'a [u8],
        /// The version before.
        version: u64,
        /// Field number, value before, value after.
        fields: Vec<(u64, &'a [u8], &'a [u8])>,
    },
    /// A row that is gone.
    Removed {
        /// The table's number in the catalog.
        table: u64,
        /// The version it had.
        version: u64,
        /// The row as it was.
        row: &'a [u8],
    },
    /// Ids that were taken.
    Counted {
        /// The table's number in the catalog.
        table: u64,
        /// The next id.
        next: u64,
    },
}

impl<'a> Record<'a> {
    /// Calls `each` with every transaction of a batch frame.
    ///
    /// # Errors
    /// When the payload is none, or `each` says so.
    pub fn each<E: From<Malformed>>(
        payload: &'a [u8],
        mut each: impl FnMut(Self) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut frame = Reader::new(payload, Numbers::positions());
        while !frame.is_at_end() {
            let mut r = Reader::new(frame.bytes()?, Numbers::positions());
            let record = Self::read(&mut r)?;
            r.end()?;
            each(record)?;
        }
        Ok(())
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        r.array(6)?;
        let time_ms = r.uint()?;
        let actor = if r.null() { None } else { Some(r.text()?) };
        let call = if r.null() { None } else { Some(r.uint()?) };
        let arguments = r.raw()?;
        r.skip()?;
        let count = r.list()?;
        let mut changes = Vec::with_capacity(count.min(RESERVE_MAX));
        for _ in 0..count {
            changes.push(RecordedChange::read(r)?);
        }
        Ok(Self { time_ms, actor, call, arguments, changes })
    }
}

impl<'a> RecordedChange<'a> {
    /// The table's number in the catalog.
    #[must_use]
    pub fn table(&self) -> u64 {
        match self {
            Self::Created { table, .. }
            | Self::Changed { table, .. }
            | Self::Removed { table, .. }
            | Self::Counted { table, .. } => *table,
        }
    }

    fn read(r: &mut Reader<'a>) -> Result<Self, Malformed> {
        let length = r.list()?;
        let kind = r.uint()?;
        let table = r.uint()?;
        match (kind, length) {
            (CREATED, 3) => Ok(Self::Created { table, row: r.raw()? }),
            (CHANGED, 5) => {
                let key = r.raw()?;
                let version = r.uint()?;
                let count = r.map()?;
                let mut fields = Vec::with_capacity(count.min(RESERVE_MAX));
                for _ in 0..count {
                    let number = r.uint()?;
                    r.array(3)?;
                    if r.uint()? != SET {
                        return Err(r.malformed("the operation 0"));
                    }
                    fields.push((number, r.raw()?, r.raw()?));
                }
                Ok(Self::Changed { table, key, version, fields })
            }
            (REMOVED, 4) => Ok(Self::Removed { table, version: r.uint()?, row: r.raw()? }),
            (COUNTED, 3) => Ok(Self::Counted { table, next: r.uint()? }),
            _ => Err(r.malformed("a change of kind 1 to 4")),
        }
    }
}

/// The key of a row as it stands in its table.
pub(super) fn key_of(row: &dyn Entity) -> crate::codec::order::Key {
    let mut w = KeyWriter::new();
    row.key_order(&mut w);
    w.finish()
}
