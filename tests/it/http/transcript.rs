//! Transcripts: bytes, and everything that is read of them.
//!
//! A case is one or more lines behind `> `, put together, and what is read of them in lines behind `< `. In the bytes `\r
//! \n \t \0 \\ \xNN` are escapes and `{100*ab}` repeats. A line behind `#` names the section that the cases below it are
//! about. Each case is read as a whole, cut in two at every place, and byte by byte.

use std::sync::Arc;

use sunstone::http::Limits;

use super::drive::{self, without_waits};

/// Longer cases are cut in two only near their ends and every so many bytes.
const CUT_EVERYWHERE_BYTES: usize = 600;

#[test]
fn the_request_line() {
    hold(include_str!("request_line.txt"));
}

#[test]
fn field_lines() {
    hold(include_str!("field_lines.txt"));
}

#[test]
fn host() {
    hold(include_str!("host.txt"));
}

#[test]
fn framing() {
    hold(include_str!("framing.txt"));
}

#[test]
fn chunks() {
    hold(include_str!("chunks.txt"));
}

#[test]
fn persistence() {
    hold(include_str!("persistence.txt"));
}

#[test]
fn expectations() {
    hold(include_str!("expectations.txt"));
}

#[test]
fn sizes() {
    hold(include_str!("sizes.txt"));
}

#[test]
fn paths() {
    hold(include_str!("paths.txt"));
}

struct Case {
    line: usize,
    bytes: Vec<u8>,
    expected: Vec<String>,
}

fn hold(text: &str) {
    let limits = Arc::new(Limits::default());
    let mut report = String::new();
    for case in cases(text) {
        let found = drive::read(&case.bytes, &[], &limits);
        if found != case.expected {
            report.push_str(&format!("line {}:\n", case.line));
            report.extend(found.iter().map(|line| format!("< {line}\n")));
        }
        hold_cuts(&case, &found, &limits);
    }
    assert!(report.is_empty(), "read otherwise than written down:\n{report}");
}

/// The same bytes in pieces give the same, but that a client may be seen to wait.
fn hold_cuts(case: &Case, whole: &[String], limits: &Arc<Limits>) {
    let length = case.bytes.len();
    let whole = without_waits(whole.to_vec());
    let step = length / CUT_EVERYWHERE_BYTES + 1;
    let near_the_end = length.saturating_sub(8)..length;
    for cut in (0..length).step_by(step).chain(near_the_end) {
        let found = without_waits(drive::read(&case.bytes, &[cut], limits));
        assert_eq!(found, whole, "the case of line {}, cut at {cut}", case.line);
    }
    let all: Vec<usize> = (0..length).collect();
    let found = without_waits(drive::read(&case.bytes, &all, limits));
    assert_eq!(found, whole, "the case of line {}, byte by byte", case.line);
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        match line.split_at_checked(2) {
            Some(("> ", bytes)) => match cases.last_mut() {
                Some(case) if case.expected.is_empty() => case.bytes.extend(unescape(bytes)),
                _ => cases.push(Case { line: n + 1, bytes: unescape(bytes), expected: Vec::new() }),
            },
            Some(("< ", expected)) => {
                let case = cases.last_mut().expect("a transcript begins with bytes");
                case.expected.push(expected.to_owned());
            }
            Some(("# ", _)) | None => {}
            Some(_) => panic!("line {}: neither bytes nor what is read of them", n + 1),
        }
    }
    cases
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '{' => {
                let (repeat, behind) = rest.split_once('}').expect("a { has its }");
                let (times, what) = repeat.split_once('*').expect("what is repeated stands behind *");
                bytes.extend(unescape(what).repeat(times.parse().expect("a number before *")));
                rest = behind;
            }
            '\\' => {
                let (byte, length) = escape(rest);
                bytes.push(byte);
                rest = &rest[length..];
            }
            _ => bytes.extend(first.to_string().bytes()),
        }
    }
    bytes
}

fn escape(rest: &str) -> (u8, usize) {
    match rest.as_bytes() {
        [b'r', ..] => (b'\r', 1),
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'0', ..] => (0, 1),
        [b'\\', ..] => (b'\\', 1),
        [b'x', _, _, ..] => (u8::from_str_radix(&rest[1..3], 16).expect("two hexadecimal digits"), 3),
        _ => panic!("an unknown escape: {rest}"),
    }
}
