//! What somebody once did to a running server, and what comes of it now.

use crate::program::{Connection, Folder};
use std::io::Write;
use sunstone::prelude::*;

/// A note.
#[Model]
struct Note {
    #[key]
    id: Id<Note>,
    text: String,
}

struct Notes;

#[Api("/notes")]
impl Notes {
    #[post("/", status = 201)]
    fn add(tx: &mut Tx, text: String) -> Result<Note> {
        let id = tx.next_id();
        tx.insert(Note { id, text })
    }

    #[get("/")]
    fn all(view: &View) -> Rows<'_, Note> {
        view.all()
    }
}

fn start(folder: &Folder) -> Server {
    let app = App::new("notes").model::<Note>().api(Notes);
    app.data(folder.path()).listen(([127, 0, 0, 1], 0).into()).start().expect("a new folder opens")
}

fn call(connection: &mut Connection, json: &str) -> Json {
    let answer = connection.post("/_/rpc", json).expect("an answer");
    answer.body.parse().expect("JSON")
}

/// A batch behind a command on its connection once read the state from before it.
#[test]
fn a_batch_sees_the_commands_before_it_on_its_connection() {
    let folder = Folder::new("batch-order");
    let server = start(&folder);
    let mut connection = Connection::to(server.address()).expect("it listens");
    let request = |path: &str, json: &str| {
        let length = json.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}"
        )
    };
    for count in 1..=50 {
        let both = request("/notes", r#"{"text": "x"}"#)
            + &request("/_/rpc", r#"[{"jsonrpc": "2.0", "method": "notes.all", "id": 1}]"#);
        connection.stream.write_all(both.as_bytes()).expect("it is read");
        assert_eq!(connection.answer().expect("the command's answer").status, 201);
        let answer: Json = connection.answer().expect("the batch's answer").body.parse().expect("JSON");
        let items = answer.at(0).and_then(|one| one.get("result")).and_then(|rows| rows.get("items"));
        assert_eq!(items.and_then(Json::as_array).map(|items| items.len()), Some(count));
    }
    server.stop();
}

/// A small batch once asked for a huge answer, and many of them for all the memory there is.
#[test]
fn the_answers_of_a_batch_have_a_budget() {
    let folder = Folder::new("batch-size");
    let server = start(&folder);
    let mut connection = Connection::to(server.address()).expect("it listens");
    let text = "long ".repeat(2000);
    for _ in 0..20 {
        let added = connection.post("/notes", &format!(r#"{{"text": "{text}"}}"#)).expect("an answer");
        assert_eq!(added.status, 201);
    }
    let calls = vec![r#"{"jsonrpc": "2.0", "method": "notes.all", "id": 7}"#; 1000].join(",");
    let answer = connection.post("/_/rpc", &format!("[{calls}]")).expect("an answer");
    assert!(answer.body.len() < 2 << 20, "{} bytes", answer.body.len());
    let answers: Json = answer.body.parse().expect("JSON");
    assert_eq!(answers.as_array().map(|answers| answers.len()), Some(1000), "each call has its answer");
    let last = answers.at(999).and_then(|last| last.get("error")).and_then(|error| error.get("code"));
    assert_eq!(last.and_then(Json::as_i64), Some(413));
    server.stop();
}

/// Calls that cannot be made were once answered without the id that the caller knows them by, and a page could not be asked for.
#[test]
fn calls_are_answered_by_their_id_and_by_pages() {
    let folder = Folder::new("calls");
    let server = start(&folder);
    let mut connection = Connection::to(server.address()).expect("it listens");
    for _ in 0..3 {
        connection.post("/notes", r#"{"text": "x"}"#).expect("an answer");
    }
    let wrong =
        call(&mut connection, r#"{"jsonrpc": "2.0", "method": "notes.add", "params": ["x"], "id": "mine"}"#);
    assert_eq!(wrong.get("id").and_then(Json::as_str), Some("mine"));
    let page = call(
        &mut connection,
        r#"{"jsonrpc": "2.0", "method": "notes.all", "params": {"_limit": 2}, "id": 1}"#,
    );
    let page = page.get("result").expect("a result");
    assert_eq!(page.get("items").and_then(Json::as_array).map(|items| items.len()), Some(2));
    let next = page.get("next").and_then(Json::as_str).expect("more follow");
    let rest =
        format!(r#"{{"jsonrpc": "2.0", "method": "notes.all", "params": {{"_after": "{next}"}}, "id": 1}}"#);
    let rest = call(&mut connection, &rest);
    let items = rest.get("result").and_then(|page| page.get("items"));
    assert_eq!(items.and_then(Json::as_array).map(|items| items.len()), Some(1));
    let many = vec!["1"; 1001].join(",");
    let refused = call(&mut connection, &format!("[{many}]"));
    assert_eq!(refused.get("error").and_then(|error| error.get("code")).and_then(Json::as_i64), Some(-32600));
    server.stop();
}
