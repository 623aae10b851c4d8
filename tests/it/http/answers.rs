//! Answers on the wire.

use std::sync::Arc;

use sunstone::error::{Error, FieldError};
use sunstone::http::header::{ALLOW, ETAG, LOCATION};
use sunstone::http::{
    BadHeader, Body, Framing, HeaderName, HeaderValue, Limits, Method, Methods, Parser, Response, Step,
    Version, date, reason,
};

const STAYS: Framing = Framing { keep_alive: true, ..Framing::CLOSING };

fn wire(response: &Response, framing: Framing) -> String {
    let mut out = b"before".to_vec();
    response.write_to(&mut out, &date(784_111_777), framing);
    let text = String::from_utf8(out).expect("these answers are text");
    text.strip_prefix("before").expect("an answer is put behind what is there").replace("\r\n", "\n")
}

/// RFC 9112, section 4; RFC 9110, sections 6.6.1 and 8.6.
#[test]
fn an_answer_states_its_length_and_date() {
    let response = Response::json(200, b"[1]".to_vec()).with_seq(18_446_744_073_709_551_615);
    let expected = "HTTP/1.1 200 OK\n\
                    Content-Type: application/json\n\
                    X-Content-Type-Options: nosniff\n\
                    Content-Length: 3\n\
                    Date: Sun, 06 Nov 1994 08:49:37 GMT\n\
                    Sunstone-Seq: 18446744073709551615\n\
                    \n\
                    [1]";
    assert_eq!(wire(&response, STAYS), expected);
}

/// RFC 9110, section 9.3.2: the head of an answer to HEAD is that of GET.
#[test]
fn an_answer_to_head_has_no_body() {
    let response = Response::text(200, "hello").with_header(ETAG, HeaderValue::from_static("\"7\""));
    let whole = wire(&response, STAYS);
    let head = wire(&response, Framing { head_only: true, ..STAYS });
    assert_eq!(whole, format!("{head}hello"));
    assert!(head.contains("Content-Length: 5\n") && head.ends_with("ETag: \"7\"\n\n"), "{head}");
}

/// RFC 9110, sections 8.6, 15.3.5, 15.3.6 and 15.4.5: these have no body, whatever they were given.
#[test]
fn statuses_without_a_body() {
    for (status, length) in [(101, None), (204, None), (205, Some("Content-Length: 0\n")), (304, None)] {
        let mut response = Response::empty(status);
        response.body = Body::Static(b"not sent");
        let text = wire(&response, STAYS);
        assert!(text.ends_with("\n\n") && !text.contains("nosniff"), "{text}");
        assert_eq!(text.contains("Content-Length"), length.is_some(), "{text}");
        assert!(length.is_none_or(|line| text.contains(line)), "{text}");
    }
    let empty = wire(&Response::empty(200), STAYS);
    assert!(empty.contains("Content-Length: 0\n") && !empty.contains("nosniff"), "{empty}");
}

/// RFC 9112, section 9.3: what the connection does is said when it is not what the client's version takes for granted.
#[test]
fn the_connection_is_spoken_of() {
    let line = |response: Response, keep_alive, version| {
        let framing = Framing { head_only: false, keep_alive, version };
        let text = wire(&response, framing);
        assert_eq!(response.closes(framing), text.contains("Connection: close\n"));
        text.lines().find_map(|line| line.strip_prefix("Connection: ").map(str::to_owned)).unwrap_or_default()
    };
    let plain = || Response::empty(200);
    assert_eq!(line(plain(), true, Version::Http11), "");
    assert_eq!(line(plain(), false, Version::Http11), "close");
    assert_eq!(line(plain(), true, Version::Http10), "keep-alive");
    assert_eq!(line(plain(), false, Version::Http10), "close");
    assert_eq!(line(plain().closing(), true, Version::Http11), "close");
    assert_eq!(line(plain().closing(), true, Version::Http10), "close");
}

/// RFC 9110, section 5.5: nothing that ends a line can be put into a field.
#[test]
fn fields_cannot_be_split() {
    for at in 0..3 {
        for bad in ["\r", "\n", "\0", "\x1b", "\x7f"] {
            let mut value = "abc".to_owned();
            value.insert_str(at, bad);
            assert_eq!(HeaderValue::new(value), Err(BadHeader::Value { at }));
        }
    }
    assert!(HeaderValue::new("a\tb é").is_ok());
    for (name, at) in [("", 0), ("a b", 1), ("a:", 1), ("a\r\n", 1), ("é", 0)] {
        assert_eq!(HeaderName::new(name), Err(BadHeader::Name { at }), "{name}");
    }
    for name in [
        "Content-Length",
        "transfer-encoding",
        "CONNECTION",
        "Date",
        "Sunstone-Seq",
        "X-Content-Type-Options",
    ] {
        assert_eq!(HeaderName::new(name), Err(BadHeader::Owned), "{name}");
    }
}

