//! A method that somebody is still typing.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[get("/{id}")]
    fn one(view: &View, id)

    #[post()]
    fn add(tx: &mut Tx) {}
}

fn main() {}
