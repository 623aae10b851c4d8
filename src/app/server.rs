//! A program over an open journal, and the server before it.

use super::{Command, Seed};
use crate::api::{Endpoints, Gateway, Origin, Origins};
use crate::cli::{self, Exit};
use crate::codec::binary::Numbers;
use crate::error::Result;
use crate::journal::{MemoryDirectory, Options, RealDirectory};
use crate::model::{Catalog, TypeKind};
use crate::net;
use crate::stdx::clock::{Clock, SystemClock};
use crate::stdx::random::SystemRandom;
use crate::store::{Caller, Cause, Engine, Loaded, Opening, Program, Store};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The socket in the data directory that a running server answers at, for the owner of the process alone.
pub(crate) const CONTROL: &str = "control.sock";

/// A program whose declaration holds.
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) version: Option<&'static str>,
    pub(crate) program: Program,
    pub(crate) endpoints: Endpoints,
    pub(crate) commands: Vec<Command>,
    pub(crate) seed: Option<Seed>,
    pub(crate) listen: SocketAddr,
    pub(crate) origins: Vec<Origin>,
    pub(crate) data: PathBuf,
    pub(crate) workers: usize,
    /// Does it keep anything? A program of plain functions, and of queries that have no model to ask, needs no data directory.
    pub(crate) keeps_state: bool,
}

/// Why a program did not start, with the exit status that says so.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) words: String,
    pub(crate) exit: Exit,
}

/// An open journal with a program over it.
pub(crate) struct Opened {
    pub(crate) gateway: Gateway,
    pub(crate) found: crate::journal::Opened,
    pub(crate) lone: Arc<crate::journal::Lone>,
    pub(crate) catalog: Catalog,
    pub(crate) numbers: Numbers,
    pub(crate) took_ms: u64,
    /// Where the state is kept; none: nothing is.
    pub(crate) data: Option<PathBuf>,
}

impl Opened {
    /// The number of the call of this name.
    pub(crate) fn call(&self, name: &str) -> Option<u64> {
        self.catalog.by_name(TypeKind::Call, name).map(|(number, _)| number)
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        self.gateway.engine()
    }
}

/// Opens the journal of a program, seeds it when it is empty, and puts the methods over it. `create`: begin one where there
/// is none. A program that keeps nothing gets one in memory.
pub(crate) fn open(declared: Declared, create: bool, clock: &Arc<dyn Clock>) -> Result<Opened, Fault> {
    let data = declared.keeps_state.then(|| declared.data.clone());
    let Declared { program, mut endpoints, seed, listen, origins, .. } = declared;
    let opening = Opening {
        directory: match &data {
            Some(data) => Arc::new(RealDirectory::open(data)),
            None => Arc::new(MemoryDirectory::new()),
        },
        clock: Arc::clone(clock),
        random: Arc::new(SystemRandom),
        options: match &data {
            Some(_) => Options { create, ..Options::default() },
            None => Options { create: true, ahead_bytes: 0 },
        },
        threads: data.is_some(),
    };
    let place = data.clone().unwrap_or_default();
    let loaded = crate::store::open(&program, opening).map_err(|error| cli::open_fault(&error, &place))?;
    let fault = |words: String| Fault { words, exit: Exit::SOFTWARE };
    let named = |name| loaded.catalog.by_name(TypeKind::Call, name).map(|(number, _)| number);
    if let Some(seed) = seed.filter(|_| loaded.opened.last_seq == 0) {
        run_seed(&loaded.engine, named(super::SEED), seed)
            .map_err(|error| fault(format!("the seed failed: {error}")))?;
    }
    endpoints.number(&loaded.calls);
    let gateway = Gateway::new(Arc::clone(&loaded.engine), endpoints, loaded.numbers.clone());
    let gateway = gateway.map_err(|error| fault(error.to_string()))?;
    let gateway = gateway.under(Origins::new(origins, listen.ip()));
    let Loaded { lone, opened: found, catalog, numbers, took_ms, .. } = loaded;
    Ok(Opened { gateway, found, lone, catalog, numbers, took_ms, data })
}

fn run_seed(engine: &Arc<Engine>, call: Option<u64>, seed: Seed) -> Result<()> {
    let cause = Cause { caller: Caller::anonymous(), name: super::SEED, call, arguments: &[] };
    Store::new(Arc::clone(engine), &cause).commit(seed)
}

/// Why it does not listen: over the same data as the one that is there already, who that is.
fn bind_fault(error: &net::BindError, data: Option<&Path>) -> Fault {
    let exit = match error {
        net::BindError::Workers(_) => Exit::CONFIG,
        net::BindError::Address(_, taken) if taken.kind() == io::ErrorKind::AddrInUse => {
            let held = data.and_then(|data| crate::journal::held(&RealDirectory::open(data)));
            if let (Some(held), Some(data)) = (held, data) {
                return cli::open_fault(&held, data);
            }
            let words = format!("{error}: `--listen ADDRESS` names one, and its port 0 is any free one");
            return Fault { words, exit: Exit::UNAVAILABLE };
        }
        _ => Exit::UNAVAILABLE,
    };
    Fault { words: error.to_string(), exit }
}

/// A running program, from [`App::start`](super::App::start). Dropping it stops it.
pub struct Server {
    pub(crate) net: Arc<net::Server>,
    pub(crate) opened: Opened,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn open(declared: Declared) -> Result<Self, Fault> {
        let data = declared.keeps_state.then(|| declared.data.clone());
        let config = net::Config {
            listen: declared.listen,
            workers: declared.workers,
            control: data.as_ref().map(|data| data.join(CONTROL)),
            ..net::Config::default()
        };
        // An address that is taken leaves no new journal behind.
        let listener = net::Server::listen(&config).map_err(|error| bind_fault(&error, data.as_deref()))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let opened = open(declared, true, &clock)?;
        let bound = net::Server::bind_at(listener, &config, Arc::new(opened.gateway.clone()), clock);
        let net = match bound {
            Ok(net) => Arc::new(net),
            Err(error) => {
                opened.engine().stop();
                return Err(bind_fault(&error, None));
            }
        };
        let waker = net.waker();
        let first = opened.engine().on_move(Box::new(move || waker.wake()));
        assert!(first, "an engine that was just opened wakes nobody yet");
        if let Err(error) = opened.lone.announce(&net.local_addr().to_string()) {
            crate::stdx::report::line(&format!("the lock file could not be written: {error}"));
        }
        Ok(Self { net, opened })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.net.local_addr()
    }

    /// Stops: what runs is answered, everything is on disk, the journal is closed. A command that does not end in
    /// [`STOP_WAIT_MS`](crate::store::STOP_WAIT_MS) is named on stderr and left behind.
    pub fn stop(&self) {
        self.net.stop();
        self.opened.engine().stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
