//! Records that do not fit: an error with words, never a panic and never a wrong state.

use crate::rig::{Rig, program};
use crate::state::league::{self, League, Note, Player, Team};
use sunstone::codec::binary::{Numbers, Writer};
use sunstone::journal::{self, FrameKind};
use sunstone::model::Catalog;
use sunstone::prelude::*;
use sunstone::state::{Record, ReplayError, Replayer, State, replay};
use sunstone::stdx::random::Xoshiro;
use sunstone::store::Program;

/// A journal's catalog and the payloads of its batches, with their first sequences.
fn recorded(rig: &Rig) -> (Catalog, Vec<(u64, Vec<u8>)>) {
    let (mut catalog, mut batches) = (Catalog::default(), Vec::new());
    journal::read(&rig.directory, &mut |frame| {
        match frame.kind {
            FrameKind::Schema => catalog.read(frame.payload).expect("a sound schema"),
            FrameKind::Batch => batches.push((frame.first_seq, frame.payload.to_vec())),
            _ => {}
        }
        Ok(())
    })
    .expect("a sound journal");
    (catalog, batches)
}

struct Bench {
    program: Program,
    replayer: Replayer,
    batches: Vec<(u64, Vec<u8>)>,
}

impl Bench {
    fn new() -> Self {
        let program = program(league::models);
        let rig = Rig::new(&program);
        let at = Time::default();
        rig.commit(|tx| {
            tx.insert(League { id: Id::new(1), name: "a".to_owned() })?;
            let captain = None;
            tx.insert(Team {
                id: Id::new(1),
                league: Id::new(1),
                name: "t".to_owned(),
                points: 1,
                limit: 5,
                captain,
                updated: at,
            })?;
            let (team, mail) = (Some(Id::new(1)), Some("m".to_owned()));
            tx.insert(Player {
                id: Id::new(1),
                team,
                mail,
                first: None,
                second: 0,
                born: 0,
                created: at,
                by: None,
            })?;
            let (slug, text) = ("s".to_owned(), "words".to_owned());
            tx.insert(Note { slug, player: Id::new(1), team: None, league: Id::new(1), text }).map(drop)
        })
        .unwrap();
        rig.commit(|tx| {
            tx.update(Id::new(1), |team: &mut Team| (team.captain, team.points) = (Some(Id::new(1)), 3))?;
            tx.table::<Note>().update("s", |note| note.text.clear()).map(drop)
        })
        .unwrap();
        rig.commit(|tx| {
            tx.next_id::<Player>();
            tx.remove::<Player>(Id::new(1)).map(drop)
        })
        .unwrap();
        let (catalog, batches) = recorded(&rig);
        let numbers = catalog.numbers(&program.models, &program.calls);
        let replayer = Replayer::new(&catalog, numbers, &State::new(program.models.clone()));
        Self { program, replayer, batches }
    }

    fn replay(&self, batches: &[(u64, Vec<u8>)]) -> Result<State, ReplayError> {
        let mut state = State::new(self.program.models.clone());
        for (first, payload) in batches {
            let mut seq = *first;
            Record::each(payload, |record| {
                replay(&mut state, &self.replayer, seq, &record)?;
                seq += 1;
                Ok::<_, ReplayError>(())
            })?;
        }
        Ok(state)
    }
}

#[test]
fn damaged_records_are_errors_or_another_sound_state() {
    let bench = Bench::new();
    bench.replay(&bench.batches).expect("the records as they are");
    let (mut refused, mut taken) = (0, 0);
    for batch in 0..bench.batches.len() {
        let bytes = bench.batches[batch].1.len();
        for at in 0..bytes {
            for bit in 0..8 {
                let mut damaged = bench.batches.clone();
                damaged[batch].1[at] ^= 1 << bit;
                match bench.replay(&damaged) {
                    Ok(state) => {
                        state.check_invariants();
                        taken += 1;
                    }
                    Err(error) => {
                        assert!(!error.to_string().is_empty());
                        refused += 1;
                    }
                }
            }
        }
        for cut in 1..bytes {
            let mut damaged = bench.batches.clone();
            damaged[batch].1.truncate(cut);
            assert!(bench.replay(&damaged).is_err(), "batch {batch} cut at {cut}");
        }
    }
    assert!(refused > taken, "{refused} refused, {taken} taken for other values");
}

#[test]
fn made_up_records_never_panic() {
    let bench = Bench::new();
    let rounds = if std::env::var_os("SUNSTONE_LONG").is_some() { 1_000_000 } else { 10_000 };
    for seed in 0..rounds {
        let mut random = Xoshiro::new(seed);
        let mut batches = bench.batches.clone();
        for (_, payload) in &mut batches {
            for _ in 0..random.below(4) {
                let at = usize::try_from(random.below(payload.len() as u64)).unwrap();
                let byte = u8::try_from(random.below(256)).unwrap();
                match random.below(3) {
                    0 => payload[at] = byte,
                    1 => payload.insert(at, byte),
                    _ => drop(payload.remove(at)),
                }
            }
        }
        let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(bench.replay(&batches))));
        assert!(ran.is_ok(), "seed {seed}");
    }
}

