//! Taking connections in, and resting when there are too many.
//!
//! At the limit somebody who rests gives way ([`crowd`](super::crowd)). When nobody does, the door is shut: those who knock
//! wait in the kernel's queue, and the loop is not woken for them, so it neither spins nor refuses. A shut door is tried
//! again after [`REST_MS`], or when a connection of this worker has closed.

use super::reactor::Reactor;
use super::service::Peer;
use super::shared::Message;
use super::sockets::Sockets;
use std::io::{self, ErrorKind};
use std::sync::atomic::Ordering;

/// How long accepting rests when the limit of connections, or of the machine, is reached.
const REST_MS: u64 = 100;
/// Connections that are taken in before those that are there get their turn.
const BATCH: usize = 64;

/// The doors of one worker: which of them are shut, and until when.
#[derive(Debug)]
pub(super) struct Doors {
    /// For each door: none while it is open, else when it is tried again.
    shut: Vec<Option<u64>>,
    /// Stopping: they stay shut.
    closed: bool,
}

impl Doors {
    /// So many doors, all shut and about to be opened.
    pub(super) fn new(count: usize) -> Self {
        Self { shut: vec![Some(0); count], closed: false }
    }

    /// When the next shut door is tried.
    pub(super) fn reopen_ms(&self) -> Option<u64> {
        if self.closed { None } else { self.shut.iter().flatten().min().copied() }
    }

    /// There may be room again: shut doors are tried at once.
    pub(super) fn retry(&mut self) {
        for shut in self.shut.iter_mut().flatten() {
            *shut = 0;
        }
    }
}

impl<S: Sockets> Reactor<S> {
    /// Opens the doors whose rest is over.
    pub(super) fn reopen_doors(&mut self) {
        if self.doors.reopen_ms().is_none_or(|at_ms| at_ms > self.now_ms) {
            return;
        }
        for door in 0..self.doors.shut.len() {
            let is_due = self.doors.shut[door].is_some_and(|at_ms| at_ms <= self.now_ms);
            if !is_due {
                continue;
            }
            let opened = self.sockets.set_open(door, true).is_ok();
            self.doors.shut[door] = if opened { None } else { Some(self.now_ms + REST_MS) };
        }
    }

    /// Takes in who knocks.
    pub(super) fn answer_door(&mut self, door: usize) {
        for taken in 0..BATCH {
            if self.doors.closed || self.doors.shut[door].is_some() {
                return;
            }
            let has_room = self.has_room(door);
            if !has_room && !self.someone_rests() {
                // Whether one more knocks is known of the first alone; the door tells of the others.
                if taken == 0 {
                    self.ask_others_for_room();
                    self.pause_door(door);
                }
                return;
            }
            match self.sockets.accept(door) {
                Ok((link, peer)) => {
                    if !has_room {
                        // Only now: another worker may have been quicker to take in the one that knocked.
                        self.dismiss_one();
                    }
                    self.welcome(link, peer);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // It left before it was taken in (accept(2) passes on errors of the new connection).
                Err(error) if is_theirs(&error) => {}
                // Out of descriptors or memory. The door stays shut for a while, else the loop would spin on it.
                Err(_) => return self.pause_door(door),
            }
        }
    }

    fn welcome(&mut self, link: S::Link, peer: Peer) {
        let worker = self.shared.place(self.me);
        self.shared.posts[worker].connections.fetch_add(1, Ordering::Relaxed);
        if worker == self.me {
            self.seat(link, peer);
        } else {
            self.shared.send(worker, Message::Adopt(link, peer));
        }
    }

    /// The owner of the data directory gets in though the network is at its limit.
    fn has_room(&self, door: usize) -> bool {
        self.sockets.is_control(door) || !self.shared.is_full()
    }

    fn pause_door(&mut self, door: usize) {
        if self.doors.shut[door].is_none() && self.sockets.set_open(door, false).is_ok() {
            self.doors.shut[door] = Some(self.now_ms + REST_MS);
        }
    }

    pub(super) fn pause_doors(&mut self) {
        for door in 0..self.doors.shut.len() {
            self.pause_door(door);
        }
    }

    /// Shuts the doors for good.
    pub(super) fn close_doors(&mut self) {
        self.pause_doors();
        self.doors.closed = true;
        self.sockets.drop_doors();
    }
}

/// Is this the fault of the connection that was about to be taken in, and not ours?
fn is_theirs(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::Interrupted
            | ErrorKind::PermissionDenied
            | ErrorKind::TimedOut
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::InvalidInput
    )
}
