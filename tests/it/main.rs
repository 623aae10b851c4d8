//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod api;
mod attacks;
mod bank;
mod cli;
mod crash;
mod http;
mod import;
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
mod renamed;
mod rig;
mod secrets;
mod simulation;
mod state;
mod store;
mod tidy;
mod tree;
mod values;
