//! Calls by name: JSON-RPC 2.0 as its specification has it, parameters by name.

use super::House;
use sunstone::http::{Method, Request};

const PROBLEM: &str = r#""title":"the request is not well formed","status":400"#;

#[test]
fn a_call_and_its_answer() {
    let house = House::new();
    assert_eq!(
        house.rpc(r#"{"jsonrpc": "2.0", "method": "tasks.add", "params": {"title": "a"}, "id": 7}"#),
        r#"200 @1 {"jsonrpc":"2.0","id":7,"result":{"id":1,"title":"a","done":false,"slug":null,"parent":null},"seq":1}"#
    );
    assert_eq!(
        house.rpc(
            r#"{"jsonrpc": "2.0", "method": "tasks.count", "params": {"done": false}, "id": "\u00e4 b"}"#
        ),
        r#"200 @1 {"jsonrpc":"2.0","id":"\u00e4 b","result":1,"seq":1}"#,
        "a method without a route is called by name, and the id comes back as it was"
    );
    assert_eq!(
        house.rpc(r#"{"id": null, "method": "v1.other.root", "jsonrpc": "2.0"}"#),
        r#"200 {"jsonrpc":"2.0","id":null,"result":1}"#
    );
    assert_eq!(
        house.rpc(r#"{"jsonrpc": "2.0", "method": "v1.other.fixed", "params": [ ], "id": 1.5}"#),
        r#"200 {"jsonrpc":"2.0","id":1.5,"result":null}"#
    );
    // A parameter of the path is one like the others here; so is a body.
    assert!(
        house
            .rpc(r#"{"jsonrpc": "2.0", "method": "tasks.go", "params": {"id": 1, "body": {"x": 1, "y": 2}}, "id": 1}"#)
            .contains(r#""result":"a to 1, 2","seq":1"#)
    );
}

#[test]
fn a_notification_has_no_answer() {
    let house = House::new();
    assert_eq!(
        house.rpc(r#"{"jsonrpc": "2.0", "method": "tasks.add", "params": {"title": "a"}}"#),
        "204 @1 "
    );
    assert_eq!(house.rpc(r#"{"jsonrpc": "2.0", "method": "tasks.none"}"#), "204 ");
    assert_eq!(house.rpc(r#"{"jsonrpc": "2.0", "method": "tasks.add", "params": {}}"#), "204 ");
    assert_eq!(
        house.rpc(r#"[{"jsonrpc": "2.0", "method": "tasks.add", "params": {"title": "b"}}]"#),
        "204 @2 "
    );
}

#[test]
fn what_is_no_call() {
    let house = House::new();
    let failure = |code: i64, said: &str, body: &str| {
        let answer = house.rpc(body);
        let begins = format!(r#"200 {{"jsonrpc":"2.0","id":null,"error":{{"code":{code},"message":"#);
        assert!(answer.starts_with(&begins) && answer.contains(said), "{body}: {answer}");
        assert!(answer.contains(PROBLEM), "{answer}");
    };
    failure(-32700, "line 1", r#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#);
    failure(
        -32700,
        "line 1",
        r#"[{"jsonrpc": "2.0", "method": "sum", "id": "1"}, {"jsonrpc": "2.0", "method""#,
    );
    failure(-32700, "line 1", "");
    failure(-32600, "method", r#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#);
    failure(-32600, "the batch is empty", "[]");
    failure(-32600, "expected an object", "1");
    failure(-32600, "jsonrpc", r#"{"method": "tasks.count", "id": 1}"#);
    failure(-32600, "jsonrpc", r#"{"jsonrpc": "1.0", "method": "tasks.count", "id": 1}"#);
    failure(
        -32600,
        "expected a string or a number",
        r#"{"jsonrpc": "2.0", "method": "tasks.count", "id": [1]}"#,
    );
    failure(
        -32600,
        "expected an object: parameters go by name",
        r#"{"jsonrpc": "2.0", "method": "tasks.count", "params": 1, "id": 1}"#,
    );
    failure(-32600, "given twice", r#"{"jsonrpc": "2.0", "method": "a", "method": "b", "id": 1}"#);
    let many = vec!["1"; 1001].join(",");
    failure(-32600, "a batch has at most 1000 calls", &format!("[{many}]"));
}

#[test]
fn errors_of_calls() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a", "slug": "s"}"#);
    let failure = |code: i64, head: &str, data: &str, call: &str| {
        let answer = house.rpc(&format!(r#"{{"jsonrpc": "2.0", "id": 9, {call}}}"#));
        let begins = format!(r#"200 {head}{{"jsonrpc":"2.0","id":9,"error":{{"code":{code},"message":"#);
        assert!(answer.starts_with(&begins) && answer.contains(data), "{call}: {answer}");
    };
    failure(-32601, "", "there is no method tasks.nothing", r#""method": "tasks.nothing""#);
    failure(
        -32602,
        "",
        r#""detail":"the arguments do not have the expected shape","errors":[{"field":"title","detail":"missing"}]"#,
        r#""method": "tasks.add""#,
    );
    failure(
        -32602,
        "",
        r#"{"field":"id","detail":"expected an integer from 1 to 9007199254740991, found a string"}"#,
        r#""method": "tasks.one", "params": {"id": "x"}"#,
    );
    failure(
        -32602,
        "",
        "parameters go by name: expected an object, found an array",
        r#""method": "tasks.add", "params": ["a"]"#,
    );
    failure(422, "", "expected 1 to 20 characters", r#""method": "tasks.add", "params": {"title": ""}"#);
    failure(
        409,
        "@1 ",
        r#""type":"conflict""#,
        r#""method": "tasks.add", "params": {"title": "b", "slug": "s"}"#,
    );
    failure(404, "@1 ", "there is no Task with the key 5", r#""method": "tasks.one", "params": {"id": 5}"#);
    failure(
        -32603,
        "",
        r#""data":{"type":"internal","title":"the program has a fault","status":500}"#,
        r#""method": "tasks.panics""#,
    );
    failure(
        -32603,
        "@1 ",
        r#""status":500}"#,
        r#""method": "tasks.fail", "params": {"id": 1, "how": "internal"}"#,
    );
}

#[test]
fn a_batch_runs_in_order_and_each_call_has_its_answer() {
    let house = House::new();
    let answer = house.rpc(
        r#"[
        {"jsonrpc": "2.0", "method": "tasks.add", "params": {"title": "a"}, "id": 1},
        {"jsonrpc": "2.0", "method": "tasks.count", "params": {"done": false}, "id": "two"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "tasks.add", "params": {"title": "silent"}},
        {"jsonrpc": "2.0", "method": "tasks.panics", "id": 3},
        {"jsonrpc": "2.0", "method": "tasks.none", "id": 4},
        1,
        {"jsonrpc": "2.0", "method": "tasks.count", "params": {"done": false}, "id": 5}
    ]"#,
    );
    let expected = [
        r#"200 @2 [{"jsonrpc":"2.0","id":1,"result":{"id":1,"#,
        r#"{"jsonrpc":"2.0","id":"two","result":1,"seq":1},"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"#,
        r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32603,"#,
        r#"{"jsonrpc":"2.0","id":4,"error":{"code":-32601,"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"#,
        r#"{"jsonrpc":"2.0","id":5,"result":2,"seq":2}]"#,
    ];
    let mut rest = answer.as_str();
    for piece in expected {
        let at = rest.find(piece).unwrap_or_else(|| panic!("{piece} in {answer}"));
        rest = &rest[at + piece.len()..];
    }
    assert_eq!(answer.matches("\"jsonrpc\":\"2.0\"").count(), 7, "a notification is not answered: {answer}");
}

#[test]
fn a_call_is_json_by_its_header_too() {
    let house = House::new();
    let request = Request::builder(Method::Post, "/_/rpc")
        .body(r#"{"jsonrpc": "2.0", "method": "v1.other.root", "id": 1}"#);
    assert_eq!(house.send(request.build().unwrap()).status, 415);
}
