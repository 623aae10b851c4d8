//! Work that is on its way to a thread.

use super::service::Instead;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something to do.
pub(super) type Work = Box<dyn FnOnce() + Send>;

/// Work that nobody has begun. Whoever takes it first has it: a thread, to do it, or the one who gave it, to do without.
/// Clones are the same errand.
#[derive(Clone)]
pub(super) struct Errand(Arc<Mutex<Option<Work>>>);

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand").field("taken", &self.is_taken()).finish()
    }
}

impl Errand {
    pub(super) fn new(work: impl FnOnce() + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(work)))))
    }

    /// The work; none: somebody else has it.
    pub(super) fn take(&self) -> Option<Work> {
        self.slot().take()
    }

    pub(super) fn is_taken(&self) -> bool {
        self.slot().is_none()
    }

    fn slot(&self) -> MutexGuard<'_, Option<Work>> {
        // Taking something out of it does not panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose call waits for a thread.
pub(super) struct Queued {
    pub(super) errand: Errand,
    /// From then on it is not worth beginning.
    pub(super) until_ms: u64,
    /// What leaves when it was not begun.
    pub(super) instead: Option<Instead>,
}
