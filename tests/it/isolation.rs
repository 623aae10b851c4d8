//! A handler that takes long delays its own connection and no other.
//!
//! `cargo test isolation -- --nocapture` prints the figures, `.ci/figures isolation` those of a release build.

use crate::program::{Connection, Folder};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use sunstone::prelude::*;
use sunstone::stdx::clock::{Clock, SystemClock};

const SLEEPERS: usize = 64;
const SLEEP: Duration = Duration::from_secs(1);

/// Connections that ask quick questions meanwhile.
const OTHERS: usize = 4;

/// How often each of them does. A wait is counted from when a question was due, so that a pause counts as often as
/// somebody would have asked in it.
const EVERY_NS: u64 = 1_000_000;

/// Other programs run on the machine, and so do other tests: one undisturbed round of these shows what is to be shown.
const ROUNDS: usize = 3;

/// No absolute time is held here: what others wait is to be far less than what the sleepers sleep.
const FAR_LESS: u32 = 10;

struct Naps;

#[Api("/naps")]
impl Naps {
    /// A query that takes a second.
    #[get("/query")]
    fn query(view: &View) -> u64 {
        std::thread::sleep(SLEEP);
        view.seq()
    }

    /// A function that takes a second.
    #[get("/function")]
    fn function() -> u64 {
        std::thread::sleep(SLEEP);
        0
    }

    /// A query that takes no time.
    #[get("/none")]
    fn none(view: &View) -> u64 {
        view.seq()
    }
}

/// How long the others waited, the shortest first.
fn round(address: SocketAddr) -> Vec<Duration> {
    let clock = SystemClock::new();
    let connect = || Connection::to(address).expect("the server listens");
    let (done, mut waits) = (AtomicBool::new(false), Vec::new());
    let mut sleepers: Vec<_> = (0..SLEEPERS).map(|_| connect()).collect();
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..OTHERS)
            .map(|_| {
                let (mut connection, done, clock) = (connect(), &done, &clock);
                scope.spawn(move || {
                    let mut waits = Vec::new();
                    let mut due_ns = clock.monotonic_ns();
                    while !done.load(Ordering::Relaxed) {
                        std::thread::sleep(Duration::from_nanos(due_ns.saturating_sub(clock.monotonic_ns())));
                        assert_eq!(connection.get("/naps/none").expect("an answer").status, 200);
                        waits.push(Duration::from_nanos(clock.monotonic_ns() - due_ns));
                        due_ns += EVERY_NS;
                    }
                    waits
                })
            })
            .collect();
        let paths = ["/naps/query", "/naps/function"].iter().cycle();
        sleepers.iter_mut().zip(paths).for_each(|(sleeper, path)| {
            sleeper.send_get(path).expect("it takes a request");
        });
        let answers: Vec<_> = sleepers.iter_mut().map(Connection::answer).collect();
        done.store(true, Ordering::Relaxed);
        answers.into_iter().for_each(|answer| assert_eq!(answer.expect("an answer").status, 200));
        for other in others {
            waits.extend(other.join().expect("whoever asks does not panic"));
        }
    });
    waits.sort();
    waits
}

#[test]
fn sixty_four_handlers_that_sleep_a_second_on_one_worker_delay_nobody_else() {
    let folder = Folder::new("isolation");
    let app = App::new("naps").api(Naps).workers(1).listen(([127, 0, 0, 1], 0).into()).data(folder.path());
    let server = app.start().expect("it starts");
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let waits = round(server.address());
        let p99 = waits[waits.len() * 99 / 100];
        let longest = waits.last().expect("somebody asked");
        println!("{SLEEPERS} sleepers, one worker: {} others, p99 {p99:?}, longest {longest:?}", waits.len());
        best = best.min(p99);
        if best * FAR_LESS < SLEEP {
            return;
        }
    }
    panic!("others waited {best:?} (p99) beside handlers that sleep {SLEEP:?}");
}
