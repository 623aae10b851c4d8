//! What opening says and does about every way in which a journal can be found.

use std::sync::Arc;

use sunstone::journal::{JOURNAL, LOCK, MemoryDirectory, OpenError, RealDirectory, SECTOR_BYTES, read};

use crate::journal::{Scratch, append, open_any, open_memory, read_memory};

const TAIL: &str = "app.journal.tail";

/// A directory whose process was killed behind three batches of one sector each, at 8704, 9216 and 9728.
fn killed() -> MemoryDirectory {
    let directory = MemoryDirectory::new();
    let (mut journal, opened, _) = open_memory(&directory).expect("a new directory opens");
    assert!(opened.created && !opened.unclean, "{opened:?}");
    for payload in ["one", "two", "three"] {
        append(&mut journal, payload.as_bytes());
    }
    drop(journal);
    directory
}

fn content(directory: &MemoryDirectory) -> Vec<u8> {
    directory.content(JOURNAL).expect("there is a journal")
}

/// The same directory with another journal in it.
fn with(directory: &MemoryDirectory, change: impl FnOnce(&mut Vec<u8>)) -> MemoryDirectory {
    let mut bytes = content(directory);
    change(&mut bytes);
    let directory = directory.kill();
    directory.put(JOURNAL, &bytes);
    directory
}

fn payloads(seen: &[(sunstone::journal::FrameKind, u64, u32, Vec<u8>)]) -> Vec<String> {
    seen.iter().map(|seen| String::from_utf8_lossy(&seen.3).into_owned()).collect()
}

/// Neither opening nor reading takes it, both say the same, and the file stays as it is.
fn refused(directory: &MemoryDirectory) -> String {
    let before = content(directory);
    let opening = open_memory(directory).expect_err("this journal is not to be opened").to_string();
    let reading = read_memory(directory).expect_err("this journal is not to be read").to_string();
    assert_eq!(opening, reading);
    assert_eq!(content(directory), before, "a refusal changes nothing");
    assert!(directory.content(TAIL).is_none(), "a refusal leaves no copies");
    opening
}

#[test]
fn zeros_to_the_end_are_the_end() {
    let directory = killed();
    let (journal, opened, seen) = open_memory(&directory).expect("all is well");
    assert_eq!(payloads(&seen), ["one", "two", "three"]);
    assert_eq!((opened.frames, opened.last_seq, opened.bytes, opened.unclean), (4, 3, 10240, true));
    assert_eq!((opened.torn, opened.restored, opened.header_repaired), (None, false, false));
    assert_eq!(journal.end_seq(), 3);
    assert_eq!(directory.content(TAIL), None, "the copy is gone once the frame is on disk");
}

#[test]
fn a_closed_journal_opens_clean() {
    let directory = killed();
    let (mut journal, ..) = open_memory(&directory).expect("all is well");
    journal.close().expect("the disk has no fault");
    drop(journal);
    assert!(read_memory(&directory).expect("it is whole").0.closed);
    let (_, opened, seen) = open_memory(&directory).expect("all is well");
    assert_eq!((opened.unclean, seen.len()), (false, 3));
}

#[test]
fn a_torn_tail_is_kept_aside_and_zeroed() {
    let directory = with(&killed(), |bytes| bytes[9728 + 60] ^= 4);
    let (report, seen) = read_memory(&directory).expect("a torn tail is read over");
    let words = "a write was cut short at byte 9728 (512 bytes), which nobody was told was stored; only a last batch that \
                 the disk has damaged before its seal looks the same";
    assert_eq!(report.torn.expect("it is reported").to_string(), words);
    assert_eq!(payloads(&seen), ["one", "two"]);
    assert!(directory.content("app.journal.torn-1770000000000").is_none(), "reading changes nothing");

    let before = content(&directory);
    let (mut journal, opened, seen) = open_memory(&directory).expect("a torn tail is cut off");
    assert_eq!(payloads(&seen), ["one", "two"]);
    let torn = opened.torn.expect("it is reported");
    assert_eq!(torn.to_string(), format!("{words}; the bytes are kept in app.journal.torn-1770000000000"));
    assert_eq!(directory.content("app.journal.torn-1770000000000").as_deref(), Some(&before[9728..10240]));
    append(&mut journal, b"another three");
    drop(journal);
    let (_, opened, seen) = open_memory(&directory).expect("all is well");
    assert_eq!(
        (opened.torn, payloads(&seen)),
        (None, vec!["one".into(), "two".into(), "another three".into()])
    );
}

