//! The program that is simulated: accounts whose total is known from the log of what was done, so that every answer says
//! which state it has seen.

use std::sync::Arc;
use sunstone::prelude::*;
use sunstone::stdx::clock::ManualClock;

/// What an account begins with.
pub(crate) const BEGINS_WITH: u64 = 100;

#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Account {
    #[key]
    pub(crate) id: Id<Account>,
    #[index]
    pub(crate) balance: u64,
    pub(crate) text: String,
}

/// One for everything that was done; none is ever removed.
#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    #[key]
    pub(crate) id: Id<Entry>,
    #[unique]
    pub(crate) stamp: u64,
    pub(crate) opened: bool,
}

/// What somebody has seen: `stamp` names the request, the rest the state.
#[Data]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) stamp: u64,
    pub(crate) digest: Digest,
}

/// A state in few numbers.
#[Data]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Digest {
    pub(crate) entries: u64,
    pub(crate) stamps: u64,
    pub(crate) total: u64,
}

impl Digest {
    pub(crate) fn of(view: &View) -> Self {
        let entries: Vec<u64> = view.all::<Entry>().into_iter().map(|entry| entry.stamp).collect();
        let total = view.all::<Account>().into_iter().map(|account| account.balance).sum();
        Self { entries: entries.len() as u64, stamps: entries.iter().sum(), total }
    }

    /// What it was when a state was at this sequence, from its log.
    pub(crate) fn then(view: &View, seq: u64) -> Self {
        let (mut entries, mut stamps, mut total) = (0, 0, 0);
        for entry in view.all::<Entry>() {
            if view.version(entry.id).expect("it was just seen") <= seq {
                entries += 1;
                stamps += entry.stamp;
                total += u64::from(entry.opened) * BEGINS_WITH;
            }
        }
        Self { entries, stamps, total }
    }
}

pub(crate) struct Bank {
    pub(crate) clock: Arc<ManualClock>,
}

fn enter(tx: &mut Tx, stamp: u64, opened: bool) -> Result<()> {
    let id = tx.next_id();
    tx.insert(Entry { id, stamp, opened }).map(drop)
}

fn seen(tx: &mut Tx, stamp: u64) -> Seen {
    Seen { stamp, digest: Digest::of(&tx.view()) }
}

#[Api("/bank")]
impl Bank {
    #[post("/", status = 201)]
    fn open(tx: &mut Tx, stamp: u64, text: String) -> Result<Seen> {
        let id = tx.next_id();
        tx.insert(Account { id, balance: BEGINS_WITH, text })?;
        enter(tx, stamp, true)?;
        Ok(seen(tx, stamp))
    }

    #[post("/transfer")]
    fn transfer(tx: &mut Tx, stamp: u64, from: Id<Account>, to: Id<Account>, amount: u64) -> Result<Seen> {
        tx.update(to, |account| account.balance += amount)?;
        tx.update(from, |account| -> Result<()> {
            let left = account.balance.checked_sub(amount);
            account.balance = left.ok_or_else(|| Error::conflict(format!("{stamp} is too much")))?;
            Ok(())
        })?;
        enter(tx, stamp, false)?;
        Ok(seen(tx, stamp))
    }

    #[delete("/{id}")]
    fn close(tx: &mut Tx, stamp: u64, id: Id<Account>) -> Result<Seen> {
        if tx.remove(id)?.balance > 0 {
            return Err(Error::conflict(format!("{stamp} finds the account in use")));
        }
        enter(tx, stamp, false)?;
        Ok(seen(tx, stamp))
    }

    /// Looks at the head and changes nothing.
    #[post("/look")]
    fn look(tx: &mut Tx, stamp: u64) -> Seen {
        seen(tx, stamp)
    }

    /// Changes something and fails.
    #[post("/fail")]
    fn fail(tx: &mut Tx, stamp: u64, panics: bool) -> Result<Seen> {
        let id = tx.next_id();
        tx.insert(Account { id, balance: 1, text: String::new() })?;
        enter(tx, stamp, false)?;
        if panics {
            // A panic as any other; only std prints nothing of it.
            std::panic::resume_unwind(Box::new("as the simulation has it"));
        }
        Err(Error::conflict(format!("{stamp} fails")))
    }

    #[get("/")]
    fn see(view: &View, stamp: u64) -> Seen {
        Seen { stamp, digest: Digest::of(view) }
    }

    /// Takes so long that it is soon called on the pool.
    #[get("/slowly")]
    fn see_slowly(&self, stamp: u64) -> u64 {
        self.clock.advance_ms(2);
        stamp
    }

    /// A query that is slow at times.
    #[get("/at-times")]
    fn see_at_times(view: &View, stamp: u64) -> Seen {
        Self::see(view, stamp)
    }

    /// Looks at the state from a thread of its own.
    #[post("/report")]
    fn report(store: &Store, stamp: u64) -> Seen {
        Self::see(&store.view(), stamp)
    }
}
