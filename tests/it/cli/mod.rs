//! The face of a program on the command line: what the binaries of `examples/` say and with which status they end.
//!
//! Most of it is transcripts (`<scenario>.txt`, see [`transcript`]); beside them stands what no text can show: a reader
//! that goes away, and lines that come while a server writes. What a journal says of itself is compared with what its
//! program says, value by value ([`render`]).

mod follow;
mod render;
mod told;
mod transcript;

use transcript::plays;

#[test]
fn help_names_every_command_and_flag() {
    plays("help");
}

#[test]
fn mistakes_are_one_line_with_the_nearest_word() {
    plays("mistakes");
}

/// What would stand for it is another text: it is refused and nothing is stored.
#[test]
fn an_argument_that_is_no_utf_8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = crate::program::Folder::new("no-utf-8");
    let mut command = std::process::Command::new(crate::program::example("todo"));
    command.args(["call", "todos.add", "--data"]).arg(folder.path());
    let output = command.arg(std::ffi::OsStr::from_bytes(b"title=\xff")).output().expect("it runs");
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("todo: an argument is no UTF-8: title="), "{said}");
    assert!(output.stdout.is_empty() && !folder.path().join("app.journal").exists());
}

#[test]
fn calls_on_the_files_and_what_the_files_say() {
    plays("files");
}

#[test]
fn calls_on_a_running_server() {
    plays("server");
}

#[test]
fn own_commands_and_their_flags() {
    plays("commands");
}

#[test]
fn secrets_stay_out_of_history_and_state() {
    plays("secrets");
}

#[test]
fn a_program_without_state() {
    plays("stateless");
}

#[test]
fn another_program_reads_the_journal() {
    plays("other_program");
}

#[test]
fn damage_is_named() {
    plays("damage");
    plays("cut");
}
