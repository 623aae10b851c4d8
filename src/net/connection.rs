//! One connection: bytes in, requests, answers, bytes out.
//!
//! A connection is lent to whoever has news of it, driven as far as it goes, and given back. While it is driven nobody
//! else touches it and no lock is held, so a handler may take as long as it likes.
//!
//! Bytes are read into a buffer of the driving thread and parsed where they lie; only what is left of them is kept.
//! Reading stops while there is too much under way (requests, or bytes that the client does not take): the kernel's
//! buffers fill up, and the client waits.

use super::bodies::Share;
use super::config::{LINGER_BYTES, LINGER_MS, Timeouts};
use super::crowd::{Rest, Resting};
use super::exchange::Turn;
use super::outbox::Outbox;
use super::pipeline::Pipeline;
use super::service::{Peer, Reply};
use super::sockets::{Link, Readiness};
use crate::http::{Limits, Parser, Phase};
use crate::journal::Ticket;
use std::io::{self, ErrorKind};
use std::sync::Arc;

/// How often a connection may read or call before others get their turn.
const BURST: u32 = 64;

/// What has happened to a connection since it was driven last.
#[derive(Debug, Default)]
pub(super) struct News {
    /// What its socket is ready for.
    pub(super) ready: Readiness,
    /// What its pool job or task has come to.
    pub(super) finished: Option<Box<Reply>>,
    /// Its deadline has passed.
    pub(super) expired: bool,
}

/// What becomes of a connection after it was driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It waits for news.
    Keep,
    /// It could go on; others first.
    Again,
    /// It is over.
    Close,
}

/// Where a connection is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Requests are taken.
    Open,
    /// The last request is taken: nothing further is read, what is under way is answered.
    Last,
    /// The closing answer is written: the connection closes when it has left.
    Closing,
    /// Everything has left and our direction is ended. So many bytes are still read and dropped, because closing a
    /// socket with unread bytes resets it, and a reset may destroy the answer (RFC 9112, section 9.6).
    Lingering(usize),
}

/// What the deadline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Nothing,
    Request,
    Head,
    Body,
    Room,
    End,
}

/// Why reading stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// More bytes.
    Bytes,
    /// Something under way has to be finished first.
    Room,
    /// The turn is over.
    Turn,
}

/// A connection over a link.
#[derive(Debug)]
pub(super) struct Connection<L> {
    pub(super) link: L,
    pub(super) peer: Peer,
    pub(super) parser: Parser,
    /// What the body on its way holds; none while there is none.
    pub(super) body_memory: Option<Box<Share>>,
    pub(super) pipeline: Pipeline,
    pub(super) outbox: Outbox,
    /// Bytes that were read and not yet used.
    inbox: Vec<u8>,
    pub(super) stage: Stage,
    /// There may be something to read; false after the socket has said that there is nothing.
    readable: bool,
    /// There may be room to write.
    writable: bool,
    /// The end of the client's bytes has been announced. It is not announced again, so reading goes on until it is there.
    ending: bool,
    /// The client has ended its direction.
    ended: bool,
    awaited: Awaited,
    /// Since when the body is on its way, and how much of it has come.
    body_since_ms: u64,
    body_bytes: u64,
    deadline_ms: u64,
    /// How many more reads and calls this turn has.
    pub(super) budget: u32,
    /// Something was called or written since it was driven last.
    pub(super) progress: bool,
}

impl<L: Link> Connection<L> {
    pub(super) fn new(link: L, peer: Peer, limits: Arc<Limits>) -> Self {
        Self {
            link,
            peer,
            parser: Parser::new(limits),
            body_memory: None,
            pipeline: Pipeline::default(),
            outbox: Outbox::default(),
            inbox: Vec::new(),
            stage: Stage::Open,
            readable: false,
            writable: true,
            ending: false,
            ended: false,
            awaited: Awaited::Nothing,
            body_since_ms: 0,
            body_bytes: 0,
            deadline_ms: u64::MAX,
            budget: BURST,
            progress: true,
        }
    }

    /// When it is to be told that its time is over, or that of its call that waits for a thread.
    pub(super) fn deadline_ms(&self) -> u64 {
        self.pipeline.queued_until_ms().map_or(self.deadline_ms, |until_ms| until_ms.min(self.deadline_ms))
    }

