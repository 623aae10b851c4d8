//! What programs declare: registration, checks, and what a journal says to a program that has changed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod binary;
mod catalog;
mod damage;
mod registration;
