//! `serve`: the server in the foreground, until a signal.

use super::flags::{Flag, read_own};
use super::{DATA, Exit, data_of, usage};
use crate::api::{Endpoint, Kind};
use crate::app::{Declared, Fault, Server};
use crate::model::Shape;
use crate::stdx::{report, threads};
use std::sync::Arc;

/// The flags of `serve`.
pub(super) const FLAGS: &[Flag] = &[
    Flag {
        name: "listen",
        value: Some("ADDRESS"),
        help: "where to listen: 127.0.0.1:8080; port 0 is any free one",
    },
    DATA,
    Flag { name: "workers", value: Some("N"), help: "threads that answer; 0: one for each core" },
];

pub(super) fn run(mut declared: Declared, arguments: Vec<String>) -> Result<Exit, Fault> {
    let given = read_own(arguments, FLAGS)?;
    if let Some(word) = given.words.first() {
        return Err(usage(format!("serve takes no `{word}`")));
    }
    declared.data = data_of(&declared, &given);
    if let Some(listen) = given.parsed("listen", "an address like 127.0.0.1:8080")? {
        declared.listen = listen;
    }
    if let Some(workers) = given.parsed("workers", "a number")? {
        declared.workers = workers;
    }
    let (name, data) = (declared.name.clone(), declared.data.clone());
    let server = Server::open(declared)?;
    end_when_the_disk_fails(&server);
    report::line(&start_block(&name, &data.display().to_string(), &server));
    let served = server.net.run_until_signal();
    server.stop();
    served.map_err(|error| Fault { words: format!("serving: {error}"), exit: Exit::SOFTWARE })?;
    Ok(if server.opened.gateway.engine().has_failed() { Exit::IO } else { Exit::OK })
}

/// A disk that failed ends the process: those who wait are told that the outcome is unknown, and nothing is taken any more.
fn end_when_the_disk_fails(server: &Server) {
    let net = Arc::clone(&server.net);
    let failed = Box::new(move || {
        let net = Arc::clone(&net);
        let ends = threads::spawn("end", move || {
            net.stop();
            #[expect(
                clippy::disallowed_methods,
                reason = "the disk is lost: nothing may be written any more"
            )]
            std::process::exit(i32::from(Exit::IO.status()));
        });
        if ends.is_err() {
            std::process::abort();
        }
    });
    let first = server.opened.gateway.engine().on_failure(failed);
    assert!(first, "an engine that was just opened ends nobody yet");
}

/// What is printed at the start: where it is, how to try it, where the state is.
fn start_block(name: &str, data: &str, server: &Server) -> String {
    let found = &server.opened.found;
    let mut lines = vec![format!("{name} is at http://{}", server.address())];
    let endpoints = server.opened.gateway.endpoints().list();
    let first = endpoints.iter().find(|endpoint| endpoint.kind() == Kind::Command && is_plain_path(endpoint));
    let first = first.or_else(|| endpoints.iter().find(|endpoint| is_plain_path(endpoint)));
    lines.extend(first.and_then(|endpoint| curl_line(endpoint, &server.address().to_string())));
    let kept = match found.created {
        true => "new".to_owned(),
        false => format!("{} transactions, read in {} ms", found.last_seq, server.opened.took_ms),
    };
    lines.push(format!("  the state is in {data}/{} ({kept})", crate::journal::JOURNAL));
    if let Some(torn) = &found.torn {
        lines.push(format!("  {torn}"));
    }
    if found.header_repaired {
        lines.push("  one copy of the journal's header was bad and was written again".to_owned());
    }
    lines.join("\n")
}

fn is_plain_path(endpoint: &Endpoint) -> bool {
    endpoint.route().is_some_and(|(_, pattern)| !pattern.contains('{'))
}

/// A line that can be pasted.
fn curl_line(endpoint: &Endpoint, address: &str) -> Option<String> {
    let (verb, pattern) = endpoint.route()?;
    let url = format!("http://{address}{pattern}");
    if verb.reads_query() {
        return Some(format!("  curl {url}"));
    }
    let method = if verb.method().as_str() == "POST" {
        String::new()
    } else {
        format!(" -X {}", verb.method().as_str())
    };
    let members = endpoint.args().map_or(&[][..], |args| args.members);
    let fields = members.iter().filter(|member| !member.flags.optional).filter_map(|member| {
        let shape = member.shape?();
        (!matches!(shape, Shape::Option(_)))
            .then(|| format!("\"{}\": {}", member.name, sample(&shape, member.name)))
    });
    let fields: Vec<_> = fields.collect();
    Some(format!("  curl{method} --json '{{{}}}' {url}", fields.join(", ")))
}

/// A value of this shape, as JSON.
fn sample(shape: &Shape, name: &str) -> String {
    match shape {
        Shape::Scalar("bool") => "false".to_owned(),
        Shape::Scalar("time") => "\"2030-01-01T00:00:00Z\"".to_owned(),
        Shape::Scalar("f32" | "f64") => "1.5".to_owned(),
        shape if shape.is_text() => format!("\"{name}\""),
        Shape::List(_) | Shape::Set(_) | Shape::Array(..) | Shape::Tuple(_) => "[]".to_owned(),
        Shape::Map(..) | Shape::Named(_) => "{}".to_owned(),
        _ => "1".to_owned(),
    }
}
