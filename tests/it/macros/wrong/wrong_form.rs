//! Attributes with arguments of another form.
#![allow(unused)]

use sunstone::prelude::*;

#[Model(unique = title, unique, check, strict = true, "todos", unique(), 7)]
struct Todo {
    #[key(auto)]
    id: Id<Todo>,
    #[check]
    #[check()]
    #[check(length)]
    #[check(length = 200)]
    #[check(1..=200)]
    #[check(range(1..2))]
    #[check(with("f"))]
    title: String,
    #[default = 1]
    a: u8,
    #[default()]
    b: u8,
    #[was]
    #[was(old)]
    #[was("")]
    c: u8,
    #[rename = "x"]
    d: u8,
    #[auto]
    e: Time,
    #[auto(created, updated)]
    f: Time,
    #[on_remove = "cascade"]
    g: Option<Id<Todo>>,
    #[secret(true)]
    h: String,
}

#[Data(check(f), strict(true), 1, , name)]
struct Point {
    x: i32,
}

struct Todos;

#[Api(todos)]
impl Todos {}

struct Rooms;

#[Api("/rooms", name = "a b", name)]
impl Rooms {}

fn main() {}
