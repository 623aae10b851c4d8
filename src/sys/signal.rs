//! SIGTERM, SIGINT and SIGHUP as a bell: the first one asks for a graceful end, a second SIGTERM or SIGINT ends the process
//! at once.

#![expect(unsafe_code, reason = "signal handlers are not in std")]

use super::poll::{self, PollFd};
use super::wake::Bell;
use std::ffi::c_int;
use std::io::{Error, Result};
use std::os::fd::AsRawFd;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The terminal is gone.
pub(crate) const SIGHUP: c_int = 1;
/// Asked to end, from the keyboard.
pub(crate) const SIGINT: c_int = 2;
/// Asked to end, by another process.
pub(crate) const SIGTERM: c_int = 15;

/// A file grew beyond the limit of the process; the number is that of Linux, the BSDs and macOS.
const SIGXFSZ: c_int = 25;

/// How many of them have come.
static COME: AtomicU32 = AtomicU32::new(0);
/// Rung by the handler. Made before the handler is installed, so the handler finds it.
static BELL: OnceLock<Bell> = OnceLock::new();

// SAFETY: the signatures are those of signal(2) and _exit(2); a handler is as wide as a pointer, so `usize`
// holds `SIG_ERR`, `SIG_IGN` and our own.
unsafe extern "C" {
    fn signal(number: c_int, handler: usize) -> usize;
    fn _exit(status: c_int) -> !;
}

/// What `signal` answers when it refuses (`SIG_ERR`).
const REFUSED: usize = usize::MAX;
/// A signal that is let pass (`SIG_IGN`).
const IGNORED: usize = 1;

/// Runs in the middle of anything: atomics, one `write(2)` and `_exit(2)` are all that it uses, and each of them is
/// async-signal-safe (signal-safety(7)). It takes no lock and no memory.
extern "C" fn on_signal(number: c_int) {
    let is_first = COME.fetch_add(1, Ordering::SeqCst) == 0;
    // A terminal that goes away may say so twice, the kernel and the shell each: that is nobody's impatience.
    if !is_first && number != SIGHUP {
        // SAFETY: `_exit` may be called from a signal handler and does not come back.
        unsafe { _exit(128_i32.saturating_add(number)) }
    }
    if let Some(bell) = BELL.get() {
        bell.ring();
    }
}

/// From now on the first SIGTERM, SIGINT or SIGHUP is kept for [`wait`]; a second SIGTERM or SIGINT ends the process with
/// 128 + its number. A SIGHUP that is ignored stays so: `nohup` asks for it.
pub(crate) fn listen() -> Result<()> {
    if BELL.get().is_none() {
        // Two threads may both get here: one bell is kept, the other one dropped.
        drop(BELL.set(Bell::new()?));
    }
    for number in [SIGHUP, SIGINT, SIGTERM] {
        let handler = on_signal as extern "C" fn(c_int) as usize;
        // SAFETY: the handler has the signature that the C library calls, lives for ever, and does only what a signal
        // handler may do (see there).
        let before = unsafe { signal(number, handler) };
        if before == REFUSED {
            return Err(Error::last_os_error());
        }
        if number == SIGHUP && before == IGNORED {
            // SAFETY: nothing of ours is called for a signal that is ignored.
            unsafe { signal(number, IGNORED) };
        }
    }
    Ok(())
}

/// A write that a limit on the size of files forbids is to fail with EFBIG, not to end the process (setrlimit(2)).
pub(crate) fn outlive_file_size_limit() -> Result<()> {
    // SAFETY: nothing of ours is called for a signal that is ignored.
    if unsafe { signal(SIGXFSZ, IGNORED) } == REFUSED {
        return Err(Error::last_os_error());
    }
    Ok(())
}

/// Sleeps until one of the signals has come since [`listen`].
pub(crate) fn wait() -> Result<()> {
    listen()?;
    let bell = BELL.get().expect("listen made it");
    while COME.load(Ordering::SeqCst) == 0 {
        let mut fds = [PollFd { fd: bell.fd().as_raw_fd(), events: poll::IN, revents: 0 }];
        poll::poll(&mut fds, -1)?;
    }
    Ok(())
}
