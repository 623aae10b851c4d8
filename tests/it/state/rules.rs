//! Single rules of the state, each with the words it answers.

use crate::rig::{Rig, picture, program};
use std::panic::{AssertUnwindSafe, catch_unwind};
use sunstone::error::Error;
use sunstone::prelude::*;
use sunstone::state::INDEX_KEY_BYTES_MAX;

#[Model]
struct Root {
    #[key]
    id: Id<Root>,
}

/// Its table comes after the one of [`Leaf`], which refuses; so who goes first is not who is asked first.
#[Model]
struct Branch {
    #[key]
    id: Id<Branch>,
    #[on_remove(cascade)]
    root: Id<Root>,
}

#[Model]
struct Leaf {
    #[key]
    id: Id<Leaf>,
    #[on_remove(cascade)]
    root: Id<Root>,
    branch: Option<Id<Branch>>,
}

#[Model(unique(left, right), index(right, text))]
#[derive(Debug)]
struct Pair {
    #[key]
    id: Id<Pair>,
    left: u8,
    right: Option<u8>,
    text: String,
    #[unique]
    mark: Option<String>,
    #[fixed]
    born: u16,
    #[check(length = 1..)]
    #[check(with = lower_case)]
    name: String,
}

fn lower_case(name: &str) -> Result<(), String> {
    if name.chars().any(char::is_uppercase) { Err("is to be in lower case".to_owned()) } else { Ok(()) }
}

#[Model]
struct Knot {
    #[key]
    id: Id<Knot>,
    #[on_remove(cascade)]
    next: Option<Id<Knot>>,
}

/// Its rule panics where a rule has better words.
#[Model(check = Guest::has_a_room)]
struct Guest {
    #[key]
    id: Id<Guest>,
    #[on_remove(clear)]
    room: Option<Id<Root>>,
    strict: bool,
}

impl Guest {
    fn has_a_room(&self) -> Result<(), String> {
        assert!(!self.strict || self.room.is_some(), "in a check, as the test asks");
        Ok(())
    }
}

fn pair(id: u64) -> Pair {
    let (left, name) = (u8::try_from(id).expect("a small id"), "a".to_owned());
    Pair { id: Id::new(id), left, right: None, text: String::new(), mark: None, born: 1, name }
}

fn rig() -> Rig {
    Rig::new(&program(|models| {
        models.add::<Leaf>().expect("a sound model");
        models.add::<Branch>().expect("a sound model");
        models.add::<Pair>().expect("a sound model");
        models.add::<Knot>().expect("a sound model");
        models.add::<Guest>().expect("a sound model");
    }))
}

fn words(error: &Error) -> String {
    format!("{} {error}", error.status())
}

fn refused<R>(rig: &Rig, run: impl FnOnce(&mut Tx) -> Result<R>) -> String {
    let before = picture(rig.head().state());
    let (result, _) = rig.run(run);
    let said = words(&result.err().expect("the rule is broken"));
    assert_eq!(picture(rig.head().state()), before, "{said}");
    said
}

#[test]
fn a_row_that_goes_too_refuses_nothing() {
    for first in [1, 2] {
        let rig = rig();
        rig.commit(|tx| {
            tx.insert(Root { id: Id::new(1) })?;
            tx.insert(Branch { id: Id::new(1), root: Id::new(1) })?;
            tx.insert(Leaf { id: Id::new(first), root: Id::new(1), branch: Some(Id::new(1)) })
        })
        .unwrap();
        rig.commit(|tx| tx.remove::<Root>(Id::new(1))).unwrap();
        let view = rig.view();
        assert_eq!((view.all::<Branch>().count(), view.all::<Leaf>().count()), (0, 0));
    }
}

#[test]
fn a_removal_that_panics_is_taken_back_where_the_command_goes_on() {
    let rig = rig();
    let before = rig.commit(|tx| {
        tx.insert(Root { id: Id::new(1) })?;
        for (id, strict) in [(1, false), (2, true), (3, false)] {
            tx.insert(Branch { id: Id::new(id), root: Id::new(1) })?;
            tx.insert(Guest { id: Id::new(id), room: Some(Id::new(1)), strict })?;
        }
        Ok(())
    });
    before.unwrap();
    let before = picture(rig.head().state());
    let removed = rig.commit(|tx| {
        let removed = catch_unwind(AssertUnwindSafe(|| tx.remove::<Root>(Id::new(1)).map(drop)));
        Ok(removed.is_err())
    });
    assert!(removed.unwrap(), "the panic goes on to whoever catches it");
    assert_eq!(picture(rig.head().state()), before, "nothing went with the row that stayed");
    assert_eq!(picture(rig.view().state()), before);
}

#[test]
fn a_row_that_stays_refuses_and_everything_stays() {
    let rig = rig();
    rig.commit(|tx| {
        tx.insert(Root { id: Id::new(1) })?;
        tx.insert(Root { id: Id::new(2) })?;
        tx.insert(Branch { id: Id::new(1), root: Id::new(1) })?;
        tx.insert(Leaf { id: Id::new(1), root: Id::new(2), branch: Some(Id::new(1)) })
    })
    .unwrap();
    assert_eq!(
        refused(&rig, |tx| tx.remove::<Root>(Id::new(1))),
        "409 1 of Leaf refer to this Branch by branch"
    );
    rig.commit(|tx| {
        tx.update(Id::new(1), |leaf: &mut Leaf| leaf.branch = None)?;
        tx.remove::<Root>(Id::new(1))
    })
    .unwrap();
}

