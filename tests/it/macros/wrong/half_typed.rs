//! Items that somebody is still typing: what is there goes on to exist.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    title:
}

#[Data]
enum Step {
    Left,
    Right(
    ),
    Up {
        by
    }
}

fn main() {}
