//! A program's models that use everything a model can: indexes and unique values over one and several fields, nulls in
//! them, references of all three kinds in a circle, checks, defaults, fields that are filled in.

use sunstone::model::Models;
use sunstone::prelude::*;

#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct League {
    #[key]
    pub(crate) id: Id<League>,
    #[unique]
    #[check(length = 1..=3)]
    pub(crate) name: String,
}

#[Model(unique(league, name), index(points, name), check = Team::sound)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Team {
    #[key]
    pub(crate) id: Id<Team>,
    pub(crate) league: Id<League>,
    pub(crate) name: String,
    #[index]
    pub(crate) points: i32,
    pub(crate) limit: i32,
    #[on_remove(clear)]
    pub(crate) captain: Option<Id<Player>>,
    #[auto(updated)]
    pub(crate) updated: Time,
}

impl Team {
    fn sound(&self) -> Result<(), String> {
        if self.points <= self.limit {
            return Ok(());
        }
        Err(format!("{} points are more than the limit {}", self.points, self.limit))
    }
}

#[Model(unique(first, second))]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Player {
    #[key]
    pub(crate) id: Id<Player>,
    #[on_remove(cascade)]
    pub(crate) team: Option<Id<Team>>,
    #[unique]
    pub(crate) mail: Option<String>,
    pub(crate) first: Option<u8>,
    pub(crate) second: u8,
    #[fixed]
    pub(crate) born: u16,
    #[auto(created)]
    pub(crate) created: Time,
    #[auto(caller)]
    pub(crate) by: Option<String>,
}

#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Note {
    #[key]
    pub(crate) slug: String,
    #[on_remove(cascade)]
    pub(crate) player: Id<Player>,
    pub(crate) team: Option<Id<Team>>,
    #[loose]
    pub(crate) league: Id<League>,
    pub(crate) text: String,
}

/// Registers all of them by the one that leads to the others.
pub(crate) fn models(models: &mut Models) {
    models.add::<Note>().expect("sound models");
}
