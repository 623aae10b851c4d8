//! Statuses that are none, and other wrong arguments of a verb.
#![allow(unused)]

use sunstone::prelude::*;

const CREATED: u16 = 201;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[post("/a", status = 99)]
    fn a() {}

    #[post("/b", status = "created")]
    fn b() {}

    #[post("/c", status = CREATED)]
    fn c() {}

    #[post("/d", status)]
    fn d() {}

    #[post("/e", journal = "nothing")]
    fn e(tx: &mut Tx) {}

    #[get("/f", journal = "changes")]
    fn f(view: &View) {}

    #[post("/g", 201)]
    fn g() {}
}

fn main() {}
