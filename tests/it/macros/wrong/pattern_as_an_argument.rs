//! Arguments that are taken apart where they stand.
#![allow(unused)]

use sunstone::prelude::*;

#[Data]
struct Point {
    x: i32,
    y: i32,
}

struct Todos;

#[Api]
impl Todos {
    fn at(Point { x, y }: Point) -> i32 {
        x + y
    }

    fn nameless(_: u64) {}
}

fn main() {}
