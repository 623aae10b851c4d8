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
