//! The same rules once more, over plain maps, by looking at everything.

use super::league::{League, Note, Player, Team};
use std::collections::BTreeMap;
use sunstone::prelude::*;

/// A row and the sequence that last changed it.
pub(crate) type Kept<T> = (T, u64);

/// What the state should be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Naive {
    pub(crate) leagues: BTreeMap<u64, Kept<League>>,
    pub(crate) teams: BTreeMap<u64, Kept<Team>>,
    pub(crate) players: BTreeMap<u64, Kept<Player>>,
    pub(crate) notes: BTreeMap<String, Kept<Note>>,
    /// The next ids of leagues, teams and players.
    pub(crate) next: [u64; 3],
    pub(crate) seq: u64,
}

/// One change of one row.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Take(usize),
    League(League),
    Team(Team),
    Player(Player),
    Note(Note),
    EditLeague(u64, League),
    EditTeam(u64, Team),
    EditPlayer(u64, Player),
    EditNote(String, Note),
    RemoveLeague(u64),
    RemoveTeam(u64),
    RemovePlayer(u64),
    RemoveNote(String),
}

/// The status of what is refused.
pub(crate) type Outcome = Result<bool, u16>;

fn ensure(holds: bool, status: u16) -> Result<(), u16> {
    if holds { Ok(()) } else { Err(status) }
}

impl Naive {
    /// Does one thing in the transaction that will be `self.seq + 1`; true: something changed.
    pub(crate) fn apply(&mut self, op: &Op, now: Time, by: Option<&str>) -> Outcome {
        let version = self.seq + 1;
        match op {
            Op::Take(table) => {
                self.next[*table] = self.next[*table].max(1) + 1;
                return Ok(true);
            }
            Op::League(row) => {
                self.admit_league(row, None)?;
                self.leagues.insert(row.id.get(), (row.clone(), version));
                self.raise(0, row.id.get());
            }
            Op::Team(row) => {
                let row = Team { updated: now, ..row.clone() };
                self.admit_team(&row, None)?;
                self.raise(1, row.id.get());
                self.teams.insert(row.id.get(), (row, version));
            }
            Op::Player(row) => {
                let row = Player { created: now, by: by.map(str::to_owned), ..row.clone() };
                self.admit_player(&row, None)?;
                self.raise(2, row.id.get());
                self.players.insert(row.id.get(), (row, version));
            }
            Op::Note(row) => {
                ensure(!self.notes.contains_key(&row.slug), 409)?;
                self.admit_note(row)?;
                self.notes.insert(row.slug.clone(), (row.clone(), version));
            }
            edit => return self.edit(edit, now, version),
        }
        Ok(true)
    }

    fn edit(&mut self, op: &Op, now: Time, version: u64) -> Outcome {
        match op {
            Op::EditLeague(id, after) => {
                let before = &self.leagues.get(id).ok_or(404_u16)?.0;
                if before == after {
                    return Ok(false);
                }
                ensure(after.id.get() == *id, 422)?;
                self.admit_league(after, Some(*id))?;
                self.leagues.insert(*id, (after.clone(), version));
            }
            Op::EditTeam(id, after) => {
                let before = &self.teams.get(id).ok_or(404_u16)?.0;
                // The script leaves the filled-in time as it is.
                let mut after = Team { updated: before.updated, ..after.clone() };
                if *before == after {
                    return Ok(false);
                }
                ensure(after.id.get() == *id, 422)?;
                after.updated = now;
                self.admit_team(&after, Some(*id))?;
                self.teams.insert(*id, (after, version));
            }
            Op::EditPlayer(id, after) => {
                let before = &self.players.get(id).ok_or(404_u16)?.0;
                let after = Player { created: before.created, by: before.by.clone(), ..after.clone() };
                if *before == after {
                    return Ok(false);
                }
                ensure(after.id.get() == *id && after.born == before.born, 422)?;
                self.admit_player(&after, Some(*id))?;
                self.players.insert(*id, (after, version));
            }
            Op::EditNote(slug, after) => {
                let before = &self.notes.get(slug).ok_or(404_u16)?.0;
                if before == after {
                    return Ok(false);
                }
                ensure(after.slug == *slug, 422)?;
                self.admit_note(after)?;
                self.notes.insert(slug.clone(), (after.clone(), version));
            }
            remove => return self.remove(remove, now, version),
        }
        Ok(true)
    }

