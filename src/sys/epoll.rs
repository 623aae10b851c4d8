//! `epoll(7)`: readiness of many descriptors at the cost of those that are ready. Linux alone.
//!
//! Everything but a listener is watched edge-triggered, for reading and writing at once and once for ever: there is
//! no system call to change an interest, and a descriptor that nobody has time for is not reported again and again.

#![expect(unsafe_code, reason = "epoll is not in std")]

use super::poll::Readiness;
use std::ffi::c_int;
use std::fmt;
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr;

/// As the kernel lays it out: packed on x86, natural elsewhere.
#[derive(Clone, Copy)]
#[cfg_attr(any(target_arch = "x86_64", target_arch = "x86"), repr(C, packed))]
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "x86")), repr(C))]
struct Event {
    events: u32,
    data: u64,
}

const IN: u32 = 0x1;
const OUT: u32 = 0x4;
const ERR: u32 = 0x8;
const HUP: u32 = 0x10;
const RDHUP: u32 = 0x2000;
const EXCLUSIVE: u32 = 1 << 28;
const EDGE: u32 = 1 << 31;

const CTL_ADD: c_int = 1;
const CTL_DEL: c_int = 2;
const CLOEXEC: c_int = 0o2_000_000;

/// Events that one wait may bring; more stay for the next one.
const BATCH: usize = 256;

// SAFETY: the signatures are those of epoll_create1(2), epoll_ctl(2) and epoll_wait(2), with `Event` laid
// out as theirs.
unsafe extern "C" {
    fn epoll_create1(flags: c_int) -> c_int;
    fn epoll_ctl(epoll: c_int, op: c_int, fd: c_int, event: *mut Event) -> c_int;
    fn epoll_wait(epoll: c_int, events: *mut Event, max: c_int, timeout_ms: c_int) -> c_int;
}

/// One epoll instance.
pub(crate) struct Epoll {
    fd: OwnedFd,
    /// The kernel writes here; room for [`BATCH`].
    events: Vec<Event>,
}

impl fmt::Debug for Epoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoll").field("fd", &self.fd).finish_non_exhaustive()
    }
}

impl Epoll {
    /// A new instance that watches nothing.
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: a plain system call without pointers.
        let fd = unsafe { epoll_create1(CLOEXEC) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the call above just gave this descriptor to us, and nobody else knows it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { fd, events: vec![Event { events: 0, data: 0 }; BATCH] })
    }

    /// Watches a stream for both directions, edge-triggered, until it is closed or forgotten.
    pub(crate) fn add_stream(&self, fd: BorrowedFd<'_>, token: u64) -> Result<()> {
        self.control(CTL_ADD, fd, IN | OUT | RDHUP | EDGE, token)
    }

    /// Watches a bell: one report for each ring, without reading it.
    pub(crate) fn add_bell(&self, fd: BorrowedFd<'_>, token: u64) -> Result<()> {
        self.control(CTL_ADD, fd, IN | EDGE, token)
    }

    /// Watches a listener that several instances share: a connection wakes one of those that sleep, not all.
    pub(crate) fn add_listener(&self, fd: BorrowedFd<'_>, token: u64) -> Result<()> {
        self.control(CTL_ADD, fd, IN | EXCLUSIVE, token)
    }

    /// Stops watching. A closed descriptor is forgotten by itself.
    pub(crate) fn remove(&self, fd: BorrowedFd<'_>) -> Result<()> {
        self.control(CTL_DEL, fd, 0, 0)
    }

    fn control(&self, op: c_int, fd: BorrowedFd<'_>, events: u32, data: u64) -> Result<()> {
        let mut event = Event { events, data };
        // SAFETY: both descriptors are open (one is owned, one borrowed) and the event outlives the call.
        let done = unsafe { epoll_ctl(self.fd.as_raw_fd(), op, fd.as_raw_fd(), ptr::from_mut(&mut event)) };
        if done < 0 { Err(Error::last_os_error()) } else { Ok(()) }
    }

    /// Waits at most `timeout_ms` (below 0: without end) and gives each ready token to `each`.
    pub(crate) fn wait(&mut self, timeout_ms: i32, mut each: impl FnMut(u64, Readiness)) -> Result<()> {
        let max = c_int::try_from(self.events.len()).expect("the batch is a small constant");
        // SAFETY: the pointer is that of a vector of `max` initialised events, borrowed mutably through the call; the
        // kernel writes at most `max` of them.
        let count = unsafe { epoll_wait(self.fd.as_raw_fd(), self.events.as_mut_ptr(), max, timeout_ms) };
        let Ok(count) = usize::try_from(count) else {
            let error = Error::last_os_error();
            return if error.kind() == ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        };
        for &Event { events, data } in &self.events[..count] {
            let broken = events & (ERR | HUP) != 0;
            let end = events & RDHUP != 0 || broken;
            each(data, Readiness { read: events & IN != 0 || end, write: events & OUT != 0 || broken, end });
        }
        Ok(())
    }
}
