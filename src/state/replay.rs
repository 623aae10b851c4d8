//! Applying what was recorded. No code of the program runs here: a changed method never changes the past.

use super::record::key_of;
use super::{Record, RecordedChange, State};
use crate::codec::binary::{Malformed, Numbers, Reader};
use crate::codec::order::{Key, KeyWriter};
use crate::model::{Catalog, Row};
use std::fmt;
use std::sync::Arc;

/// A record that does not fit the state before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayError {
    /// The bytes are not a record.
    Malformed(Malformed),
    /// A change is of a model that the program does not have; its name.
    UnknownModel(String),
    /// A value is too long for an index that the program has; in words.
    NoRoom(String),
    /// A row is changed or removed that is not there, or created that is.
    Row(String),
}

impl From<Malformed> for ReplayError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::UnknownModel(name) => {
                write!(f, "the journal holds rows of {name}, which this program does not have")
            }
            Self::NoRoom(words) | Self::Row(words) => f.write_str(words),
        }
    }
}

impl std::error::Error for ReplayError {}

/// What replay has to know of a journal.
#[derive(Debug)]
pub struct Replayer {
    numbers: Numbers,
    /// By the table's number in the catalog: its position in the state, or its name where the program has none such.
    tables: Vec<Result<usize, String>>,
}

impl Replayer {
    /// For a journal whose catalog is `catalog`, with the program's numbers in it.
    #[must_use]
    pub fn new(catalog: &Catalog, numbers: Numbers, state: &State) -> Self {
        let tables = catalog.tables(state.models());
        Self { numbers, tables }
    }

    fn table(&self, number: u64) -> Result<usize, ReplayError> {
        match usize::try_from(number).ok().and_then(|number| self.tables.get(number)) {
            Some(Ok(position)) => Ok(*position),
            Some(Err(name)) => Err(ReplayError::UnknownModel(name.clone())),
            None => Err(ReplayError::Row(format!(
                "a change names table {number}, which no schema frame before it names"
            ))),
        }
    }

    fn reader<'a>(&'a self, bytes: &'a [u8]) -> Reader<'a> {
        Reader::new(bytes, &self.numbers)
    }
}

/// Values that take less than this in a journal are not held against the indexes: a row has to have more than a dozen of
/// them in one index before that lacks room.
const SURELY_SHORT_BYTES: usize = 1 << 10;

/// Applies one transaction: the one with this sequence.
///
/// # Errors
/// When it does not fit; the state is then of no use any more.
pub fn replay(
    state: &mut State,
    replayer: &Replayer,
    seq: u64,
    record: &Record<'_>,
) -> Result<(), ReplayError> {
    for change in &record.changes {
        match change {
            RecordedChange::Created { table, row: encoded } => {
                let table = replayer.table(*table)?;
                let row = state.schema(table).decode(&mut replayer.reader(encoded), seq)?;
                let key = key_of(&row.value);
                if state.table(table).get(key.as_bytes()).is_some() {
                    return Err(not_fitting(state, table, seq, "creates a row that is there already"));
                }
                put(state, table, &key, row, encoded.len(), seq)?;
            }
            RecordedChange::Changed { table, key, version, fields } => {
                let table = replayer.table(*table)?;
                let mut w = KeyWriter::new();
                state.schema(table).decode_key(&mut replayer.reader(key), &mut w)?;
                let Some(before) = state.table(table).get(w.as_bytes()) else {
                    return Err(not_fitting(state, table, seq, "changes a row that is not there"));
                };
                if before.version != *version {
                    return Err(not_fitting(state, table, seq, "changes a row that has another version"));
                }
                let after = changed(before, state, replayer, table, seq, fields)?;
                let bytes = fields.iter().map(|(_, _, after)| after.len()).sum();
                put(state, table, &w.finish(), after, bytes, seq)?;
            }
            RecordedChange::Removed { table, version, row } => {
                let table = replayer.table(*table)?;
                let row = state.schema(table).decode(&mut replayer.reader(row), seq)?;
                match state.take(table, key_of(&row.value).as_bytes()) {
                    Some(held) if held.version == *version => {}
                    Some(_) => {
                        return Err(not_fitting(state, table, seq, "removes a row that has another version"));
                    }
                    None => return Err(not_fitting(state, table, seq, "removes a row that is not there")),
                }
            }
            RecordedChange::Counted { table, next } => {
                let table = replayer.table(*table)?;
                state.table_mut(table).raise_counter(*next);
            }
        }
    }
    state.seq = seq;
    state.time_ms = record.time_ms;
    Ok(())
}

fn changed(
    before: &Row,
    state: &State,
    replayer: &Replayer,
    table: usize,
    seq: u64,
    fields: &[(u64, &[u8], &[u8])],
) -> Result<Row, ReplayError> {
    let mut after = before.value.copy_row(seq);
    let model = state.schema(table).model;
    let info = model.info;
    let row = Arc::get_mut(&mut after).expect("nobody else has the copy that was just made");
    for (number, _, value) in fields {
        let position = replayer.numbers.position(info.slot, *number);
        if position == model.key {
            return Err(not_fitting(state, table, seq, "changes the key of a row"));
        }
        if position < info.members.len() {
            row.value.set_field(position, &mut replayer.reader(value))?;
        }
    }
    Ok(after)
}

/// Puts a row in, unless a value in an index is too long for one: a field that had no index when it was written may have
/// one in this program. `bytes` is what the values take that are new; few of them are none that is too long.
fn put(
    state: &mut State,
    table: usize,
    key: &Key,
    row: Row,
    bytes: usize,
    seq: u64,
) -> Result<(), ReplayError> {
    if bytes > SURELY_SHORT_BYTES && !state.has_room_in_indexes(table, &row.value) {
        let name = state.schema(table).name;
        let words =
            format!("transaction {seq} has a value that is too long for an index of this program ({name})");
        return Err(ReplayError::NoRoom(words));
    }
    state.put(table, key, row);
    Ok(())
}

fn not_fitting(state: &State, table: usize, seq: u64, what: &str) -> ReplayError {
    ReplayError::Row(format!("transaction {seq} {what} ({})", state.schema(table).name))
}
