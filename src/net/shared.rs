//! What the workers of a server share, and how they and other threads reach one another.

use super::bodies::Bodies;
use super::config::{Config, Timeouts};
use super::connection::Fate;
use super::reactor::Lease;
use super::service::{Peer, Reply, Service};
use super::waker::{Doorbell, Waker};
use crate::http::Limits;
use crate::stdx::clock::Clock;
use crate::stdx::mailbox::Mailbox;
use crate::stdx::slab::Token;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all workers of a server share.
pub(super) struct Shared<L> {
    pub(super) service: Arc<dyn Service>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Arc<Limits>,
    pub(super) timeouts: Timeouts,
    pub(super) in_flight: usize,
    pub(super) output_bytes: usize,
    pub(super) bodies: Arc<Bodies>,
    /// Connections that all workers may have together.
    pub(super) most_connections: usize,
    pub(super) posts: Vec<Post<L>>,
    pub(super) waker: Arc<Waker>,
}

impl<L> fmt::Debug for Shared<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("workers", &self.posts.len()).finish_non_exhaustive()
    }
}

impl<L> Shared<L> {
    /// For so many workers.
    pub(super) fn new(
        config: &Config,
        workers: usize,
        service: Arc<dyn Service>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let doorbells = (0..workers).map(|_| Doorbell::new()).collect::<io::Result<Vec<_>>>()?;
        let post = |doorbell: &Arc<Doorbell>| Post {
            mailbox: Mailbox::new(),
            doorbell: Arc::clone(doorbell),
            connections: AtomicUsize::new(0),
        };
        Ok(Self {
            service,
            clock,
            limits: Arc::new(config.limits.clone()),
            timeouts: config.timeouts.clone(),
            in_flight: config.in_flight,
            output_bytes: config.output_bytes,
            bodies: Bodies::new(config.bodies_bytes),
            most_connections: config.connections.unwrap_or(usize::MAX),
            posts: doorbells.iter().map(post).collect(),
            waker: Waker::new(doorbells),
        })
    }

    /// The connections of all workers.
    fn connections(&self) -> usize {
        self.posts.iter().map(|post| post.connections.load(Ordering::Relaxed)).sum()
    }

    /// Are there as many connections as there may be?
    pub(super) fn is_full(&self) -> bool {
        self.connections() >= self.most_connections
    }

    /// Sends a message to a worker.
    pub(super) fn send(&self, worker: usize, message: Message<L>) {
        let post = &self.posts[worker];
        if post.mailbox.put(message) {
            post.doorbell.bell().ring();
        }
    }

    /// Which worker takes a connection that knocked at `me`: the one with the fewest. Moving it costs a wake-up, so the
    /// more there are the less a small difference counts.
    pub(super) fn place(&self, me: usize) -> usize {
        let load = |worker: usize| self.posts[worker].connections.load(Ordering::Relaxed);
        let (least, fewest) = (0..self.posts.len())
            .map(|worker| (worker, load(worker)))
            .min_by_key(|(_, load)| *load)
            .unwrap_or((me, 0));
        if load(me) <= fewest + fewest / 16 { me } else { least }
    }
}

/// Where a worker is reached by other threads.
#[derive(Debug)]
pub(super) struct Post<L> {
    pub(super) mailbox: Mailbox<Message<L>>,
    pub(super) doorbell: Arc<Doorbell>,
    /// Its connections, those on their way to it included.
    pub(super) connections: AtomicUsize,
}

/// What other threads tell a worker.
#[derive(Debug)]
pub(super) enum Message<L> {
    /// A connection that knocked at another worker's door. It is counted already.
    Adopt(L, Peer),
    /// What a pool job or a task has come to.
    Finished(Token, Reply),
    /// A connection that was still driven when the loop was given to another thread.
    Returned(Box<Lease<L>>, Fate),
    /// Somebody knocks at the limit of connections, and nobody rests where it knocks.
    MakeRoom,
    /// Come to an end.
    Stop,
}
