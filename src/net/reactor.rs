//! The loop of one worker as a state: connections, their deadlines, who is parked, who is ready.
//!
//! A reactor never calls the service but for [`Service::settled`](super::Service::settled) and
//! [`Service::rest`](super::Service::rest), and never reads or writes a connection. It says who is to be driven next ([`Reactor::next`]) and lends that connection out; whoever has it gives
//! it back ([`Reactor::give_back`]). So it may stand behind a lock that is free while anything slow happens, and a test
//! drives it in one thread.

use super::accept::Doors;
use super::config::Timeouts;
use super::connection::{Connection, Fate, News};
use super::crowd::{Crowd, Resting};
use super::exchange::{Host, Scratch, Turn};
use super::service::{Peer, Reply, Settled};
use super::shared::{Message, Shared};
use super::sockets::{Event, Link, Readiness, Sockets};
use super::wheel::Wheel;
use crate::http::date;
use crate::journal::Ticket;
use crate::stdx::slab::{Slab, Token};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A connection that is lent out.
#[derive(Debug)]
pub(super) struct Lease<L> {
    pub(super) token: Token,
    pub(super) connection: Box<Connection<L>>,
    pub(super) now_ms: u64,
    pub(super) date: [u8; 29],
    pub(super) stopping: bool,
}

impl<L: Link> Lease<L> {
    /// Drives the connection as far as it can go.
    pub(super) fn drive<P>(
        &mut self,
        news: News,
        shared: &Shared<P>,
        host: &dyn Host,
        scratch: &mut Scratch,
    ) -> Fate {
        let mut turn = Turn {
            service: &shared.service,
            host,
            timeouts: &shared.timeouts,
            in_flight: shared.in_flight,
            output_bytes: shared.output_bytes,
            bodies: &shared.bodies,
            token: self.token,
            now_ms: self.now_ms,
            date: &self.date,
            stopping: self.stopping,
            scratch,
        };
        self.connection.drive(news, &mut turn)
    }
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Next<L> {
    /// Drive this one with its news, and give it back.
    Drive(Lease<L>, News),
    /// Nothing, for now. Only said to those who would not wait.
    Nothing,
    /// Nothing ever: the server has stopped.
    Over,
}

/// A connection's place, also while it is lent out.
#[derive(Debug)]
struct Seat<L> {
    /// None while it is lent out.
    connection: Option<Box<Connection<L>>>,
    ready: Readiness,
    expired: bool,
    /// It stands in `ready` or `again`.
    queued: bool,
    /// It stands in `parked`, though perhaps with a ticket that it has waited for before.
    listed: bool,
    finished: Option<Box<Reply>>,
    /// When the wheel will call for it.
    called_ms: u64,
}

impl<L: Link> Seat<L> {
    fn resting(&self, timeouts: &Timeouts) -> Option<Resting> {
        let has_news =
            self.queued || self.ready != Readiness::NONE || self.finished.is_some() || self.expired;
        if has_news { None } else { self.connection.as_ref()?.resting(timeouts) }
    }
}

/// The loop of one worker. See the module for what it does and does not do.
///
/// Invariants:
/// - a seat with news is queued, or lent out and queued when it comes back;
/// - a connection at rest whose front waits for a ticket stands in `parked`, with that ticket or one that settles no
///   later;
/// - a connection at rest with a deadline is called by the wheel at most a slot after it.
pub(super) struct Reactor<S: Sockets> {
    pub(super) sockets: S,
    pub(super) shared: Arc<Shared<S::Link>>,
    /// Its number among the workers.
    pub(super) me: usize,
    pub(super) doors: Doors,
    pub(super) crowd: Crowd,
    seats: Slab<Seat<S::Link>>,
    ready: VecDeque<Token>,
    /// Those that had their turn and could go on; they are ready after the next look at the sockets.
    again: Vec<Token>,
    parked: Vec<(Ticket, Token)>,
    /// The waker's count when `parked` was looked through last.
    moves_seen: u64,
    wheel: Wheel,
    pub(super) now_ms: u64,
    date: [u8; 29],
    date_until_ms: u64,
    /// Until when a graceful stop may take.
    stopping_until_ms: Option<u64>,
    messages: Vec<Message<S::Link>>,
    due: Vec<Token>,
    knocks: Vec<usize>,
}

impl<S: Sockets> fmt::Debug for Reactor<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor")
            .field("me", &self.me)
            .field("connections", &self.seats.len())
            .field("parked", &self.parked.len())
            .finish_non_exhaustive()
    }
}

