//! What one journal calls types, fields and calls.
//!
//! A schema frame holds the types that are new since the last one, or new members of known ones, in CBOR:
//! `[[number, kind, name, key member or null, body, [[member number, name, shape or null, is secret], ...]], ...]`.
//! Numbers are given in order and never used again, so that every frame before can always be read. A member that is there
//! already comes again when it has become a secret; it stays one, because its values stand in the frames before. A
//! model that comes again under another name has that name from there on, and so have the references to it. A type that
//! comes again under another number is another one: nothing was ever written of the one before. An entry of the kind
//! [`TypeKind::Rules`] is no type: its name is a digest of the rules that all rows before it keep.

mod compare;
mod foreign;
mod names;
mod plan;
mod rules;

use super::{MemberInfo, Models, TypeBody, TypeInfo};
use crate::codec::binary::{Malformed, Numbers, Reader};
use plan::{Declared, declared};

pub use plan::CatalogError;

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
    /// Of a model: a row of it stands in the journal, or stood there. Known of the frames that were read.
    pub written: bool,
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
    /// No type: the rules that the rows keep from there on.
    Rules,
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

    /// Notes that a row of the model with this number stands in the journal; false when that was known.
    pub fn note_row(&mut self, number: u64) -> bool {
        let known = usize::try_from(number).ok().and_then(|number| self.types.get_mut(number));
        known.is_some_and(|known| !std::mem::replace(&mut known.written, true))
    }

    /// By number: the position of the program's table, or the name of what it has none for.
    #[must_use]
    pub fn tables(&self, models: &Models) -> Vec<Result<usize, String>> {
        let mut tables: Vec<_> = self.types.iter().map(|known| Err(known.name.clone())).collect();
        for (position, schema) in models.schemas().iter().enumerate() {
            let number =
                self.find(&Declared::model(schema)).and_then(|(number, _)| usize::try_from(number).ok());
            if let Some(table) = number.and_then(|number| tables.get_mut(number)) {
                *table = Ok(position);
            }
        }
        tables
    }

    /// The newest type of the name that a declared one has, else of one that it had before.
    fn find(&self, declared: &Declared<'_>) -> Option<(u64, &CatalogType)> {
        let names = std::iter::once(declared.name).chain(declared.was.iter().copied());
        names.filter_map(|name| self.by_name(declared.kind, name)).next()
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
                3 => TypeKind::Rules,
                _ => return Err(r.malformed("a kind of type from 0 to 3")),
            };
            let name = r.text()?.to_owned();
            let key = if r.null() { None } else { u16::try_from(r.uint()?).ok() };
            let body = usize::try_from(r.uint()?).unwrap_or(usize::MAX);
            let Some(body) = BODIES.get(body).copied() else {
                return Err(r.malformed("a body of a type from 0 to 3"));
            };
            if number == self.types.len() {
                self.types.push(CatalogType {
                    kind,
                    name: name.clone(),
                    key,
                    body,
                    members: Vec::new(),
                    written: false,
                });
            }
            if kind == TypeKind::Model {
                self.rename(number, &name);
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
            if let (Some(info), Some((_, known))) = (declared.info, self.find(&declared)) {
                numbers.set(info.slot, &known.numbers(info));
            }
        }
        numbers
    }
}

impl CatalogType {
    /// By position in `info`: the number here.
    fn numbers(&self, info: &TypeInfo) -> Vec<u16> {
        let numbers = (0..info.members.len()).map(|position| self.number_of(info, position));
        numbers.map(|n| n.and_then(|n| u16::try_from(n).ok()).unwrap_or(u16::MAX)).collect()
    }

    /// The number of a member of `info`: the one with its name, else the one with a name it had before (`#[was]`), unless the
    /// type still has a member of that name.
    fn number_of(&self, info: &TypeInfo, position: usize) -> Option<usize> {
        let by_name = |name: &str| self.members.iter().rposition(|held| held.name == name);
        let name = info.members.get(position)?.name;
        by_name(name).or_else(|| {
            let before = old_names(info, position).into_iter();
            before
                .filter(|old| info.members.iter().all(|member| member.name != old))
                .find_map(|old| by_name(&old))
        })
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
            Some(known) if known.shape == shape => {
                known.name = name;
                known.secret |= secret;
            }
            _ => return Err(r.malformed("the next member's number, or a known member")),
        }
        Ok(())
    }
}

/// The names that a member had before. A field of a variant, `variant.field`, had others when either of the two had.
fn old_names(info: &TypeInfo, position: usize) -> Vec<String> {
    let Some(member) = info.members.get(position) else { return Vec::new() };
    let own = |member: &MemberInfo| member.was.iter().map(|was| (*was).to_owned()).collect::<Vec<_>>();
    let Some((variant, field)) = member.name.split_once('.') else { return own(member) };
    let mut variants = vec![variant.to_owned()];
    variants.extend(info.members.iter().filter(|other| other.name == variant).flat_map(own));
    let fields =
        std::iter::once(field).chain(member.was.iter().map(|was| was.rsplit('.').next().unwrap_or(was)));
    fields.flat_map(|field| variants.iter().map(move |variant| format!("{variant}.{field}"))).collect()
}
