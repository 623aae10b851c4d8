//! How many descriptors the process may have open, and how long a listener's queue is.

#![expect(unsafe_code, reason = "getrlimit, setrlimit and a second listen are not in std")]

use std::ffi::c_int;
use std::io::{Error, Result};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

/// As the C library lays it out; its numbers are 64 bits wide on every system that we build for.
#[repr(C)]
struct Limit {
    soft: u64,
    hard: u64,
}

#[cfg(target_os = "linux")]
const NOFILE: c_int = 7;
#[cfg(not(target_os = "linux"))]
const NOFILE: c_int = 8;

// SAFETY: the signatures are those of getrlimit(2), setrlimit(2) and listen(2), with `Limit` laid out as
// `struct rlimit`.
unsafe extern "C" {
    fn getrlimit(resource: c_int, limit: *mut Limit) -> c_int;
    fn setrlimit(resource: c_int, limit: *const Limit) -> c_int;
    #[link_name = "listen"]
    fn listen_again(fd: c_int, backlog: c_int) -> c_int;
}

/// Raises the soft limit of open descriptors to the hard one, and says what it is then.
pub(crate) fn raise() -> Result<u64> {
    let mut limit = Limit { soft: 0, hard: 0 };
    // SAFETY: the limit is of the C library's layout and outlives the call, which only writes into it.
    if unsafe { getrlimit(NOFILE, ptr::from_mut(&mut limit)) } < 0 {
        return Err(Error::last_os_error());
    }
    let raised = Limit { soft: limit.hard, hard: limit.hard };
    // SAFETY: the limit outlives the call, which only reads it.
    if limit.soft < limit.hard && unsafe { setrlimit(NOFILE, ptr::from_ref(&raised)) } == 0 {
        return Ok(raised.soft);
    }
    Ok(limit.soft)
}

/// Gives a listening socket a longer queue than the 128 that std asks for. The kernel cuts it to its own limit.
pub(crate) fn lengthen_queue(listener: BorrowedFd<'_>, backlog: i32) -> Result<()> {
    // SAFETY: a plain system call on a descriptor that is borrowed through it.
    let done = unsafe { listen_again(listener.as_raw_fd(), backlog) };
    if done < 0 { Err(Error::last_os_error()) } else { Ok(()) }
}
