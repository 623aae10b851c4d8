//! Threads that are there when they are needed: for slow methods, for tasks, and for loops whose thread is stuck.

use super::config::LANE_QUARTERS;
use super::errand::Errand;
use super::service::Lane;
use crate::stdx::threads::spawn;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// A thread that has had nothing to do for this long ends.
const IDLE: Duration = Duration::from_secs(10);

/// A bounded number of threads before a bounded queue. Threads are started when work finds none that is free. Work of one
/// lane holds a part of the threads and of the queue at most.
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

/// Invariants:
/// - `idle <= threads <= most_threads`, and more is queued and held than there are idle threads by at most `most_queued`;
/// - a lane is counted once for each work of it that runs or is queued, and what is held of it waits for that to fall.
#[derive(Default)]
struct State {
    /// What the next free thread takes.
    queue: VecDeque<Waiting>,
    /// What waits because its lane has its part of the threads.
    held: VecDeque<Waiting>,
    lanes: Vec<(Lane, usize)>,
    threads: usize,
    idle: usize,
    stopped: bool,
}

struct Waiting {
    errand: Errand,
    lane: Option<Lane>,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Pool")
            .field("name", &self.name)
            .field("threads", &state.threads)
            .field("queue", &(state.queue.len() + state.held.len()))
            .finish_non_exhaustive()
    }
}

/// How much of it one lane may hold.
const fn part(of: usize) -> usize {
    let part = of / 4 * LANE_QUARTERS + of % 4 * LANE_QUARTERS / 4;
    if part == 0 { 1 } else { part }
}

impl State {
    fn running(&self, lane: Lane) -> usize {
        self.lanes.iter().find(|(known, _)| *known == lane).map_or(0, |(_, count)| *count)
    }

    /// Puts work where the next free thread takes it.
    fn queue(&mut self, waiting: Waiting) {
        if let Some(lane) = waiting.lane {
            match self.lanes.iter_mut().find(|(known, _)| *known == lane) {
                Some((_, count)) => *count += 1,
                None => self.lanes.push((lane, 1)),
            }
        }
        self.queue.push_back(waiting);
    }

    /// Work of this lane is done with: what is held of it comes next.
    fn leave(&mut self, lane: Option<Lane>) {
        let Some(place) = lane.and_then(|lane| self.lanes.iter().position(|(known, _)| *known == lane))
        else {
            return;
        };
        self.lanes[place].1 -= 1;
        if self.lanes[place].1 == 0 {
            self.lanes.swap_remove(place);
        }
        if let Some(next) = self.held.iter().position(|waiting| waiting.lane == lane)
            && let Some(next) = self.held.remove(next)
        {
            self.queue(next);
        }
    }

    /// Drops what its giver has taken back.
    fn sweep(&mut self) {
        self.held.retain(|waiting| !waiting.errand.is_taken());
        for waiting in std::mem::take(&mut self.queue) {
            if waiting.errand.is_taken() {
                self.leave(waiting.lane);
            } else {
                self.queue.push_back(waiting);
            }
        }
    }
}

impl Pool {
    /// A pool without threads. They will be called `name`.
    pub(super) fn new(name: &'static str, most_threads: usize, most_queued: usize) -> Arc<Self> {
        let state = Mutex::new(State::default());
        let (work, rest) = (Condvar::new(), Condvar::new());
        Arc::new(Self { name, most_threads, most_queued, state, work, rest })
    }

    /// Has the errand done by a free thread, a new one, or the next one to become free, where its lane has not got its
    /// part. False when there is no room for it, or the machine has no thread to give and none is there.
    pub(super) fn submit(self: &Arc<Self>, errand: Errand, lane: Option<Lane>) -> bool {
        let mut state = self.lock();
        if state.stopped {
            return false;
        }
        let waiting = Waiting { errand, lane };
        if lane.is_some_and(|lane| state.running(lane) >= part(self.most_threads)) {
            let has_room = self.has_room(&mut state, |state| {
                let of_lane = state.held.iter().filter(|waiting| waiting.lane == lane).count();
                of_lane < part(self.most_queued)
            });
            if has_room {
                state.held.push_back(waiting);
            }
            return has_room;
        }
        if state.queue.len() < state.idle {
            state.queue(waiting);
            self.work.notify_one();
            return true;
        }
        if state.threads < self.most_threads {
            let pool = Arc::clone(self);
            if spawn(self.name, move || pool.run()).is_ok() {
                state.threads += 1;
                // The new thread counts as idle until it comes for this.
                state.idle += 1;
                state.queue(waiting);
                return true;
            }
        }
        let has_room = state.threads > 0 && self.has_room(&mut state, |_| true);
        if has_room {
            state.queue(waiting);
        }
        has_room
    }

