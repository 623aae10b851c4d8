//! A model with two keys.
use sunstone::prelude::*;

#[Model]
struct Member {
    #[key]
    team: u64,
    #[key]
    person: u64,
}

fn main() {}
