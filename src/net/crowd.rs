//! Who gives way at the limit of connections: those that have been at rest longest, with nothing under way, and when there
//! are none, those that have been longest in sending a head.
//!
//! Without this, as many silent clients as there is room for lock everybody else out until their time is over. A client
//! that is in the middle of being served is never closed for another one.
//!
//! Looking for candidates costs a walk over all connections, so a walk gathers all of them, and there is at most one in
//! [`WALK_MS`]. A candidate may have come to life since; so it is asked again before it is closed.

use super::reactor::Reactor;
use super::shared::Message;
use super::sockets::Sockets;
use crate::stdx::slab::Token;

/// A connection that has been at rest for less than this is not closed for another one, in milliseconds: clients that
/// use their connections all the time do not drive one another out.
pub(super) const SPARED_MS: u64 = 100;
/// The least time between two walks over the connections, in milliseconds.
const WALK_MS: u64 = 100;

/// How a connection rests. In order: who gives way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rest {
    /// Between requests.
    Idle,
    /// In the middle of a head.
    Head,
}

/// How a connection rests, and since when in milliseconds. In order: who gives way first.
pub(super) type Resting = (Rest, u64);

/// Those that were found by the last walk.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// The first to give way stands last.
    candidates: Vec<(Resting, Token)>,
    /// No walk before this.
    walk_again_ms: u64,
}

impl<S: Sockets> Reactor<S> {
    /// Nobody rests here: the other workers are asked to make room, and a later knock will find it.
    pub(super) fn ask_others_for_room(&self) {
        for worker in (0..self.shared.posts.len()).filter(|&worker| worker != self.me) {
            self.shared.send(worker, Message::MakeRoom);
        }
    }

    /// Another worker has somebody at its door and nobody to close.
    pub(super) fn make_room_for_others(&mut self) {
        // Several workers are asked at once, and one of them is enough.
        if self.shared.is_full() {
            self.dismiss_one();
        }
    }

    /// Closes the connection that has been at rest longest, if one rests.
    pub(super) fn dismiss_one(&mut self) {
        if self.someone_rests()
            && let Some((_, token)) = self.crowd.candidates.pop()
        {
            self.dismiss(token);
        }
    }

    /// Is there a connection that could be closed for another one? It stands last among the candidates then.
    pub(super) fn someone_rests(&mut self) -> bool {
        let found = self.last_candidate_rests();
        let is_idle = matches!(self.crowd.candidates.last(), Some(((Rest::Idle, _), _)));
        // When only heads are left of the last walk, somebody may have become idle since.
        if is_idle || self.now_ms < self.crowd.walk_again_ms {
            return found;
        }
        self.crowd.walk_again_ms = self.now_ms + WALK_MS;
        let mut candidates = std::mem::take(&mut self.crowd.candidates);
        candidates.clear();
        self.all_resting(&mut candidates);
        candidates.retain(|&((_, since_ms), _)| since_ms.saturating_add(SPARED_MS) <= self.now_ms);
        candidates.sort_unstable_by(|one, other| other.cmp(one));
        self.crowd.candidates = candidates;
        self.last_candidate_rests()
    }

    /// Drops those that have come to life or have gone since the walk.
    fn last_candidate_rests(&mut self) -> bool {
        while let Some(&(resting, token)) = self.crowd.candidates.last() {
            if self.resting(token) == Some(resting) {
                return true;
            }
            self.crowd.candidates.pop();
        }
        false
    }
}
