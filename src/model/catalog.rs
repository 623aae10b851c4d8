//! What one journal calls types, fields and calls.
//!
//! A schema frame holds the types that are new since the last one, or new members of known ones, in CBOR:
//! `[[number, kind, name, key member or null, [[member number, name, shape or null], ...]], ...]`.
//! Numbers are given in order and never used again, so that every frame before can always be read.

use super::registry::collect_types;
use super::{Models, SchemaError, TypeInfo};
use crate::codec::binary::{Malformed, Numbers, Reader, Writer};
use std::fmt;

/// Everything that a journal has named so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Catalog {
    types: Vec<CatalogType>,
}

/// A type as a journal knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogType {
    /// What it is.
    pub kind: TypeKind,
    /// Its name; of a call, `todos.add`.
    pub name: String,
    /// The number of a model's key.
    pub key: Option<u16>,
    /// Its members; their position is their number.
    pub members: Vec<CatalogMember>,
}

/// A member as a journal knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogMember {
    /// Its name.
    pub name: String,
    /// What it is; `None` for a variant.
    pub shape: Option<String>,
}

/// What a type in a journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeKind {
    /// Rows in a table.
    Model,
    /// A part of other values.
    Data,
    /// The arguments of a call.
    Call,
}

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

/// A type that the program wants to have numbers for.
struct Declared<'d> {
    kind: TypeKind,
    name: &'d str,
    info: Option<&'static TypeInfo>,
    key: Option<usize>,
}

/// What a schema frame says of one type.
struct Entry<'d> {
    number: usize,
    declared: Declared<'d>,
    /// Names and shapes of the members that are new.
    members: Vec<(String, Option<String>)>,
}

impl Catalog {
    /// The type with this number.
    #[must_use]
    pub fn by_number(&self, number: u64) -> Option<&CatalogType> {
        self.types.get(usize::try_from(number).ok()?)
    }

    /// The newest type of this kind and name, and its number.
    #[must_use]
    pub fn by_name(&self, kind: TypeKind, name: &str) -> Option<(u64, &CatalogType)> {
        let position = self.types.iter().rposition(|known| known.kind == kind && known.name == name)?;
        Some((position as u64, self.types.get(position)?))
    }

    /// The declared type of this name, model or part.
    #[must_use]
    pub fn value_type(&self, name: &str) -> Option<&CatalogType> {
        self.by_name(TypeKind::Data, name)
            .or_else(|| self.by_name(TypeKind::Model, name))
            .map(|(_, found)| found)
    }

    /// Takes in a schema frame.
    ///
    /// # Errors
    /// When the payload is not one, or does not follow on what came before.
    pub fn read(&mut self, payload: &[u8]) -> Result<(), Malformed> {
        let mut r = Reader::new(payload, Numbers::positions());
        for _ in 0..r.list()? {
            r.array(5)?;
            let number = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let kind = match r.uint()? {
                0 => TypeKind::Model,
                1 => TypeKind::Data,
                2 => TypeKind::Call,
                _ => return Err(r.malformed("a kind of type from 0 to 2")),
            };
            let name = r.text()?.to_owned();
            let key = if r.null() { None } else { u16::try_from(r.uint()?).ok() };
            if number == self.types.len() {
                self.types.push(CatalogType { kind, name, key, members: Vec::new() });
            }
            let Some(known) = self.types.get_mut(number) else {
                return Err(r.malformed("the number of a known type, or the next one"));
            };
            for _ in 0..r.list()? {
                r.array(3)?;
                if r.uint()? != known.members.len() as u64 {
                    return Err(r.malformed("the next member's number"));
                }
                let name = r.text()?.to_owned();
                let shape = if r.null() { None } else { Some(r.text()?.to_owned()) };
                known.members.push(CatalogMember { name, shape });
            }
        }
        r.end()
    }

