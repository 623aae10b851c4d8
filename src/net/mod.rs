//! Sockets and time around [`http`](crate::http).

pub mod config;
mod machine;
mod pollset;
mod service;
mod sockets;
mod waker;
mod wheel;

pub use config::{Backend, Config, Timeouts};
pub use service::{Job, Peer, Reply, Service, Settled};
pub use waker::Waker;