/// RFC 9110, section 8.3: the last word about the type of the body is the only one.
#[test]
fn one_content_type() {
    let name = HeaderName::new("content-TYPE").expect("a program may set it");
    let response = Response::text(200, "<p>").with_header(name, HeaderValue::from_static("text/html"));
    let text = wire(&response, STAYS);
    assert_eq!(text.matches("ontent-Type").count(), 2, "{text}");
    assert!(text.contains("\nContent-Type: text/html\nX-Content-Type-Options: nosniff\n"), "{text}");
    assert_eq!(response.header("Content-Type").map(HeaderValue::as_bytes), Some(&b"text/html"[..]));
}

/// RFC 9110, section 10.2.1: `Allow` lists what is answered.
#[test]
fn allow() {
    let of_path = Methods::new().with(Method::Get).with(Method::Delete);
    let options = Response::options(of_path);
    assert_eq!(options.status, 204);
    assert_eq!(options.header("allow").map(HeaderValue::as_bytes), Some(&b"GET, HEAD, DELETE, OPTIONS"[..]));
    let refused = Response::method_not_allowed(Method::Get, Methods::new().with(Method::Post));
    let text = wire(&refused, STAYS);
    assert!(
        text.starts_with("HTTP/1.1 405 Method Not Allowed\n") && text.contains("Allow: POST, OPTIONS\n"),
        "{text}"
    );
    assert!(text.ends_with(r#""status":405,"detail":"expected one of POST, OPTIONS, found GET"}"#), "{text}");
    assert!(HeaderName::new("allow").is_ok_and(|name| name.is(ALLOW.as_str())));
}

/// RFC 9457, section 3.
#[test]
fn problem_documents() {
    let error = Error::invalid("two values \"break\" a rule\n").with_fields(vec![
        FieldError { field: "items[3].title".into(), detail: "expected 1 to 200 characters, found 0".into() },
        FieldError { field: String::new(), detail: "\\ \u{1} é".into() },
    ]);
    let response = Response::problem(&error);
    assert_eq!(response.status, 422);
    assert_eq!(
        response.header("content-type").map(HeaderValue::as_bytes),
        Some(&b"application/problem+json"[..])
    );
    let expected = concat!(
        r#"{"type":"invalid","title":"a value breaks a rule","status":422,"detail":"two values \"break\" a rule\n","#,
        r#""errors":[{"field":"items[3].title","detail":"expected 1 to 200 characters, found 0"},"#,
        r#"{"field":"","detail":"\\ \u0001 é"}]}"#
    );
    assert_eq!(String::from_utf8_lossy(response.body.as_bytes()), expected);
}

/// What a fault of the program says is for the log alone.
#[test]
fn faults_stay_inside() {
    let error = Error::internal("password: hunter2")
        .with_fields(vec![FieldError { field: "secret".into(), detail: "hunter2".into() }]);
    let body = Response::problem(&error).body;
    let expected = r#"{"type":"internal","title":"the program has a fault","status":500}"#;
    assert_eq!(String::from_utf8_lossy(body.as_bytes()), expected);
}

/// A refusal is a problem document, and the connection closes.
#[test]
fn refusals_are_answered() {
    let Step::Refuse(refusal) = Parser::new(Arc::new(Limits::default())).read(b"BREW / HTTP/1.1\r\n") else {
        panic!("BREW is not known")
    };
    let text = wire(&refusal.response(), refusal.framing());
    assert!(
        text.starts_with("HTTP/1.1 501 Not Implemented\nContent-Type: application/problem+json\n"),
        "{text}"
    );
    assert!(text.contains("\nConnection: close\n"), "{text}");
    assert!(
        text.ends_with(r#""detail":"expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}"#),
        "{text}"
    );
}

/// RFC 9112, section 4: a status without a known reason has an empty one.
#[test]
fn statuses_and_reasons() {
    assert!(wire(&Response::empty(299), STAYS).starts_with("HTTP/1.1 299 \n"));
    assert!(wire(&Response::empty(7), STAYS).starts_with("HTTP/1.1 100 \n"));
    assert_eq!(reason(404), "Not Found");
    assert_eq!(reason(299), "");
    let moved = Response::empty(303).with_header(LOCATION, HeaderValue::from_static("/todos/7"));
    assert!(wire(&moved, STAYS).contains("\nLocation: /todos/7\n"));
}

/// A large body can be sent from where it lies.
#[test]
fn the_head_alone() {
    let response =
        Response::new(200, HeaderValue::from_static("image/png"), Body::Shared(Arc::from(vec![7; 70_000])));
    let (mut head, mut whole) = (Vec::new(), Vec::new());
    response.write_head(&mut head, &date(0), STAYS);
    response.write_to(&mut whole, &date(0), STAYS);
    head.extend_from_slice(response.sent_body());
    assert_eq!(head, whole);
}