impl<S: Sockets> Reactor<S> {
    /// A loop without connections, its doors open.
    pub(super) fn new(sockets: S, doors: Doors, shared: Arc<Shared<S::Link>>, me: usize) -> Self {
        let now_ms = shared.clock.monotonic_ns() / 1_000_000;
        let moves_seen = shared.waker.moves();
        Self {
            sockets,
            shared,
            me,
            doors,
            crowd: Crowd::default(),
            seats: Slab::new(),
            ready: VecDeque::new(),
            again: Vec::new(),
            parked: Vec::new(),
            moves_seen,
            wheel: Wheel::new(now_ms),
            now_ms,
            date: date(0),
            date_until_ms: 0,
            stopping_until_ms: None,
            messages: Vec::new(),
            due: Vec::new(),
            knocks: Vec::new(),
        }
    }

    /// Who is to be driven next. Waits for news when there is none and `patient` says so.
    pub(super) fn next(&mut self, patient: bool) -> io::Result<Next<S::Link>> {
        loop {
            while let Some(token) = self.ready.pop_front() {
                if let Some((lease, news)) = self.lend(token) {
                    return Ok(Next::Drive(lease, news));
                }
            }
            if self.is_over() {
                // Whoever is left has had the grace time.
                self.seats = Slab::new();
                return Ok(Next::Over);
            }
            self.turn(patient)?;
            if self.ready.is_empty() && !patient {
                return Ok(Next::Nothing);
            }
        }
    }

    /// Lends a connection out, unless it is gone or lent out already.
    fn lend(&mut self, token: Token) -> Option<(Lease<S::Link>, News)> {
        let seat = self.seats.get_mut(token)?;
        seat.queued = false;
        let connection = seat.connection.take()?;
        let news = News {
            ready: std::mem::take(&mut seat.ready),
            finished: seat.finished.take(),
            expired: std::mem::take(&mut seat.expired),
        };
        let stopping = self.stopping_until_ms.is_some();
        Some((Lease { token, connection, now_ms: self.now_ms, date: self.date, stopping }, news))
    }

    /// Takes a connection back from the thread that drives this loop.
    pub(super) fn give_back(&mut self, lease: Lease<S::Link>, fate: Fate) {
        let Lease { token, connection, .. } = lease;
        let Some(seat) = self.seats.get_mut(token) else { return };
        if fate == Fate::Close {
            self.seats.remove(token);
            self.sockets.forget(&connection.link, token);
            self.count_out();
            return;
        }
        let unready = connection.unready();
        self.sockets.rearm(token, unready.read, unready.write);
        if let Some(ticket) = connection.waits_for()
            && !seat.listed
        {
            seat.listed = true;
            self.parked.push((ticket, token));
        }
        let deadline_ms = connection.deadline_ms();
        if deadline_ms < seat.called_ms {
            seat.called_ms = self.wheel.insert(token, deadline_ms);
        }
        seat.connection = Some(connection);
        if fate == Fate::Again || seat.ready != Readiness::NONE || seat.finished.is_some() || seat.expired {
            seat.queued = true;
            self.again.push(token);
        }
    }

