//! What a method may know of its request.

use crate::http::Request;
use crate::store::Caller;

/// Who asks, and how.
#[derive(Debug, Clone, Copy)]
pub struct About<'r> {
    caller: &'r Caller,
    request: &'r Request,
}

impl<'r> About<'r> {
    pub(super) fn new(caller: &'r Caller, request: &'r Request) -> Self {
        Self { caller, request }
    }

    /// Who asks: the `&Caller` of a method.
    #[must_use]
    pub fn caller(&self) -> &'r Caller {
        self.caller
    }

    /// The request: the `&Request` of a method. Calls that came another way have one that says so.
    #[must_use]
    pub fn request(&self) -> &'r Request {
        self.request
    }
}
