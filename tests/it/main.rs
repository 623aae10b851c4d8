//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod json;
mod net;
mod http;
mod json;
mod order;
mod tidy;
mod tree;
