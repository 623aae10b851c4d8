//! A model with two keys.
#![allow(unused)]

use sunstone::prelude::*;

#[Model]
struct Member {
    #[key]
    team: u64,
    #[key]
    person: u64,
}

fn main() {}
