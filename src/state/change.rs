//! One row before and after.

use super::State;
use crate::codec::order::Key;
use crate::model::Row;

/// What happened to one row.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is new.
    Created {
        /// The position of its table.
        table: usize,
        /// Its key.
        key: Key,
        /// The row.
        row: Row,
    },
    /// It has other values.
    Changed {
        /// The position of its table.
        table: usize,
        /// Its key.
        key: Key,
        /// The row as it was.
        before: Row,
        /// The row as it is.
        after: Row,
    },
    /// It is gone.
    Removed {
        /// The position of its table.
        table: usize,
        /// Its key.
        key: Key,
        /// The row as it was.
        row: Row,
    },
}

/// Takes changes back, the last one first, and sets the counters that they raised (table, next id before) back.
pub fn undo(state: &mut State, changes: &mut Vec<Change>, counters: &mut Vec<(usize, u64)>) {
    while let Some(change) = changes.pop() {
        match change {
            Change::Created { table, key, .. } => {
                let gone = state.take(table, key.as_bytes());
                assert!(gone.is_some(), "a created row is no longer there to be undone");
            }
            Change::Changed { table, key, before, .. } => {
                state.put(table, &key, before);
            }
            Change::Removed { table, key, row } => {
                state.put(table, &key, row);
            }
        }
    }
    for (table, next) in counters.drain(..) {
        state.table_mut(table).reset_counter(next);
    }
}
