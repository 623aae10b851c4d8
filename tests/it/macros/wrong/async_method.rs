//! Methods that are more than plain functions.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[post("/")]
    async fn add(tx: &mut Tx, title: String) {}

    #[get("/raw")]
    unsafe fn raw(view: &View) {}

    #[get("/c")]
    extern "C" fn c(view: &View) {}

    #[get("/any")]
    fn any<T>(view: &View, value: T, more: impl Into<String>) {}
}

fn main() {}
