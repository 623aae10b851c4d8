//! Models that a journal has and the program does not: under another name, or not at all.

use super::names::renamed;
use super::plan::{Declared, calls_of};
use super::{Catalog, CatalogType, TypeKind};
use crate::model::{Models, Schema, TypeInfo};
use crate::stdx::nearest::nearest;

/// A model of the journal that seems to be one of the program under another name.
pub(super) struct Guess {
    pub(super) number: usize,
    pub(super) old: String,
    pub(super) new: &'static str,
    /// The name that it is said to have had, where no model of the journal has that.
    was: Option<&'static str>,
}

impl Guess {
    fn line(&self) -> String {
        let Self { old, new, was, .. } = self;
        match was {
            Some(was) => format!(
                "was = \"{was}\" of {new} names no model in the journal: write #[Model(was = \"{old}\")] struct {new}"
            ),
            None => format!("if {new} is its new name, write #[Model(was = \"{old}\")] struct {new}"),
        }
    }
}

impl Catalog {
    /// What to say of rows of a model that the program does not have.
    #[must_use]
    pub fn foreign(
        &self,
        name: &str,
        models: &Models,
        calls: &[(String, Option<&'static TypeInfo>)],
    ) -> String {
        let add = format!("add .model::<{name}>() to the app");
        let lacks = format!("the journal holds rows of {name}, which this program does not have");
        if let Some(guess) = self.guesses(models).into_iter().find(|guess| guess.old == name) {
            return format!("{lacks}: {}; else {add}", guess.line());
        }
        if let Some(words) = self.wrong_name(models) {
            return format!("{lacks}: {words}");
        }
        self.of_another_program(models, calls).unwrap_or_else(|| format!("{lacks}: {add}"))
    }

    /// That the journal is of another program, where it has models and the program has none of them, nor one of its calls.
    #[must_use]
    pub fn of_another_program(
        &self,
        models: &Models,
        calls: &[(String, Option<&'static TypeInfo>)],
    ) -> Option<String> {
        let held: Vec<_> = self.lacking(models).map(|(_, known)| known.name.as_str()).collect();
        let knows_a_model =
            models.schemas().iter().any(|schema| self.find(&Declared::model(schema)).is_some());
        // The names of commands of a program's own are words that many use.
        let knows_a_call = calls_of(calls).any(|call| call.name.contains('.') && self.find(&call).is_some());
        if held.is_empty() || knows_a_model || knows_a_call || !self.guesses(models).is_empty() {
            return None;
        }
        let own = match models.schemas().is_empty() {
            true => "and this one has no models",
            false => "and this one has none of them; `--data` names the directory of its own",
        };
        Some(format!("the journal is of another program: its models are {}, {own}", held.join(", ")))
    }

    /// A name that a model is said to have had, and none in the journal has.
    pub(super) fn wrong_name(&self, models: &Models) -> Option<String> {
        let (schema, was) =
            self.new_models(models).find_map(|schema| Some((schema, schema.model.was.first()?)))?;
        let lacking: Vec<_> = self.lacking(models).map(|(_, known)| known.name.as_str()).collect();
        if lacking.is_empty() {
            return None;
        }
        let near = nearest(was, lacking.iter().copied());
        let near = near.map_or_else(
            || format!("those that this program lacks are {}", lacking.join(", ")),
            |near| format!("the nearest is {near}"),
        );
        Some(format!("was = \"{was}\" of {} names no model in the journal; {near}", schema.name))
    }

    /// The models of the journal that the program does not have.
    fn lacking(&self, models: &Models) -> impl Iterator<Item = (usize, &CatalogType)> {
        let tables = self.tables(models);
        let types = self.types.iter().enumerate().zip(tables);
        types.filter_map(move |((number, known), table)| {
            let is_newest = || {
                self.by_name(TypeKind::Model, &known.name).is_some_and(|(newest, _)| newest == number as u64)
            };
            (known.kind == TypeKind::Model && table.is_err() && is_newest()).then_some((number, known))
        })
    }

    /// The models of the program that the journal does not have.
    fn new_models<'m>(&self, models: &'m Models) -> impl Iterator<Item = &'m Schema> {
        models.schemas().iter().filter(|schema| self.find(&Declared::model(schema)).is_none())
    }

    /// The models that the program lacks, each with one that the journal lacks and that has the same fields.
    pub(super) fn guesses(&self, models: &Models) -> Vec<Guess> {
        let guesses = self.lacking(models).filter_map(|(number, known)| {
            let mut new = self.new_models(models).filter(|schema| has_fields_of(schema, known));
            let schema = new.next()?;
            let was = schema.model.was.first().copied();
            Some(Guess { number, old: known.name.clone(), new: schema.name, was })
        });
        guesses.collect()
    }
}

/// Are these the same fields, but for the names of the models in their types?
fn has_fields_of(schema: &Schema, known: &CatalogType) -> bool {
    let declared: Vec<_> = Declared::model(schema).members().collect();
    let same = known.members.iter().all(|held| {
        let shape = held.shape.as_ref().map(|shape| renamed(shape, &known.name, schema.name, true));
        declared.iter().any(|member| member.name == held.name && member.shape == shape)
    });
    same && declared.len() == known.members.len()
}

/// What a refusal says of guesses.
pub(super) fn lines(guesses: &[Guess]) -> impl Iterator<Item = String> {
    guesses.iter().map(|guess| {
        let Guess { old, new, .. } = guess;
        format!("{old} is in the journal and not in this program, and {new} has its fields: {}", guess.line())
    })
}
