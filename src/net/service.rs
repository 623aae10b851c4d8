//! What stands behind the sockets: a [`Service`] answers requests and knows nothing of connections.

use crate::error::Error;
use crate::http::{Request, Response};
use crate::journal::Ticket;
use std::fmt;
use std::net::SocketAddr;

/// The program behind the server. The one call that goes up from here.
///
/// Every method may be called from any thread, and from several at once.
pub trait Service: Send + Sync + 'static {
    /// One request. It runs while the loop is free: a call that blocks delays nobody but its own connection.
    ///
    /// `after` is the newest ticket whose answer is still parked on this connection: what this request may not run
    /// ahead of, if it reads. A panic is caught and answered with [`Service::panicked`].
    fn call(&self, request: Request, peer: &Peer, after: Option<Ticket>) -> Reply;

    /// What the body of this request may measure, in bytes; none: [`Limits::body`](crate::http::Limits). Asked when the
    /// head is whole and before anything of the body is read; `request` has no body yet. Like [`Service::settled`] it
    /// neither blocks nor panics.
    fn body_limit(&self, _request: &Request, _peer: &Peer) -> Option<u64> {
        None
    }

    /// What has become of a ticket. Asked when an answer is parked, and again after each [`Waker::wake`](super::Waker);
    /// so it is a load and a comparison, and it neither blocks nor panics.
    fn settled(&self, ticket: Ticket) -> Settled;

    /// A loop has called all that it had, and is about to look for news or to sleep: what waits for company may go. It
    /// neither blocks nor panics, and costs a load when there is nothing.
    fn rest(&self) {}

    /// The answer when the pool's queue or the number of tasks is at its limit: a 503.
    fn overloaded(&self) -> Response;

    /// The answer in place of one that a panic has taken: a 500 without the panic's words.
    fn panicked(&self) -> Response;
}

/// Work for another thread, and what comes of it.
pub type Job = Box<dyn FnOnce() -> Reply + Send>;

/// The answer in place of one whose ticket was not stored.
pub type Instead = Box<dyn FnOnce(&Error) -> Response + Send>;

/// What becomes of a request.
///
/// Answers leave a connection in the order of its requests. While a [`Reply::Wait`], [`Reply::Pool`] or
/// [`Reply::Task`] is under way, the requests behind it on its connection are not called; behind a
/// [`Reply::Parked`] they are.
pub enum Reply {
    /// The answer.
    Now(Response),
    /// The answer, which may leave when the ticket is stored; and what leaves instead when it is not, where that is to be
    /// something else than the problem document.
    Parked(Response, Ticket, Option<Instead>),
    /// Not before this ticket is settled, whichever way: then the request is called again.
    Wait(Request, Ticket),
    /// To be run on the bounded pool: a method that is known to be slow.
    Pool(Job),
    /// To be run on a thread of its own: it may take long.
    Task(Job),
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(_) => f.write_str("Now"),
            Self::Parked(_, ticket, _) => write!(f, "Parked({ticket:?})"),
            Self::Wait(_, ticket) => write!(f, "Wait({ticket:?})"),
            Self::Pool(_) => f.write_str("Pool"),
            Self::Task(_) => f.write_str("Task"),
        }
    }
}

/// What has become of a ticket.
#[derive(Debug)]
pub enum Settled {
    /// Nothing yet: ask again after the next wake.
    Waiting,
    /// It is on disk: the parked answer may leave.
    Stored,
    /// It will not be: an answer that says so leaves instead.
    Refused(Error),
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The address; none on the control socket.
    pub addr: Option<SocketAddr>,
    /// It came through the control socket, so it may do what the owner of the data directory may.
    pub control: bool,
}
