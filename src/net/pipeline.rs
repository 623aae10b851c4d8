//! The requests of one connection that are under way, in their order.
//!
//! Invariants:
//! - only the last one may be unresolved (waiting to be called, or running elsewhere): nothing is called behind it, so
//!   a request never runs ahead of one that came before it on its connection;
//! - answers leave from the front alone, so they leave in the order of their requests.

use super::service::Instead;
use crate::http::{Framing, Request, Response};
use crate::journal::Ticket;
use std::collections::VecDeque;
use std::fmt;

/// One request under way.
pub(super) enum Entry {
    /// Answered, behind others that are not.
    Ready(Response, Framing),
    /// Answered; the answer waits for its ticket, and something else leaves when that is not stored.
    Parked(Response, Framing, Ticket, Option<Instead>),
    /// To be called again when the ticket is settled.
    Wait(Request, Framing, Ticket),
    /// On the pool, or a task.
    Running(Framing),
    /// The client waits for leave to send a body.
    Continue,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready(..) => f.write_str("Ready"),
            Self::Parked(_, _, ticket, _) => write!(f, "Parked({ticket:?})"),
            Self::Wait(_, _, ticket) => write!(f, "Wait({ticket:?})"),
            Self::Running(_) => f.write_str("Running"),
            Self::Continue => f.write_str("Continue"),
        }
    }
}

impl Entry {
    /// Bytes of the answer that it holds.
    fn bytes(&self) -> usize {
        match self {
            Self::Ready(response, _) | Self::Parked(response, ..) => response.body.as_bytes().len(),
            Self::Wait(..) | Self::Running(_) | Self::Continue => 0,
        }
    }
}

/// What is under way on one connection. Empty, it holds no memory.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    entries: VecDeque<Entry>,
    /// The bodies that it holds, together.
    bytes: usize,
}

impl Pipeline {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Bytes of answers that wait in it.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// May nothing further be called, because the last one is not resolved?
    pub(super) fn is_blocked(&self) -> bool {
        matches!(self.entries.back(), Some(Entry::Wait(..) | Entry::Running(_)))
    }

    /// The newest ticket that an answer in here waits for.
    pub(super) fn newest_parked(&self) -> Option<Ticket> {
        self.entries.iter().rev().find_map(|entry| match entry {
            Entry::Parked(_, _, ticket, _) => Some(*ticket),
            _ => None,
        })
    }

    /// The ticket that the front waits for.
    pub(super) fn waits_for(&self) -> Option<Ticket> {
        match self.entries.front() {
            Some(Entry::Parked(_, _, ticket, _) | Entry::Wait(_, _, ticket)) => Some(*ticket),
            _ => None,
        }
    }

    /// Is there a front that needs no other thread to be done with?
    pub(super) fn front_may_leave(&self) -> bool {
        !matches!(self.entries.front(), None | Some(Entry::Running(_)))
    }

    pub(super) fn push(&mut self, entry: Entry) {
        assert!(!self.is_blocked(), "something is called behind a request that is not resolved");
        self.bytes += entry.bytes();
        if self.entries.capacity() == 0 {
            // Most connections have one request under way, and a small piece of memory is got and given back quickly.
            self.entries.reserve_exact(1);
        }
        self.entries.push_back(entry);
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.bytes -= entry.bytes();
        Some(entry)
    }

    /// Takes the running request out, to put what has become of it in its place. None when there is none.
    pub(super) fn finish_running(&mut self) -> Option<Framing> {
        match self.entries.back() {
            Some(Entry::Running(framing)) => {
                let framing = *framing;
                self.entries.pop_back();
                Some(framing)
            }
            _ => None,
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Gives memory back while nothing is under way.
    pub(super) fn release(&mut self) {
        if self.entries.is_empty() && self.entries.capacity() > 0 {
            self.entries = VecDeque::new();
        }
    }
}
