//! A type of the program beside what the journal holds of it.

use super::plan::Declared;
use super::{CatalogMember, CatalogType, TypeKind};
use crate::model::{MemberInfo, TypeBody};
use crate::stdx::nearest::nearest;

/// What came of it.
#[derive(Default)]
pub(super) struct Compared {
    /// The members that are new in the program, newly named or newly secret, with their numbers.
    pub(super) news: Vec<(usize, CatalogMember)>,
    /// What cannot be.
    pub(super) wrong: Vec<String>,
}

/// A member of the program that the journal knows under none of its names.
struct Fresh<'d> {
    info: &'d MemberInfo,
    shape: Option<String>,
    optional: bool,
}

/// Compares them.
pub(super) fn compare(declared: &Declared<'_>, known: &CatalogType) -> Compared {
    let mut found = Compared::default();
    let mut next = known.members.len();
    let mut add = |member: CatalogMember| {
        let number = next;
        next += 1;
        (number, member)
    };
    let of = declared.name;
    let mut changed = Vec::new();
    let mut fresh = Vec::new();
    let infos = declared.info.map_or(&[][..], |info| info.members);
    for (position, (member, info)) in declared.members().zip(infos).enumerate() {
        let number = declared.number_in(known, position);
        let held = number.and_then(|number| known.members.get(number));
        if let (Some(number), Some(held)) = (number, held.filter(|held| held.shape == member.shape)) {
            if (member.secret && !held.secret) || member.name != held.name {
                changed.push((number, member));
            }
            continue;
        }
        let of_call = declared.kind == TypeKind::Call;
        match held {
            // A call's arguments may change as they like: what was recorded keeps its numbers.
            _ if of_call => {}
            None => {
                let optional = info.flags.optional;
                fresh.push(Fresh { info, shape: member.shape.clone(), optional });
            }
            // A variant where a field was is a new one; what it took the place of is named as gone.
            Some(_) if member.shape.is_none() => {}
            Some(held) => {
                let (name, shape) = (&member.name, member.shape.as_deref().unwrap_or("a variant"));
                let held = held.shape.as_deref().unwrap_or("a variant");
                found.wrong.push(format!(
                    "{of}.{name} is {shape} in this program and {held} in the journal: give it its old type back, or put \
                     the new one beside it under another name and write a command that copies"
                ));
            }
        }
        found.news.push(add(member));
    }
    found.news.extend(changed);
    if declared.kind != TypeKind::Call {
        let gone = gone(declared, known);
        found.wrong.extend(fresh.iter().filter_map(|fresh| no_room(declared, known, fresh, &gone)));
        form_or_key(declared, known, &mut found.wrong);
        found.wrong.extend(gone.iter().map(|gone| is_gone(of, gone, &fresh)));
    }
    found
}

/// What the journal holds and the program no longer has.
fn gone<'k>(declared: &Declared<'_>, known: &'k CatalogType) -> Vec<&'k CatalogMember> {
    let count = declared.members().count();
    let here: Vec<_> = (0..count).filter_map(|position| declared.number_in(known, position)).collect();
    let gone = known.members.iter().enumerate().filter(|(number, _)| !here.contains(number));
    gone.map(|(_, member)| member).collect()
}

/// What keeps a new member from being one; none: it may come.
fn no_room(
    declared: &Declared<'_>,
    known: &CatalogType,
    fresh: &Fresh<'_>,
    gone: &[&CatalogMember],
) -> Option<String> {
    let (of, name) = (declared.name, fresh.info.name);
    let room = match &fresh.shape {
        None => Room::Free,
        Some(shape) if fresh.optional || shape.starts_with("option<") => {
            match room_for(name, declared.body(), known) {
                Room::InRows => Room::Free,
                room => room,
            }
        }
        Some(_) => room_for(name, declared.body(), known),
    };
    if let Some(was) = fresh.info.was.first()
        && (!gone.is_empty() || !matches!(room, Room::Free))
    {
        let was = last(was);
        let what = if fresh.shape.is_some() { "field" } else { "variant" };
        let near = nearest(was, gone.iter().map(|gone| last(&gone.name)));
        let near = near.or_else(|| nearest(was, known.members.iter().map(|held| last(&held.name))));
        let near = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
        return Some(format!("{of}.{name}: was(\"{was}\") names no {what} of {of} in the journal{near}"));
    }
    let shape = fresh.shape.as_deref()?;
    match room {
        Room::Free => None,
        Room::InRows => {
            let old = gone.iter().find(|gone| fresh.may_have_been(gone)).map(|gone| last(&gone.name));
            let new_name = old.map_or_else(String::new, |old| {
                format!("put #[was(\"{old}\")] on it if that is its old name, else ")
            });
            Some(format!(
                "{of}.{name} ({shape}) is new in this program and the rows in the journal have none: {new_name}make it an \
                 Option or give it a #[default(..)]"
            ))
        }
        Room::None => Some(format!(
            "{of}.{name} ({shape}) is new in this program, and what the journal holds has no place for it: take it away, \
             or make {of} a type or a variant with another name"
        )),
    }
}

/// That a member is gone, and what to do.
fn is_gone(of: &str, gone: &CatalogMember, fresh: &[Fresh<'_>]) -> String {
    let CatalogMember { name, shape, .. } = gone;
    let (shape, own) = (shape.as_deref().unwrap_or("a variant"), last(name));
    let advice = match fresh.iter().find(|fresh| fresh.may_have_been(gone)) {
        Some(new) => {
            format!("if it is {} now, put #[was(\"{own}\")] on that, else put it back", last(new.info.name))
        }
        None => format!("put it back, or, if it has a new name now, put #[was(\"{own}\")] on that"),
    };
    format!("{of}.{name} ({shape}) is in the journal and not in this program: {advice}")
}

/// Another form of the type, or another key.
fn form_or_key(declared: &Declared<'_>, known: &CatalogType, wrong: &mut Vec<String>) {
    let of = declared.name;
    if declared.body() != known.body {
        let [here, held] = [declared.body(), known.body].map(body_in_words);
        wrong.push(format!(
            "{of} is {here} in this program and {held} in the journal: give it its old form back"
        ));
    }
    if declared.kind == TypeKind::Model && declared.key.and_then(|key| u16::try_from(key).ok()) != known.key {
        let key_name = declared.key.and_then(|key| declared.info?.members.get(key)).map(|member| member.name);
        let held = known.key.and_then(|key| known.members.get(usize::from(key)));
        // The position may have moved; it is the name that counts.
        let number = declared.key.and_then(|key| declared.number_in(known, key));
        let same = number == known.key.map(usize::from);
        if !same && key_name != held.map(|held| held.name.as_str()) {
            wrong.push(format!(
                "the key of {of} is {} in this program and {} in the journal: give it its old key back",
                key_name.unwrap_or("nothing"),
                held.map_or("nothing", |held| &held.name),
            ));
        }
    }
}

impl Fresh<'_> {
    /// Could it be this one under a new name?
    fn may_have_been(&self, gone: &CatalogMember) -> bool {
        self.shape == gone.shape && owner(self.info.name) == owner(&gone.name) && self.info.was.is_empty()
    }
}

/// The name of a field without that of its variant.
fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The variant that a field is of.
fn owner(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(variant, _)| variant)
}

/// Can a new member be told from what was written without it?
enum Room {
    /// Nothing that could hold it was written yet, or something stands in where it is absent.
    Free,
    /// It would be absent.
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
