//! Attributes that contradict each other.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
struct Todo {
    #[key]
    #[index]
    #[on_remove(clear)]
    id: Id<Todo>,
    #[index]
    #[unique]
    title: String,
    #[loose]
    #[on_remove(cascade)]
    parent: Option<Id<Todo>>,
}

fn main() {}
