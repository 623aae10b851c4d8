//! The state beside a naive twin: random transactions over models that use everything, with errors, panics, held
//! versions and lost disks in between.

pub(crate) mod league;
mod naive;
mod rules;

use crate::rig::{Rig, picture, program, read};
use league::{League, Note, Player, Team};
use naive::{Naive, Op};
use std::panic::{AssertUnwindSafe, catch_unwind};
use sunstone::journal::Ticket;
use sunstone::prelude::*;
use sunstone::stdx::random::Xoshiro;
use sunstone::store::Standing;

/// Ids and names come from so small a range that rows meet each other all the time.
const IDS: u64 = 9;

fn name(random: &mut Xoshiro) -> String {
    ["", "a", "b", "ab", "a\0", "\u{e4}", "abcd"][usize::try_from(random.below(7)).expect("below 7")]
        .to_owned()
}

fn small<T: TryFrom<u64>>(random: &mut Xoshiro, bound: u64) -> T {
    T::try_from(random.below(bound)).ok().expect("a small number fits")
}

fn id<T>(random: &mut Xoshiro) -> Id<T> {
    Id::new(1 + random.below(IDS))
}

fn optional<T>(random: &mut Xoshiro, some: impl FnOnce(&mut Xoshiro) -> T) -> Option<T> {
    if random.one_in(3) { None } else { Some(some(random)) }
}

fn league(random: &mut Xoshiro) -> League {
    League { id: id(random), name: name(random) }
}

fn team(random: &mut Xoshiro) -> Team {
    let points = small::<i32>(random, 6) - 2;
    let (league, captain) = (id(random), optional(random, id));
    let (id, name, limit) = (id(random), name(random), small::<i32>(random, 8) - 1);
    Team { id, league, name, points, limit, captain, updated: Time::default() }
}

fn player(random: &mut Xoshiro) -> Player {
    Player {
        id: id(random),
        team: optional(random, id),
        mail: optional(random, name),
        first: optional(random, |random| small(random, 3)),
        second: small(random, 3),
        born: if random.one_in(12) { 1 } else { 0 },
        created: Time::default(),
        by: None,
    }
}

fn note(random: &mut Xoshiro) -> Note {
    let (slug, player, team) = (name(random), id(random), optional(random, id));
    Note { slug, player, team, league: id(random), text: name(random) }
}

fn op(random: &mut Xoshiro) -> Op {
    let at = 1 + random.below(IDS);
    // Mostly the row keeps its id, so that the edit has a chance.
    let keeps = !random.one_in(20);
    match random.below(24) {
        0 => Op::Take(small(random, 3)),
        1..=2 => Op::League(league(random)),
        3..=5 => Op::Team(team(random)),
        6..=9 => Op::Player(player(random)),
        10..=12 => Op::Note(note(random)),
        13 => {
            let row = league(random);
            Op::EditLeague(if keeps { row.id.get() } else { at }, row)
        }
        14..=15 => {
            let row = team(random);
            Op::EditTeam(if keeps { row.id.get() } else { at }, row)
        }
        16..=17 => {
            let row = player(random);
            Op::EditPlayer(if keeps { row.id.get() } else { at }, row)
        }
        18..=19 => {
            let row = note(random);
            Op::EditNote(if keeps { row.slug.clone() } else { name(random) }, row)
        }
        20 => Op::RemoveLeague(at),
        21 => Op::RemoveTeam(at),
        22 => Op::RemovePlayer(at),
        _ => Op::RemoveNote(name(random)),
    }
}

