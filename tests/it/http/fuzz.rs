//! Well-formed requests, mutated: in pieces they read as they do whole, as the naive reader reads them, and nothing
//! panics.

use std::sync::Arc;

use sunstone::http::Limits;
use sunstone::stdx::random::Xoshiro;

use super::drive::{self, without_waits};
use super::naive::{self, End};

/// Runs of requests in a test run.
const CASES: u64 = 20_000;
/// One run in so many is cut in two at every place; all are read byte by byte, and in a few random pieces.
const CUT_EVERYWHERE_ONE_IN: u64 = 40;

#[test]
fn mutated_requests_read_alike_in_pieces_and_by_the_naive_reader() {
    let limits = Arc::new(Limits::default());
    let (mut accepted, mut refused) = (0u64, 0u64);
    for seed in 0..CASES {
        let mut random = Xoshiro::new(seed);
        let bytes = mutated(&mut random);
        let whole = drive::read(&bytes, &[], &limits);
        let context = || format!("seed {seed}: {}", bytes.escape_ascii());
        hold_naive(&bytes, &whole, &context);
        accepted += whole.iter().filter(|line| is_request(line)).count() as u64;
        refused += u64::from(whole.last().is_some_and(|line| !is_request(line) && !line.starts_with("...")));

        let expected = without_waits(whole);
        let hold_cuts = |cuts: &[usize]| {
            let found = without_waits(drive::read(&bytes, cuts, &limits));
            assert_eq!(found, expected, "cut at {cuts:?}, {}", context());
        };
        hold_cuts(&(0..bytes.len()).collect::<Vec<_>>());
        let mut cuts: Vec<usize> = (0..4).map(|_| below(&mut random, bytes.len() + 1)).collect();
        cuts.sort_unstable();
        hold_cuts(&cuts);
        if random.one_in(CUT_EVERYWHERE_ONE_IN) {
            (0..bytes.len()).for_each(|cut| hold_cuts(&[cut]));
        }
    }
    // Neither would say anything if it were nearly alone.
    assert!(accepted > CASES / 2 && refused > CASES / 4, "{accepted} requests read, {refused} runs refused");
}

/// Bytes that never were a request.
#[test]
fn noise_is_read_without_a_panic() {
    let limits = Arc::new(Limits::default());
    for seed in 0..2_000 {
        let mut random = Xoshiro::new(seed);
        let mut bytes = vec![0; below(&mut random, 200)];
        random.fill(&mut bytes);
        let whole = drive::read(&bytes, &[], &limits);
        let pieces: Vec<usize> = (0..bytes.len()).collect();
        assert_eq!(drive::read(&bytes, &pieces, &limits), whole, "seed {seed}");
    }
}

fn hold_naive(bytes: &[u8], whole: &[String], context: &dyn Fn() -> String) {
    let (requests, end) = naive::read(bytes);
    let found: Vec<&String> = whole.iter().filter(|line| is_request(line)).collect();
    assert!(found.iter().copied().eq(&requests), "found {found:#?}, naively {requests:#?}, {}", context());
    let last = whole.last().filter(|line| !is_request(line)).map_or("", String::as_str);
    let agree = match end {
        End::Clean => last.is_empty(),
        End::Cut => !last.is_empty(),
        End::Refused => !last.is_empty() && !last.starts_with("..."),
    };
    assert!(agree, "found {last:?}, naively {end:?}, {}", context());
}

fn is_request(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_uppercase())
}

fn below(random: &mut Xoshiro, bound: usize) -> usize {
    usize::try_from(random.below(bound.max(1) as u64)).expect("below a usize")
}

fn pick<'a>(random: &mut Xoshiro, of: &[&'a str]) -> &'a str {
    of[below(random, of.len())]
}

/// One to three requests, of which some bytes are not what they were.
fn mutated(random: &mut Xoshiro) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=random.below(3) {
        well_formed(random, &mut bytes);
    }
    for _ in 0..random.below(4) {
        mutate(random, &mut bytes);
    }
    bytes
}

fn well_formed(random: &mut Xoshiro, out: &mut Vec<u8>) {
    let method = pick(random, &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    let target = pick(
        random,
        &[
            "/",
            "/todos",
            "/todos/7?done=true",
            "/a%20b/c.d/%2e%2ex",
            "/x?",
            "http://b.example:80/y?z",
            "https://[::1]",
            "//a/",
        ],
    );
    let version = if random.one_in(5) { "HTTP/1.0" } else { "HTTP/1.1" };
    let mut lines = vec![
        format!("{method} {target} {version}"),
        format!("Host: {}", pick(random, &["a", "a:8080", "[::1]:1"])),
    ];
    for _ in 0..random.below(4) {
        lines.push(
            pick(
                random,
                &[
                    "Connection: keep-alive",
                    "Connection: close, x",
                    "Content-Type: application/json",
                    "accept:*/*",
                    "X-Tab: \ta\tb\t",
                    "X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                    "X-Empty:",
                    "Expect: 100-continue",
                ],
            )
            .to_owned(),
        );
    }
    let body =
        pick(random, &["", "x", "{\"title\":\"milk\"}", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n"]);
    let chunked = version == "HTTP/1.1" && random.one_in(2);
    let body = match (body, chunked) {
        ("", _) => String::new(),
        (_, true) => {
            lines.push("Transfer-Encoding: chunked".into());
            in_chunks(random, body)
        }
        (_, false) => {
            lines.push(format!("Content-Length: {}", body.len()));
            body.to_owned()
        }
    };
    out.extend_from_slice(format!("{}\r\n\r\n{body}", lines.join("\r\n")).as_bytes());
}

fn in_chunks(random: &mut Xoshiro, body: &str) -> String {
    let (first, second) = body.split_at(below(random, body.len() + 1));
    let mut chunks = String::new();
    for chunk in [first, second].into_iter().filter(|chunk| !chunk.is_empty()) {
        let extension = pick(random, &["", "", ";a=b", " ;c=\"d e\""]);
        chunks.push_str(&format!("{:x}{extension}\r\n{chunk}\r\n", chunk.len()));
    }
    chunks + "0\r\n" + pick(random, &["", "", "X-Trailer: 1\r\n"]) + "\r\n"
}

/// Changes something: mostly a byte to one that means something somewhere.
fn mutate(random: &mut Xoshiro, bytes: &mut Vec<u8>) {
    const ODD: &[u8] = b"\r\n\0 \t:;,%./\\?#*@[]\"0159aAfxHT\x7f\x80\xff";
    let at = below(random, bytes.len());
    let byte =
        if random.one_in(4) { random.next_u64().to_le_bytes()[0] } else { ODD[below(random, ODD.len())] };
    match random.below(8) {
        _ if bytes.is_empty() => bytes.push(byte),
        0 | 1 => bytes[at] = byte,
        2 | 3 => bytes.insert(at, byte),
        4 => {
            bytes.remove(at);
        }
        5 => bytes.truncate(at),
        6 => {
            let end = (at + below(random, 24)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = below(random, bytes.len());
            bytes.splice(to..to, copy);
        }
        _ => {
            // A line end becomes half of one.
            let ends: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(b"\r\n")).collect();
            if !ends.is_empty() {
                let end = ends[below(random, ends.len())];
                bytes.remove(end + below(random, 2));
            }
        }
    }
}
