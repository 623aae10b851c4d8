//! What types look like, as data.

use crate::codec::binary::TypeSlot;
use std::fmt;

/// What a value is.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A type without parts, by its name in schemas: `u64`, `text`, `time`.
    Scalar(&'static str),
    /// The key of a row of that model.
    Id(&'static str),
    /// The key of a row of that model, where keys are UUIDs.
    Uid(&'static str),
    /// A value that is never shown.
    Secret(Box<Self>),
    /// A value or null.
    Option(Box<Self>),
    /// Any number of values.
    List(Box<Self>),
    /// Values without repetition.
    Set(Box<Self>),
    /// A fixed number of values of one kind.
    Array(Box<Self>, usize),
    /// A fixed number of values.
    Tuple(Vec<Self>),
    /// Values under keys.
    Map(Box<Self>, Box<Self>),
    /// A type that the program declares. A function, because types may contain themselves.
    Named(fn() -> &'static TypeInfo),
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(name) => f.write_str(name),
            Self::Id(model) => write!(f, "id<{model}>"),
            Self::Uid(model) => write!(f, "uid<{model}>"),
            Self::Secret(inner) => write!(f, "secret<{inner}>"),
            Self::Option(inner) => write!(f, "option<{inner}>"),
            Self::List(inner) => write!(f, "list<{inner}>"),
            Self::Set(inner) => write!(f, "set<{inner}>"),
            Self::Array(inner, length) => write!(f, "array<{inner}, {length}>"),
            Self::Tuple(parts) => {
                f.write_str("tuple<")?;
                for (n, part) in parts.iter().enumerate() {
                    write!(f, "{}{part}", if n == 0 { "" } else { ", " })?;
                }
                f.write_str(">")
            }
            Self::Map(key, value) => write!(f, "map<{key}, {value}>"),
            Self::Named(info) => f.write_str(info().name),
        }
    }
}

impl Shape {
    /// Is it text in JSON, whatever it is here?
    #[must_use]
    pub fn is_text(&self) -> bool {
        match self {
            Self::Scalar(name) => !matches!(
                *name,
                "bool"
                    | "u8"
                    | "u16"
                    | "u32"
                    | "u64"
                    | "i8"
                    | "i16"
                    | "i32"
                    | "i64"
                    | "f32"
                    | "f64"
                    | "json"
                    | "unit"
            ),
            Self::Uid(_) => true,
            Self::Option(inner) | Self::Secret(inner) => inner.is_text(),
            Self::Named(info) => match info().body {
                TypeBody::Transparent => {
                    info().members.iter().any(|member| member.shape.is_some_and(|shape| shape().is_text()))
                }
                TypeBody::Choice => true,
                TypeBody::Record | TypeBody::Tuple => false,
            },
            _ => false,
        }
    }

    /// Calls `each` with every shape in it that is made of no others: scalars, ids, declared types.
    pub fn leaves(&self, each: &mut dyn FnMut(&Self)) {
        match self {
            Self::Scalar(_) | Self::Id(_) | Self::Uid(_) | Self::Named(_) => each(self),
            Self::Option(inner)
            | Self::List(inner)
            | Self::Set(inner)
            | Self::Array(inner, _)
            | Self::Secret(inner) => inner.leaves(each),
            Self::Tuple(parts) => parts.iter().for_each(|part| part.leaves(each)),
            Self::Map(key, value) => {
                key.leaves(each);
                value.leaves(each);
            }
        }
    }

    /// Calls `each` with every declared type in it.
    pub fn named(&self, each: &mut dyn FnMut(&'static TypeInfo)) {
        self.leaves(&mut |leaf| {
            if let Self::Named(info) = leaf {
                each(info());
            }
        });
    }
}

/// A type that the program declares with `#[Model]` or `#[Data]`.
#[derive(Debug)]
pub struct TypeInfo {
    /// Its name.
    pub name: &'static str,
    /// Its documentation.
    pub docs: &'static str,
    /// Where its numbers are.
    pub slot: &'static TypeSlot,
    /// How its members make it up.
    pub body: TypeBody,
    /// Its fields; of an enum its variants, each followed by its fields as `variant.field`.
    pub members: &'static [MemberInfo],
    /// The rule over the whole value, as it stands in the program; empty for none.
    pub rule: &'static str,
}

impl TypeInfo {
    /// Is it a model, whose values are the rows of a table?
    #[must_use]
    pub fn is_model(&self) -> bool {
        self.members.iter().any(|member| member.flags.key)
    }

    /// What its members are.
    pub fn shapes(&self) -> impl Iterator<Item = Shape> {
        self.members.iter().filter_map(|member| member.shape).map(|shape| shape())
    }
}

/// How members make up a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeBody {
    /// A struct with named fields: an object.
    Record,
    /// A tuple struct: a list.
    Tuple,
    /// A tuple struct of one field: what that field is.
    Transparent,
    /// An enum.
    Choice,
}

/// A field or a variant.
#[derive(Debug)]
pub struct MemberInfo {
    /// Its name on the wire and in the journal.
    pub name: &'static str,
    /// The names it had before.
    pub was: &'static [&'static str],
    /// Its documentation.
    pub docs: &'static str,
    /// What it is; `None` for a variant.
    pub shape: Option<fn() -> Shape>,
    /// Its rules, as they stand in the program: `length = 1..=200`; empty for none.
    pub rule: &'static str,
    /// What it is when it is left out, as JSON.
    pub default: Option<fn() -> String>,
    /// What else was said of it.
    pub flags: MemberFlags,
}