    /// One look at the world.
    fn turn(&mut self, patient: bool) -> io::Result<()> {
        self.shared.service.rest();
        let timeout_ms = if patient && self.again.is_empty() { self.next_call_ms() } else { Some(0) };
        self.wait(timeout_ms)?;
        self.now_ms = self.shared.clock.monotonic_ns() / 1_000_000;
        if self.now_ms >= self.date_until_ms {
            let wall_ms = self.shared.clock.wall_ms();
            self.date = date(wall_ms / 1000);
            self.date_until_ms = self.now_ms + (1000 - wall_ms % 1000);
        }
        self.open_mail();
        self.look_through_parked();
        self.call_due();
        self.answer_doors();
        for token in self.again.drain(..) {
            self.ready.push_back(token);
        }
        Ok(())
    }

    /// Milliseconds to the next thing that time brings.
    fn next_call_ms(&self) -> Option<u64> {
        let calls = [self.wheel.due_ms(), self.doors.reopen_ms(), self.stopping_until_ms];
        calls.into_iter().flatten().min().map(|at_ms| at_ms.saturating_sub(self.now_ms))
    }

    fn wait(&mut self, timeout_ms: Option<u64>) -> io::Result<()> {
        let Self { sockets, seats, ready, knocks, shared, parked, moves_seen, me, .. } = self;
        let doorbell = &shared.posts[*me].doorbell;
        let mut timeout_ms = timeout_ms;
        let announces = !parked.is_empty() && timeout_ms != Some(0);
        if announces {
            // First say it, then look: see `Waker` for why no wake is lost.
            doorbell.set_waiting(true);
            if shared.waker.moves() != *moves_seen {
                timeout_ms = Some(0);
            }
        }
        let waited = sockets.wait(timeout_ms, &mut |event| match event {
            Event::Door(door) => knocks.push(door),
            Event::Link(token, now_ready) => {
                // A link that was closed while its report was on its way has no seat any more.
                let Some(seat) = seats.get_mut(token) else { return };
                seat.ready.add(now_ready);
                if seat.connection.is_some() && !seat.queued {
                    seat.queued = true;
                    ready.push_back(token);
                }
            }
        });
        if announces {
            doorbell.set_waiting(false);
        }
        waited
    }

    fn open_mail(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mailbox = &shared.posts[self.me].mailbox;
        if mailbox.is_empty() {
            return;
        }
        let mut messages = std::mem::take(&mut self.messages);
        mailbox.take(&mut messages);
        for message in messages.drain(..) {
            match message {
                Message::Adopt(link, peer) => self.seat(link, peer),
                Message::Finished(token, reply) => {
                    // Its connection may be gone, and with it everybody who wanted to know.
                    if let Some(seat) = self.seats.get_mut(token) {
                        seat.finished = Some(Box::new(reply));
                        self.queue(token);
                    }
                }
                Message::Returned(lease, fate) => {
                    // Nobody looked at its ticket meanwhile, so it is driven once more in any case.
                    let token = lease.token;
                    self.give_back(*lease, fate);
                    self.queue(token);
                }
                Message::MakeRoom => self.make_room_for_others(),
                Message::Stop => self.stop(),
            }
        }
        self.messages = messages;
    }

    /// Marks a connection as ready, once.
    fn queue(&mut self, token: Token) {
        let Some(seat) = self.seats.get_mut(token) else { return };
        if seat.connection.is_some() && !seat.queued {
            seat.queued = true;
            self.ready.push_back(token);
        }
    }

    /// Gives a connection its seat. It is counted already.
    pub(super) fn seat(&mut self, link: S::Link, peer: Peer) {
        if self.stopping_until_ms.is_some() {
            return self.count_out();
        }
        let connection = Box::new(Connection::new(link, peer, Arc::clone(&self.shared.limits)));
        let seat = Seat {
            connection: None,
            ready: Readiness::NONE,
            expired: false,
            queued: false,
            listed: false,
            finished: None,
            called_ms: u64::MAX,
        };
        let token = self.seats.insert(seat);
        if self.sockets.watch(&connection.link, token).is_err() {
            // The kernel has no memory to watch one more: this one is closed, and accepting rests.
            self.seats.remove(token);
            self.count_out();
            return self.pause_doors();
        }
        if let Some(seat) = self.seats.get_mut(token) {
            seat.connection = Some(connection);
        }
        // Driven at once: what it has sent may be there already, and its first deadline begins.
        self.queue(token);
    }

