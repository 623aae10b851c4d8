//! `call`: one method, by name, of the running server or on the files.

use super::flags::Given;
use super::output::print;
use super::values::{element, json_of};
use super::{Command, DATA, Exit, Run, control, data_of, keeps_something, usage};
use crate::api::{Endpoint, Input, Kind};
use crate::app::{CONTROL, Declared, Fault, Opened, open};
use crate::codec::json::{Json, Writer, decode};
use crate::http::{Method, Request, Response};
use crate::model::{MemberInfo, Shape, TypeBody};
use crate::stdx::clock::{Clock, SystemClock};
use crate::stdx::nearest::nearest;
use std::sync::Arc;

pub(super) const COMMAND: Command = Command {
    name: "call",
    operands: "NAME [KEY=VALUE ...]",
    about: "calls a method: of the running server, else on the files",
    more: "\
A value is typed by what the argument is: `title=milk`, `done=true`, `tags='[\"a\"]'`. KEY:=JSON gives any JSON, null too.
An argument that is a list can be given several times. Where one argument takes the whole body, its fields can be given
as they are. The result is printed as JSON; a refusal is said on stderr, with exit status 1. `routes` lists the methods.",
    flags: &[DATA],
    run: Run::Takes(run),
};

fn run(mut declared: Declared, given: &Given) -> Result<Exit, Fault> {
    let Some((name, pairs)) = given.words.split_first() else {
        return Err(usage("call: expected the name of a method; `routes` lists them".to_owned()));
    };
    let endpoints = declared.endpoints.list();
    let Some(endpoint) = endpoints.iter().find(|endpoint| endpoint.name() == name) else {
        return Err(usage(match nearest(name, endpoints.iter().map(Endpoint::name)) {
            Some(near) => format!("there is no method {name}; the nearest is {near}"),
            None => format!("there is no method {name}; `routes` lists them"),
        }));
    };
    let params = params(endpoint, pairs)?;
    keeps_something(&declared, given)?;
    let kind = endpoint.kind();
    declared.data = data_of(&declared, given);
    let outcome = match asked(&declared, name, &params)? {
        Some(outcome) => outcome,
        None => {
            if kind == Kind::Plain {
                // It has no state to look at: no file is touched for it.
                declared.keeps_state = false;
                declared.seed = None;
            }
            let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
            // What only looks makes no journal where none is.
            let opened = open(declared, kind != Kind::Query, &clock)?;
            let outcome = called(&opened, name, &params);
            opened.engine().stop();
            outcome
        }
    };
    match outcome {
        Ok(result) => print(&result),
        Err(problem) => Err(Fault { words: in_words(name, &problem), exit: Exit::REFUSED }),
    }
}

/// The result of a call, or a problem document.
type Outcome = Result<String, Json>;

/// Calls on the running server; none: there is none.
fn asked(declared: &Declared, name: &str, params: &[u8]) -> Result<Option<Outcome>, Fault> {
    if !declared.keeps_state {
        return Ok(None);
    }
    let mut w = Writer::new();
    w.begin_object();
    w.field("jsonrpc", "2.0");
    w.field("id", &1_u64);
    w.field("method", name);
    w.key("params");
    w.raw(params);
    w.end_object();
    let Some(answer) = control::ask(&declared.data.join(CONTROL), w.bytes())? else { return Ok(None) };
    let answer: Json = decode(&answer).map_err(|errors| Fault {
        words: format!("the server's answer is no JSON: {errors}"),
        exit: Exit::UNAVAILABLE,
    })?;
    if let Some(result) = answer.get("result") {
        return Ok(Some(Ok(result.to_string())));
    }
    let problem = answer.get("error").and_then(|error| error.get("data"));
    Ok(Some(Err(problem.cloned().unwrap_or_default())))
}

/// Calls on the files.
fn called(opened: &Opened, name: &str, params: &[u8]) -> Outcome {
    let request = Request::builder(Method::Post, "/_/rpc").build();
    let request = request.expect("a path without anything around it is a request");
    let ended = opened.gateway.call_by_name(name, Input::object(params), &request);
    let ended = ended.expect("the method was found by its name before");
    let refused = ended.ticket.and_then(|ticket| opened.engine().refusal(opened.engine().wait(ticket)));
    match refused.map_or(ended.result, Err) {
        Ok(json) => {
            Ok(json.map_or_else(|| "null".to_owned(), |json| String::from_utf8_lossy(&json).into_owned()))
        }
        Err(error) => Err(decode(Response::problem(&error).body.as_bytes()).unwrap_or_default()),
    }
}

