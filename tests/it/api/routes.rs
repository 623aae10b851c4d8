//! From a verb and a path to a method.

use super::{House, Tasks};
use sunstone::api::{Endpoints, Router};
use sunstone::http::Method;
use sunstone::prelude::*;

#[test]
fn nothing_is_at_other_paths() {
    let house = House::new();
    for target in
        ["/", "/task", "/tasks/1/2/3", "/other/a", "//tasks", "/tasks//move", "/_/nothing", "/tasks/1/move/"]
    {
        let answer = house.ask(Method::Get, target);
        let status = if target == "/tasks/1/move/" { 405 } else { 404 };
        assert_eq!(answer.status, status, "{target}: {answer}");
    }
    assert_eq!(
        house.get("/nowhere?at=all"),
        r#"404 {"type":"not-found","title":"nothing is there","status":404,"detail":"nothing is at /nowhere"}"#
    );
}

#[test]
fn other_verbs_are_405_and_named() {
    let house = House::new();
    assert_eq!(
        house.ask(Method::Put, "/tasks").to_string(),
        r#"405 [GET, HEAD, POST, OPTIONS] {"type":"method-not-allowed","title":"the method does not fit the path","status":405,"detail":"expected one of GET, HEAD, POST, OPTIONS, found PUT"}"#
    );
    assert_eq!(house.ask(Method::Get, "/tasks/1/move").allow, "POST, OPTIONS");
    assert_eq!(house.ask(Method::Head, "/tasks/1/move").status, 405);
    assert_eq!(house.ask(Method::Get, "/_/rpc").allow, "POST, OPTIONS");
    assert_eq!(
        house.ask(Method::Options, "/tasks/5").to_string(),
        "204 [GET, HEAD, PUT, PATCH, DELETE, OPTIONS] "
    );
    assert_eq!(house.ask(Method::Options, "/_/rpc").to_string(), "204 [POST, OPTIONS] ");
    assert_eq!(house.ask(Method::Options, "/nowhere").status, 404);
    // A fixed segment and a parameter at one place: both count.
    assert_eq!(house.ask(Method::Options, "/other/a/b/c").allow, "GET, HEAD, POST, OPTIONS");
    assert_eq!(
        house.ask(Method::Options, "/tasks/import").allow,
        "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    );
}

#[test]
fn head_is_what_get_would_be() {
    let house = House::new();
    house.post("/tasks", r#"{"title": "a"}"#);
    assert_eq!(
        house.ask(Method::Head, "/tasks/1").to_string(),
        house.get("/tasks/1"),
        "net leaves the body out"
    );
    assert_eq!(house.ask(Method::Head, "/tasks/7").status, 404);
}

#[test]
fn a_slash_at_the_end_makes_no_difference() {
    let house = House::new();
    house.post("/tasks/", r#"{"title": "a"}"#);
    for (with, without) in [("/tasks/", "/tasks"), ("/tasks/1/", "/tasks/1"), ("/other/", "/other")] {
        assert_eq!(house.get(with), house.get(without));
    }
    let call = r#"{"jsonrpc": "2.0", "method": "v1.other.root", "id": 1}"#;
    assert_eq!(house.post("/_/rpc/", call), house.rpc(call));
}

#[test]
fn a_fixed_segment_beats_a_parameter_and_the_verb_counts() {
    let house = House::new();
    assert_eq!(house.get("/tasks/greet"), "200 \"hello world\"");
    assert!(house.get("/tasks/titles").starts_with("200 @0 {\"items\""));
    // POST /other/a/b/c is fixed; GET goes on to the parameters.
    assert_eq!(house.post("/other/a/b/c", ""), "204 ");
    assert!(
        house.get("/other/a/b/c").starts_with("400 "),
        "the number is none: a fixed b beats the parameter x"
    );
    assert_eq!(house.get("/other/a/q/c"), "200 \"q\"");
    assert_eq!(house.get("/other/a/%62/7"), "200 7", "an escaped letter is that letter");
}

struct Twice;

#[Api("/tasks")]
impl Twice {
    #[get("/{number}")]
    fn one(number: u8) -> u8 {
        number
    }

    #[put("/{number}")]
    fn put(number: u8) -> u8 {
        number
    }
}

struct SameName;

#[Api("/elsewhere", name = "tasks")]
impl SameName {
    #[get("/x")]
    fn one() -> u8 {
        1
    }
}

#[test]
fn two_methods_at_one_place_are_refused_at_start() {
    let mut endpoints = Endpoints::default();
    endpoints.add(Tasks { greeting: "" }).unwrap();
    let refused = endpoints.add(SameName).unwrap_err();
    assert_eq!(refused.to_string(), "two methods are called tasks.one: give one api another name");
    let mut endpoints = Endpoints::default();
    endpoints.add(Tasks { greeting: "" }).unwrap();
    endpoints.add(Twice).unwrap();
    let refused = Router::new(endpoints.list()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "GET /tasks/{number} is both tasks.one and twice.one: give one another path",
        "whatever their parameters are called"
    );
}
