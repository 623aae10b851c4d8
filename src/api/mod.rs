//! Requests to methods and back.
//!
//! `#[Api]` describes the methods of a type as [`Method`]s: their verb and path, their arguments, what kind they are,
//! and one function that runs them over a [`Call`]. At start they become [`Endpoint`]s in a [`Router`]; the [`Gateway`] is
//! the [`Service`](crate::net::Service) that the sockets know. A call takes its arguments from wherever they came
//! (path, query, body, JSON-RPC parameters, flags), gives the method its `&View`, `&mut Tx` or `&Store`, and encodes
//! what comes back.
//!
//! What a method is decides how it runs: a query sees the published root, and behind a command on its own connection it
//! waits for that command's state; a command's answer carries a ticket and is parked until it is on disk, and so is
//! its rejection; a task has a thread of its own. A method that was slow runs on the pool until it has been quick again
//! for a while.
//!
//! Left out: sessions, callers, limits by route; calls over WebSocket.

mod about;
mod answer;
mod call;
mod cross_site;
mod endpoint;
mod gateway;
mod input;
mod method;
mod origins;
mod pace;
mod query;
mod router;
mod rpc;
mod told;

pub use about::About;
pub use answer::{Answer, Bodiless, Out, PAGE_ROWS, PAGE_ROWS_MAX, answers_nothing};
pub(crate) use call::shorten_arguments;
pub use call::{ARGUMENTS_BYTES_MAX, Call, Ended};
pub use endpoint::{Endpoint, Endpoints};
pub use gateway::Gateway;
pub use input::Input;
pub use method::{Api, ApiInfo, Kind, Method, Verb};
pub use origins::{NoOrigin, Origin, Origins};
pub use router::{RouteError, Router};
#[doc(hidden)]
pub use told::{Known, Lent, Told, ToldFirst, ToldLast, ToldNext};