    /// Could it be closed without taking anything from anybody but a client that keeps still? The control socket's are
    /// the owner's, and stay.
    pub(super) fn resting(&self, timeouts: &Timeouts) -> Option<Resting> {
        let (rest, timeout_ms) = match self.awaited {
            Awaited::Request => (Rest::Idle, timeouts.idle_ms),
            Awaited::Head => (Rest::Head, timeouts.head_ms),
            Awaited::Nothing | Awaited::Body | Awaited::Room | Awaited::End => return None,
        };
        (!self.peer.control).then(|| (rest, self.deadline_ms.saturating_sub(timeout_ms)))
    }

    /// The ticket that it waits for.
    pub(super) fn waits_for(&self) -> Option<Ticket> {
        self.pipeline.waits_for()
    }

    /// What it wants to be told about again.
    pub(super) const fn unready(&self) -> Readiness {
        Readiness { read: !self.readable && !self.ended, write: !self.writable, end: false }
    }

    /// Goes as far as it can.
    pub(super) fn drive(&mut self, news: News, turn: &mut Turn<'_>) -> Fate {
        self.readable |= news.ready.read;
        self.writable |= news.ready.write;
        self.ending |= news.ready.end;
        self.budget = BURST;
        self.progress = false;
        if news.expired && !self.expire(turn) {
            return Fate::Close;
        }
        if let Some(reply) = news.finished {
            self.finish_running(*reply, turn);
        }
        // A link that fails has nobody behind it: what is under way is finished by nobody and answered to nobody.
        let Ok(need) = self.advance(turn) else {
            turn.scratch.output.clear();
            return Fate::Close;
        };
        self.settle_fate(need, turn)
    }

    fn advance(&mut self, turn: &mut Turn<'_>) -> io::Result<Need> {
        if let Stage::Lingering(left) = self.stage {
            return self.linger(left, turn);
        }
        if !self.outbox.is_empty() {
            self.flush(turn)?;
        }
        let mut held = std::mem::take(&mut self.inbox);
        let mut input = std::mem::take(&mut turn.scratch.input);
        let need = self.exchange(&mut held, &mut input, turn);
        turn.scratch.input = input;
        self.inbox = if held.is_empty() { Vec::new() } else { held };
        let need = need?;
        self.flush(turn)?;
        Ok(need)
    }

    /// Answers, calls and reads in turn until something is missing.
    fn exchange(&mut self, held: &mut Vec<u8>, input: &mut [u8], turn: &mut Turn<'_>) -> io::Result<Need> {
        self.release_settled(turn);
        let (mut used, mut need) = self.call_all(held, turn)?;
        held.drain(..used);
        loop {
            if need == Need::Bytes && self.readable && !self.ended {
                if self.budget == 0 {
                    return Ok(Need::Turn);
                }
                self.budget -= 1;
                let count = self.read(input)?;
                let fresh = &input[..count];
                if held.is_empty() {
                    (used, need) = self.call_all(fresh, turn)?;
                    held.extend_from_slice(&fresh[used..]);
                } else {
                    held.extend_from_slice(fresh);
                    (used, need) = self.call_all(held, turn)?;
                    held.drain(..used);
                }
            } else if self.front_is_settled(turn) {
                if self.budget == 0 {
                    return Ok(Need::Turn);
                }
                self.release_settled(turn);
                (used, need) = self.call_all(held, turn)?;
                held.drain(..used);
            } else {
                return Ok(need);
            }
        }
    }