    /// How the connection rests; none: there is something to do on it, or it is gone.
    pub(super) fn resting(&self, token: Token) -> Option<Resting> {
        self.seats.get(token).and_then(|seat| seat.resting(&self.shared.timeouts))
    }

    /// All that rest.
    pub(super) fn all_resting(&self, into: &mut Vec<(Resting, Token)>) {
        let seats = self.seats.iter();
        into.extend(seats.filter_map(|(token, seat)| Some((seat.resting(&self.shared.timeouts)?, token))));
    }

    /// Closes a connection that rests.
    pub(super) fn dismiss(&mut self, token: Token) {
        let seat = self.seats.remove(token);
        if let Some(connection) = seat.and_then(|seat| seat.connection) {
            self.sockets.forget(&connection.link, token);
            self.count_out();
        }
    }

    fn count_out(&mut self) {
        self.shared.posts[self.me].connections.fetch_sub(1, Ordering::Relaxed);
        self.doors.retry();
    }

    /// Finds those whose ticket is settled, if any may be.
    fn look_through_parked(&mut self) {
        if self.parked.is_empty() {
            return;
        }
        let moves = self.shared.waker.moves();
        if moves == self.moves_seen {
            return;
        }
        self.moves_seen = moves;
        let mut parked = std::mem::take(&mut self.parked);
        let mut last: Option<Ticket> = None;
        parked.retain(|&(ticket, token)| {
            let settled = last == Some(ticket) || {
                let settled = !matches!(self.shared.service.settled(ticket), Settled::Waiting);
                last = if settled { Some(ticket) } else { last };
                settled
            };
            if settled {
                self.unlist(token);
            }
            !settled
        });
        self.parked = parked;
    }

    fn unlist(&mut self, token: Token) {
        if let Some(seat) = self.seats.get_mut(token) {
            seat.listed = false;
            self.queue(token);
        }
    }

    /// Finds those whose deadline has passed.
    fn call_due(&mut self) {
        if self.wheel.due_ms().is_none_or(|due_ms| due_ms > self.now_ms) {
            return;
        }
        let mut due = std::mem::take(&mut self.due);
        self.wheel.turn(self.now_ms, &mut due);
        for token in due.drain(..) {
            let Some(seat) = self.seats.get_mut(token) else { continue };
            if seat.called_ms > self.now_ms {
                continue; // An older entry: the seat has another one by now.
            }
            seat.called_ms = u64::MAX;
            let Some(connection) = &seat.connection else { continue };
            let deadline_ms = connection.deadline_ms();
            if deadline_ms <= self.now_ms {
                seat.expired = true;
                self.queue(token);
            } else if deadline_ms != u64::MAX {
                seat.called_ms = self.wheel.insert(token, deadline_ms);
            }
        }
        self.due = due;
    }

    fn answer_doors(&mut self) {
        self.reopen_doors();
        let mut knocks = std::mem::take(&mut self.knocks);
        for door in knocks.drain(..) {
            self.answer_door(door);
        }
        self.knocks = knocks;
    }

    /// No new connections; idle ones close, the others finish what is under way.
    fn stop(&mut self) {
        if self.stopping_until_ms.is_some() {
            return;
        }
        self.stopping_until_ms = Some(self.now_ms.saturating_add(self.shared.timeouts.grace_ms));
        self.close_doors();
        let tokens: Vec<Token> = self.seats.iter().map(|(token, _)| token).collect();
        for token in tokens {
            // A request may have come that nobody has been told about yet.
            if let Some(seat) = self.seats.get_mut(token) {
                seat.ready.read = true;
            }
            self.queue(token);
        }
    }

    /// Stopping, and nobody is left or the grace time has passed.
    pub(super) fn is_over(&self) -> bool {
        self.stopping_until_ms.is_some_and(|until_ms| self.seats.is_empty() || self.now_ms >= until_ms)
    }
}
