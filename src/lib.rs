//! Whole applications in one binary, on std alone.
//!
//! Annotate structs with `#[Model]` and impl blocks with `#[Api]`, and there is a server: state in memory, every change in
//! one append-only file, HTTP routes and calls.
//!
//! # What a program needs
//! `use sunstone::prelude::*;` brings all of it:
//!
//! | name | what it is |
//! |---|---|
//! | [`App`](app::App), [`Exit`](app::Exit) | the program: its models and methods, and the binary that they become |
//! | [`Model`](macro@Model), [`Data`](macro@Data), [`Api`](macro@Api) | the attributes: on a struct whose rows are kept; on other structs and enums; on an impl block with methods |
//! | [`View`](store::View), [`Tx`](store::Tx), [`Store`](store::Store) | what a method takes first, and by that is a query, a command, a task |
//! | [`Reading`](store::Reading) | what a view and a transaction both answer: `get`, `lookup`, `find`, `all` |
//! | [`Rows`](query::Rows), [`Filter`](query::Filter) | the answer to `find`, and what is asked: `Todo::DONE.is(false)` |
//! | [`Error`](error::Error), [`Result`](error::Result) | why not, with its HTTP status: `Error::conflict("..")`; what `?` does with other errors stands there |
//! | [`Id`](model::Id), [`Uid`](model::Uid) | keys and references: counted, or a UUID |
//! | [`Caller`](store::Caller), [`Request`](http::Request) | further arguments of a method: who asks, and how |
//! | [`Server`](app::Server) | a program that was started inside another one, or by a test |
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
//! # What a field can be
//! The same types are fields, arguments and answers:
//!
//! - of std: integers (those of 128 bits are strings in JSON), floats, `bool`, `char`, `String`, `Duration` (`"PT1M30S"`);
//!   `Option` (null or left out), `Vec`, arrays, tuples (lists), `BTreeMap` and `HashMap` (objects), `BTreeSet` and
//!   `HashSet`, `Box`;
//! - of ours: [`Id<Todo>`](model::Id) and [`Uid<Todo>`](model::Uid), which refer to a row and are checked,
//!   [`Time`](model::Time), [`Decimal`](model::Decimal) for money, [`Bytes`](model::Bytes), [`Uuid`](model::Uuid),
//!   [`Rank`](model::Rank) for an order that people make, [`Secret`](model::Secret), [`Json`](codec::json::Json) as it came;
//! - every `#[Data]` struct and enum of the program's own. On the wire a variant is its name in snake case: `InProgress` is
//!   `"in_progress"`, with data `{"in_progress": {..}}`; `#[rename("..")]` says otherwise.
//!
//! A field that the server fills in is `#[auto(created)]` or `#[auto(updated)]` on a `Time`, `#[auto(caller)]` on a `String`
//! (or an `Option` of them); whatever stands there in an insert is written over. All attributes are listed at
//! [`Model`](macro@Model).
//!
//! # Where other functions belong
//! Every function in an `#[Api]` block can be called from outside. One that nobody outside is to call stands in an impl
//! block of its own or beside it; what reads for queries and commands alike takes [`&impl Reading`](store::Reading):
//!
//! ```
//! # use sunstone::prelude::*;
//! #[Data]
//! #[derive(Clone, Copy, PartialEq)]
//! pub enum State {
//!     InProgress,
//!     Done,
//! }
//!
//! #[Model]
//! pub struct Job {
//!     #[key]
//!     pub id: Id<Job>,
//!     #[index]
//!     pub state: State,
//!     pub pay: Decimal,
//!     #[auto(created)]
//!     pub since: Time,
//! }
//!
//! impl Job {
//!     fn under_way(of: &impl Reading) -> usize {
//!         of.find(Job::STATE.is(State::InProgress)).count()
//!     }
//! }
//!
//! pub struct Jobs;
//!
//! #[Api("/jobs")]
//! impl Jobs {
//!     #[post("/", status = 201)]
//!     fn take(tx: &mut Tx, #[check(range = 1..=10_000)] pay: Decimal) -> Result<Job> {
//!         if Job::under_way(tx) >= 3 {
//!             return Err(Error::conflict("three at a time"));
//!         }
//!         let (id, since) = (tx.next_id(), tx.now());
//!         tx.insert(Job { id, state: State::InProgress, pay, since })
//!     }
//! }
//! # let _ = App::new("jobs").model::<Job>().api(Jobs);
//! ```
//!
//! # The rooms
//! In the order of their ranks; a room uses rooms of lower ranks only.
//!
//! - 0: [`error`]
//! - 1: [`stdx`]
//! - 2: [`codec`], [`hash`]
//! - 3: [`http`], [`journal`]
//! - 4: [`model`], [`net`]
//! - 5: [`state`]
//! - 6: [`query`]
//! - 7: [`store`]
//! - 9: [`api`]
//! - 11: [`app`], [`prelude`]

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
