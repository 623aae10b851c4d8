//! Behind a command that is not yet on disk: what waits, and what does not.

use super::{Other, Task, Tasks};
use crate::rig::{Rig, program_with};
use sunstone::api::{Endpoints, Gateway};
use sunstone::http::{Method, Request};
use sunstone::journal::Ticket;
use sunstone::net::{Peer, Reply, Service, Settled};

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
        Reply::Parked(response, ticket) => (response.status, ticket),
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
        let (rig, gateway) = house();
        if fails {
            rig.directory.fail_sync(1);
        } else {
            rig.directory.set_space(Some(0));
        }
        for _ in 0..600 {
            gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None);
        }
        let (_, ticket) =
            parked(gateway.call(request(Method::Post, "/tasks", r#"{"title": "a"}"#), &SOMEBODY, None));
        rig.settle();
        let Settled::Refused(instead) = gateway.settled(ticket) else { panic!("it is not refused") };
        let said = String::from_utf8(instead.body.as_bytes().to_vec()).unwrap();
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
