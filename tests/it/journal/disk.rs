//! Disks that are full and disks that break.

use std::sync::Arc;

use sunstone::journal::{
    AppendError, Commit as _, FrameKind, JOURNAL, Journal, Lone, MAX_PAYLOAD_BYTES, MemoryDirectory,
};
use sunstone::stdx::clock::ManualClock;

use super::{Ledger, NOW_MS, append, batch, open_memory, read_memory};

/// A lone journal that is stepped by hand.
struct Bench {
    directory: MemoryDirectory,
    clock: Arc<ManualClock>,
    ledger: Arc<Ledger>,
    lone: Arc<Lone>,
}

fn bench() -> Bench {
    let directory = MemoryDirectory::new();
    let (journal, ..) = open_memory(&directory).expect("a new directory opens");
    let (clock, ledger) = (Arc::new(ManualClock::new(NOW_MS)), Arc::new(Ledger::default()));
    let lone = Lone::manual(journal, ledger.clone(), clock.clone());
    Bench { directory, clock, ledger, lone }
}

impl Bench {
    fn submit(&self, seq: u64, payload: Vec<u8>) {
        let (batch, ticket) = batch(seq, payload);
        self.lone.submit(batch, ticket);
    }

    /// Lets everything happen that is due, and gives what was told.
    fn settle(&self) -> Vec<String> {
        while self.lone.step() {}
        self.ledger.take()
    }
}

/// Fills the disk to the last byte: frames of one sector until one is not stored.
fn fill(journal: &mut Journal) -> AppendError {
    loop {
        let seq = journal.end_seq() + 1;
        if let Err(error) = journal.append(FrameKind::Batch, seq, 1, NOW_MS, b"x") {
            return error;
        }
    }
}

#[test]
fn a_full_disk_stores_nothing_until_there_is_space() {
    let bench = bench();
    bench.submit(1, vec![1; 100]);
    assert_eq!(bench.settle(), ["placed 1"]);
    bench.directory.set_space(Some(0));
    bench.submit(2, vec![2; 20_000]);
    assert_eq!(bench.settle(), ["not stored 2: No space left on device (os error 28)"]);
    bench.submit(2, vec![2; 10]);
    assert_eq!(
        bench.settle(),
        ["not stored 2: no storage space"],
        "even a small one: first there must be space"
    );

    for _ in 0..3 {
        bench.clock.advance_ms(1000);
        assert_eq!(bench.settle(), Vec::<String>::new());
    }
    bench.directory.set_space(Some(1 << 20));
    bench.clock.advance_ms(999);
    assert_eq!(bench.settle(), Vec::<String>::new(), "asked for once a second");
    bench.clock.advance_ms(1);
    assert_eq!(bench.settle(), ["room again"]);
    bench.submit(2, vec![2; 20_000]);
    assert_eq!(bench.settle(), ["placed 2"]);
    bench.lone.stop();

    let (report, seen) = read_memory(&bench.directory).expect("it is whole");
    assert_eq!((report.torn, report.closed, report.last_seq), (None, true, 2));
    assert_eq!(seen.iter().map(|seen| seen.3.len()).collect::<Vec<_>>(), [100, 20_000]);
}

#[test]
fn batches_behind_one_that_was_not_stored_are_not_stored_either() {
    let bench = bench();
    bench.directory.set_space(Some(0));
    for seq in 1..=3 {
        bench.submit(seq, vec![0xaa; 9000]);
    }
    let told = bench.settle();
    let full = "No space left on device (os error 28)";
    assert_eq!(told, [1, 2, 3].map(|seq| format!("not stored {seq}: {full}")));
}