#[test]
fn a_circle_of_cascades_ends() {
    let rig = rig();
    rig.commit(|tx| {
        for id in 1..=5 {
            tx.insert(Knot { id: Id::new(id), next: None })?;
        }
        for id in 1..=5 {
            tx.update(Id::new(id), |knot: &mut Knot| knot.next = Some(Id::new(id % 5 + 1)))?;
        }
        tx.insert(Knot { id: Id::new(6), next: Some(Id::new(6)) })
    })
    .unwrap();
    rig.commit(|tx| tx.remove::<Knot>(Id::new(3))).unwrap();
    assert_eq!(rig.view().all::<Knot>().count(), 1);
    rig.commit(|tx| tx.remove::<Knot>(Id::new(6))).unwrap();
    assert_eq!(rig.view().all::<Knot>().count(), 0);
}

#[test]
fn what_is_taken_and_what_is_not_there() {
    let rig = rig();
    rig.commit(|tx| {
        tx.insert(Pair { right: Some(4), mark: Some("m".to_owned()), ..pair(1) })?;
        // Nulls are never in each other's way.
        tx.insert(pair(2))?;
        tx.insert(Pair { left: 2, ..pair(3) })
    })
    .unwrap();
    assert_eq!(refused(&rig, |tx| tx.insert(pair(1))), "409 a Pair with the key 1 is there already");
    assert_eq!(
        refused(&rig, |tx| tx.insert(Pair { left: 1, right: Some(4), ..pair(9) })),
        "409 another Pair has the same left and right; left: is taken; right: is taken"
    );
    assert_eq!(
        refused(&rig, |tx| tx.update(Id::new(2), |pair: &mut Pair| pair.mark = Some("m".to_owned()))),
        "409 another Pair has the same mark; mark: is taken"
    );
    assert_eq!(refused(&rig, |tx| tx.remove::<Pair>(Id::new(9))), "404 there is no Pair with the key 9");
    assert_eq!(
        refused(&rig, |tx| tx.insert(Leaf { id: Id::new(1), root: Id::new(7), branch: None })),
        "422 Leaf refers to what is not there; root: there is no such Root"
    );
    assert_eq!(
        refused(&rig, |tx| {
            tx.insert(Leaf { id: Id::new(1), root: Id::new(7), branch: Some(Id::new(8)) })
        }),
        "422 Leaf refers to what is not there; root: there is no such Root; branch: there is no such Branch"
    );
}

#[test]
fn what_is_set_once() {
    let rig = rig();
    rig.commit(|tx| tx.insert(pair(1))).unwrap();
    let edit = |pair: &mut Pair| (pair.born, pair.id) = (7, Id::new(9));
    assert_eq!(
        refused(&rig, |tx| tx.update(Id::new(1), edit)),
        "422 the Pair cannot be changed so; id: is set once; born: is set once"
    );
}

#[test]
fn all_broken_checks_at_once() {
    let rig = rig();
    assert_eq!(
        refused(&rig, |tx| tx.insert(Pair { name: String::new(), ..pair(1) })),
        "422 the Pair breaks a rule; name: expected at least 1 characters, found 0"
    );
    assert_eq!(
        refused(&rig, |tx| tx.insert(Pair { name: "A".to_owned(), ..pair(1) })),
        "422 the Pair breaks a rule; name: is to be in lower case"
    );
}

#[test]
fn what_is_too_long_for_an_index() {
    let rig = rig();
    // The index over right and text: a mark and a number, the text and its end, the key.
    let most = INDEX_KEY_BYTES_MAX - (1 + 8) - 1 - 8;
    let long = |letters: usize| Pair { right: Some(1), text: "x".repeat(letters), ..pair(1) };
    assert_eq!(
        refused(&rig, |tx| tx.insert(long(most + 1))),
        "422 a key is too long; right: is longer than 2048 bytes, the most that can stand in a key or an index"
    );
    rig.commit(|tx| tx.insert(long(most))).unwrap();
    rig.commit(|tx| tx.remove::<Pair>(Id::new(1))).unwrap();
}

/// An update that leaves everything as it was is none.
#[test]
fn an_edit_that_changes_nothing() {
    let rig = rig();
    rig.commit(|tx| tx.insert(pair(1))).unwrap();
    let (same, ticket) = rig.run(|tx| {
        tx.update(Id::new(1), |pair: &mut Pair| {
            pair.left = 9;
            pair.left = 1;
        })
    });
    assert!(same.is_ok());
    assert_eq!((ticket.seq, rig.head().version::<Pair>(Id::new(1)).unwrap()), (1, 1));
    let failed = |tx: &mut Tx| {
        tx.update(Id::new(1), |pair: &mut Pair| -> Result<()> {
            pair.left = 9;
            Err(Error::conflict("as the closure says"))
        })
    };
    assert_eq!(refused(&rig, failed), "409 as the closure says");
}

/// What one refused call has done is taken back alone; the transaction goes on.
#[test]
fn a_transaction_goes_on_after_a_refusal() {
    let rig = rig();
    rig.commit(|tx| {
        tx.insert(Root { id: Id::new(1) })?;
        tx.insert(Branch { id: Id::new(1), root: Id::new(1) })?;
        tx.insert(Root { id: Id::new(2) })?;
        tx.insert(Leaf { id: Id::new(1), root: Id::new(2), branch: Some(Id::new(1)) })
    })
    .unwrap();
    rig.commit(|tx| {
        assert!(tx.remove::<Root>(Id::new(1)).is_err());
        assert!(tx.insert(Leaf { id: Id::new(1), root: Id::new(2), branch: None }).is_err());
        tx.insert(Root { id: Id::new(3) })
    })
    .unwrap();
    let view = rig.view();
    assert_eq!((view.all::<Root>().count(), view.all::<Branch>().count(), view.seq()), (3, 1, 2));
    view.state().check_invariants();
}
