//! Checks that the type of the field cannot have.
#![allow(unused)]

use sunstone::prelude::*;

#[Model(check = whole)]
struct Todo {
    #[key]
    id: Id<Todo>,
    #[check(length = 1..=3)]
    count: u64,
    #[check(range = 0..=5)]
    title: String,
    #[check(with = positive)]
    done: bool,
    #[default("none")]
    number: u64,
    #[default(1)]
    note: String,
    #[internal]
    other: NoDefault,
}

#[Data]
struct NoDefault {
    x: u8,
}

fn positive(n: &i64) -> Result<(), String> {
    if *n > 0 { Ok(()) } else { Err("expected more than 0".to_owned()) }
}

fn whole(_: &Todo) -> bool {
    true
}

fn main() {}