/// A problem document (RFC 9457) as people read it.
fn in_words(name: &str, problem: &Json) -> String {
    let text = |json: &Json, key| json.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let (title, detail) = (text(problem, "title"), text(problem, "detail"));
    let words = if detail.is_empty() { title } else { detail };
    let status = problem.get("status").and_then(Json::as_u64).unwrap_or_default();
    let mut lines = format!("{name}: {words} ({status} {})", text(problem, "type"));
    for error in problem.get("errors").and_then(Json::as_array).unwrap_or_default() {
        let (field, detail) = (text(error, "field"), text(error, "detail"));
        // The place is one in a document that nobody has seen.
        let detail = detail.split_once(" (line ").map_or(detail.as_str(), |(detail, _)| detail);
        lines.push_str(&if field.is_empty() {
            format!("\n  {detail}")
        } else {
            format!("\n  {field}: {detail}")
        });
    }
    lines
}

/// One object: the members with what was given for them.
struct Object {
    members: &'static [MemberInfo],
    values: Vec<(&'static str, Vec<Vec<u8>>)>,
}

impl Object {
    fn new(members: &'static [MemberInfo]) -> Self {
        Self { members, values: Vec::new() }
    }

    fn member(&self, key: &str) -> Option<&'static MemberInfo> {
        self.members.iter().find(|member| member.name == key && !member.flags.internal)
    }

    fn put(&mut self, member: &'static MemberInfo, value: &str, is_json: bool) -> Result<(), Fault> {
        let shape = member.shape.map(|shape| shape());
        let known = self.values.iter_mut().find(|(name, _)| *name == member.name);
        if is_json {
            decode::<Json>(value.as_bytes())
                .map_err(|errors| usage(format!("{}:= expected JSON: {errors}", member.name)))?;
        }
        // A list in JSON is the whole; anything else is one of its elements.
        let of = shape.as_ref().and_then(element).filter(|_| !is_json && !value.starts_with('['));
        let json = if is_json { value.as_bytes().to_vec() } else { json_of(of.or(shape.as_ref()), value) };
        match (known, of) {
            (Some((_, elements)), Some(_)) => elements.push(json),
            (Some((name, _)), None) => return Err(usage(format!("{name} is given twice"))),
            (None, Some(_)) => self.values.push((member.name, vec![b"[".to_vec(), json])),
            (None, None) => self.values.push((member.name, vec![json])),
        }
        Ok(())
    }

    /// Writes it. What was given as elements has a bracket before them.
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        for (name, parts) in &self.values {
            w.key(name);
            match parts.split_first() {
                Some((first, elements)) if first == b"[" => {
                    w.begin_array();
                    for json in elements {
                        w.element();
                        w.raw(json);
                    }
                    w.end_array();
                }
                _ => parts.iter().for_each(|json| w.raw(json)),
            }
        }
        w.end_object();
    }
}

/// What every query takes beside its arguments: which page of its rows.
const PAGE: [&str; 2] = ["_limit", "_after"];

/// The arguments as an object.
fn params(endpoint: &Endpoint, pairs: &[String]) -> Result<Vec<u8>, Fault> {
    let mut arguments = Object::new(endpoint.args().map_or(&[], |args| args.members));
    let body = endpoint.body().and_then(|name| arguments.member(name));
    let mut fields = Object::new(match body.and_then(|body| body.shape).map(|shape| shape()) {
        Some(Shape::Named(info)) if info().body == TypeBody::Record => info().members,
        _ => &[],
    });
    for pair in pairs {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| usage(format!("expected KEY=VALUE, found `{pair}`")))?;
        let (key, is_json) = key.strip_suffix(':').map_or((key, false), |key| (key, true));
        if let Some(member) = arguments.member(key) {
            arguments.put(member, value, is_json)?;
        } else if let Some(member) = fields.member(key) {
            fields.put(member, value, is_json)?;
        } else if let Some(name) = PAGE.into_iter().find(|name| *name == key) {
            arguments.values.push((name, vec![crate::codec::json::encode(value)]));
        } else {
            let known = arguments.members.iter().chain(fields.members).map(|member| member.name);
            return Err(no_argument(endpoint.name(), key, known));
        }
    }
    if let (Some(body), false) = (body, fields.values.is_empty()) {
        if arguments.values.iter().any(|(name, _)| *name == body.name) {
            return Err(usage(format!("{} is given twice, once in parts", body.name)));
        }
        let mut w = Writer::new();
        fields.write(&mut w);
        arguments.values.push((body.name, vec![w.into_bytes()]));
    }
    let mut w = Writer::new();
    arguments.write(&mut w);
    Ok(w.into_bytes())
}

fn no_argument<'k>(method: &str, key: &str, known: impl Iterator<Item = &'k str> + Clone) -> Fault {
    usage(match nearest(key, known.clone()) {
        Some(near) => format!("{method} has no argument {key}; the nearest is {near}"),
        None if known.clone().next().is_none() => format!("{method} takes no arguments, found {key}"),
        None => {
            format!("{method} has no argument {key}, it has {}", known.collect::<Vec<_>>().join(", "))
        }
    })
}
