//! Arguments that are borrowed.
#![allow(unused)]

use sunstone::prelude::*;

struct Clock;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[get("/find")]
    fn find(view: &View, title: &str) {}

    #[get("/now")]
    fn now(view: &View, clock: &Clock) {}

    #[get("/who")]
    fn who(view: &View, caller: &mut Caller) {}

    #[get("/slice")]
    fn slice(view: &View, ids: &[u64]) {}
}

fn main() {}
