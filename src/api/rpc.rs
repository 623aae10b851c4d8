//! Calls by name: JSON-RPC 2.0 over `POST /_/rpc` (<https://www.jsonrpc.org/specification>), parameters by name.
//!
//! An answer carries `"seq"` beside `"result"`. An error carries the problem document in `data`; its code is one of the
//! specification's where that has one, else the HTTP status.

use super::gateway::is_json;
use super::{Ended, Gateway, Input, Kind};
use crate::codec::json::{Fields, FromJson, Halt, Kind as JsonKind, Reader, Slot, Writer, encode};
use crate::error::Error;
use crate::http::{Method, Methods, Request, Response};
use crate::journal::Ticket;
use crate::net::{Instead, Reply};
use std::sync::Arc;

/// Where calls by name are answered.
pub(super) const PATH: &str = "/_/rpc";

/// The most calls in a batch.
const BATCH_CALLS_MAX: usize = 1000;

/// Once the answers of a batch take so many bytes, its other calls are not made: a small request cannot ask for a huge answer.
const BATCH_ANSWER_BYTES_MAX: usize = 1 << 20;

const PARSE_ERROR: i64 = -32700;
const INVALID_REQUEST: i64 = -32600;
const METHOD_NOT_FOUND: i64 = -32601;
const INVALID_PARAMS: i64 = -32602;
const INTERNAL_ERROR: i64 = -32603;

/// One call as it came.
#[derive(Debug)]
struct Asked {
    method: String,
    /// An object, encoded, or an array that no method takes; empty for none.
    params: Vec<u8>,
    /// Encoded; none for a notification.
    id: Option<Vec<u8>>,
}

/// A value as it stands in the document.
struct Raw(Vec<u8>);

impl FromJson for Raw {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        r.raw().map(|bytes| Self(bytes.to_vec()))
    }
}

#[derive(Default)]
struct AskedFields {
    version: Slot<String>,
    method: Slot<String>,
    params: Slot<Raw>,
    id: Slot<Raw>,
}

