//! Drives a parser as a connection does, and writes down what it reads.

use std::sync::Arc;

use sunstone::http::{Limits, Parser, Phase, Request, Step};

/// What is read of `bytes` when they come in pieces that end at `cuts`: a line for each step. A waiting client shows as
/// `continue`, which depends on the pieces; everything else must not.
pub(super) fn read(bytes: &[u8], cuts: &[usize], limits: &Arc<Limits>) -> Vec<String> {
    let mut parser = Parser::new(Arc::clone(limits));
    let mut lines = Vec::new();
    let mut start = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        if !drain(&mut parser, bytes, &mut start, end, &mut lines) {
            return lines;
        }
    }
    match parser.phase() {
        Phase::Idle => assert_eq!(start, bytes.len(), "idle, and yet bytes are left over"),
        Phase::Head => lines.push("... in a head".into()),
        Phase::Body => lines.push("... in a body".into()),
        Phase::Refused => unreachable!("a refusal ends the drive"),
    }
    lines
}

/// Reads what lies from `start` to `end`; false after a refusal.
fn drain(parser: &mut Parser, bytes: &[u8], start: &mut usize, end: usize, lines: &mut Vec<String>) -> bool {
    loop {
        let rest = &bytes[*start..end];
        let before = parser.phase();
        let (consumed, line) = match parser.read(rest) {
            Step::NeedMore { consumed } => {
                assert!(before == Phase::Body || consumed == 0, "a part of a head was consumed");
                assert!(before != Phase::Body || consumed == rest.len(), "a part of a body was left over");
                *start += consumed;
                return true;
            }
            Step::Refuse(refusal) => {
                assert!(
                    matches!(parser.read(rest), Step::Refuse(again) if again == refusal),
                    "a refusal stays"
                );
                assert_eq!(parser.phase(), Phase::Refused);
                lines.push(refusal.to_string());
                return false;
            }
            Step::Head { consumed } => {
                assert!(parser.head().is_some_and(|head| head.body.is_empty()), "a head without its body");
                (consumed, None)
            }
            Step::Continue { consumed } => (consumed, Some("continue".to_owned())),
            Step::Request { request, consumed } => {
                assert_eq!(parser.phase(), Phase::Idle);
                (consumed, Some(show(&request)))
            }
        };
        assert!(consumed <= rest.len(), "{consumed} bytes of {} were consumed", rest.len());
        *start += consumed;
        lines.extend(line);
    }
}

/// The lines without those that depend on the pieces in which the bytes came.
pub(super) fn without_waits(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| line != "continue");
    lines
}

/// One line for a request: all that was read of it.
pub(super) fn show(request: &Request) -> String {
    let mut line = format!("{} {}", request.method(), brief(request.path().as_bytes()));
    if let Some(query) = request.query() {
        line.push('?');
        line.push_str(&brief(query.as_bytes()));
    }
    let rest = if request.keep_alive() { "stays" } else { "closes" };
    let host = request.host().unwrap_or("no host");
    line.push_str(&format!(" {:?} {host} {rest}", request.version()));
    let others: Vec<_> = request.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("host")).collect();
    if others.len() > 10 {
        line.push_str(&format!(" [{} more lines]", others.len()));
    } else {
        line.extend(others.iter().map(|(name, value)| format!(" [{name}={}]", brief(value))));
    }
    if !request.body.is_empty() {
        line.push(' ');
        line.push_str(&brief(&request.body));
    }
    line
}

/// Bytes as text; of many only the first few, and how many they are.
fn brief(bytes: &[u8]) -> String {
    if bytes.len() > 200 {
        return format!("{}...({})", bytes[..8].escape_ascii(), bytes.len());
    }
    bytes.escape_ascii().to_string()
}
