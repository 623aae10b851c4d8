//! The command line of a program.
//!
//! `stdout` is for machines: JSON, one value a line. `stderr` is for people. Exit statuses are those of `sysexits.h`, see
//! [`Exit`]. A reader of `stdout` that has seen enough and goes away ends a command quietly.
//!
//! - [`serve`] is the server in the foreground, until a signal.
//! - `history`, `state` and `verify` only read: no lock, no repair, whether a server runs or not. What is wrong with
//!   the end of a journal is named on stderr and left as it is.
//! - [`call`] and the program's own commands ([`own`]) change things. A call goes to the running server through the control
//!   socket in its data directory, and to the files where none runs; a command of the program's own takes the files for
//!   itself.
//! - [`help`] is made of the same tables as the commands are read by, so it says what there is.
//!
//! Left out: `compact`, `backup`, `restore`, `salvage`, `check`, `openapi` and `client`. Their names are kept.

mod call;
mod control;
mod exit;
mod flags;
mod help;
mod history;
mod output;
mod own;
mod routes;
mod sample;
mod serve;
mod state;
mod values;
mod verify;

use crate::app::{App, Declared, Fault};
use crate::journal::{OpenError, RealDirectory, Refusal, Report};
use crate::model::TypeInfo;
use crate::stdx::nearest::nearest;
use crate::stdx::report;
pub use exit::Exit;
use flags::{Flag, Given};
use std::path::{Path, PathBuf};

/// A command that every program has.
struct Command {
    name: &'static str,
    /// What stands behind it besides flags: `NAME [KEY=VALUE ...]`.
    operands: &'static str,
    /// One line.
    about: &'static str,
    /// What else `--help` says, in lines.
    more: &'static str,
    flags: &'static [Flag],
    run: Run,
}

/// What a command does with the program.
enum Run {
    /// It looks at the declaration, and perhaps at the files.
    Looks(fn(&Declared, &Given) -> Result<Exit, Fault>),
    /// It opens the program.
    Takes(fn(Declared, &Given) -> Result<Exit, Fault>),
}

/// The commands that every program has.
const COMMANDS: &[Command] =
    &[serve::COMMAND, history::COMMAND, state::COMMAND, call::COMMAND, verify::COMMAND, routes::COMMAND];

/// Names that a program's own commands cannot have because ours will.
const KEPT: &[&str] =
    &["backup", "check", "client", "compact", "help", "openapi", "restore", "salvage", "version"];

/// The flag of every command that touches the data directory.
const DATA: Flag = Flag {
    name: "data",
    value: Some("DIR"),
    help: "the data directory",
    default: Some(|declared| match declared.keeps_state {
        true => declared.data.display().to_string(),
        false => String::new(),
    }),
    repeats: false,
};

/// What keeps a program's own command from being one.
pub(crate) fn command_faults(name: &str, flags: Option<&'static TypeInfo>) -> Vec<String> {
    let mut wrong = Vec::new();
    if KEPT.contains(&name) || COMMANDS.iter().any(|command| command.name == name) {
        wrong.push(format!("the command {name} is the library's: give yours another name"));
    }
    if name.is_empty()
        || !name.chars().all(|c| c == '-' || c == '_' || c.is_alphanumeric())
        || name.starts_with('-')
    {
        wrong.push(format!(
            "`{name}` cannot be the name of a command: one word of letters, digits and dashes can"
        ));
    }
    wrong.extend(flags.into_iter().flat_map(|info| own::faults(name, info)));
    wrong
}

/// Runs the command that the arguments name.
pub(crate) fn run(app: App, arguments: Vec<String>) -> Exit {
    let name = app.name().to_owned();
    let declared = match app.declared() {
        Ok(declared) => declared,
        Err(wrong) => {
            wrong.iter().for_each(|line| report::line(&format!("{name}: {line}")));
            return Exit::CONFIG;
        }
    };
    match dispatch(declared, arguments) {
        Ok(exit) => exit,
        Err(Fault { words, exit }) => {
            if !words.is_empty() {
                report::line(&format!("{name}: {words}"));
            }
            exit
        }
    }
}

