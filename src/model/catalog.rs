//! What one journal calls types, fields and calls.
//!
//! A schema frame holds the types that are new since the last one, or new members of known ones, in CBOR:
//! `[[number, kind, name, key member or null, body, [[member number, name, shape or null, is secret], ...]], ...]`.
//! Numbers are given in order and never used again, so that every frame before can always be read. A member that is there
//! already comes again when it has become a secret; it stays one, because its values stand in the frames before.

use super::registry::collect_types;
use super::{Models, SchemaError, TypeBody, TypeInfo};
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
    /// How its members make it up.
    pub body: TypeBody,
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
    /// Its values are never shown.
    pub secret: bool,
}

/// The bodies of types by their number in a schema frame.
const BODIES: [TypeBody; 4] = [TypeBody::Record, TypeBody::Tuple, TypeBody::Transparent, TypeBody::Choice];

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

/// What a schema frame says of a type: its number, and the members that are new, or newly secret, by number.
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
struct Declared<'d> {
    kind: TypeKind,
    name: &'d str,
    info: Option<&'static TypeInfo>,
    key: Option<usize>,
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
            r.array(6)?;
            let number = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let kind = match r.uint()? {
                0 => TypeKind::Model,
                1 => TypeKind::Data,
                2 => TypeKind::Call,
                _ => return Err(r.malformed("a kind of type from 0 to 2")),
            };
            let name = r.text()?.to_owned();
            let key = if r.null() { None } else { u16::try_from(r.uint()?).ok() };
            let body = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let Some(body) = BODIES.get(body).copied() else {
                return Err(r.malformed("a body of a type from 0 to 3"));
            };
            if number == self.types.len() {
                self.types.push(CatalogType { kind, name: name.clone(), key, body, members: Vec::new() });
            }
            let known = self.types.get_mut(number).filter(|known| known.kind == kind && known.name == name);
            let Some(known) = known else {
                return Err(r.malformed("the number of a known type, or the next one"));
            };
            for _ in 0..r.list()? {
                known.read_member(&mut r)?;
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
            let entry = match self.by_name(declared.kind, declared.name) {
                None => {
                    next += 1;
                    Some((next - 1, declared.members().enumerate().collect()))
                }
                Some((number, known)) => {
                    let news = compare(&declared, known, &mut wrong);
                    (!news.is_empty()).then_some((usize::try_from(number).unwrap_or(usize::MAX), news))
                }
            };
            if let Some((number, members)) = entry {
                entries.push(Entry { number, declared, members });
            }
        }
        if !wrong.is_empty() {
            return Err(CatalogError(wrong));
        }
        Ok((!entries.is_empty()).then(|| encode(&entries)))
    }

    /// The numbers of one call's arguments beside all others: for arguments whose type other calls take as well.
    #[must_use]
    pub fn call_numbers(&self, number: u64, arguments: &'static TypeInfo, all: &Numbers) -> Numbers {
        let mut numbers = all.clone();
        if let Some(call) = self.by_number(number) {
            numbers.set(arguments.slot, &call.numbers(arguments));
        }
        numbers
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
            numbers.set(info.slot, &known.numbers(info));
        }
        numbers
    }
}

impl CatalogType {
    /// By position in `info`: the number here.
    fn numbers(&self, info: &TypeInfo) -> Vec<u16> {
        let number_of = |name: &str| self.members.iter().rposition(|member| member.name == name);
        let numbers = info.members.iter().map(|member| number_of(member.name));
        numbers.map(|n| n.and_then(|n| u16::try_from(n).ok()).unwrap_or(u16::MAX)).collect()
    }

    fn read_member(&mut self, r: &mut Reader<'_>) -> Result<(), Malformed> {
        r.array(4)?;
        let number = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
        let name = r.text()?.to_owned();
        let shape = if r.null() { None } else { Some(r.text()?.to_owned()) };
        let secret = r.bool()?;
        if number == self.members.len() {
            self.members.push(CatalogMember { name, shape, secret });
            return Ok(());
        }
        match self.members.get_mut(number) {
            Some(known) if known.name == name && known.shape == shape => known.secret |= secret,
            _ => return Err(r.malformed("the next member's number, or a known member")),
        }
        Ok(())
    }
}

