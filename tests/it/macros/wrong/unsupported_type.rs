//! Types that have no form in JSON and in the journal.
use sunstone::prelude::*;
use std::rc::Rc;

struct Unknown;

#[Model]
struct Todo {
    #[key]
    id: Id<Todo>,
    what: Unknown,
    #[default(Rc::new(1))]
    count: Rc<u64>,
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
