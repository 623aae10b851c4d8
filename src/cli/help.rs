//! `--help` and `--version`.

use super::output::print;
use super::{COMMANDS, Command, DATA, Exit, Flag, Run, no_command, own};
use crate::app::{Declared, Fault};
use std::fmt::Write;

/// Left of the column of explanations. A longer name pushes its own explanation on.
const COLUMN: usize = 26;

const ENDING: &str = "\
stdout is for machines, stderr for people. Exit status: 0 well, 1 refused, 64 command line, 65 bad data,
66 nothing there, 69 no service, 70 fault of the program, 74 disk, 75 later, as another process is at work,
78 declaration, also one that does not fit the journal.
";

/// One line of two columns, at most.
fn row(text: &mut String, left: &str, right: &str) {
    let line = format!("  {left:<COLUMN$} {right}");
    text.push_str(line.trim_end());
    text.push('\n');
}

fn flag(text: &mut String, declared: &Declared, flag: &Flag) {
    let left = match flag.value {
        Some(value) => format!("--{} {value}", flag.name),
        None => format!("--{}", flag.name),
    };
    let right = match flag.default {
        Some(default) if !default(declared).is_empty() => format!("{} [{}]", flag.help, default(declared)),
        _ => flag.help.to_owned(),
    };
    row(text, &left, &right);
}

/// The flags of one of our own commands. Where nothing is kept, only those that read take a data directory.
fn flags(text: &mut String, declared: &Declared, command: &Command) {
    let has_data = declared.keeps_state || !matches!(command.run, Run::Takes(_));
    let known = command.flags.iter().filter(|flag| has_data || flag.name != DATA.name);
    known.for_each(|known| flag(text, declared, known));
}

fn left(name: &str, operands: &str) -> String {
    format!("{name} {operands}").trim_end().to_owned()
}

/// The help of the whole program.
pub(super) fn program(declared: &Declared) -> Result<Exit, Fault> {
    let name = &declared.name;
    let mut text = format!("usage: {name} [COMMAND] [FLAGS]\n\ncommands:\n");
    for command in COMMANDS {
        row(&mut text, &left(command.name, command.operands), command.about);
    }
    if !declared.commands.is_empty() {
        text.push_str(&format!("\ncommands of {name} itself:\n"));
    }
    for command in &declared.commands {
        row(&mut text, &left(command.name, &own::operands(command)), command.help);
    }
    text.push_str("\nflags of serve:\n");
    flags(&mut text, declared, &super::serve::COMMAND);
    write!(
        text,
        "\n`{name} COMMAND --help` says more of a command, `{name} --version` names the version.\n{ENDING}"
    )
    .expect("a String takes every text");
    print(&text)
}

/// The help of one command.
pub(super) fn of(declared: &Declared, name: &str) -> Result<Exit, Fault> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return print(&ours(declared, command));
    }
    let command = declared.commands.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| no_command(declared, name))?;
    let program = &declared.name;
    let usage = left(name, &own::operands(command));
    let mut text = format!("usage: {program} {usage} [FLAGS]\n\n{}\n", command.help);
    let docs = own::docs(command);
    if !docs.is_empty() {
        text.push_str(&format!("\n{docs}\n"));
    }
    text.push_str("\nflags:\n");
    for (left, right) in own::rows(command) {
        row(&mut text, &left, &right);
    }
    flag(&mut text, declared, &DATA);
    print(&text)
}

fn ours(declared: &Declared, command: &Command) -> String {
    let usage = left(command.name, command.operands);
    let with_flags = if command.flags.is_empty() { "" } else { " [FLAGS]" };
    let mut text = format!("usage: {} {usage}{with_flags}\n\n{}\n", declared.name, command.about);
    if !command.more.is_empty() {
        text.push_str(&format!("\n{}\n", command.more));
    }
    if !command.flags.is_empty() {
        text.push_str("\nflags:\n");
    }
    flags(&mut text, declared, command);
    text
}

/// The version of the program, where it has said one, and of the library.
pub(super) fn version(declared: &Declared) -> Result<Exit, Fault> {
    let own = declared.version.map_or_else(String::new, |version| format!(" {version}"));
    print(&format!("{}{own} (sunstone {})", declared.name, env!("CARGO_PKG_VERSION")))
}
