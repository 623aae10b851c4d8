//! Access to the fields of a model: by position for the library, by handle for queries.

use super::{Target, Value};
use crate::codec::binary::{Malformed, Reader, Writer};
use crate::codec::order::KeyWriter;
use std::fmt;
use std::marker::PhantomData;

/// What the library does with one field of a model, whatever its type.
pub trait FieldOps<M>: Send + Sync {
    /// Appends bytes that sort as the field does.
    fn order(&self, row: &M, w: &mut KeyWriter);
    /// Is it the same in both?
    fn same(&self, a: &M, b: &M) -> bool;
    /// Appends its journal form.
    fn to_binary(&self, row: &M, w: &mut Writer<'_>);
    /// Sets it from its journal form.
    ///
    /// # Errors
    /// When the bytes are not such a value.
    fn set_binary(&self, row: &mut M, r: &mut Reader<'_>) -> Result<(), Malformed>;
    /// Appends the key that it refers to; false when it refers to nothing.
    fn reference(&self, row: &M, w: &mut KeyWriter) -> bool;
    /// The model that it refers to.
    fn target(&self) -> Option<Target>;
    /// The number in it, where keys are counted.
    fn counter(&self, row: &M) -> Option<u64>;
    /// Is it null?
    fn is_null(&self, row: &M) -> bool;
    /// Makes it null; false when it cannot be.
    fn clear(&self, row: &mut M) -> bool;
    /// Sets it to a time; false when it cannot hold one.
    fn set_time(&self, row: &mut M, time_ms: u64) -> bool;
    /// Sets it to a caller; false when it cannot hold one.
    fn set_caller(&self, row: &mut M, caller: Option<&str>) -> bool;
    /// Can it be null?
    fn can_clear(&self) -> bool;
    /// Can it hold a time?
    fn holds_time(&self) -> bool;
    /// Can it hold a caller?
    fn holds_caller(&self) -> bool;
}

/// The two functions that lead to a field; the macro writes nothing more for it.
pub struct FieldAccess<M, F> {
    /// To read it.
    pub get: fn(&M) -> &F,
    /// To change it.
    pub get_mut: fn(&mut M) -> &mut F,
}

impl<M, F> fmt::Debug for FieldAccess<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldAccess").finish_non_exhaustive()
    }
}

impl<M, F: Value> FieldAccess<M, F> {
    fn set(&self, row: &mut M, value: Option<F>) -> bool {
        let there = value.is_some();
        if let Some(value) = value {
            *(self.get_mut)(row) = value;
        }
        there
    }
}

impl<M, F: Value> FieldOps<M> for FieldAccess<M, F> {
    fn order(&self, row: &M, w: &mut KeyWriter) {
        (self.get)(row).order(w);
    }

    fn same(&self, a: &M, b: &M) -> bool {
        (self.get)(a).same((self.get)(b))
    }

    fn to_binary(&self, row: &M, w: &mut Writer<'_>) {
        (self.get)(row).to_binary(w);
    }

    fn set_binary(&self, row: &mut M, r: &mut Reader<'_>) -> Result<(), Malformed> {
        *(self.get_mut)(row) = F::from_binary(r)?;
        Ok(())
    }

    fn reference(&self, row: &M, w: &mut KeyWriter) -> bool {
        (self.get)(row).reference(w)
    }

    fn target(&self) -> Option<Target> {
        F::target()
    }

    fn counter(&self, row: &M) -> Option<u64> {
        (self.get)(row).counter()
    }

    fn is_null(&self, row: &M) -> bool {
        (self.get)(row).is_null()
    }

    fn clear(&self, row: &mut M) -> bool {
        self.set(row, F::absent())
    }

    fn set_time(&self, row: &mut M, time_ms: u64) -> bool {
        self.set(row, F::from_time(time_ms))
    }

    fn set_caller(&self, row: &mut M, caller: Option<&str>) -> bool {
        self.set(row, F::from_caller(caller))
    }

    fn can_clear(&self) -> bool {
        F::absent().is_some()
    }

    fn holds_time(&self) -> bool {
        F::from_time(0).is_some()
    }

    fn holds_caller(&self) -> bool {
        F::from_caller(None).is_some()
    }
}

/// The handle of a field in queries: `Todo::DONE`.
pub struct Field<M, F> {
    position: usize,
    name: &'static str,
    of: PhantomData<fn(&M) -> F>,
}

impl<M, F> Field<M, F> {
    /// The handle of the field at this position.
    #[must_use]
    pub const fn new(position: usize, name: &'static str) -> Self {
        Self { position, name, of: PhantomData }
    }

    /// Its position in the model.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<M, F> Clone for Field<M, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, F> Copy for Field<M, F> {}

impl<M, F> fmt::Debug for Field<M, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
