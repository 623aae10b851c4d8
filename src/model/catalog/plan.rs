//! What a program adds to a journal's catalog, and what keeps it from opening that journal.

use super::compare::{Compared, compare};
use super::{BODIES, Catalog, CatalogMember, CatalogType, TypeKind, foreign, rules};
use crate::codec::binary::{Numbers, Writer};
use crate::model::registry::collect_types;
use crate::model::{Models, Schema, SchemaError, TypeBody, TypeInfo};
use std::fmt;

/// Why the program cannot open a journal: what it declares differs from what the journal holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError(Vec<String>);

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, line) in self.0.iter().enumerate() {
            write!(f, "{}{line}", if n == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for CatalogError {}

/// What a schema frame says of a type: its number, and the members that are new, newly named or newly secret, by number.
struct Entry<'d> {
    number: usize,
    declared: Declared<'d>,
    members: Vec<(usize, CatalogMember)>,
}

fn encode(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut payload = Vec::new();
    let mut w = Writer::new(&mut payload, Numbers::positions());
    w.array(entries.len());
    for Entry { number, declared, members } in entries {
        w.array(6);
        w.uint(*number as u64);
        w.uint(declared.kind as u64);
        w.text(declared.name);
        match declared.key {
            Some(key) => w.uint(key as u64),
            None => w.null(),
        }
        let body = BODIES.iter().position(|body| *body == declared.body());
        w.uint(body.expect("every body has its number") as u64);
        w.array(members.len());
        for (number, CatalogMember { name, shape, secret }) in members {
            w.array(4);
            w.uint(*number as u64);
            w.text(name);
            match shape {
                Some(shape) => w.text(shape),
                None => w.null(),
            }
            w.bool(*secret);
        }
    }
    payload
}

/// A type that the program wants to have numbers for.
#[derive(Clone, Copy)]
pub(super) struct Declared<'d> {
    pub(super) kind: TypeKind,
    pub(super) name: &'d str,
    /// The names that it had before.
    pub(super) was: &'static [&'static str],
    pub(super) info: Option<&'static TypeInfo>,
    pub(super) key: Option<usize>,
}

/// What the program adds, and what is in the way.
type Planned<'d> = (Vec<Entry<'d>>, Vec<String>);

