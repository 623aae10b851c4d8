//! Which rows.

use crate::codec::order::KeyWriter;
use crate::model::{Entity, Field, Value};
use std::marker::PhantomData;

/// A condition on the rows of `T`, made from its field handles.
///
/// ```
/// use sunstone::prelude::*;
///
/// #[Model]
/// struct Todo {
///     #[key]
///     id: Id<Todo>,
///     done: bool,
///     title: String,
///     priority: Option<u8>,
/// }
///
/// let urgent = Todo::DONE.is(false).and(Todo::TITLE.gte("u")).and(Todo::PRIORITY.is(1));
/// # let _ = urgent;
/// ```
pub struct Filter<T> {
    pub(super) conditions: Vec<Condition>,
    of: PhantomData<fn(&T)>,
}

impl<T> std::fmt::Debug for Filter<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.conditions).finish()
    }
}

/// One comparison of a field with a value.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub(super) field: usize,
    pub(super) operator: Operator,
    /// The value as it stands in an index.
    pub(super) value: Box<[u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Condition {
    pub(super) fn holds(&self, row: &dyn Entity, w: &mut KeyWriter) -> bool {
        w.reset();
        row.field_order(self.field, w);
        let order = w.as_bytes().cmp(&self.value);
        match self.operator {
            Operator::Is => order.is_eq(),
            Operator::Ne => order.is_ne(),
            Operator::Lt => order.is_lt(),
            Operator::Lte => order.is_le(),
            Operator::Gt => order.is_gt(),
            Operator::Gte => order.is_ge(),
        }
    }
}

impl<T> Filter<T> {
    /// Every row.
    #[must_use]
    pub fn all() -> Self {
        Self { conditions: Vec::new(), of: PhantomData }
    }

    /// The rows for which both hold.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self
    }
}

/// What a field can be compared with: a value of its own type, what is inside when it is an `Option`, a `&str` when it is a
/// `String`. Written as a trait of few impls, so that a bare `7` takes the type of the field.
#[diagnostic::on_unimplemented(message = "a field of type `{F}` cannot be compared with `{Self}`")]
pub trait Operand<F> {
    /// The value.
    fn operand(self) -> F;
}

impl<F: Value> Operand<F> for F {
    fn operand(self) -> F {
        self
    }
}

impl<F: Value> Operand<Option<F>> for F {
    fn operand(self) -> Option<F> {
        Some(self)
    }
}

impl Operand<String> for &str {
    fn operand(self) -> String {
        self.to_owned()
    }
}

impl Operand<Option<String>> for &str {
    fn operand(self) -> Option<String> {
        Some(self.to_owned())
    }
}

/// What no value is: the other names of comparisons take it, so that whoever writes them is told the right one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the comparisons of a field are `is`, `ne`, `lt`, `lte`, `gt` and `gte`",
    label = "write `is` for `eq`, `lte` for `le`, `gte` for `ge`: `Todo::TITLE.is(\"milk\")`"
)]
pub trait Misnamed {
    /// There is none.
    fn never<M>(self) -> Filter<M>;
}

impl<M, F: Value> Field<M, F> {
    fn compare(self, operator: Operator, value: impl Operand<F>) -> Filter<M> {
        let mut w = KeyWriter::new();
        value.operand().order(&mut w);
        let condition = Condition { field: self.position(), operator, value: w.as_bytes().into() };
        Filter { conditions: vec![condition], of: PhantomData }
    }

    /// The rows where the field is this value.
    #[must_use]
    pub fn is(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Is, value)
    }

    /// Written `is`: this is here so that `eq`, which an iterator has, is not looked for among those.
    #[doc(hidden)]
    #[must_use]
    pub fn eq<V: Misnamed>(self, value: V) -> Filter<M> {
        value.never()
    }

    /// Written `lte`; as [`Field::eq`].
    #[doc(hidden)]
    #[must_use]
    pub fn le<V: Misnamed>(self, value: V) -> Filter<M> {
        value.never()
    }

    /// Written `gte`; as [`Field::eq`].
    #[doc(hidden)]
    #[must_use]
    pub fn ge<V: Misnamed>(self, value: V) -> Filter<M> {
        value.never()
    }

    /// The rows where it is another value.
    #[must_use]
    pub fn ne(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Ne, value)
    }

    /// The rows where it is less.
    #[must_use]
    pub fn lt(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Lt, value)
    }

    /// The rows where it is less or the same.
    #[must_use]
    pub fn lte(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Lte, value)
    }

    /// The rows where it is more.
    #[must_use]
    pub fn gt(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Gt, value)
    }

    /// The rows where it is more or the same.
    #[must_use]
    pub fn gte(self, value: impl Operand<F>) -> Filter<M> {
        self.compare(Operator::Gte, value)
    }
}
