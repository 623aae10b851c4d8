//! The types of std as values.

use super::{Indexable, Refers, Report, Shape, Target, Value};
use crate::codec::json::Json;
use crate::codec::order::KeyWriter;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

macro_rules! scalars {
    ($($type:ty: $name:literal, $order:ident |$value:ident| $wide:expr;)*) => {$(
        impl Value for $type {
            fn shape() -> Shape {
                Shape::Scalar($name)
            }

            fn same(&self, other: &Self) -> bool {
                self == other
            }

            fn copy(&self) -> Self {
                *self
            }

            fn order(&self, w: &mut KeyWriter) {
                let $value = *self;
                w.$order($wide);
            }
        }

        impl Indexable for $type {}
    )*};
}

scalars! {
    u8: "u8", u64 |n| u64::from(n);
    u16: "u16", u64 |n| u64::from(n);
    u32: "u32", u64 |n| u64::from(n);
    u64: "u64", u64 |n| n;
    i8: "i8", i64 |n| i64::from(n);
    i16: "i16", i64 |n| i64::from(n);
    i32: "i32", i64 |n| i64::from(n);
    i64: "i64", i64 |n| n;
    u128: "u128", u128 |n| n;
    i128: "i128", i128 |n| n;
    bool: "bool", bool |n| n;
    usize: "u64", u64 |n| n as u64;
    isize: "i64", i64 |n| n as i64;
    char: "char", u64 |n| u64::from(n);
}

macro_rules! floats {
    ($($type:ident: $name:literal;)*) => {$(
        /// Two floats are the same when their bits are: -0 is not 0, and NaN is itself.
        impl Value for $type {
            fn shape() -> Shape {
                Shape::Scalar($name)
            }

            fn same(&self, other: &Self) -> bool {
                self.to_bits() == other.to_bits()
            }

            fn copy(&self) -> Self {
                *self
            }

            fn order(&self, w: &mut KeyWriter) {
                w.$type(*self);
            }
        }
    )*};
}

floats! {
    f32: "f32";
    f64: "f64";
}

impl Value for String {
    fn shape() -> Shape {
        Shape::Scalar("text")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        self.clone()
    }

    fn order(&self, w: &mut KeyWriter) {
        w.text(self);
    }

    fn from_caller(caller: Option<&str>) -> Option<Self> {
        Some(caller.unwrap_or_default().to_owned())
    }
}

impl Indexable for String {}

impl Value for () {
    fn shape() -> Shape {
        Shape::Scalar("unit")
    }

    fn same(&self, (): &Self) -> bool {
        true
    }

    fn copy(&self) -> Self {}

    fn order(&self, w: &mut KeyWriter) {
        let _nothing_to_order = w;
    }
}

impl Value for Json {
    fn shape() -> Shape {
        Shape::Scalar("json")
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        self.clone()
    }

    fn order(&self, w: &mut KeyWriter) {
        w.text(&self.to_string());
    }

    fn check(&self, report: &mut Report) {
        report.open_value(self);
    }
}

impl<T: Value> Value for Option<T> {
    fn shape() -> Shape {
        Shape::Option(Box::new(T::shape()))
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        }
    }

    fn copy(&self) -> Self {
        self.as_ref().map(T::copy)
    }

    fn order(&self, w: &mut KeyWriter) {
        match self {
            None => {
                w.none();
            }
            Some(value) => {
                w.some();
                value.order(w);
            }
        }
    }

    fn check(&self, report: &mut Report) {
        if let Some(value) = self {
            report.deeper(|report| value.check(report));
        }
    }

    fn target() -> Option<Target> {
        T::target()
    }

    fn reference(&self, w: &mut KeyWriter) -> bool {
        self.as_ref().is_some_and(|value| value.reference(w))
    }

    fn is_null(&self) -> bool {
        self.is_none()
    }

    fn from_time(time_ms: u64) -> Option<Self> {
        T::from_time(time_ms).map(Some)
    }

    fn from_caller(caller: Option<&str>) -> Option<Self> {
        T::from_caller(caller).map(|value| caller.and(Some(value)))
    }
}

impl<T: Indexable> Indexable for Option<T> {}

impl<T: Value> Value for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn same(&self, other: &Self) -> bool {
        (**self).same(other)
    }

    fn copy(&self) -> Self {
        Self::new((**self).copy())
    }

    fn order(&self, w: &mut KeyWriter) {
        (**self).order(w);
    }

    fn check(&self, report: &mut Report) {
        (**self).check(report);
    }

    fn target() -> Option<Target> {
        T::target()
    }

    fn reference(&self, w: &mut KeyWriter) -> bool {
        (**self).reference(w)
    }

    fn is_null(&self) -> bool {
        (**self).is_null()
    }

    fn counter(&self) -> Option<u64> {
        (**self).counter()
    }

    fn from_time(time_ms: u64) -> Option<Self> {
        T::from_time(time_ms).map(Self::new)
    }

    fn from_caller(caller: Option<&str>) -> Option<Self> {
        T::from_caller(caller).map(Self::new)
    }
}

impl<T: Indexable> Indexable for Box<T> {}

impl<T: Refers> Refers for Box<T> {}

