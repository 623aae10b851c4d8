//! The integration tests, one binary. Each module is named by the room or the promise it holds.

mod journal;
mod recovery;