#[test]
fn two_torn_tails_of_one_moment_are_both_kept() {
    let directory = with(&killed(), |bytes| bytes[9728] ^= 1);
    drop(open_memory(&directory).expect("a torn tail is cut off"));
    let directory = with(&directory, |bytes| bytes[10240 + 700] = 9);
    let (_, opened, _) = open_memory(&directory).expect("a torn tail is cut off");
    assert_eq!(opened.torn.and_then(|torn| torn.kept_as).as_deref(), Some("app.journal.torn-1770000000001"));
    assert!(directory.content("app.journal.torn-1770000000000").is_some());
}

#[test]
fn damage_before_whole_frames_is_refused() {
    let follow = |next, first| {
        format!(
            "the next at byte {next}, sequences {first} to 3), so this is no write that a crash cut short; nothing was \
             changed"
        )
    };
    assert_eq!(
        refused(&with(&killed(), |bytes| bytes[8704 + 56] ^= 128)),
        format!(
            "the frame at byte 8704 (sequence 1) is damaged: its payload does not fit its checksum; whole frames follow \
             (2, {}",
            follow(9216, 2)
        )
    );
    assert_eq!(
        refused(&with(&killed(), |bytes| bytes[9216 + 8] ^= 1)),
        format!(
            "the frame at byte 9216 (sequence 2) is damaged: its header is not valid; whole frames follow (1, {}",
            follow(9728, 3)
        )
    );
    assert_eq!(
        refused(&with(&killed(), |bytes| bytes[9216 + 511] ^= 1)),
        format!(
            "the frame at byte 9216 (sequence 2) is damaged: the bytes that fill its last sector are not zero; whole \
             frames follow (1, {}",
            follow(9728, 3)
        )
    );
    assert_eq!(
        refused(&with(&killed(), |bytes| bytes[8704..9728].fill(0))),
        format!(
            "the frame at byte 8704 (sequence 1) is damaged: only zeros stand there; whole frames follow (1, {}",
            follow(9728, 3)
        )
    );
}

#[test]
fn a_sealed_batch_is_never_taken_for_a_torn_tail() {
    let directory = killed();
    let (mut journal, ..) = open_memory(&directory).expect("all is well");
    append(&mut journal, b"four");
    assert!(journal.is_unsealed());
    journal.seal().expect("the disk has no fault");
    assert!(!journal.is_unsealed());
    let end = journal.bytes();
    journal.seal().expect("sealing again writes nothing");
    assert_eq!(journal.bytes(), end);
    drop(journal);
    assert_eq!(
        refused(&with(&directory, |bytes| bytes[10752 + 57] ^= 1)),
        "the frame at byte 10752 (sequence 4) is damaged: its payload does not fit its checksum; whole frames follow (1, \
         the next at byte 11264, sequences 4 to 4), so this is no write that a crash cut short; nothing was changed"
    );
}

#[test]
fn a_cut_file_is_refused_wherever_it_is_cut() {
    let words = |size, offset, seq| {
        format!(
            "the file has been cut: it ends at byte {size}, in or right behind the frame at byte {offset} (sequence {seq}), \
             where a whole journal goes on; nothing was changed"
        )
    };
    let cut = |size| refused(&with(&killed(), |bytes| bytes.truncate(size)));
    assert_eq!(cut(10240), words(10240, 9728, 3), "right behind the last frame");
    assert_eq!(cut(9729), words(9729, 9216, 2), "in a header");
    assert_eq!(cut(9728), words(9728, 9216, 2), "between two frames");
    assert_eq!(cut(8192), words(8192, 8192, 1), "behind the header");
}

#[test]
fn either_copy_of_the_header_serves_and_repairs_the_other() {
    for at in [0, 20, 63, 4096, 4100, 4159] {
        let whole = killed();
        let directory = with(&whole, |bytes| bytes[at] ^= 32);
        let (report, seen) = read_memory(&directory).expect("the other copy serves");
        assert_eq!((report.header_flawed, seen.len()), (true, 3), "byte {at}");
        let (_, opened, _) = open_memory(&directory).expect("the other copy serves");
        assert!(opened.header_repaired, "byte {at}");
        assert_eq!(content(&directory)[..8192], content(&whole)[..8192], "byte {at}");
    }
}

