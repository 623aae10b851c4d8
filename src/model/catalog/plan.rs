//! What a program adds to a journal's catalog, and what keeps it from opening that journal.

use super::{BODIES, Catalog, CatalogMember, CatalogType, TypeKind, rules};
use crate::codec::binary::{Numbers, Writer};
use crate::model::registry::collect_types;
use crate::model::{Models, SchemaError, TypeBody, TypeInfo};
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
pub(super) struct Declared<'d> {
    pub(super) kind: TypeKind,
    pub(super) name: &'d str,
    pub(super) info: Option<&'static TypeInfo>,
    pub(super) key: Option<usize>,
}

impl Catalog {
    /// What has to be added for this program: the payload of a schema frame, or nothing.
    ///
    /// # Errors
    /// When a model or a part of it is declared otherwise than the journal holds it.
    pub fn plan(
        &self,
        models: &Models,
        calls: &[(String, Option<&'static TypeInfo>)],
    ) -> Result<Option<Vec<u8>>, CatalogError> {
        let rules = rules::digest(models).unwrap_or_default();
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
        if self.has_other_rules(models) {
            let declared = Declared { kind: TypeKind::Rules, name: &rules, info: None, key: None };
            entries.push(Entry { number: next, declared, members: Vec::new() });
        }
        Ok((!entries.is_empty()).then(|| encode(&entries)))
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
pub(super) fn declared<'d>(
    models: &Models,
    calls: &'d [(String, Option<&'static TypeInfo>)],
) -> Vec<Declared<'d>> {
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

/// The members that are new in the program, newly named or newly secret, with their numbers; what cannot be is told in `wrong`.
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
    let number_of = |position| declared.info.and_then(|info| known.number_of(info, position));
    for (position, member) in declared.members().enumerate() {
        let CatalogMember { name, shape, secret } = &member;
        let number = number_of(position);
        let held = number.and_then(|number| known.members.get(number));
        if let (Some(number), Some(held)) = (number, held.filter(|held| held.shape == *shape)) {
            if (*secret && !held.secret) || *name != held.name {
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
    gone_or_changed(declared, known, wrong);
    news
}

/// What the journal holds and the program no longer has, or has in another form: told in `wrong`.
fn gone_or_changed(declared: &Declared<'_>, known: &CatalogType, wrong: &mut Vec<String>) {
    let of = declared.name;
    let number_of = |position| declared.info.and_then(|info| known.number_of(info, position));
    if declared.body() != known.body {
        let [here, held] = [declared.body(), known.body].map(body_in_words);
        wrong.push(format!(
            "{of} is {here} in this program and {held} in the journal: give it its old form back"
        ));
    }
    let here: Vec<_> = (0..declared.members().count()).filter_map(number_of).collect();
    let gone = known.members.iter().enumerate().filter(|(number, _)| !here.contains(number));
    for (_, CatalogMember { name, shape, .. }) in gone {
        let shape = shape.as_deref().unwrap_or("a variant");
        let own = name.rsplit('.').next().unwrap_or(name);
        wrong.push(format!(
            "{of}.{name} ({shape}) is in the journal and not in this program: put it back, or, if it has a new name \
             now, put #[was(\"{own}\")] on that"
        ));
    }
    if declared.kind == TypeKind::Model && declared.key.and_then(|key| u16::try_from(key).ok()) != known.key {
        let key_name = declared.key.and_then(|key| declared.info?.members.get(key)).map(|member| member.name);
        let held = known.key.and_then(|key| known.members.get(usize::from(key)));
        // The position may have moved; it is the name that counts.
        let same = declared.key.and_then(number_of) == known.key.map(usize::from);
        if !same && key_name != held.map(|held| held.name.as_str()) {
            wrong.push(format!(
                "the key of {of} is {} in this program and {} in the journal: give it its old key back",
                key_name.unwrap_or("nothing"),
                held.map_or("nothing", |held| &held.name),
            ));
        }
    }
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
