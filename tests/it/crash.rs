//! A server that ends in the middle of everything: what it has acknowledged is there when it comes back, once.
//!
//! The real binary on the real disk. Thirty-two writers add rows of which each has a title of its own; the server is killed
//! after so many acknowledgements as the seed says, now and then once more while it starts. A kill leaves what the kernel
//! has in its page cache, so what this shows is that nothing is acknowledged that was not at least written, that recovery
//! accepts whatever a killed writer leaves, and that it adds nothing. What a lost power supply leaves is shown over the
//! simulated disk.
//!
//! `cargo test crash -- --nocapture` prints the counts.

use crate::program::{Connection, Folder, Server, spawn_server};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use sunstone::codec::json::{self, Json};
use sunstone::journal::{self, FrameKind, RealDirectory};
use sunstone::stdx::clock::{Clock, SystemClock};
use sunstone::stdx::random::{Random, SystemRandom, Xoshiro};

/// How often the server is killed under load.
const ROUNDS: u64 = 50;

/// How often it is asked to end.
const STOPS: u64 = 5;

const WRITERS: usize = 32;

/// A journal is used for so many rounds, so that recoveries stand on one another; then there is a new one.
const ROUNDS_A_JOURNAL: u64 = 5;

/// The server is killed after at most so many acknowledgements.
const ACKNOWLEDGED_MAX: u64 = 400;

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn kill_9_under_32_writers_loses_nothing_and_doubles_nothing() {
    let seed = SystemRandom.next_u64();
    let mut random = Xoshiro::new(seed);
    let clock = SystemClock::new();
    let (mut acknowledged, mut in_flight_kept, mut starts_killed) = (0, 0, 0);
    let mut folder = Folder::new("crash");
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        if round % ROUNDS_A_JOURNAL == 0 {
            folder = Folder::new("crash");
            ledger = Ledger::default();
        }
        if random.next_u64().is_multiple_of(4) {
            starts_killed += 1;
            kill_while_it_starts(&folder, &clock, random.next_u64() % 20_000);
        }
        let server = Server::start("todo", &folder);
        let until = random.next_u64() % ACKNOWLEDGED_MAX;
        let written = write_until(&server.address(), round, until, || server.kill());
        acknowledged += written.acknowledged.len();
        ledger.add(written);

        let server = Server::start("todo", &folder);
        in_flight_kept += ledger.compare(&server, &format!("seed {seed}, round {round}"));
        server.kill();
    }
    println!(
        "kill -9: rounds {ROUNDS} and {starts_killed} while it started, acknowledged {acknowledged}, lost 0, doubled 0, \
         and {in_flight_kept} kept whose answers did not arrive"
    );
}

#[test]
fn sigterm_under_32_writers_keeps_everything_and_closes_the_journal() {
    let seed = SystemRandom.next_u64();
    let mut random = Xoshiro::new(seed);
    let folder = Folder::new("stop");
    let mut ledger = Ledger::default();
    let mut acknowledged = 0;
    for round in 0..STOPS {
        let server = Server::start("todo", &folder);
        let until = random.next_u64() % ACKNOWLEDGED_MAX;
        let written = write_until(&server.address(), round, until, || {
            let (status, said) = server.terminate();
            assert!(status.success(), "{status} after SIGTERM, and it said:\n{said}");
        });
        acknowledged += written.acknowledged.len();
        ledger.add(written);
        assert_eq!(last_frame(&folder), Some(FrameKind::Close), "the last thing in the journal");

        let server = Server::start("todo", &folder);
        ledger.compare(&server, &format!("seed {seed}, round {round}"));
        assert!(server.terminate().0.success());
    }
    println!(
        "SIGTERM: rounds {STOPS}, acknowledged {acknowledged}, lost 0, doubled 0, exit 0 and the journal closed each time"
    );
}

/// Starts the server and kills it `us` microseconds later, wherever it is then.
fn kill_while_it_starts(folder: &Folder, clock: &SystemClock, us: u64) {
    let mut child = spawn_server("todo", folder.path());
    let until_ns = clock.monotonic_ns() + us * 1000;
    while clock.monotonic_ns() < until_ns {
        std::hint::spin_loop();
    }
    child.kill().expect("a child can be killed");
    child.wait().expect("a child can be waited for");
}