#[test]
fn what_a_full_disk_undoes_is_gone_for_good() {
    for sectors in 0..60 {
        let directory = MemoryDirectory::new();
        let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
        append(&mut journal, b"before");
        directory.set_space(Some(sectors * 512));
        // Its end is zeros: a frame that lacks nothing but them would be whole.
        let payload = [vec![1; 9000], vec![0; 9000]].concat();
        let stored = journal.append(FrameKind::Batch, 2, 1, NOW_MS, &payload);
        assert!(matches!(stored, Ok(()) | Err(AppendError::NotStored(_))), "{sectors} sectors: {stored:?}");
        let frames = 1 + usize::from(stored.is_ok());
        for seed in 0..10 {
            let (report, seen) = read_memory(&directory.crash(seed)).expect("it is whole");
            assert_eq!((report.torn, seen.len()), (None, frames), "{sectors} sectors, seed {seed}");
        }
        directory.set_space(None);
        append(&mut journal, b"after");
        assert_eq!(read_memory(&directory).expect("it is whole").1.len(), frames + 1, "{sectors} sectors");
    }
}

/// Undoing takes several steps; a loss of power between any two of them is none the worse.
#[test]
fn undoing_may_itself_be_cut_short() {
    for operations in 0..12 {
        let directory = MemoryDirectory::new();
        let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
        append(&mut journal, b"before");
        directory.set_space(Some(4 << 10));
        directory.power_off_after(operations);
        let stored = journal.append(FrameKind::Batch, 2, 1, NOW_MS, &[1; 20_000]);
        stored.expect_err("there is no space, or no power");
        for seed in 0..40 {
            let (_, opened, seen) = open_memory(&directory.crash(seed))
                .unwrap_or_else(|error| panic!("power for {operations}, seed {seed}: {error}"));
            assert_eq!((opened.last_seq, seen.len()), (1, 1), "power for {operations}, seed {seed}");
        }
        let (_, opened, _) = open_memory(&directory.kill()).expect("killed instead");
        assert_eq!(opened.last_seq, 1, "power for {operations}");
    }
}

#[test]
fn a_disk_filled_to_the_last_byte_keeps_all_that_it_took() {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    directory.set_space(Some(50 * 512));
    let error = fill(&mut journal);
    assert!(matches!(error, AppendError::NotStored(_)), "{error:?}");
    let stored = journal.end_seq();
    assert!(stored >= 48, "{stored} batches fit 50 sectors");
    assert!(!journal.probe_space().expect("the disk is only full"));
    drop(journal);
    let (_, seen) = read_memory(&directory.crash(1)).expect("it is whole");
    assert_eq!(seen.len() as u64, stored);
}

#[test]
fn a_failed_sync_is_fatal_and_never_tried_again() {
    let bench = bench();
    bench.submit(1, vec![1; 100]);
    assert_eq!(bench.settle(), ["placed 1"]);
    bench.directory.fail_sync(1);
    bench.submit(2, vec![2; 100]);
    bench.submit(3, vec![3; 100]);
    let error = "Input/output error (os error 5)";
    assert_eq!(bench.settle(), [format!("unknown 2: {error}"), format!("unknown 3: {error}")]);
    let operations = bench.directory.operations();
    bench.submit(4, vec![4; 100]);
    assert_eq!(bench.settle(), ["unknown 4: the journal's disk failed before"]);
    bench.clock.advance_ms(5000);
    assert_eq!(bench.settle(), Vec::<String>::new());
    bench.lone.stop();
    assert_eq!(
        bench.directory.operations(),
        operations,
        "nothing is written any more, not even a closing frame"
    );
}

#[test]
fn a_failed_write_is_fatal() {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    append(&mut journal, b"before");
    directory.fail_write(1);
    let error = journal.append(FrameKind::Batch, 2, 1, NOW_MS, b"lost").expect_err("the write fails");
    assert_eq!(
        error.to_string(),
        "the journal's disk failed, what was under way is unknown: Input/output error (os error 5)"
    );
    let again = journal.append(FrameKind::Batch, 2, 1, NOW_MS, b"again").expect_err("it takes nothing more");
    assert!(matches!(again, AppendError::Fatal(_)), "{again:?}");
    assert!(matches!(journal.close(), Err(AppendError::Fatal(_))));
}

