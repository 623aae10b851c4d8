//! Whole applications in one binary, on std alone.
//!
//! Annotate structs with `#[Model]` and impl blocks with `#[Api]`, and there is a server: state in memory, every change in
//! one append-only file, HTTP routes and calls.
//!
//! ```
//! use sunstone::prelude::*;
//!
//! /// Something to do.
//! #[Model]
//! pub struct Todo {
//!     #[key]
//!     pub id: Id<Todo>,
//!     #[check(length = 1..=200)]
//!     pub title: String,
//!     #[index]
//!     pub done: bool,
//! }
//!
//! pub struct Todos;
//!
//! #[Api("/todos")]
//! impl Todos {
//!     /// Adds something to do.
//!     #[post("/", status = 201)]
//!     fn add(tx: &mut Tx, title: String) -> Result<Todo> {
//!         let id = tx.next_id();
//!         tx.insert(Todo { id, title, done: false })
//!     }
//!
//!     /// What is left to do.
//!     #[get("/open")]
//!     fn open(view: &View) -> Rows<'_, Todo> {
//!         view.find(Todo::DONE.is(false)).sort(Todo::TITLE)
//!     }
//! }
//!
//! fn app() -> App {
//!     App::new("todo").model::<Todo>().api(Todos)
//! }
//! # let _ = app();
//! ```
//!
//! The rooms, in the order of their ranks; a room uses rooms of lower ranks only.

#![warn(missing_docs, missing_debug_implementations)]

extern crate self as sunstone;

mod sys;

pub mod error;

pub mod stdx;

pub mod codec;
pub mod hash;

pub mod http;
pub mod journal;

pub mod model;
pub mod net;

pub mod state;

pub mod query;

pub mod store;

pub mod api;

pub mod app;
mod cli;
#[doc(hidden)]
pub mod export;
pub mod prelude;

pub use sunstone_macros::{Api, Data, Model};