fn apply(tx: &mut Tx, op: &Op) -> Result<()> {
    match op.clone() {
        Op::Take(0) => {
            tx.next_id::<League>();
        }
        Op::Take(1) => {
            tx.next_id::<Team>();
        }
        Op::Take(_) => {
            tx.next_id::<Player>();
        }
        Op::League(row) => drop(tx.insert(row)?),
        Op::Team(row) => drop(tx.insert(row)?),
        Op::Player(row) => drop(tx.insert(row)?),
        Op::Note(row) => drop(tx.insert(row)?),
        Op::EditLeague(id, after) => drop(tx.update(Id::new(id), |row: &mut League| *row = after)?),
        Op::EditTeam(id, after) => {
            let edit = |row: &mut Team| *row = Team { updated: row.updated, ..after };
            drop(tx.update(Id::new(id), edit)?);
        }
        Op::EditPlayer(id, after) => {
            let edit = |row: &mut Player| *row = Player { created: row.created, by: row.by.clone(), ..after };
            drop(tx.update(Id::new(id), edit)?);
        }
        Op::EditNote(slug, after) => drop(tx.table::<Note>().update(&slug, |row| *row = after)?),
        Op::RemoveLeague(id) => drop(tx.remove::<League>(Id::new(id))?),
        Op::RemoveTeam(id) => drop(tx.remove::<Team>(Id::new(id))?),
        Op::RemovePlayer(id) => drop(tx.remove::<Player>(Id::new(id))?),
        Op::RemoveNote(slug) => drop(tx.table::<Note>().remove(&slug)?),
    }
    Ok(())
}

/// The version is what the twin says, row for row, and every index finds what a full scan finds.
fn compare(view: &View, naive: &Naive) {
    view.state().check_invariants();
    assert_eq!(view.seq(), naive.seq, "the sequence");
    fn rows<'n, T: Model + PartialEq + std::fmt::Debug + 'n>(
        view: &View,
        naive: impl Iterator<Item = &'n (T, u64)>,
        version: impl Fn(&View, &T) -> Result<u64>,
    ) {
        let mut kept = naive;
        for row in view.all::<T>() {
            let (expected, changed) = kept.next().expect("the twin has as many rows");
            assert_eq!(row, expected);
            assert_eq!(version(view, row).expect("the row is there"), *changed, "the version of {row:?}");
        }
        assert_eq!(kept.next(), None, "the twin has more rows");
    }
    rows(view, naive.leagues.values(), |view, row: &League| view.version(row.id));
    rows(view, naive.teams.values(), |view, row: &Team| view.version(row.id));
    rows(view, naive.players.values(), |view, row: &Player| view.version(row.id));
    rows(view, naive.notes.values(), |view, row: &Note| view.table::<Note>().version(&row.slug));
    for points in -2..4 {
        let found: Vec<&Team> = view.find(Team::POINTS.is(points)).into_iter().collect();
        let scanned: Vec<&Team> =
            naive.teams.values().map(|(team, _)| team).filter(|team| team.points == points).collect();
        assert_eq!(found, scanned, "teams with {points} points");
    }
    for mail in [None, Some(String::new()), Some("a".to_owned()), Some("a\0".to_owned())] {
        let found: Vec<&Player> = view.find(Player::MAIL.is(mail.clone())).into_iter().collect();
        let all = naive.players.values().map(|(player, _)| player);
        assert_eq!(found, all.filter(|player| player.mail == mail).collect::<Vec<_>>(), "{mail:?}");
    }
    let next = ["League", "Team", "Player"].map(|name| {
        let state = view.state();
        state.table(state.models().position_by_name(name).expect("a registered model")).next_id()
    });
    assert_eq!(next, naive.next.map(|next| next.max(1)), "the next ids");
}

/// How a transaction of the script ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Well,
    /// It goes on after what was refused.
    Forgiving,
    Error,
    Panic,
}

struct Script {
    rig: Rig,
    random: Xoshiro,
    naive: Naive,
    /// What was not yet seen to be stored.
    waiting: Vec<(Ticket, Naive)>,
    published: Naive,
    held: Vec<(View, Naive)>,
}

