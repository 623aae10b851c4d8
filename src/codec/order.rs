//! Ordered keys.
