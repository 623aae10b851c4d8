//! Readiness over `poll(2)`, told once like that of an edge-triggered epoll: what has been reported is not asked for
//! again before [`PollSet::rearm`]. The plain twin of the epoll road, and the road of systems without it.

use super::sockets::Readiness;
use crate::sys::poll::{self, PollFd};
use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// The descriptors of one loop.
///
/// Invariant: `fds`, `entries` have the same length, and `places` says for each token where it stands in both.
#[derive(Debug)]
pub(super) struct PollSet {
    fds: Vec<PollFd>,
    entries: Vec<Entry>,
    places: HashMap<u64, usize>,
}

#[derive(Debug)]
struct Entry {
    token: u64,
    fd: i32,
    /// Told once; doors and bells are told for as long as it is true.
    once: bool,
}

impl PollSet {
    pub(super) fn new() -> Self {
        Self { fds: Vec::new(), entries: Vec::new(), places: HashMap::new() }
    }

    /// Watches `fd` until it is removed: a stream (`once`) for both directions, anything else for reading.
    pub(super) fn add(&mut self, fd: BorrowedFd<'_>, token: u64, once: bool) {
        let fd = fd.as_raw_fd();
        let events = if once { poll::IN | poll::OUT } else { poll::IN };
        let before = self.places.insert(token, self.fds.len());
        assert!(before.is_none(), "token {token:#x} is watched already");
        self.fds.push(PollFd { fd, events, revents: 0 });
        self.entries.push(Entry { token, fd, once });
    }

    /// Stops watching.
    pub(super) fn remove(&mut self, token: u64) {
        let Some(place) = self.places.remove(&token) else { return };
        self.fds.swap_remove(place);
        self.entries.swap_remove(place);
        if let Some(moved) = self.entries.get(place) {
            self.places.insert(moved.token, place);
        }
    }

    /// Asks again for what is true.
    pub(super) fn rearm(&mut self, token: u64, read: bool, write: bool) {
        let Some(&place) = self.places.get(&token) else { return };
        let slot = &mut self.fds[place];
        if read {
            slot.events |= poll::IN;
        }
        if write {
            slot.events |= poll::OUT;
        }
        if slot.events != 0 {
            slot.fd = self.entries[place].fd;
        }
    }

    /// Waits at most `timeout_ms` (below 0: without end) and gives each ready token to `each`.
    pub(super) fn wait(&mut self, timeout_ms: i32, mut each: impl FnMut(u64, Readiness)) -> io::Result<()> {
        poll::poll(&mut self.fds, timeout_ms)?;
        for (slot, entry) in self.fds.iter_mut().zip(&self.entries) {
            let came = std::mem::take(&mut slot.revents);
            if came == 0 {
                continue;
            }
            let broken = came & poll::BROKEN != 0;
            if entry.once {
                slot.events &= !came;
                if broken || slot.events == 0 {
                    // Passed over until it is asked for again: a broken one would be reported for ever.
                    slot.events = 0;
                    slot.fd = -1;
                }
            }
            let read = came & poll::IN != 0 || broken;
            each(entry.token, Readiness { read, write: came & poll::OUT != 0 || broken, end: broken });
        }
        Ok(())
    }
}
