//! Items that somebody is still typing: what is there goes on to exist.
use sunstone::prelude::*;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    title:
}

#[Data]
enum Step {
    Left(
}

fn main() {}
