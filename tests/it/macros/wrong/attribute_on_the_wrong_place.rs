//! Attributes of ours where they mean nothing.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
#[check(with = sound)]
#[index]
struct Todo {
    #[key]
    id: Id<Todo>,
}

fn sound(_: &Todo) -> Result<(), String> {
    Ok(())
}

#[Data]
#[secret]
struct Point {
    #[key]
    x: i32,
    #[on_remove(cascade)]
    #[fixed]
    y: i32,
}

#[Data]
enum Step {
    #[index]
    Left,
    Right(#[rename("by")] u8),
}

#[Data]
struct Pair(#[secret] u8, #[auto(created)] u8);

#[Model]
fn model() {}

#[Data]
impl Point {}

#[Api]
struct Todos;

struct Rooms;

#[Api("/rooms")]
impl Rooms {
    #[get("/")]
    fn all(#[index] from: u64, #[key] to: u64) {}
}

#[Api]
impl std::fmt::Debug for Rooms {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}

fn main() {}
