//! The program around models and methods.

mod command;
mod mentioned;
mod server;

use crate::api::{Api, Endpoint, Endpoints, Kind, Origin};
use crate::cli;
use crate::error::{Error, Result};
use crate::model::{Model, Models, Shape, TypeBody, TypeInfo};
use crate::store::{Program, Tx};
use mentioned::unregistered;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use command::Command;
pub(crate) use server::{CONTROL, Declared, Fault, Opened, open};

pub use crate::cli::Exit;
pub use command::{Bare, Ready, Subcommand};
pub use server::Server;

/// What the journal calls a seed.
const SEED: &str = "seed";

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
    version: Option<&'static str>,
    listen: SocketAddr,
    origins: Vec<Origin>,
    data: PathBuf,
    workers: usize,
    /// What is wrong with the declaration, found while registering.
    wrong: Vec<String>,
}

/// What an empty journal begins with.
type Seed = Box<dyn FnOnce(&mut Tx) -> Result<()> + Send>;

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("name", &self.name).field("listen", &self.listen).finish_non_exhaustive()
    }
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
            version: None,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            origins: Vec::new(),
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

    /// Runs once, as the first transaction of an empty journal: before the first request of a new data directory, and never
    /// again once the journal holds anything, whatever the seed says by then.
    #[must_use]
    pub fn seed(mut self, seed: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static) -> Self {
        self.seed = Some(Box::new(seed));
        self
    }

    /// Adds a subcommand: a function that is given a [`Store`](crate::store::Store), and flags where it takes them. Flags without a default can
    /// be given by position, too; what the documentation of the struct and its fields says is its `--help`. An error ends
    /// the process with the status that [`Exit`] has for it.
    ///
    /// ```
    /// use sunstone::prelude::*;
    ///
    /// /// Each line is one thing to do.
    /// #[Data]
    /// struct Import {
    ///     /// The file with the lines.
    ///     file: String,
    ///     /// Leave out lines that are broken.
    ///     #[default(false)]
    ///     keep_going: bool,
    /// }
    ///
    /// fn import(store: &Store, flags: Import) -> Result<u64> {
    ///     // todo import FILE [--keep-going]
    /// #   let _ = flags.keep_going;
    ///     let text = std::fs::read_to_string(&flags.file).map_err(|error| Error::file(&flags.file, error))?;
    ///     Ok(text.lines().count() as u64 + store.view().seq())
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
        if self.commands.iter().any(|known| known.name == name) {
            self.wrong.push(format!("the command {name} is there already: give yours another name"));
        }
        let flags = match S::shape() {
            Some(Shape::Named(info)) if info().body == TypeBody::Record => Some(info()),
            Some(_) => {
                self.wrong.push(format!("the flags of {name} are to be a #[Data] struct with named fields"));
                None
            }
            None => None,
        };
        self.wrong.extend(cli::command_faults(name, flags));
        self.commands.push(Command::new(name, help, flags, run));
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What `--version` says: `App::new("todo").version(env!("CARGO_PKG_VERSION"))`.
    #[must_use]
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }

    /// Where it listens unless a flag says otherwise: `127.0.0.1:8080`. Port 0 is any free one.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// An origin under which browsers reach it, like `https://todo.example.com`, unless a flag names others; of several each
    /// is said. A page of a listed origin may do what its own may, and where any is listed, requests for other hosts are
    /// refused (421), but for `localhost` and the address where it listens. Where it listens on a loopback address, they
    /// are refused without a list as well: a page of any name could reach it otherwise (DNS rebinding).
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        match origin.parse() {
            Ok(origin) => self.origins.push(origin),
            Err(wrong) => self.wrong.push(format!("{wrong}, found `{origin}`")),
        }
        self
    }

    /// Its data directory unless a flag says otherwise.
    #[must_use]
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = directory.into();
        self
    }

    /// How many threads answer unless a flag says otherwise. 0: one for each core. More than
    /// [`WORKERS_MAX`](crate::net::config::WORKERS_MAX) are not taken when it starts.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// The binary: reads the command line, does what it says, prints errors as people read them.
    pub fn run(self) -> Exit {
        self.run_with(std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()))
    }

    /// The same with these arguments, the name of the program not among them: for a program that has read some of its own
    /// before.
    ///
    /// ```
    /// use sunstone::prelude::*;
    ///
    /// assert_eq!(App::new("hello").run_with(["--version"]), Exit::OK);
    /// ```
    pub fn run_with<A: Into<String>>(self, arguments: impl IntoIterator<Item = A>) -> Exit {
        cli::run(self, arguments.into_iter().map(Into::into).collect())
    }

    /// Opens the journal and answers on threads of its own: for embedding, and for tests. A program that keeps nothing has no
    /// data directory.
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
    /// let server = App::new("hello").api(Hello).listen(([127, 0, 0, 1], 0).into()).start()?;
    /// let mut connection = std::net::TcpStream::connect(server.address())?;
    /// connection.write_all(b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    /// let mut answer = String::new();
    /// connection.read_to_string(&mut answer)?;
    /// assert!(answer.ends_with("\"hello\""));
    /// server.stop();
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
        for endpoint in self.endpoints.list() {
            let arguments = endpoint.args().into_iter().flat_map(TypeInfo::shapes);
            let shapes = arguments.chain(endpoint.answer());
            self.wrong.extend(unregistered(endpoint.name(), shapes, &self.models));
        }
        for command in &self.commands {
            let flags = command.flags.into_iter().flat_map(TypeInfo::shapes);
            self.wrong.extend(unregistered(command.name, flags, &self.models));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if self.name.is_empty() || !self.name.bytes().all(plain) {
            self.wrong.push(format!(
                "the app is called {:?}, and its name is part of a path: letters, digits, - and _ make it up",
                self.name
            ));
        }
        if !self.wrong.is_empty() {
            return Err(self.wrong);
        }
        self.models.tie();
        let Self { name, version, models, endpoints, commands, seed, listen, origins, data, workers, .. } =
            self;
        let mut calls = endpoints.calls();
        // What changes something without being a method has its name in the journal, too; none of these has a dot in it.
        calls.extend(commands.iter().map(|command| (command.name.to_owned(), command.flags)));
        if seed.is_some() && !commands.iter().any(|command| command.name == SEED) {
            calls.push((SEED.to_owned(), None));
        }
        let changes = |endpoint: &Endpoint| matches!(endpoint.kind(), Kind::Command | Kind::Task);
        let keeps_state = !models.schemas().is_empty()
            || !commands.is_empty()
            || seed.is_some()
            || endpoints.list().iter().any(changes);
        let program = Program { models: Arc::new(models), calls };
        Ok(Declared {
            name,
            version,
            program,
            endpoints,
            commands,
            seed,
            listen,
            origins,
            data,
            workers,
            keeps_state,
        })
    }
}
