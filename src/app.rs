//! The program around models and methods.

use crate::api::{Answer, Api, Endpoints, Gateway, Out};
use crate::cli;
use crate::codec::json::{Reader, Rest};
use crate::error::{Error, Result};
use crate::journal::RealDirectory;
use crate::model::{Model, Models, Report, Shape, Value};
use crate::net;
use crate::stdx::clock::{Clock, SystemClock};
use crate::stdx::random::SystemRandom;
use crate::store::{Caller, Cause, Engine, Opening, Program, Store, Tx};
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

pub use crate::cli::Exit;

/// A program: its models, its methods, its own commands. [`App::run`] makes the binary of it.
///
/// Registration is explicit; models that a registered one refers to come along.
///
/// ```
/// use sunstone::prelude::*;
///
/// struct Hello;
///
/// #[Api]
/// impl Hello {
///     #[get("/hello")]
///     fn hello(name: Option<String>) -> String {
///         format!("hello {}", name.as_deref().unwrap_or("world"))
///     }
/// }
///
/// fn main() -> Exit {
/// #   if true { return Exit::OK }
///     App::new("hello").api(Hello).run()
/// }
/// ```
pub struct App {
    name: String,
    models: Models,
    endpoints: Endpoints,
    commands: Vec<Command>,
    seed: Option<Seed>,
    listen: SocketAddr,
    data: PathBuf,
    workers: usize,
    /// What is wrong with the declaration, found while registering.
    wrong: Vec<String>,
}

type Seed = Box<dyn FnOnce(&mut Tx) -> Result<()> + Send>;

/// A subcommand's function, over the texts of its flags.
type RunCommand = Box<dyn FnOnce(&Store, &[(String, String)], &mut Out) -> Result<()>>;

/// A subcommand of the program's own.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    /// What its flags make up; none: it takes none.
    pub(crate) shape: Option<Shape>,
    run: RunCommand,
}

impl Command {
    /// Runs it with the texts of its flags.
    pub(crate) fn run(self, store: &Store, flags: &[(String, String)]) -> Result<Option<Vec<u8>>> {
        let mut out = Out::new();
        (self.run)(store, flags, &mut out)?;
        Ok(out.into_json())
    }
}

/// A function that can be a subcommand: `fn(&Store) -> R`, or `fn(&Store, Flags) -> R` where `#[Data] struct Flags` has a field
/// for each flag.
pub trait Subcommand<Form> {
    /// What its flags make up; none: it takes none.
    fn shape() -> Option<Shape>;

    /// Runs it.
    ///
    /// # Errors
    /// 400 and 422 for flags that are no good, else its own.
    fn run(self, store: &Store, flags: &[(String, String)], out: &mut Out) -> Result<()>;
}

/// The form of a subcommand without flags.
#[derive(Debug)]
pub struct Bare;

impl<F: FnOnce(&Store) -> R, R: Answer> Subcommand<(Bare, R)> for F {
    fn shape() -> Option<Shape> {
        None
    }

    fn run(self, store: &Store, _flags: &[(String, String)], out: &mut Out) -> Result<()> {
        out.answer(self(store))
    }
}

impl<F: FnOnce(&Store, D) -> R, D: Value, R: Answer> Subcommand<(D, R)> for F {
    fn shape() -> Option<Shape> {
        Some(D::shape())
    }

    fn run(self, store: &Store, flags: &[(String, String)], out: &mut Out) -> Result<()> {
        let texts: Vec<_> = flags.iter().map(|(name, text)| (name.as_str(), text.as_str().into())).collect();
        let mut reader = Reader::parts(&texts, b"", Rest::Nothing);
        let flags = match D::from_json(&mut reader) {
            Ok(flags) => reader.finish().map(|()| flags),
            Err(_recorded) => Err(reader.errors()),
        }?;
        let mut report = Report::default();
        flags.check(&mut report);
        let broken = report.into_errors();
        if !broken.is_empty() {
            return Err(Error::invalid("a flag breaks a rule").with_fields(broken));
        }
        out.answer(self(store, flags))
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("name", &self.name).field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// A program whose declaration holds.
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) program: Program,
    pub(crate) endpoints: Endpoints,
    pub(crate) commands: Vec<Command>,
    pub(crate) seed: Option<Seed>,
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) workers: usize,
}

