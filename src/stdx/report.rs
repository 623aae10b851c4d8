//! Lines for the person who runs the program, on stderr: one line a fact.

use std::io::{Write, stderr};

/// Writes a line. A stderr that is gone stops nothing.
pub fn line(words: &str) {
    let mut text = String::with_capacity(words.len() + 1);
    text.push_str(words);
    text.push('\n');
    if stderr().lock().write_all(text.as_bytes()).is_err() {
        // Nobody is there to be told.
    }
}
