//! The whole server in one thread from a seed: HTTP bytes in through a simulated network, the gateway, the engine, and the
//! journal's bytes out to a disk in memory, with a clock that stands until it is moved. In between the disk is full,
//! fails, and the machine stops; what the clients were told is held against what is there afterwards.
//!
//! `SUNSTONE_LONG=1 cargo test simulation` runs many more seeds; `SUNSTONE_SEED=7` that one alone.

mod bank;
mod client;

use crate::rig::{NOW_MS, Rig, picture, program_with, read};
use bank::{Account, Bank, Digest, Entry};
use client::{Connection, Known, line};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use sunstone::api::{Endpoints, Gateway};
use sunstone::journal::MemoryDirectory;
use sunstone::net::simulated::Simulation;
use sunstone::net::{Config, Timeouts};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::Xoshiro;
use sunstone::stdx::report;
use sunstone::store::{Program, Reading};

/// Time passes as it likes here, and nobody is cut off for it.
const LONG_MS: u64 = 1 << 40;

/// A server between two crashes.
struct Server {
    rig: Rig,
    network: Simulation,
    connections: Vec<Connection>,
}

/// All that lasts over crashes.
struct World {
    random: Xoshiro,
    clock: Arc<ManualClock>,
    disk: MemoryDirectory,
    stamp: u64,
    /// What somebody was told of the state at a sequence.
    known: Known,
    /// Changes that were acknowledged: the sequence by the stamp.
    stored: BTreeMap<u64, u64>,
    /// Changes of which somebody was told that they were not made.
    refused: Vec<u64>,
    /// Everything that clients were told, in order.
    told: String,
    /// How often things happened, so that a run in which they do not is seen.
    counts: Counts,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Counts {
    answers: u32,
    stored: u32,
    not_stored: u32,
    unknown: u32,
    crashes: u32,
    stops: u32,
    lost: u32,
}

fn endpoints(clock: &Arc<ManualClock>) -> (Program, Endpoints) {
    let mut endpoints = Endpoints::default();
    endpoints.add(Bank { clock: Arc::clone(clock) }).expect("one api");
    let program = program_with(
        |models| {
            models.add::<Account>().expect("a sound model");
            models.add::<Entry>().expect("a sound model");
        },
        endpoints.calls(),
    );
    (program, endpoints)
}

impl Server {
    fn start(world: &mut World) -> Self {
        let (program, mut endpoints) = endpoints(&world.clock);
        let seed = world.random.next_u64();
        let rig = Rig::open_at(&program, &world.disk, Arc::clone(&world.clock), seed)
            .unwrap_or_else(|error| panic!("the journal does not open: {error}"));
        world.check_recovered(&rig);
        endpoints.number(&rig.loaded.calls);
        let gateway = Gateway::new(Arc::clone(&rig.engine), endpoints, rig.loaded.numbers.clone());
        let timeouts =
            Timeouts { head_ms: LONG_MS, idle_ms: LONG_MS, write_ms: LONG_MS, ..Timeouts::default() };
        let config =
            Config { timeouts: Timeouts { body_grace_ms: LONG_MS, ..timeouts }, ..Config::default() };
        let gateway = Arc::new(gateway.expect("one route each"));
        let network =
            Simulation::new(&config, gateway, Arc::clone(&world.clock) as _, world.random.next_u64());
        let waker = network.waker();
        assert!(rig.engine.on_move(Box::new(move || waker.wake())));
        Self { rig, network, connections: Vec::new() }
    }

    /// One thing happens, whichever.
    fn step(&mut self, world: &mut World) {
        match world.random.below(100) {
            0..=2 if self.connections.len() < 5 => {
                let client = self.network.connect();
                self.connections.push(Connection::new(client));
            }
            0..=19 => self.ask(world),
            20..=39 => self.send(world),
            40..=74 => drop(self.network.turn()),
            75..=89 => drop(self.rig.lone.step()),
            90..=93 => {
                let ms = [1, 30, 400, 1100];
                world.clock.advance_ms(ms[usize::try_from(world.random.below(4)).expect("below 4")]);
            }
            94 => self.leave(world),
            95..=96 => {
                if let Some(connection) = pick(&mut world.random, &mut self.connections) {
                    self.network.hold_back(connection.client, true);
                }
            }
            97..=98 => {
                self.connections
                    .iter()
                    .for_each(|connection| self.network.hold_back(connection.client, false));
            }
            _ => match world.random.below(6) {
                0..=1 => self.rig.directory.set_space(Some(world.random.below(4096))),
                2..=4 => self.rig.directory.set_space(None),
                _ => {
                    let nth = 1 + world.random.below(3);
                    if world.random.one_in(2) {
                        self.rig.directory.fail_sync(nth);
                    } else {
                        self.rig.directory.fail_write(nth);
                    }
                }
            },
        }
        self.receive(world);
    }

