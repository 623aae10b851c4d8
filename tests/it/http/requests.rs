//! What a request tells about itself, and requests that a program builds.

use std::sync::Arc;

use sunstone::codec::percent;
use sunstone::http::target::{BadTarget, Pairs, segments};
use sunstone::http::{Limits, Method, Parser, Request, Step, Version};

fn read(bytes: &[u8]) -> Request {
    match Parser::new(Arc::new(Limits::default())).read(bytes) {
        Step::Request { request, .. } => request,
        other => panic!("expected a request, found {other:?}"),
    }
}

fn get(target: &str) -> Request {
    Request::builder(Method::Get, target).build().expect("the target is good")
}

/// RFC 9110, section 5.1: names have no case; section 5.3: the first line of a name, or all members of all of them.
#[test]
fn fields_are_found_by_name() {
    let request = read(
        b"GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html, ,*/*;q=0.1\r\nX-One: \t1 \r\naccept:\ta/b\r\nX-Odd: S\xe3o\r\n\r\n",
    );
    assert_eq!(request.header("ACCEPT"), Some("text/html, ,*/*;q=0.1"));
    assert_eq!(request.list("accept").collect::<Vec<_>>(), ["text/html", "*/*;q=0.1", "a/b"]);
    assert_eq!(request.header("x-one"), Some("1"));
    assert_eq!(request.header("x-on"), None);
    assert_eq!(request.header("x-odd"), Some("\u{fffd}"), "neither absent nor equal to anything");
    assert_eq!(request.header_bytes("x-odd"), Some(&b"S\xe3o"[..]));
    let names: Vec<_> = request.headers().map(|(name, _)| name).collect();
    assert_eq!(names, ["Host", "Accept", "X-One", "accept", "X-Odd"]);
}

/// RFC 9110, sections 8.3 and 8.4.
#[test]
fn the_type_and_the_coding_of_a_body() {
    let of = |name: &str, value: &str| {
        Request::builder(Method::Post, "/").header(name, value).build().expect("the field line is good")
    };
    assert_eq!(of("content-type", "Application/JSON ; charset=utf-8").media_type(), Some("Application/JSON"));
    assert_eq!(of("Content-Type", "text/plain").content_type(), Some("text/plain"));
    assert_eq!(get("/").media_type(), None);
    assert!(of("Content-Encoding", "gzip").is_encoded());
    assert!(!of("Content-Encoding", "Identity").is_encoded());
    assert!(!get("/").is_encoded());
}

