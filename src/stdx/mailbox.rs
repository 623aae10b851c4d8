//! A mailbox: many threads put messages in, one takes them all out at once.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

/// Messages for one reader, in the order in which they came.
///
/// It does not wake the reader: [`Mailbox::put`] says whether the box was empty, and only then the reader has to be
/// told, because from then on it will look.
///
/// ```
/// use sunstone::stdx::mailbox::Mailbox;
///
/// let mailbox = Mailbox::new();
/// assert!(mailbox.put("first"));
/// assert!(!mailbox.put("second"));
/// let mut messages = Vec::new();
/// mailbox.take(&mut messages);
/// assert_eq!(messages, ["first", "second"]);
/// assert!(mailbox.put("third"), "it was empty again");
/// ```
pub struct Mailbox<T> {
    messages: Mutex<Vec<T>>,
    /// True while there are messages; written under the lock, so that it never disagrees for long.
    full: AtomicBool,
}

impl<T> Mailbox<T> {
    /// An empty box.
    #[must_use]
    pub const fn new() -> Self {
        Self { messages: Mutex::new(Vec::new()), full: AtomicBool::new(false) }
    }

    /// Puts a message in. True when the box was empty, so that the reader has to be told.
    pub fn put(&self, message: T) -> bool {
        let mut messages = self.lock();
        let was_empty = messages.is_empty();
        messages.push(message);
        self.full.store(true, Ordering::Release);
        was_empty
    }

    /// Is nothing in it? One load, no lock.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.full.load(Ordering::Acquire)
    }

    /// Moves all messages to the end of `into`. The two vectors change places when `into` is empty, so that a reader
    /// that keeps its vector makes the mailbox allocate nothing.
    pub fn take(&self, into: &mut Vec<T>) {
        let mut messages = self.lock();
        self.full.store(false, Ordering::Release);
        if into.is_empty() {
            std::mem::swap(into, &mut *messages);
        } else {
            into.append(&mut messages);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.messages.lock().expect("nothing in the mailbox panics under its lock but a lack of memory")
    }
}

impl<T> Default for Mailbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("empty", &self.is_empty()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::threads::spawn;
    use std::sync::Arc;

    #[test]
    fn nothing_is_lost_and_each_sender_keeps_its_order() {
        const SENDERS: usize = 4;
        const EACH: u64 = 1000;
        let mailbox = Arc::new(Mailbox::new());
        let threads: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let mailbox = Arc::clone(&mailbox);
                spawn("sender", move || {
                    for n in 0..EACH {
                        mailbox.put((sender, n));
                    }
                })
                .unwrap()
            })
            .collect();
        let (mut next, mut batch) = ([0; SENDERS], Vec::new());
        while next != [EACH; SENDERS] {
            mailbox.take(&mut batch);
            for (sender, n) in batch.drain(..) {
                let expected = &mut next[sender];
                assert_eq!(n, *expected, "sender {sender}");
                *expected += 1;
            }
        }
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(mailbox.is_empty());
    }
}
