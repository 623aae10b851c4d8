//! `verify`: reads every byte of the journal, and checks it in three ways that know nothing of each other.

use super::flags::Given;
use super::output::Lines;
use super::{Command, DATA, Exit, Run, data_of, directory_of, name_flaws, open_fault};
use crate::app::{Declared, Fault};
use crate::codec::json::Writer;
use crate::journal::{self, Frame, FrameKind, OpenError, Refusal, Report};
use crate::model::Time;
use crate::state::{Historian, Record};
use crate::stdx::report;
use crate::store::Loader;

pub(super) const COMMAND: Command = Command {
    name: "verify",
    operands: "",
    about: "reads the whole journal and checks it; changes nothing",
    more: "\
Checked are the file (every frame: place, checksums, chain, order), what is in it (every value against the names and types
that the file itself gives) and this program (every change against the state before it, and every row against all rules:
checks, references, unique values; of the rows that break some the first 20 are named).
One line of JSON says what was read; what is wrong is said on stderr, with exit status 65. A write that was cut short at
the end was acknowledged to nobody, so it is named and is no damage.",
    flags: &[DATA],
    run: Run::Looks(run),
};

fn run(declared: &Declared, given: &Given) -> Result<Exit, Fault> {
    given.words_up_to(0, "verify")?;
    let directory = directory_of(declared, given)?;
    let mut auditor = Auditor {
        historian: Historian::default(),
        loader: Some(Loader::new(&declared.program, None).knowing(&directory)),
        wrong: Vec::new(),
        readable: true,
        line: Vec::new(),
        seen: Seen::default(),
    };
    let read = journal::read(&directory, &mut |frame| {
        auditor.frame(frame);
        Ok(())
    });
    let found = match read {
        Ok(found) => Some(found),
        Err(error) if error.is_damage() => {
            auditor.wrong.push(error.to_string());
            None
        }
        Err(error) => return Err(open_fault(&error, &data_of(declared, given))),
    };
    if let Some(found) = &found {
        name_flaws(found);
    }
    let rows = auditor.state();
    auditor.wrong.iter().for_each(|line| report::line(line));
    let mut lines = Lines::new();
    lines.line(&summary(&auditor.seen, found.as_ref(), &rows, auditor.wrong.is_empty()))?;
    lines.flush()?;
    Ok(if auditor.wrong.is_empty() { Exit::OK } else { Exit::DATA })
}

/// What was read, up to where it could be.
#[derive(Default)]
struct Seen {
    frames: u64,
    transactions: u64,
    changes: u64,
    last_seq: u64,
    /// When that was; none: there was no transaction.
    last_time_ms: Option<u64>,
}

struct Auditor<'p> {
    historian: Historian,
    /// Gone once this program could not follow: what comes after would only be wrong as well.
    loader: Option<Loader<'p>>,
    wrong: Vec<String>,
    /// Nothing that the file says of its own values was wrong.
    readable: bool,
    line: Vec<u8>,
    seen: Seen,
}

impl Auditor<'_> {
    fn frame(&mut self, frame: &Frame<'_>) {
        self.seen.frames += 1;
        if self.readable
            && let Err(refusal) = self.values(frame)
        {
            self.readable = false;
            self.complain(frame, refusal);
        }
        if let Some(loader) = &mut self.loader
            && let Err(refusal) = loader.frame(frame)
        {
            self.loader = None;
            self.complain(frame, refusal);
        }
        if frame.kind == FrameKind::Batch {
            self.seen.transactions += u64::from(frame.count);
            self.seen.last_seq = frame.first_seq + u64::from(frame.count) - 1;
            if !self.readable {
                self.seen.last_time_ms = Some(frame.time_ms);
            }
        }
    }

    fn complain(&mut self, frame: &Frame<'_>, refusal: Refusal) {
        let Frame { offset, first_seq: seq, .. } = *frame;
        self.wrong.push(OpenError::Refused { offset, seq, refusal }.to_string());
    }

    /// Every value against what the file says it is: what can be told is whole.
    fn values(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
        match frame.kind {
            FrameKind::Schema => self
                .historian
                .schema(frame.payload)
                .map_err(|error| Refusal::Frame(format!("a schema frame: {error}"))),
            FrameKind::Batch => {
                let mut seq = frame.first_seq;
                let told = Record::each(frame.payload, |record| {
                    let mut line = std::mem::take(&mut self.line);
                    line.clear();
                    let mut w = Writer::with_buffer(line);
                    self.historian.tell(seq, &record, None, &mut w)?;
                    self.line = w.into_bytes();
                    self.seen.changes += record.changes.len() as u64;
                    self.seen.last_time_ms = Some(record.time_ms);
                    seq += 1;
                    Ok(())
                });
                told.map_err(|error: crate::codec::binary::Malformed| {
                    Refusal::Frame(format!("transaction {seq}: {error}"))
                })
            }
            FrameKind::SnapshotChunk
            | FrameKind::SnapshotEnd
            | FrameKind::Seal
            | FrameKind::Close
            | FrameKind::Open => Ok(()),
        }
    }

    /// How many rows each model has, once the rules over all of them have been held against the state.
    fn state(&mut self) -> Vec<(&'static str, usize)> {
        let Some(loader) = self.loader.take() else { return Vec::new() };
        let (state, _) = loader.finish();
        self.wrong.extend(state.broken_rules().lines());
        let tables = state.models().schemas().iter().enumerate();
        tables.map(|(table, schema)| (schema.name, state.table(table).rows().len())).collect()
    }
}

fn summary(seen: &Seen, found: Option<&Report>, rows: &[(&str, usize)], ok: bool) -> Vec<u8> {
    let mut w = Writer::new();
    w.begin_object();
    w.field("ok", &ok);
    w.field("id", &found.map(|found| found.id.to_string()));
    w.field("generation", &found.map(|found| found.generation));
    w.field("frames", &seen.frames);
    w.field("transactions", &seen.transactions);
    w.field("changes", &seen.changes);
    w.field("last_seq", &seen.last_seq);
    let time = seen.last_time_ms.map(|ms| Time::from_unix_ms(i64::try_from(ms).unwrap_or(i64::MAX)));
    w.field("last_time", &time);
    w.field("bytes", &found.map(|found| found.bytes));
    w.field("closed", &found.map(|found| found.closed));
    w.key("torn");
    match found.and_then(|found| found.torn.as_ref()) {
        Some(torn) => {
            w.begin_object();
            w.field("offset", &torn.offset);
            w.field("bytes", &torn.bytes);
            w.end_object();
        }
        None => w.null(),
    }
    w.key("rows");
    w.begin_object();
    for (model, count) in rows {
        w.field(model, &(*count as u64));
    }
    w.end_object();
    w.end_object();
    w.into_bytes()
}
