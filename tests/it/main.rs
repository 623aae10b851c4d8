//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod http;
mod journal;
mod json;
mod macros;
mod net;
mod order;
mod recovery;
mod tidy;
mod tree;
mod values;