    /// Reads once. A piece that does not fill the buffer is the last one there is (epoll(7)): asking again would only cost.
    fn read(&mut self, input: &mut [u8]) -> io::Result<usize> {
        match self.link.read(input) {
            Ok(0) => {
                self.ended = true;
                Ok(0)
            }
            Ok(count) => {
                self.readable = count == input.len() || self.ending;
                self.body_bytes += count as u64;
                Ok(count)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.readable = false;
                Ok(0)
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(error),
        }
    }

    pub(super) fn flush(&mut self, turn: &mut Turn<'_>) -> io::Result<()> {
        if !self.writable {
            // It became so with bytes left over, and everything since went behind them.
            assert!(turn.scratch.output.is_empty(), "answers are gathered ahead of others");
            return Ok(());
        }
        let (wrote, open) = self.outbox.flush(&mut self.link, &mut turn.scratch.output)?;
        self.writable = open;
        self.progress |= wrote > 0;
        Ok(())
    }

    /// Reads and drops, so that the last answer is not lost by a reset.
    fn linger(&mut self, mut left: usize, turn: &mut Turn<'_>) -> io::Result<Need> {
        while self.readable && !self.ended {
            if self.budget == 0 {
                return Ok(Need::Turn);
            }
            self.budget -= 1;
            left = left.saturating_sub(self.read(&mut turn.scratch.input)?);
            self.stage = Stage::Lingering(left);
            if left == 0 {
                return Err(ErrorKind::FileTooLarge.into());
            }
        }
        Ok(Need::Bytes)
    }

    /// What becomes of it, and until when it may take.
    fn settle_fate(&mut self, need: Need, turn: &Turn<'_>) -> Fate {
        self.pipeline.release();
        let quiet = self.pipeline.is_empty() && self.outbox.is_empty();
        if quiet && matches!(self.stage, Stage::Last | Stage::Closing) && !self.ended {
            self.link.finish();
            self.stage = Stage::Lingering(LINGER_BYTES);
            // What has come meanwhile is read now; the socket will not say it again.
            if self.readable {
                self.awaited = Awaited::End;
                self.deadline_ms = turn.now_ms + LINGER_MS;
                return Fate::Again;
            }
        }
        if quiet && self.ended && (need == Need::Bytes || self.stage != Stage::Open) {
            return Fate::Close;
        }
        let awaited = self.awaited(quiet);
        if turn.stopping && awaited == Awaited::Request {
            return Fate::Close;
        }
        self.set_deadline(awaited, turn);
        if need == Need::Turn { Fate::Again } else { Fate::Keep }
    }

    fn awaited(&self, quiet: bool) -> Awaited {
        match (self.stage, self.parser.phase()) {
            (Stage::Lingering(_), _) => Awaited::End,
            _ if !self.outbox.is_empty() => Awaited::Room,
            _ if !quiet => Awaited::Nothing,
            (_, Phase::Idle) => Awaited::Request,
            (_, Phase::Head) => Awaited::Head,
            (_, Phase::Body) => Awaited::Body,
            (_, Phase::Refused) => Awaited::End,
        }
    }

    /// A deadline begins when something else is awaited than before, or the same anew; it is not put off by every byte
    /// that trickles in. A body's moves with what has come of it.
    fn set_deadline(&mut self, awaited: Awaited, turn: &Turn<'_>) {
        let begins = awaited != self.awaited || self.progress;
        self.awaited = awaited;
        let timeouts = turn.timeouts;
        if begins && awaited == Awaited::Body {
            (self.body_since_ms, self.body_bytes) = (turn.now_ms, 0);
        }
        self.deadline_ms = match awaited {
            Awaited::Nothing => u64::MAX,
            Awaited::Body => {
                let earned = self.body_bytes.saturating_mul(1000) / timeouts.body_bytes_per_s.max(1);
                self.body_since_ms.saturating_add(timeouts.body_grace_ms).saturating_add(earned)
            }
            _ if !begins => self.deadline_ms,
            Awaited::Request => turn.now_ms.saturating_add(timeouts.idle_ms),
            Awaited::Head => turn.now_ms.saturating_add(timeouts.head_ms),
            Awaited::Room => turn.now_ms.saturating_add(timeouts.write_ms),
            Awaited::End => turn.now_ms.saturating_add(LINGER_MS),
        };
    }

    /// Its time is over: a client in the middle of a request is told so. False: nothing is left to say.
    fn expire(&mut self, turn: &mut Turn<'_>) -> bool {
        self.give_up_queued(turn);
        match self.awaited {
            _ if self.deadline_ms > turn.now_ms => {}
            Awaited::Head => self.time_out("the head did not come in time", turn),
            Awaited::Body => self.time_out("the body comes too slowly", turn),
            Awaited::Nothing | Awaited::Request | Awaited::Room | Awaited::End => return false,
        }
        true
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::machine::Socket;

    #[test]
    fn an_idle_connection_is_small() {
        let size = size_of::<Connection<Socket>>();
        assert!(size <= 512, "a connection takes {size} bytes, times a hundred thousand");
    }
}
