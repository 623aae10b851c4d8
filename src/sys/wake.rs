//! A bell for a thread that sleeps in epoll or poll: an eventfd on Linux, a socket pair elsewhere.

#![cfg_attr(target_os = "linux", expect(unsafe_code, reason = "eventfd is not in std"))]

use std::io::{Read, Result, Write};
use std::os::fd::{AsFd, BorrowedFd};

#[cfg(target_os = "linux")]
type End = std::fs::File;
#[cfg(not(target_os = "linux"))]
type End = std::os::unix::net::UnixStream;

/// What one ring adds to an eventfd's counter, which the kernel reads in the machine's own byte order.
const ONE: [u8; 8] = if cfg!(target_endian = "big") { 1_u64.to_be_bytes() } else { 1_u64.to_le_bytes() };

/// Rung by any thread, heard by the one that watches [`Bell::fd`]. Rings that come before it is heard are one ring.
#[derive(Debug)]
pub(crate) struct Bell {
    heard: End,
    /// On Linux both ends are the one descriptor.
    #[cfg(not(target_os = "linux"))]
    rung: End,
}

impl Bell {
    /// A bell that has not rung.
    #[cfg(target_os = "linux")]
    pub(crate) fn new() -> Result<Self> {
        use std::ffi::{c_int, c_uint};
        use std::io::Error;
        use std::os::fd::{FromRawFd, OwnedFd};

        const CLOEXEC: c_int = 0o2_000_000;
        const NONBLOCK: c_int = 0o4_000;

        // SAFETY: the signature is the one of eventfd(2).
        unsafe extern "C" {
            fn eventfd(initial: c_uint, flags: c_int) -> c_int;
        }

        // SAFETY: a plain system call without pointers.
        let fd = unsafe { eventfd(0, CLOEXEC | NONBLOCK) };
        if fd < 0 {
            return Err(Error::last_os_error());
        }
        // SAFETY: the call above just gave this descriptor to us, and nobody else knows it.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Self { heard: End::from(fd) })
    }

    /// A bell that has not rung.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn new() -> Result<Self> {
        let (heard, rung) = End::pair()?;
        heard.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        Ok(Self { heard, rung })
    }

    /// Rings. A bell that has rung too often to count is ringing anyway, so a refused write changes nothing.
    pub(crate) fn ring(&self) {
        #[cfg(target_os = "linux")]
        let mut end = &self.heard;
        #[cfg(not(target_os = "linux"))]
        let mut end = &self.rung;
        match end.write(&ONE) {
            Ok(_) | Err(_) => {}
        }
    }

    /// Takes back the rings so far. Only a level-triggered poller needs it.
    pub(crate) fn hush(&self) {
        let mut bytes = [0; 64];
        while matches!((&self.heard).read(&mut bytes), Ok(64)) {}
    }

    /// What to watch for reading.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.heard.as_fd()
    }
}
