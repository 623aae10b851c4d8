//! Who is asking.

use std::sync::Arc;

/// Who is asking. Nobody known until the program says how to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    name: Option<Arc<str>>,
}

impl Caller {
    /// Nobody known.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { name: None }
    }

    /// Somebody known by this name. It goes into the journal with every change.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: Some(name.into()) }
    }

    /// The name, where one is known.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Is nobody known?
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.name.is_none()
    }
}
