//! Money between accounts: a command that changes two rows or none, a rule that always holds, and a subcommand of its own.
//!
//! ```sh
//! cargo run --release --example bank -- seed
//! cargo run --release --example bank
//! curl --json '{"from": 10000, "to": 10001, "amount": 250}' http://127.0.0.1:8080/bank/transfer     # 200
//! curl --json '{"from": 10000, "to": 10001, "amount": 999}' http://127.0.0.1:8080/bank/transfer     # 409
//! curl --json '{"from": 10000, "to": 7, "amount": 1}' http://127.0.0.1:8080/bank/transfer           # 404
//! curl --json '{"from": 10000, "to": 10000, "amount": 1}' http://127.0.0.1:8080/bank/transfer       # 422
//! curl http://127.0.0.1:8080/bank/accounts/10001                                                    # 200
//! curl http://127.0.0.1:8080/bank/total                                                             # 200
//! ```

use std::ops::RangeInclusive;
use sunstone::prelude::*;

/// The accounts that `seed` opens.
const SEEDED: RangeInclusive<u64> = 10_000..=99_999;

/// What each of them begins with.
const SEEDED_BALANCE: u64 = 1_000;

/// How many of them one transaction opens: a command is quick, so a large piece of work is many commands.
const SEEDED_AT_ONCE: usize = 1_000;

/// Whose money it is and how much.
#[Model]
struct Account {
    #[key]
    id: Id<Account>,
    balance: u64,
}

/// All the money there is.
#[Data]
struct Total {
    accounts: u64,
    total: u64,
}

struct Bank;

#[Api("/bank")]
impl Bank {
    /// Moves money from one account to another, and answers with the one it left. An account never goes below zero.
    #[post("/transfer")]
    fn transfer(
        tx: &mut Tx,
        from: Id<Account>,
        to: Id<Account>,
        #[check(range = 1..)] amount: u64,
    ) -> Result<Account> {
        if from == to {
            return Err(Error::invalid("the money is to go to another account than the one it comes from"));
        }
        let left = tx.get(from)?.balance.checked_sub(amount);
        let left = left.ok_or_else(|| Error::conflict("the account does not hold so much"))?;
        let grown = tx.get(to)?.balance.checked_add(amount);
        let grown = grown.ok_or_else(|| Error::conflict("the account cannot hold so much"))?;
        tx.update(to, |account| account.balance = grown)?;
        tx.update(from, |account| account.balance = left)
    }

    /// One account.
    #[get("/accounts/{id}")]
    fn account(view: &View, id: Id<Account>) -> Result<&Account> {
        view.get(id)
    }

    /// All the money there is, added up in one version of the state: transfers go on meanwhile and do not show.
    #[get("/total")]
    fn total(view: &View) -> Total {
        let accounts = view.all::<Account>();
        Total {
            accounts: accounts.count() as u64,
            total: accounts.iter().map(|account| account.balance).sum(),
        }
    }
}

/// Opens the accounts 10000 to 99999. Those that are there are left as they are, so that it can be run again.
fn seed(store: &Store) -> Result<Total> {
    for first in SEEDED.step_by(SEEDED_AT_ONCE) {
        store.commit(|tx| {
            for id in (first..=*SEEDED.end()).take(SEEDED_AT_ONCE).map(Id::new) {
                if tx.lookup::<Account>(id).is_none() {
                    tx.insert(Account { id, balance: SEEDED_BALANCE })?;
                }
            }
            Ok(())
        })?;
    }
    Ok(Bank::total(&store.view()))
}

fn app() -> App {
    App::new("bank").model::<Account>().api(Bank).command("seed", "opens the accounts 10000 to 99999", seed)
}

fn main() -> Exit {
    app().run()
}
