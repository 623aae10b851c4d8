//! Models without a key.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
struct Todo {
    title: String,
}

#[Model]
struct Nothing;

fn queries(todo: &Todo) -> &String {
    let _still_there = Todo::TITLE;
    &todo.title
}

fn main() {}
