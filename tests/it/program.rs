//! The programs of `examples/` as processes: found beside this test, started, asked over HTTP, ended.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use sunstone::stdx::threads::spawn;

/// A process or an answer that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where an example lies: cargo builds the examples for `cargo test`, and puts them beside the folder of the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a test knows where it is");
    let profile = this.parent().and_then(Path::parent).expect("a test lies in target/PROFILE/deps");
    let path = profile.join("examples").join(name);
    assert!(
        path.is_file(),
        "{} is not there: `cargo test` builds the examples, `cargo test --test it` does not; `cargo build --example {name}` does",
        path.display()
    );
    path
}

/// Runs an example to its end.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Output {
    let output = Command::new(example(name)).args(arguments).stdin(Stdio::null()).output();
    output.unwrap_or_else(|error| panic!("{name} cannot be run: {error}"))
}

/// A folder that is empty at first and gone at the end.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Beside the examples: what is written there is on a disk and not in memory, as `/tmp` may be.
    pub(crate) fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let this = std::env::current_exe().expect("a test knows where it is");
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = this.with_file_name(format!("{name}-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// As an argument of a command line.
    pub(crate) fn text(&self) -> &str {
        self.0.to_str().expect("the target folder has a name in UTF-8")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind lies in the target folder and is in nobody's way.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A server that runs. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// What it says on stderr, whole, when it has ended.
    said: Receiver<String>,
}

impl Server {
    /// Starts `serve` on a free port and waits until it says where it is.
    pub(crate) fn start(name: &str, data: &Folder) -> Self {
        Self::start_in(name, data.path())
    }

    /// The same over any data directory.
    pub(crate) fn start_in(name: &str, data: &Path) -> Self {
        Self::started(name, spawn_server(name, data))
    }

    /// Waits until a server that was started somehow says where it is.
    pub(crate) fn started(name: &str, mut child: Child) -> Self {
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is a pipe"));
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            let length = stderr.read_line(&mut said).expect("stderr is text");
            if length == 0 {
                panic!(
                    "{name} ended ({}) before it said where it is:\n{said}",
                    child.wait().expect("it was started")
                );
            }
            let address = said[start..].split_once("http://").map(|(_, rest)| rest.trim());
            if let Some(address) = address.and_then(|address| address.parse().ok()) {
                break address;
            }
        };
        let (tell, told) = channel();
        let reader = spawn("stderr", move || {
            if let Err(error) = stderr.read_to_string(&mut said) {
                write!(said, "({error})").expect("a String takes everything");
            }
            // Nobody may be listening any more.
            drop(tell.send(said));
        });
        reader.expect("the machine has a thread for us");
        Self { child, address, said: told }
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> Connection {
        Connection::to(self.address).unwrap_or_else(|error| panic!("connecting to {}: {error}", self.address))
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a child can be waited for");
    }

    /// Waits until it has ended by itself; gives how, and what it had said.
    pub(crate) fn ended(mut self) -> (ExitStatus, String) {
        let said = self.said.recv_timeout(PATIENCE);
        let said = said.unwrap_or_else(|_| panic!("still runs after {PATIENCE:?}"));
        (self.child.wait().expect("a child can be waited for"), said)
    }

    /// SIGTERM; gives how it ended and what it had said.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        let signal = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.child.id())).status();
        assert!(signal.expect("a Unix has sh").success(), "the server could not be signalled");
        let said = self.said.recv_timeout(PATIENCE);
        let said = said.unwrap_or_else(|_| panic!("still runs {PATIENCE:?} after SIGTERM"));
        (self.child.wait().expect("a child can be waited for"), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` and `terminate` there is nobody left, and nothing to be done about it either way.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts `serve` on a free port and does not wait for it.
pub(crate) fn spawn_server(name: &str, data: &Path) -> Child {
    let mut command = Command::new(example(name));
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    child.unwrap_or_else(|error| panic!("{name} cannot be started: {error}"))
}

/// A connection that is kept alive.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) stream: TcpStream,
    bytes: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Connection {
    pub(crate) fn to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, bytes: Vec::new() })
    }

    /// GET, and the answer.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send_get(path)?;
        self.answer()
    }

    /// POST of a JSON body, and the answer.
    pub(crate) fn post(&mut self, path: &str, json: &str) -> io::Result<Answer> {
        let length = json.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        );
        self.stream.write_all(request.as_bytes())?;
        self.answer()
    }

    /// GET, for an answer that is read later.
    pub(crate) fn send_get(&mut self, path: &str) -> io::Result<()> {
        self.stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        loop {
            if let Some((answer, length)) = whole_answer(&self.bytes) {
                self.bytes.drain(..length);
                return Ok(answer);
            }
            let mut piece = [0; 16 * 1024];
            match self.stream.read(&mut piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.bytes.extend_from_slice(&piece[..length]),
            }
        }
    }
}

/// The answer at the beginning of the bytes and its length, if all of it is there.
fn whole_answer(bytes: &[u8]) -> Option<(Answer, usize)> {
    let head_length = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_length]).expect("a head is ASCII");
    let status = head.get(9..12).and_then(|digits| digits.parse().ok()).expect("a status line has a status");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().expect("a length is a number"))
    });
    let end = head_length + length.unwrap_or(0);
    let body = bytes.get(head_length..end)?;
    Some((Answer { status, body: String::from_utf8(body.to_vec()).expect("a body is UTF-8") }, end))
}
