//! What a program imports: `use sunstone::prelude::*;`

pub use crate::api::Answer;
pub use crate::app::{App, Exit, Server};
pub use crate::codec::json::Json;
pub use crate::error::{Error, Result};
pub use crate::http::Request;
pub use crate::model::{Bytes, Decimal, Duration, Id, Model, Rank, Rounding, Secret, Time, Uid, Uuid};
pub use crate::query::{Filter, Rows};
// Twice: a program that calls something of its own `Reading` keeps the methods.
pub use crate::store::Reading as _;
pub use crate::store::{Caller, Reading, Store, Tx, View};
pub use sunstone_macros::{Api, Data, Model};
