//! Receivers other than `&self`.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos {
    count: u64,
}

#[Api("/todos")]
impl Todos {
    #[post("/")]
    fn add(&mut self, tx: &mut Tx) {
        self.count += 1;
    }

    fn consume(self) {}

    fn shared(self: std::sync::Arc<Self>) {}
}

fn main() {}