/// One transaction with one change, written by hand in the numbers of the bench's journal.
fn by_hand(change: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut record = Vec::new();
    let mut w = Writer::new(&mut record, Numbers::positions());
    w.array(6);
    w.uint(5);
    (0..4).for_each(|_| w.null());
    w.array(1);
    change(&mut w);
    let mut payload = Vec::new();
    Writer::new(&mut payload, Numbers::positions()).bytes(&record);
    payload
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of what does not fit")]
fn what_does_not_fit_has_its_words() {
    let bench = Bench::new();
    let table = |name: &str| {
        let mut catalog = Catalog::default();
        let payload = catalog.plan(&bench.program.models, &[]).unwrap().unwrap();
        catalog.read(&payload).unwrap();
        catalog.by_name(sunstone::model::TypeKind::Model, name).unwrap().0
    };
    let league = table("League");
    let row = |w: &mut Writer<'_>, id: u64, name: &str| {
        w.map(2);
        w.uint(0);
        w.uint(id);
        w.uint(1);
        w.text(name);
    };
    let changed = |w: &mut Writer<'_>, id: u64, version: u64, field: u64| {
        w.array(5);
        w.uint(2);
        w.uint(league);
        w.uint(id);
        w.uint(version);
        w.map(1);
        w.uint(field);
        w.array(3);
        w.uint(0);
        if field == 0 {
            w.uint(1);
            w.uint(9);
        } else {
            w.text("a");
            w.text("b");
        }
    };
    let removed = |w: &mut Writer<'_>, id: u64, version: u64| {
        w.array(4);
        w.uint(3);
        w.uint(league);
        w.uint(version);
        row(w, id, "a");
    };
    let created = |w: &mut Writer<'_>, table: u64, id: u64, name: &str| {
        w.array(3);
        w.uint(1);
        w.uint(table);
        row(w, id, name);
    };
    let long = "x".repeat(70_000);
    let cases: [(Vec<u8>, &str); 9] = [
        (
            by_hand(|w| created(w, league, 1, "b")),
            "transaction 4 creates a row that is there already (League)",
        ),
        (by_hand(|w| changed(w, 7, 1, 1)), "transaction 4 changes a row that is not there (League)"),
        (by_hand(|w| changed(w, 1, 9, 1)), "transaction 4 changes a row that has another version (League)"),
        (by_hand(|w| changed(w, 1, 1, 0)), "transaction 4 changes the key of a row (League)"),
        (by_hand(|w| removed(w, 7, 1)), "transaction 4 removes a row that is not there (League)"),
        (by_hand(|w| removed(w, 1, 2)), "transaction 4 removes a row that has another version (League)"),
        (
            by_hand(|w| created(w, league, 2, &long)),
            "transaction 4 has a value that is too long for an index of this program (League)",
        ),
        (
            by_hand(|w| created(w, 77, 1, "b")),
            "a change names table 77, which no schema frame before it names",
        ),
        (by_hand(|w| w.array(2)), "expected a list at byte 7"),
    ];
    for (payload, said) in cases {
        let mut batches = bench.batches.clone();
        batches.push((4, payload));
        assert_eq!(bench.replay(&batches).map(|_| ()).unwrap_err().to_string(), said);
    }
    let mut sound = bench.batches.clone();
    sound.push((4, by_hand(|w| changed(w, 1, 1, 1))));
    assert_eq!(bench.replay(&sound).unwrap().seq, 4);
}

mod before {
    use sunstone::prelude::*;

    #[Model]
    pub(super) struct Page {
        #[key]
        pub(super) id: Id<Page>,
        pub(super) text: String,
    }
}

mod after {
    use sunstone::prelude::*;

    #[Model]
    pub(super) struct Page {
        #[key]
        pub(super) id: Id<Page>,
        #[unique]
        pub(super) text: String,
    }
}

/// An index or a constraint that is new finds what was written without it.
#[test]
fn a_new_constraint_over_old_rows() {
    let old = program(|models| models.add::<before::Page>().unwrap());
    let new = program(|models| models.add::<after::Page>().unwrap());
    let rig = Rig::new(&old);
    let put = |id: u64, text: &str| {
        let row = before::Page { id: Id::new(id), text: text.to_owned() };
        rig.commit(|tx| tx.insert(row).map(drop)).unwrap();
    };
    put(1, "a");
    put(2, &"b".repeat(3000));
    Rig::open(&new, &rig.directory.kill()).expect("the rows keep the new rule");
    put(3, "a");
    let refused = Rig::open(&new, &rig.directory.kill()).expect_err("two rows are the same");
    let words = refused.to_string();
    assert!(words.starts_with("Page 3: text: is unique, and the row 1 has the same\n"), "{words}");
    rig.commit(|tx| tx.remove::<before::Page>(Id::new(3)).map(drop)).unwrap();
    Rig::open(&new, &rig.directory.kill()).expect("what counts is what is there now");
    put(4, &"c".repeat(70_000));
    let refused = Rig::open(&new, &rig.directory.kill()).expect_err("a text that no index holds");
    assert!(refused.to_string().contains("too long for an index of this program (Page)"), "{refused}");
}
