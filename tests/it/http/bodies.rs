//! Bodies: what they may measure by route, what memory they take, and that a trickle is read like a flood.

use std::sync::Arc;

use sunstone::http::{Limits, Parser, Phase, Refusal, Request, Step};

fn parser() -> Parser {
    Parser::new(Arc::new(Limits::default()))
}

/// Reads a head that a body follows; what is left of the bytes.
fn head<'a>(parser: &mut Parser, bytes: &'a [u8]) -> &'a [u8] {
    match parser.read(bytes) {
        Step::Head { consumed } => &bytes[consumed..],
        other => panic!("expected a head with a body to follow, found {other:?}"),
    }
}

fn request(step: Step) -> Request {
    match step {
        Step::Request { request, .. } => request,
        other => panic!("expected a request, found {other:?}"),
    }
}

fn refusal(step: Step) -> Refusal {
    match step {
        Step::Refuse(refusal) => refusal,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

/// RFC 9110, section 15.5.14: the route says what a body may measure, once its head is known and before the body is read.
#[test]
fn a_route_lowers_and_raises_the_limit() {
    let fixed = b"POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345";
    let chunked = b"POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45\r\n0\r\n\r\n";
    for bytes in [&fixed[..], &chunked[..]] {
        for (limit, fits) in [(4, false), (5, true)] {
            let mut parser = parser();
            let rest = head(&mut parser, bytes);
            assert_eq!(parser.head().map(Request::path), Some("/small"));
            parser.limit_body(limit);
            if fits {
                assert_eq!(request(parser.read(rest)).body, b"12345");
            } else {
                assert_eq!(refusal(parser.read(rest)).status(), 413);
            }
        }
    }
    let mut parser = parser();
    let large = b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n";
    head(&mut parser, large);
    parser.limit_body(2_000_000);
    assert!(matches!(parser.read(&[]), Step::NeedMore { consumed: 0 }));
    assert_eq!(request(parser.read(&vec![b'x'; 2_000_000])).body.len(), 2_000_000);
}

/// A limit that a route has set holds for its request alone.
#[test]
fn a_raised_limit_ends_with_its_request() {
    let mut parser = parser();
    head(&mut parser, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
    parser.limit_body(u64::MAX);
    request(parser.read(b"x"));
    head(&mut parser, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");
    assert_eq!(refusal(parser.read(&[])).status(), 413);
}

/// A declared length is a claim: memory is taken for what has come.
#[test]
fn a_declared_length_takes_no_memory() {
    let mut parser = parser();
    head(&mut parser, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    let held = |parser: &Parser| parser.head().map_or(0, |head| head.body.capacity());
    assert!(matches!(parser.read(&[]), Step::NeedMore { .. }));
    assert_eq!(held(&parser), 0);
    assert!(matches!(parser.read(b"x"), Step::NeedMore { consumed: 1 }));
    assert_eq!(held(&parser), 4096);
    let mut parser = self::parser();
    let rest =
        head(&mut parser, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nf4240\r\nx");
    assert!(matches!(parser.read(rest), Step::NeedMore { .. }));
    assert!(held(&parser) < 100);
}

/// RFC 9112, section 6.3: the connection's phases, which its deadlines are about.
#[test]
fn phases() {
    let bytes = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy";
    let mut parser = parser();
    assert_eq!(parser.phase(), Phase::Idle);
    assert!(matches!(parser.read(&bytes[..1]), Step::NeedMore { consumed: 0 }));
    assert_eq!(parser.phase(), Phase::Head);
    let rest = head(&mut parser, bytes);
    assert_eq!(parser.phase(), Phase::Body);
    assert!(matches!(parser.read(&rest[..1]), Step::NeedMore { consumed: 1 }));
    assert_eq!(parser.phase(), Phase::Body);
    assert_eq!(request(parser.read(&rest[1..])).body, b"xy");
    assert_eq!(parser.phase(), Phase::Idle);
    refusal(parser.read(b"\0"));
    assert_eq!(parser.phase(), Phase::Refused);
}

/// A refusal of HEAD has no body to come, of anything else it has.
#[test]
fn a_refused_head_has_no_body() {
    for (bytes, head_only) in [
        (&b"HEAD / HTTP/1.1\r\nHost : a\r\n"[..], true),
        (b"GET / HTTP/1.1\r\nHost : a\r\n", false),
        (b"\0", false),
    ] {
        let refusal = refusal(parser().read(bytes));
        assert_eq!(refusal.framing().head_only, head_only, "{}", bytes.escape_ascii());
        assert!(!refusal.framing().keep_alive);
    }
}

/// Lower limits than the defaults, and a head limit beyond what a head can measure.
#[test]
fn limits_are_what_they_are_set_to() {
    let read = |limits: Limits, bytes: &[u8]| Parser::new(Arc::new(limits)).read(bytes);
    let get = b"GET /abc HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n";
    let with = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    assert_eq!(refusal(read(with(|limits| limits.request_line = 18), get)).status(), 414);
    assert_eq!(request(read(with(|limits| limits.request_line = 19), get)).path(), "/abc");
    assert_eq!(refusal(read(with(|limits| limits.head = get_length() - 1), get)).status(), 431);
    assert_eq!(request(read(with(|limits| limits.head = get_length()), get)).path(), "/abc");
    assert_eq!(refusal(read(with(|limits| limits.fields = 1), get)).status(), 431);
    assert_eq!(request(read(with(|limits| limits.fields = 2), get)).path(), "/abc");

    let mut long = b"GET / HTTP/1.1\r\nHost: a\r\nX: ".to_vec();
    long.resize(65_535 - 4, b'x');
    long.extend_from_slice(b"\r\n\r\n");
    let wide = || with(|limits| limits.head = usize::MAX);
    assert_eq!(request(read(wide(), &long)).header("x").map(str::len), Some(65_535 - 4 - 28));
    long.insert(30, b'x');
    assert_eq!(refusal(read(wide(), &long)).status(), 431);
}

const fn get_length() -> usize {
    b"GET /abc HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n".len()
}
