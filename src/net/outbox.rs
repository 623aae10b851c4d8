//! Bytes on their way to a client.
//!
//! While the client takes what it is sent, answers are gathered in a buffer of the thread and leave in one write; only
//! what it does not take is kept with its connection. So an idle connection holds no buffer.

use super::sockets::Link;
use std::io::{self, ErrorKind};

/// A thread's buffer that has grown beyond this is given back after the write.
const KEPT_BYTES: usize = 512 * 1024;

/// What a client has not taken yet.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    bytes: Vec<u8>,
    /// So many of them are sent.
    sent: usize,
}

impl Outbox {
    /// Bytes that wait here.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the next answer is to be written: behind what waits, else into the thread's buffer.
    pub(super) fn end<'a>(&'a mut self, gathered: &'a mut Vec<u8>) -> &'a mut Vec<u8> {
        if self.is_empty() { gathered } else { &mut self.bytes }
    }

    /// Writes what waits and then what is gathered, as far as the link takes it, and keeps the rest. Answers how many
    /// bytes left, and whether the link would take more.
    pub(super) fn flush(
        &mut self,
        link: &mut impl Link,
        gathered: &mut Vec<u8>,
    ) -> io::Result<(usize, bool)> {
        assert!(self.is_empty() || gathered.is_empty(), "answers are gathered ahead of {} bytes", self.len());
        let mut left = 0;
        let mut open = true;
        if !self.is_empty() {
            let (wrote, more) = write(link, &self.bytes[self.sent..])?;
            (left, open) = (wrote, more);
            self.sent += wrote;
            if self.is_empty() {
                *self = Self::default();
            } else if self.sent > self.bytes.len() / 2 {
                self.bytes.drain(..self.sent);
                self.sent = 0;
            }
        }
        if !gathered.is_empty() {
            let (wrote, more) = write(link, gathered)?;
            (left, open) = (wrote, more);
            if wrote < gathered.len() {
                self.bytes.extend_from_slice(&gathered[wrote..]);
            }
            gathered.clear();
            gathered.shrink_to(KEPT_BYTES);
        }
        Ok((left, open))
    }
}

/// Writes until all is gone or the link takes no more. Answers how much went, and whether it would take more.
fn write(link: &mut impl Link, bytes: &[u8]) -> io::Result<(usize, bool)> {
    let mut wrote = 0;
    while wrote < bytes.len() {
        match link.write(&bytes[wrote..]) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => wrote += n,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok((wrote, false)),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((wrote, true))
}
