//! Full and failing disks.

use super::{Item, add, counts, items, rig};
use crate::rig::{NOW_MS, Rig, picture, read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use sunstone::journal::Ticket;
use sunstone::prelude::*;
use sunstone::stdx::clock::Clock;
use sunstone::store::Standing;

/// More than the zeros that stand ahead of the last frame.
const LARGE: usize = 200_000;

#[test]
fn a_full_disk_takes_back_what_depends_on_it_and_refuses_until_there_is_room() {
    let rig = rig();
    rig.commit(|tx| add(tx, 10)).unwrap();
    let stored = picture(rig.view().state());
    rig.directory.set_space(Some(0));

    let (_, large) = rig.run(|tx| add(tx, LARGE));
    let (_, behind) = rig.run(|tx| add(tx, 1));
    let (looked, look) = rig.run(|tx| Ok(tx.all::<Item>().count()));
    assert_eq!(looked.unwrap(), 3);
    let (refused, rejection) = rig.run(|tx| tx.insert(Item { id: Id::new(3), size: 0, text: String::new() }));
    assert!(refused.is_err());
    assert!(rig.lone.step());

    let depend = [large, behind, look, rejection];
    for ticket in depend {
        let standing = rig.engine.standing(ticket);
        assert_eq!(standing, Standing::NotStored, "{ticket:?}");
        let refusal = rig.engine.refusal(standing).expect("what was not stored is not answered");
        assert_eq!((refusal.status(), refusal.detail()), (507, "nothing was stored: the disk is full"));
    }
    assert_eq!(picture(rig.view().state()), stored, "the published state has not moved");
    let (refused, _) = rig.run(|_| -> Result<()> { panic!("a command runs on a full disk") });
    assert!(refused.unwrap_err().is_disk_full());

    // Reading goes on. Each second the disk is asked again.
    assert_eq!(rig.view().all::<Item>().count(), 1);
    rig.clock.advance_ms(1000);
    rig.settle();
    assert!(rig.run(|tx| add(tx, 1)).0.unwrap_err().is_disk_full());
    rig.directory.set_space(None);
    rig.clock.advance_ms(1000);
    rig.settle();

    // The sequences are given again, to others; tickets of before are not taken for theirs.
    let (again, ticket) = rig.run(|tx| add(tx, LARGE));
    assert_eq!(again.unwrap(), Id::new(2));
    assert_eq!(ticket, Ticket { era: 1, seq: 2 });
    assert_eq!(picture(rig.view().state()), stored);
    rig.settle();
    rig.commit(|tx| add(tx, 1)).unwrap();
    assert_eq!(rig.engine.standing(ticket), Standing::Stored);
    assert_eq!(rig.engine.seq(), 3);
    for ticket in depend {
        assert_eq!(rig.engine.standing(ticket), Standing::NotStored, "{ticket:?}");
    }
    assert_eq!(counts(&rig), (3, 3));
    assert_eq!(picture(&read(&items(), &rig.directory).unwrap()), picture(rig.view().state()));
}

#[test]
fn what_was_stored_before_the_disk_was_full_stays_stored() {
    let rig = rig();
    let (_, first) = rig.run(|tx| add(tx, 10));
    let (_, second) = rig.run(|tx| add(tx, LARGE));
    assert!(rig.lone.step());
    rig.directory.set_space(Some(0));
    assert!(rig.lone.step());
    assert_eq!(rig.engine.standing(first), Standing::Stored);
    assert_eq!(rig.engine.standing(second), Standing::NotStored);
}

/// A transaction large enough to begin a batch of its own is taken back whole when that does not fit.
#[test]
fn the_batch_behind_a_stored_one_may_not_fit() {
    let rig = rig();
    rig.run(|tx| add(tx, 1)).0.unwrap();
    let (_, small) = rig.run(|tx| add(tx, 1));
    let before = picture(rig.head().state());
    let (_, large) = rig.run(|tx| {
        tx.remove::<Item>(Id::new(1))?;
        add(tx, 5 << 20)
    });
    rig.directory.set_space(Some(64 << 10));
    rig.settle();
    assert_eq!(rig.engine.standing(small), Standing::Stored);
    assert_eq!(rig.engine.standing(large), Standing::NotStored);
    assert_eq!(picture(rig.view().state()), before);
    rig.directory.set_space(None);
    rig.clock.advance_ms(1000);
    rig.settle();
    assert_eq!(picture(rig.head().state()), before);
    rig.commit(|tx| tx.update(Id::new(1), |item: &mut Item| item.size = 4)).unwrap();
    assert_eq!(picture(&read(&items(), &rig.directory).unwrap()), picture(rig.view().state()));
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let (told, calls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (failed, moved) = (Arc::clone(&told), Arc::clone(&calls));
    assert!(rig.engine.on_failure(Box::new(move || {
        failed.fetch_add(1, Ordering::SeqCst);
    })));
    assert!(rig.engine.on_move(Box::new(move || {
        moved.fetch_add(1, Ordering::SeqCst);
    })));

    let (_, lost) = rig.run(|tx| add(tx, 1));
    let (_, behind) = rig.run(|tx| add(tx, 1));
    rig.directory.fail_sync(1);
    rig.settle();
    for ticket in [lost, behind] {
        let standing = rig.engine.standing(ticket);
        assert_eq!(standing, Standing::Unknown);
        let refusal = rig.engine.refusal(standing).expect("what is unknown is not acknowledged");
        assert!(refusal.is_outcome_unknown());
        assert_eq!(refusal.status(), 503);
    }
    assert!(rig.engine.has_failed());
    assert_eq!(told.load(Ordering::SeqCst), 1);
    assert!(calls.load(Ordering::SeqCst) > 0, "who waits is told");
    let (refused, _) = rig.run(|_| -> Result<()> { panic!("a command runs on a disk that has failed") });
    let refused = refused.unwrap_err();
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.detail(), "the journal's disk has failed: nothing is taken until the next start");
    rig.clock.advance_ms(5000);
    rig.settle();
    assert_eq!((rig.engine.seq(), rig.view().all::<Item>().count()), (1, 1));

    // The next start tells: the batch is there as a whole, or not at all.
    let found = read(&items(), &rig.directory.crash(5)).unwrap();
    assert!((1..=2).contains(&found.seq), "{}", found.seq);
}

/// The engine that is over stays over, whatever the disk says later.
#[test]
fn room_on_the_disk_does_not_wake_an_engine_that_is_stopped() {
    let rig = rig();
    rig.directory.set_space(Some(0));
    let (_, lost) = rig.run(|tx| add(tx, LARGE));
    rig.settle();
    assert_eq!(rig.engine.standing(lost), Standing::NotStored);
    rig.engine.stop();
    rig.directory.set_space(None);
    rig.clock.advance_ms(2000);
    rig.settle();
    let (refused, _) = rig.run(|tx| add(tx, 1));
    assert_eq!(refused.unwrap_err().detail(), "the server is stopping");
}

/// A clock that falls back does not take the time of transactions with it, over a restart neither.
#[test]
fn the_time_of_transactions_never_falls() {
    let rig = rig();
    rig.clock.advance_ms(9000);
    let first = rig.commit(|tx| {
        add(tx, 1)?;
        Ok(tx.now())
    });
    let first = first.unwrap();
    rig.engine.stop();
    let again = Rig::open(&items(), &rig.directory.kill()).unwrap();
    assert!(again.clock.wall_ms() == NOW_MS && first.unix_ms() > i64::try_from(NOW_MS).unwrap());
    let second = again.commit(|tx| {
        add(tx, 1)?;
        Ok(tx.now())
    });
    assert_eq!(second.unwrap(), first);
    assert_eq!(again.view().time(), first);
}

/// Sealing an idle journal is nobody's command; that its disk fails ends the process all the same.
#[test]
fn a_disk_that_fails_while_nothing_waits_is_told_too() {
    let rig = rig();
    rig.commit(|tx| add(tx, 10)).unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    assert!(rig.engine.on_failure(Box::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    })));
    rig.directory.fail_sync(1);
    rig.clock.advance_ms(1000);
    rig.settle();
    assert_eq!(told.load(Ordering::Relaxed), 1);
    assert!(rig.engine.has_failed());
}
