//! What says what a method is stands first, and once.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[get("/{id}")]
    fn one(id: u64, view: &View) {}

    #[post("/")]
    fn both(view: &View, tx: &mut Tx) {}

    #[get("/wrong")]
    fn wrong(view: &mut View) {}

    #[post("/wrong")]
    fn other(tx: &Tx) {}

    fn task(store: &mut Store) {}
}

fn main() {}
