//! Paths that cannot be routes.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("todos")]
impl Todos {
    #[get("open")]
    fn no_slash() {}

    #[get("/{id")]
    fn unclosed(id: u64) {}

    #[get("/:id")]
    fn colon(id: u64) {}

    #[get("/{}")]
    fn unnamed(id: u64) {}

    #[get("/no-{id}")]
    fn part(id: u64) {}

    #[get("/{id}/of/{id}")]
    fn twice(id: u64) {}

    #[get("/a//b")]
    fn empty() {}

    #[get("/find?title")]
    fn query(title: String) {}

    #[get("/{*rest}")]
    fn all(rest: String) {}

    #[get]
    fn none() {}

    #[get(open)]
    fn word() {}

    #[get(status = 200)]
    fn no_path() {}
}

fn main() {}