    /// First all that goes goes, then what still refers to it is looked for.
    fn remove(&mut self, op: &Op, now: Time, version: u64) -> Outcome {
        let mut after = self.clone();
        match op {
            Op::RemoveLeague(id) => drop(after.leagues.remove(id).ok_or(404_u16)?),
            Op::RemoveTeam(id) => drop(after.teams.remove(id).ok_or(404_u16)?),
            Op::RemovePlayer(id) => drop(after.players.remove(id).ok_or(404_u16)?),
            Op::RemoveNote(slug) => drop(after.notes.remove(slug).ok_or(404_u16)?),
            other => unreachable!("{other:?} is no removal"),
        }
        loop {
            let (players, notes) = (after.players.len(), after.notes.len());
            let Self { teams, players: held, notes: kept, .. } = &mut after;
            held.retain(|_, (player, _)| player.team.is_none_or(|team| teams.contains_key(&team.get())));
            kept.retain(|_, (note, _)| held.contains_key(&note.player.get()));
            if (after.players.len(), after.notes.len()) == (players, notes) {
                break;
            }
        }
        let Self { teams, players, notes, leagues, .. } = &mut after;
        ensure(teams.values().all(|(team, _)| leagues.contains_key(&team.league.get())), 409)?;
        let lost = |team: Id<Team>| !teams.contains_key(&team.get());
        ensure(!notes.values().any(|(note, _)| note.team.is_some_and(lost)), 409)?;
        for (team, at) in teams.values_mut() {
            if team.captain.is_some_and(|captain| !players.contains_key(&captain.get())) {
                (team.captain, team.updated, *at) = (None, now, version);
            }
        }
        *self = after;
        Ok(true)
    }

    fn raise(&mut self, table: usize, id: u64) {
        self.next[table] = self.next[table].max(id + 1);
    }

    fn admit_league(&self, row: &League, but: Option<u64>) -> Result<(), u16> {
        ensure((1..=3).contains(&row.name.chars().count()), 422)?;
        ensure(but.is_some() || !self.leagues.contains_key(&row.id.get()), 409)?;
        let taken = self.leagues.iter().any(|(id, (other, _))| Some(*id) != but && other.name == row.name);
        ensure(!taken, 409)
    }

    fn admit_team(&self, row: &Team, but: Option<u64>) -> Result<(), u16> {
        ensure(row.points <= row.limit, 422)?;
        ensure(but.is_some() || !self.teams.contains_key(&row.id.get()), 409)?;
        let same = |other: &Team| other.league == row.league && other.name == row.name;
        ensure(!self.teams.iter().any(|(id, (other, _))| Some(*id) != but && same(other)), 409)?;
        ensure(self.leagues.contains_key(&row.league.get()), 422)?;
        ensure(row.captain.is_none_or(|captain| self.players.contains_key(&captain.get())), 422)
    }

    fn admit_player(&self, row: &Player, but: Option<u64>) -> Result<(), u16> {
        ensure(but.is_some() || !self.players.contains_key(&row.id.get()), 409)?;
        for (id, (other, _)) in &self.players {
            let both = other.first.is_some() && other.first == row.first && other.second == row.second;
            let mail = other.mail.is_some() && other.mail == row.mail;
            ensure(Some(*id) == but || !(both || mail), 409)?;
        }
        ensure(row.team.is_none_or(|team| self.teams.contains_key(&team.get())), 422)
    }

    fn admit_note(&self, row: &Note) -> Result<(), u16> {
        ensure(self.players.contains_key(&row.player.get()), 422)?;
        ensure(row.team.is_none_or(|team| self.teams.contains_key(&team.get())), 422)
    }
}
