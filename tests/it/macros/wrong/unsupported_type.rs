//! Types that have no form in JSON and in the journal.
#![allow(unused)]

use sunstone::prelude::*;

struct Unknown;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    what: Unknown,
    whom: Option<Vec<Unknown>>,
}

#[Data]
enum Step {
    To(Unknown),
}

struct Todos;

#[Api]
impl Todos {
    fn take(what: Unknown) {}

    fn give() -> Unknown {
        Unknown
    }
}

fn main() {}
