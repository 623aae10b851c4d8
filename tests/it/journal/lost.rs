//! A journal that is taken away from under its writer: removed, cut, or another file put over it.

use std::process::Command;
use std::sync::Arc;

use sunstone::journal::{
    Commit as _, Directory as _, JOURNAL, LOCK, Lone, MemoryDirectory, Options, RealDirectory, open, read,
};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;

use super::{Ledger, NOW_MS, Scratch, batch, open_any};
use crate::program::{Folder, Server};

/// A lone journal that is stepped by hand, with one clock for everything.
struct Bench {
    directory: MemoryDirectory,
    clock: Arc<ManualClock>,
    ledger: Arc<Ledger>,
    lone: Arc<Lone>,
}

fn bench(ahead_bytes: u64) -> Bench {
    let (directory, clock) = (MemoryDirectory::new(), Arc::new(ManualClock::new(NOW_MS)));
    let options = Options { ahead_bytes, ..Options::default() };
    let random = Arc::new(SeededRandom::new(1));
    let opened = open(Arc::new(directory.clone()), clock.clone(), random, &options, &mut |_| Ok(()));
    let (journal, _) = opened.expect("a new directory opens");
    let ledger = Arc::new(Ledger::default());
    let lone = Lone::manual(journal, ledger.clone(), clock.clone());
    Bench { directory, clock, ledger, lone }
}

impl Bench {
    /// Stores one, and gives what was told of it.
    fn store(&self, seq: u64, bytes: usize) -> String {
        let (batch, ticket) = batch(seq, vec![7; bytes]);
        self.lone.submit(batch, ticket);
        while self.lone.step() {}
        self.ledger.take().join("; ")
    }

    fn cut(&self, bytes: u64) {
        let medium = self.directory.open(JOURNAL).expect("it is there");
        medium.set_size(bytes).expect("a disk without faults");
    }
}

type Loss = fn(&Bench);

const LOSSES: [(Loss, &str); 5] = [
    (
        |bench| bench.directory.remove(JOURNAL).expect("it is there"),
        "memory/app.journal was removed or renamed",
    ),
    (
        |bench| bench.directory.rename(JOURNAL, "elsewhere").expect("it is there"),
        "memory/app.journal was removed or renamed",
    ),
    (
        |bench| bench.directory.put(JOURNAL, &bench.directory.content(JOURNAL).expect("it is there")),
        "memory/app.journal is another file",
    ),
    (|bench| bench.cut(0), "was cut to "),
    (|bench| bench.cut(8192), "was cut to "),
];

#[test]
fn a_journal_that_is_lost_is_noticed_within_a_second_of_writing() {
    for (n, (lose, words)) in LOSSES.into_iter().enumerate() {
        let bench = bench(8 << 10);
        assert_eq!(bench.store(1, 100), "placed 1");
        bench.clock.advance_ms(500);
        lose(&bench);
        bench.clock.advance_ms(500);
        let told = bench.store(2, 100);
        assert!(told.starts_with("unknown 2: ") && told.contains(words), "{n}: {told}");
        assert!(told.contains("start again"), "{n}: {told}");
        assert!(bench.store(3, 100).starts_with("unknown 3: "), "{n}: nothing more is taken");
    }
}

#[test]
fn between_two_looks_a_batch_asks_nothing() {
    let bench = bench(64 << 10);
    assert_eq!(bench.store(1, 100), "placed 1");
    bench.directory.remove(JOURNAL).expect("it is there");
    bench.clock.advance_ms(999);
    assert_eq!(bench.store(2, 100), "placed 2", "the last look is not a second ago");
    bench.clock.advance_ms(1);
    assert!(bench.store(3, 100).starts_with("unknown 3: "));
}

#[test]
fn a_seal_looks_as_well() {
    let bench = bench(64 << 10);
    bench.clock.advance_ms(5000);
    assert_eq!(bench.store(1, 100), "placed 1");
    bench.directory.remove(JOURNAL).expect("it is there");
    bench.clock.advance_ms(1000);
    while bench.lone.step() {}
    let told = bench.ledger.take().join("; ");
    assert!(told.starts_with("failed: ") && told.contains("was removed"), "{told}");
}

/// Space that is written or asked for ahead would make a cut file as long as before.
#[test]
fn a_file_that_was_cut_is_not_lengthened_again() {
    for bytes in [100, 200 << 10] {
        let bench = bench(64 << 10);
        assert_eq!(bench.store(1, 100), "placed 1");
        bench.cut(4096);
        let mut told = String::new();
        for seq in 2..200 {
            told = bench.store(seq, bytes);
            if told != format!("placed {seq}") {
                break;
            }
        }
        assert!(told.contains("was cut to "), "{bytes}: {told}");
    }
}

/// The real binary: it ends with 74, says which file it is, and the next start does not begin anew.
#[test]
fn a_server_whose_journal_is_removed_ends() {
    let folder = Folder::new("lost");
    let server = Server::start("todo", &folder);
    let mut connection = server.connect();
    assert_eq!(connection.post("/todos", r#"{"title":"kept"}"#).expect("an answer").status, 201);
    std::fs::remove_file(folder.path().join(JOURNAL)).expect("it is there");
    let refused = loop {
        match connection.post("/todos", r#"{"title":"lost"}"#) {
            Ok(answer) if answer.status == 201 => {}
            other => break other,
        }
    };
    // Either is told before the process ends, or it has ended.
    assert!(refused.as_ref().map_or(true, |answer| answer.status == 503), "{refused:?}");
    let (status, said) = server.ended();
    assert_eq!(status.code(), Some(74), "{said}");
    assert!(said.contains("app.journal was removed or renamed while it was written"), "{said}");
    let again = crate::program::run("todo", &["verify", "--data", folder.path().to_str().expect("text")]);
    assert_ne!(again.status.code(), Some(0), "{again:?}");
}

/// What is no file cannot be a journal, and opening it must not wait for anybody.
#[test]
fn what_is_no_regular_file_is_refused_by_its_name() {
    type Make = fn(&std::path::Path);
    let kinds: [(Make, &str); 3] = [
        (
            |path| assert!(Command::new("mkfifo").arg(path).status().expect("a Unix has mkfifo").success()),
            "a named pipe",
        ),
        (|path| drop(std::os::unix::net::UnixListener::bind(path).expect("a socket")), "a socket"),
        (|path| std::fs::create_dir(path).expect("a directory"), "a directory"),
    ];
    for (make, kind) in kinds {
        for name in [JOURNAL, LOCK] {
            let scratch = Scratch::new("no-file");
            std::fs::create_dir_all(&scratch.0).expect("a folder");
            make(&scratch.0.join(name));
            let directory = RealDirectory::open(&scratch.0);
            let words = format!("{name} is no regular file but {kind}");
            let opening = open_any(Arc::new(directory.clone())).expect_err("it is no journal").to_string();
            assert!(opening.contains(&words), "{opening}");
            if name == JOURNAL {
                let reading = read(&directory, &mut |_| Ok(())).expect_err("it is no journal").to_string();
                assert!(reading.contains(&words), "{reading}");
            }
        }
    }
}