#[test]
fn a_header_that_does_not_serve_is_named() {
    let both = |at: usize, value: &[u8]| {
        refused(&with(&killed(), |bytes| {
            bytes[at..at + value.len()].copy_from_slice(value);
            bytes[4096 + at..4096 + at + value.len()].copy_from_slice(value);
        }))
    };
    let start = "neither copy of the journal's header serves: ";
    assert_eq!(both(40, &[1]), format!("{start}its checksum does not fit"));
    assert_eq!(both(0, b"SQLite format 3"), format!("{start}it does not begin like a journal"));
    assert_eq!(
        both(0, b"\x89SUN\n\x1a\n"),
        format!("{start}line ends were converted: the file was copied in text mode")
    );
    assert_eq!(refused(&with(&killed(), Vec::clear)), format!("{start}the file ends before it"));
    assert_eq!(
        refused(&with(&killed(), |bytes| {
            bytes[9] ^= 1;
            bytes.truncate(4000);
        })),
        format!("{start}at 0, its checksum does not fit; at 4096, the file ends before it")
    );
    let (one, two) = (killed(), MemoryDirectory::new());
    let random = Arc::new(sunstone::stdx::random::SeededRandom::new(77));
    let clock = Arc::new(sunstone::stdx::clock::ManualClock::new(0));
    let at = Arc::new(two.clone());
    drop(
        sunstone::journal::open(at, clock, random, &crate::journal::options(), &mut |_| Ok(()))
            .expect("it is new"),
    );
    let foreign = content(&two)[..64].to_vec();
    assert_eq!(
        refused(&with(&one, |bytes| bytes[4096..4160].copy_from_slice(&foreign))),
        "the two copies of the journal's header are whole and differ"
    );
}

#[test]
fn the_last_frame_is_on_disk_once_the_journal_is_open() {
    let directory = killed();
    let (mut journal, ..) = open_memory(&directory).expect("all is well");
    append(&mut journal, b"four");
    directory.fail_sync(1);
    let error =
        journal.append(sunstone::journal::FrameKind::Batch, 5, 1, 0, &[5; 3000]).expect_err("the sync fails");
    assert!(matches!(error, sunstone::journal::AppendError::Fatal(_)), "{error}");
    drop(journal);
    // The kernel shows the frame, believes it to be written, and it is not.
    let (lost, shown) = (read_memory(&directory.crash(1)), read_memory(&directory));
    assert_eq!((lost.expect("it is torn").1.len(), shown.expect("it is whole").1.len()), (4, 5));
    let (_journal, _, seen) = open_memory(&directory).expect("all is well");
    assert_eq!(seen.len(), 5);
    for seed in 0..20 {
        let (_, seen) = read_memory(&directory.crash(seed)).expect("all is well");
        assert_eq!(seen.len(), 5, "seed {seed}: what opening has shown must stay");
    }
}

#[test]
fn a_last_frame_torn_while_it_was_rewritten_comes_back_from_its_copy() {
    let whole = killed();
    let directory = with(&whole, |bytes| bytes[9728..9800].fill(0xaa));
    directory.put(TAIL, &content(&whole)[9728..10240]);
    let (report, seen) = read_memory(&directory).expect("the copy serves");
    assert_eq!((report.restored, report.torn, seen.len()), (true, None, 3));
    let (_, opened, seen) = open_memory(&directory).expect("the copy serves");
    assert_eq!((opened.restored, opened.torn, seen.len()), (true, None, 3));
    assert_eq!(content(&directory)[..10240], content(&whole)[..10240]);
    assert_eq!(directory.content(TAIL), None);
}

#[test]
fn a_copy_that_belongs_elsewhere_is_dropped() {
    let whole = killed();
    for copy in [&content(&whole)[9216..9728], &content(&whole)[9728..10000], &[], &[7; 9000]] {
        let directory = whole.kill();
        directory.put(TAIL, copy);
        let (_, opened, seen) = open_memory(&directory).expect("all is well");
        assert_eq!((opened.restored, seen.len(), directory.content(TAIL)), (false, 3, None));
    }
}

#[test]
fn a_used_directory_without_its_journal_is_refused() {
    use sunstone::journal::Directory as _;
    let directory = killed();
    directory.remove(JOURNAL).expect("it is there");
    let message = open_memory(&directory).expect_err("it was used").to_string();
    assert!(message.starts_with("memory has no journal, but lock says that journal "), "{message}");
    assert!(message.ends_with(" belongs there: refusing to start empty"), "{message}");
    assert_eq!(directory.content(JOURNAL), None);

    for trace in ["app.journal.tail", "app.journal.torn-1", "archive"] {
        let directory = MemoryDirectory::new();
        directory.put(trace, b"");
        let message = open_memory(&directory).expect_err("it was used").to_string();
        assert_eq!(
            message,
            format!("memory has no journal, but {trace} shows that there was one: refusing to start empty")
        );
    }
    let error = read_memory(&MemoryDirectory::new()).expect_err("there is none");
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
    assert_eq!(error.to_string(), "no journal in memory: the first start makes it");
}

