//! Attributes and arguments that stand twice.
#![allow(unused)]

use sunstone::prelude::*;

#[Model(strict, strict, unique(a, b), unique(a, b), check = sound, check = sound, index(a, a))]
struct Todo {
    #[key]
    #[key]
    id: Id<Todo>,
    #[index]
    #[index]
    #[default(1)]
    #[default(2)]
    a: u8,
    #[check(length = 1.., length = 2..)]
    b: String,
}

fn sound(_: &Todo) -> Result<(), String> {
    Ok(())
}

#[Data(strict, strict)]
enum Step {
    #[rename("a")]
    #[rename("b")]
    Left,
}

struct Todos;

#[Api("/todos", "/other", name = "a", name = "b")]
impl Todos {
    #[get("/")]
    #[post("/")]
    fn two() {}

    #[get("/same")]
    #[get("/same")]
    fn same() {}

    #[get("/status", status = 200, status = 201)]
    fn status() {}

    #[call]
    #[get("/call")]
    fn call() {}
}

fn main() {}
