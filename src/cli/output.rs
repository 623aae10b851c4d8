//! What goes to stdout.

use super::Exit;
use crate::app::Fault;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Bytes that are kept until they are worth a system call.
const BUFFER_BYTES: usize = 64 << 10;

/// Lines on stdout. They are not there before [`Lines::flush`].
pub(super) struct Lines(BufWriter<StdoutLock<'static>>);

impl Lines {
    pub(super) fn new() -> Self {
        Self(BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock()))
    }

    /// Writes a line.
    pub(super) fn line(&mut self, text: &[u8]) -> Result<(), Fault> {
        let written = self.0.write_all(text).and_then(|()| self.0.write_all(b"\n"));
        written.map_err(|error| fault(&error))
    }

    /// Hands over everything that was written.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        self.0.flush().map_err(|error| fault(&error))
    }
}

/// Writes a text and no more.
pub(super) fn print(text: &str) -> Result<Exit, Fault> {
    let mut lines = Lines::new();
    lines.line(text.trim_end().as_bytes())?;
    lines.flush()?;
    Ok(Exit::OK)
}

/// A reader that went away has seen enough: that ends the command, and nothing is wrong.
fn fault(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Fault { words: String::new(), exit: Exit::OK },
        _ => Fault { words: format!("writing to stdout: {error}"), exit: Exit::IO },
    }
}
