//! Sockets and time around HTTP: a service whose answers say what was done, driven over simulated and real sockets.

mod crowd;
mod delays;
mod order;
mod real;
mod stopping;
mod time;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sunstone::error::Error;
use sunstone::http::{Request, Response};
use sunstone::journal::Ticket;
use sunstone::net::{Backend, Config, Instead, Peer, Reply, Server, Service, Settled};
use sunstone::stdx::clock::SystemClock;

/// Longer than any step of a test that works, on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service that does what the path says. `GET /park/7` is answered when ticket 7 is stored, `/wait/7` is called again
/// then, `/sleep/30` sleeps 30 ms, `/big/1000` has 1,000 bytes; all answers repeat the path.
#[derive(Debug, Default)]
struct Desk {
    /// Tickets that are settled, and whether they are stored.
    tickets: Mutex<BTreeMap<u64, bool>>,
    calls: AtomicUsize,
}

impl Desk {
    fn settle(&self, seq: u64, stored: bool) {
        self.tickets.lock().expect("nobody panics with it").insert(seq, stored);
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Service for Desk {
    fn call(&self, request: Request, peer: &Peer, after: Option<Ticket>) -> Reply {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let path = request.path().to_owned();
        let (what, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
        let number = || rest.parse::<u64>().expect("a number behind the second slash");
        let ticket = || Ticket { era: 0, seq: number() };
        match what {
            "park" => {
                let instead: Instead = Box::new(|error| Response::text(507, error.detail()));
                Reply::Parked(Response::text(201, path.clone()), ticket(), Some(instead))
            }
            "park-plain" => Reply::Parked(Response::text(201, path.clone()), ticket(), None),
            "wait" if matches!(self.settled(ticket()), Settled::Waiting) => {
                let ticket = ticket();
                Reply::Wait(request, ticket)
            }
            "after" => {
                Reply::Now(Response::text(200, format!("{path} {:?}", after.map(|ticket| ticket.seq))))
            }
            "pool" => Reply::Pool(Box::new(move || Reply::Now(Response::text(200, path)))),
            "task" => Reply::Task(Box::new(move || Reply::Now(Response::text(200, path)))),
            "pool-sleep" => {
                let pause = Duration::from_millis(number());
                Reply::Pool(Box::new(move || {
                    std::thread::sleep(pause);
                    Reply::Now(Response::text(200, path))
                }))
            }
            "pool-panic" => Reply::Pool(Box::new(|| panic!("on the pool, as the test asks"))),
            "panic" => panic!("in a handler, as the test asks"),
            "sleep" => {
                std::thread::sleep(Duration::from_millis(number()));
                Reply::Now(Response::text(200, path))
            }
            "big" => Reply::Now(Response::text(200, "x".repeat(usize::try_from(number()).expect("a size")))),
            "close" => Reply::Now(Response::text(200, path).closing()),
            "length" => Reply::Now(Response::text(200, format!("{path} {}", request.body.len()))),
            "control" => Reply::Now(Response::text(200, peer.control.to_string())),
            _ => Reply::Now(Response::text(200, path)),
        }
    }

    fn body_limit(&self, request: &Request, _: &Peer) -> Option<u64> {
        (request.path() == "/length/large").then_some(4 * 1024 * 1024)
    }

    fn settled(&self, ticket: Ticket) -> Settled {
        match self.tickets.lock().expect("nobody panics with it").get(&ticket.seq) {
            None => Settled::Waiting,
            Some(true) => Settled::Stored,
            Some(false) => Settled::Refused(Error::disk_full(format!("{} is lost", ticket.seq))),
        }
    }

    fn overloaded(&self) -> Response {
        Response::text(503, "too much")
    }

    fn panicked(&self) -> Response {
        Response::text(500, "a fault")
    }
}

/// A request without a body, keeping the connection alive.
fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

/// An answer as a client reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn line(&self) -> String {
        format!("{} {}", self.status, self.body)
    }
}

/// Takes one whole answer off the front of `bytes`, if there is one.
fn take_answer(bytes: &mut Vec<u8>) -> Option<Answer> {
    let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8(bytes[..head_end].to_vec()).expect("a head is ASCII");
    let status = head[9..12].parse().expect("a status");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length: usize = length.map_or(0, |digits| digits.parse().expect("a length"));
    if bytes.len() < head_end + length {
        return None;
    }
    let body = String::from_utf8(bytes[head_end..head_end + length].to_vec()).expect("text");
    bytes.drain(..head_end + length);
    Some(Answer { status, head, body })
}

/// All answers in `bytes`, each as `status body`.
fn lines(mut bytes: Vec<u8>) -> Vec<String> {
    let lines = std::iter::from_fn(|| take_answer(&mut bytes)).map(|answer| answer.line()).collect();
    assert!(bytes.is_empty(), "left over: {:?}", String::from_utf8_lossy(&bytes));
    lines
}

/// A client over a real socket.
struct Client {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Client {
    fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("an option of TCP");
        Self { stream, bytes: Vec::new() }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server reads");
    }

    /// The next answer; none when the server has ended the connection.
    fn answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(answer) = take_answer(&mut self.bytes) {
                return Some(answer);
            }
            let mut piece = [0; 16 * 1024];
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    assert!(self.bytes.is_empty(), "it ends within an answer");
                    return None;
                }
                Ok(count) => self.bytes.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }

    fn ask(&mut self, path: &str) -> String {
        self.send(&get(path));
        self.answer().expect("an answer").line()
    }
}

/// Both readiness calls that this machine has.
fn backends() -> Vec<Backend> {
    if cfg!(target_os = "linux") { vec![Backend::Epoll, Backend::Poll] } else { vec![Backend::Poll] }
}

/// Any free port.
fn config(backend: Backend, workers: usize) -> Config {
    Config { listen: ([127, 0, 0, 1], 0).into(), workers, backend, ..Config::default() }
}

fn start(config: &Config) -> (Arc<Desk>, Server) {
    let desk = Arc::new(Desk::default());
    let service: Arc<dyn Service> = Arc::<Desk>::clone(&desk);
    let server = Server::bind(config, service, Arc::new(SystemClock::new())).expect("a free port");
    server.serve().expect("threads");
    (desk, server)
}
