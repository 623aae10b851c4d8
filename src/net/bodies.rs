//! The memory of all bodies that are on their way: a limit over all connections together, beside that of each body.
//!
//! A body is counted by the memory that it holds, not by the length that it declares, which is only a claim; and no longer
//! than until it is whole, because what is called then has limits of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What all connections of a server may hold, and do.
#[derive(Debug)]
pub(super) struct Bodies {
    most: usize,
    held: AtomicUsize,
}

impl Bodies {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, held: AtomicUsize::new(0) })
    }
}

/// What one connection holds of it; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Bodies>,
    bytes: usize,
}

impl Share {
    pub(super) fn new(of: Arc<Bodies>) -> Self {
        Self { of, bytes: 0 }
    }

    /// Holds so many bytes from now on. False, and nothing is changed, when there are no more.
    pub(super) fn hold(&mut self, bytes: usize) -> bool {
        if let Some(more) = bytes.checked_sub(self.bytes).filter(|more| *more > 0) {
            let held = self.of.held.fetch_add(more, Ordering::Relaxed).saturating_add(more);
            if held > self.of.most {
                self.of.held.fetch_sub(more, Ordering::Relaxed);
                return false;
            }
        } else if bytes < self.bytes {
            self.of.held.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_gives_back_another_may_hold() {
        let bodies = Bodies::new(100);
        let (mut a, mut b) = (Share::new(Arc::clone(&bodies)), Share::new(Arc::clone(&bodies)));
        assert!(a.hold(60) && b.hold(40) && !b.hold(41) && !a.hold(61));
        assert!(a.hold(10) && b.hold(90) && !a.hold(11));
        drop(b);
        assert!(a.hold(100));
        drop(a);
        assert_eq!(bodies.held.load(Ordering::Relaxed), 0);
    }
}
