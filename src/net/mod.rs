//! Sockets and time around [`http`](crate::http).

mod accept;
pub mod config;
mod connection;
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
mod waker;
mod watchdog;
mod wheel;
mod worker;

pub use config::{Backend, Config, Timeouts};
pub use server::Server;
pub use service::{Job, Peer, Reply, Service, Settled};
pub use waker::Waker;