    fn ask(&mut self, world: &mut World) {
        let open = self.connections.iter_mut().filter(|connection| !connection.ends);
        if let Some(connection) = pick(&mut world.random, open) {
            world.stamp += 1;
            // So many digits that a stamp is in no answer by chance.
            connection.ask(1_000_000_000 + world.stamp, 6, &mut world.random);
        }
    }

    fn send(&mut self, world: &mut World) {
        let full = self.connections.iter_mut().filter(|connection| !connection.outbox.is_empty());
        if let Some(connection) = pick(&mut world.random, full) {
            let all = connection.outbox.len() as u64;
            let most = if world.random.one_in(2) { all } else { 1 + world.random.below(all) };
            let piece: Vec<u8> =
                connection.outbox.drain(..usize::try_from(most).expect("a length")).collect();
            if !self.network.is_closed(connection.client) {
                self.network.send(connection.client, &piece);
            }
        }
    }

    /// A client goes, with a word or without.
    fn leave(&mut self, world: &mut World) {
        if self.connections.is_empty() {
            return;
        }
        let which = usize::try_from(world.random.below(self.connections.len() as u64)).expect("an index");
        let connection = self.connections.swap_remove(which);
        if world.random.one_in(2) {
            self.network.reset(connection.client);
        } else if !self.network.is_closed(connection.client) {
            self.network.finish(connection.client);
        }
    }

    /// Holds what has come against what was asked and against all that was told before.
    fn receive(&mut self, world: &mut World) {
        let published = self.rig.engine.seq();
        for (number, connection) in self.connections.iter_mut().enumerate() {
            let mut bytes = self.network.received(connection.client);
            while let Some((asked, answer)) = connection.take(&std::mem::take(&mut bytes)) {
                world.told.push_str(&line(number, &asked, &answer));
                answer.check(&asked);
                world.count(answer.status);
                world.refused.extend(answer.says_no(&asked).then_some(asked.stamp));
                if let Some(seq) = answer.seq {
                    assert!(seq >= connection.seq, "{} was told, then {asked:?}: {answer:?}", connection.seq);
                    assert!(seq <= published, "{published} is on disk: {asked:?}: {answer:?}");
                    connection.seq = seq;
                }
                for (seq, seen) in answer.seen(&asked) {
                    assert_eq!(seen.stamp, asked.stamp, "the answer of another: {asked:?}: {answer:?}");
                    let before = *world.known.entry(seq).or_insert(seen.digest);
                    assert_eq!(before, seen.digest, "two states at {seq}: {asked:?}: {answer:?}");
                    if matches!(asked.kind, client::Kind::Change | client::Kind::Call) {
                        world.stored.insert(asked.stamp, seq);
                        world.counts.stored += 1;
                    }
                }
                if asked.closes {
                    connection.asked.clear();
                    connection.outbox.clear();
                }
            }
        }
        let network = &self.network;
        self.connections.retain(|connection| {
            let closed = network.is_closed(connection.client);
            assert!(
                !closed || connection.ends,
                "the server closes a connection that nobody asked it to: {connection:?}"
            );
            // Its last answers may still be on their way.
            !closed || !connection.asked.is_empty()
        });
    }

    /// Lets everything come to rest: whatever was sent whole is answered.
    fn rest(&mut self, world: &mut World) {
        self.rig.directory.set_space(None);
        for connection in &mut self.connections {
            self.network.hold_back(connection.client, false);
            let all: Vec<u8> = connection.outbox.drain(..).collect();
            if !all.is_empty() && !self.network.is_closed(connection.client) {
                self.network.send(connection.client, &all);
            }
        }
        loop {
            let moved = self.network.turn() | self.rig.lone.step();
            self.receive(world);
            if !moved {
                break;
            }
        }
        for connection in &self.connections {
            assert!(connection.asked.is_empty(), "{:?} is never answered", connection.asked);
            assert!(!connection.is_in_answer(), "an answer ends within: {connection:?}");
        }
    }

