//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod cli;
mod crash;
mod http;
mod isolation;
mod journal;
mod json;
mod macros;
mod model;
mod net;
mod options;
mod order;
mod program;
mod recovery;
mod rig;
mod secrets;
mod state;
mod store;
mod tidy;
mod tree;
mod values;
