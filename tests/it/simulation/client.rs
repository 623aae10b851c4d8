//! A client: requests that are written in one go and sent in pieces, answers that are held against them in order.

use super::bank::{Digest, Seen};
use std::collections::VecDeque;
use std::fmt::Write as _;
use sunstone::codec::json::{Json, decode};
use sunstone::net::simulated;
use sunstone::stdx::random::Xoshiro;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// A command that changes something, unless it is refused.
    Change,
    /// A command that changes nothing.
    Look,
    /// A command that fails.
    Fail,
    /// A query or a task.
    See,
    /// The same, called by name in a batch.
    SeeTwice,
    /// What does not look at the state.
    Plain,
    /// A query without the body of its answer.
    Head,
    /// A change that is called by name, and one whose answer nobody waits for.
    Call,
    Notify,
    /// What the program does not take.
    Bad,
}

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) kind: Kind,
    pub(crate) stamp: u64,
    /// It was the last one that the connection would take.
    pub(crate) closes: bool,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) seq: Option<u64>,
    pub(crate) body: String,
    pub(crate) closes: bool,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: simulated::Client,
    /// Not yet sent.
    pub(crate) outbox: VecDeque<u8>,
    /// Sent or to be sent, and not answered.
    pub(crate) asked: VecDeque<Asked>,
    inbox: Vec<u8>,
    /// The newest sequence that it was told.
    pub(crate) seq: u64,
    /// It sends nothing further: it was closed, or asked to be.
    pub(crate) ends: bool,
}

impl Connection {
    pub(crate) fn new(client: simulated::Client) -> Self {
        let (outbox, asked, inbox) = (VecDeque::new(), VecDeque::new(), Vec::new());
        Self { client, outbox, asked, inbox, seq: 0, ends: false }
    }

    /// Writes one request.
    pub(crate) fn ask(&mut self, stamp: u64, accounts: u64, random: &mut Xoshiro) {
        let account = |random: &mut Xoshiro| 1 + random.below(accounts);
        let call = |method: &str, params: &str, id: &str| {
            format!("{{\"jsonrpc\": \"2.0\", \"method\": \"bank.{method}\", \"params\": {params}{id}}}")
        };
        let (from, to, amount) = (account(random), account(random), random.below(60));
        let transfer =
            format!("{{\"stamp\": {stamp}, \"from\": {from}, \"to\": {to}, \"amount\": {amount}}}");
        let only = format!("{{\"stamp\": {stamp}}}");
        let id = format!(", \"id\": {stamp}");
        let (kind, method, target, body) = match random.below(22) {
            0..=3 => {
                let text = "x".repeat(usize::try_from(random.below(1500)).expect("a small number"));
                let body = format!("{{\"stamp\": {stamp}, \"text\": \"{text}\"}}");
                (Kind::Change, "POST", "/bank".to_owned(), body)
            }
            4..=8 => (Kind::Change, "POST", "/bank/transfer".to_owned(), transfer),
            9 => (Kind::Change, "DELETE", format!("/bank/{from}?stamp={stamp}"), String::new()),
            10 => (Kind::Look, "POST", "/bank/look".to_owned(), only),
            11 => {
                let body = format!("{{\"stamp\": {stamp}, \"panics\": {}}}", random.one_in(2));
                (Kind::Fail, "POST", "/bank/fail".to_owned(), body)
            }
            12..=13 => (Kind::See, "GET", format!("/bank?stamp={stamp}"), String::new()),
            14 => (Kind::See, "GET", format!("/bank/at-times/?stamp={stamp}"), String::new()),
            15 => (Kind::Plain, "GET", format!("/bank/slowly?stamp={stamp}"), String::new()),
            16 => (Kind::See, "POST", "/bank/report".to_owned(), only),
            17 => (Kind::Head, "HEAD", format!("/bank?stamp={stamp}"), String::new()),
            18 => (Kind::Call, "POST", "/_/rpc".to_owned(), call("transfer", &transfer, &id)),
            19 => (Kind::Notify, "POST", "/_/rpc".to_owned(), call("transfer", &transfer, "")),
            20 => {
                let see = call("see", &only, &id);
                (Kind::SeeTwice, "POST", "/_/rpc".to_owned(), format!("[{see}, {see}]"))
            }
            _ => (Kind::Bad, "POST", "/bank/transfer".to_owned(), "{\"stamp\": }".to_owned()),
        };
        let closes = random.one_in(60);
        self.ends |= closes;
        self.outbox.extend(request(method, &target, &body, closes, random).as_bytes());
        self.asked.push_back(Asked { kind, stamp, closes });
    }

    /// Bytes that came; the next answer, where one is whole.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Option<(Asked, Answer)> {
        self.inbox.extend(bytes);
        loop {
            let head = self.inbox.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
            let text = std::str::from_utf8(&self.inbox[..head]).expect("a head is text").to_owned();
            let status: u16 = text[9..12].parse().expect("a status");
            if status == 100 {
                self.inbox.drain(..head);
                continue;
            }
            let asked = self.asked.front().expect("an answer follows a request");
            let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let length = field("Content-Length:").map_or(0, |length| length.parse().expect("a length"));
            let length = if asked.kind == Kind::Head { 0 } else { length };
            if self.inbox.len() < head + length {
                return None;
            }
            let body = String::from_utf8(self.inbox[head..head + length].to_vec()).expect("a body is text");
            self.inbox.drain(..head + length);
            let seq = field("Sunstone-Seq:").map(|seq| seq.parse().expect("a sequence"));
            let closes = field("Connection:") == Some("close");
            let asked = self.asked.pop_front().expect("it was just looked at");
            return Some((asked, Answer { status, seq, body, closes }));
        }
    }

    /// Has it got a part of an answer?
    pub(crate) fn is_in_answer(&self) -> bool {
        !self.inbox.is_empty()
    }
}