/// What else was said of a member.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an attribute that stands or does not stand on a field"
)]
pub struct MemberFlags {
    /// It is the key of a model.
    pub key: bool,
    /// It never leaves the server.
    pub secret: bool,
    /// It is never taken from a body.
    pub internal: bool,
    /// It is set once.
    pub fixed: bool,
    /// It has a default.
    pub optional: bool,
}

impl MemberInfo {
    /// A member with nothing else said.
    #[must_use]
    pub const fn new(name: &'static str, shape: Option<fn() -> Shape>) -> Self {
        let flags = MemberFlags { key: false, secret: false, internal: false, fixed: false, optional: false };
        Self { name, was: &[], docs: "", shape, rule: "", default: None, flags }
    }

    /// Is it secret, or is there a secret in it?
    #[must_use]
    pub fn hides_secrets(&self) -> bool {
        self.flags.secret || self.shape.is_some_and(|shape| shape().holds_secrets())
    }

    /// The same with the names it had before.
    #[must_use]
    pub const fn was(mut self, was: &'static [&'static str]) -> Self {
        self.was = was;
        self
    }

    /// The same with its documentation.
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// The same, as the key of a model.
    #[must_use]
    pub const fn key(mut self) -> Self {
        self.flags.key = true;
        self
    }

    /// The same, never leaving the server.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.flags.secret = true;
        self
    }

    /// The same, never taken from a body.
    #[must_use]
    pub const fn internal(mut self) -> Self {
        self.flags.internal = true;
        self
    }

    /// The same, set once.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.flags.fixed = true;
        self
    }

    /// The same, with a default, and what that is as JSON.
    #[must_use]
    pub const fn optional(mut self, default: fn() -> String) -> Self {
        self.flags.optional = true;
        self.default = Some(default);
        self
    }

    /// The same with its rules.
    #[must_use]
    pub const fn rule(mut self, rule: &'static str) -> Self {
        self.rule = rule;
        self
    }
}

/// What was declared of a model.
#[derive(Debug)]
pub struct ModelInfo {
    /// Its fields.
    pub info: &'static TypeInfo,
    /// The position of its key.
    pub key: usize,
    /// Its declared indexes.
    pub indexes: &'static [IndexInfo],
    /// One for each field.
    pub roles: &'static [Role],
    /// Does it refuse unknown fields in a body?
    pub strict: bool,
    /// The names it had before.
    pub was: &'static [&'static str],
}

impl ModelInfo {
    /// May the keys of its rows not be shown?
    #[must_use]
    pub fn has_secret_key(&self) -> bool {
        self.info.members.get(self.key).is_some_and(MemberInfo::hides_secrets)
    }
}

/// An index over one or more fields.
#[derive(Debug, Clone, Copy)]
pub struct IndexInfo {
    /// The positions of its fields.
    pub fields: &'static [usize],
    /// May no two rows have the same values?
    pub unique: bool,
}

/// What a field of a model does besides holding a value.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// Who fills it in.
    pub auto: Option<Auto>,
    /// What happens when the row that it refers to is removed.
    pub on_remove: OnRemove,
    /// Is the reference left unchecked?
    pub loose: bool,
}

impl Role {
    /// Nothing besides.
    pub const NONE: Self = Self { auto: None, on_remove: OnRemove::Refuse, loose: false };
}

/// Who fills a field in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auto {
    /// The time of the transaction that created the row.
    Created,
    /// The time of the transaction that last changed it.
    Updated,
    /// Who created it.
    Caller,
}

/// What happens to a row when the row that it refers to is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRemove {
    /// The removal is refused.
    Refuse,
    /// It is removed too.
    Cascade,
    /// The field becomes null.
    Clear,
}
