//! `state`: the state as JSON lines, read from the file.

use super::flags::{Flag, Given};
use super::history::no_model;
use super::output::Lines;
use super::{Command, DATA, Exit, Run, data_of, directory_of, name_flaws, open_fault, usage};
use crate::app::{Declared, Fault};
use crate::codec::json::Writer;
use crate::journal;
use crate::model::Time;
use crate::state::State;
use crate::store::Loader;

pub(super) const COMMAND: Command = Command {
    name: "state",
    operands: "[MODEL]",
    about: "the state as JSON lines, of one model or of all",
    more: "\
One line a row, in the order of the keys: {\"model\", \"version\", \"row\"}. The version is the sequence that last changed
the row. It is read from the file, whether a server runs or not. Secrets are left out.",
    flags: &[
        DATA,
        Flag {
            name: "at",
            value: Some("SEQ|TIME"),
            help: "as it was behind this sequence, or at this time",
            default: None,
            repeats: false,
        },
    ],
    run: Run::Looks(run),
};

/// A point in the history.
enum At {
    Seq(u64),
    TimeMs(u64),
}

fn at(given: &Given) -> Result<Option<At>, Fault> {
    let Some(text) = given.value("at") else { return Ok(None) };
    if let Ok(seq) = text.parse() {
        return Ok(Some(At::Seq(seq)));
    }
    match text.parse::<Time>().map(|time| u64::try_from(time.unix_ms()).unwrap_or(0)) {
        Ok(time_ms) => Ok(Some(At::TimeMs(time_ms))),
        Err(_) => Err(usage(format!(
            "--at: expected a sequence or a time like 2026-11-22T02:31:11Z, found `{text}`"
        ))),
    }
}

fn run(declared: &Declared, given: &Given) -> Result<Exit, Fault> {
    let model = given.words_up_to(1, "state")?.first();
    let models = &declared.program.models;
    let table = match model {
        None => None,
        Some(model) => {
            let names = models.schemas().iter().map(|schema| schema.name);
            Some(models.position_by_name(model).ok_or_else(|| no_model(model, names))?)
        }
    };
    let at = at(given)?;
    let directory = directory_of(declared, given)?;
    let loader = match at {
        None => Loader::new(&declared.program, None),
        Some(At::Seq(seq)) => Loader::new(&declared.program, Some(seq)),
        Some(At::TimeMs(time_ms)) => Loader::new(&declared.program, None).until_ms(time_ms),
    };
    let mut loader = loader.knowing(&directory);
    let found = journal::read(&directory, &mut |frame| loader.frame(frame));
    let found = found.map_err(|error| open_fault(&error, &data_of(declared, given)))?;
    name_flaws(&found);
    if let Some(At::Seq(seq)) = at
        && seq > found.last_seq
    {
        let words = format!("--at: there is no sequence {seq} yet, the last one is {}", found.last_seq);
        return Err(Fault { words, exit: Exit::NO_INPUT });
    }
    let (state, _) = loader.finish();
    let mut lines = Lines::new();
    match table {
        Some(table) => rows(&state, table, &mut lines)?,
        None => (0..models.schemas().len()).try_for_each(|table| rows(&state, table, &mut lines))?,
    }
    lines.flush()?;
    Ok(Exit::OK)
}

fn rows(state: &State, table: usize, lines: &mut Lines) -> Result<(), Fault> {
    let mut line = Vec::new();
    for (_, row) in state.table(table).rows().iter() {
        line.clear();
        let mut w = Writer::with_buffer(line);
        w.begin_object();
        w.field("model", state.schema(table).name);
        w.field("version", &row.version);
        w.key("row");
        row.value.row_to_json(&mut w);
        w.end_object();
        line = w.into_bytes();
        lines.line(&line)?;
    }
    Ok(())
}