impl Declared<'_> {
    fn members(&self) -> impl Iterator<Item = CatalogMember> {
        let members = self.info.map_or(&[][..], |info| info.members);
        members.iter().map(|member| CatalogMember {
            name: member.name.to_owned(),
            shape: member.shape.map(|shape| shape().to_string()),
            secret: member.flags.secret,
        })
    }

    fn body(&self) -> TypeBody {
        self.info.map_or(TypeBody::Record, |info| info.body)
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
    let is_model = |info: &TypeInfo| {
        models.schemas().iter().any(|schema| schema.model.info.slot.place() == info.slot.place())
    };
    for (name, info) in calls {
        declared.push(Declared { kind: TypeKind::Call, name, info: *info, key: None });
        // The type of the arguments itself is known by the call's name; it is a part only where something holds it.
        for shape in info.iter().flat_map(|info| info.members).filter_map(|member| member.shape) {
            shape().named(&mut |inner| collect_types(inner, &mut types));
        }
    }
    // The parts come last: where a type is both, its numbers as a part are those that the state is read by.
    for info in types.iter().filter(|info| !is_model(info)) {
        declared.push(Declared { kind: TypeKind::Data, name: info.name, info: Some(info), key: None });
    }
    declared
}

/// The members that are new in the program or newly secret, with their numbers; what cannot be is told in `wrong`.
fn compare(
    declared: &Declared<'_>,
    known: &CatalogType,
    wrong: &mut Vec<String>,
) -> Vec<(usize, CatalogMember)> {
    let mut news = Vec::new();
    let mut next = known.members.len();
    let mut add = |member: CatalogMember| {
        news.push((next, member));
        next += 1;
    };
    let mut hidden = Vec::new();
    let of = declared.name;
    for (position, member) in declared.members().enumerate() {
        let CatalogMember { name, shape, secret } = &member;
        let number = known.members.iter().rposition(|held| held.name == *name);
        let held = number.and_then(|number| known.members.get(number));
        if let (Some(number), Some(held)) = (number, held.filter(|held| held.shape == *shape)) {
            if *secret && !held.secret {
                hidden.push((number, member));
            }
            continue;
        }
        // A call's arguments may change as they like: what was recorded keeps its numbers.
        let Some(shape) = shape.as_ref().filter(|_| declared.kind != TypeKind::Call) else {
            add(member);
            continue;
        };
        match held.map(|held| held.shape.as_deref().unwrap_or("a variant")) {
            Some(held) => wrong.push(format!(
                "{of}.{name} is {shape} in this program and {held} in the journal: give it its old type back"
            )),
            None => match room_for(name, declared.body(), known) {
                Room::Free => add(member),
                Room::InRows if shape.starts_with("option<") || declared.optional(position) => add(member),
                Room::InRows => wrong.push(format!(
                    "{of}.{name} ({shape}) is new in this program and the rows in the journal have none: \
                     make it an Option or give it a #[default(..)]"
                )),
                Room::None => wrong.push(format!(
                    "{of}.{name} ({shape}) is new in this program, and what the journal holds has no place for it: \
                     take it away, or make {of} a type or a variant with another name"
                )),
            },
        }
    }
    news.extend(hidden);
    if declared.kind == TypeKind::Call {
        return news;
    }
    if declared.body() != known.body {
        let [here, held] = [declared.body(), known.body].map(body_in_words);
        wrong.push(format!(
            "{of} is {here} in this program and {held} in the journal: give it its old form back"
        ));
    }
    let gone = known.members.iter().filter(|held| declared.members().all(|member| member.name != held.name));
    for CatalogMember { name, shape, .. } in gone {
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
    news
}

/// Can a new member be told from what was written without it?
enum Room {
    /// Nothing that could hold it was written yet.
    Free,
    /// Where it is absent, its default counts.
    InRows,
    /// What was written has its values by position, or nothing that values could stand in.
    None,
}

fn room_for(name: &str, body: TypeBody, known: &CatalogType) -> Room {
    let is_of = |variant: &str| name.strip_prefix(variant).is_some_and(|rest| rest.starts_with('.'));
    let mut variants = known.members.iter().filter(|held| held.shape.is_none());
    match (body, variants.find(|held| is_of(&held.name))) {
        (TypeBody::Record, _) => Room::InRows,
        (TypeBody::Tuple | TypeBody::Transparent, _) => Room::None,
        (TypeBody::Choice, None) => Room::Free,
        (TypeBody::Choice, Some(variant)) => {
            let of_variant =
                |held: &str| held.strip_prefix(&*variant.name).is_some_and(|rest| rest.starts_with('.'));
            if known.members.iter().any(|held| of_variant(&held.name)) { Room::InRows } else { Room::None }
        }
    }
}

fn body_in_words(body: TypeBody) -> &'static str {
    match body {
        TypeBody::Record => "a struct with named fields",
        TypeBody::Tuple => "a struct with fields in order",
        TypeBody::Transparent => "a struct around one value",
        TypeBody::Choice => "an enum",
    }
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
