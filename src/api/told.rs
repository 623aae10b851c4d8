//! What the answers of methods are made of, found out from their types.
//!
//! Everything with a JSON form can be an answer; what most of these are made of is known (values, rows, and results of
//! them), and of some it is not. Stable Rust has no way to ask whether a type has a trait, but the code of a macro, where
//! types stand by name, can let the lookup of a method decide: what is tried first is what stands behind the most
//! references.

use crate::model::{Model, Shape, Value};
use crate::query::Rows;
use std::marker::PhantomData;

/// The type of an answer. `#[Api]` asks `(&&&Told::<T>::new()).shape()`.
#[derive(Debug)]
pub struct Told<T>(PhantomData<fn() -> T>);

impl<T> Told<T> {
    /// Of this type.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "only the macros make one")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// Answers of which it is known what they are made of.
pub trait Known {
    /// What it is.
    fn known() -> Shape;
}

impl<T: Value> Known for T {
    fn known() -> Shape {
        T::shape()
    }
}

impl<T: Model> Known for Rows<'_, T> {
    fn known() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}

impl<T: Known, E> Known for Result<T, E> {
    fn known() -> Shape {
        T::known()
    }
}

/// Answers that lend values out of the state.
pub trait Lent {
    /// What is lent.
    fn lent() -> Shape;
}

impl<T: Value> Lent for &T {
    fn lent() -> Shape {
        T::shape()
    }
}

impl<T: Lent> Lent for Option<T> {
    fn lent() -> Shape {
        Shape::Option(Box::new(T::lent()))
    }
}

impl<T: Lent> Lent for Vec<T> {
    fn lent() -> Shape {
        Shape::List(Box::new(T::lent()))
    }
}

impl<T: Lent, E> Lent for Result<T, E> {
    fn lent() -> Shape {
        T::lent()
    }
}

/// Tried first.
pub trait ToldFirst {
    /// What it is.
    fn shape(&self) -> Option<Shape>;
}

impl<T: Known> ToldFirst for &&Told<T> {
    fn shape(&self) -> Option<Shape> {
        Some(T::known())
    }
}

/// Tried next.
pub trait ToldNext {
    /// What it is.
    fn shape(&self) -> Option<Shape>;
}

impl<T: Lent> ToldNext for &Told<T> {
    fn shape(&self) -> Option<Shape> {
        Some(T::lent())
    }
}

/// Holds of every type.
pub trait ToldLast {
    /// Nothing is known of it.
    fn shape(&self) -> Option<Shape>;
}

impl<T> ToldLast for Told<T> {
    fn shape(&self) -> Option<Shape> {
        None
    }
}