    /// What has to be added for this program: the payload of a schema frame, or nothing.
    ///
    /// # Errors
    /// When a model or a part of it is declared otherwise than the journal holds it.
    pub fn plan(
        &self,
        models: &Models,
        calls: &[(String, Option<&'static TypeInfo>)],
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let mut wrong = Vec::new();
        let mut entries = Vec::new();
        let mut next = self.types.len();
        for declared in declared(models, calls) {
            let entry = match self.by_name(declared.kind, declared.name) {
                None => {
                    next += 1;
                    Some((next - 1, declared.members().collect()))
                }
                Some((number, known)) => {
                    let added = compare(&declared, known, &mut wrong);
                    (!added.is_empty()).then_some((usize::try_from(number).unwrap_or(usize::MAX), added))
                }
            };
            if let Some((number, members)) = entry {
                entries.push(Entry { number, declared, members });
            }
        }
        if !wrong.is_empty() {
            return Err(CatalogError(wrong));
        }
        Ok((!entries.is_empty()).then(|| self.encode(&entries)))
    }

    fn encode(&self, entries: &[Entry<'_>]) -> Vec<u8> {
        let mut payload = Vec::new();
        let mut w = Writer::new(&mut payload, Numbers::positions());
        w.array(entries.len());
        for Entry { number, declared, members } in entries {
            w.array(5);
            w.uint(*number as u64);
            w.uint(declared.kind as u64);
            w.text(declared.name);
            match declared.key {
                Some(key) => w.uint(key as u64),
                None => w.null(),
            }
            let first = self.types.get(*number).map_or(0, |known| known.members.len());
            w.array(members.len());
            for (offset, (name, shape)) in members.iter().enumerate() {
                w.array(3);
                w.uint((first + offset) as u64);
                w.text(name);
                match shape {
                    Some(shape) => w.text(shape),
                    None => w.null(),
                }
            }
        }
        payload
    }

    /// The numbers of the program's types in this journal, once every type of it is known here.
    #[must_use]
    pub fn numbers(&self, models: &Models, calls: &[(String, Option<&'static TypeInfo>)]) -> Numbers {
        let mut numbers = Numbers::default();
        for declared in declared(models, calls) {
            let (Some(info), Some((_, known))) = (declared.info, self.by_name(declared.kind, declared.name))
            else {
                continue;
            };
            let number_of = |name: &str| known.members.iter().rposition(|member| member.name == name);
            let members: Vec<u16> = info
                .members
                .iter()
                .map(|member| number_of(member.name).and_then(|n| u16::try_from(n).ok()).unwrap_or(u16::MAX))
                .collect();
            numbers.set(info.slot, &members);
        }
        numbers
    }
}

impl Declared<'_> {
    fn members(&self) -> impl Iterator<Item = (String, Option<String>)> {
        let members = self.info.map_or(&[][..], |info| info.members);
        members.iter().map(|member| (member.name.to_owned(), member.shape.map(|shape| shape().to_string())))
    }
}

/// Everything the program wants numbers for: models, what they hold, calls, and what those hold.
fn declared<'d>(models: &Models, calls: &'d [(String, Option<&'static TypeInfo>)]) -> Vec<Declared<'d>> {
    let mut declared = Vec::new();
    let mut types = models.types();
    for schema in models.schemas() {
        let (name, info) = (schema.name, schema.model.info);
        declared.push(Declared {
            kind: TypeKind::Model,
            name,
            info: Some(info),
            key: Some(schema.model.key),
        });
    }
    let is_model = |info: &TypeInfo| models.schemas().iter().any(|schema| schema.name == info.name);
    let mut arguments = Vec::new();
    for (name, info) in calls {
        declared.push(Declared { kind: TypeKind::Call, name, info: *info, key: None });
        if let Some(info) = info {
            arguments.push(info.slot.place());
            collect_types(info, &mut types);
        }
    }
    for info in types.iter().filter(|info| !is_model(info) && !arguments.contains(&info.slot.place())) {
        declared.push(Declared { kind: TypeKind::Data, name: info.name, info: Some(info), key: None });
    }
    declared
}

/// The members that are new in the program; what cannot be is told in `wrong`.
fn compare(
    declared: &Declared<'_>,
    known: &CatalogType,
    wrong: &mut Vec<String>,
) -> Vec<(String, Option<String>)> {
    let mut added = Vec::new();
    let newest = |name: &str| known.members.iter().rev().find(|member| member.name == name);
    let of = declared.name;
    for (position, (name, shape)) in declared.members().enumerate() {
        let held = newest(&name);
        if held.is_some_and(|held| held.shape == shape) {
            continue;
        }
        // A call's arguments may change as they like: what was recorded keeps its numbers.
        let Some(shape) = shape.clone().filter(|_| declared.kind != TypeKind::Call) else {
            added.push((name, shape));
            continue;
        };
        match held.map(|held| held.shape.as_deref().unwrap_or("a variant")) {
            Some(held) => wrong.push(format!(
                "{of}.{name} is {shape} in this program and {held} in the journal: give it its old type back"
            )),
            None if shape.starts_with("option<") || declared.optional(position) => {
                added.push((name, Some(shape)));
            }
            None if name.contains('.') => added.push((name, Some(shape))),
            None => wrong.push(format!(
                "{of}.{name} ({shape}) is new in this program and the rows in the journal have none: \
                 make it an Option or give it a #[default(..)]"
            )),
        }
    }
    if declared.kind == TypeKind::Call {
        return added;
    }
    let gone = known.members.iter().filter(|held| declared.members().all(|(name, _)| name != held.name));
    for CatalogMember { name, shape } in gone {
        let shape = shape.as_deref().unwrap_or("a variant");
        wrong.push(format!("{of}.{name} ({shape}) is in the journal and not in this program: put it back"));
    }
    if declared.kind == TypeKind::Model && declared.key.and_then(|key| u16::try_from(key).ok()) != known.key {
        let key_name = declared.key.and_then(|key| declared.info?.members.get(key)).map(|member| member.name);
        let held = known.key.and_then(|key| known.members.get(usize::from(key)));
        // The position may have moved; it is the name that counts.
        if key_name != held.map(|held| held.name.as_str()) {
            wrong.push(format!(
                "the key of {of} is {} in this program and {} in the journal: give it its old key back",
                key_name.unwrap_or("nothing"),
                held.map_or("nothing", |held| &held.name),
            ));
        }
    }
    added
}

impl Declared<'_> {
    fn optional(&self, position: usize) -> bool {
        self.info.and_then(|info| info.members.get(position)).is_some_and(|member| member.flags.optional)
    }
}

impl From<CatalogError> for SchemaError {
    fn from(error: CatalogError) -> Self {
        Self::new(error.to_string())
    }
}
