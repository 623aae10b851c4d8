//! The bank of `examples/`: whatever is asked of it, from however many sides, and however it ends, the money is all there.

use crate::program::{Connection, Folder, Server, run};
use std::sync::atomic::{AtomicBool, Ordering};
use sunstone::codec::json::{self, Json};
use sunstone::stdx::random::{Random, SystemRandom, Xoshiro};

/// What all accounts hold together after the seed.
const TOTAL: u64 = 90_000_000;

/// Connections that transfer.
const TELLERS: usize = 8;

/// Transfers on each of them.
const TRANSFERS: u32 = 200;

/// Few accounts, so that they run empty and get in one another's way.
const ACCOUNTS: u64 = 6;

fn seeded() -> Folder {
    let folder = Folder::new("bank");
    let seed = run("bank", &["seed", "--data", folder.text()]);
    assert!(seed.status.success(), "{}", String::from_utf8_lossy(&seed.stderr));
    assert_eq!(String::from_utf8_lossy(&seed.stdout), "{\"accounts\":90000,\"total\":90000000}\n");
    folder
}

fn number(body: &str, name: &str) -> u64 {
    let body: Json = json::decode(body.as_bytes()).expect("an answer is JSON");
    body.get(name).and_then(Json::as_u64).expect("the number is there")
}

fn balance(connection: &mut Connection, account: u64) -> u64 {
    number(&connection.get(&format!("/bank/accounts/{account}")).expect("an answer").body, "balance")
}

fn transfer(connection: &mut Connection, from: &str, to: &str, amount: &str) -> u16 {
    let body = format!("{{\"from\": {from}, \"to\": {to}, \"amount\": {amount}}}");
    connection.post("/bank/transfer", &body).expect("an answer").status
}

#[test]
fn a_transfer_happens_as_a_whole_or_not_at_all() {
    let folder = seeded();
    let server = Server::start("bank", &folder);
    let mut connection = server.connect();
    let cases = [
        ("10000", "10001", "250", 200),
        ("10000", "10001", "751", 409),
        ("10000", "10001", "750", 200),
        ("10000", "10001", "1", 409),
        ("10001", "100000", "1", 404),
        ("9999", "10001", "1", 404),
        ("10002", "10002", "1", 422),
        ("10002", "10003", "0", 422),
        ("10002", "10003", "-1", 400),
        ("10002", "10003", "1.5", 400),
        ("10002", "10003", "18446744073709551615", 409),
        ("10002", "10003", "18446744073709551616", 400),
        ("\"\"", "10003", "1", 400),
        ("10002", "10003", "null", 400),
    ];
    for (from, to, amount, status) in cases {
        let got = transfer(&mut connection, from, to, amount);
        assert_eq!(got, status, "{amount} from {from} to {to}");
    }
    let balances: Vec<_> = (10_000..10_004).map(|account| balance(&mut connection, account)).collect();
    assert_eq!(balances, [0, 2000, 1000, 1000]);
    let total = connection.get("/bank/total").expect("an answer");
    assert_eq!(total.body, "{\"accounts\":90000,\"total\":90000000}");
}

#[test]
fn the_total_is_the_same_while_many_transfer_and_after_a_kill() {
    let folder = seeded();
    let seed = SystemRandom.next_u64();
    let server = Server::start("bank", &folder);
    let done = AtomicBool::new(false);
    let (mut moved, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..TELLERS as u64)
            .map(|teller| {
                let (mut connection, mut random) = (server.connect(), Xoshiro::new(seed ^ teller));
                scope.spawn(move || {
                    let mut counts = (0, 0);
                    for _ in 0..TRANSFERS {
                        let mut account = || (10_000 + random.next_u64() % ACCOUNTS).to_string();
                        let (from, to, amount) = (account(), account(), random.next_u64() % 900 + 1);
                        match transfer(&mut connection, &from, &to, &amount.to_string()) {
                            200 => counts.0 += 1,
                            409 => counts.1 += 1,
                            422 if from == to => {}
                            other => panic!("seed {seed}: {other} for {amount} from {from} to {to}"),
                        }
                    }
                    counts
                })
            })
            .collect();
        let (mut connection, done) = (server.connect(), &done);
        let auditor = scope.spawn(move || {
            while !done.load(Ordering::Relaxed) {
                let total = number(&connection.get("/bank/total").expect("an answer").body, "total");
                assert_eq!(total, TOTAL, "seed {seed}: in the middle of it all");
            }
        });
        let counts: Vec<_> = tellers.into_iter().map(|teller| teller.join()).collect();
        done.store(true, Ordering::Relaxed);
        for (yes, no) in counts.into_iter().map(|counts| counts.expect("a teller does not panic")) {
            moved += yes;
            refused += no;
        }
        auditor.join().expect("the auditor does not panic");
    });
    let mut connection = server.connect();
    let before: Vec<_> = (0..ACCOUNTS).map(|account| balance(&mut connection, 10_000 + account)).collect();
    server.kill();

    let again = run("bank", &["seed", "--data", folder.text()]);
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    let server = Server::start("bank", &folder);
    let mut connection = server.connect();
    let after: Vec<_> = (0..ACCOUNTS).map(|account| balance(&mut connection, 10_000 + account)).collect();
    assert_eq!(after, before, "seed {seed}: after a kill, and after seeding what is seeded");
    assert_eq!(number(&connection.get("/bank/total").expect("an answer").body, "total"), TOTAL);
    assert!(moved > 0 && refused > 0, "seed {seed}: {moved} transfers and {refused} refusals show little");
}
