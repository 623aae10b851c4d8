//! A verb that stands under a condition.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api]
impl Todos {
    #[cfg_attr(debug_assertions, get("/debug"))]
    fn debug() {}
}

fn main() {}