/// A request, its body by length or in chunks.
fn request(method: &str, target: &str, body: &str, closes: bool, random: &mut Xoshiro) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: bank.test\r\n");
    if closes {
        text.push_str("Connection: close\r\n");
    }
    if body.is_empty() {
        return text + "\r\n";
    }
    text.push_str("Content-Type: application/json\r\n");
    if random.one_in(8) {
        text.push_str("Expect: 100-continue\r\n");
    }
    if random.one_in(4) {
        text.push_str("Transfer-Encoding: chunked\r\n\r\n");
        let mut rest = body;
        while !rest.is_empty() {
            let most = rest.len().min(700) as u64;
            let (chunk, behind) =
                rest.split_at(1 + usize::try_from(random.below(most)).expect("a small number"));
            write!(text, "{:x}\r\n{chunk}\r\n", chunk.len()).expect("a text takes all");
            rest = behind;
        }
        return text + "0\r\n\r\n";
    }
    write!(text, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("a text takes all");
    text
}

impl Answer {
    /// The state that it shows, and the request that it answers; with the sequence that it names. Several for a batch.
    pub(crate) fn seen(&self, asked: &Asked) -> Vec<(u64, Seen)> {
        let body =
            || decode::<Json>(self.body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {}", self.body));
        let whole = |json: &Json| decode::<Seen>(json.to_string().as_bytes()).expect("what was seen");
        match (asked.kind, self.status) {
            (Kind::Change | Kind::Look | Kind::See, 200 | 201) => {
                vec![(self.seq.expect("it has looked at the state"), whole(&body()))]
            }
            (Kind::Call | Kind::SeeTwice, 200) => {
                let body = body();
                let answers = body.as_array().map_or_else(|| vec![body.clone()], <[Json]>::to_vec);
                assert_eq!(answers.len(), 1 + usize::from(asked.kind == Kind::SeeTwice));
                let good = answers.iter().filter(|answer| answer.get("error").is_none());
                good.map(|answer| {
                    let seq =
                        answer.get("seq").and_then(Json::as_u64).expect("the sequence beside the result");
                    assert!(Some(seq) <= self.seq, "{self:?}");
                    (seq, whole(answer.get("result").expect("a result or an error")))
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Does it say that the change was not made, and never will be?
    pub(crate) fn says_no(&self, asked: &Asked) -> bool {
        let unknown = self.body.contains("\"outcome-unknown\"");
        match asked.kind {
            Kind::Change | Kind::Fail => self.status >= 400 && !unknown,
            Kind::Call => (self.status >= 400 || self.body.contains("\"error\"")) && !unknown,
            _ => false,
        }
    }

    /// Is it one that such a request may have?
    pub(crate) fn check(&self, asked: &Asked) {
        // A call by name is refused within its answer before it runs, and in place of it after.
        let within = self.body.contains("\"code\":503") || self.body.contains("\"code\":507");
        let refused = match asked.kind {
            Kind::Call if self.status == 200 => within,
            Kind::Notify if self.status == 204 => self.seq.is_none(),
            _ => matches!(self.status, 503 | 507),
        };
        let allowed: &[u16] = match asked.kind {
            Kind::Change => &[200, 201, 404, 409],
            Kind::Fail => &[409, 500],
            Kind::Look | Kind::See | Kind::SeeTwice | Kind::Plain | Kind::Head | Kind::Call => &[200],
            Kind::Notify => &[204],
            Kind::Bad => &[400],
        };
        let changes =
            !matches!(asked.kind, Kind::See | Kind::SeeTwice | Kind::Plain | Kind::Head | Kind::Bad);
        assert!(allowed.contains(&self.status) || refused && changes, "{asked:?}: {self:?}");
        assert_eq!(
            self.seq.is_some(),
            !refused && !matches!(asked.kind, Kind::Plain | Kind::Bad),
            "{asked:?}: {self:?}"
        );
        assert_eq!(self.closes, asked.closes, "{asked:?}: {self:?}");
        // Whose answer it is shows in nearly all of them.
        let shows = match (asked.kind, self.status) {
            (Kind::Head | Kind::Notify | Kind::Bad, _) | (_, 404 | 500 | 503 | 507) => true,
            _ => self.body.contains(&asked.stamp.to_string()),
        };
        assert!(shows, "the answer of another: {asked:?}: {self:?}");
    }
}

/// For the run's own comparison.
pub(crate) fn line(number: usize, asked: &Asked, answer: &Answer) -> String {
    format!("{number} {} {} {:?} {}\n", asked.stamp, answer.status, answer.seq, answer.body)
}

/// An answer's digest as it is kept.
pub(crate) type Known = std::collections::BTreeMap<u64, Digest>;
