//! What is secret stays inside: not in an answer, and of a call's arguments not in the journal either.

use std::io::{Read, Write};
use std::net::TcpStream;
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
