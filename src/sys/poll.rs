//! `poll(2)`: the readiness call that every Unix has. Its cost grows with what is watched, not with what is ready.

#![expect(unsafe_code, reason = "poll is not in std")]

use std::ffi::{c_int, c_short};
use std::io::{Error, ErrorKind, Result};

#[cfg(target_os = "linux")]
type Count = std::ffi::c_ulong;
#[cfg(not(target_os = "linux"))]
type Count = std::ffi::c_uint;

/// There are bytes to read, or the end of them.
pub(crate) const IN: c_short = 0x1;
/// There is room to write.
pub(crate) const OUT: c_short = 0x4;
/// Reported without being asked for: the connection is broken.
pub(crate) const BROKEN: c_short = 0x8 | 0x10;

/// What a descriptor is ready for. A broken one is ready for both: reading and writing say what has become of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Readiness {
    /// There are bytes to read, or the end of them.
    pub(crate) read: bool,
    /// There is room to write.
    pub(crate) write: bool,
    /// Reading will come to the end of the bytes: the other side has sent its last.
    pub(crate) end: bool,
}

impl Readiness {
    /// Ready for nothing.
    pub(crate) const NONE: Self = Self { read: false, write: false, end: false };

    /// Adds what another report says.
    pub(crate) const fn add(&mut self, other: Self) {
        self.read |= other.read;
        self.write |= other.write;
        self.end |= other.end;
    }
}

/// One descriptor, what is asked of it, and what came back; as the kernel lays it out.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct PollFd {
    /// A negative descriptor is passed over.
    pub(crate) fd: c_int,
    /// What is asked: [`IN`], [`OUT`].
    pub(crate) events: c_short,
    /// What came: the same, or [`BROKEN`].
    pub(crate) revents: c_short,
}

// SAFETY: the signature is the one of poll(2), with `PollFd` laid out as its `struct pollfd` and `Count` as
// its `nfds_t`.
unsafe extern "C" {
    #[link_name = "poll"]
    fn wait(fds: *mut PollFd, count: Count, timeout_ms: c_int) -> c_int;
}

/// Waits at most `timeout_ms` (below 0: without end) until one of `fds` is ready, and fills in their `revents`.
/// A descriptor that is not open is reported in its own entry, so it cannot do harm here.
pub(crate) fn poll(fds: &mut [PollFd], timeout_ms: i32) -> Result<()> {
    let count = Count::try_from(fds.len()).expect("a process has fewer descriptors than this type counts");
    // SAFETY: pointer and count are those of one slice, borrowed mutably through the call, of the kernel's own layout.
    let ready = unsafe { wait(fds.as_mut_ptr(), count, timeout_ms) };
    if ready < 0 {
        let error = Error::last_os_error();
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
        for fd in fds {
            fd.revents = 0;
        }
    }
    Ok(())
}
