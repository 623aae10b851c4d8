//! The command line of a program.
//!
//! `stdout` is for machines: JSON, one value a line. `stderr` is for people. Exit statuses are those of `sysexits.h`. What only
//! reads (`history`, `state`, `verify`) takes no lock and changes nothing; what writes goes to the running server through its
//! control socket, or opens the files when none runs.

mod exit;
mod flags;
mod serve;

use crate::app::{App, Declared, Fault};
use crate::journal::OpenError;
use crate::stdx::nearest::nearest;
use crate::stdx::report;
pub use exit::Exit;
use flags::{Flag, Given};

/// The commands that every program has, with a line of help each.
pub(crate) const OWN_COMMANDS: &[(&str, &str)] =
    &[("serve", "answers requests; what is done when no command is named")];

/// Runs the command that the arguments name.
pub(crate) fn run(app: App, arguments: Vec<String>) -> Exit {
    let declared = match app.declared() {
        Ok(declared) => declared,
        Err(wrong) => {
            wrong.iter().for_each(|line| report::line(line));
            return Exit::CONFIG;
        }
    };
    let name = declared.name.clone();
    match dispatch(declared, arguments) {
        Ok(exit) => exit,
        Err(Fault { words, exit }) => {
            report::line(&format!("{name}: {words}"));
            exit
        }
    }
}

fn dispatch(declared: Declared, mut arguments: Vec<String>) -> Result<Exit, Fault> {
    let first = arguments.first().filter(|first| !first.starts_with('-')).cloned();
    if first.is_some() {
        arguments.remove(0);
    }
    match first.as_deref().unwrap_or("serve") {
        "serve" => serve::run(declared, arguments),
        other => {
            let own = declared.commands.iter().map(|command| command.name);
            let known = OWN_COMMANDS.iter().map(|(name, _)| *name).chain(own);
            Err(usage(match nearest(other, known) {
                Some(near) => format!("there is no command `{other}`; the nearest is `{near}`"),
                None => format!("there is no command `{other}`; --help lists them"),
            }))
        }
    }
}

/// A command line that was not understood.
fn usage(words: String) -> Fault {
    Fault { words, exit: Exit::USAGE }
}

/// Why a journal did not open, as an exit status.
pub(crate) fn open_fault(error: &OpenError) -> Fault {
    let exit = match error {
        OpenError::Held { .. } => Exit::TEMPORARY,
        OpenError::Missing { .. } => Exit::NO_INPUT,
        OpenError::Io { .. } => Exit::IO,
        OpenError::Refused { .. } => Exit::DATA,
        other => {
            if other.is_damage() {
                Exit::DATA
            } else {
                Exit::IO
            }
        }
    };
    Fault { words: error.to_string(), exit }
}

/// The flags of every command that touches the data directory.
const DATA: Flag = Flag { name: "data", value: Some("DIR"), help: "the data directory" };

/// The data directory that was named, or the program's own.
fn data_of(declared: &Declared, given: &Given) -> std::path::PathBuf {
    given.value("data").map_or_else(|| declared.data.clone(), Into::into)
}
