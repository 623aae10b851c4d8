//! Lives of a journal from a seed: batches, seals, full disks, failing disks, kills and losses of power at any
//! operation. What was acknowledged is there afterwards, in order; what was refused is not; nothing is there twice.

use std::sync::Arc;

use sunstone::journal::{
    Batch, Commit as _, FrameKind, Journal, Lone, MemoryDirectory, OpenError, Opened, Ticket, open,
};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::{SeededRandom, Xoshiro};

use super::forgetful::{Forgetful, Skip};
use super::{Ledger, NOW_MS, Seen, carries_data, options, see};

/// Seeds in every run of the tests.
const SEEDS: u64 = 600;

/// Seeds until a disk that leaves out a sync has to be found out.
const SEEDS_TO_NOTICE: u64 = 4000;

/// What happened, so that a run in which nothing happens is seen.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    lives: u64,
    placed: u64,
    not_stored: u64,
    unknown: u64,
    unknown_but_there: u64,
    torn: u64,
    restored: u64,
    failed_openings: u64,
}

struct World {
    random: Xoshiro,
    directory: MemoryDirectory,
    skip: Option<Skip>,
    clock: Arc<ManualClock>,
    /// What has to be there.
    acknowledged: Vec<Seen>,
    /// What may be there behind it.
    unknown: Option<Seen>,
    /// A torn tail that was kept: the name of the file and its bytes.
    kept: Option<(String, Vec<u8>)>,
    counts: Counts,
}

impl World {
    fn below(&mut self, bound: u64) -> u64 {
        self.random.below(bound)
    }

    fn length(&mut self, bound: u64) -> usize {
        usize::try_from(self.below(bound)).expect("it is small")
    }

    fn next_seq(&self) -> u64 {
        self.acknowledged.last().map_or(1, |(_, first, count, _)| first + u64::from(*count))
    }

    fn faults(&mut self) {
        if self.below(3) > 0 {
            let operations = self.below(60);
            self.directory.power_off_after(operations);
        }
        if self.below(4) == 0 {
            let most = 1 + self.length(900);
            self.directory.set_short_writes(Some(most));
        }
        match self.below(6) {
            0 => self.directory.fail_sync(1 + self.random.below(12)),
            1 => self.directory.fail_write(1 + self.random.below(12)),
            2 => self.directory.set_space(Some(self.random.below(40 << 10))),
            _ => {}
        }
    }

    fn open(&mut self) -> Result<(Journal, Opened, Vec<Seen>), OpenError> {
        let random = Arc::new(SeededRandom::new(self.random.next_u64()));
        let directory = Arc::new(Forgetful::new(self.directory.clone(), self.skip));
        let mut seen = Vec::new();
        let (journal, opened) = open(directory, self.clock.clone(), random, &options(), &mut |frame| {
            seen.extend(carries_data(frame).then(|| see(frame)));
            Ok(())
        })?;
        Ok((journal, opened, seen))
    }

    /// What was read is what was acknowledged, and perhaps the batch whose outcome was unknown.
    fn check(&mut self, seen: Vec<Seen>) -> Result<(), String> {
        let both: Vec<Seen> = self.acknowledged.iter().cloned().chain(self.unknown.take()).collect();
        if seen == both && both.len() > self.acknowledged.len() {
            self.counts.unknown_but_there += 1;
        } else if seen != self.acknowledged {
            let lengths =
                |seen: &[Seen]| seen.iter().map(|(_, seq, _, p)| (*seq, p.len())).collect::<Vec<_>>();
            return Err(format!(
                "expected {:?} (the last perhaps), found {:?}",
                lengths(&both),
                lengths(&seen)
            ));
        }
        self.acknowledged = seen;
        match self.kept.take() {
            Some((name, bytes)) if self.directory.content(&name).as_ref() != Some(&bytes) => {
                Err(format!("{name} was kept and is not there"))
            }
            _ => Ok(()),
        }
    }

