//! Requests to the service and replies to the client: what a connection does between reading and writing.

use super::bodies::{Bodies, Share};
use super::config::Timeouts;
use super::connection::{Connection, Need, Stage};
use super::errand::{Errand, Queued};
use super::pipeline::Entry;
use super::service::{Instead, Job, Lane, Peer, Reply, Service, Settled};
use super::sockets::Link;
use crate::error::Error;
use crate::http::header::{HeaderValue, RETRY_AFTER};
use crate::http::{CONTINUE, Framing, Request, Response, Step};
use crate::journal::Ticket;
use crate::stdx::slab::Token;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bytes that one read may bring.
const INPUT_BYTES: usize = 64 * 1024;

/// The lane of requests that go to the pool before anybody has looked at them.
const UNSEEN: Lane = Lane(usize::MAX);

/// Seconds after which a client may try again that found no memory for its body.
const RETRY_AFTER_S: &str = "1";

/// The buffers of a thread that drives connections.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) input: Vec<u8>,
    /// Answers that leave with the next write.
    pub(super) output: Vec<u8>,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { input: vec![0; INPUT_BYTES], output: Vec::new() }
    }
}

/// Where a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On the bounded pool.
    Pool(Lane),
    /// On a thread of its own.
    Task,
}

/// What surrounds the loop: the other threads, or a simulation of them.
pub(super) trait Host {
    /// Has `job` run elsewhere; its reply comes back as news of the connection `token`. None: there is no room.
    fn launch(&self, token: Token, place: Place, job: Job) -> Option<Errand>;

    /// Has the loop been given to another thread, so that this one is to come to an end?
    fn is_relieved(&self) -> bool;

    /// Are so many threads stuck in handlers that none would be left to relieve this one?
    fn is_crowded(&self) -> bool;
}

/// What a connection is driven with.
pub(super) struct Turn<'a> {
    pub(super) service: &'a Arc<dyn Service>,
    pub(super) host: &'a dyn Host,
    pub(super) timeouts: &'a Timeouts,
    pub(super) in_flight: usize,
    pub(super) output_bytes: usize,
    pub(super) bodies: &'a Arc<Bodies>,
    pub(super) token: Token,
    pub(super) now_ms: u64,
    pub(super) date: &'a [u8; 29],
    /// The server comes to its end: no connection is kept alive.
    pub(super) stopping: bool,
    pub(super) scratch: &'a mut Scratch,
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("token", &self.token)
            .field("now_ms", &self.now_ms)
            .finish_non_exhaustive()
    }
}

impl Turn<'_> {
    /// Calls the service. A panic costs this request its answer, and nothing else.
    fn call(&self, request: Request, peer: &Peer, after: Option<Ticket>) -> Reply {
        if self.host.is_crowded() {
            let (service, peer) = (Arc::clone(self.service), *peer);
            let instead = service.instead(&request);
            return Reply::Pool(Box::new(move || service.call(request, &peer, after)), UNSEEN, instead);
        }
        let call = AssertUnwindSafe(|| self.service.call(request, peer, after));
        catch_unwind(call).unwrap_or_else(|_| Reply::Now(self.service.panicked()))
    }
}

impl<L: Link> Connection<L> {
    /// Calls the service with every whole request in `bytes`, as far as there is room for more. Answers how many
    /// bytes are used, and what is missing.
    pub(super) fn call_all(&mut self, bytes: &[u8], turn: &mut Turn<'_>) -> io::Result<(usize, Need)> {
        let mut used = 0;
        while self.has_room(turn)? {
            if self.budget == 0 || turn.host.is_relieved() {
                return Ok((used, Need::Turn));
            }
            match self.parser.read(&bytes[used..]) {
                Step::NeedMore { consumed } => {
                    self.hold_body(turn);
                    return Ok((used + consumed, Need::Bytes));
                }
                Step::Head { consumed } => {
                    used += consumed;
                    let limit = self.parser.head().and_then(|head| turn.service.body_limit(head, &self.peer));
                    if let Some(limit) = limit {
                        self.parser.limit_body(limit);
                    }
                }
                Step::Continue { consumed } => {
                    used += consumed;
                    self.ask_for_body(turn);
                }
                Step::Request { request, consumed } => {
                    used += consumed;
                    self.body_memory = None;
                    self.take(request, turn);
                }
                Step::Refuse(refusal) => {
                    self.stage = Stage::Last;
                    self.resolve(Reply::Now(refusal.response()), refusal.framing(), turn);
                }
            }
        }
        Ok((used, Need::Room))
    }