impl Fields for AskedFields {
    fn field(&mut self, name: &str, r: &mut Reader<'_>) -> Result<bool, Halt> {
        match name {
            "jsonrpc" => r.fill(&mut self.version)?,
            "method" => r.fill(&mut self.method)?,
            "params" => match r.peek()? {
                JsonKind::Object | JsonKind::Array => r.fill(&mut self.params)?,
                _ => return Err(r.expected("an object: parameters go by name")),
            },
            "id" => match r.peek()? {
                JsonKind::Null | JsonKind::Number | JsonKind::String => r.fill(&mut self.id)?,
                _ => return Err(r.expected("a string or a number")),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn names(&self) -> &'static [&'static str] {
        &["jsonrpc", "method", "params", "id"]
    }
}

impl FromJson for Asked {
    fn from_json(r: &mut Reader<'_>) -> Result<Self, Halt> {
        let mut fields = AskedFields::default();
        r.object(false, &mut fields)?;
        let version = r.take(fields.version, "jsonrpc", None);
        let method = r.take(fields.method, "method", None);
        if r.failed() {
            return Err(Halt::Invalid);
        }
        let (Some(version), Some(method)) = (version, method) else { return Err(Halt::Invalid) };
        if version != "2.0" {
            return Err(r.reject("jsonrpc: expected \"2.0\""));
        }
        let encoded = |slot| if let Slot::Full(Raw(bytes)) = slot { Some(bytes) } else { None };
        Ok(Self { method, params: encoded(fields.params).unwrap_or_default(), id: encoded(fields.id) })
    }
}

/// A call that cannot be made: the answer that says so.
struct Unasked(Vec<u8>);

/// Reads one call. What is no call is answered without an id, as the specification has it.
fn read_call(json: &[u8]) -> Result<Asked, Unasked> {
    let call = crate::codec::json::decode(json);
    call.map_err(|errors| Unasked(failure(None, INVALID_REQUEST, &errors.into())))
}

/// What stands in a body.
enum Asking {
    One(Result<Asked, Unasked>),
    Batch(Vec<Result<Asked, Unasked>>),
    /// It is no JSON, or an empty batch.
    Nothing(i64, Error),
}

fn read(body: &[u8]) -> Asking {
    let mut reader = Reader::new(body);
    let (mut calls, mut more) = (Vec::new(), false);
    match reader.peek() {
        Ok(JsonKind::Array) => {
            let outcome = reader.array(&mut |r| {
                let call = r.raw()?;
                if calls.len() < BATCH_CALLS_MAX {
                    calls.push(read_call(call));
                } else {
                    more = true;
                }
                Ok(())
            });
            match outcome.map_or_else(|_halt| Err(()), |()| Ok(())) {
                Ok(()) => match reader.finish() {
                    Ok(()) if calls.is_empty() => {
                        Asking::Nothing(INVALID_REQUEST, Error::bad_request("the batch is empty"))
                    }
                    Ok(()) if more => {
                        let words = format!("a batch has at most {BATCH_CALLS_MAX} calls");
                        Asking::Nothing(INVALID_REQUEST, Error::bad_request(words))
                    }
                    Ok(()) => Asking::Batch(calls),
                    Err(errors) => Asking::Nothing(PARSE_ERROR, errors.into()),
                },
                Err(()) => {
                    let errors = reader.errors();
                    let code = if errors.is_syntax() { PARSE_ERROR } else { INVALID_REQUEST };
                    Asking::Nothing(code, errors.into())
                }
            }
        }
        _ => match reader.skip() {
            Ok(()) => match reader.finish() {
                Ok(()) => Asking::One(read_call(body)),
                Err(errors) => Asking::Nothing(PARSE_ERROR, errors.into()),
            },
            Err(_recorded) => Asking::Nothing(PARSE_ERROR, reader.errors().into()),
        },
    }
}

/// Answers a request to [`PATH`]. `waiting` is what a query on this connection has to wait for.
pub(super) fn answer(gateway: &Gateway, request: Request, waiting: Option<Ticket>) -> Reply {
    let posts = Methods::new().with(Method::Post);
    match request.method() {
        Method::Post => {}
        Method::Options => return Reply::Now(Response::options(posts)),
        _ => return Reply::Now(Response::method_not_allowed(request.method(), posts)),
    }
    if !is_json(request.content_type()) {
        let error =
            Error::unsupported_media_type("a call is JSON: send the header `Content-Type: application/json`");
        return Reply::Now(Response::problem(&error));
    }
    match read(&request.body) {
        Asking::Nothing(code, error) => Reply::Now(Response::json(200, failure(None, code, &error))),
        Asking::One(Err(Unasked(answer))) => Reply::Now(Response::json(200, answer)),
        Asking::One(Ok(asked)) => one(gateway, request, asked, waiting),
        Asking::Batch(calls) => {
            // What it asks sees at least what the commands before it on its connection made of the state.
            if let Some(ticket) = waiting {
                return Reply::Wait(request, ticket);
            }
            let gateway = gateway.clone();
            Reply::Task(Box::new(move || batch(&gateway, &request, calls)))
        }
    }
}

fn one(gateway: &Gateway, request: Request, asked: Asked, waiting: Option<Ticket>) -> Reply {
    let endpoint = gateway.endpoint(&asked.method);
    let kind = endpoint.map(super::Endpoint::kind);
    if let Some(ticket) = waiting.filter(|_| matches!(kind, Some(Kind::Query | Kind::Task))) {
        return Reply::Wait(request, ticket);
    }
    let slow = endpoint.is_some_and(|endpoint| gateway.is_slow(endpoint));
    let here = gateway.clone();
    let request = Arc::new(request);
    let run = move || {
        let (json, ticket, seq) = called(&here, &request, &asked);
        let instead = ticket.map(|_| instead(asked.id));
        here.reply(answered(json), ticket, seq, instead)
    };
    match kind {
        Some(Kind::Task) => Reply::Task(Box::new(run)),
        _ if slow => Reply::Pool(Box::new(run)),
        _ => run(),
    }
}

/// A notification is answered with nothing at all.
fn answered(json: Option<Vec<u8>>) -> Response {
    json.map_or_else(|| Response::empty(204), |json| Response::json(200, json))
}

/// What leaves when a call's change was not stored: an error like any other of this protocol, so that the client finds the
/// call it belongs to.
fn instead(id: Option<Vec<u8>>) -> Instead {
    Box::new(move |error| answered(id.map(|id| failure(Some(&id), code_of(error), error))))
}

/// Runs a batch in order, each call seeing what those before it did.
fn batch(gateway: &Gateway, request: &Request, calls: Vec<Result<Asked, Unasked>>) -> Reply {
    let mut json = Vec::new();
    let mut newest = None;
    for call in calls {
        let answer = match call {
            Err(Unasked(answer)) => Some(answer),
            Ok(asked) if json.len() > BATCH_ANSWER_BYTES_MAX => {
                let error = Error::too_large(format!(
                    "not called: the answers before it take more than the {BATCH_ANSWER_BYTES_MAX} bytes of a batch"
                ));
                asked.id.as_deref().map(|id| failure(Some(id), code_of(&error), &error))
            }
            Ok(asked) => {
                let (answer, ticket, seq) = called(gateway, request, &asked);
                let refused =
                    ticket.and_then(|ticket| gateway.engine().refusal(gateway.engine().wait(ticket)));
                match refused {
                    Some(error) => asked.id.as_deref().map(|id| failure(Some(id), code_of(&error), &error)),
                    None => {
                        newest = seq.or(newest);
                        answer
                    }
                }
            }
        };
        if let Some(answer) = answer {
            json.push(if json.is_empty() { b'[' } else { b',' });
            json.extend_from_slice(&answer);
        }
    }
    if json.is_empty() {
        return gateway.reply(answered(None), None, newest, None);
    }
    json.push(b']');
    gateway.reply(answered(Some(json)), None, newest, None)
}

/// Runs one call: its answer, none for a notification, what the answer waits for, and its sequence.
fn called(
    gateway: &Gateway,
    request: &Request,
    asked: &Asked,
) -> (Option<Vec<u8>>, Option<Ticket>, Option<u64>) {
    let Some(endpoint) = gateway.endpoint(&asked.method) else {
        let error = Error::not_found(format!("there is no method {}", asked.method));
        return (asked.id.as_deref().map(|id| failure(Some(id), METHOD_NOT_FOUND, &error)), None, None);
    };
    let input = match asked.params.first() {
        None => Input::nothing(),
        Some(b'[') if is_empty_list(&asked.params) => Input::nothing(),
        Some(b'[') => {
            let error = Error::bad_request("parameters go by name: expected an object, found an array");
            return (asked.id.as_deref().map(|id| failure(Some(id), INVALID_PARAMS, &error)), None, None);
        }
        Some(_) => Input::object(&asked.params),
    };
    let Ended { result, ticket, seq } = gateway.run(endpoint, input, request);
    let answer = asked.id.as_deref().map(|id| match &result {
        Ok(json) => success(id, json.as_deref().unwrap_or(b"null"), seq),
        Err(error) => failure(Some(id), code_of(error), error),
    });
    (answer, ticket, seq)
}

/// Is nothing between the brackets of this array?
fn is_empty_list(array: &[u8]) -> bool {
    array.iter().skip(1).find(|byte| !byte.is_ascii_whitespace()) == Some(&b']')
}

fn code_of(error: &Error) -> i64 {
    match error {
        error if error.is_bad_request() => INVALID_PARAMS,
        error if error.is_internal() => INTERNAL_ERROR,
        error => i64::from(error.status()),
    }
}

fn success(id: &[u8], result: &[u8], seq: Option<u64>) -> Vec<u8> {
    let mut w = Writer::new();
    w.begin_object();
    w.key("jsonrpc");
    w.str("2.0");
    w.key("id");
    w.raw(id);
    w.key("result");
    w.raw(result);
    if let Some(seq) = seq {
        w.key("seq");
        w.u64(seq);
    }
    w.end_object();
    w.into_bytes()
}

fn failure(id: Option<&[u8]>, code: i64, error: &Error) -> Vec<u8> {
    let problem = Response::problem(error);
    let mut w = Writer::new();
    w.begin_object();
    w.key("jsonrpc");
    w.str("2.0");
    w.key("id");
    w.raw(id.unwrap_or(b"null"));
    w.key("error");
    w.begin_object();
    w.key("code");
    w.i64(code);
    w.key("message");
    w.raw(&encode(error.title()));
    w.key("data");
    w.raw(problem.body.as_bytes());
    w.end_object();
    w.end_object();
    w.into_bytes()
}