impl App {
    /// A program of this name. Its data directory is `./<name>-data` unless a flag says otherwise.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            models: Models::default(),
            endpoints: Endpoints::default(),
            commands: Vec::new(),
            seed: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data: PathBuf::from(format!("./{name}-data")),
            workers: 0,
            wrong: Vec::new(),
        }
    }

    /// Registers a model, and those that it refers to.
    #[must_use]
    pub fn model<T: Model>(mut self) -> Self {
        self.wrong.extend(self.models.add::<T>().err().map(|error| error.to_string()));
        self
    }

    /// Registers the methods of a value with `#[Api]`. Methods that take `&self` are given it.
    #[must_use]
    pub fn api<A: Api>(mut self, api: A) -> Self {
        self.wrong.extend(self.endpoints.add(api).err().map(|error| error.to_string()));
        self
    }

    /// Runs once, as the first transaction of an empty journal.
    #[must_use]
    pub fn seed(mut self, seed: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static) -> Self {
        self.seed = Some(Box::new(seed));
        self
    }

    /// Adds a subcommand: a function that is given a [`Store`], and flags where it takes them. Flags without a default can
    /// be given by position, too.
    ///
    /// ```
    /// use sunstone::prelude::*;
    ///
    /// #[Data]
    /// struct Import {
    ///     file: String,
    ///     #[default(false)]
    ///     keep_going: bool,
    /// }
    ///
    /// fn import(store: &Store, flags: Import) -> Result<u64> {
    ///     // todo import FILE [--keep-going]
    /// #   let _ = flags.keep_going;
    ///     Ok(std::fs::read_to_string(&flags.file)?.len() as u64 + store.view().seq())
    /// }
    ///
    /// let app = App::new("todo").command("import", "reads a file", import);
    /// # let _ = app;
    /// ```
    #[must_use]
    pub fn command<Form, S: Subcommand<Form> + 'static>(
        mut self,
        name: &'static str,
        help: &'static str,
        run: S,
    ) -> Self {
        if cli::OWN_COMMANDS.iter().any(|(own, _)| *own == name)
            || self.commands.iter().any(|c| c.name == name)
        {
            self.wrong.push(format!("the command {name} is there already: give yours another name"));
        }
        let run = Box::new(move |store: &Store, flags: &[(String, String)], out: &mut Out| {
            run.run(store, flags, out)
        });
        self.commands.push(Command { name, help, shape: S::shape(), run });
        self
    }

    /// Where it listens unless a flag says otherwise: `127.0.0.1:8080`. Port 0 is any free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Its data directory unless a flag says otherwise.
    #[must_use]
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = directory.into();
        self
    }

    /// How many threads answer unless a flag says otherwise. 0: one for each core.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// The binary: reads the command line, does what it says, prints errors as people read them.
    pub fn run(self) -> Exit {
        cli::run(self, std::env::args().skip(1).collect())
    }

    /// Opens the journal and answers on threads of its own: for embedding, and for tests.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use sunstone::prelude::*;
    ///
    /// struct Hello;
    ///
    /// #[Api]
    /// impl Hello {
    ///     #[get("/hello")]
    ///     fn hello() -> String {
    ///         "hello".to_owned()
    ///     }
    /// }
    ///
    /// let data = std::env::temp_dir().join(format!("sunstone-start-{}", std::process::id()));
    /// let app = App::new("hello").api(Hello).listen(([127, 0, 0, 1], 0).into()).data(&data);
    /// let server = app.start()?;
    /// let mut connection = std::net::TcpStream::connect(server.address())?;
    /// connection.write_all(b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    /// let mut answer = String::new();
    /// connection.read_to_string(&mut answer)?;
    /// assert!(answer.ends_with("\"hello\""));
    /// server.stop();
    /// # std::fs::remove_dir_all(&data)?;
    /// # Ok::<(), sunstone::error::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the declaration does not hold, the journal does not open or the address is taken; the words say which.
    pub fn start(self) -> Result<Server> {
        let declared = self.declared().map_err(|wrong| Error::internal(wrong.join("\n")))?;
        let server = Server::open(declared).map_err(|fault| Error::internal(fault.words))?;
        server.net.serve()?;
        Ok(server)
    }

    /// Ties everything together, or says everything that is wrong.
    pub(crate) fn declared(mut self) -> Result<Declared, Vec<String>> {
        self.wrong
            .extend(crate::api::Router::new(self.endpoints.list()).err().map(|error| error.to_string()));
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        self.models.tie();
        let program = Program { models: Arc::new(self.models), calls: self.endpoints.calls() };
        let Self { name, endpoints, commands, seed, listen, data, workers, .. } = self;
        Ok(Declared { name, program, endpoints, commands, seed, listen, data, workers })
    }
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
    pub(crate) took_ms: u64,
}