/// RFC 9110, section 7.8: an upgrade is asked for in `Connection`.
#[test]
fn upgrades_are_seen() {
    let upgrade =
        b"GET /_/rpc HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n";
    assert!(read(upgrade).wants_upgrade());
    assert!(!read(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n").wants_upgrade());
}

/// RFC 3986, section 3.3: segments are split first and decoded once.
#[test]
fn segments_of_a_path() {
    let of = |path: &str| get(path).segments().map(String::from).collect::<Vec<_>>();
    assert_eq!(of("/"), [""; 0]);
    assert_eq!(of("/a"), ["a"]);
    assert_eq!(of("/a/"), ["a"], "a slash at the end makes no difference");
    assert_eq!(of("/a//b"), ["a", "", "b"]);
    assert_eq!(of("//"), [""]);
    assert_eq!(of("/a%2Fb/c%20d+e/%252e"), ["a/b", "c d+e", "%2e"]);
    assert_eq!(of("/caf%C3%A9?x=/y"), ["café"]);
    assert_eq!(segments("/%2").err(), Some(BadTarget::Escape));
    assert_eq!(segments("/%ff").err(), Some(BadTarget::NotText));
    assert_eq!(segments("/%00").err(), Some(BadTarget::Nul));
    assert_eq!(segments("/%5c").err(), Some(BadTarget::Backslash));
    assert_eq!(segments("/%2E").err(), Some(BadTarget::DotSegment));
}

/// The form encoding of queries (WHATWG URL, section 5).
#[test]
fn pairs_of_a_query() {
    let of = |query| {
        Pairs::new(query).map(|pair| pair.map(|(a, b)| format!("{a}={b}"))).collect::<Result<Vec<_>, _>>()
    };
    assert_eq!(of(""), Ok(vec![]));
    assert_eq!(of("a=1&b=2"), Ok(vec!["a=1".into(), "b=2".into()]));
    assert_eq!(of("&&a&=b&c=&"), Ok(vec!["a=".into(), "=b".into(), "c=".into()]));
    assert_eq!(of("a+b=c+%2B%26%3d=d"), Ok(vec!["a b=c +&==d".into()]));
    assert_eq!(of("price.gte=10&_sort=-price"), Ok(vec!["price.gte=10".into(), "_sort=-price".into()]));
    assert_eq!(of("a=100%"), Err(BadTarget::Escape));
    assert_eq!(of("%ff=1"), Err(BadTarget::NotText));
    assert_eq!(get("/?a=b").pairs().count(), 1);
    assert_eq!(get("/").pairs().count(), 0);
    assert_eq!(get("/?").query(), Some(""));
}

/// RFC 3986, section 2.1.
#[test]
fn escapes() {
    assert_eq!(percent::decode("%41%62c").as_deref(), Ok("Abc"));
    assert_eq!(percent::decode_form("%2B+").as_deref(), Ok("+ "));
    for bad in ["%", "%4", "a%4g", "%%41", "%4%31", "%é0"] {
        assert!(percent::decode(bad).is_err(), "{bad}");
    }
    assert_eq!(percent::decode("ab%zz").map_err(|bad| bad.at()), Err(2));
    assert_eq!(percent::encode("a/b c~é"), "a%2Fb%20c~%C3%A9");
    assert_eq!(percent::decode(&percent::encode("a/b c~é%+\0")).as_deref(), Ok("a/b c~é%+\0"));
}

/// A request of the program's own is held to the same rules.
#[test]
fn built_requests() {
    let request = Request::builder(Method::Patch, "/todos/7?x=1")
        .header("If-Match", "\"3\"")
        .body("{}")
        .build()
        .expect("all of it is good");
    assert_eq!((request.method(), request.version()), (Method::Patch, Version::Http11));
    assert_eq!(
        (request.path(), request.query(), request.host()),
        ("/todos/7", Some("x=1"), Some("localhost"))
    );
    assert_eq!(request.header("if-match"), Some("\"3\""));
    assert_eq!(request.body, b"{}");
    assert_eq!(format!("{request:?}"), "PATCH /todos/7 (2 fields, 2 bytes of body)");

    let host = Request::builder(Method::Get, "/").header("host", "b.example").build().expect("one host");
    assert_eq!(host.host(), Some("b.example"));

    let status = |builder: sunstone::http::Builder| builder.build().map_err(|refusal| refusal.status());
    for target in ["", "x", "/ HTTP/1.1\r\nX: y", "/\r\n\r\n", "/../", "/a b", "/é"] {
        assert_eq!(status(Request::builder(Method::Get, target)).err(), Some(400), "{target}");
    }
    for (name, value) in [("X Y", "z"), ("X", "z\r\nY: 1"), ("X", "z\n"), ("", "z"), ("X:", "z"), ("X", "\0")]
    {
        assert_eq!(
            status(Request::builder(Method::Get, "/").header(name, value)).err(),
            Some(400),
            "{name}: {value}"
        );
    }
    let long = "x".repeat(70_000);
    assert_eq!(status(Request::builder(Method::Get, "/").header("X", &long)).err(), Some(431));
}

/// A request goes to other threads and waits there.
#[test]
fn a_request_is_owned() {
    fn owned<T: Send + Sync + 'static>() {}
    owned::<Request>();
    owned::<sunstone::http::Response>();
    owned::<Parser>();
    assert!(size_of::<Request>() <= 128, "{}", size_of::<Request>());
}
