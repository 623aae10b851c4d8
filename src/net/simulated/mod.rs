//! A whole server's network in one thread, from a seed: the same loop, connections and service as on the machine, with
//! sockets that are buffers.
//!
//! The seed decides how bytes are cut on their way in, how much of an answer is taken at a time, in which order
//! connections are reported, and when jobs of the pool run. Nothing happens but in [`Simulation::turn`], time passes
//! only when the clock is moved, and equal seeds with equal calls give equal runs.
//!
//! ```
//! use std::sync::Arc;
//! use sunstone::http::{Request, Response};
//! use sunstone::journal::Ticket;
//! use sunstone::net::{Config, Peer, Reply, Service, Settled, simulated::Simulation};
//! use sunstone::stdx::clock::ManualClock;
//!
//! struct Echo;
//! impl Service for Echo {
//!     fn call(&self, request: Request, _: &Peer, _: Option<Ticket>) -> Reply {
//!         Reply::Now(Response::text(200, request.path()))
//!     }
//!     fn settled(&self, _: Ticket) -> Settled { Settled::Stored }
//!     fn overloaded(&self) -> Response { Response::empty(503) }
//!     fn panicked(&self) -> Response { Response::empty(500) }
//! }
//!
//! let mut network = Simulation::new(&Config::default(), Arc::new(Echo), Arc::new(ManualClock::new(0)), 7);
//! let client = network.connect();
//! network.send(client, b"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
//! while network.turn() {}
//! assert!(network.received(client).ends_with(b"\r\n\r\n/hello"));
//! ```

mod wires;

use crate::net::accept::Doors;
use crate::net::config::Config;
use crate::net::exchange::{Host, Place, Scratch};
use crate::net::reactor::{Next, Reactor};
use crate::net::service::{Job, Peer, Reply, Service};
use crate::net::shared::{Message, Shared};
use crate::net::sockets::Readiness;
use crate::net::waker::Waker;
use crate::stdx::clock::Clock;
use crate::stdx::slab::Token;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use wires::{End, Exchange, Wire, Wires};

/// A client of a [`Simulation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(usize);

/// A network in one thread. See the module.
#[derive(Debug)]
pub struct Simulation {
    wires: Wires,
    reactor: Reactor<Exchange>,
    shared: Arc<Shared<Wire>>,
    scratch: Scratch,
    jobs: RefCell<VecDeque<(Token, DebugJob)>>,
    most_jobs: usize,
}

struct DebugJob(Job);

impl std::fmt::Debug for DebugJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl Simulation {
    /// A network around `service`. Of `config`, the limits and timeouts count; addresses and threads do not.
    ///
    /// # Panics
    /// When the machine has no descriptor for a doorbell.
    #[must_use]
    pub fn new(config: &Config, service: Arc<dyn Service>, clock: Arc<dyn Clock>, seed: u64) -> Self {
        let shared = Shared::new(config, 1, service, clock).expect("the machine has descriptors");
        let shared = Arc::new(shared);
        let wires = Wires::new(seed);
        let reactor = Reactor::new(Exchange(wires.clone()), Doors::new(1), Arc::clone(&shared), 0);
        let most_jobs = config.pool_threads + config.pool_queue;
        Self { wires, reactor, shared, scratch: Scratch::new(), jobs: RefCell::default(), most_jobs }
    }

