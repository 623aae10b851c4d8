//! What a task is given.

use super::published::not_stored;
use super::{Caller, Cause, Engine, Tx, View};
use crate::error::Result;
use std::sync::Arc;

/// The way to the state for work that takes long: it looks and commits as often as it likes, on a thread of its own.
///
/// ```
/// use sunstone::prelude::*;
///
/// #[Model]
/// struct Todo {
///     #[key]
///     id: Id<Todo>,
///     title: String,
/// }
///
/// fn import(store: &Store, titles: Vec<String>) -> Result<u64> {
///     for some in titles.chunks(1000) {
///         store.commit(|tx| {
///             for title in some {
///                 let id = tx.next_id();
///                 tx.insert(Todo { id, title: title.clone() })?;
///             }
///             Ok(())
///         })?;
///     }
///     Ok(store.view().seq())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    caller: Caller,
    name: Arc<str>,
    call: Option<u64>,
    arguments: Arc<[u8]>,
}

impl Store {
    /// A store whose transactions are recorded under this cause.
    pub fn new(engine: Arc<Engine>, cause: &Cause<'_>) -> Self {
        Self {
            engine,
            caller: cause.caller.clone(),
            name: cause.name.into(),
            call: cause.call,
            arguments: cause.arguments.into(),
        }
    }

    /// The newest version that is on disk. Take one when there is work and let it go before waiting for more.
    #[must_use]
    pub fn view(&self) -> View {
        self.engine.view(self.caller.clone())
    }

    /// Who is asking.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Runs one transaction and waits until it is on disk. The closure runs once, under the writer's lock, so it is quick.
    /// It works with its `tx` alone: another `commit` inside it would wait for itself, and is refused at once.
    ///
    /// # Errors
    /// The closure's, with nothing changed; 503 when the state is not free in time; 507 when the disk is full; 500 for a
    /// transaction inside a transaction.
    pub fn commit<R>(&self, run: impl FnOnce(&mut Tx) -> Result<R>) -> Result<R> {
        let mut run = Some(run);
        let mut value = None;
        let cause = Cause {
            caller: self.caller.clone(),
            name: &self.name,
            call: self.call,
            arguments: &self.arguments,
        };
        let ran = self.engine.command(&cause, &mut |tx| {
            let run = run.take().expect("a transaction is run once");
            value = Some(run(tx)?);
            Ok(())
        })?;
        if let Some(error) = not_stored(self.engine.wait(ran.ticket)) {
            return Err(error);
        }
        ran.result.map(|()| value.expect("a transaction that did not fail has a value"))
    }
}
