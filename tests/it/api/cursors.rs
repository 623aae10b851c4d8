//! Cursors and secrets: what a client is given to go on with shows nothing of a secret field, and leads on all the same.

use super::House;
use crate::rig::program_with;
use std::collections::BTreeSet;
use sunstone::api::Endpoints;
use sunstone::codec::json::{Json, decode};
use sunstone::hash::sha256;
use sunstone::http::Method;
use sunstone::model::Secret;
use sunstone::prelude::*;

/// Each row has the same secret in every form, and each of them is an order.
#[Model]
struct Door {
    #[key]
    id: Id<Door>,
    #[secret]
    token: String,
    #[secret]
    #[index]
    pin: u32,
    sealed: Secret<String>,
    lock: Lock,
    place: u8,
}

#[Data]
struct Lock {
    #[secret]
    code: String,
}

#[Model]
struct Ticket {
    #[key]
    #[secret]
    code: String,
    seat: u64,
}

struct Doors;

#[Api("/doors")]
impl Doors {
    #[post("/")]
    fn add(tx: &mut Tx, token: String, pin: u32, place: u8) -> Result<Door> {
        let id = tx.next_id();
        let (sealed, lock) = (Secret::new(token.clone()), Lock { code: token.clone() });
        tx.insert(Door { id, token, pin, sealed, lock, place })
    }

    #[delete("/{id}")]
    fn remove(tx: &mut Tx, id: Id<Door>) -> Result<()> {
        tx.remove(id).map(drop)
    }

    #[get("/token")]
    fn by_token(view: &View) -> Rows<'_, Door> {
        view.all().sort(Door::TOKEN)
    }

    #[get("/token-down")]
    fn by_token_down(view: &View) -> Rows<'_, Door> {
        view.all().sort(Door::PLACE).sort_down(Door::TOKEN)
    }

    #[get("/pin")]
    fn by_pin(view: &View) -> Rows<'_, Door> {
        view.all().sort(Door::PIN)
    }

    #[get("/sealed")]
    fn by_sealed(view: &View) -> Rows<'_, Door> {
        view.all().sort(Door::SEALED)
    }

    #[get("/lock")]
    fn by_lock(view: &View) -> Rows<'_, Door> {
        view.all().sort(Door::LOCK)
    }

    #[get("/is")]
    fn with_pin(view: &View, #[secret] pin: u32) -> Rows<'_, Door> {
        view.find(Door::PIN.is(pin))
    }

    #[post("/tickets")]
    fn sell(tx: &mut Tx, #[secret] code: String, seat: u64) -> Result<Ticket> {
        tx.insert(Ticket { code, seat })
    }

    #[get("/tickets")]
    fn tickets(view: &View) -> Rows<'_, Ticket> {
        view.all()
    }

    #[get("/tickets/seats")]
    fn seats(view: &View) -> Rows<'_, Ticket> {
        view.all().sort_down(Ticket::SEAT)
    }
}

fn house() -> House {
    let mut endpoints = Endpoints::default();
    endpoints.add(Doors).unwrap();
    let program = program_with(
        |models| {
            models.add::<Door>().unwrap();
            models.add::<Ticket>().unwrap();
        },
        endpoints.calls(),
    );
    House::of(&program, endpoints)
}

const TOKENS: [&str; 5] = ["opensesame", "hunter2hunter2", "correcthorse", "batterystaple", "zzyzx road"];

/// The values of `name` on each page of two rows, and the cursors between the pages.
fn walk(house: &House, target: &str, name: &str) -> (Vec<u64>, Vec<String>) {
    let (mut met, mut cursors) = (Vec::new(), Vec::new());
    let joint = if target.contains('?') { '&' } else { '?' };
    loop {
        let after = cursors.last().map(|cursor| format!("&_after={cursor}")).unwrap_or_default();
        let answer = house.ask(Method::Get, &format!("{target}{joint}_limit=2{after}"));
        assert_eq!(answer.status, 200, "{target}: {answer}");
        let json: Json = decode(answer.body.as_bytes()).unwrap();
        let items = json.get("items").and_then(Json::as_array).unwrap();
        met.extend(items.iter().map(|item| item.get(name).and_then(Json::as_u64).unwrap()));
        match json.get("next").and_then(Json::as_str) {
            Some(next) => cursors.push(next.to_owned()),
            None => return (met, cursors),
        }
    }
}

