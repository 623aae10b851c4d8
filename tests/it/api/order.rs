//! Behind a command that is not yet on disk: what waits, and what does not.

use super::{Answer, Other, Task, Tasks, refused};
use crate::rig::{Rig, program_with};
use sunstone::api::{Endpoints, Gateway};
use sunstone::http::{Method, Request};
use sunstone::journal::Ticket;
use sunstone::net::{Instead, Peer, Reply, Service, Settled};
use sunstone::prelude::*;

const SOMEBODY: Peer = Peer { addr: None, control: false };

fn house() -> (Rig, Gateway) {
    let mut endpoints = Endpoints::default();
    endpoints.add(Tasks { greeting: "hello" }).unwrap();
    endpoints.add(Other).unwrap();
    let rig = Rig::new(&program_with(|models| models.add::<Task>().unwrap(), endpoints.calls()));
    endpoints.number(&rig.loaded.calls);
    let gateway = Gateway::new(rig.engine.clone(), endpoints, rig.loaded.numbers.clone()).unwrap();
    (rig, gateway)
}

fn request(method: Method, target: &str, body: &str) -> Request {
    Request::builder(method, target).header("Content-Type", "application/json").body(body).build().unwrap()
}

fn parked(reply: Reply) -> (u16, Ticket) {
    match reply {
        Reply::Parked(response, ticket, _) => (response.status, ticket),
        other => panic!("{other:?} is not parked"),
    }
}

#[test]
fn answers_and_rejections_are_parked_and_queries_behind_them_wait() {
    let (rig, gateway) = house();
    let (status, ticket) =
        parked(gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None));
    assert_eq!((status, ticket.seq), (201, 1));
    assert!(matches!(gateway.settled(ticket), Settled::Waiting));
    let (refused, rejection) =
        parked(gateway.call(request(Method::Delete, "/tasks/9", ""), &SOMEBODY, Some(ticket)));
    assert_eq!((refused, rejection), (404, ticket));

    let call = |target: &str, method: Method, body: &str| {
        gateway.call(request(method, target, body), &SOMEBODY, Some(ticket))
    };
    let count = r#"{"jsonrpc": "2.0", "method": "tasks.count", "params": {"done": false}, "id": 1}"#;
    let batch = format!("[{count}]");
    for (target, method, body) in [
        ("/tasks", Method::Get, ""),
        ("/tasks/1", Method::Head, ""),
        ("/tasks/import", Method::Post, r#"{"count": 0}"#),
        ("/_/rpc", Method::Post, count),
        ("/_/rpc", Method::Post, batch.as_str()),
    ] {
        match call(target, method, body) {
            Reply::Wait(held, until) => assert_eq!((held.path(), until), (target, ticket)),
            other => panic!("{target} {body} does not wait: {other:?}"),
        }
    }
    // What does not look at the state has nothing to wait for, and another connection sees what is on disk.
    assert!(matches!(call("/tasks/greet", Method::Get, ""), Reply::Now(_)));
    match gateway.call(request(Method::Get, "/tasks", ""), &SOMEBODY, None) {
        Reply::Now(response) => assert_eq!(response.seq, Some(0)),
        other => panic!("{other:?}"),
    }
    rig.settle();
    assert!(matches!(gateway.settled(ticket), Settled::Stored));
    match call("/tasks", Method::Get, "") {
        Reply::Now(response) => assert_eq!(response.seq, Some(1)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_disk_is_507_and_a_failing_one_503_in_place_of_the_answer() {
    for fails in [false, true] {
        let (rig, gateway, _) = house_on_a_bad_disk(fails);
        let (_, ticket) =
            parked(gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None));
        rig.settle();
        let Settled::Refused(error) = gateway.settled(ticket) else { panic!("it is not refused") };
        let said = String::from_utf8(refused(&error, None).body.as_bytes().to_vec()).unwrap();
        if fails {
            assert_eq!(
                said,
                r#"{"type":"outcome-unknown","title":"it may or may not have been stored","status":503,"detail":"the disk failed while the change was under way; whether it is stored is known after the next start"}"#
            );
        } else {
            assert_eq!(
                said,
                r#"{"type":"disk-full","title":"nothing was stored","status":507,"detail":"nothing was stored: the disk is full"}"#
            );
        }
        let Reply::Now(next) =
            gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None)
        else {
            panic!("what is refused before it runs waits for nothing")
        };
        assert_eq!(next.status, if fails { 503 } else { 507 });
        assert!(matches!(
            gateway.call(request(Method::Get, "/tasks", ""), &SOMEBODY, Some(ticket)),
            Reply::Now(_)
        ));
    }
}

const LOST: &str = r#""error":{"code":507,"message":"nothing was stored","data":{"type":"disk-full","title":"nothing was stored","status":507,"detail":"nothing was stored: the disk is full"}}"#;

const UNKNOWN: &str = r#""error":{"code":503,"message":"it may or may not have been stored","data":{"type":"outcome-unknown","title":"it may or may not have been stored","status":503,"detail":"the disk failed while the change was under way; whether it is stored is known after the next start"}}"#;

/// A disk that has no room for the next batch, or fails when that is synced.
fn house_on_a_bad_disk(fails: bool) -> (Rig, Gateway, &'static str) {
    let (rig, gateway) = house();
    if fails {
        rig.directory.fail_sync(1);
        return (rig, gateway, UNKNOWN);
    }
    rig.directory.set_space(Some(0));
    // More than the zeros that stand ahead of the last frame.
    for _ in 0..600 {
        gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None);
    }
    (rig, gateway, LOST)
}

