//! A type that cannot go from thread to thread.
#![allow(unused)]

use std::rc::Rc;
use sunstone::prelude::*;

#[Data]
struct Todo {
    count: Rc<u64>,
}

fn main() {}
