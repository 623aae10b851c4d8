//! Commands: all or nothing, one at a time.

use super::{Item, add, counts, rig};
use crate::rig::{Rig, picture};
use sunstone::model::{ID_BROUGHT_MAX, ID_MAX};
use sunstone::prelude::*;
use sunstone::stdx::report;
use sunstone::store::{COMMAND_SLOW_MS, Standing};

#[test]
fn a_panic_leaves_the_head_as_it_was_and_the_next_command_runs() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let before = picture(rig.head().state());
    let (panicked, ticket) = rig.run(|tx| -> Result<()> {
        add(tx, 1)?;
        tx.update(Id::new(1), |item: &mut Item| item.size = 5)?;
        tx.remove::<Item>(Id::new(1))?;
        tx.next_id::<Item>();
        panic!("in a command, as the test asks")
    });
    let error = panicked.unwrap_err();
    assert!(error.is_internal());
    assert_eq!(error.detail(), "test panicked: in a command, as the test asks");
    assert_eq!(picture(rig.head().state()), before);
    assert_eq!((ticket.seq, rig.engine.standing(ticket)), (1, Standing::Stored));
    assert_eq!(rig.commit(|tx| add(tx, 1)).unwrap(), Id::new(2), "the id was given back");
    assert_eq!(counts(&rig), (2, 2));
}

#[test]
fn a_panic_in_the_closure_of_an_update_is_one_in_the_command() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let before = picture(rig.head().state());
    let (panicked, _) = rig.run(|tx| {
        tx.update(Id::new(1), |item: &mut Item| {
            item.size = 7;
            assert_eq!(item.size, 8, "in a closure, as the test asks");
        })
    });
    assert!(panicked.unwrap_err().is_internal());
    assert_eq!(picture(rig.head().state()), before);
}

fn bring(rig: &Rig, id: u64) -> Result<Item> {
    rig.commit(|tx| tx.insert(Item { id: Id::new(id), size: 0, text: String::new() }))
}

#[test]
fn an_id_that_a_row_brings_along_leaves_enough_to_be_counted() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let before = picture(rig.head().state());
    for id in [ID_BROUGHT_MAX + 1, ID_MAX - 1, ID_MAX] {
        let refused = bring(&rig, id).unwrap_err();
        assert_eq!((refused.status(), refused.detail()), (422, "the Item brings its id along"));
        let words = format!("id: is not the next id, and such an id is at most {ID_BROUGHT_MAX}");
        assert_eq!(refused.fields()[0].to_string(), words);
    }
    let refused = bring(&rig, 0).unwrap_err();
    assert_eq!(
        (refused.status(), refused.fields()[0].to_string().as_str()),
        (422, "id: 0 is the id of no row")
    );
    assert_eq!(picture(rig.head().state()), before, "nothing of it was stored");
    bring(&rig, ID_BROUGHT_MAX).unwrap();
    let next = rig.commit(|tx| add(tx, 1)).unwrap();
    assert_eq!(next.get(), ID_BROUGHT_MAX + 1, "counting goes on behind it");
    rig.commit(|tx| tx.remove(next)).unwrap();
    bring(&rig, next.get()).expect("an id that was given once may come again");
}

#[test]
fn a_transaction_inside_a_transaction_is_refused_at_once() {
    let rig = rig();
    let (refused, _) = rig.run(|tx| {
        add(tx, 1)?;
        rig.commit(|tx| add(tx, 2))
    });
    let refused = refused.unwrap_err();
    assert!(refused.is_internal());
    assert_eq!(refused.detail(), "test: a transaction inside a transaction would wait for itself");
    assert_eq!(counts(&rig), (0, 0), "nothing of it is left");
    let (kept, _) = rig.run(|tx| {
        assert!(rig.commit(|tx| add(tx, 2)).is_err());
        add(tx, 1)
    });
    assert_eq!((kept.unwrap(), rig.head().all::<Item>().count()), (Id::new(1), 1), "who goes on is kept");
}

#[test]
fn expecting_a_version() {
    let rig = rig();
    let id = rig.commit(|tx| add(tx, 1)).unwrap();
    rig.commit(|tx| tx.update(id, |item| item.size = 1)).unwrap();
    rig.commit(|tx| tx.expect(id, 2)).unwrap();
    let refused = rig.commit(|tx| tx.expect(id, 1)).unwrap_err();
    assert!(refused.is_version_mismatch());
    assert_eq!((refused.status(), refused.detail()), (412, "the Item is at version 2, not 1"));
    let none = rig.commit(|tx| tx.expect(Id::<Item>::new(9), 1)).unwrap_err();
    assert_eq!((none.status(), none.detail()), (404, "there is no Item with the key 9"));
}

#[test]
fn a_view_of_the_head_sees_what_the_command_did_and_stays() {
    let rig = rig();
    let view = rig.commit(|tx| {
        add(tx, 1)?;
        let view = tx.view();
        add(tx, 1)?;
        Ok(view)
    });
    let view = view.unwrap();
    assert_eq!(view.all::<Item>().count(), 1);
    assert_eq!(rig.view().all::<Item>().count(), 2);
}

#[test]
fn randomness_repeats_with_the_seed_and_time_stands_still_in_a_command() {
    let numbers = || {
        let rig = rig();
        let (numbers, _) = rig.run(|tx| {
            let first = tx.now();
            rig.clock.advance_ms(100);
            assert_eq!(tx.now(), first);
            Ok((0..4).map(|_| tx.random()).collect::<Vec<_>>())
        });
        numbers.unwrap()
    };
    assert_eq!(numbers(), numbers());
}

#[test]
fn a_slow_command_is_named() {
    let rig = rig();
    let lines = |ms: u64| {
        let (id, lines) = report::kept(|| {
            rig.commit(|tx| {
                rig.clock.advance_ms(ms);
                add(tx, 1)
            })
        });
        assert!(id.is_ok());
        lines
    };
    assert!(lines(COMMAND_SLOW_MS).is_empty());
    let said = lines(COMMAND_SLOW_MS + 1);
    assert!(
        said.len() == 1 && said[0].starts_with("slow command: test held the state for 11 ms;"),
        "{said:?}"
    );
    assert!(lines(COMMAND_SLOW_MS + 5).is_empty(), "it is said again when it takes twice as long");
    assert_eq!(lines(2 * (COMMAND_SLOW_MS + 1)).len(), 1);
}

/// Old versions are kept by who holds them, and by nobody else.
#[test]
fn a_held_version_is_counted_until_it_is_let_go() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let view = rig.view();
    let clone = view.clone();
    for _ in 0..5 {
        rig.commit(|tx| add(tx, 1)).unwrap();
    }
    assert_eq!(rig.engine.held_versions(), 1);
    drop(view);
    rig.commit(|tx| add(tx, 1)).unwrap();
    assert_eq!(rig.engine.held_versions(), 1);
    assert_eq!(clone.all::<Item>().count(), 1);
    drop(clone);
    rig.commit(|tx| add(tx, 1)).unwrap();
    assert_eq!(rig.engine.held_versions(), 0);
}