    fn live(&mut self) -> Result<(), String> {
        self.counts.lives += 1;
        self.faults();
        let (journal, opened, seen) = match self.open() {
            Ok(opened) => opened,
            Err(OpenError::Io { .. }) => {
                self.counts.failed_openings += 1;
                return Ok(());
            }
            Err(error) => return Err(error.to_string()),
        };
        self.check(seen)?;
        self.counts.restored += u64::from(opened.restored);
        if let Some(name) = opened.torn.and_then(|torn| torn.kept_as) {
            self.counts.torn += 1;
            let bytes = self.directory.content(&name).ok_or("a torn tail was not kept")?;
            self.kept = Some((name, bytes));
        }
        let ledger = Arc::new(Ledger::default());
        let lone = Lone::manual(journal, ledger.clone(), self.clock.clone());
        for _ in 0..self.below(30) {
            if !self.act(&lone, &ledger) {
                return Ok(());
            }
        }
        if self.below(3) == 0 {
            lone.stop();
        }
        Ok(())
    }

    /// One thing of a life; `false` when the disk has failed.
    fn act(&mut self, lone: &Lone, ledger: &Ledger) -> bool {
        match self.below(10) {
            0 => self.clock.advance_ms(1000),
            1 => self.directory.set_space(None),
            _ => {
                let (length, fill) = (self.length(3000), self.length(3));
                let mut payload = vec![0; length];
                // All zeros, none, or half of it: zeros are what a write that never came looks like.
                let filled = length.checked_div(fill).unwrap_or(0);
                self.random.fill(&mut payload[..filled]);
                let (count, first_seq) =
                    (1 + u32::try_from(self.below(4)).expect("below 4"), self.next_seq());
                let kind = FrameKind::Batch;
                let seen = (kind, first_seq, count, payload.clone());
                let seq = first_seq + u64::from(count) - 1;
                lone.submit(
                    Batch { kind, first_seq, count, time_ms: NOW_MS, payload },
                    Ticket { era: 0, seq },
                );
                lone.step();
                for line in ledger.take() {
                    match line.split(' ').next() {
                        Some("placed") => {
                            self.acknowledged.push(seen.clone());
                            self.counts.placed += 1;
                        }
                        Some("not") => self.counts.not_stored += 1,
                        Some("unknown") => {
                            self.counts.unknown += 1;
                            self.unknown = Some(seen);
                            return false;
                        }
                        _ => {}
                    }
                }
            }
        }
        for _ in 0..self.below(3) {
            lone.step();
        }
        true
    }
}

/// A few lives of one directory.
fn run(seed: u64, skip: Option<Skip>) -> Result<Counts, String> {
    let mut world = World {
        random: Xoshiro::new(seed),
        directory: MemoryDirectory::new(),
        skip,
        clock: Arc::new(ManualClock::new(NOW_MS)),
        acknowledged: Vec::new(),
        unknown: None,
        kept: None,
        counts: Counts::default(),
    };
    for _ in 0..2 + world.below(6) {
        world.live()?;
        world.directory = match world.below(3) {
            0 => world.directory.kill(),
            _ => world.directory.crash(world.random.next_u64()),
        };
    }
    let (_, _, seen) = world.open().map_err(|error| error.to_string())?;
    world.check(seen)?;
    Ok(world.counts)
}

#[test]
fn what_was_acknowledged_outlives_any_crash() {
    let mut sum = Counts::default();
    for seed in 0..SEEDS {
        let counts = run(seed, None).unwrap_or_else(|what| panic!("seed {seed}: {what}"));
        sum.lives += counts.lives;
        sum.placed += counts.placed;
        sum.not_stored += counts.not_stored;
        sum.unknown += counts.unknown;
        sum.unknown_but_there += counts.unknown_but_there;
        sum.torn += counts.torn;
        sum.restored += counts.restored;
        sum.failed_openings += counts.failed_openings;
    }
    println!("{SEEDS} seeds: {sum:?}, lost 0, doubled 0");
    let all = [sum.placed, sum.not_stored, sum.unknown, sum.unknown_but_there, sum.torn, sum.failed_openings];
    assert!(all.iter().all(|count| *count > 0), "a run in which too little happens: {sum:?}");
}

#[test]
fn a_disk_that_leaves_out_a_sync_is_found_out() {
    for skip in Skip::ALL {
        let seed = (0..SEEDS_TO_NOTICE).find(|seed| run(*seed, Some(skip)).is_err());
        println!("without the sync of {skip:?}: noticed by seed {seed:?}");
        assert!(seed.is_some(), "{SEEDS_TO_NOTICE} seeds, and none needs the sync of {skip:?}");
    }
}
