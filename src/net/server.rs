//! A server: its doors, its workers, its beginning and its end.

use super::accept::Doors;
use super::bind_error::BindError;
use super::config::{Backend, Config, SPARE_DESCRIPTORS, WORKERS_MAX};
use super::listen::{self, ControlSocket};
use super::machine::{Door, Machine, Socket};
use super::pool::Pool;
use super::reactor::Reactor;
use super::service::Service;
use super::shared::{Message, Shared};
use super::waker::Waker;
use super::watchdog::{self, Watchdog};
use super::worker::{Crew, Ends, Worker};
use crate::stdx::clock::Clock;
use crate::sys::{descriptors, signal};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How much longer than its grace time a server waits for loops to notice that it is over.
const LAST_WORD: Duration = Duration::from_secs(2);

/// A server. It listens from [`Server::bind`] on, answers from [`Server::serve`] on, and stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    shared: Arc<Shared<Socket>>,
    workers: Vec<Arc<Worker>>,
    crew: Arc<Crew>,
    serving: AtomicBool,
    stopped: AtomicBool,
    grace: Duration,
    control: Mutex<Option<ControlSocket>>,
}

impl Server {
    /// Listens, before there is anything to answer with: those who connect wait in the kernel until [`Server::serve`].
    ///
    /// # Errors
    /// When the address is taken or not ours, or so many workers are too many.
    pub fn listen(config: &Config) -> Result<TcpListener, BindError> {
        if config.workers > WORKERS_MAX {
            return Err(BindError::Workers(config.workers));
        }
        listen::tcp(config.listen).map_err(|error| BindError::Address(config.listen, error))
    }

    /// Listens, and answers nobody yet.
    ///
    /// # Errors
    /// As [`Server::listen`] and [`Server::bind_at`].
    pub fn bind(
        config: &Config,
        service: Arc<dyn Service>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BindError> {
        Self::bind_at(Self::listen(config)?, config, service, clock)
    }

    /// The same where somebody listens already, by [`Server::listen`].
    ///
    /// # Errors
    /// When the control socket cannot be made, or descriptors are short.
    pub fn bind_at(
        listener: TcpListener,
        config: &Config,
        service: Arc<dyn Service>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BindError> {
        let mut config = config.clone();
        let count = match config.workers {
            0 => thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX),
            count => count,
        };
        let short = |error| BindError::Descriptors(count, error);
        let most_descriptors = usize::try_from(descriptors::raise().map_err(short)?).unwrap_or(usize::MAX);
        config.connections.get_or_insert_with(|| room_for_connections(most_descriptors));
        let addr = listener.local_addr().map_err(|error| BindError::Address(config.listen, error))?;
        let listener = Arc::new(listener);
        let control = config.control.as_deref().map(|path| {
            ControlSocket::bind(path).map_err(|error| BindError::Control(path.to_owned(), error))
        });
        let control = control.transpose()?;
        let doors: Vec<Door> = [Some(Door::Tcp(listener)), control.as_ref().map(ControlSocket::door)]
            .into_iter()
            .flatten()
            .collect();
        let shared = Arc::new(Shared::new(&config, count, service, clock).map_err(short)?);
        let crew = Arc::new(Crew {
            drivers: Pool::new("worker", config.drivers.max(2 * count), 0),
            pool: Pool::new("pool", config.pool_threads, config.pool_queue),
            tasks: Pool::new("task", config.tasks, 0),
            watchdog: Watchdog::default(),
            crowded: AtomicBool::new(false),
            ends: Ends::default(),
        });
        let portable = is_portable(config.backend);
        let mut workers = Vec::with_capacity(count);
        for me in 0..count {
            let machine = Machine::new(portable, doors.clone(), Arc::clone(&shared.posts[me].doorbell));
            let machine = machine.map_err(short)?;
            let reactor = Reactor::new(machine, Doors::new(doors.len()), Arc::clone(&shared), me);
            workers.push(Worker::new(reactor, Arc::clone(&shared), Arc::clone(&crew), me));
        }
        Ok(Self {
            addr,
            shared,
            workers,
            crew,
            serving: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            grace: Duration::from_millis(config.timeouts.grace_ms),
            control: Mutex::new(control),
        })
    }

    /// Where it listens: the port that was given for port 0.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many connections there may be at once.
    #[must_use]
    pub fn most_connections(&self) -> usize {
        self.shared.most_connections
    }

    /// How the store says that tickets have moved.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.shared.waker)
    }

    /// Begins to answer, on threads of its own. Again, it does nothing.
    ///
    /// # Errors
    /// When the machine has no threads to give.
    pub fn serve(&self) -> io::Result<()> {
        if self.serving.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        watchdog::start(&self.crew, self.workers.clone())?;
        for worker in &self.workers {
            let worker = Arc::clone(worker);
            if !self.crew.drivers.submit(Box::new(move || worker.start())) {
                return Err(io::Error::other("the machine has no thread for a worker"));
            }
        }
        Ok(())
    }

    /// Answers until the first SIGTERM, SIGINT or SIGHUP, then stops gracefully. A second SIGTERM or SIGINT ends the process
    /// at once.
    ///
    /// # Errors
    /// When the machine has no threads to give, or the signals cannot be caught.
    pub fn run_until_signal(&self) -> io::Result<()> {
        signal::listen()?;
        self.serve()?;
        signal::wait()?;
        self.stop();
        Ok(())
    }

    /// Stops: nobody new is taken in, idle connections are closed, what runs and what is parked is answered, and all of
    /// it takes [`Timeouts::grace_ms`](super::Timeouts) at most. The store has to be there until this comes back, as
    /// parked answers wait for it. Again, it does nothing.
    pub fn stop(&self) {
        if self.stopped.swap(true, Ordering::SeqCst) {
            return;
        }
        if self.serving.load(Ordering::SeqCst) {
            let begun_ns = self.shared.clock.monotonic_ns();
            for me in 0..self.workers.len() {
                self.shared.send(me, Message::Stop);
            }
            self.crew.ends.wait_for(self.workers.len(), self.grace + LAST_WORD);
            for pool in [&self.crew.pool, &self.crew.tasks] {
                // A task whose client has gone may still be about to store something.
                let passed = Duration::from_nanos(self.shared.clock.monotonic_ns().saturating_sub(begun_ns));
                pool.wait_until_idle(self.grace.saturating_sub(passed));
            }
        }
        for pool in [&self.crew.pool, &self.crew.tasks, &self.crew.drivers] {
            pool.stop();
        }
        self.crew.watchdog.stop();
        drop(self.control.lock().expect("nothing panics with it").take());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What this many descriptors leave for connections.
const fn room_for_connections(descriptors: usize) -> usize {
    let half = descriptors / 2;
    let spare = if half < SPARE_DESCRIPTORS { half } else { SPARE_DESCRIPTORS };
    let left = descriptors - spare;
    if left == 0 { 1 } else { left }
}

/// Is the portable readiness call wanted, or the only one?
fn is_portable(backend: Backend) -> bool {
    let wanted = match backend {
        Backend::Auto => std::env::var_os("SUNSTONE_POLLER").is_some_and(|value| value == "poll"),
        Backend::Epoll => false,
        Backend::Poll => true,
    };
    wanted || !cfg!(target_os = "linux")
}

#[cfg(test)]
mod tests {
    use super::room_for_connections;

    #[test]
    fn a_small_limit_of_descriptors_leaves_half_for_connections() {
        let rooms = [0, 1, 64, 256, 1024, 1 << 20].map(room_for_connections);
        assert_eq!(rooms, [1, 1, 32, 128, 896, (1 << 20) - 128]);
    }
}
