//! The engine between commands and the journal: what it promises of answers, batches, full and failing disks.

mod batches;
mod commands;
mod disk;
mod promises;
mod reading;
mod threads;

use crate::rig::{Rig, program};
use sunstone::prelude::*;
use sunstone::store::Program;

#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    #[key]
    pub(crate) id: Id<Item>,
    #[index]
    pub(crate) size: u32,
    pub(crate) text: String,
}

pub(crate) fn items() -> Program {
    program(|models| models.add::<Item>().expect("a sound model"))
}

fn rig() -> Rig {
    Rig::new(&items())
}

/// Adds an item of so many letters.
pub(crate) fn add(tx: &mut Tx, letters: usize) -> Result<Id<Item>> {
    let id = tx.next_id();
    tx.insert(Item { id, size: 0, text: "x".repeat(letters) })?;
    Ok(id)
}

/// How many items queries see, and how many the next command would.
fn counts(rig: &Rig) -> (usize, usize) {
    (rig.view().all::<Item>().count(), rig.head().all::<Item>().count())
}
