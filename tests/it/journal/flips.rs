//! Every bit of a journal flipped, the file cut at every byte, bytes taken out and put in everywhere: what comes of it is
//! the same state, a refusal, or a cut inside the last frame while that is not sealed. Never is a history shorter and
//! nobody told.

use sunstone::journal::{JOURNAL, Journal, MemoryDirectory};

use super::{Seen, append, open_memory, read_memory};

/// How often each thing came of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    same: u32,
    refused: u32,
    cut_in_last_unsealed: u32,
    silently_shorter: u32,
}

/// A journal of some openings, batches and seals, its space ahead cut down to two sectors.
fn journal(last: impl FnOnce(&mut Journal)) -> (Vec<u8>, Vec<Seen>) {
    let directory = MemoryDirectory::new();
    let (mut journal, ..) = open_memory(&directory).expect("a new directory opens");
    append(&mut journal, b"");
    append(&mut journal, &[1; 456]);
    journal.seal().expect("the disk has no fault");
    append(&mut journal, &[2; 457]);
    last(&mut journal);
    let end = usize::try_from(journal.bytes()).expect("it is small");
    drop(journal);
    let mut bytes = directory.content(JOURNAL).expect("there is a journal");
    bytes.truncate(end + 2 * 512);
    let (_, seen) = read_memory(&holding(&bytes)).expect("it is whole");
    (bytes, seen)
}

fn holding(bytes: &[u8]) -> MemoryDirectory {
    let directory = MemoryDirectory::new();
    directory.put(JOURNAL, bytes);
    directory
}

fn unsealed() -> (Vec<u8>, Vec<Seen>) {
    journal(|journal| append(journal, b"not sealed"))
}

fn closed() -> (Vec<u8>, Vec<Seen>) {
    journal(|journal| journal.close().expect("the disk has no fault"))
}

/// Reads it and, now and then, opens it as well, which must come to the same.
fn try_out(counts: &mut Counts, bytes: &[u8], whole: &[Seen], last_is_unsealed: bool, opens: bool) {
    let directory = holding(bytes);
    let read = read_memory(&directory);
    if opens {
        let opened = open_memory(&directory);
        match (&read, &opened) {
            (Ok((_, seen)), Ok((_, _, opened))) => assert_eq!(seen, opened),
            (Err(read), Err(opened)) => {
                assert_eq!(read.to_string(), opened.to_string());
                assert_eq!(directory.content(JOURNAL).as_deref(), Some(bytes), "a refusal changes nothing");
            }
            _ => panic!("reading and opening differ: {read:?}, {opened:?}"),
        }
    }
    *match read {
        Err(error) => {
            assert!(error.is_damage(), "{error}");
            &mut counts.refused
        }
        Ok((_, seen)) if seen == whole => &mut counts.same,
        Ok((report, seen))
            if last_is_unsealed && report.torn.is_some() && seen == whole[..whole.len() - 1] =>
        {
            &mut counts.cut_in_last_unsealed
        }
        Ok(_) => &mut counts.silently_shorter,
    } += 1;
}

/// Which bits of a byte are tried: the unused parts of the header are the same bit for bit, one each will do.
fn bits(at: usize) -> &'static [u32] {
    let unused = (64..4096).contains(&at) || (4160..8192).contains(&at);
    if unused { &[5] } else { &[0, 1, 2, 3, 4, 5, 6, 7] }
}

#[test]
fn every_flipped_bit_is_survived_or_named() {
    for (name, (mut bytes, whole), last_is_unsealed) in
        [("unsealed", unsealed(), true), ("closed", closed(), false)]
    {
        let mut counts = Counts::default();
        for at in 0..bytes.len() {
            for &bit in bits(at) {
                bytes[at] ^= 1 << bit;
                try_out(&mut counts, &bytes, &whole, last_is_unsealed, at % 16 == 0 && bit == 5);
                bytes[at] ^= 1 << bit;
            }
        }
        println!("{name}, bits flipped: {counts:?}");
        assert_eq!(counts.silently_shorter, 0, "{name}: {counts:?}");
        assert_eq!(counts.cut_in_last_unsealed > 0, last_is_unsealed, "{name}: {counts:?}");
        assert!(counts.same > 0 && counts.refused > 0, "{name}: {counts:?}");
    }
}

#[test]
fn every_cut_is_survived_or_named() {
    for (name, (bytes, whole), last_is_unsealed) in
        [("unsealed", unsealed(), true), ("closed", closed(), false)]
    {
        let mut counts = Counts::default();
        for size in 0..bytes.len() {
            try_out(&mut counts, &bytes[..size], &whole, last_is_unsealed, size % 16 == 0);
        }
        println!("{name}, cut at each byte: {counts:?}");
        assert_eq!(counts.silently_shorter, 0, "{name}: {counts:?}");
        // The last sector of zeros may go; one has to stay.
        assert_eq!((counts.same, counts.cut_in_last_unsealed), (512, 0), "{name}: {counts:?}");
    }
}

/// Bytes are lost or put in, and all that stands behind them moves.
#[test]
fn every_shift_is_survived_or_named() {
    type Change = fn(&mut Vec<u8>, usize);
    let changes: [(&str, usize, Change); 6] = [
        ("a byte taken out", 1, |bytes, at| drop(bytes.drain(at..=at))),
        ("a byte put in", 1, |bytes, at| bytes.insert(at, 0xa5)),
        ("a zero put in", 1, |bytes, at| bytes.insert(at, 0)),
        ("a sector taken out", 512, |bytes, at| drop(bytes.drain(at..at + 512))),
        ("a sector twice", 512, |bytes, at| {
            let sector = bytes[at..at + 512].to_vec();
            drop(bytes.splice(at..at, sector));
        }),
        ("ff from there on", 1, |bytes, at| bytes[at..].fill(0xff)),
    ];
    for (what, step, change) in changes {
        for (name, (bytes, whole), last_is_unsealed) in
            [("unsealed", unsealed(), true), ("closed", closed(), false)]
        {
            let mut counts = Counts::default();
            // A last frame that is taken out whole was never there, as far as anybody can see: it is left in.
            let end = bytes.len() - 3 * 512;
            for at in (8192..end).step_by(step) {
                let mut bytes = bytes.clone();
                change(&mut bytes, at);
                try_out(&mut counts, &bytes, &whole, last_is_unsealed, at % 64 == 0);
            }
            println!("{name}, {what}: {counts:?}");
            assert_eq!(counts.silently_shorter, 0, "{name}, {what}: {counts:?}");
            assert!(counts.refused > 0, "{name}, {what}: {counts:?}");
        }
    }
}
