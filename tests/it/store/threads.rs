//! The engine with threads of its own.

use super::{Item, add, items};
use crate::rig::{NOW_MS, picture, read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    open_at(directory, Arc::new(ManualClock::new(NOW_MS)))
}

fn open_at(directory: &MemoryDirectory, clock: Arc<ManualClock>) -> Arc<Engine> {
    let opening = Opening {
        directory: Arc::new(directory.clone()),
        clock,
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

/// Whoever has the head again and again leaves room for others, though they are not woken each time.
#[test]
fn one_who_runs_command_after_command_keeps_nobody_out() {
    let directory = MemoryDirectory::new();
    let engine = open(&directory);
    let other = Store::new(Arc::clone(&engine), &cause());
    let done = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&done);
    let (begun, has_begun) = mpsc::channel();
    let thread = spawn("other", move || {
        for size in 0..20 {
            begun.send(()).unwrap();
            other.commit(|tx| add(tx, size)).unwrap();
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    has_begun.recv().unwrap();
    let mut own = 0_u64;
    while done.load(Ordering::SeqCst) < 20 {
        // Never an end of its turn: nothing but the number of its commands lets the other one in.
        engine.command(&cause(), &mut |tx| add(tx, 1).map(drop)).unwrap().result.unwrap();
        own += 1;
        assert!(own < 1_000_000, "the other one had {} turns meanwhile", done.load(Ordering::SeqCst));
    }
    thread.unwrap().join().unwrap();
    engine.stop();
    assert_eq!(engine.seq(), own + 20);
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

/// What the head keeps for reuse goes when nothing happens any more, old rows with it.
#[test]
fn spare_nodes_are_dropped_when_nothing_happens() {
    let engine = open(&MemoryDirectory::new());
    let store = Store::new(Arc::clone(&engine), &cause());
    for _ in 0..2 {
        let kept = (0..1000).any(|_| {
            store.commit(|tx| add(tx, 1)).unwrap();
            engine.spare_nodes().is_some_and(|nodes| nodes > 0)
        });
        assert!(kept, "a busy head keeps what it replaces");
        for _ in 0..5000 {
            if engine.spare_nodes() == Some(0) {
                break;
            }
            park_timeout(Duration::from_millis(1));
        }
        assert_eq!(engine.spare_nodes(), Some(0));
    }
    engine.stop();
}

/// Commits until it is told to end: what was stored and what was refused.
fn write(store: &Store, writer: u32, done: &AtomicBool) -> (Vec<(Id<Item>, u32)>, Vec<u32>) {
    let (mut stored, mut refused) = (Vec::new(), Vec::new());
    for size in (0..).map_while(|n| (!done.load(Ordering::SeqCst)).then_some(n * 6 + writer)) {
        let result = store.commit(|tx| {
            let id = tx.next_id();
            tx.insert(Item { id, size, text: "x".repeat(2000) })?;
            Ok(id)
        });
        match result {
            Ok(id) => {
                let seen = store.view().lookup(id).map(|item| item.size);
                assert_eq!(seen, Some(size), "it is seen when it is stored");
                stored.push((id, size));
            }
            Err(error) => {
                assert!(error.is_disk_full(), "{error}");
                refused.push(size);
                park_timeout(Duration::from_millis(1));
            }
        }
    }
    (stored, refused)
}

/// Several threads write while the disk is full at times: what was acknowledged is there, what was refused is not.
#[test]
fn a_disk_that_is_full_at_times_under_many_writers() {
    let (directory, clock) = (MemoryDirectory::new(), Arc::new(ManualClock::new(NOW_MS)));
    let engine = open_at(&directory, Arc::clone(&clock));
    let (store, done) = (Store::new(Arc::clone(&engine), &cause()), AtomicBool::new(false));
    let takes_commands = || engine.command(&cause(), &mut |_| Ok(())).is_ok();
    let results: Vec<_> = std::thread::scope(|scope| {
        let writer = |writer| {
            let (store, done) = (&store, &done);
            scope.spawn(move || write(store, writer, done))
        };
        let writers: Vec<_> = (0..6).map(writer).collect();
        for _ in 0..2 {
            directory.set_space(Some(100_000));
            while takes_commands() {
                park_timeout(Duration::from_millis(1));
            }
            directory.set_space(None);
            clock.advance_ms(1000);
            while !takes_commands() {
                park_timeout(Duration::from_millis(1));
            }
        }
        done.store(true, Ordering::SeqCst);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    engine.stop();
    let again = crate::rig::Rig::open(&items(), &directory.crash(9)).unwrap();
    let view = again.view();
    let mut expected = 0;
    for (stored, refused) in results {
        expected += stored.len();
        assert!(!stored.is_empty() && !refused.is_empty());
        for (id, size) in stored {
            assert_eq!(view.get(id).unwrap().size, size);
        }
        for size in refused {
            assert_eq!(
                view.find(Item::SIZE.is(size)).count(),
                0,
                "somebody was told that {size} is not stored"
            );
        }
    }
    assert_eq!(view.all::<Item>().count(), expected);
}
