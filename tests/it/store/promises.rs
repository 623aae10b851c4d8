//! Nothing leaves that a crash could lose.

use super::{Item, add, counts, rig};
use crate::rig::{picture, read, read_until};
use sunstone::journal::{MemoryDirectory, Ticket};
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;
use sunstone::store::Standing;

#[test]
fn an_answer_waits_for_its_batch_and_queries_see_nothing_of_it_before() {
    let rig = rig();
    let (added, ticket) = rig.run(|tx| add(tx, 3));
    let id = added.unwrap();
    assert_eq!(ticket, Ticket { era: 0, seq: 1 });
    assert_eq!(rig.engine.standing(ticket), Standing::Waiting);
    assert_eq!((counts(&rig), rig.engine.seq()), ((0, 1), 0));
    assert!(rig.view().lookup(id).is_none());

    assert!(rig.lone.step());
    assert_eq!(rig.engine.standing(ticket), Standing::Stored);
    assert_eq!((counts(&rig), rig.engine.seq()), ((1, 1), 1));
    assert_eq!(rig.view().version(id).unwrap(), 1);
}

#[test]
fn a_rejection_and_a_command_that_changes_nothing_wait_for_the_state_that_they_saw() {
    let rig = rig();
    let (at_rest, first) = rig.run(|tx| tx.remove::<Item>(Id::new(7)).map(drop));
    assert!(at_rest.unwrap_err().is_not_found());
    assert_eq!(rig.engine.standing(first), Standing::Stored, "it saw nothing that could be lost");

    let (id, _) = rig.run(|tx| add(tx, 3));
    let id = id.unwrap();
    let (refused, rejection) = rig.run(|tx| tx.insert(Item { id, size: 1, text: String::new() }));
    assert!(refused.unwrap_err().is_conflict());
    let (read, look) = rig.run(|tx| Ok(tx.get(id)?.text.clone()));
    assert_eq!(read.unwrap(), "xxx");
    let (same, no_change) = rig.run(|tx| tx.update(id, |item| item.size = 0));
    assert_eq!(same.unwrap().size, 0);
    for ticket in [rejection, look, no_change] {
        assert_eq!(ticket.seq, 1, "none of them has a sequence of its own");
        assert_eq!(rig.engine.standing(ticket), Standing::Waiting);
    }
    rig.settle();
    for ticket in [rejection, look, no_change] {
        assert_eq!(rig.engine.standing(ticket), Standing::Stored);
    }
}

#[test]
fn while_one_batch_is_under_way_the_next_gathers_and_each_is_seen_as_a_whole() {
    let rig = rig();
    let (_, first) = rig.run(|tx| add(tx, 1));
    let later: Vec<Ticket> = (0..3).map(|_| rig.run(|tx| add(tx, 1)).1).collect();
    assert!(rig.lone.step());
    assert_eq!(rig.engine.standing(first), Standing::Stored);
    assert!(later.iter().all(|ticket| rig.engine.standing(*ticket) == Standing::Waiting));
    assert_eq!(counts(&rig), (1, 4));
    assert!(rig.lone.step());
    assert!(later.iter().all(|ticket| rig.engine.standing(*ticket) == Standing::Stored));
    assert_eq!(counts(&rig), (4, 4));
}

#[test]
fn the_commands_of_a_turn_go_to_the_disk_together_and_at_its_end() {
    let rig = rig();
    let in_turn = || rig.run_in_turn(&Caller::anonymous(), |tx| add(tx, 1)).1;
    let journal = || while rig.lone.step() {};
    let standing = |tickets: &[Ticket]| tickets.iter().map(|t| rig.engine.standing(*t)).collect::<Vec<_>>();
    let first: Vec<Ticket> = (0..3).map(|_| in_turn()).collect();
    journal();
    assert_eq!(standing(&first), [Standing::Waiting; 3], "the turn is not over");
    rig.engine.flush();
    assert!(rig.lone.step());
    assert_eq!(standing(&first), [Standing::Stored; 3], "one batch");

    // A turn that ends while a batch is under way: its batch follows by itself. What comes after it waits for its own end.
    let under_way = rig.run(|tx| add(tx, 1)).1;
    let ended = in_turn();
    rig.engine.flush();
    assert!(rig.lone.step());
    assert_eq!(standing(&[under_way, ended]), [Standing::Stored, Standing::Waiting]);
    let open = in_turn();
    journal();
    assert_eq!(standing(&[ended, open]), [Standing::Stored, Standing::Waiting]);

    // A long turn does not keep the disk waiting.
    for _ in 0..1_000 {
        in_turn();
    }
    assert!(rig.lone.step());
    assert_eq!(rig.engine.standing(open), Standing::Stored);
}

#[test]
fn a_refused_transaction_that_went_on_leaves_no_trace() {
    let rig = rig();
    rig.commit(|tx| add(tx, 1)).unwrap();
    let (result, ticket) = rig.run(|tx| {
        let gone = tx.remove::<Item>(Id::new(9));
        assert!(gone.is_err());
        Ok(())
    });
    assert!(result.is_ok());
    assert_eq!(ticket.seq, 1, "nothing happened, so it is no transaction");
}

/// What was stored is there after a crash at any moment; what was not is there as a whole or not at all.
#[test]
fn a_crash_keeps_what_was_acknowledged() {
    for seed in 0..40 {
        let program = super::items();
        let mut random = Xoshiro::new(seed);
        let mut disk = MemoryDirectory::new();
        let mut expected = vec![picture(&sunstone::state::State::new(program.models.clone()))];
        for _ in 0..4 {
            let rig = crate::rig::Rig::open(&program, &disk).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
            // The head of each transaction, by its sequence.
            expected.truncate(usize::try_from(rig.engine.seq()).unwrap() + 1);
            assert_eq!(&picture(rig.view().state()), expected.last().unwrap(), "seed {seed}");
            for _ in 0..random.below(12) {
                rig.clock.advance_ms(random.below(700));
                let letters = usize::try_from(random.below(900)).unwrap();
                drop(rig.run(|tx| add(tx, letters)));
                expected.push(picture(rig.head().state()));
                if random.one_in(2) {
                    rig.lone.step();
                }
            }
            let stored = usize::try_from(rig.engine.seq()).unwrap();
            assert_eq!(picture(rig.view().state()), expected[stored], "seed {seed}: what queries see");
            disk =
                if random.one_in(3) { rig.directory.kill() } else { rig.directory.crash(random.next_u64()) };
            let found = read(&program, &disk).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let at = usize::try_from(found.seq).unwrap();
            assert!(at >= stored, "seed {seed}: {stored} were acknowledged and {at} are there");
            assert_eq!(picture(&found), expected[at], "seed {seed}");
            // And each state before it can be had again.
            let before = random.below(found.seq + 1);
            let then = read_until(&program, &disk, Some(before)).expect("what was just read");
            assert_eq!(picture(&then), expected[usize::try_from(before).unwrap()], "seed {seed} at {before}");
        }
    }
}
