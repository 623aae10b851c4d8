//! Threads with names, so that a profiler, a panic and `ps -T` say which room runs.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Starts a thread called `name` (15 bytes are seen by the kernel).
///
/// # Errors
/// When the machine has no thread to give.
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(body)
}