/// What writers know of what they wrote.
#[derive(Debug, Default)]
struct Written {
    /// Titles that were acknowledged, with the id of each.
    acknowledged: Vec<(String, u64)>,
    /// Titles whose answers did not arrive.
    in_flight: Vec<String>,
}

/// Writes on 32 connections, ends the server after `until` acknowledgements, and waits until the writers have noticed.
fn write_until(address: &SocketAddr, round: u64, until: u64, end: impl FnOnce()) -> Written {
    let (tell, told): (Sender<()>, Receiver<()>) = channel();
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let tell = tell.clone();
                scope.spawn(move || write(address, &format!("{round}-{writer}"), &tell))
            })
            .collect();
        for _ in 0..until {
            told.recv_timeout(PATIENCE).expect("a server that runs acknowledges");
        }
        end();
        let mut all = Written::default();
        for writer in writers {
            let Written { acknowledged, in_flight } = writer.join().expect("a writer does not panic");
            all.acknowledged.extend(acknowledged);
            all.in_flight.extend(in_flight);
        }
        all
    })
}

/// Writes until the connection breaks.
fn write(address: &SocketAddr, name: &str, tell: &Sender<()>) -> Written {
    let mut written = Written::default();
    // The server may be gone before this one has come to it.
    let Ok(mut connection) = Connection::to(*address) else { return written };
    for number in 0.. {
        let title = format!("{name}-{number}");
        match connection.post("/todos", &format!("{{\"title\": \"{title}\"}}")) {
            Ok(answer) => {
                assert_eq!(answer.status, 201, "{}", answer.body);
                let row: Json = json::decode(answer.body.as_bytes()).expect("an answer is JSON");
                written.acknowledged.push((title, id_of(&row)));
                tell.send(()).expect("whoever ends the server waits for the writers");
            }
            Err(_broken) => {
                written.in_flight.push(title);
                break;
            }
        }
    }
    written
}

fn id_of(row: &Json) -> u64 {
    row.get("id").and_then(Json::as_u64).expect("a row has an id")
}

/// What may and what has to be in a journal.
#[derive(Debug, Default)]
struct Ledger {
    acknowledged: BTreeMap<String, u64>,
    in_flight: BTreeSet<String>,
}

impl Ledger {
    fn add(&mut self, written: Written) {
        self.acknowledged.extend(written.acknowledged);
        self.in_flight.extend(written.in_flight);
    }

    /// Compares it with what the server has. How much is there whose answer did not arrive.
    fn compare(&self, server: &Server, context: &str) -> usize {
        let rows = all_rows(server);
        let mut found = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for (title, id) in rows {
            assert!(
                self.acknowledged.contains_key(&title) || self.in_flight.contains(&title),
                "{context}: {title} is there, and nobody wrote it"
            );
            assert!(ids.insert(id), "{context}: two rows have the id {id}");
            let before = found.insert(title, id);
            assert_eq!(before, None, "{context}: doubled, with the id {id}");
        }
        for (title, id) in &self.acknowledged {
            assert_eq!(found.get(title), Some(id), "{context}: {title} was acknowledged with the id {id}");
        }
        found.len() - self.acknowledged.len()
    }
}

/// Every row that the server has: title and id.
fn all_rows(server: &Server) -> Vec<(String, u64)> {
    let mut connection = server.connect();
    let mut rows = Vec::new();
    let mut path = "/todos/open?_limit=1000".to_owned();
    loop {
        let answer = connection.get(&path).expect("a server that runs answers");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page: Json = json::decode(answer.body.as_bytes()).expect("an answer is JSON");
        let Some(Json::Array(items)) = page.get("items") else { panic!("no items in {}", answer.body) };
        let title =
            |row: &Json| row.get("title").and_then(Json::as_str).expect("a row has a title").to_owned();
        rows.extend(items.iter().map(|row| (title(row), id_of(row))));
        match page.get("next").and_then(Json::as_str) {
            Some(next) => path = format!("/todos/open?_limit=1000&_after={next}"),
            None => return rows,
        }
    }
}

/// What stands at the end of the journal.
fn last_frame(folder: &Folder) -> Option<FrameKind> {
    let mut last = None;
    let read = journal::read(&RealDirectory::open(folder.path()), &mut |frame| {
        last = Some(frame.kind);
        Ok(())
    });
    read.expect("a journal that was closed can be read");
    last
}
