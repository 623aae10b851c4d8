//! The seam between a loop and the machine: what a loop asks of sockets, and nothing else. The kernel's are in
//! [`machine`](super::machine), those of a test in [`simulated`](super::simulated).

use super::service::Peer;
use crate::stdx::slab::Token;
pub(super) use crate::sys::poll::Readiness;
use std::io;

/// One connection: a stream of bytes both ways that never blocks.
pub(super) trait Link: Send + 'static {
    /// Reads what is there. 0: the other side has ended its direction. `WouldBlock`: nothing is there.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize>;

    /// Writes what there is room for. `WouldBlock`: there is none.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Ends our direction; the other side may still write.
    fn finish(&mut self);
}

/// What a wait brings.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A link is ready for something that it was not ready for.
    Link(Token, Readiness),
    /// Somebody knocks at the door of this number.
    Door(usize),
}

/// The sockets of one loop.
///
/// Readiness is told once: after `read` was reported, it is not reported again before [`Sockets::rearm`] has asked for
/// it (a backend may report more than it must).
pub(super) trait Sockets: Send + 'static {
    /// Its connections.
    type Link: Link;

    /// Waits at most `timeout_ms` (none: without end) until something is ready or the doorbell rings.
    fn wait(&mut self, timeout_ms: Option<u64>, each: &mut dyn FnMut(Event)) -> io::Result<()>;

    /// Takes one connection in. `WouldBlock`: nobody knocks any more.
    fn accept(&mut self, door: usize) -> io::Result<(Self::Link, Peer)>;

    /// Opens or shuts a door; behind a shut one, those who knock wait in the kernel.
    fn set_open(&mut self, door: usize, open: bool) -> io::Result<()>;

    /// Gives the doors up: who knocks from now on is turned away, once no other loop holds them.
    fn drop_doors(&mut self);

    /// Is this the door of the control socket?
    fn is_control(&self, door: usize) -> bool;

    /// From now on `wait` reports the link under this token.
    fn watch(&mut self, link: &Self::Link, token: Token) -> io::Result<()>;

    /// The link is about to be closed.
    fn forget(&mut self, link: &Self::Link, token: Token);

    /// Asks to be told again when there is something to read or room to write.
    fn rearm(&mut self, token: Token, read: bool, write: bool);
}
