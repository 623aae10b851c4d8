//! Threads that are there when they are needed: for slow methods, for tasks, and for loops whose thread is stuck.

use crate::stdx::threads::spawn;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// A thread that has had nothing to do for this long ends.
const IDLE: Duration = Duration::from_secs(10);

/// Something to do.
pub(super) type Work = Box<dyn FnOnce() + Send>;

/// A bounded number of threads before a bounded queue. Threads are started when work finds none that is free.
pub(super) struct Pool {
    name: &'static str,
    most_threads: usize,
    most_queued: usize,
    state: Mutex<State>,
    /// Work has come, or the end.
    work: Condvar,
    /// A thread has become free.
    rest: Condvar,
}

/// Invariant: `idle <= threads <= most_threads`, and more is queued than there are idle threads by at most
/// `most_queued`.
#[derive(Default)]
struct State {
    queue: VecDeque<Work>,
    threads: usize,
    idle: usize,
    stopped: bool,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Pool")
            .field("name", &self.name)
            .field("threads", &state.threads)
            .field("queue", &state.queue.len())
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool without threads. They will be called `name`.
    pub(super) fn new(name: &'static str, most_threads: usize, most_queued: usize) -> Arc<Self> {
        let state = Mutex::new(State::default());
        let (work, rest) = (Condvar::new(), Condvar::new());
        Arc::new(Self { name, most_threads, most_queued, state, work, rest })
    }

    /// Has `work` done by a free thread, a new one, or the next one to become free. False when there is no room for it,
    /// or the machine has no thread to give and none is there.
    pub(super) fn submit(self: &Arc<Self>, work: Work) -> bool {
        let mut state = self.lock();
        if state.stopped {
            return false;
        }
        if state.queue.len() < state.idle {
            state.queue.push_back(work);
            self.work.notify_one();
            return true;
        }
        if state.threads < self.most_threads {
            let pool = Arc::clone(self);
            if spawn(self.name, move || pool.run()).is_ok() {
                state.threads += 1;
                // The new thread counts as idle until it comes for this.
                state.idle += 1;
                state.queue.push_back(work);
                return true;
            }
        }
        if state.threads > 0 && state.queue.len() < state.idle + self.most_queued {
            state.queue.push_back(work);
            return true;
        }
        false
    }

    /// How many more works could begin at once.
    pub(super) fn room(&self) -> usize {
        let state = self.lock();
        (self.most_threads - state.threads + state.idle).saturating_sub(state.queue.len())
    }

    /// No further work is taken; what is queued is dropped, what runs is left to its end.
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        let dropped = std::mem::take(&mut state.queue);
        drop(state);
        self.work.notify_all();
        drop(dropped);
    }

    /// Waits until nothing is queued or runs, at most for `patience`. True when it came to that.
    pub(super) fn wait_until_idle(&self, patience: Duration) -> bool {
        let busy = |state: &mut State| state.idle < state.threads || !state.queue.is_empty();
        let (state, _) = self
            .rest
            .wait_timeout_while(self.lock(), patience, busy)
            .expect("nothing panics under the lock of a pool");
        state.idle == state.threads && state.queue.is_empty()
    }

    /// The life of a thread. It is counted as idle when it begins.
    fn run(&self) {
        let mut state = self.lock();
        loop {
            if let Some(work) = state.queue.pop_front() {
                state.idle -= 1;
                drop(state);
                work();
                state = self.lock();
                state.idle += 1;
                self.rest.notify_all();
                continue;
            }
            if state.stopped {
                break;
            }
            let (woken, timeout) =
                self.work.wait_timeout(state, IDLE).expect("nothing panics under the lock of a pool");
            state = woken;
            if timeout.timed_out() && state.queue.is_empty() {
                break;
            }
        }
        state.idle -= 1;
        state.threads -= 1;
        self.rest.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under the lock of a pool")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// More patience than any machine needs; a test that works never waits for it.
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn threads_then_the_queue_then_no() {
        let pool = Pool::new("test", 2, 1);
        let (go, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let (done, results) = mpsc::channel();
        let work = |n: u32| -> Work {
            let (gate, done) = (Arc::clone(&gate), done.clone());
            Box::new(move || {
                gate.lock().unwrap().recv().unwrap();
                done.send(n).unwrap();
            })
        };
        let taken: Vec<bool> = (0..4).map(|n| pool.submit(work(n))).collect();
        assert_eq!(taken, [true, true, true, false]);
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        let mut seen: Vec<u32> = (0..3).map(|_| results.recv_timeout(LONG).unwrap()).collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2]);
        assert!(pool.wait_until_idle(LONG));
        pool.stop();
        assert!(!pool.submit(work(9)), "a stopped pool takes nothing");
    }
}
