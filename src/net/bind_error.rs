//! Why a server does not come to be.

use super::config::WORKERS_MAX;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why [`Server::bind`](super::Server::bind) failed.
#[derive(Debug)]
pub enum BindError {
    /// The address is taken, or not ours.
    Address(SocketAddr, io::Error),
    /// The control socket cannot be made at this path.
    Control(PathBuf, io::Error),
    /// So many workers are more than [`WORKERS_MAX`].
    Workers(usize),
    /// The machine has no descriptors for so many workers.
    Descriptors(usize, io::Error),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address, error) if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "listening on {address}: somebody listens there already; stop them, or choose another address"
            ),
            Self::Address(address, error) => write!(f, "listening on {address}: {error}"),
            Self::Control(path, error) => write!(f, "the control socket {}: {error}", path.display()),
            Self::Workers(count) => write!(f, "expected at most {WORKERS_MAX} workers, found {count}"),
            Self::Descriptors(count, error) => write!(f, "making {count} workers ready: {error}"),
        }
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address(_, error) | Self::Control(_, error) | Self::Descriptors(_, error) => Some(error),
            Self::Workers(_) => None,
        }
    }
}
