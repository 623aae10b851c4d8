//! What is secret stays inside: not in an answer, and of a call's arguments not in the journal either.

use crate::rig::{Rig, program, read};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use sunstone::codec::json;
use sunstone::prelude::*;

/// What somebody signs up with.
#[Data]
struct SignUp {
    name: String,
    #[secret]
    password: String,
}

/// Somebody.
#[Model]
struct User {
    #[key]
    id: Id<User>,
    name: String,
    /// What is kept of the password.
    #[secret]
    length: u64,
}

struct Users;

#[Api("/users")]
impl Users {
    /// The secret is inside one argument.
    #[post("/")]
    fn add(tx: &mut Tx, body: SignUp) -> Result<User> {
        let (id, length) = (tx.next_id(), body.password.len() as u64);
        tx.insert(User { id, name: body.name, length })
    }

    /// The secret is an argument.
    #[post("/{id}/password")]
    fn change(tx: &mut Tx, id: Id<User>, #[secret] password: String) -> Result<User> {
        tx.update(id, |user| user.length = password.len() as u64)
    }

    /// An argument too long to be kept whole.
    #[post("/{id}/name")]
    fn rename(tx: &mut Tx, id: Id<User>, name: String, note: String) -> Result<User> {
        let _said_only = note;
        tx.update(id, |user| user.name = name)
    }
}

fn post(address: std::net::SocketAddr, path: &str, json: &str) -> String {
    let mut connection = TcpStream::connect(address).expect("the server listens");
    let length = json.len();
    write!(
        connection,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{json}"
    )
    .expect("a small request is taken");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer comes and the connection closes");
    answer.rsplit("\r\n\r\n").next().unwrap_or_default().to_owned()
}

