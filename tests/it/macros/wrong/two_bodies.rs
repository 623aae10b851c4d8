//! More arguments than a body can hold.
#![allow(unused)]

use sunstone::prelude::*;

#[Data]
struct Draft {
    title: String,
}

struct Todos;

#[Api("/todos")]
impl Todos {
    #[post("/{id}")]
    fn add(tx: &mut Tx, id: u64, body: Draft, notify: bool) {}

    #[get("/")]
    fn find(view: &View, body: Draft) {}

    #[post("/two")]
    fn two(tx: &mut Tx, #[rename("body")] first: Draft, #[rename("body")] second: Draft) {}
}

fn main() {}
