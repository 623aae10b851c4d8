//! The way to the head: one at a time, with a limit on waiting.
//!
//! Whoever comes in takes the head out and puts it back; so nothing is locked while a command runs, and the thread that
//! hears from the journal never waits for a slow one.
//!
//! A loop that has put it back usually takes it again for the next request, and a thread that is woken in between takes
//! turns with it: two switches of threads for each command. So who sleeps is woken when somebody [leaves](Gate::leave),
//! or after [`PUTS_BEFORE_WAKE`] commands. Whoever comes awake takes it as soon as it is there.

use std::hint;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often somebody who finds the gate empty looks again before they sleep: a usual command is over by then.
const LOOKS_BEFORE_SLEEP: u32 = 200;

/// After so often that it was put back, one who sleeps is woken even though nobody has left. With 64 connections of 40
/// transfers in flight and two workers, a transfer took 11.6 us when each of them woke the other worker, 8.7 us with 16,
/// 7.6 us with 64 and 7.2 us with 256, but there the slowest took twice as long.
const PUTS_BEFORE_WAKE: u32 = 32;

/// Who sleeps looks by itself so often, as nobody is bound to leave in time.
const SLEEP_AT_MOST: Duration = Duration::from_millis(1);

/// Something that one at a time may have, and what stands beside it.
#[derive(Debug)]
pub(super) struct Gate<T, S> {
    inside: Mutex<Inside<T, S>>,
    freed: Condvar,
}

/// What the gate guards.
#[derive(Debug)]
pub(super) struct Inside<T, S> {
    /// None while somebody has it.
    pub(super) value: Option<Box<T>>,
    /// What can be looked at while somebody has it.
    pub(super) beside: S,
    sleeping: usize,
    /// How often it was put back since one who sleeps was woken.
    puts: u32,
}

impl<T, S> Gate<T, S> {
    pub(super) fn new(value: Box<T>, beside: S) -> Self {
        Self {
            inside: Mutex::new(Inside { value: Some(value), beside, sleeping: 0, puts: 0 }),
            freed: Condvar::new(),
        }
    }

    /// Looks in, without taking anything. Nothing that can panic happens under this lock.
    pub(super) fn look(&self) -> MutexGuard<'_, Inside<T, S>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the value out, waiting until it is there; `None` when it takes longer than `limit`, and at once where `vain` says
    /// of what stands beside it that it will never come.
    pub(super) fn take(&self, limit: Duration, vain: impl FnOnce(&S) -> bool) -> Option<Box<T>> {
        for _ in 0..LOOKS_BEFORE_SLEEP {
            if let Some(value) = self.look().value.take() {
                return Some(value);
            }
            hint::spin_loop();
        }
        let mut inside = self.look();
        if inside.value.is_none() && vain(&inside.beside) {
            return None;
        }
        inside.sleeping += 1;
        let gone = |inside: &mut Inside<T, S>| inside.value.is_none();
        let mut left = limit;
        while gone(&mut inside) && !left.is_zero() {
            let slice = left.min(SLEEP_AT_MOST);
            let waited = self.freed.wait_timeout_while(inside, slice, gone);
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
            left = left.saturating_sub(slice);
        }
        inside.sleeping -= 1;
        inside.value.take()
    }

    /// Puts the value back. `last` runs before anybody else can have it.
    pub(super) fn put<R>(&self, value: Box<T>, last: impl FnOnce(&mut Inside<T, S>) -> R) -> R {
        let mut inside = self.look();
        inside.value = Some(value);
        let result = last(&mut inside);
        inside.puts = inside.puts.saturating_add(1);
        if inside.puts >= PUTS_BEFORE_WAKE {
            self.wake_one(inside);
        }
        result
    }

    /// Says that whoever has put it back does not need it again for now.
    pub(super) fn leave(&self, inside: MutexGuard<'_, Inside<T, S>>) {
        if inside.value.is_some() {
            self.wake_one(inside);
        }
    }

    fn wake_one(&self, mut inside: MutexGuard<'_, Inside<T, S>>) {
        if inside.sleeping > 0 {
            inside.puts = 0;
            drop(inside);
            self.freed.notify_one();
        }
    }
}
