//! Sockets and time around [`http`](crate::http): connections come in, requests go up to a [`Service`], answers leave in
//! order.
//!
//! # The idea
//!
//! Handlers are plain functions that may block, and yet nobody waits for another one's handler. So a loop is not a thread:
//! it is a state (`reactor`) that one thread drives at a time. The driver lets go of it while it serves a connection, which
//! it has to itself meanwhile, buffers, parser and all. If it does not come back within two milliseconds, a watchdog sends
//! a spare thread to drive the loop (`watchdog`, `worker`). In the common case nothing of this happens, and a request is
//! read, parsed, called and answered on one thread without a queue, a hand-over or a lock that anybody waits for.
//!
//! # Words
//!
//! - A *link* is a stream of bytes, *sockets* are what a loop asks of the machine (`sockets`, the seam). The machine's are
//!   in `machine`, over epoll or poll; a test's are in [`simulated`].
//! - A *connection* is a link with its parser, what is under way on it (`pipeline`), and what has not left yet (`outbox`).
//!   `connection` has its life, reading and deadlines; `exchange` has its calls and answers.
//! - The *reactor* keeps the books of one loop: who is ready, who waits for which ticket, who is due. It *lends* a
//!   connection to be *driven*, and takes it back with its *fate*.
//! - A *worker* is a loop and the threads that may drive it. A *driver* that was *relieved* sends what it still has in hand
//!   by *mail*, and becomes a spare.
//! - An answer is *parked* until its [`Ticket`](crate::journal::Ticket) is *settled*. The [`Waker`] says that tickets have
//!   moved; which, the service knows.
//! - *Doors* are where connections come from. When there are too many, those that *rest* give way to those who knock
//!   (`crowd`); when nobody rests, the doors shut, and who knocks waits in the kernel.
//!
//! # Invariants
//!
//! 1. Answers leave a connection in the order of its requests. A request behind one that is not resolved ([`Reply::Wait`],
//!    [`Reply::Pool`], [`Reply::Task`]) is not called; behind a parked one it is, and is told so.
//! 2. A parked answer leaves only after the service has called its ticket stored, or another answer leaves instead.
//! 3. No wake is lost: between saying that it sleeps and sleeping, a worker looks once more (`waker`, `mailbox`).
//! 4. A connection is driven by one thread at a time, and no lock is held while a handler runs.
//! 5. Everything that grows has a limit in [`config`]: requests under way and bytes waiting for each connection,
//!    connections, threads, queues, times. What does not fit waits in the kernel, or gets [`Service::overloaded`].
//! 6. A panic in a handler costs one answer. A panic in a loop ends the process: it would look alive without being so.
//! 7. An idle connection holds no buffer.
//!
//! # What is left out
//!
//! TLS (a proxy, or the seam where an application plugs one in), HTTP/2, answers that are streamed while they are made, and
//! limits for each address.

mod accept;
mod bind_error;
pub mod config;
mod connection;
mod crowd;
mod exchange;
mod listen;
mod machine;
mod outbox;
mod pipeline;
mod pollset;
mod pool;
mod reactor;
mod server;
mod service;
mod shared;
pub mod simulated;
mod sockets;
mod unix_path;
mod waker;
mod watchdog;
mod wheel;
mod worker;

pub use bind_error::BindError;
pub use config::{Backend, Config, Timeouts};
pub use server::Server;
pub use service::{Instead, Job, Peer, Reply, Service, Settled};
pub(crate) use unix_path::UnixPath;
pub use waker::Waker;
