//! What a method is given: a [`View`] to ask, a [`Tx`] to change, a [`Store`] to work on for long.
//!
//! The [`Engine`] behind them keeps two versions of the state. The *head* is where commands run, one at a time, in place; the
//! *published* root is the newest version that is on disk, and the only one that queries see. A command that changed
//! something leaves its record in the open batch. When no batch is on its way to the journal, the open one is closed,
//! the head's root is taken beside it, and both go: once the batch is placed, its root is published and the answers that
//! waited for its [`Ticket`](crate::journal::Ticket) may leave.
//!
//! Invariants:
//! - the head's sequence is the published one plus what is under way plus what is in the open batch;
//! - at most one batch is under way;
//! - a transaction that fails or panics leaves the head as it was, counters included;
//! - an answer, a rejection too, carries the ticket of the head that it saw.
//!
//! Left out: replicas (a lost batch is told to be impossible), and deadlines inside a command: a slow one is a fault of the
//! program and is named as such on stderr.

mod caller;
mod engine;
mod flight;
mod gate;
mod open;
mod published;
mod reading;
mod reaper;
mod tables;
mod tx;
mod view;
mod work;

pub use caller::Caller;
pub use engine::{COMMAND_SLOW_MS, COMMAND_WAIT_MS, Cause, Engine, Ran, STOP_WAIT_MS};
pub use open::{Loaded, Loader, Opening, Program, open};
pub use published::Standing;
pub use reading::Reading;
pub use tables::{Edited, Lookup, TableMut, TableRef};
pub use tx::Tx;
pub use view::View;
pub use work::Store;
