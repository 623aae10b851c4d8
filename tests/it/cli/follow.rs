//! Readers of stdout: one that wants more, and one that goes away.

use super::transcript::Process;
use crate::program::Folder;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use sunstone::codec::json::Json;
use sunstone::journal::{self, Follower, FrameKind, JOURNAL, Journal, MemoryDirectory, Options};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;
use sunstone::stdx::threads::spawn;

const PATIENCE: Duration = Duration::from_secs(30);

fn start(folder: &Folder, line: &str) -> Process {
    Process::start(folder, &line.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

/// Runs a command to its end and gives its stdout.
fn run(folder: &Folder, line: &str) -> String {
    let mut process = start(folder, line);
    let mut text = String::new();
    let stdout = process.child.stdout.take().expect("stdout is a pipe");
    { stdout }.read_to_string(&mut text).expect("stdout is text");
    assert!(process.ends().success(), "{line}");
    text
}

/// The lines that come, as they come; the channel ends when the reader does, and the reader after so many lines.
fn lines(process: &mut Process, most: usize) -> Receiver<String> {
    let stdout = BufReader::new(process.child.stdout.take().expect("stdout is a pipe"));
    let (tell, told) = channel();
    let reader = spawn("lines", move || {
        for line in stdout.lines().take(most) {
            if tell.send(line.expect("stdout is text")).is_err() {
                break;
            }
        }
    });
    reader.expect("the machine has a thread for us");
    told
}

fn seq(line: &str) -> u64 {
    let line: Json = line.parse().expect("a line is JSON");
    line.get("seq").and_then(Json::as_u64).expect("a line has a sequence")
}

#[test]
fn history_follows_while_a_server_writes_and_ends_when_its_reader_does() {
    let folder = Folder::new("follow");
    run(&folder, "todo call todos.add title=first");
    let mut follower = start(&folder, "todo history --follow");
    let told = lines(&mut follower, 3);
    assert_eq!(seq(&told.recv_timeout(PATIENCE).expect("what is there comes at once")), 1);
    // Written by a server, and by a call after it: opening, closing and seals lie between the two.
    let mut server = start(&folder, "todo serve --listen 127.0.0.1:0");
    let mut start_block = BufReader::new(server.child.stderr.take().expect("stderr is a pipe"));
    start_block.read_line(&mut String::new()).expect("stderr is text");
    run(&folder, "todo call todos.add title=second");
    assert_eq!(seq(&told.recv_timeout(PATIENCE).expect("what is written comes")), 2);
    // Killed: the next one finds the journal open.
    drop(server);
    run(&folder, "todo call todos.finish id=2");
    assert_eq!(seq(&told.recv_timeout(PATIENCE).expect("what is written comes")), 3);
    // The reader has its three lines and is gone. Nothing is written any more, and still the follower notices.
    assert!(follower.ends().success());
    let mut said = String::new();
    let stderr = follower.child.stderr.take().expect("stderr is a pipe");
    { stderr }.read_to_string(&mut said).expect("stderr is text");
    assert_eq!(said, "");
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly() {
    let folder = Folder::new("gone");
    run(&folder, "todo call todos.add title=first");
    for command in ["history", "state", "verify", "routes", "--help", "call todos.open", "history --follow"] {
        let mut process = start(&folder, &format!("todo {command}"));
        drop(process.child.stdout.take());
        assert!(process.ends().success(), "{command}");
        let mut said = String::new();
        let stderr = process.child.stderr.take().expect("stderr is a pipe");
        { stderr }.read_to_string(&mut said).expect("stderr is text");
        assert_eq!(said, "", "{command}");
    }
}

fn open(directory: &MemoryDirectory, seed: u64) -> Journal {
    let clock = Arc::new(ManualClock::new(1));
    let random = Arc::new(SeededRandom::new(seed));
    let opened =
        journal::open(Arc::new(directory.clone()), clock, random, &Options::default(), &mut |_| Ok(()));
    opened.expect("the directory is fit for use").0
}

#[test]
fn a_follower_reads_each_frame_once_and_notices_another_file() {
    let directory = MemoryDirectory::new();
    let mut journal = open(&directory, 1);
    let mut seen = Vec::new();
    let begun = Follower::begin(&directory, &mut |frame| {
        seen.push(frame.kind);
        Ok(())
    });
    let mut follower = begun.expect("the journal is whole").0;
    for seq in 1..=20 {
        journal.append(FrameKind::Batch, seq, 1, 1, &[7; 900]).expect("a disk without faults");
        if seq % 3 > 0 {
            let mut read = |frame: &journal::Frame<'_>| {
                assert_eq!(frame.payload, [7; 900]);
                seen.push(frame.kind);
                Ok(())
            };
            follower.read_on(&directory, &mut read).expect("the journal is whole");
        }
    }
    let batches = seen.iter().filter(|kind| **kind == FrameKind::Batch).count();
    assert_eq!((batches, seen.len()), (20, 21), "and one that says that it was opened");

    let other = MemoryDirectory::new();
    let mut another = open(&other, 2);
    for seq in 1..=40 {
        another.append(FrameKind::Batch, seq, 1, 1, &[7; 900]).expect("a disk without faults");
    }
    let error = follower.read_on(&other, &mut |_| Ok(())).expect_err("it is another journal");
    assert_eq!(error.to_string(), format!("following {JOURNAL}: another file has taken its place"));
}