/// Neither the secret nor what can be made of it without a key, turned around or not.
fn shows(cursor: &str, secret: &[u8]) -> bool {
    let turned: Vec<u8> = secret.iter().map(|byte| byte ^ 0xff).collect();
    let hashed = sha256::digest(secret);
    [secret, turned.as_slice(), &hashed[..4], &hashed[..16]].iter().any(|bytes| {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        cursor.contains(&hex)
    })
}

#[test]
fn no_cursor_shows_a_secret_and_each_leads_on() {
    let house = house();
    for (place, token) in TOKENS.iter().enumerate() {
        let pin = 0x00ab_cd00 + place;
        house.post("/doors", &format!(r#"{{"token":"{token}","pin":{pin},"place":{}}}"#, place % 2));
    }
    let all: BTreeSet<u64> = (1..=5).collect();
    for target in ["/doors/token", "/doors/token-down", "/doors/pin", "/doors/sealed", "/doors/lock"] {
        let (met, cursors) = walk(&house, target, "id");
        assert_eq!((met.len(), met.iter().copied().collect::<BTreeSet<_>>()), (5, all.clone()), "{target}");
        assert_eq!(cursors.len(), 2, "{target}");
        for (n, token) in TOKENS.iter().enumerate() {
            let pin = u32::try_from(0x00ab_cd00 + n).unwrap();
            for cursor in &cursors {
                assert!(!shows(cursor, token.as_bytes()), "{target}: {cursor} shows {token}");
                assert!(!shows(cursor, &pin.to_be_bytes()), "{target}: {cursor} shows {pin}");
            }
        }
    }
}

/// A short secret that is looked for is not in the checksum of the question either.
#[test]
fn a_checksum_tells_no_secret() {
    let house = house();
    for pin in [1000, 1000, 1000, 2000, 2000, 2000] {
        house.post("/doors", &format!(r#"{{"token":"t","pin":{pin},"place":0}}"#));
    }
    let first = walk(&house, "/doors/is?pin=1000", "id").1;
    let second = walk(&house, "/doors/is?pin=2000", "id").1;
    assert_eq!(first[0][..8], second[0][..8], "the same question but for the secret");
}

#[test]
fn a_cursor_behind_a_row_that_is_gone_says_to_begin_again() {
    let house = house();
    for token in TOKENS.iter().take(4) {
        house.post("/doors", &format!(r#"{{"token":"{token}","pin":1,"place":0}}"#));
    }
    // By token: 4, 3, 2, 1.
    let (met, cursors) = walk(&house, "/doors/token", "id");
    assert_eq!(met, [4, 3, 2, 1]);
    house.post("/doors", r#"{"token":"first","pin":1,"place":0}"#);
    let next = format!("/doors/token?_after={}", cursors[0]);
    assert!(house.get(&next).contains(r#""id":2"#), "a row that comes changes nothing");
    house.ask(Method::Delete, "/doors/3");
    let gone = house.get(&next);
    assert!(
        gone.starts_with("400 ") && gone.contains("\"stale-cursor\"") && gone.contains("begin again"),
        "{gone}"
    );
}

#[test]
fn a_secret_key_is_a_hash_that_only_this_process_knows() {
    let house = house();
    for (seat, code) in TOKENS.iter().take(4).enumerate() {
        house.post("/doors/tickets", &format!(r#"{{"code":"{code}","seat":{seat}}}"#));
    }
    for (target, expected) in [("/doors/tickets", [3, 2, 1, 0]), ("/doors/tickets/seats", [3, 2, 1, 0])] {
        let (met, cursors) = walk(&house, target, "seat");
        assert_eq!(met, expected, "{target}");
        for code in TOKENS {
            assert!(cursors.iter().all(|cursor| !shows(cursor, code.as_bytes())), "{target}: {cursors:?}");
        }
    }
}
