//! What is under way: which batch, and whose the head is.

use crate::error::{Error, Result};
use crate::journal::Ticket;
use crate::state::State;
use std::cell::Cell;
use std::ptr;
use std::sync::Arc;

/// A thread, by an address that no other living one has: every command asks for it, and what std gives counts references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ThisThread(usize);

impl ThisThread {
    pub(super) fn get() -> Self {
        thread_local! {
            static HERE: Cell<u8> = const { Cell::new(0) };
        }
        Self(HERE.with(|here| ptr::from_ref(here).addr()))
    }
}

/// What is under way, beside the head, so that it can be looked at while a command runs.
#[derive(Debug, Default)]
pub(super) struct Flight {
    /// The batch that the journal has: its ticket and the state with it.
    pub(super) under_way: Option<(Ticket, Arc<State>)>,
    /// Somebody waits for what is in the open batch: it goes as soon as none is under way.
    pub(super) due: bool,
    pub(super) standing: Condition,
    /// The thread on which a command runs.
    pub(super) runs_on: Option<ThisThread>,
    /// The name of the command that has the head, or had it last.
    pub(super) call: String,
    /// The head is no longer waited for: the command that has it did not end in time for a stop.
    pub(super) is_given_up: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    #[default]
    Well,
    /// The disk is full: commands are refused until it has space.
    Full,
    /// The disk has failed, or the engine is stopped: nothing is taken any more.
    Over,
}

impl Flight {
    /// What is over stays so.
    pub(super) fn become_unless_over(&mut self, standing: Condition) {
        if self.standing != Condition::Over {
            self.standing = standing;
        }
    }

    /// Notes whose the head is.
    ///
    /// # Errors
    /// When no commands are taken: 507 while the disk is full, else 503; the disk may `has_failed`.
    pub(super) fn enter(&mut self, thread: ThisThread, name: &str, has_failed: bool) -> Result<()> {
        match self.standing {
            Condition::Well => {
                self.runs_on = Some(thread);
                name.clone_into(&mut self.call);
                Ok(())
            }
            Condition::Full => Err(Error::disk_full("nothing was stored: the disk is full")),
            Condition::Over if has_failed => {
                Err(Error::overloaded("the journal's disk has failed: nothing is taken until the next start"))
            }
            Condition::Over => Err(Error::overloaded("the server is stopping")),
        }
    }
}
