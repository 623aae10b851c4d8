//! One version of everything, to ask.

use super::{Caller, Reading};
use crate::model::Time;
use crate::state::State;
use std::sync::Arc;

/// One version of everything that is on disk. It does not change while it is held, and holding it stops nobody.
///
/// What can be asked of it: [`Reading`].
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
}

impl Reading for View {
    fn read_from(&self) -> &State {
        &self.state
    }
}
