//! Names of attributes and of their arguments, almost right.
#![allow(unused)]

use sunstone::prelude::*;

#[Model(uniqe(title, done))]
struct Todo {
    #[key]
    id: Id<Todo>,
    #[check(lenght = 1..=200)]
    title: String,
    #[indx]
    done: bool,
    #[on_remove(casacde)]
    parent: Option<Id<Todo>>,
    #[auto(create)]
    at: Time,
}

#[Data(stict)]
struct Point {
    #[defualt]
    x: i32,
}

#[Model(unique(title, dnoe))]
struct Other {
    #[key]
    id: Id<Other>,
    title: String,
    done: bool,
}

struct Todos;

#[Api("/todos", nmae = "todos")]
impl Todos {
    #[pots("/")]
    fn add() {}

    #[get("/", stauts = 200)]
    fn list(#[check(rnage = 1..)] n: u8) -> u8 {
        n
    }
}

fn main() {}