impl Catalog {
    /// What has to be added for this program: the payload of a schema frame, or nothing. A type of which nothing was
    /// written (see [`Catalog::note_row`]) is named anew where it is declared otherwise.
    ///
    /// # Errors
    /// When a model or a part of it is declared otherwise than the rows in the journal have it.
    pub fn plan(
        &self,
        models: &Models,
        calls: &[(String, Option<&'static TypeInfo>)],
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let mut wrong = two_of_one_name(models);
        let (mut entries, others) = self.planned(models, calls);
        let guesses = if others.is_empty() { Vec::new() } else { self.guesses(models) };
        if guesses.is_empty() {
            wrong.extend(self.wrong_name(models).filter(|_| !others.is_empty()));
            wrong.extend(others);
        } else {
            // What would still be wrong is said, and not what follows from the name.
            let mut renamed = self.clone();
            guesses.iter().for_each(|guess| renamed.rename(guess.number, guess.new));
            wrong.extend(foreign::lines(&guesses));
            wrong.extend(renamed.planned(models, calls).1);
        }
        if !wrong.is_empty() {
            return Err(CatalogError(wrong));
        }
        let rules = rules::digest(models).unwrap_or_default();
        if self.has_other_rules(models) {
            let new = entries.iter().filter(|entry| entry.number >= self.types.len()).count();
            let declared = Declared { name: &rules, ..Declared::nameless(TypeKind::Rules) };
            entries.push(Entry { number: self.types.len() + new, declared, members: Vec::new() });
        }
        Ok((!entries.is_empty()).then(|| encode(&entries)))
    }

    fn planned<'d>(&self, models: &Models, calls: &'d [(String, Option<&'static TypeInfo>)]) -> Planned<'d> {
        let renames = self.renames(models);
        let mut renamed = self.clone();
        renames.iter().for_each(|(number, name)| renamed.rename(*number, name));
        let in_rows = renamed.in_rows();
        let mut wrong = Vec::new();
        let mut entries = Vec::new();
        let mut next = self.types.len();
        let mut parts: Vec<(&str, usize)> = Vec::new();
        for declared in declared(models, calls) {
            if let Some(info) = declared.info.filter(|_| declared.kind == TypeKind::Data) {
                let place = info.slot.place();
                if parts.iter().any(|(name, other)| *name == info.name && *other != place) {
                    wrong.push(format!("two types are called {}: rename one", info.name));
                    continue;
                }
                parts.push((info.name, place));
            }
            let known = renamed.by_name(declared.kind, declared.name);
            let known = known.map(|(number, known)| (usize::try_from(number).unwrap_or(usize::MAX), known));
            let mut is_new = true;
            if let Some((number, known)) = known {
                let Compared { news, wrong: faults } = compare(&declared, known);
                is_new = !faults.is_empty();
                if is_new && in_rows.get(number).is_some_and(|in_rows| *in_rows) {
                    wrong.extend(faults);
                    continue;
                }
                let members = if is_new { Vec::new() } else { news };
                if !members.is_empty() || renames.iter().any(|(renamed, _)| *renamed == number) {
                    entries.push(Entry { number, declared, members });
                }
            }
            if is_new {
                let members = declared.members().enumerate().collect();
                entries.push(Entry { number: next, declared, members });
                next += 1;
            }
        }
        // A new name comes before the shapes that say it.
        entries.sort_by_key(|entry| !renames.iter().any(|(number, _)| *number == entry.number));
        (entries, wrong)
    }

    /// The models that the journal knows under a name that they had before.
    fn renames(&self, models: &Models) -> Vec<(usize, &'static str)> {
        let renames = models.schemas().iter().filter_map(|schema| {
            let (number, known) = self.find(&Declared::model(schema))?;
            (known.name != schema.name).then_some((usize::try_from(number).ok()?, schema.name))
        });
        renames.collect()
    }
}

/// Names that two models of the program have or had.
fn two_of_one_name(models: &Models) -> Vec<String> {
    let schemas = || models.schemas().iter();
    let names = schemas()
        .enumerate()
        .flat_map(|(position, schema)| schema.model.was.iter().map(move |was| (position, schema.name, *was)));
    let wrong = names.filter_map(|(position, name, was)| {
        let is_other = |other: &Schema| other.name == was || other.model.was.contains(&was);
        let (_, other) =
            schemas().enumerate().find(|(other, schema)| *other != position && is_other(schema))?;
        Some(format!(
            "{name} was called {was}, and so {} {}: take was = \"{was}\" away from one, or rename one",
            if other.name == was { "is" } else { "was" },
            if other.name == was { "another model" } else { other.name },
        ))
    });
    wrong.collect()
}

impl Declared<'_> {
    /// A model.
    pub(super) fn model(schema: &Schema) -> Self {
        let model = schema.model;
        Declared {
            kind: TypeKind::Model,
            name: schema.name,
            was: model.was,
            info: Some(model.info),
            key: Some(model.key),
        }
    }

    fn nameless(kind: TypeKind) -> Self {
        Declared { kind, name: "", was: &[], info: None, key: None }
    }

    /// The number of a member in the journal.
    pub(super) fn number_in(&self, known: &CatalogType, position: usize) -> Option<usize> {
        self.info.and_then(|info| known.number_of(info, position))
    }

    pub(super) fn members(&self) -> impl Iterator<Item = CatalogMember> {
        let members = self.info.map_or(&[][..], |info| info.members);
        members.iter().map(|member| CatalogMember {
            name: member.name.to_owned(),
            shape: member.shape.map(|shape| shape().to_string()),
            secret: member.flags.secret,
        })
    }

    pub(super) fn body(&self) -> TypeBody {
        self.info.map_or(TypeBody::Record, |info| info.body)
    }
}

/// Everything the program wants numbers for: models, what they hold, calls, and what those hold.
pub(super) fn declared<'d>(
    models: &Models,
    calls: &'d [(String, Option<&'static TypeInfo>)],
) -> Vec<Declared<'d>> {
    let mut declared = Vec::new();
    let mut types = models.types();
    declared.extend(models.schemas().iter().map(Declared::model));
    let is_model = |info: &TypeInfo| {
        models.schemas().iter().any(|schema| schema.model.info.slot.place() == info.slot.place())
    };
    declared.extend(calls_of(calls));
    for (_, info) in calls {
        // The type of the arguments itself is known by the call's name; it is a part only where something holds it.
        for shape in info.iter().flat_map(|info| info.members).filter_map(|member| member.shape) {
            shape().named(&mut |inner| collect_types(inner, &mut types));
        }
    }
    // The parts come last: where a type is both, its numbers as a part are those that the state is read by.
    for info in types.iter().filter(|info| !is_model(info)) {
        declared.push(Declared { name: info.name, info: Some(info), ..Declared::nameless(TypeKind::Data) });
    }
    declared
}

/// The calls.
pub(super) fn calls_of<'d>(
    calls: &'d [(String, Option<&'static TypeInfo>)],
) -> impl Iterator<Item = Declared<'d>> {
    calls.iter().map(|(name, info)| Declared { name, info: *info, ..Declared::nameless(TypeKind::Call) })
}

impl From<CatalogError> for SchemaError {
    fn from(error: CatalogError) -> Self {
        Self::new(error.to_string())
    }
}
