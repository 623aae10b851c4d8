//! How a server is set up, and the limits of `net` with their defaults.

use crate::http::Limits;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// A whole head has to be there this long after its first byte: 408 beyond.
pub const HEAD_TIMEOUT_MS: u64 = 10_000;
/// A body may be as slow as it likes for this long; then [`BODY_BYTES_PER_S`] is asked of it.
pub const BODY_GRACE_MS: u64 = 10_000;
/// What a body has to bring on average, in bytes a second: 408 below.
pub const BODY_BYTES_PER_S: u64 = 1024;
/// A client that takes no byte of an answer for this long is cut off.
pub const WRITE_TIMEOUT_MS: u64 = 30_000;
/// A connection without a request is closed after this long.
pub const IDLE_TIMEOUT_MS: u64 = 60_000;
/// How long a closed connection is still read, so that the client sees the last answer and not a reset.
pub const LINGER_MS: u64 = 2_000;
/// And how many bytes of it are read and dropped at most.
pub const LINGER_BYTES: usize = 1024 * 1024;
/// How long a graceful stop waits for what runs and what is parked.
pub const GRACE_MS: u64 = 10_000;
/// Requests of one connection that may be under way at once; the next ones stay in the kernel.
pub const IN_FLIGHT: usize = 256;
/// Bytes of answers that one connection may have waiting (parked, or not taken by the client) before no further
/// request of it is called. One answer may go beyond.
pub const OUTPUT_BYTES: usize = 256 * 1024;
/// Threads of the pool. They are started when they are needed and end when they are not.
pub const POOL_THREADS: usize = 64;
/// Calls that may wait for a thread of the pool: 503 beyond.
pub const POOL_QUEUE: usize = 1024;
/// A call that no thread of the pool has begun after this long is not begun any more: 503. As long as a command waits for
/// the one before it.
pub const POOL_WAIT_MS: u64 = 5_000;
/// Quarters of the pool's threads, and of its queue, that the calls of one method may hold: one that hangs leaves the rest
/// to the others.
pub const LANE_QUARTERS: usize = 3;
/// Bytes of memory that all bodies on their way may hold together: 503 beyond. What one route takes as a body has to fit.
pub const BODIES_BYTES: usize = 256 * 1024 * 1024;
/// Tasks that may run at once: 503 beyond.
pub const TASKS: usize = 64;
/// Threads that drive loops or are stuck in handlers, over all workers. When hardly any is left to relieve one that gets
/// stuck, handlers are sent to the pool, and to a 503 when that is full as well.
pub const DRIVERS: usize = 512;
/// Descriptors that are left for everything but connections when their number is not stated; half of them where there
/// are few.
pub const SPARE_DESCRIPTORS: usize = 128;
/// Below so many connections a server that is started says that it can have no more.
pub const FEW_CONNECTIONS: usize = 256;
/// The most workers that may be asked for. More than the machine has cores serve nobody faster, and each takes
/// descriptors and a thread.
pub const WORKERS_MAX: usize = 1024;

/// How long things may take, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// For a whole head, from its first byte.
    pub head_ms: u64,
    /// For a body before its rate counts.
    pub body_grace_ms: u64,
    /// Bytes a second that a body has to bring on average after that.
    pub body_bytes_per_s: u64,
    /// For a client that takes no byte of an answer.
    pub write_ms: u64,
    /// Without a request.
    pub idle_ms: u64,
    /// For a call that waits for a thread of the pool.
    pub pool_ms: u64,
    /// For a graceful stop.
    pub grace_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head_ms: HEAD_TIMEOUT_MS,
            body_grace_ms: BODY_GRACE_MS,
            body_bytes_per_s: BODY_BYTES_PER_S,
            write_ms: WRITE_TIMEOUT_MS,
            idle_ms: IDLE_TIMEOUT_MS,
            pool_ms: POOL_WAIT_MS,
            grace_ms: GRACE_MS,
        }
    }
}

/// Which readiness call the loops stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// The best one of the machine; `SUNSTONE_POLLER=poll` in the environment chooses the portable one.
    #[default]
    Auto,
    /// `epoll(7)`, Linux alone.
    Epoll,
    /// `poll(2)`.
    Poll,
}

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen. Port 0: any free one.
    pub listen: SocketAddr,
    /// Where the control socket is made (mode 0600), if there is one.
    pub control: Option<PathBuf>,
    /// Threads with a loop each, [`WORKERS_MAX`] at most. 0: as many as the machine has cores.
    pub workers: usize,
    /// What a request may measure.
    pub limits: Limits,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Which readiness call.
    pub backend: Backend,
    /// Connections at once; beyond, those that rest are closed to make room, and accepting pauses when none does. None: what the limit of descriptors leaves.
    pub connections: Option<usize>,
    /// Requests of one connection under way at once.
    pub in_flight: usize,
    /// Bytes of answers that one connection may have waiting.
    pub output_bytes: usize,
    /// Bytes of memory that all bodies on their way may hold together.
    pub bodies_bytes: usize,
    /// Threads of the pool.
    pub pool_threads: usize,
    /// Calls that may wait for one of them.
    pub pool_queue: usize,
    /// Tasks at once.
    pub tasks: usize,
    /// Threads for loops and for handlers that are stuck; at least two for each worker.
    pub drivers: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            control: None,
            workers: 0,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            backend: Backend::Auto,
            connections: None,
            in_flight: IN_FLIGHT,
            output_bytes: OUTPUT_BYTES,
            bodies_bytes: BODIES_BYTES,
            pool_threads: POOL_THREADS,
            pool_queue: POOL_QUEUE,
            tasks: TASKS,
            drivers: DRIVERS,
        }
    }
}
