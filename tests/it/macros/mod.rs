//! The macros: odd but right items compile and keep their values (`right`) without a warning (`quiet`), wrong ones get
//! the message that a person would want (`mistakes`), and half-typed ones never stop the expansion (`beginnings`).

mod beginnings;
mod cargo;
mod mistakes;
mod quiet;
mod right;
