//! The shapes of a catalog, read once.

use super::DEPTH_MAX;
use crate::codec::binary::{FromBinary, Malformed, Reader};
use crate::codec::json::{Json, ToJson, Writer};
use crate::model::{
    Bytes, CatalogMember, CatalogType, Decimal, Duration, Rank, Time, TypeBody, TypeKind, Uuid,
};
use std::collections::HashMap;

/// Reads one value and writes it.
pub(super) type Render = fn(&mut Reader<'_>, &mut Writer) -> Result<(), Malformed>;

fn by<T: FromBinary + ToJson>(r: &mut Reader<'_>, w: &mut Writer) -> Result<(), Malformed> {
    T::from_binary(r)?.to_json(w);
    Ok(())
}

/// The scalars by the names of their shapes.
const SCALARS: &[(&str, Render)] = &[
    ("bool", by::<bool>),
    ("bytes", by::<Bytes>),
    ("char", by::<char>),
    ("decimal", by::<Decimal>),
    ("duration", by::<Duration>),
    ("f32", by::<f32>),
    ("f64", by::<f64>),
    ("i128", by::<i128>),
    ("i16", by::<i16>),
    ("i32", by::<i32>),
    ("i64", by::<i64>),
    ("i8", by::<i8>),
    ("json", by::<Json>),
    ("rank", by::<Rank>),
    ("text", by::<String>),
    ("time", by::<Time>),
    ("u128", by::<u128>),
    ("u16", by::<u16>),
    ("u32", by::<u32>),
    ("u64", by::<u64>),
    ("u8", by::<u8>),
    ("unit", by::<()>),
    ("uuid", by::<Uuid>),
];

/// A type of the catalog.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) kind: TypeKind,
    pub(super) key: Option<u64>,
    pub(super) body: TypeBody,
    pub(super) members: Vec<Member>,
}

#[derive(Debug)]
pub(super) struct Member {
    /// Of a field of a variant without the variant.
    pub(super) name: String,
    pub(super) secret: bool,
    pub(super) part: Part,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Part {
    Scalar(Render),
    Option(Box<Part>),
    /// A list, a set, an array.
    List(Box<Part>),
    Tuple(Vec<Part>),
    Map(Box<Part>, Box<Part>),
    Secret,
    /// The type with this number.
    Named(usize),
    /// A variant, and what it is written as.
    Variant(Variant),
    /// Nothing known: it is shown as it reads.
    Plain,
}

/// How the fields of a variant are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// One field without a name: as that.
    One,
    /// Fields without names: a list.
    List,
    /// An object.
    Object,
}

impl Named {
    pub(super) fn new(known: &CatalogType, numbers: &HashMap<&str, usize>) -> Self {
        let member = |member: &CatalogMember| {
            let Some(shape) = &member.shape else {
                let part = Part::Variant(Variant::of(known, &member.name));
                return Member { name: member.name.clone(), secret: false, part };
            };
            let part = Part::parse(shape, numbers);
            // A variant's field is `variant.field` in the catalog and `field` in JSON.
            let name = match known.body {
                TypeBody::Choice => member.name.split_once('.').map_or(&*member.name, |(_, name)| name),
                TypeBody::Record | TypeBody::Tuple | TypeBody::Transparent => &member.name,
            };
            Member { name: name.to_owned(), secret: member.secret || part.is_secret(), part }
        };
        Self {
            kind: known.kind,
            key: known.key.map(u64::from),
            body: known.body,
            members: known.members.iter().map(member).collect(),
        }
    }

    pub(super) fn member(&self, number: u64) -> Option<&Member> {
        self.members.get(usize::try_from(number).ok()?)
    }

    pub(super) fn read_member(&self, r: &mut Reader<'_>) -> Result<&Member, Malformed> {
        let start = r.clone();
        self.member(r.uint()?).ok_or_else(|| start.malformed("the number of a known member"))
    }
}

impl Variant {
    /// By the names of its fields: those of a tuple are numbers from 0, which no field with a name has.
    fn of(known: &CatalogType, variant: &str) -> Self {
        let names = known.members.iter().filter_map(|member| {
            let (owner, name) = member.name.split_once('.')?;
            (owner == variant).then_some(name)
        });
        let names: Vec<_> = names.collect();
        let is_tuple = names.iter().enumerate().all(|(n, name)| name.parse() == Ok(n));
        match names.len() {
            0 => Self::Object,
            1 if is_tuple => Self::One,
            _ if is_tuple => Self::List,
            _ => Self::Object,
        }
    }
}

impl Part {
    fn parse(shape: &str, numbers: &HashMap<&str, usize>) -> Self {
        let mut rest = shape;
        Self::read(&mut rest, numbers, 0).filter(|_| rest.is_empty()).unwrap_or(Self::Plain)
    }

    /// Reads a shape off the front of a text, as `Shape` writes it.
    fn read(text: &mut &str, numbers: &HashMap<&str, usize>, depth: usize) -> Option<Self> {
        if depth > DEPTH_MAX {
            return None;
        }
        let end = text.find(['<', '>', ',']).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        *text = rest;
        let Some(inside) = rest.strip_prefix('<') else {
            let scalar = SCALARS.iter().find(|(known, _)| *known == name).map(|(_, render)| *render);
            let named = || numbers.get(name).map(|number| Self::Named(*number));
            return Some(scalar.map(Self::Scalar).or_else(named).unwrap_or(Self::Plain));
        };
        *text = inside;
        // The name of a model, and the length of an array, are read as shapes too; nobody looks at them.
        let mut parts = vec![Self::read(text, numbers, depth + 1)?];
        while let Some(next) = text.strip_prefix(", ") {
            *text = next;
            parts.push(Self::read(text, numbers, depth + 1)?);
        }
        *text = text.strip_prefix('>')?;
        if name == "tuple" {
            return Some(Self::Tuple(parts));
        }
        let mut parts = parts.into_iter().map(Box::new);
        let first = parts.next()?;
        Some(match name {
            "id" => Self::Scalar(by::<u64>),
            "uid" => Self::Scalar(by::<Uuid>),
            "secret" => Self::Secret,
            "option" => Self::Option(first),
            "list" | "set" | "array" => Self::List(first),
            "map" => Self::Map(first, parts.next()?),
            _ => Self::Plain,
        })
    }

    fn is_secret(&self) -> bool {
        match self {
            Self::Secret => true,
            Self::Option(inner) => inner.is_secret(),
            _ => false,
        }
    }
}
