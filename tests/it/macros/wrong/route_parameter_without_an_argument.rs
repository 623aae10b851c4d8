//! Names in a path that are no arguments.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[get("/{id}")]
    fn one(view: &View) {}

    #[get("/of/{idd}")]
    fn of(view: &View, id: u64) {}
}

struct Rooms;

#[Api("/houses/{house}/rooms")]
impl Rooms {
    #[get("/{house}")]
    fn one(view: &View, house: u64) {}

    #[get("/")]
    fn all(view: &View) {}
}

fn main() {}
