//! What can be a field, an argument or an answer.

use super::{FieldOps, ModelInfo, Models, Report, SchemaError, Shape};
use crate::codec::binary::{self, FromBinary, Malformed, ToBinary};
use crate::codec::json::{self, FromJson, Halt, Slot, ToJson};
use crate::codec::order::KeyWriter;

/// A value that a program keeps, takes and answers.
///
/// `#[Model]` and `#[Data]` implement it; std's scalars and collections and this crate's own types have it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field, an argument or an answer",
    label = "this type has no JSON and journal form",
    note = "put #[Data] on the type if it is this program's own",
    note = "std's scalars, String, Option, Vec, arrays, tuples, maps and sets work as they are; so do Id, Time and the other types of the prelude"
)]
pub trait Value: FromJson + ToJson + FromBinary + ToBinary + Sized + Send + Sync + 'static {
    /// What it is, for schemas and documents.
    fn shape() -> Shape;

    /// Is the other one the same, to the last bit? (A float that is not a number is the same as itself.)
    fn same(&self, other: &Self) -> bool;

    /// Another one like it.
    fn copy(&self) -> Self;

    /// Appends bytes that sort as the values do.
    fn order(&self, w: &mut KeyWriter);

    /// Reports every rule that it breaks.
    fn check(&self, report: &mut Report) {
        let _no_rules = report;
    }

    /// The model that such a value refers to, if it is a reference.
    fn target() -> Option<Target> {
        None
    }

    /// Appends the key that it refers to, as it stands in the other table; false when it refers to nothing.
    fn reference(&self, w: &mut KeyWriter) -> bool {
        let _no_key = w;
        false
    }

    /// Is it null? Nulls are never in each other's way in a unique index.
    fn is_null(&self) -> bool {
        false
    }

    /// The number in the key, where keys are counted.
    fn counter(&self) -> Option<u64> {
        None
    }

    /// The value for this time, if such a field can hold a time (`#[auto(created)]`).
    fn from_time(time_ms: u64) -> Option<Self> {
        let _not_a_time = time_ms;
        None
    }

    /// The value for this caller, if such a field can hold one (`#[auto(caller)]`).
    fn from_caller(caller: Option<&str>) -> Option<Self> {
        let _not_a_caller = caller;
        None
    }

    // The rest is what the code of the macros calls on the type of a field. It goes through this one trait, so that of
    // a type that cannot be a field rustc says so once, and not again for every part of the codec.

    #[doc(hidden)]
    fn write_json(&self, w: &mut json::Writer) {
        self.to_json(w);
    }

    #[doc(hidden)]
    fn read_json(r: &mut json::Reader<'_>) -> Result<Self, Halt> {
        Self::from_json(r)
    }

    #[doc(hidden)]
    fn fill_json(r: &mut json::Reader<'_>, slot: &mut Slot<Self>) -> Result<(), Halt> {
        r.fill(slot)
    }

    #[doc(hidden)]
    fn fill_secret_json(r: &mut json::Reader<'_>, slot: &mut Slot<Self>) -> Result<(), Halt> {
        r.fill_secret(slot)
    }

    #[doc(hidden)]
    fn take_json(
        r: &mut json::Reader<'_>,
        slot: Slot<Self>,
        name: &str,
        default: Option<fn() -> Self>,
    ) -> Option<Self> {
        r.take(slot, name, default)
    }

    #[doc(hidden)]
    fn write_binary(&self, w: &mut binary::Writer<'_>) {
        self.to_binary(w);
    }

    #[doc(hidden)]
    fn read_binary(r: &mut binary::Reader<'_>) -> Result<Self, Malformed> {
        Self::from_binary(r)
    }

    #[doc(hidden)]
    fn fill_binary(r: &mut binary::Reader<'_>, slot: &mut Slot<Self>) -> Result<(), Malformed> {
        r.fill(slot)
    }

    #[doc(hidden)]
    fn take_binary(
        r: &binary::Reader<'_>,
        slot: Slot<Self>,
        name: &'static str,
        default: Option<fn() -> Self>,
    ) -> Result<Self, Malformed> {
        r.take(slot, name, default)
    }
}

/// A value that can be a key or stand in an index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key or stand in an index",
    note = "keys and indexed fields are integers, bool, char, String, Id, Uid, Time, Duration, Decimal, Uuid, Rank, Bytes, Secret, enums without data, and Options, Boxes and tuples of them, and tuple structs with #[Data] around one"
)]
pub trait Indexable: Value {}

/// A value that refers to a row, or to none: what `#[on_remove]` and `#[loose]` are about.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not refer to a row",
    note = "#[on_remove(..)] and #[loose] are about fields like `Id<Team>` and `Option<Id<Team>>`"
)]
pub trait Refers: Value {}

impl<T: Refers> Refers for Option<T> {}

/// The model that a field refers to.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Registers it.
    pub register: fn(&mut Models) -> Result<(), SchemaError>,
}

impl Target {
    /// The model `T`.
    #[must_use]
    pub fn of<T: Model>() -> Self {
        Self { name: T::NAME, register: |models| models.add::<T>() }
    }
}

/// A value with a key: the rows of a table. `#[Model]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "put #[Model] on the struct and #[key] on one of its fields"
)]
pub trait Model: Value {
    /// The type of its key.
    type Key: Indexable;

    /// Its name: the struct's.
    const NAME: &'static str;

    /// Its key.
    fn key(&self) -> &Self::Key;

    /// What was declared of it.
    fn definition() -> &'static ModelInfo;

    /// Its fields, in the order of their declaration.
    fn fields() -> &'static [&'static dyn FieldOps<Self>];

    /// Reports the rules over the whole row that it breaks.
    fn check_row(&self, report: &mut Report) {
        let _no_rules = report;
    }
}