/// The helper has a handle of its own; what it hears about the disk concerns the writer all the same.
#[test]
fn a_failed_sync_of_zeros_is_fatal() {
    let bench = bench();
    bench.directory.fail_sync(1);
    assert!(!bench.lone.step(), "a slice of zeros was due, and failed");
    bench.submit(1, vec![1; 100]);
    assert_eq!(bench.settle(), ["unknown 1: zeros ahead of the journal could not be synced"]);
    assert_eq!(read_memory(&bench.directory).expect("it is whole").1.len(), 0);
}

/// Nobody has to submit anything before the process hears that its disk has failed.
#[test]
fn a_disk_that_fails_while_nothing_is_under_way_is_told_at_once() {
    let bench = bench();
    bench.directory.fail_sync(1);
    assert!(!bench.lone.step(), "a slice of zeros was due, and failed");
    assert_eq!(bench.settle(), ["failed: zeros ahead of the journal could not be synced"]);
    bench.clock.advance_ms(5000);
    assert_eq!(bench.settle(), Vec::<String>::new(), "once");
    bench.submit(1, vec![1; 100]);
    assert_eq!(bench.settle(), ["unknown 1: the journal's disk failed before"]);

    let bench = self::bench();
    bench.submit(1, vec![1; 100]);
    assert_eq!(bench.settle(), ["placed 1"]);
    bench.directory.fail_sync(1);
    bench.clock.advance_ms(1000);
    assert_eq!(bench.settle(), ["failed: Input/output error (os error 5)"], "sealing");
    bench.lone.stop();
    assert_eq!(read_memory(&bench.directory).expect("it is whole").1.len(), 1);
}

#[test]
fn zeros_are_kept_ahead_also_near_a_full_disk() {
    let bench = bench();
    let size = || bench.directory.content(JOURNAL).expect("there is a journal").len();
    assert_eq!(bench.settle(), Vec::<String>::new());
    let ahead = size();
    assert_eq!(ahead, 8704 + (8 << 10), "as much as was asked for, behind the frame of the opening");
    bench.submit(1, vec![1; 7000]);
    assert_eq!(bench.settle(), ["placed 1"]);
    assert_eq!(size(), ahead + 7168);
    bench.directory.set_space(Some(4 << 10));
    bench.submit(2, vec![2; 7000]);
    assert_eq!(bench.settle(), ["placed 2"], "it had its zeros");
    while size() < ahead + 7168 + (4 << 10) {
        // A slice that does not fit is halved, down to 4 KiB; the last of these fits.
        assert_eq!(bench.settle(), Vec::<String>::new());
    }
}

#[test]
fn closing_gives_the_hole_back_that_large_frames_have_left() {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    let size = || directory.content(JOURNAL).expect("there is a journal").len() as u64;
    append(&mut journal, &[1; 100_000]);
    assert!(size() > journal.bytes() + (1 << 20), "room for more of its kind");
    journal.close().expect("the disk has no fault");
    assert!(size() <= journal.bytes() + (8 << 10), "{} of {}", journal.bytes(), size());
    drop(journal);
    let (_, opened, seen) = open_memory(&directory.crash(1)).expect("it is whole");
    assert_eq!((opened.unclean, opened.torn, seen.len()), (false, None, 1));
}

#[test]
fn a_seal_without_space_is_tried_again_after_a_second() {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    directory.set_space(Some(20 * 512));
    fill(&mut journal);
    let (clock, ledger) = (Arc::new(ManualClock::new(NOW_MS)), Arc::new(Ledger::default()));
    let lone = Lone::manual(journal, ledger.clone(), clock.clone());
    clock.advance_ms(1000);
    assert!(lone.step(), "a seal is due");
    assert!(!lone.step(), "not again at once");
    directory.set_space(None);
    clock.advance_ms(1000);
    assert!(lone.step(), "a seal is due");
    clock.advance_ms(1000);
    while lone.step() {}
    assert_eq!(ledger.take(), Vec::<String>::new());
    let mut last = FrameKind::Batch;
    let seen = &mut |frame: &sunstone::journal::Frame<'_>| {
        last = frame.kind;
        Ok(())
    };
    sunstone::journal::read(&directory, seen).expect("it is whole");
    assert_eq!(last, FrameKind::Seal);
}

