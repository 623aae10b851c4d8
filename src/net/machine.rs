//! The sockets of the machine: TCP and the control socket, over epoll or poll.

use super::pollset::PollSet;
use super::service::Peer;
use super::sockets::{Event, Link, Readiness, Sockets};
use super::waker::Doorbell;
use crate::stdx::slab::Token;
#[cfg(target_os = "linux")]
use crate::sys::epoll::Epoll;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;

/// The bell's token. No connection has it: its generation would have to reach 2^32 - 1.
const BELL: u64 = u64::MAX;
/// The doors count down from here.
const FIRST_DOOR: u64 = u64::MAX - 1;
/// A server has two doors; tokens above this one are no connection's.
const LAST_DOOR: u64 = u64::MAX - 16;

/// Where connections come from; the workers share it.
#[derive(Debug, Clone)]
pub(super) enum Door {
    /// From the network.
    Tcp(Arc<TcpListener>),
    /// From the owner of the data directory.
    Control(Arc<UnixListener>),
}

impl Door {
    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Control(listener) => listener.as_fd(),
        }
    }
}

/// A connection of the machine.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Control(UnixStream),
}

impl Socket {
    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Control(stream) => stream.as_fd(),
        }
    }
}

impl Link for Socket {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(into),
            Self::Control(stream) => stream.read(into),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Control(stream) => stream.write(bytes),
        }
    }

    fn finish(&mut self) {
        let done = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Control(stream) => stream.shutdown(Shutdown::Write),
        };
        // A connection that is gone has no direction to end; reading from it will say so.
        drop(done);
    }
}

/// The sockets of one worker.
#[derive(Debug)]
pub(super) struct Machine {
    poller: Poller,
    doors: Vec<Door>,
    doorbell: Arc<Doorbell>,
}

#[derive(Debug)]
enum Poller {
    #[cfg(target_os = "linux")]
    Epoll(Epoll),
    Poll(PollSet),
}

impl Machine {
    /// Watches the doorbell; the doors are shut.
    pub(super) fn new(portable: bool, doors: Vec<Door>, doorbell: Arc<Doorbell>) -> io::Result<Self> {
        let bell = doorbell.bell().fd();
        let poller = match portable {
            #[cfg(target_os = "linux")]
            false => {
                let epoll = Epoll::new()?;
                epoll.add_bell(bell, BELL)?;
                Poller::Epoll(epoll)
            }
            _ => {
                let mut set = PollSet::new();
                set.add(bell, BELL, false);
                Poller::Poll(set)
            }
        };
        Ok(Self { poller, doors, doorbell })
    }
}

/// What a token and its readiness mean.
fn event(token: u64, ready: Readiness) -> Option<Event> {
    match token {
        BELL => None,
        LAST_DOOR..=FIRST_DOOR => {
            Some(Event::Door(usize::try_from(FIRST_DOOR - token).expect("a door's number is below 16")))
        }
        link => Some(Event::Link(Token::from_u64(link), ready)),
    }
}

fn door_token(door: usize) -> u64 {
    FIRST_DOOR - u64::try_from(door).expect("a server has a handful of doors")
}

impl Sockets for Machine {
    type Link = Socket;

    fn wait(&mut self, timeout_ms: Option<u64>, each: &mut dyn FnMut(Event)) -> io::Result<()> {
        let timeout_ms = timeout_ms.map_or(-1, |ms| i32::try_from(ms).unwrap_or(i32::MAX));
        match &mut self.poller {
            #[cfg(target_os = "linux")]
            Poller::Epoll(epoll) => epoll.wait(timeout_ms, |token, ready| {
                if let Some(event) = event(token, ready) {
                    each(event);
                }
            }),
            Poller::Poll(set) => {
                let doorbell = &self.doorbell;
                set.wait(timeout_ms, |token, ready| match event(token, ready) {
                    Some(event) => each(event),
                    None => doorbell.bell().hush(),
                })
            }
        }
    }

    fn accept(&mut self, door: usize) -> io::Result<(Socket, Peer)> {
        match &self.doors[door] {
            Door::Tcp(listener) => {
                let (stream, addr) = listener.accept()?;
                stream.set_nonblocking(true)?;
                // Answers are written whole, so waiting for more would only delay them.
                stream.set_nodelay(true)?;
                Ok((Socket::Tcp(stream), Peer { addr: Some(addr), control: false }))
            }
            Door::Control(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(true)?;
                Ok((Socket::Control(stream), Peer { addr: None, control: true }))
            }
        }
    }

    fn set_open(&mut self, door: usize, open: bool) -> io::Result<()> {
        let (fd, token) = (self.doors[door].fd(), door_token(door));
        match (&mut self.poller, open) {
            #[cfg(target_os = "linux")]
            (Poller::Epoll(epoll), true) => epoll.add_listener(fd, token)?,
            #[cfg(target_os = "linux")]
            (Poller::Epoll(epoll), false) => epoll.remove(fd)?,
            (Poller::Poll(set), true) => set.add(fd, token, false),
            (Poller::Poll(set), false) => set.remove(token),
        }
        Ok(())
    }

    fn drop_doors(&mut self) {
        self.doors.clear();
    }

    fn is_control(&self, door: usize) -> bool {
        matches!(self.doors[door], Door::Control(_))
    }

    fn watch(&mut self, link: &Socket, token: Token) -> io::Result<()> {
        match &mut self.poller {
            #[cfg(target_os = "linux")]
            Poller::Epoll(epoll) => epoll.add_stream(link.fd(), token.to_u64())?,
            Poller::Poll(set) => set.add(link.fd(), token.to_u64(), true),
        }
        Ok(())
    }

    fn forget(&mut self, _link: &Socket, token: Token) {
        match &mut self.poller {
            // Closing the descriptor takes it out of the set: it has no duplicate.
            #[cfg(target_os = "linux")]
            Poller::Epoll(_) => {}
            Poller::Poll(set) => set.remove(token.to_u64()),
        }
    }

    fn rearm(&mut self, token: Token, read: bool, write: bool) {
        match &mut self.poller {
            // Edge-triggered: the kernel tells of every change without being asked.
            #[cfg(target_os = "linux")]
            Poller::Epoll(_) => {}
            Poller::Poll(set) => set.rearm(token.to_u64(), read, write),
        }
    }
}