    /// Is there room in the queue, and does `more` say so too? What was taken back takes none.
    fn has_room(&self, state: &mut State, more: impl Fn(&State) -> bool) -> bool {
        let has_room = |state: &State| {
            state.queue.len() + state.held.len() < state.idle + self.most_queued && more(state)
        };
        if has_room(state) {
            return true;
        }
        state.sweep();
        has_room(state)
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
        let dropped = (std::mem::take(&mut state.queue), std::mem::take(&mut state.held));
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
            if let Some(Waiting { errand, lane }) = state.queue.pop_front() {
                state.idle -= 1;
                drop(state);
                if let Some(work) = errand.take() {
                    work();
                }
                state = self.lock();
                state.idle += 1;
                state.leave(lane);
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
        let work = |n: u32| {
            let (gate, done) = (Arc::clone(&gate), done.clone());
            Errand::new(move || {
                gate.lock().unwrap().recv().unwrap();
                done.send(n).unwrap();
            })
        };
        let taken: Vec<bool> = (0..4).map(|n| pool.submit(work(n), None)).collect();
        assert_eq!(taken, [true, true, true, false]);
        for _ in 0..3 {
            go.send(()).unwrap();
        }
        let mut seen: Vec<u32> = (0..3).map(|_| results.recv_timeout(LONG).unwrap()).collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2]);
        assert!(pool.wait_until_idle(LONG));
        pool.stop();
        assert!(!pool.submit(work(9), None), "a stopped pool takes nothing");
    }

    #[test]
    fn a_lane_that_hangs_leaves_threads_and_room_in_the_queue_to_others() {
        let pool = Pool::new("test", 4, 4);
        let (done, results) = mpsc::channel();
        // Each call of the lane hangs until its own gate opens.
        let (gates, hung): (Vec<_>, Vec<Errand>) = (0..8)
            .map(|n| {
                let (go, gate) = mpsc::channel::<()>();
                let done = done.clone();
                let errand = Errand::new(move || {
                    gate.recv().unwrap();
                    done.send(n).unwrap();
                });
                (go, errand)
            })
            .unzip();
        let submit = |errand: &Errand| pool.submit(errand.clone(), Some(Lane(1)));
        let taken: Vec<bool> = hung[..7].iter().map(submit).collect();
        assert_eq!(taken, [true, true, true, true, true, true, false], "three threads and three places");
        let quick = |n: u32, lane| {
            let done = done.clone();
            pool.submit(Errand::new(move || done.send(n).unwrap()), Some(lane))
        };
        for n in 100..110 {
            assert!(quick(n, Lane(2)), "the last thread takes {n}");
            assert_eq!(results.recv_timeout(LONG).unwrap(), n);
        }
        // What is taken back makes room at once, and is not begun when its turn comes.
        assert!(hung[3].take().is_some());
        assert!(submit(&hung[7]));
        gates[0].send(()).unwrap();
        assert_eq!(results.recv_timeout(LONG).unwrap(), 0);
        for n in [1, 2, 4, 5, 7] {
            gates[n].send(()).unwrap();
        }
        let mut seen: Vec<u32> = (0..5).map(|_| results.recv_timeout(LONG).unwrap()).collect();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 4, 5, 7]);
        assert!(pool.wait_until_idle(LONG));
        assert!(pool.lock().lanes.is_empty());
        pool.stop();
    }

    #[test]
    fn a_part_is_three_quarters_and_never_nothing() {
        assert_eq!([0, 1, 2, 3, 4, 5, 64, 1024].map(part), [1, 1, 1, 2, 3, 3, 48, 768]);
    }
}
