//! Names that stand twice on the wire.
#![allow(unused)]

use sunstone::prelude::*;

#[Data]
struct Point {
    x: i32,
    #[rename("x")]
    y: i32,
}

#[Data]
enum Step {
    GoLeft,
    #[rename("go_left")]
    Left,
}

struct Todos;

#[Api]
impl Todos {
    fn find(title: String, #[rename("title")] name: String) {}
}

fn main() {}
