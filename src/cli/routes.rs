//! `routes`: the methods and how they are reached.

use super::flags::Given;
use super::output::{Lines, print};
use super::{Command, Exit, Run};
use crate::api::Endpoint;
use crate::app::{Declared, Fault};
use crate::codec::json::Writer;
use crate::model::MemberInfo;
use std::io::{IsTerminal, stdout};

pub(super) const COMMAND: Command = Command {
    name: "routes",
    operands: "",
    about: "the methods and their routes",
    more: "\
A table at a terminal, else JSON lines: {\"call\", \"verb\", \"path\", \"kind\", \"status\", \"body\", \"args\", \"docs\"}. A method
without a verb and a path is called by its name alone.",
    flags: &[],
    run: Run::Looks(run),
};

fn run(declared: &Declared, given: &Given) -> Result<Exit, Fault> {
    given.words_up_to(0, "routes")?;
    let endpoints = declared.endpoints.list();
    if stdout().is_terminal() {
        return print(&table(endpoints.iter().map(cells).collect()));
    }
    let mut lines = Lines::new();
    endpoints.iter().try_for_each(|endpoint| lines.line(&json(endpoint)))?;
    lines.flush()?;
    Ok(Exit::OK)
}

fn members(endpoint: &Endpoint) -> &'static [MemberInfo] {
    endpoint.args().map_or(&[], |args| args.members)
}

fn json(endpoint: &Endpoint) -> Vec<u8> {
    let route = endpoint.route();
    let mut w = Writer::new();
    w.begin_object();
    w.field("call", endpoint.name());
    w.field("verb", &route.map(|(verb, _)| verb.method().as_str()));
    w.field("path", &route.map(|(_, path)| path));
    w.field("kind", endpoint.kind().name());
    w.field("status", &endpoint.status().map(u64::from));
    w.field("body", &endpoint.body());
    w.key("args");
    w.begin_object();
    for member in members(endpoint) {
        if let Some(shape) = member.shape {
            w.field(member.name, &shape().to_string());
        }
    }
    w.end_object();
    w.field("docs", endpoint.docs().trim());
    w.end_object();
    w.into_bytes()
}

/// Verb, path, call, kind, arguments.
fn cells(endpoint: &Endpoint) -> [String; 5] {
    let (verb, path) = match endpoint.route() {
        Some((verb, path)) => (verb.method().as_str(), path),
        None => ("-", "-"),
    };
    let args = members(endpoint).iter().filter_map(|member| {
        let shape = member.shape?();
        Some(format!("{}: {shape}", member.name))
    });
    let args = args.collect::<Vec<_>>().join(", ");
    [verb.to_owned(), path.to_owned(), endpoint.name().to_owned(), endpoint.kind().name().to_owned(), args]
}

fn table(mut rows: Vec<[String; 5]>) -> String {
    rows.insert(0, ["VERB", "PATH", "CALL", "KIND", "ARGUMENTS"].map(str::to_owned));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..4).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(&widths) {
            text.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(&row[4]);
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_longest_cell() {
        let row = |cells: [&str; 5]| cells.map(str::to_owned);
        let rows = vec![
            row(["GET", "/todos/open", "todos.open", "query", ""]),
            row(["POST", "/todos", "todos.add", "command", "title: text"]),
        ];
        assert_eq!(
            table(rows),
            "VERB  PATH         CALL        KIND     ARGUMENTS\n\
             GET   /todos/open  todos.open  query\n\
             POST  /todos       todos.add   command  title: text\n"
        );
    }
}