impl Script {
    fn transaction(&mut self) {
        let random = &mut self.random;
        let ending = match random.below(8) {
            0 => Ending::Error,
            1 => Ending::Panic,
            2..=4 => Ending::Forgiving,
            _ => Ending::Well,
        };
        let ops: Vec<Op> = (0..random.below(7)).map(|_| op(random)).collect();
        let caller = if random.one_in(2) { Caller::anonymous() } else { Caller::named("ann") };
        self.rig.clock.advance_ms(random.below(3));
        let mut after = self.naive.clone();
        let (mut changed, mut failed) = (false, None);
        let (mut found, mut outcomes) = (Vec::new(), Vec::new());
        let (result, ticket) = self.rig.run_as(&caller, |tx| {
            let (now, by) = (tx.now(), tx.caller().name().map(str::to_owned));
            for op in &ops {
                let expected = after.apply(op, now, by.as_deref());
                found.push(apply(tx, op).map_err(|error| error.status()));
                outcomes.push(expected);
                changed |= expected == Ok(true);
                if let Err(status) = expected
                    && ending != Ending::Forgiving
                {
                    failed = Some(status);
                    return Err(Error::conflict("as the script has it"));
                }
            }
            match ending {
                Ending::Well | Ending::Forgiving => Ok(()),
                Ending::Error => Err(Error::conflict("as the script has it")),
                // A panic as any other; only std prints nothing of it.
                Ending::Panic => std::panic::resume_unwind(Box::new("as the script has it")),
            }
        });
        assert_eq!(found, outcomes.iter().map(|outcome| outcome.map(drop)).collect::<Vec<_>>(), "{ops:?}");
        let went_well = failed.is_none() && matches!(ending, Ending::Well | Ending::Forgiving);
        assert_eq!(result.is_ok(), went_well, "{result:?} of {ops:?} ending {ending:?}: {outcomes:?}");
        if went_well && changed {
            after.seq += 1;
            self.naive = after;
        }
        assert_eq!(ticket.seq, self.naive.seq, "the sequence after {ops:?}: {outcomes:?}");
        self.waiting.push((ticket, self.naive.clone()));
        compare(&self.rig.head(), &self.naive);
    }

    fn disk(&mut self) {
        if self.random.one_in(3) {
            self.rig.lone.step();
        }
        while let Some((ticket, _)) = self.waiting.first() {
            if self.rig.engine.standing(*ticket) != Standing::Stored {
                break;
            }
            self.published = self.waiting.remove(0).1;
        }
        if self.random.one_in(4) {
            compare(&self.rig.view(), &self.published);
        }
        if self.random.one_in(8) {
            self.held.push((self.rig.view(), self.published.clone()));
        }
        if self.held.len() > 6 {
            let which = small(&mut self.random, 6);
            let (view, then) = self.held.swap_remove(which);
            compare(&view, &then);
        }
    }
}

fn script(seed: u64, transactions: u32) {
    let program = program(league::models);
    let (rig, random) = (Rig::new(&program), Xoshiro::new(seed));
    let (naive, published) = (Naive::default(), Naive::default());
    let mut script = Script { rig, random, naive, waiting: Vec::new(), published, held: Vec::new() };
    for _ in 0..transactions {
        script.transaction();
        script.disk();
    }
    script.rig.settle();
    let Script { rig, naive, held, .. } = script;
    compare(&rig.view(), &naive);
    held.iter().for_each(|(view, then)| compare(view, then));
    // What the journal gives back is the same to the last counter.
    let found = read(&program, &rig.directory).expect("what was written is read");
    assert_eq!(picture(&found), picture(rig.view().state()));
}

#[test]
fn random_transactions_beside_a_naive_twin() {
    let (seeds, transactions) =
        if std::env::var_os("SUNSTONE_LONG").is_some() { (400, 300) } else { (24, 150) };
    for seed in 0..seeds {
        let ran = catch_unwind(AssertUnwindSafe(|| script(seed, transactions)));
        assert!(ran.is_ok(), "seed {seed}");
    }
}