/// The parts of a list in their order, each behind a mark, so that a list sorts before a longer one that it begins.
fn order_all<'v, T: Value>(values: impl Iterator<Item = &'v T>, w: &mut KeyWriter) {
    for value in values {
        w.some();
        value.order(w);
    }
    w.none();
}

fn check_all<'v, T: Value>(values: impl Iterator<Item = &'v T>, report: &mut Report) {
    for (position, value) in values.enumerate() {
        report.element(position, |report| value.check(report));
    }
}

macro_rules! collections {
    ($([$($generics:tt)*] $type:ty: $shape:ident;)*) => {$(
        impl<$($generics)*> Value for $type {
            fn shape() -> Shape {
                Shape::$shape(Box::new(T::shape()))
            }

            fn same(&self, other: &Self) -> bool {
                self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
            }

            fn copy(&self) -> Self {
                self.iter().map(T::copy).collect()
            }

            fn order(&self, w: &mut KeyWriter) {
                order_all(self.iter(), w);
            }

            fn check(&self, report: &mut Report) {
                check_all(self.iter(), report);
            }
        }
    )*};
}

collections! {
    [T: Value] Vec<T>: List;
    [T: Value + Ord] BTreeSet<T>: Set;
}

impl<T: Value + Eq + Hash + Ord> Value for HashSet<T> {
    fn shape() -> Shape {
        Shape::Set(Box::new(T::shape()))
    }

    fn same(&self, other: &Self) -> bool {
        self == other
    }

    fn copy(&self) -> Self {
        self.iter().map(T::copy).collect()
    }

    fn order(&self, w: &mut KeyWriter) {
        order_all(self.iter().collect::<BTreeSet<_>>().into_iter(), w);
    }

    fn check(&self, report: &mut Report) {
        check_all(self.iter().collect::<BTreeSet<_>>().into_iter(), report);
    }
}

impl<T: Value, const N: usize> Value for [T; N] {
    fn shape() -> Shape {
        Shape::Array(Box::new(T::shape()), N)
    }

    fn same(&self, other: &Self) -> bool {
        self.iter().zip(other).all(|(a, b)| a.same(b))
    }

    fn copy(&self) -> Self {
        std::array::from_fn(|position| self[position].copy())
    }

    fn order(&self, w: &mut KeyWriter) {
        self.iter().for_each(|value| value.order(w));
    }

    fn check(&self, report: &mut Report) {
        check_all(self.iter(), report);
    }
}

/// A map that both kinds of std's maps can be seen as: pairs in the order of their keys.
fn order_pairs<'v, K: Value, V: Value>(pairs: impl Iterator<Item = (&'v K, &'v V)>, w: &mut KeyWriter) {
    for (key, value) in pairs {
        w.some();
        key.order(w);
        value.order(w);
    }
    w.none();
}

fn check_pairs<'v, K: Value, V: Value>(pairs: impl Iterator<Item = (&'v K, &'v V)>, report: &mut Report) {
    for (position, (key, value)) in pairs.enumerate() {
        report.entry(position, key, |report| value.check(report));
    }
}

impl<K: Value + Ord, V: Value> Value for BTreeMap<K, V>
where
    Self: crate::codec::json::FromJson + crate::codec::json::ToJson,
{
    fn shape() -> Shape {
        Shape::Map(Box::new(K::shape()), Box::new(V::shape()))
    }

    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.0.same(b.0) && a.1.same(b.1))
    }

    fn copy(&self) -> Self {
        self.iter().map(|(key, value)| (key.copy(), value.copy())).collect()
    }

    fn order(&self, w: &mut KeyWriter) {
        order_pairs(self.iter(), w);
    }

    fn check(&self, report: &mut Report) {
        check_pairs(self.iter(), report);
    }
}

impl<K: Value + Eq + Hash + Ord, V: Value> Value for HashMap<K, V>
where
    Self: crate::codec::json::FromJson + crate::codec::json::ToJson,
{
    fn shape() -> Shape {
        Shape::Map(Box::new(K::shape()), Box::new(V::shape()))
    }

    fn same(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().all(|(key, value)| other.get(key).is_some_and(|other| value.same(other)))
    }

    fn copy(&self) -> Self {
        self.iter().map(|(key, value)| (key.copy(), value.copy())).collect()
    }

    fn order(&self, w: &mut KeyWriter) {
        order_pairs(self.iter().collect::<BTreeMap<_, _>>().into_iter(), w);
    }

    fn check(&self, report: &mut Report) {
        check_pairs(self.iter().collect::<BTreeMap<_, _>>().into_iter(), report);
    }
}

macro_rules! tuple {
    ($($name:ident $field:tt),+) => {
        impl<$($name: Value),+> Value for ($($name,)+) {
            fn shape() -> Shape {
                Shape::Tuple(vec![$($name::shape()),+])
            }

            fn same(&self, other: &Self) -> bool {
                $(self.$field.same(&other.$field))&&+
            }

            fn copy(&self) -> Self {
                ($(self.$field.copy(),)+)
            }

            fn order(&self, w: &mut KeyWriter) {
                $(self.$field.order(w);)+
            }

            fn check(&self, report: &mut Report) {
                $(report.element($field, |report| self.$field.check(report));)+
            }
        }

        impl<$($name: Indexable),+> Indexable for ($($name,)+) {}
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