    /// The server is told to stop, and started again.
    fn stop(mut self, world: &mut World) -> MemoryDirectory {
        self.rest(world);
        self.network.stop();
        while !self.network.is_stopped() {
            if !(self.network.turn() | self.rig.lone.step()) {
                world.clock.advance_ms(1000);
            }
        }
        let (seq, failed) = (self.rig.engine.seq(), self.rig.engine.has_failed());
        let state = picture(self.rig.view().state());
        drop(self.network);
        self.rig.engine.stop();
        if !failed {
            let (program, _) = endpoints(&world.clock);
            let found = read(&program, &self.rig.directory).expect("a journal that was closed");
            assert_eq!((found.seq, picture(&found)), (seq, state), "what was stored and what was seen");
        }
        self.rig.directory.kill()
    }
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: Xoshiro::new(seed),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            disk: MemoryDirectory::new(),
            stamp: 0,
            known: Known::new(),
            stored: BTreeMap::new(),
            refused: Vec::new(),
            told: String::new(),
            counts: Counts::default(),
        }
    }

    fn count(&mut self, status: u16) {
        self.counts.answers += 1;
        self.counts.not_stored += u32::from(status == 507);
        self.counts.unknown += u32::from(status == 503);
    }

    /// What anybody was told is there, and was so.
    fn check_recovered(&self, rig: &Rig) {
        let view = rig.view();
        view.state().check_invariants();
        let found = view.seq();
        assert_eq!(Digest::of(&view), Digest::then(&view, found), "the total is what the log says");
        for (seq, told) in &self.known {
            assert!(*seq <= found, "somebody was told of {seq}, and {found} is there");
            assert_eq!(Digest::then(&view, *seq), *told, "what was told of {seq}");
        }
        for stamp in &self.refused {
            let entry = view.find(Entry::STAMP.is(*stamp)).first();
            assert_eq!(entry, None, "somebody was told that it was not stored");
        }
        for (stamp, seq) in &self.stored {
            let entry = view.find(Entry::STAMP.is(*stamp)).first();
            let entry = entry.unwrap_or_else(|| panic!("{stamp} was acknowledged at {seq} and is lost"));
            assert_eq!(view.version(entry.id).expect("it was just found"), *seq, "{stamp}");
        }
    }
}

fn pick<'c>(
    random: &mut Xoshiro,
    connections: impl IntoIterator<Item = &'c mut Connection>,
) -> Option<&'c mut Connection> {
    let mut connections: Vec<_> = connections.into_iter().collect();
    if connections.is_empty() {
        return None;
    }
    let which = random.below(connections.len() as u64);
    Some(connections.swap_remove(usize::try_from(which).expect("an index")))
}

/// A life of a server with some ends. Gives the journal's bytes and all that anybody was told.
fn life(seed: u64) -> (Vec<u8>, String, Counts) {
    let mut world = World::new(seed);
    for _ in 0..1 + world.random.below(4) {
        let mut server = Server::start(&mut world);
        for _ in 0..100 + world.random.below(500) {
            server.step(&mut world);
            if server.rig.engine.has_failed() && world.random.one_in(20) {
                break;
            }
        }
        if world.random.one_in(3) {
            world.counts.stops += 1;
            world.disk = server.stop(&mut world);
            continue;
        }
        world.counts.crashes += 1;
        world.counts.lost +=
            server.connections.iter().map(|c| u32::try_from(c.asked.len()).expect("few")).sum::<u32>();
        let random = &mut world.random;
        let directory = &server.rig.directory;
        world.disk = if random.one_in(3) { directory.kill() } else { directory.crash(random.next_u64()) };
    }
    let mut server = Server::start(&mut world);
    server.rest(&mut world);
    let journal = server.rig.directory.content("app.journal").expect("the journal is there");
    (journal, world.told, world.counts)
}

fn is_long() -> bool {
    std::env::var_os("SUNSTONE_LONG").is_some()
}

/// Runs seeds until one fails, which is named.
fn each_seed(seeds: u64, run: impl Fn(u64)) {
    let alone = std::env::var("SUNSTONE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = alone.map_or(0..seeds, |seed| seed..seed + 1);
    for seed in seeds {
        let (ran, lines) = report::kept(|| catch_unwind(AssertUnwindSafe(|| run(seed))));
        assert!(ran.is_ok(), "SUNSTONE_SEED={seed}: {lines:#?}");
    }
}

#[test]
fn lives_of_a_server_from_seeds() {
    let sum = std::cell::Cell::new(Counts::default());
    let seeds = if is_long() { 10_000 } else { 300 };
    each_seed(seeds, |seed| {
        let (_, _, counts) = life(seed);
        let before = sum.get();
        sum.set(Counts {
            answers: before.answers + counts.answers,
            stored: before.stored + counts.stored,
            not_stored: before.not_stored + counts.not_stored,
            unknown: before.unknown + counts.unknown,
            crashes: before.crashes + counts.crashes,
            stops: before.stops + counts.stops,
            lost: before.lost + counts.lost,
        });
    });
    println!("{seeds} seeds: {:?}", sum.get());
}

#[test]
fn a_seed_repeats_to_the_last_byte() {
    let seeds = if is_long() { 1000 } else { 30 };
    each_seed(seeds, |seed| {
        let (first, again) = (life(seed), life(seed));
        assert_eq!(first.1, again.1, "what was told");
        assert!(first.0 == again.0, "the journal's bytes");
        assert_eq!(first.2, again.2);
    });
}
