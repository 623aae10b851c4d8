//! Whole applications in one binary, on std alone.

extern crate self as sunstone;

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

mod sys;
