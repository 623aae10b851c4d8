//! What goes into a batch: at most 4,096 transactions and 4 MiB, unless a single one is larger.

use super::{Item, add, rig};
use crate::rig::{Rig, picture, read};
use sunstone::journal::{self, FrameKind, MAX_PAYLOAD_BYTES, MemoryDirectory};
use sunstone::prelude::*;
use sunstone::store::Standing;

/// The transactions and bytes of each batch in a journal.
fn batches(directory: &MemoryDirectory) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    journal::read(directory, &mut |frame| {
        if frame.kind == FrameKind::Batch {
            found.push((frame.count, frame.payload.len()));
        }
        Ok(())
    })
    .expect("a sound journal");
    found
}

#[test]
fn a_batch_holds_at_most_4096_transactions() {
    let rig = rig();
    for _ in 0..1 + 4096 + 3 {
        rig.run(|tx| add(tx, 0)).0.unwrap();
    }
    rig.settle();
    let counts: Vec<u32> = batches(&rig.directory).into_iter().map(|(count, _)| count).collect();
    assert_eq!(counts, [1, 4096, 3]);
    assert_eq!(rig.view().seq(), 4100);
}

/// A transaction that no longer fits into the open batch begins the next one. It is in the head when the batch before
/// it is closed, and must be in nothing that is published then.
#[test]
fn a_batch_that_is_closed_by_a_large_transaction_shows_nothing_of_it() {
    let rig = rig();
    rig.run(|tx| add(tx, 1)).0.unwrap();
    let (_, small) = rig.run(|tx| add(tx, 1));
    let before = picture(rig.head().state());
    let (large, begins) = rig.run(|tx| {
        tx.update(Id::new(1), |item: &mut Item| item.size = 9)?;
        tx.remove::<Item>(Id::new(2))?;
        add(tx, 5 << 20)
    });
    large.unwrap();
    let after = picture(rig.head().state());

    assert!(rig.lone.step());
    assert!(rig.lone.step());
    assert_eq!(rig.engine.standing(small), Standing::Stored);
    assert_eq!(rig.engine.standing(begins), Standing::Waiting);
    assert_eq!(picture(rig.view().state()), before);
    rig.settle();
    assert_eq!(picture(rig.view().state()), after);
    let program = super::items();
    assert_eq!(picture(&read(&program, &rig.directory).unwrap()), after);
    assert_eq!(batches(&rig.directory).iter().map(|(count, _)| *count).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn a_batch_stays_below_4_mib() {
    let rig = rig();
    for _ in 0..10 {
        rig.run(|tx| add(tx, 1 << 20)).0.unwrap();
    }
    rig.settle();
    let batches = batches(&rig.directory);
    assert!(batches.iter().all(|(_, bytes)| *bytes <= 4 << 20), "{batches:?}");
    assert_eq!(batches.iter().map(|(count, _)| *count).collect::<Vec<_>>(), [1, 3, 3, 3]);
}

#[test]
fn a_transaction_that_no_frame_can_hold_is_413_and_changes_nothing() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    rig.run(|tx| add(tx, 1)).0.unwrap();
    let before = picture(rig.head().state());
    let (refused, ticket) = rig.run(|tx| {
        let id = add(tx, MAX_PAYLOAD_BYTES / 2)?;
        add(tx, MAX_PAYLOAD_BYTES / 2)?;
        Ok(id)
    });
    let refused = refused.unwrap_err();
    assert!(refused.is_too_large(), "{refused}");
    assert_eq!(refused.status(), 413);
    assert!(refused.detail().contains("67108864 are the most"), "{refused}");
    assert_eq!(picture(rig.head().state()), before);
    assert_eq!(rig.engine.standing(ticket), Standing::Waiting, "it saw the second one, which is on its way");
    rig.settle();
    assert_eq!(picture(rig.view().state()), before);

    let again = Rig::open(&super::items(), &rig.directory.crash(1)).unwrap();
    assert_eq!(picture(again.view().state()), before);
    assert!(again.commit(|tx| add(tx, 1)).is_ok());
}
