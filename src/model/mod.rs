//! What a program declares: the values it keeps, how they are named, checked, ordered and told apart.
//!
//! - A [`Value`] can be a field, an argument, an answer: it has a JSON and a binary form, a [`Shape`], a copy, an
//!   order. We ask for no trait of std, so that a program's own `derive(Clone, PartialEq)` always works beside ours.
//! - Of our own there are [`Id`] and [`Uid`], which are keys and references, [`Time`] and [`Duration`], [`Bytes`],
//!   [`Uuid`], [`Decimal`], [`Rank`] and [`Secret`]. None of them reads a clock or makes up anything at random.
//! - A [`Model`] is a value with a key. Its rows live in tables as [`Row`]s: one shared allocation that holds the value
//!   and its version (the sequence that last changed it).
//! - An [`Entity`] is a row without its type: what tables, journal and queries need of it. One set of library
//!   functions serves every model, so that a model costs a program little code.
//! - A [`Schema`] is what is known of a model at run time; [`Models`] are all that a program registered.
//! - A [`Catalog`] is what one journal calls them: numbers for types, fields and calls, given once and never used
//!   again. It is read from the file itself, so that the file can be read without the program that wrote it; a
//!   [`Renderer`] shows its values as JSON.
//!
//! Left out: computed fields and upcasting. A changed declaration is refused at start, with both shapes named.

mod bytes;
mod catalog;
mod check;
mod choice;
mod decimal;
mod duration;
mod entity;
mod field;
mod id;
mod limits;
mod rank;
mod redact;
mod registry;
mod render;
mod scalars;
mod secret;
mod shape;
mod time;
mod uid;
mod uuid;
mod value;

pub use bytes::Bytes;
pub use catalog::{Catalog, CatalogError, CatalogMember, CatalogType, TypeKind};
pub use check::{LEVELS_MAX, Measured, Report};
pub use choice::{default_text, type_info, variant};
pub use decimal::{DIGITS_MAX, Decimal, Rounding, SCALE_MAX};
pub use entity::{Entity, Row, Stored};
pub use field::{Field, FieldAccess, FieldOps};
pub use id::{ID_BROUGHT_MAX, ID_MAX, Id};
pub use limits::{Limits, Ranged};
pub use rank::Rank;
pub use redact::{holds_secrets, without_secrets};
pub use registry::{IndexSpec, Models, Reference, Schema, SchemaError};
pub use render::Renderer;
pub use secret::{Secret, TAG_SECRET};
pub use shape::{
    Auto, IndexInfo, MemberFlags, MemberInfo, ModelInfo, OnRemove, Role, Shape, TypeBody, TypeInfo,
};
pub use time::Time;
pub use uid::Uid;
pub use uuid::Uuid;
pub use value::{Indexable, Model, Refers, Target, Value};

#[doc(no_inline)]
pub use std::time::Duration;
