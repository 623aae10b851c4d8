//! What `#[Api]` says of a type.

use super::Call;
use crate::error::Result;
use crate::http;
use crate::model::{Shape, TypeInfo};

/// A type whose methods can be called. `#[Api]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no methods that can be called",
    note = "put #[Api(\"/path\")] on its impl block"
)]
pub trait Api: Send + Sync + Sized + 'static {
    /// Its path and name.
    fn about() -> ApiInfo;

    /// Its methods, in the order of their declaration.
    fn methods() -> &'static [Method<Self>];
}

/// The path and the name of an api.
#[derive(Debug, Clone, Copy)]
pub struct ApiInfo {
    /// What its paths begin with: `/todos`.
    pub prefix: &'static str,
    /// What its calls begin with: `todos`.
    pub name: &'static str,
    /// Its documentation.
    pub docs: &'static str,
}

/// One method.
#[derive(Debug)]
pub struct Method<A: 'static> {
    /// Its name: `add`.
    pub name: &'static str,
    /// Its documentation.
    pub docs: &'static str,
    /// Its verb; none: it is called by name alone.
    pub verb: Option<Verb>,
    /// Its path behind the prefix.
    pub path: &'static str,
    /// The status of its answer; none: 200, or 204 for nothing.
    pub status: Option<u16>,
    /// What it is.
    pub kind: Kind,
    /// Its arguments; none: it takes none.
    pub args: Option<fn() -> &'static TypeInfo>,
    /// What it answers, where that is known of its type.
    pub answer: fn() -> Option<Shape>,
    /// The argument that takes the whole body.
    pub body: Option<&'static str>,
    /// Do its arguments go into the journal?
    pub journal_args: bool,
    /// Is it given the request? Then it may read the query by itself.
    pub takes_request: bool,
    /// Runs it.
    pub run: fn(&A, &mut Call<'_>) -> Result<()>,
}

/// What a method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It takes a `&View`: it reads.
    Query,
    /// It takes a `&mut Tx`: one transaction.
    Command,
    /// It takes a `&Store`: it may take long.
    Task,
    /// It takes none of them.
    Plain,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Command => "command",
            Self::Task => "task",
            Self::Plain => "plain",
        }
    }
}

/// The verb of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// GET, and HEAD with it.
    Get,
    /// POST
    Post,
    /// PUT
    Put,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
}

impl Verb {
    /// The method of HTTP.
    #[must_use]
    pub const fn method(self) -> http::Method {
        match self {
            Self::Get => http::Method::Get,
            Self::Post => http::Method::Post,
            Self::Put => http::Method::Put,
            Self::Patch => http::Method::Patch,
            Self::Delete => http::Method::Delete,
        }
    }

    /// The verb of a method, if routes have it.
    #[must_use]
    pub const fn of(method: http::Method) -> Option<Self> {
        match method {
            http::Method::Get | http::Method::Head => Some(Self::Get),
            http::Method::Post => Some(Self::Post),
            http::Method::Put => Some(Self::Put),
            http::Method::Patch => Some(Self::Patch),
            http::Method::Delete => Some(Self::Delete),
            http::Method::Options => None,
        }
    }

    /// Do its arguments stand in the query, not in a body?
    #[must_use]
    pub const fn reads_query(self) -> bool {
        matches!(self, Self::Get | Self::Delete)
    }
}