#[test]
fn half_a_new_journal_is_made_anew() {
    let directory = MemoryDirectory::new();
    directory.put("app.journal.new", b"half");
    let (_, opened, _) = open_memory(&directory).expect("nothing was there yet");
    assert!(opened.created);
    assert_eq!(directory.content("app.journal.new"), None);

    let directory = killed();
    directory.put("app.journal.new", b"a compaction that was under way");
    let (_, opened, seen) = open_memory(&directory).expect("all is well");
    assert_eq!((opened.created, seen.len(), directory.content("app.journal.new")), (false, 3, None));
}

#[test]
fn the_reader_may_refuse_a_frame() {
    let error = read(&killed(), &mut |frame| {
        if frame.payload == b"two" {
            Err(sunstone::journal::Refusal::Frame("no schema 7 is known".into()))
        } else {
            Ok(())
        }
    });
    let message = error.expect_err("the reader refuses").to_string();
    assert_eq!(message, "the frame at byte 9216 (sequence 2): no schema 7 is known");
}

#[test]
fn a_second_opener_is_told_who_holds_the_directory() {
    let scratch = Scratch::new("held");
    let directory = Arc::new(RealDirectory::open(&scratch.0));
    let (mut journal, opened, _) = open_any(directory.clone()).expect("a new directory opens");
    assert!(opened.created);
    journal.announce("127.0.0.1:8080").expect("the lock file can be written");
    let held = open_any(directory.clone()).expect_err("it is held");
    assert!(held.is_held());
    let (place, message) = (scratch.0.display(), held.to_string());
    let start = format!("{place} is in use by process {}", std::process::id());
    assert!(message.starts_with(&start), "{message}");
    assert!(message.ends_with(", which answers at 127.0.0.1:8080"), "{message}");

    append(&mut journal, b"while others look");
    let report = read(&*directory, &mut |_| Ok(())).expect("reading needs no lock");
    assert_eq!((report.last_seq, report.closed), (1, false));
    let text = std::fs::read_to_string(scratch.0.join(LOCK)).expect("the lock file is there");
    assert!(text.contains(&format!("journal {}\n", journal.id())), "{text}");

    drop(journal);
    let (journal, ..) = open_any(directory).expect("the lock went with its holder");
    assert_eq!(journal.bytes() % SECTOR_BYTES, 0);
    let text = std::fs::read_to_string(scratch.0.join(LOCK)).expect("the lock file is there");
    assert!(!text.contains("address"), "{text}");
}

#[test]
fn a_removed_lock_file_lets_no_second_opener_in() {
    let scratch = Scratch::new("unlocked");
    let directory = Arc::new(RealDirectory::open(&scratch.0));
    let (mut journal, ..) = open_any(directory.clone()).expect("a new directory opens");
    std::fs::remove_file(scratch.0.join(LOCK)).expect("it is there");
    let held = open_any(directory.clone()).expect_err("it is held");
    assert!(held.is_held());
    let message = held.to_string();
    assert!(message.ends_with("; its file lock was removed"), "{message}");
    if cfg!(target_os = "linux") {
        let holder = format!(" is in use by process {};", std::process::id());
        assert!(message.contains(&holder), "{message}");
    }
    append(&mut journal, b"the first one goes on");
    drop(journal);
    let (_, opened, seen) = open_any(directory).expect("the lock went with its holder");
    assert_eq!((opened.last_seq, seen.len()), (1, 1));
}

#[test]
fn a_directory_deep_down_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = Scratch::new("deep");
    let path = scratch.0.join("a/b");
    let missing = read(&RealDirectory::open(&path), &mut |_| Ok(())).expect_err("nothing is there");
    assert!(missing.is_missing() && !scratch.0.exists(), "looking makes nothing");
    let (journal, ..) = open_any(Arc::new(RealDirectory::open(&path))).expect("a new directory opens");
    let mode =
        |name: &str| std::fs::metadata(path.join(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(""), mode(JOURNAL), mode(LOCK)), (0o700, 0o600, 0o600));
    drop(journal);
}
