//! Types that have no order that an index could use.
#![allow(unused)]

use sunstone::prelude::*;

#[Data]
struct Tag {
    name: String,
}

#[Data]
struct Weight(f64);

#[Model]
struct Todo {
    #[key]
    id: Tag,
    #[index]
    tags: Vec<String>,
    #[unique]
    weight: Weight,
}

fn main() {}
