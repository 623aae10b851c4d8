//! The engine with threads of its own.

use super::{Item, add, items};
use crate::rig::{NOW_MS, picture, read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::park_timeout;
use std::time::Duration;
use sunstone::journal::{MemoryDirectory, Options};
use sunstone::prelude::*;
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;
use sunstone::stdx::threads::spawn;
use sunstone::store::{self, Cause, Engine, Opening};

fn open(directory: &MemoryDirectory) -> Arc<Engine> {
    let opening = Opening {
        directory: Arc::new(directory.clone()),
        clock: Arc::new(ManualClock::new(NOW_MS)),
        random: Arc::new(SeededRandom::new(1)),
        options: Options { ahead_bytes: 64 << 10, ..Options::default() },
        threads: true,
    };
    store::open(&items(), opening).expect("a sound disk").engine
}

fn cause() -> Cause<'static> {
    Cause { caller: Caller::anonymous(), name: "test", call: None, arguments: &[] }
}

#[test]
fn commits_from_many_threads_are_stored_when_they_come_back() {
    let directory = MemoryDirectory::new();
    let engine = open(&directory);
    let sum = Arc::new(AtomicU64::new(0));
    let threads: Vec<_> = (0..8_u32)
        .map(|thread| {
            let (store, sum) = (Store::new(Arc::clone(&engine), &cause()), Arc::clone(&sum));
            spawn("committer", move || {
                for round in 0..50 {
                    let id = store.commit(|tx| add(tx, usize::try_from(thread).unwrap())).unwrap();
                    sum.fetch_add(id.get(), Ordering::SeqCst);
                    // Stored means seen: what this thread does next finds it.
                    assert_eq!(store.view().get(id).unwrap().text.len(), usize::try_from(thread).unwrap());
                    if round % 10 == 0 {
                        let refused = store.commit(|tx| tx.insert(Item { id, size: 0, text: String::new() }));
                        assert!(refused.unwrap_err().is_conflict());
                    }
                }
            })
            .unwrap()
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(engine.seq(), 400);
    assert_eq!(sum.load(Ordering::SeqCst), (1..=400).sum::<u64>());
    // Whatever a crash leaves now: all of it was acknowledged.
    let found = read(&items(), &directory.crash(3)).unwrap();
    let view = engine.view(Caller::anonymous());
    assert_eq!(picture(&found), picture(view.state()));
    engine.stop();
}

#[test]
fn a_command_waits_for_the_one_before_it_only_so_long() {
    let directory = MemoryDirectory::new();
    let engine = open(&directory);
    engine.set_command_wait(20);
    let (begun, has_begun) = mpsc::channel();
    let (end, may_end) = mpsc::channel::<()>();
    let slow = Store::new(Arc::clone(&engine), &cause());
    let thread = spawn("slow", move || {
        let id = slow.commit(|tx| {
            begun.send(()).unwrap();
            may_end.recv().unwrap();
            add(tx, 1)
        });
        assert_eq!(id.unwrap(), Id::new(1));
    });
    has_begun.recv().unwrap();
    let quick = Store::new(Arc::clone(&engine), &cause());
    let refused = quick.commit(|tx| add(tx, 2)).unwrap_err();
    assert!(refused.is_overloaded());
    assert_eq!(refused.detail(), "another command has been running for more than 20 ms");
    // Queries are never affected.
    assert_eq!(quick.view().all::<Item>().count(), 0);
    end.send(()).unwrap();
    thread.unwrap().join().unwrap();
    engine.set_command_wait(store::COMMAND_WAIT_MS);
    assert_eq!(quick.commit(|tx| add(tx, 2)).unwrap(), Id::new(2));
    engine.stop();
}

#[test]
fn stopping_waits_for_all_that_ran_and_closes_the_journal() {
    let directory = MemoryDirectory::new();
    let engine = open(&directory);
    let mut tickets = Vec::new();
    for _ in 0..300 {
        let ran = engine.command(&cause(), &mut |tx| add(tx, 700).map(drop)).unwrap();
        ran.result.unwrap();
        tickets.push(ran.ticket);
    }
    engine.stop();
    assert!(tickets.iter().all(|ticket| engine.standing(*ticket) == store::Standing::Stored));
    let refused = engine.command(&cause(), &mut |tx| add(tx, 1).map(drop)).unwrap_err();
    assert_eq!((refused.status(), refused.detail()), (503, "the server is stopping"));
    let program = items();
    assert_eq!(read(&program, &directory.crash(1)).unwrap().seq, 300);
    let again = crate::rig::Rig::open(&program, &directory.crash(1)).unwrap();
    assert!(!again.loaded.opened.unclean, "it was closed");
    // Stopping twice is stopping once, and who still holds the engine can read.
    engine.stop();
    assert_eq!(engine.view(Caller::anonymous()).all::<Item>().count(), 300);
}

#[test]
fn who_waits_for_a_disk_that_fails_is_told_so() {
    let directory = MemoryDirectory::new();
    let engine = open(&directory);
    let store = Store::new(Arc::clone(&engine), &cause());
    store.commit(|tx| add(tx, 1)).unwrap();
    directory.power_off_after(0);
    let refused = store.commit(|tx| add(tx, 1)).unwrap_err();
    assert!(refused.is_outcome_unknown(), "{refused}");
    let refused = store.commit(|tx| add(tx, 1)).unwrap_err();
    assert!(refused.is_overloaded(), "{refused}");
    engine.stop();
}

/// The reaper's thread lets old versions go without anything else happening.
#[test]
fn old_versions_are_dropped_by_a_thread_of_their_own() {
    let engine = open(&MemoryDirectory::new());
    let store = Store::new(Arc::clone(&engine), &cause());
    store.commit(|tx| add(tx, 1)).unwrap();
    let view = store.view();
    store.commit(|tx| add(tx, 1)).unwrap();
    assert_eq!(view.all::<Item>().count(), 1);
    assert!(engine.held_versions() >= 1);
    drop(view);
    for _ in 0..2000 {
        if engine.held_versions() == 0 {
            break;
        }
        park_timeout(Duration::from_millis(1));
    }
    assert_eq!(engine.held_versions(), 0);
    engine.stop();
}
