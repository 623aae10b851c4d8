//! Arguments that hang on the parameters of the impl, and types with lifetimes.
#![allow(unused)]

use sunstone::prelude::*;

struct Shop<C> {
    clock: C,
}

#[Api]
impl<C: Send + Sync + 'static> Shop<C> {
    fn set(&self, clock: Vec<C>) {}
}

#[Data]
struct Name<'a> {
    text: std::borrow::Cow<'a, str>,
}

fn main() {}