/// Opens the journal of a program, seeds it when it is empty, and puts the methods over it.
pub(crate) fn open(
    program: &Program,
    mut endpoints: Endpoints,
    seed: Option<Seed>,
    data: &std::path::Path,
    clock: &Arc<dyn Clock>,
) -> Result<Opened, Fault> {
    let opening = Opening {
        directory: Arc::new(RealDirectory::open(data)),
        clock: Arc::clone(clock),
        random: Arc::new(SystemRandom),
        options: crate::journal::Options::default(),
        threads: true,
    };
    let loaded = crate::store::open(program, opening).map_err(|error| cli::open_fault(&error))?;
    let fault = |words: String| Fault { words, exit: Exit::SOFTWARE };
    if let Some(seed) = seed.filter(|_| loaded.opened.last_seq == 0) {
        run_seed(&loaded.engine, seed).map_err(|error| fault(format!("the seed failed: {error}")))?;
    }
    endpoints.number(&loaded.calls);
    let gateway = Gateway::new(Arc::clone(&loaded.engine), endpoints, loaded.numbers);
    let gateway = gateway.map_err(|error| fault(error.to_string()))?;
    Ok(Opened { gateway, found: loaded.opened, lone: loaded.lone, took_ms: loaded.took_ms })
}

fn run_seed(engine: &Arc<Engine>, seed: Seed) -> Result<()> {
    let cause = Cause { caller: Caller::anonymous(), name: "seed", call: None, arguments: &[] };
    Store::new(Arc::clone(engine), &cause).commit(seed)
}

/// A running program, from [`App::start`]. Dropping it stops it.
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
        let Declared { program, endpoints, seed, listen, data, workers, .. } = declared;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let opened = open(&program, endpoints, seed, &data, &clock)?;
        let config = net::Config {
            listen,
            workers,
            control: Some(data.join("control.sock")),
            ..net::Config::default()
        };
        let bound = net::Server::bind(&config, Arc::new(opened.gateway.clone()), clock);
        let net = match bound {
            Ok(net) => Arc::new(net),
            Err(error) => {
                opened.gateway.engine().stop();
                return Err(Fault {
                    words: format!("listening on {listen}: {error}"),
                    exit: Exit::UNAVAILABLE,
                });
            }
        };
        let waker = net.waker();
        let first = opened.gateway.engine().on_move(Box::new(move || waker.wake()));
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

    /// Stops: what runs is answered, everything is on disk, the journal is closed.
    pub fn stop(&self) {
        self.net.stop();
        self.opened.gateway.engine().stop();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
