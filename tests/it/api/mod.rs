//! Requests to the methods of a program, without sockets: what comes in by path, query and body, and each answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod arguments;
mod calls;
mod failures;
mod forgotten;
mod journal;
mod order;
mod paging;
mod routes;

use crate::rig::{NOW_MS, program_with};
use std::fmt::Write as _;
use std::sync::Arc;
use sunstone::api::{Endpoints, Gateway};
use sunstone::http::{Method, Request, Response};
use sunstone::journal::{MemoryDirectory, Options, Ticket};
use sunstone::net::{Instead, Peer, Reply, Service, Settled};
use sunstone::prelude::*;
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;
use sunstone::store::{self, Opening, Standing};

#[Model]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Task {
    #[key]
    pub(crate) id: Id<Task>,
    #[check(length = 1..=20)]
    pub(crate) title: String,
    #[index]
    pub(crate) done: bool,
    #[unique]
    pub(crate) slug: Option<String>,
    #[secret]
    pub(crate) pin: u16,
    pub(crate) parent: Option<Id<Task>>,
}

#[Data(strict)]
#[derive(Clone)]
pub(crate) struct Move {
    #[check(range = 0..=99)]
    x: u8,
    #[check(range = 0..=99)]
    y: u8,
    #[default(false)]
    quick: bool,
}

#[Data]
pub(crate) struct Edit {
    title: Option<String>,
    done: Option<bool>,
    lines: Option<Vec<Move>>,
}

pub(crate) struct Tasks {
    greeting: &'static str,
}

#[Api("/tasks")]
impl Tasks {
    /// Adds one.
    #[post("/", status = 201)]
    fn add(
        tx: &mut Tx,
        #[check(length = 1..=20)] title: String,
        slug: Option<String>,
        #[default(7)] pin: u16,
        parent: Option<Id<Task>>,
    ) -> Result<Task> {
        let id = tx.next_id();
        tx.insert(Task { id, title, done: false, slug, pin, parent })
    }

    /// Those that are open, or done.
    #[get("/")]
    fn list(view: &View, done: Option<bool>) -> Rows<'_, Task> {
        match done {
            Some(done) => view.find(Task::DONE.is(done)),
            None => view.all(),
        }
    }

    /// By title, the last one first.
    #[get("/titles")]
    fn titles(view: &View) -> Rows<'_, Task> {
        view.all().sort_down(Task::TITLE)
    }

    #[get("/{id}")]
    fn one(view: &View, id: Id<Task>) -> Result<Task> {
        view.get(id).cloned()
    }

    #[put("/{id}")]
    fn edit(tx: &mut Tx, id: Id<Task>, body: Edit) -> Result<Task> {
        assert!(body.lines.is_none(), "lines are read and never sent");
        tx.update(id, |task| {
            task.title = body.title.unwrap_or_default();
            task.done = body.done.unwrap_or(task.done);
        })
    }

    #[patch("/{id}")]
    fn finish(tx: &mut Tx, id: Id<Task>) -> Result<Task> {
        tx.update(id, |task| task.done = true)
    }

    #[delete("/{id}")]
    fn remove(tx: &mut Tx, id: Id<Task>) -> Result<()> {
        tx.remove(id).map(drop)
    }

    #[post("/{id}/move")]
    fn go(tx: &mut Tx, id: Id<Task>, body: Move) -> Result<String> {
        let task = tx.get(id)?;
        Ok(format!("{} to {}, {}{}", task.title, body.x, body.y, if body.quick { " quickly" } else { "" }))
    }

    /// What cannot be put right.
    #[post("/{id}/fail")]
    fn fail(tx: &mut Tx, id: Id<Task>, how: String) -> Result<()> {
        tx.update(id, |task| task.title = "spoilt".to_owned())?;
        match how.as_str() {
            "panic" => panic!("in a command, as the test asks"),
            "internal" => Err(Error::internal("a word that stays inside")),
            "conflict" => Err(Error::conflict("it is so")),
            "version" => tx.expect(id, 999),
            _ => Ok(()),
        }
    }

    #[get("/panic")]
    fn panics(_view: &View) -> u8 {
        panic!("in a query, as the test asks")
    }

    #[get("/greet")]
    fn greet(&self, name: Option<String>, #[default(1)] times: u8) -> String {
        let name = name.unwrap_or_else(|| "world".to_owned());
        vec![format!("{} {name}", self.greeting); usize::from(times)].join(", ")
    }

    #[get("/host")]
    fn host(request: &Request) -> Option<String> {
        request.host().map(str::to_owned)
    }

    #[get("/by/{slug}")]
    fn by(view: &View, slug: String) -> Rows<'_, Task> {
        view.find(Task::SLUG.is(slug))
    }

    /// A task: it commits and looks as often as it likes.
    #[post("/import")]
    fn import(store: &Store, count: u32) -> Result<u64> {
        for n in 0..count {
            store.commit(|tx| Self::add(tx, format!("import {n}"), None, 0, None).map(drop))?;
        }
        Ok(store.view().seq())
    }

    /// By name alone.
    fn count(view: &View, done: bool) -> usize {
        view.find(Task::DONE.is(done)).count()
    }
}

