//! A GET that takes the transaction.
#![allow(unused)]

use sunstone::prelude::*;

struct Todos;

#[Api("/todos")]
impl Todos {
    #[get("/clear")]
    fn clear(tx: &mut Tx) -> u64 {
        tx.now_ms()
    }
}

fn main() {}
