//! A verb that stands under a condition.
use sunstone::prelude::*;

struct Todos;

#[Api]
impl Todos {
    #[cfg_attr(debug_assertions, get("/debug"))]
    fn debug() {}
}

fn main() {}