/// Methods that answer nothing of interest.
pub(crate) struct Other;

#[Api("/other/", name = "v1.other")]
impl Other {
    #[get("")]
    fn root() -> u8 {
        1
    }

    #[get("/a/{x}/c")]
    fn parameter(x: String) -> String {
        x
    }

    #[post("/a/b/c")]
    fn fixed() {}

    #[get("/sum")]
    fn sum(n: Vec<u8>, #[default(Vec::new())] word: Vec<String>) -> String {
        let words = if word.is_empty() { String::new() } else { format!(" {}", word.join("+")) };
        format!("{}{words}", n.into_iter().map(u32::from).sum::<u32>())
    }

    #[get("/secret")]
    fn secret(
        #[secret]
        #[check(range = 1..=9)]
        pin: u16,
        n: u8,
    ) -> u16 {
        pin + u16::from(n)
    }

    #[get("/at")]
    fn at(time: Time) -> i64 {
        time.unix_ms()
    }

    #[get("/a/b/{y}")]
    fn deep(y: i8) -> i8 {
        y
    }
}

/// A program with an open journal in memory, and who asks it.
pub(crate) struct House {
    pub(crate) gateway: Gateway,
    pub(crate) directory: MemoryDirectory,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) seq: Option<u64>,
    pub(crate) body: String,
    pub(crate) allow: String,
}

impl Answer {
    fn of(response: &Response) -> Self {
        let body = String::from_utf8(response.body.as_bytes().to_vec()).expect("answers are UTF-8");
        let allow =
            response.header("allow").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let allow = allow.unwrap_or_default();
        Self { status: response.status, seq: response.seq, body, allow }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut head = self.status.to_string();
        if let Some(seq) = self.seq {
            write!(head, " @{seq}")?;
        }
        if !self.allow.is_empty() {
            write!(head, " [{}]", self.allow)?;
        }
        write!(f, "{head} {}", self.body)
    }
}

impl House {
    pub(crate) fn new() -> Self {
        let mut endpoints = Endpoints::default();
        endpoints.add(Tasks { greeting: "hello" }).unwrap();
        endpoints.add(Other).unwrap();
        let program = program_with(|models| models.add::<Task>().unwrap(), endpoints.calls());
        let directory = MemoryDirectory::new();
        let opening = Opening {
            directory: Arc::new(directory.clone()),
            clock: Arc::new(ManualClock::new(NOW_MS)),
            random: Arc::new(SeededRandom::new(1)),
            options: Options { ahead_bytes: 64 << 10, ..Options::default() },
            threads: true,
        };
        let loaded = store::open(&program, opening).expect("a sound disk");
        endpoints.number(&loaded.calls);
        let gateway = Gateway::new(loaded.engine, endpoints, loaded.numbers).unwrap();
        Self { gateway, directory }
    }

    /// Sends a request and waits for all that its answer waits for.
    pub(crate) fn send(&self, request: Request) -> Answer {
        self.follow(self.gateway.call(request, &Peer { addr: None, control: false }, None))
    }

    pub(crate) fn follow(&self, reply: Reply) -> Answer {
        match reply {
            Reply::Now(response) => Answer::of(&response),
            Reply::Parked(response, ticket, instead) => match self.settled(ticket) {
                None => Answer::of(&response),
                Some(error) => Answer::of(&refused(&error, instead)),
            },
            Reply::Wait(request, ticket) => {
                self.settled(ticket);
                self.send(request)
            }
            Reply::Pool(job) | Reply::Task(job) => self.follow(job()),
        }
    }

    fn settled(&self, ticket: Ticket) -> Option<Error> {
        assert_ne!(self.gateway.engine().wait(ticket), Standing::Waiting);
        match self.gateway.settled(ticket) {
            Settled::Stored => None,
            Settled::Refused(error) => Some(error),
            Settled::Waiting => unreachable!("it was waited for"),
        }
    }

    /// Asks without a body.
    pub(crate) fn ask(&self, method: Method, target: &str) -> Answer {
        self.send(Request::builder(method, target).build().unwrap())
    }

    pub(crate) fn get(&self, target: &str) -> String {
        self.ask(Method::Get, target).to_string()
    }

    /// Sends JSON.
    pub(crate) fn json(&self, method: Method, target: &str, body: &str) -> String {
        let request = Request::builder(method, target).header("Content-Type", "application/json").body(body);
        self.send(request.build().unwrap()).to_string()
    }

    pub(crate) fn post(&self, target: &str, body: &str) -> String {
        self.json(Method::Post, target, body)
    }

    /// Calls by name.
    pub(crate) fn rpc(&self, body: &str) -> String {
        self.post("/_/rpc", body)
    }
}

/// What leaves in place of an answer that was not stored, as a connection makes it.
pub(crate) fn refused(error: &Error, instead: Option<Instead>) -> Response {
    instead.map_or_else(|| Response::problem(error), |instead| instead(error))
}

impl Drop for House {
    fn drop(&mut self) {
        self.gateway.engine().stop();
    }
}