#[test]
fn secret_arguments_are_not_recorded_and_long_ones_only_by_their_hash() {
    let data = std::env::temp_dir().join(format!("sunstone-secrets-{}", std::process::id()));
    let app = App::new("secrets").model::<User>().api(Users).data(&data).listen(([127, 0, 0, 1], 0).into());
    let server = app.start().expect("a new directory opens");
    let answer = post(server.address(), "/users", r#"{"name": "Ada", "password": "correct horse"}"#);
    assert_eq!(answer, r#"{"id":1,"name":"Ada"}"#);
    let answer = post(server.address(), "/users/1/password", r#"{"password": "battery staple"}"#);
    assert_eq!(answer, r#"{"id":1,"name":"Ada"}"#);
    let note = "a long note ".repeat(400);
    let answer = post(server.address(), "/users/1/name", &format!(r#"{{"name": "Bob", "note": "{note}"}}"#));
    assert_eq!(answer, r#"{"id":1,"name":"Bob"}"#);
    server.stop();
    let file = std::fs::read(data.join("app.journal")).expect("the journal is there");
    std::fs::remove_dir_all(&data).expect("the directory is ours");
    let holds = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Ada") && holds("Bob"), "what is not secret is recorded");
    assert!(!holds("correct horse") && !holds("battery staple"), "a secret argument stands in the journal");
    assert!(!holds("a long note"), "an argument of more than 4 KiB stands in the journal");
}

/// Every kind of member that can be secret, each with a rule.
#[Model]
#[derive(Debug)]
struct Card {
    #[key]
    id: Id<Card>,
    #[secret]
    #[check(range = 0..=100)]
    pin: u32,
    #[secret]
    #[check(length = 1..=3)]
    code: String,
    #[check(length = 1..=3)]
    token: Option<Secret<String>>,
    #[secret]
    #[default]
    limits: BTreeMap<String, Limit>,
    #[default]
    kept: Secret<BTreeMap<String, Limit>>,
    /// Not secret: what is wrong is told, with the key that leads there.
    #[default]
    open: BTreeMap<String, Limit>,
}

#[Data]
#[derive(Debug, Clone)]
struct Limit {
    #[check(range = 0..=5)]
    n: i32,
}

/// A row whose key nobody may see.
#[Model]
struct Session {
    #[key]
    #[secret]
    token: String,
    #[unique]
    seat: u8,
    #[check(range = 0..=5)]
    level: u8,
}

#[Model]
struct Ticket {
    #[key]
    code: Secret<String>,
}

fn rig() -> Rig {
    Rig::new(&program(|models| {
        models.add::<Card>().expect("a sound model");
        models.add::<Session>().expect("a sound model");
        models.add::<Ticket>().expect("a sound model");
    }))
}

fn card(id: Id<Card>) -> Card {
    let (pin, code, token) = (7, "abc".to_owned(), None);
    Card { id, pin, code, token, limits: BTreeMap::new(), kept: Secret::default(), open: BTreeMap::new() }
}

#[test]
fn a_broken_rule_says_what_was_expected_of_a_secret_and_not_what_was_found() {
    let rig = rig();
    let id = rig.commit(|tx| {
        let id = tx.next_id();
        tx.insert(card(id)).map(|card| card.id)
    });
    let limits = || BTreeMap::from([("4711".to_owned(), Limit { n: 1077 })]);
    let refused = rig.commit(|tx| {
        tx.update(id?, |card| {
            card.pin += 1070;
            card.code.push_str("defgh");
            card.token = Some(Secret::new("47114711".to_owned()));
            card.limits = limits();
            card.kept = Secret::new(limits());
            card.open = [("a".to_owned(), Limit { n: 9 }), ("b c".to_owned(), Limit { n: 8 })].into();
        })
    });
    let said: Vec<_> = refused.unwrap_err().fields().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "pin: expected 0 to 100",
            "code: expected 1 to 3 characters",
            "token: expected 1 to 3 characters",
            "limits[0].n: expected 0 to 5",
            "kept[0].n: breaks a rule of its type",
            "open.a.n: expected 0 to 5, found 9",
            "open[\"b c\"].n: expected 0 to 5, found 8",
        ]
    );
}

#[test]
fn a_body_with_a_bad_secret_is_refused_without_it() {
    let body = r#"{"id": 1, "pin": -4711, "code": "abc", "limits": {"4711": {"n": 99999999999}}, "open": {"a": {"n": 5.5}}}"#;
    let errors = json::decode::<Card>(body.as_bytes()).unwrap_err();
    let said: Vec<_> = errors.items.iter().map(|item| format!("{}: {}", item.path, item.detail)).collect();
    assert_eq!(
        said,
        [
            "pin: expected an integer from 0 to 4294967295",
            "limits: expected an integer from -2147483648 to 2147483647",
            "open.a.n: expected an integer from -2147483648 to 2147483647, found 5.5",
        ]
    );
}

#[test]
fn a_secret_key_is_in_no_error() {
    let rig = rig();
    let session = |seat| Session { token: "KEYSECRET".to_owned(), seat, level: 1 };
    let ticket = || Ticket { code: "KEYSECRET".into() };
    rig.commit(|tx| tx.table::<Session>().insert(session(1))).map(drop).unwrap();
    rig.commit(|tx| tx.table::<Ticket>().insert(ticket())).map(drop).unwrap();
    let taken = [
        rig.commit(|tx| tx.table::<Session>().insert(session(2)).map(drop)),
        rig.commit(|tx| tx.table::<Session>().get("GUESS").map(drop)),
        rig.commit(|tx| tx.table::<Session>().remove("GUESS").map(drop)),
        rig.commit(|tx| tx.table::<Session>().expect("KEYSECRET", 9)),
        rig.commit(|tx| tx.table::<Ticket>().insert(ticket()).map(drop)),
        rig.commit(|tx| tx.table::<Ticket>().get(Secret::from("GUESS")).map(drop)),
    ];
    let said: Vec<_> = taken.map(|refused| refused.unwrap_err().to_string()).into();
    assert_eq!(
        said,
        [
            "a Session with this key is there already",
            "there is no Session with this key",
            "there is no Session with this key",
            "the Session is at version 1, not 9",
            "a Ticket with this key is there already",
            "there is no Ticket with this key",
        ]
    );
}

/// The same models before they had rules.
mod before {
    use sunstone::prelude::*;

    #[Model]
    pub(super) struct Session {
        #[key]
        #[secret]
        pub(super) token: String,
        pub(super) seat: u8,
        pub(super) level: u8,
    }
}

#[test]
fn rows_that_break_new_rules_are_named_without_a_secret_key() {
    let rig = Rig::new(&program(|models| models.add::<before::Session>().expect("a sound model")));
    for (token, level) in [("KEYSECRET", 1), ("KEYSECRET2", 9)] {
        let session = before::Session { token: token.to_owned(), seat: 1, level };
        rig.commit(|tx| tx.table::<before::Session>().insert(session).map(drop)).unwrap();
    }
    let after = program(|models| models.add::<Session>().expect("a sound model"));
    let broken = read(&after, &rig.directory).unwrap().broken_rules();
    assert_eq!(
        broken.named,
        ["Session with a secret key: level: expected 0 to 5, found 9; \
          seat: is unique, and the row with a secret key has the same"]
    );
}