#[test]
fn a_payload_over_the_limit_is_refused_and_the_next_is_taken() {
    let bench = bench();
    bench.submit(1, vec![0; MAX_PAYLOAD_BYTES + 1]);
    assert_eq!(
        bench.settle(),
        ["not stored 1: nothing was stored: 67108865 bytes are more than the 67108864 that a frame holds"]
    );
    bench.submit(1, vec![0; 1000]);
    assert_eq!(bench.settle(), ["placed 1"]);
}

#[test]
fn a_journal_that_cannot_be_closed_for_want_of_space_is_whole() {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    directory.set_space(Some(20 * 512));
    fill(&mut journal);
    let stored = journal.end_seq();
    assert!(matches!(journal.close(), Err(AppendError::NotStored(_))));
    drop(journal);
    let (report, seen) = read_memory(&directory).expect("it is whole");
    assert_eq!((report.closed, report.torn, seen.len() as u64), (false, None, stored));
}

/// Killed on a full disk, at every size of it: it opens again without a byte of new space, serves what is stored, and
/// takes up its work when there is space.
#[test]
fn a_process_killed_on_a_full_disk_starts_again() {
    let (mut opened_full, mut refused) = (0, 0);
    for sectors in 0..40 {
        let directory = MemoryDirectory::new();
        let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
        append(&mut journal, b"first");
        directory.set_space(Some(sectors * 512));
        let mut stored = 1;
        while journal.append(FrameKind::Batch, stored + 1, 1, NOW_MS, &[7; 3000]).is_ok() {
            stored += 1;
        }
        drop(journal);
        let directory = directory.kill();
        directory.set_space(Some(0));
        let (journal, opened, seen) = match open_memory(&directory) {
            Ok(all) => all,
            Err(error) => {
                let message = error.to_string();
                assert!(message.ends_with("make space on the disk and start again"), "{message}");
                refused += 1;
                continue;
            }
        };
        assert_eq!(seen.len() as u64, stored, "{sectors} sectors");
        let (clock, ledger) = (Arc::new(ManualClock::new(NOW_MS)), Arc::new(Ledger::default()));
        let lone = Lone::manual(journal, ledger.clone(), clock.clone());
        let submit = |payload: Vec<u8>| {
            let (batch, ticket) = batch(stored + 1, payload);
            lone.submit(batch, ticket);
            while lone.step() {}
            ledger.take()
        };
        if opened.disk_full {
            opened_full += 1;
            assert!(submit(vec![8; 10]).iter().all(|line| line.starts_with("not stored")));
            clock.advance_ms(1000);
            while lone.step() {}
            assert_eq!(ledger.take(), Vec::<String>::new(), "there is still no space");
            directory.set_space(None);
            clock.advance_ms(1000);
            while lone.step() {}
            assert_eq!(ledger.take(), ["room again"]);
        }
        directory.set_space(None);
        assert_eq!(submit(vec![8; 10]), [format!("placed {}", stored + 1)]);
        lone.stop();
        let (report, seen) = read_memory(&directory.crash(sectors)).expect("it is whole");
        assert_eq!((report.torn, seen.len() as u64), (None, stored + 1), "{sectors} sectors");
    }
    println!("opened waiting for space: {opened_full}, refused: {refused}, of 40");
    assert!(opened_full + refused < 40, "where there were zeros they serve");
    assert!(refused <= 6, "{refused} were refused");
}
