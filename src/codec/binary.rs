//! Sunstone binary.