fn add(id: &str) -> String {
    format!(r#"{{"jsonrpc": "2.0", "method": "tasks.add", "params": {{"title": "a"}}{id}}}"#)
}

#[test]
fn a_call_by_name_that_was_not_stored_has_an_error_with_its_id() {
    for fails in [false, true] {
        let (rig, gateway, error) = house_on_a_bad_disk(fails);
        let call = |body: &str| match gateway.call(request(Method::Post, "/_/rpc", body), &SOMEBODY, None) {
            Reply::Parked(_, ticket, instead) => (ticket, instead),
            other => panic!("{other:?} is not parked"),
        };
        let taken = call(&add(r#", "id": "x7""#));
        let rejected =
            call(r#"{"jsonrpc": "2.0", "method": "tasks.remove", "params": {"id": 999}, "id": 8}"#);
        let notified = call(&add(""));
        rig.settle();
        let said = |(ticket, instead): (Ticket, Option<Instead>)| {
            let Settled::Refused(error) = gateway.settled(ticket) else { panic!("it is not refused") };
            Answer::of(&refused(&error, instead)).to_string()
        };
        assert_eq!(said(taken), format!(r#"200 {{"jsonrpc":"2.0","id":"x7",{error}}}"#));
        assert_eq!(said(rejected), format!(r#"200 {{"jsonrpc":"2.0","id":8,{error}}}"#));
        assert_eq!(said(notified), "204 ", "a notification has no answer, whatever becomes of it");
    }
}

#[test]
fn a_call_in_a_batch_that_was_not_stored_has_an_error_with_its_id() {
    for fails in [false, true] {
        let (rig, gateway, error) = house_on_a_bad_disk(fails);
        let plain = r#"{"jsonrpc": "2.0", "method": "v1.other.root", "id": 2}"#;
        let body = format!("[{}, {plain}, {}]", add(r#", "id": 1"#), add(""));
        let Reply::Task(batch, _) = gateway.call(request(Method::Post, "/_/rpc", &body), &SOMEBODY, None)
        else {
            panic!("a batch is a task")
        };
        // The batch waits for the disk, whose turns this thread takes once the first call has run.
        let before = rig.head().seq();
        let answer = std::thread::scope(|scope| {
            let batch = scope.spawn(batch);
            while rig.head().seq() == before {
                std::thread::yield_now();
            }
            while !batch.is_finished() {
                rig.settle();
                std::thread::yield_now();
            }
            batch.join().unwrap()
        });
        let Reply::Now(answer) = answer else { panic!("a batch has waited for its calls") };
        let root = r#"{"jsonrpc":"2.0","id":2,"result":1}"#;
        assert_eq!(
            Answer::of(&answer).to_string(),
            format!(r#"200 [{{"jsonrpc":"2.0","id":1,{error}}},{root}]"#),
            "no sequence is named: none of them stored anything"
        );
    }
}

/// What leaves when no thread is free for a call, however it was going to be run: its own protocol's error, with its id.
#[test]
fn a_call_without_a_thread_has_an_error_with_its_id() {
    let (_rig, gateway) = house();
    let overloaded = gateway.overloaded();
    let error = r#""error":{"code":503,"message":"the server has more to do than it can","data":{"type":"overloaded","#;
    let call =
        |id: &str| format!(r#"{{"jsonrpc": "2.0", "method": "tasks.import", "params": {{"count": 0}}{id}}}"#);
    let (one, batch) = (
        call(r#", "id": "a""#),
        format!("[{}, {}, 1, {}]", call(r#", "id": 1"#), call(""), call(r#", "id": 2"#)),
    );
    for (body, pieces) in [
        (&one, vec![format!(r#"200 {{"jsonrpc":"2.0","id":"a",{error}"#)]),
        (
            &batch,
            vec![
                format!(r#"200 [{{"jsonrpc":"2.0","id":1,{error}"#),
                r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"#.to_owned(),
                format!(r#"{{"jsonrpc":"2.0","id":2,{error}"#),
            ],
        ),
        (&call(""), vec!["204 ".to_owned()]),
    ] {
        let request = || request(Method::Post, "/_/rpc", body);
        let Reply::Task(_, Some(launched)) = gateway.call(request(), &SOMEBODY, None) else {
            panic!("{body} is a task")
        };
        let unseen = gateway.instead(&request()).expect("a call has words of its own");
        for instead in [launched, unseen] {
            let said = Answer::of(&instead(&overloaded)).to_string();
            let mut rest = said.as_str();
            for piece in &pieces {
                let at = rest.find(piece.as_str()).unwrap_or_else(|| panic!("{piece} in {said}"));
                rest = &rest[at + piece.len()..];
            }
        }
    }
    assert!(gateway.instead(&request(Method::Get, "/tasks", "")).is_none());
}

struct Slow(std::sync::Arc<sunstone::stdx::clock::ManualClock>);

#[Api("/slow")]
impl Slow {
    #[get("/a")]
    fn a(&self) -> u8 {
        self.0.advance_ms(5);
        1
    }

    #[get("/b")]
    fn b(&self, _view: &View) -> u8 {
        self.0.advance_ms(5);
        2
    }
}

/// Each slow method has a lane of its own on the pool, by whichever way it is called.
#[test]
fn slow_methods_share_no_lane() {
    let clock = std::sync::Arc::new(sunstone::stdx::clock::ManualClock::new(0));
    let mut endpoints = Endpoints::default();
    endpoints.add(Slow(clock.clone())).unwrap();
    let program = program_with(|models| models.add::<Task>().unwrap(), endpoints.calls());
    let rig = Rig::open_at(&program, &sunstone::journal::MemoryDirectory::new(), clock, 1).unwrap();
    let gateway = Gateway::new(rig.engine.clone(), endpoints, rig.loaded.numbers).unwrap();
    let lane = |name: &str, by_name: bool| {
        let call = format!(r#"{{"jsonrpc": "2.0", "method": "slow.{name}", "id": 1}}"#);
        let asked = match by_name {
            true => request(Method::Post, "/_/rpc", &call),
            false => request(Method::Get, &format!("/slow/{name}"), ""),
        };
        match gateway.call(asked, &SOMEBODY, None) {
            Reply::Pool(_, lane, instead) => Some((lane, instead.is_some())),
            _ => None,
        }
    };
    for name in ["a", "b"] {
        // Twice it runs at once; then it is known to be slow.
        assert_eq!([lane(name, false), lane(name, true)], [None, None], "{name}");
    }
    let [(a, _), (b, _)] = ["a", "b"].map(|name| lane(name, false).expect("it is slow"));
    assert_ne!(a, b);
    assert_eq!(["a", "b"].map(|name| lane(name, true)), [Some((a, true)), Some((b, true))]);
}