    /// May another request be called?
    fn has_room(&mut self, turn: &mut Turn<'_>) -> io::Result<bool> {
        if self.stage != Stage::Open || self.pipeline.is_blocked() || self.pipeline.len() >= turn.in_flight {
            return Ok(false);
        }
        let waiting = |connection: &Self, turn: &Turn<'_>| {
            connection.outbox.len() + turn.scratch.output.len() + connection.pipeline.bytes()
                >= turn.output_bytes
        };
        if waiting(self, turn) {
            self.flush(turn)?;
        }
        Ok(!waiting(self, turn))
    }

    /// A request that has come.
    fn take(&mut self, request: Request, turn: &mut Turn<'_>) {
        self.budget -= 1;
        self.progress = true;
        let mut framing = request.framing();
        framing.keep_alive &= !turn.stopping;
        if !framing.keep_alive {
            self.stage = Stage::Last;
        }
        let reply = turn.call(request, &self.peer, self.pipeline.newest_parked());
        self.resolve(reply, framing, turn);
    }

    /// A reply, to the request that comes next in order.
    fn resolve(&mut self, reply: Reply, framing: Framing, turn: &mut Turn<'_>) {
        match reply {
            // The commonest by far; an answer is large to be moved about.
            Reply::Now(response) if self.pipeline.is_empty() => self.answer(&response, framing, turn),
            Reply::Now(response) => self.pipeline.push(Entry::Ready(response, framing)),
            Reply::Parked(response, ticket, instead) => {
                self.pipeline.push(Entry::Parked(response, framing, ticket, instead));
            }
            Reply::Wait(request, ticket) => self.pipeline.push(Entry::Wait(request, framing, ticket)),
            Reply::Pool(job, lane, instead) => self.launch(Place::Pool(lane), job, instead, framing, turn),
            Reply::Task(job, instead) => self.launch(Place::Task, job, instead, framing, turn),
        }
    }

    fn launch(
        &mut self,
        place: Place,
        job: Job,
        instead: Option<Instead>,
        framing: Framing,
        turn: &mut Turn<'_>,
    ) {
        let Some(errand) = turn.host.launch(turn.token, place, job) else {
            return self.resolve(Reply::Now(overloaded(instead, turn)), framing, turn);
        };
        let until_ms = turn.now_ms.saturating_add(turn.timeouts.pool_ms);
        // A task has its own thread or none.
        let queued = matches!(place, Place::Pool(_)).then_some(Queued { errand, until_ms, instead });
        self.pipeline.push(Entry::Running(framing, queued));
    }

    /// Takes the call back that has waited for a thread for too long.
    pub(super) fn give_up_queued(&mut self, turn: &mut Turn<'_>) {
        if self.pipeline.queued_until_ms().is_some_and(|until_ms| until_ms <= turn.now_ms)
            && let Some((framing, instead)) = self.pipeline.take_back_queued()
        {
            self.progress = true;
            self.resolve(Reply::Now(overloaded(instead, turn)), framing, turn);
        }
    }

    /// What the pool or a task has answered.
    pub(super) fn finish_running(&mut self, reply: Reply, turn: &mut Turn<'_>) {
        // A closing answer ahead of it may have ended the connection meanwhile.
        let Some(framing) = self.pipeline.finish_running() else { return };
        self.progress = true;
        self.resolve(reply, framing, turn);
    }

    /// Answers from the front what may leave, and calls again what has waited long enough.
    pub(super) fn release_settled(&mut self, turn: &mut Turn<'_>) {
        while self.stage != Stage::Closing && self.pipeline.front_may_leave() {
            let settled = self.pipeline.waits_for().map(|ticket| turn.service.settled(ticket));
            if self.budget == 0 || matches!(settled, Some(Settled::Waiting)) {
                return;
            }
            self.progress = true;
            match (self.pipeline.pop(), settled) {
                (Some(Entry::Continue), _) => self.write_continue(turn),
                (Some(Entry::Parked(_, framing, _, instead)), Some(Settled::Refused(error))) => {
                    let response =
                        instead.map_or_else(|| Response::problem(&error), |instead| instead(&error));
                    self.answer(&response, framing, turn);
                }
                (Some(Entry::Parked(response, framing, ..) | Entry::Ready(response, framing)), _) => {
                    self.answer(&response, framing, turn);
                }
                (Some(Entry::Wait(request, framing, _)), _) => {
                    self.budget -= 1;
                    let reply = turn.call(request, &self.peer, self.pipeline.newest_parked());
                    self.resolve(reply, framing, turn);
                }
                (None | Some(Entry::Running(..)), _) => unreachable!("the loop ends before them"),
            }
        }
    }

    /// May the front leave by now? Asked once more before the connection is given back, because nobody looks at its
    /// ticket while it is driven.
    pub(super) fn front_is_settled(&self, turn: &Turn<'_>) -> bool {
        let settled = self.pipeline.waits_for().map(|ticket| turn.service.settled(ticket));
        self.stage != Stage::Closing && settled.is_some_and(|settled| !matches!(settled, Settled::Waiting))
    }

    fn answer(&mut self, response: &Response, framing: Framing, turn: &mut Turn<'_>) {
        response.write_to(self.outbox.end(&mut turn.scratch.output), turn.date, framing);
        if response.closes(framing) {
            // What stands behind a closing answer is not answered; the client has to expect that.
            self.stage = Stage::Closing;
            self.pipeline.clear();
        }
    }

    /// The client waits for leave to send a body.
    fn ask_for_body(&mut self, turn: &mut Turn<'_>) {
        if self.pipeline.is_empty() {
            self.write_continue(turn);
        } else {
            self.pipeline.push(Entry::Continue);
        }
    }

    fn write_continue(&mut self, turn: &mut Turn<'_>) {
        self.outbox.end(&mut turn.scratch.output).extend_from_slice(CONTINUE);
    }

    /// Counts the memory of the body that is on its way; beyond what all of them may hold together it is 503, and the end.
    fn hold_body(&mut self, turn: &mut Turn<'_>) {
        let bytes = self.parser.body_bytes();
        let share = || Box::new(Share::new(Arc::clone(turn.bodies)));
        if bytes == 0 || self.body_memory.get_or_insert_with(share).hold(bytes) {
            return;
        }
        self.parser.give_up_body();
        self.body_memory = None;
        self.stage = Stage::Last;
        let error =
            Error::overloaded("the bodies that are on their way take all the memory that there is for them");
        let response =
            Response::problem(&error).with_header(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        self.resolve(Reply::Now(response.closing()), Framing::CLOSING, turn);
    }

    /// 408, and the end.
    pub(super) fn time_out(&mut self, detail: &str, turn: &mut Turn<'_>) {
        self.stage = Stage::Last;
        let response =
            Response::problem_of(408, "request-timeout", "the request did not come in time", detail, &[])
                .closing();
        self.resolve(Reply::Now(response), Framing::CLOSING, turn);
    }
}

/// What leaves for a call that has found no thread.
fn overloaded(instead: Option<Instead>, turn: &Turn<'_>) -> Response {
    let error = turn.service.overloaded();
    instead.map_or_else(|| Response::problem(&error), |instead| instead(&error))
}
