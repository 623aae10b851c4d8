//! The way to the head: one at a time, with a limit on waiting.
//!
//! Whoever comes in takes the head out and puts it back; so nothing is locked while a command runs, and the thread that
//! hears from the journal never waits for a slow one.

use std::hint;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often somebody who finds the gate empty looks again before they sleep: a usual command is over by then.
const LOOKS_BEFORE_SLEEP: u32 = 200;

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
}

impl<T, S> Gate<T, S> {
    pub(super) fn new(value: Box<T>, beside: S) -> Self {
        Self { inside: Mutex::new(Inside { value: Some(value), beside, sleeping: 0 }), freed: Condvar::new() }
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
        let waited = self.freed.wait_timeout_while(inside, limit, gone);
        let (mut inside, _timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
        inside.sleeping -= 1;
        inside.value.take()
    }

    /// Puts the value back. `last` runs before anybody else can have it.
    pub(super) fn put<R>(&self, value: Box<T>, last: impl FnOnce(&mut Inside<T, S>) -> R) -> R {
        let mut inside = self.look();
        inside.value = Some(value);
        let result = last(&mut inside);
        let somebody_sleeps = inside.sleeping > 0;
        drop(inside);
        if somebody_sleeps {
            self.freed.notify_one();
        }
        result
    }
}
