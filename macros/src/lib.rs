//! The attribute macros of Sunstone.
