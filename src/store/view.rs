//! One version of everything, to ask.

use super::Caller;
use super::tables::{TableRef, place_of};
use crate::error::Result;
use crate::model::{Id, Model, Time};
use crate::query::{Filter, Rows};
use crate::state::State;
use std::sync::Arc;

/// One version of everything that is on disk. It does not change while it is held, and holding it stops nobody.
#[derive(Debug, Clone)]
pub struct View {
    state: Arc<State>,
    caller: Caller,
}

impl View {
    pub(super) fn new(state: Arc<State>, caller: Caller) -> Self {
        Self { state, caller }
    }

    /// The last transaction that is in it.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.state.seq
    }

    /// The time of that transaction.
    #[must_use]
    pub fn time(&self) -> Time {
        Time::from_unix_ms(i64::try_from(self.state.time_ms).unwrap_or(i64::MAX))
    }

    /// Who is asking.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The state behind it, untyped: for tools that show or check whatever a program has.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The row with this id.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn get<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Result<&T> {
        self.table::<T>().get(id)
    }

    /// The row with this id, where there is one.
    #[must_use]
    pub fn lookup<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Option<&T> {
        self.table::<T>().lookup(id)
    }

    /// The sequence that last changed the row with this id.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn version<T: Model<Key = Id<T>>>(&self, id: Id<T>) -> Result<u64> {
        self.table::<T>().version(id)
    }

    /// The rows that a filter lets through.
    #[must_use]
    pub fn find<T: Model>(&self, filter: Filter<T>) -> Rows<'_, T> {
        Rows::new(&self.state, place_of::<T>(&self.state), filter)
    }

    /// Every row of `T`, by key.
    #[must_use]
    pub fn all<T: Model>(&self) -> Rows<'_, T> {
        self.find(Filter::all())
    }

    /// The table of `T`, for keys that are not [`Id`].
    #[must_use]
    pub fn table<T: Model>(&self) -> TableRef<'_, T> {
        TableRef::new(&self.state)
    }
}
