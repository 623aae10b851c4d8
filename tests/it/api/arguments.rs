//! Arguments by path, query and body: taken, and refused with everything that is wrong at once.

use super::House;
use sunstone::http::{Method, Request};

/// The problem document of a 400 with these fields.
fn bad(detail: &str, errors: &str) -> String {
    problem(400, "bad-request", "the request is not well formed", detail, errors)
}

const SHAPE: &str = "the body does not have the expected shape";
const ARGUMENTS: &str = "the arguments do not have the expected shape";
const UNREAD: &str = "the query has what the method does not read from it";

fn invalid(detail: &str, errors: &str) -> String {
    problem(422, "invalid", "a value breaks a rule", detail, errors)
}

fn problem(status: u16, kind: &str, title: &str, detail: &str, errors: &str) -> String {
    let errors = if errors.is_empty() { String::new() } else { format!(",\"errors\":[{errors}]") };
    format!(
        "{status} {{\"type\":\"{kind}\",\"title\":\"{title}\",\"status\":{status},\"detail\":\"{detail}\"{errors}}}"
    )
}

#[test]
fn from_the_body() {
    let house = House::new();
    assert_eq!(
        house.post("/tasks", r#"{"title": "milk", "slug": "m", "pin": 3, "extra": [1]}"#),
        r#"201 @1 {"id":1,"title":"milk","done":false,"slug":"m","parent":null}"#,
        "an unknown field is left alone, and a secret one not shown"
    );
    assert_eq!(
        house.post("/tasks/", r#"{"title": "bread", "slug": null}"#),
        r#"201 @2 {"id":2,"title":"bread","done":false,"slug":null,"parent":null}"#
    );
    assert_eq!(
        house.json(Method::Put, "/tasks/2", r#"{"title": "rye"}"#),
        r#"200 @3 {"id":2,"title":"rye","done":false,"slug":null,"parent":null}"#
    );
    assert_eq!(house.post("/tasks/2/move", r#"{"x": 1, "y": 2}"#), "200 @3 \"rye to 1, 2\"");
    assert_eq!(
        house.post("/tasks/2/move", r#"{"x": 1, "quick": true, "y": 2}"#),
        "200 @3 \"rye to 1, 2 quickly\""
    );
}

#[test]
fn from_the_path_and_the_query() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a b", "slug": "x/y z"}"#);
    assert!(house.get("/tasks/1").starts_with("200 @1 {\"id\":1"));
    assert!(house.get("/tasks/by/x%2Fy%20z").contains("\"title\":\"a b\""));
    assert_eq!(house.get("/tasks/greet"), "200 \"hello world\"");
    assert_eq!(house.get("/tasks/greet?name=you+%26%20me&times=2"), "200 \"hello you & me, hello you & me\"");
    assert_eq!(house.get("/tasks/greet?name="), "200 \"hello \"");
    assert_eq!(house.get("/other/a/b/-7"), "200 -7");
    assert!(house.get("/tasks?done=false").contains("\"id\":1"));
    assert_eq!(house.get("/tasks?done=true"), "200 @1 {\"items\":[],\"next\":null}");
    // The path is the stronger one.
    assert!(house.get("/tasks/1?id=7").starts_with("200 @1"));
    assert_eq!(house.get("/tasks/host"), "200 \"localhost\"");
}

#[test]
fn what_is_missing_or_of_another_type_is_told_at_once() {
    let house = House::new();
    assert_eq!(
        house.post("/tasks", r#"{"slug": 5, "pin": 70000}"#),
        bad(
            SHAPE,
            r#"{"field":"slug","detail":"expected a string, found a number (line 1, column 10)"},{"field":"pin","detail":"expected an integer from 0 to 65535, found 70000 (line 1, column 20)"},{"field":"title","detail":"missing (line 1, column 1)"}"#
        )
    );
    assert_eq!(
        house.json(
            Method::Put,
            "/tasks/x",
            r#"{"done": "yes", "lines": [{"x": 1, "y": 1}, {"x": "a", "z": 1}]}"#
        ),
        bad(
            SHAPE,
            r#"{"field":"id","detail":"expected an integer from 1 to 9007199254740991, found `x`"},{"field":"done","detail":"expected true or false, found a string (line 1, column 10)"},{"field":"lines[1].x","detail":"expected an integer from 0 to 255, found a string (line 1, column 51)"},{"field":"lines[1].z","detail":"unknown, the nearest name is `x` (line 1, column 61)"},{"field":"lines[1].y","detail":"missing (line 1, column 45)"}"#
        )
    );
    assert_eq!(
        house.get("/other/a/b/300"),
        bad(ARGUMENTS, r#"{"field":"y","detail":"expected an integer from -128 to 127, found 300"}"#)
    );
    assert_eq!(
        house.get("/tasks?done=maybe"),
        bad(ARGUMENTS, r#"{"field":"done","detail":"expected true or false, found `maybe`"}"#)
    );
    for (id, found) in [("9007199254740992", "9007199254740992"), ("0", "0"), ("02", "`02`"), ("-1", "-1")] {
        let expected = format!("expected an integer from 1 to 9007199254740991, found {found}");
        assert_eq!(
            house.get(&format!("/tasks/{id}")),
            bad(ARGUMENTS, &format!(r#"{{"field":"id","detail":"{expected}"}}"#))
        );
    }
}

#[test]
fn parameters_that_no_argument_has_are_told_with_everything_else() {
    let house = House::new();
    let greet = "tasks.greet takes name, times";
    assert_eq!(
        house.get("/tasks/greet?nmae=A&tmes=2&zzz=1&zzz=2&n%0Am=%20"),
        bad(
            UNREAD,
            &format!(
                r#"{{"field":"nmae","detail":"unknown, the nearest name is `name`; {greet}"}},{{"field":"tmes","detail":"unknown, the nearest name is `times`; {greet}"}},{{"field":"zzz","detail":"unknown, {greet}"}},{{"field":"[\"n\\nm\"]","detail":"unknown, the nearest name is `name`; {greet}"}}"#
            )
        )
    );
    assert_eq!(
        house.get("/tasks/greet?times=x&name=A&name=B&tme=1"),
        bad(
            ARGUMENTS,
            &format!(
                r#"{{"field":"times","detail":"expected an integer from 0 to 255, found `x`"}},{{"field":"name","detail":"given twice"}},{{"field":"tme","detail":"unknown, the nearest name is `name`; {greet}"}}"#
            )
        )
    );
    assert_eq!(
        house.get("/tasks?limit=2"),
        bad(
            UNREAD,
            r#"{"field":"limit","detail":"unknown, the nearest name is `_limit`; tasks.list takes done; rows take _limit and _after as well"}"#
        )
    );
    assert_eq!(
        house.get("/other?x=1"),
        bad(UNREAD, r#"{"field":"x","detail":"unknown, v1.other.root takes no arguments"}"#)
    );
    assert!(house.get("/other?_limit=1").contains(r#""field":"_limit""#), "only queries have pages");
    for target in ["/tasks/1?id=7", "/tasks/host?anything=1", "/tasks/host?_limit=1"] {
        let answer = house.get(target);
        assert!(
            !answer.starts_with("400"),
            "{target} leads to what the path says, or to the request: {answer}"
        );
    }
    let many: String = (0..1000).map(|n| format!("p{n}=&")).collect();
    assert_eq!(house.get(&format!("/tasks/greet?{many}")).matches("unknown").count(), 32);
}

#[test]
fn what_stands_in_the_query_and_is_read_from_the_body_is_told_so() {
    let house = House::new();
    let there = "stands in the query, and POST reads it from the JSON body";
    let unread = |name: &str| format!(r#"{{"field":"{name}","detail":"{there}"}}"#);
    assert_eq!(
        house.ask(Method::Post, "/tasks?title=Q&slug=s&pin=1").to_string(),
        bad(ARGUMENTS, &[unread("title"), unread("slug"), unread("pin")].join(",")),
        "what is missing is not told twice"
    );
    assert_eq!(house.post("/tasks?slug=s", r#"{"title": "a"}"#), bad(UNREAD, &unread("slug")));
    house.post("/tasks", r#"{"title": "a"}"#);
    assert_eq!(
        house.post("/tasks/1/move?x=1&id=2", r#"{"y": 1}"#),
        bad(SHAPE, &unread("x")),
        "a field of the body, and the path counts"
    );
    assert_eq!(
        house.post("/other/a/b/c?x=1", ""),
        bad(UNREAD, r#"{"field":"x","detail":"unknown, v1.other.fixed takes no arguments"}"#)
    );
    assert_eq!(
        house.get("/tasks"),
        r#"200 @1 {"items":[{"id":1,"title":"a","done":false,"slug":null,"parent":null}],"next":null}"#
    );
}

/// The path says which row it is, whatever the body and the query say.
#[test]
fn the_path_is_stronger_than_the_body() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a"}"#);
    house.post("/tasks", r#"{"title": "b"}"#);
    assert!(
        house.json(Method::Patch, "/tasks/2", r#"{"id": 1}"#).contains(r#"{"id":2,"title":"b","done":true"#)
    );
    assert!(house.get("/tasks/1").contains(r#""done":false"#));
}

#[test]
fn lists_in_a_query_have_their_name_several_times() {
    let house = House::new();
    for (query, answer) in [
        ("n=1&n=2&n=3", "200 6"),
        ("n=5", "200 5"),
        ("n=[1,2]", "200 3"),
        ("n=1&word=a&n=2&word=b,c", "200 3 a+b,c"),
        ("n=[]", "200 0"),
    ] {
        let found = house.get(&format!("/other/sum?{query}"));
        assert_eq!(found, answer.replacen("200 ", "200 \"", 1) + "\"", "{query}");
    }
    for (query, said) in [
        ("n=1,2", r#"{"field":"n[0]","detail":"expected an integer from 0 to 255, found `1,2`"}"#),
        ("n=1&n=x", r#"{"field":"n[1]","detail":"expected an integer from 0 to 255, found `x`"}"#),
        ("word=a", r#"{"field":"n","detail":"missing"}"#),
    ] {
        assert_eq!(house.get(&format!("/other/sum?{query}")), bad(ARGUMENTS, said), "{query}");
    }
}

#[test]
fn what_was_found_in_a_secret_is_not_repeated() {
    let house = House::new();
    assert_eq!(
        house.get("/other/secret?pin=4711x&n=y"),
        bad(
            ARGUMENTS,
            r#"{"field":"pin","detail":"expected an integer from 0 to 65535"},{"field":"n","detail":"expected an integer from 0 to 255, found `y`"}"#
        )
    );
    assert_eq!(
        house.get("/other/secret?pin=4711&n=1"),
        invalid("an argument breaks a rule", r#"{"field":"pin","detail":"expected 1 to 9"}"#)
    );
}

#[test]
fn times_say_what_is_wrong_with_them() {
    let house = House::new();
    for (query, why) in [
        ("1990-02-30T00:00:00Z", "found `1990-02-30T00:00:00Z`: there is no such day"),
        (
            "2026-01-01T00:00:00+01:00",
            "found `2026-01-01T00:00:00 01:00`: a space where the offset begins: in a query + is written %2B",
        ),
        ("", "found nothing"),
    ] {
        let detail = format!("expected a time like 2026-11-22T02:31:11.123Z, {why}");
        assert_eq!(
            house.get(&format!("/other/at?time={query}")),
            bad(ARGUMENTS, &format!(r#"{{"field":"time","detail":"{detail}"}}"#))
        );
    }
    assert_eq!(house.get("/other/at?time=2026-01-01T01:00:00%2B01:00"), "200 1767225600000");
}

#[test]
fn rules_that_are_broken_are_told_at_once() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a"}"#);
    assert_eq!(
        house.post("/tasks/1/move", r#"{"x": 100, "y": 200}"#),
        invalid(
            "an argument breaks a rule",
            r#"{"field":"x","detail":"expected 0 to 99, found 100"},{"field":"y","detail":"expected 0 to 99, found 200"}"#
        )
    );
    assert_eq!(
        house.post("/tasks", r#"{"title": ""}"#),
        invalid(
            "an argument breaks a rule",
            r#"{"field":"title","detail":"expected 1 to 20 characters, found 0"}"#
        )
    );
    // What the row refuses has seen the state, so it names it.
    assert_eq!(
        house.json(Method::Put, "/tasks/1", "{}"),
        invalid(
            "the Task breaks a rule",
            r#"{"field":"title","detail":"expected 1 to 20 characters, found 0"}"#
        )
        .replacen("422", "422 @1", 1)
    );
    assert_eq!(
        house.post("/tasks", r#"{"title": "b", "parent": 9}"#),
        invalid("Task refers to what is not there", r#"{"field":"parent","detail":"there is no such Task"}"#)
            .replacen("422", "422 @1", 1)
    );
}

#[test]
fn strict_types_refuse_what_they_do_not_know() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a"}"#);
    let refused = house.post("/tasks/1/move", r#"{"x": 1, "y": 1, "quik": true}"#);
    assert!(refused.starts_with("400") && refused.contains("quik") && refused.contains("quick"), "{refused}");
}

#[test]
fn bodies_that_are_no_json_document() {
    let house = House::new();
    for (body, said) in [
        ("", "missing"),
        ("   ", "expected a value"),
        ("[]", "expected an object, found an array"),
        ("7", "expected an object, found a number"),
        ("null", "expected an object, found null"),
        ("{\"title\": \"a\"", "line 1"),
        ("{\"title\": \"a\"} {}", "line 1, column 16"),
        ("{\"title\": \"a\", \"title\": \"b\"}", "given twice"),
        ("{'title': 1}", "line 1, column 2"),
        ("{\"title\": \"\u{1}\"}", "line 1"),
    ] {
        let answer = house.post("/tasks", body);
        assert!(answer.starts_with("400 ") && answer.contains(said), "{body}: {answer}");
    }
    let deep = format!("{{\"title\": {}", "[".repeat(100_000));
    assert!(house.post("/tasks", &deep).starts_with("400 "));
    let bytes = [b"{\"title\": \"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    let request = Request::builder(Method::Post, "/tasks").header("Content-Type", "application/json");
    assert_eq!(house.send(request.body(bytes).build().unwrap()).status, 400);
    assert_eq!(house.get("/tasks"), "200 @0 {\"items\":[],\"next\":null}", "nothing of it was taken");
}

#[test]
fn a_body_of_another_type_is_415() {
    let house = House::new();
    for content_type in
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data")]
    {
        let request = Request::builder(Method::Post, "/tasks").body(r#"{"title": "a"}"#);
        let request = match content_type {
            Some(content_type) => request.header("Content-Type", content_type),
            None => request,
        };
        let answer = house.send(request.build().unwrap());
        assert_eq!(answer.status, 415, "{content_type:?}");
        assert!(answer.body.contains("send the header `Content-Type: application/json`"), "{answer}");
    }
    let merge = Request::builder(Method::Put, "/tasks/1")
        .header("content-type", "application/merge-patch+json; charset=utf-8");
    assert_eq!(house.send(merge.body("{}").build().unwrap()).status, 404, "read, and nothing is there");
    let squeezed = Request::builder(Method::Post, "/tasks")
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip");
    assert_eq!(house.send(squeezed.body("{}").build().unwrap()).status, 415);
}

#[test]
fn requests_for_pages_of_other_sites_are_403() {
    let house = House::new();
    let ask = |method, target: &str, name: &str, value: &str| {
        let request = Request::builder(method, target).header("Content-Type", "application/json");
        house.send(request.header(name, value).body(r#"{"title": "a"}"#).build().unwrap()).status
    };
    assert_eq!(ask(Method::Post, "/tasks", "Origin", "http://elsewhere.test"), 403);
    assert_eq!(ask(Method::Post, "/tasks", "Sec-Fetch-Site", "cross-site"), 403);
    assert_eq!(ask(Method::Post, "/_/rpc", "Sec-Fetch-Site", "same-site"), 403);
    assert_eq!(ask(Method::Delete, "/tasks/1", "Origin", "null"), 403);
    assert_eq!(ask(Method::Get, "/tasks", "Origin", "http://elsewhere.test"), 200);
    assert_eq!(ask(Method::Post, "/tasks", "Origin", "http://localhost"), 201);
    assert_eq!(ask(Method::Post, "/tasks", "Sec-Fetch-Site", "same-origin"), 201);
}

#[test]
fn queries_that_are_not_well_formed() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a"}"#);
    for (target, said) in [
        ("/tasks?_limit=0", "_limit: expected 1 to 1000"),
        ("/tasks?_limit=1001", "_limit: expected 1 to 1000"),
        ("/tasks?_limit=x", "_limit: expected 1 to 1000"),
        ("/tasks?_limit=", "_limit: expected 1 to 1000"),
        ("/tasks?_after=zz", "_after: expected a cursor from `next`"),
        ("/tasks?_limit=1&_limit=2", "_limit: given twice"),
        ("/tasks/1?_limit=1", "_limit: only rows come in pages, and these are none"),
        ("/tasks?_lmit=1", "_lmit: known are _limit and _after"),
        ("/tasks?done=%ff", "escapes in the target that are not UTF-8"),
        ("/tasks?done=%2", "a % in the target without two hexadecimal digits behind it"),
    ] {
        let answer = house.get(target);
        assert!(answer.starts_with("400 ") && answer.contains(said), "{target}: {answer}");
    }
}

#[test]
fn what_a_method_refuses_and_how_it_fails() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a", "slug": "s"}"#);
    assert_eq!(
        house.post("/tasks", r#"{"title": "b", "slug": "s"}"#),
        problem(
            409,
            "conflict",
            "the state does not allow it",
            "another Task has the same slug",
            r#"{"field":"slug","detail":"is taken"}"#
        )
        .replacen("409", "409 @1", 1)
    );
    assert_eq!(
        house.get("/tasks/7"),
        problem(404, "not-found", "nothing is there", "there is no Task with the key 7", "")
            .replacen("404", "404 @1", 1)
    );
    let fault = r#"{"type":"internal","title":"the program has a fault","status":500}"#;
    assert_eq!(house.post("/tasks/1/fail", r#"{"how": "panic"}"#), format!("500 @1 {fault}"));
    assert_eq!(house.post("/tasks/1/fail", r#"{"how": "internal"}"#), format!("500 @1 {fault}"));
    assert_eq!(house.get("/tasks/panic"), format!("500 {fault}"));
    assert!(house.post("/tasks/1/fail", r#"{"how": "conflict"}"#).starts_with("409 @1 "));
    assert!(house.post("/tasks/1/fail", r#"{"how": "version"}"#).starts_with("412 @1 "));
    // Nothing of what failed is left.
    assert!(house.get("/tasks/1").contains("\"title\":\"a\""));
    assert_eq!(house.post("/tasks/1/fail", r#"{"how": "not"}"#), "204 @2 ");
}

#[test]
fn statuses_and_sequences() {
    let house = House::new();
    assert!(house.post("/tasks", r#"{"title": "a"}"#).starts_with("201 @1 "));
    assert!(house.json(Method::Patch, "/tasks/1", "").starts_with("200 @2 "));
    assert!(
        house.json(Method::Patch, "/tasks/1", "").starts_with("200 @2 "),
        "nothing changed, so none is taken"
    );
    assert_eq!(house.ask(Method::Delete, "/tasks/1").to_string(), "204 @3 ");
    assert!(house.ask(Method::Delete, "/tasks/1").to_string().starts_with("404 @3 "));
    assert_eq!(house.get("/tasks"), "200 @3 {\"items\":[],\"next\":null}");
    assert_eq!(house.get("/other"), "200 1", "what does not look at the state names none");
    assert_eq!(house.post("/other/a/b/c", ""), "204 ");
    assert_eq!(house.post("/tasks/import", r#"{"count": 3}"#), "200 @6 6");
}
