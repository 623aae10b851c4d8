//! Questions to one version of the state.
//!
//! A [`Filter`] compares fields, by their ordered bytes, so that what a filter says and what an index holds are the same
//! bytes. [`Rows`] is a lazy answer: which rows, in which order; nothing is looked up until it is walked, counted or
//! turned into a page. Where an index begins with a field that the filter pins to one value, only that part of the
//! index is walked; otherwise the table is, by key.
//!
//! Left out: ranges over indexes, several pinned fields, aggregates. A filter on them works and reads the whole table.

mod filter;
mod page;
mod rows;

#[doc(hidden)]
pub use filter::Misnamed;
pub use filter::{Filter, Operand};
pub use page::{Page, Position};
pub use rows::Rows;
pub(crate) use rows::typed;
