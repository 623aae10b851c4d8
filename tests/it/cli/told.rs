//! What `history` tells of every kind of change: rows that come, change and go, ids that nobody got, long arguments.

use crate::program::{Folder, run};
use sunstone::codec::json::{Json, Writer};
use sunstone::journal::{self, FrameKind, RealDirectory, Refusal};
use sunstone::prelude::*;
use sunstone::state::{Historian, Record};

/// A word, by itself the key.
#[Model]
struct Word {
    #[key]
    text: String,
    count: u32,
}

/// A place in the queue.
#[Model]
struct Ticket {
    #[key]
    id: Id<Ticket>,
    word: String,
}

struct Words;

#[Api("/words")]
impl Words {
    #[call]
    fn put(tx: &mut Tx, text: String) -> Result<()> {
        let known = tx.table::<Word>().lookup(&text).is_some();
        match known {
            true => tx.table::<Word>().update(text, |word| word.count += 1).map(|_| ()),
            false => tx.insert(Word { text, count: 1 }).map(|_| ()),
        }
    }

    #[call]
    fn forget(tx: &mut Tx, text: String) -> Result<()> {
        tx.table::<Word>().remove(text).map(|_| ())
    }

    /// Takes two tickets and throws one away.
    #[call]
    fn queue(tx: &mut Tx, word: String) -> Result<Ticket> {
        let id = tx.next_id();
        let _thrown_away: Id<Ticket> = tx.next_id();
        tx.insert(Ticket { id, word })
    }

    /// What is said is not kept in a row.
    #[call]
    fn say(tx: &mut Tx, text: String, note: String) -> Result<()> {
        Self::put(tx, text).map(|()| drop(note))
    }
}

/// The lines that `history` prints, without their times.
fn history(folder: &Folder) -> Vec<String> {
    let (mut historian, mut lines) = (Historian::default(), Vec::new());
    let told = journal::read(&RealDirectory::open(folder.path()), &mut |frame| {
        match frame.kind {
            FrameKind::Schema => historian.schema(frame.payload),
            FrameKind::Batch => {
                let mut seq = frame.first_seq;
                Record::each(frame.payload, |record| {
                    let mut w = Writer::new();
                    historian.tell(seq, &record, None, &mut w)?;
                    let line = String::from_utf8(w.into_bytes()).expect("JSON is UTF-8");
                    let (before, rest) = line.split_once(r#""time":""#).expect("a line has a time");
                    let (_, after) = rest.split_once(r#"","#).expect("the time is a string");
                    lines.push(format!("{before}{after}"));
                    seq += 1;
                    Ok(())
                })
            }
            _ => Ok(()),
        }
        .map_err(|error| Refusal::Frame(error.to_string()))
    });
    told.expect("the journal is whole");
    lines
}

#[test]
fn every_kind_of_change_has_its_line() {
    let folder = Folder::new("told");
    let app = App::new("told").model::<Word>().model::<Ticket>().api(Words);
    let server =
        app.data(folder.path()).listen(([127, 0, 0, 1], 0).into()).start().expect("a new directory opens");
    let mut connection = crate::program::Connection::to(server.address()).expect("the server listens");
    let long = "a long note ".repeat(400);
    for (call, params) in [
        ("put", r#"{"text": "a"}"#.to_owned()),
        ("put", r#"{"text": "a"}"#.to_owned()),
        ("queue", r#"{"word": "a"}"#.to_owned()),
        ("forget", r#"{"text": "a"}"#.to_owned()),
        ("forget", r#"{"text": "a"}"#.to_owned()),
        ("say", format!(r#"{{"text": "b", "note": "{long}"}}"#)),
    ] {
        let call = format!(r#"{{"jsonrpc": "2.0", "id": 1, "method": "words.{call}", "params": {params}}}"#);
        assert_eq!(connection.post("/_/rpc", &call).expect("an answer comes").status, 200);
    }
    server.stop();
    let lines = history(&folder);
    let args = r#""args":{"text":"a"}"#;
    let expected = [
        format!(r#"{{"seq":1,"actor":null,"call":"words.put",{args},"changes":[{{"op":"created","model":"Word","key":"a","row":{{"text":"a","count":1}}}}]}}"#),
        format!(r#"{{"seq":2,"actor":null,"call":"words.put",{args},"changes":[{{"op":"changed","model":"Word","key":"a","version":1,"fields":{{"count":{{"before":1,"after":2}}}}}}]}}"#),
        r#"{"seq":3,"actor":null,"call":"words.queue","args":{"word":"a"},"changes":[{"op":"created","model":"Ticket","key":1,"row":{"id":1,"word":"a"}},{"op":"counted","model":"Ticket","next":3}]}"#.to_owned(),
        format!(r#"{{"seq":4,"actor":null,"call":"words.forget",{args},"changes":[{{"op":"removed","model":"Word","key":"a","version":2,"row":{{"text":"a","count":2}}}}]}}"#),
    ];
    assert_eq!(lines[..4], expected);
    assert_eq!(lines.len(), 5, "what was refused changed nothing");
    let long: Json = lines[4].parse().expect("a line is JSON");
    let args = long.get("args").expect("a line has arguments");
    assert!(args.get("bytes").and_then(Json::as_u64).is_some_and(|bytes| bytes > 4096), "{args}");
    assert_eq!(args.get("sha256").and_then(Json::as_str).map(str::len), Some(64), "{args}");
}

#[test]
fn verify_says_when_the_last_transaction_was() {
    let folder = Folder::new("last-time");
    let said = |words: &[&str]| {
        let output = run("todo", &[words, &["--data", folder.text()]].concat());
        assert!(output.status.success(), "{words:?}");
        let text = String::from_utf8(output.stdout).expect("JSON is text");
        text.lines().last().map(|line| line.parse::<Json>().expect("a line is JSON")).expect("a line")
    };
    said(&["call", "todos.add", "title=milk"]);
    // It opens and closes the journal, which is no transaction.
    said(&["call", "todos.open"]);
    let (told, verified) = (said(&["history"]), said(&["verify"]));
    assert_eq!(told.get("time"), verified.get("last_time"));
    assert_eq!(told.get("seq"), verified.get("last_seq"));
}