    /// How the store says that tickets have moved.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.shared.waker)
    }

    /// A client from the network. It is taken in by a later turn.
    pub fn connect(&mut self) -> Client {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 40_000));
        self.connect_as(Peer { addr: Some(addr), control: false })
    }

    /// A client with this name.
    pub fn connect_as(&mut self, peer: Peer) -> Client {
        let mut state = self.wires.lock();
        state.ends.push(End::new(peer));
        Client(state.ends.len() - 1)
    }

    /// Bytes of a client, on their way.
    pub fn send(&mut self, client: Client, bytes: &[u8]) {
        let mut state = self.wires.lock();
        let end = &mut state.ends[client.0];
        assert!(!end.finished, "client {} has ended its direction", client.0);
        end.incoming.extend(bytes);
        end.news.read = true;
        end.lose_if_reset();
    }

    /// The client sends nothing further.
    pub fn finish(&mut self, client: Client) {
        let mut state = self.wires.lock();
        let end = &mut state.ends[client.0];
        (end.finished, end.news.read) = (true, true);
    }

    /// The client is gone.
    pub fn reset(&mut self, client: Client) {
        let mut state = self.wires.lock();
        let end = &mut state.ends[client.0];
        (end.reset, end.news) = (true, Readiness { read: true, write: true, end: true });
    }

    /// Holds back or lets go: a client that holds back takes no byte of its answers.
    pub fn hold_back(&mut self, client: Client, holds: bool) {
        let mut state = self.wires.lock();
        let end = &mut state.ends[client.0];
        (end.holds, end.news.write) = (holds, true);
    }

    /// Takes all descriptors away from the machine, or gives them back.
    pub fn exhaust(&mut self, exhausted: bool) {
        self.wires.lock().exhausted = exhausted;
    }

    /// What the client has received since it was asked last.
    pub fn received(&mut self, client: Client) -> Vec<u8> {
        std::mem::take(&mut self.wires.lock().ends[client.0].received)
    }

    /// Has the server ended its direction?
    #[must_use]
    pub fn is_ended(&self, client: Client) -> bool {
        let state = self.wires.lock();
        state.ends[client.0].ended || state.ends[client.0].closed
    }

    /// Has the server closed the connection?
    #[must_use]
    pub fn is_closed(&self, client: Client) -> bool {
        self.wires.lock().ends[client.0].closed
    }

    /// The server is told to stop; turns go on until it has.
    pub fn stop(&mut self) {
        self.shared.send(0, Message::Stop);
    }

    /// Has it come to its end?
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.reactor.is_over()
    }

    /// One turn: one connection that is ready is driven, and one job runs. False when nothing was to be done.
    ///
    /// # Panics
    /// When an invariant of the loop is broken.
    pub fn turn(&mut self) -> bool {
        let moved = self.run_a_job();
        let next = self.reactor.next(false).expect("simulated sockets do not fail");
        let Next::Drive(mut lease, news) = next else { return moved || self.wires.lock().is_moving() };
        let host = Inline { jobs: &self.jobs, most_jobs: self.most_jobs };
        let fate = lease.drive(news, &self.shared, &host, &mut self.scratch);
        self.reactor.give_back(lease, fate);
        true
    }

    /// Runs one of the jobs that are under way, any of them.
    fn run_a_job(&mut self) -> bool {
        let count = self.jobs.borrow().len();
        if count == 0 {
            return false;
        }
        // Most jobs take longer than most turns.
        if self.wires.lock().below(4) > 0 {
            return true;
        }
        let which = self.wires.lock().below(count);
        let job = self.jobs.borrow_mut().swap_remove_back(which);
        if let Some((token, DebugJob(job))) = job {
            let reply = catch_unwind(AssertUnwindSafe(job));
            let reply = reply.unwrap_or_else(|_| Reply::Now(self.shared.service.panicked()));
            self.shared.send(0, Message::Finished(token, reply));
        }
        true
    }
}

/// The surroundings of a loop that is alone.
struct Inline<'a> {
    jobs: &'a RefCell<VecDeque<(Token, DebugJob)>>,
    most_jobs: usize,
}

impl Host for Inline<'_> {
    fn launch(&self, token: Token, _place: Place, job: Job) -> bool {
        let mut jobs = self.jobs.borrow_mut();
        let has_room = jobs.len() < self.most_jobs;
        if has_room {
            jobs.push_back((token, DebugJob(job)));
        }
        has_room
    }

    fn is_relieved(&self) -> bool {
        false
    }

    fn is_crowded(&self) -> bool {
        false
    }
}
