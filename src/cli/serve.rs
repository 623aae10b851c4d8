//! `serve`: the server in the foreground, until a signal.

use super::flags::{Flag, Given};
use super::{Command, DATA, Exit, Run, data_of, keeps_something, sample, usage};
use crate::api::{Endpoint, Kind, NoOrigin, Verb};
use crate::app::{Declared, Fault, Server};
use crate::net::config::{FEW_CONNECTIONS, WORKERS_MAX};
use crate::stdx::{report, threads};
use crate::sys::signal;
use std::sync::Arc;

pub(super) const COMMAND: Command = Command {
    name: "serve",
    operands: "",
    about: "answers requests; this is what is done when no command is named",
    more: "\
It says on stderr where it is. SIGTERM, SIGINT or SIGHUP ends it: what runs is answered and stored first.
Pages of the origins that are named may use it. A request for another host is refused (421) where it listens on a
loopback address or an origin is named; `localhost` and addresses are never other hosts.",
    flags: &[
        Flag {
            name: "listen",
            value: Some("ADDRESS"),
            help: "where to listen; port 0 is any free one",
            default: Some(|declared| declared.listen.to_string()),
            repeats: false,
        },
        DATA,
        Flag {
            name: "origin",
            value: Some("URL"),
            help: "where browsers reach it, as https://todo.example.com (several times)",
            default: Some(|declared| {
                declared.origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            }),
            repeats: true,
        },
        Flag {
            name: "workers",
            value: Some("N"),
            help: "threads that answer; 0 is one for each core",
            default: Some(|declared| declared.workers.to_string()),
            repeats: false,
        },
    ],
    run: Run::Takes(run),
};

fn run(mut declared: Declared, given: &Given) -> Result<Exit, Fault> {
    given.words_up_to(0, "serve")?;
    keeps_something(&declared, given)?;
    declared.data = data_of(&declared, given);
    if let Some(listen) = given.parsed("listen", "an address like 127.0.0.1:8080")? {
        declared.listen = listen;
    }
    let origins: Vec<_> = given.values("origin").flat_map(|list| list.split(',')).collect();
    if !origins.is_empty() {
        let read = |origin: &str| {
            let wrong = |error: NoOrigin| usage(format!("--origin: {error}, found `{origin}`"));
            origin.trim().parse().map_err(wrong)
        };
        declared.origins = origins.into_iter().map(read).collect::<Result<_, _>>()?;
    }
    if let Some(workers) = given.parsed("workers", "a number")? {
        if workers > WORKERS_MAX {
            let words = format!("--workers: expected a number from 0 to {WORKERS_MAX}, found `{workers}`");
            return Err(Fault { words, exit: Exit::USAGE });
        }
        declared.workers = workers;
    }
    let name = declared.name.clone();
    // From here on a signal ends it gracefully, also before it has said that it is there.
    signal::listen().map_err(|error| Fault { words: format!("signals: {error}"), exit: Exit::SOFTWARE })?;
    let server = Server::open(declared)?;
    end_when_the_disk_fails(&server);
    report::line(&start_block(&name, &server));
    let served = server.net.run_until_signal();
    server.stop();
    served.map_err(|error| Fault { words: format!("serving: {error}"), exit: Exit::SOFTWARE })?;
    let engine = server.opened.engine();
    Ok(match engine.hanging() {
        _ if engine.has_failed() => Exit::IO,
        // A command without an end is a fault of the program.
        Some(_) => Exit::SOFTWARE,
        None => Exit::OK,
    })
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
    let first = server.opened.engine().on_failure(failed);
    assert!(first, "an engine that was just opened ends nobody yet");
}

/// What is printed at the start: where it is, how to try it, where the state is.
fn start_block(name: &str, server: &Server) -> String {
    let found = &server.opened.found;
    let mut lines = vec![format!("{name} is at http://{}", server.address())];
    let endpoints = server.opened.gateway.endpoints().list();
    let first = endpoints.iter().find(|endpoint| endpoint.kind() == Kind::Command && is_plain_path(endpoint));
    let first = first.or_else(|| endpoints.iter().find(|endpoint| is_plain_path(endpoint)));
    let first = first.or_else(|| endpoints.iter().find(|endpoint| endpoint.route().is_some()));
    lines.extend(first.and_then(|endpoint| curl_line(endpoint, &server.address().to_string())));
    lines.extend(crowded_line(server.net.most_connections()));
    lines.extend(found.torn.as_ref().map(|torn| format!("  {torn}")));
    if found.disk_full {
        lines.push("  the disk is full: commands are refused until it has space".to_owned());
    }
    if found.header_repaired {
        lines.push("  one copy of the journal's header was bad and was written again".to_owned());
    }
    lines.push(match &server.opened.data {
        Some(data) => {
            let kept = match found.created {
                true => "new".to_owned(),
                false => format!("{} transactions, read in {} ms", found.last_seq, server.opened.took_ms),
            };
            format!("  the state is in {} ({kept})", data.join(crate::journal::JOURNAL).display())
        }
        None => "  it keeps no state".to_owned(),
    });
    lines.join("\n")
}

/// That the machine lets this process have few connections.
fn crowded_line(most: usize) -> Option<String> {
    (most < FEW_CONNECTIONS).then(|| {
        format!(
            "  it can have {most} connections at once, as few files may be open: see `ulimit -n` for more"
        )
    })
}

fn is_plain_path(endpoint: &Endpoint) -> bool {
    endpoint.route().is_some_and(|(_, pattern)| !pattern.contains('{'))
}

/// A line that can be pasted.
fn curl_line(endpoint: &Endpoint, address: &str) -> Option<String> {
    let (verb, pattern) = endpoint.route()?;
    let mut url = format!("http://{address}{pattern}");
    let mut given = sample::arguments(endpoint);
    given.retain(|(name, value)| {
        let hole = format!("{{{name}}}");
        let is_elsewhere = !url.contains(&hole);
        url = url.replace(&hole, value.trim_matches('"'));
        is_elsewhere
    });
    let method = match verb {
        Verb::Get => "",
        Verb::Post if endpoint.args().is_some() => "",
        Verb::Post => " -X POST",
        Verb::Put => " -X PUT",
        Verb::Patch => " -X PATCH",
        Verb::Delete => " -X DELETE",
    };
    if verb.reads_query() {
        let pairs = given.iter().map(|(name, value)| format!("{name}={}", value.trim_matches('"')));
        let query = pairs.collect::<Vec<_>>().join("&");
        let url = if query.is_empty() { url } else { format!("'{url}?{query}'") };
        return Some(format!("  curl{method} {url}"));
    }
    let body = sample::body(endpoint).unwrap_or_else(|| sample::object(given));
    Some(match endpoint.args() {
        Some(_) => format!("  curl{method} --json '{body}' {url}"),
        None => format!("  curl{method} {url}"),
    })
}