fn dispatch(declared: Declared, mut arguments: Vec<String>) -> Result<Exit, Fault> {
    let first = arguments.first().map_or("serve", String::as_str);
    if matches!(first, "--help" | "-h" | "help") {
        no_more(first, arguments.get(2))?;
        return match arguments.get(1) {
            Some(command) => help::of(&declared, command),
            None => help::program(&declared),
        };
    }
    if matches!(first, "--version" | "-V" | "version") {
        no_more(first, arguments.get(1))?;
        return help::version(&declared);
    }
    // Flags alone are those of `serve`.
    let is_named = !first.starts_with('-') && !arguments.is_empty();
    let name = if is_named { arguments.remove(0) } else { "serve".to_owned() };
    if arguments.iter().take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h") {
        return help::of(&declared, &name);
    }
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        let given = flags::read_own(arguments, command.flags)?;
        return match command.run {
            Run::Looks(run) => run(&declared, &given),
            Run::Takes(run) => run(declared, &given),
        };
    }
    own::run(declared, &name, arguments)
}

/// Refuses a word that would mean nothing there.
fn no_more(command: &str, word: Option<&String>) -> Result<(), Fault> {
    word.map_or(Ok(()), |word| Err(usage(format!("{command} takes no `{word}`"))))
}

/// The fault that there is no such command.
fn no_command(declared: &Declared, name: &str) -> Fault {
    let own = declared.commands.iter().map(|command| command.name);
    let known = COMMANDS.iter().map(|command| command.name).chain(own);
    usage(match nearest(name, known) {
        Some(near) => format!("there is no command `{name}`; the nearest is `{near}`"),
        None => format!("there is no command `{name}`; --help lists them"),
    })
}

/// A command line that was not understood.
fn usage(words: String) -> Fault {
    Fault { words, exit: Exit::USAGE }
}

/// Why a journal did not open, as an exit status.
pub(crate) fn open_fault(error: &OpenError, data: &Path) -> Fault {
    let exit = match error {
        OpenError::Held { .. } => Exit::TEMPORARY,
        OpenError::Missing { .. } => Exit::NO_INPUT,
        OpenError::Io { .. } => Exit::IO,
        OpenError::Refused { refusal: Refusal::Program(_) | Refusal::Foreign(_), .. } => Exit::CONFIG,
        OpenError::Refused { refusal: Refusal::Frame(_), .. } => Exit::DATA,
        other => {
            if other.is_damage() {
                Exit::DATA
            } else {
                Exit::IO
            }
        }
    };
    let advice = match error {
        OpenError::Held { .. } => {
            "; stop it first, or ask it: `call` does, and `history`, `state` and `verify` read beside it"
                .to_owned()
        }
        // At 0 it is the program alone that is wrong.
        OpenError::Refused { offset: 1.., refusal: Refusal::Program(_), .. } => {
            format!("\nwhile nothing in it is needed, `rm -r {}` begins anew", data.display())
        }
        error if error.is_damage() => "; restore a copy of the data directory".to_owned(),
        _ => String::new(),
    };
    Fault { words: format!("{error}{advice}"), exit }
}

/// The data directory that was named, or the program's own.
fn data_of(declared: &Declared, given: &Given) -> PathBuf {
    given.value("data").map_or_else(|| declared.data.clone(), Into::into)
}

/// The data directory, to be read only. A program that keeps no state has none, and may read that of another.
fn directory_of(declared: &Declared, given: &Given) -> Result<RealDirectory, Fault> {
    if !declared.keeps_state && !given.has(DATA.name) {
        let words =
            "it keeps no state: there is no journal but another program's, which --data names".to_owned();
        return Err(Fault { words, exit: Exit::NO_INPUT });
    }
    Ok(RealDirectory::open(data_of(declared, given)))
}

/// Refuses a data directory where nothing would be kept in it.
fn keeps_something(declared: &Declared, given: &Given) -> Result<(), Fault> {
    match given.has(DATA.name) && !declared.keeps_state {
        true => Err(usage("it keeps no state: take --data away".to_owned())),
        false => Ok(()),
    }
}

/// Names on stderr what a reader found at the edges of a journal and left as it is.
fn name_flaws(found: &Report) {
    if let Some(torn) = &found.torn {
        report::line(&format!("{torn}; it is left as it is (a running server may be writing it right now)"));
    }
    if found.header_flawed {
        report::line("one copy of the journal's header is bad; the other one serves");
    }
    if found.restored {
        report::line("the last frame is damaged and was read from its copy in app.journal.tail");
    }
}
