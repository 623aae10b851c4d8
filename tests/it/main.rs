//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod http;
mod json;
mod macros;
mod order;
mod tidy;
mod tree;
