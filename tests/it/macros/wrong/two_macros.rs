//! A struct that is declared twice.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
#[sunstone::Data]
struct Todo {
    id: u64,
}

#[Data]
#[Data]
struct Point {
    x: u8,
}

struct Todos;

#[Api]
#[sunstone::Api("/todos")]
impl Todos {
    fn add() {}
}

fn main() {}
