//! A model that is an enum, a union.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
enum State {
    Open,
    Done,
}

#[Model]
union Bits {
    number: u64,
}

#[Data]
union Other {
    number: u64,
}

fn main() {}
