//! The wires of a simulated network: buffers that hand over what the seed says.

use crate::net::service::Peer;
use crate::net::sockets::{Event, Link, Readiness, Sockets};
use crate::stdx::random::Xoshiro;
use crate::stdx::slab::Token;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

/// What a simulated socket holds of our bytes before it takes no more.
const SEND_BUFFER_BYTES: usize = 16 * 1024;

/// EMFILE.
const TOO_MANY_FILES: i32 = 24;

/// All connections that there ever were.
#[derive(Debug, Clone)]
pub(super) struct Wires(Arc<Mutex<State>>);

impl Wires {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            ends: Vec::new(),
            open: false,
            exhausted: false,
            random: Xoshiro::new(seed),
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with the wires in hand")
    }
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) ends: Vec<End>,
    /// The door is open.
    open: bool,
    /// The machine has no descriptor to give.
    pub(super) exhausted: bool,
    random: Xoshiro,
}

impl State {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random.below(bound as u64)).expect("below a usize")
    }

    /// Has anything happened that the loop has not been told, or that a client has not got?
    pub(super) fn is_moving(&self) -> bool {
        self.ends.iter().any(|end| {
            let told = end.closed || !end.accepted || end.news == Readiness::NONE;
            let knocks = self.open && !end.accepted;
            knocks || !told || (!end.outgoing.is_empty() && !end.holds)
        })
    }

    /// A piece of `most` bytes: often all, often a few.
    fn piece(&mut self, most: usize) -> usize {
        match self.random.below(4) {
            0 => 1 + self.below(most.min(8)),
            1 => 1 + self.below(most),
            _ => most,
        }
    }
}

/// One connection, as the network sees it.
#[derive(Debug)]
pub(super) struct End {
    peer: Peer,
    /// The token that the loop knows it by; none before it is taken in.
    token: Option<Token>,
    accepted: bool,
    pub(super) incoming: VecDeque<u8>,
    pub(super) received: Vec<u8>,
    /// Bytes that the server has written and the client has not taken.
    pub(super) outgoing: VecDeque<u8>,
    pub(super) news: Readiness,
    /// The client sends nothing further.
    pub(super) finished: bool,
    pub(super) reset: bool,
    pub(super) holds: bool,
    /// The server has ended its direction.
    pub(super) ended: bool,
    pub(super) closed: bool,
}

impl End {
    pub(super) fn new(peer: Peer) -> Self {
        Self {
            peer,
            token: None,
            accepted: false,
            incoming: VecDeque::new(),
            received: Vec::new(),
            outgoing: VecDeque::new(),
            news: Readiness::NONE,
            finished: false,
            reset: false,
            holds: false,
            ended: false,
            closed: false,
        }
    }
}

impl End {
    /// A socket that is closed with bytes unread, or that gets bytes after it was closed, resets the connection: what
    /// the client has not taken by then is lost.
    pub(super) fn lose_if_reset(&mut self) {
        if self.closed && !self.incoming.is_empty() {
            self.outgoing.clear();
        }
    }
}

/// The server's end of a connection.
#[derive(Debug)]
pub(in crate::net) struct Wire {
    wires: Wires,
    number: usize,
}

impl Link for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.wires.lock();
        let there = state.ends[self.number].incoming.len();
        if state.ends[self.number].reset {
            return Err(ErrorKind::ConnectionReset.into());
        }
        if there == 0 {
            return if state.ends[self.number].finished { Ok(0) } else { Err(ErrorKind::WouldBlock.into()) };
        }
        let count = state.piece(there.min(into.len()));
        let end = &mut state.ends[self.number];
        for (place, byte) in into.iter_mut().zip(end.incoming.drain(..count)) {
            *place = byte;
        }
        // What is left comes later, like bytes that were still on their way. A whole buffer is asked for again.
        end.news.read |= !end.incoming.is_empty() || end.finished;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.wires.lock();
        let end = &state.ends[self.number];
        if end.reset {
            return Err(ErrorKind::BrokenPipe.into());
        }
        assert!(!end.ended, "the server writes after it has ended its direction");
        let room = SEND_BUFFER_BYTES - end.outgoing.len().min(SEND_BUFFER_BYTES);
        if room == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = state.piece(room.min(bytes.len()));
        state.ends[self.number].outgoing.extend(&bytes[..count]);
        Ok(count)
    }

    fn finish(&mut self) {
        self.wires.lock().ends[self.number].ended = true;
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let mut state = self.wires.lock();
        let end = &mut state.ends[self.number];
        end.closed = true;
        end.lose_if_reset();
    }
}

/// The sockets of the simulated loop.
#[derive(Debug)]
pub(in crate::net) struct Exchange(pub(super) Wires);

impl Exchange {
    /// Moves answers on to the clients, as much as the seed says.
    fn carry(state: &mut State) {
        for number in 0..state.ends.len() {
            let end = &state.ends[number];
            if end.outgoing.is_empty() || end.holds {
                continue;
            }
            let was_full = end.outgoing.len() >= SEND_BUFFER_BYTES;
            let count = state.piece(state.ends[number].outgoing.len());
            let end = &mut state.ends[number];
            end.received.extend(end.outgoing.drain(..count));
            end.news.write |= was_full;
        }
    }
}

impl Sockets for Exchange {
    type Link = Wire;

    fn wait(&mut self, _timeout_ms: Option<u64>, each: &mut dyn FnMut(Event)) -> io::Result<()> {
        let mut state = self.0.lock();
        Self::carry(&mut state);
        if state.open && state.ends.iter().any(|end| !end.accepted) {
            each(Event::Door(0));
        }
        let count = state.ends.len();
        let first = if count == 0 { 0 } else { state.below(count) };
        for number in (first..count).chain(0..first) {
            let end = &mut state.ends[number];
            if let (Some(token), false) = (end.token, end.closed)
                && end.news != Readiness::NONE
            {
                each(Event::Link(token, std::mem::take(&mut end.news)));
            }
        }
        Ok(())
    }

    fn accept(&mut self, _door: usize) -> io::Result<(Wire, Peer)> {
        let mut state = self.0.lock();
        if state.exhausted {
            return Err(io::Error::from_raw_os_error(TOO_MANY_FILES));
        }
        let number = state.ends.iter().position(|end| !end.accepted).ok_or(ErrorKind::WouldBlock)?;
        state.ends[number].accepted = true;
        Ok((Wire { wires: self.0.clone(), number }, state.ends[number].peer))
    }

    fn set_open(&mut self, _door: usize, open: bool) -> io::Result<()> {
        self.0.lock().open = open;
        Ok(())
    }

    fn drop_doors(&mut self) {}

    fn is_control(&self, _door: usize) -> bool {
        false
    }

    fn watch(&mut self, link: &Wire, token: Token) -> io::Result<()> {
        self.0.lock().ends[link.number].token = Some(token);
        Ok(())
    }

    fn forget(&mut self, _link: &Wire, _token: Token) {}

    fn rearm(&mut self, _token: Token, _read: bool, _write: bool) {}
}
