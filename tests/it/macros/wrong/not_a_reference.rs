//! Rules for references on fields that refer to nothing.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    #[on_remove(cascade)]
    parent: u64,
    #[loose]
    other: Option<Vec<Id<Todo>>>,
}

fn main() {}
