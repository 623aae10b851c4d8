//! `history`: the journal as JSON lines, told from the file alone.

use super::flags::{Flag, Given};
use super::output::Lines;
use super::{Command, DATA, Exit, Run, data_of, directory_of, name_flaws, open_fault, usage};
use crate::app::{Declared, Fault};
use crate::codec::binary::Malformed;
use crate::codec::json::Writer;
use crate::journal::{self, Follower, Frame, FrameKind, OpenError, RealDirectory, Refusal};
use crate::model::{Catalog, TypeKind};
use crate::state::{Historian, Record};
use crate::stdx::nearest::nearest;
use crate::sys::poll::{PollFd, poll};
use std::io::stdout;
use std::num::NonZeroU64;
use std::os::fd::AsRawFd;
use std::path::Path;

/// How often `--follow` looks for more, in milliseconds.
const FOLLOW_MS: i32 = 200;

pub(super) const COMMAND: Command = Command {
    name: "history",
    operands: "",
    about: "the journal as JSON lines: who, when, which call, what changed",
    more: "\
One line a transaction: {\"seq\", \"time\", \"actor\", \"call\", \"args\", \"changes\": [...]}. A change has an \"op\":
  created  model, key, row
  changed  model, key, version (the one before), fields: {name: {before, after}}
  removed  model, key, version, row
  counted  model, next (ids that were taken and given to no row)
It is told from the file alone, whether a server runs or not. Secrets are left out: of a secret field that changed
stands {\"secret\": true}. Arguments over 4 KiB are {\"bytes\", \"sha256\"}.",
    flags: &[
        DATA,
        Flag { name: "from", value: Some("SEQ"), help: "begin with this sequence", default: None, repeats: false },
        Flag { name: "model", value: Some("M"), help: "changes of this model alone", default: None, repeats: false },
        Flag { name: "follow", value: None, help: "go on with what comes, until ended", default: None, repeats: false },
    ],
    run: Run::Looks(run),
};

fn run(declared: &Declared, given: &Given) -> Result<Exit, Fault> {
    given.words_up_to(0, "history")?;
    let directory = directory_of(declared, given)?;
    let later = if given.has("model") { names_of(&directory) } else { Catalog::default() };
    let mut teller = Teller {
        historian: Historian::default().knowing(later),
        from: given.parsed("from", "a sequence, a number from 1 on")?.map_or(0, NonZeroU64::get),
        model: given.value("model"),
        line: Vec::new(),
        lines: Lines::new(),
        stopped: None,
    };
    let data = data_of(declared, given);
    let begun = Follower::begin(&directory, &mut |frame| teller.frame(frame));
    let flushed = teller.lines.flush();
    let (mut follower, found) = begun.map_err(|error| teller.fault(&error, &data))?;
    flushed?;
    name_flaws(&found);
    teller.know_the_model(declared)?;
    while given.has("follow") && !reader_is_gone() {
        let read = follower.read_on(&directory, &mut |frame| teller.frame(frame));
        let flushed = teller.lines.flush();
        read.map_err(|error| teller.fault(&error, &data))?;
        flushed?;
    }
    Ok(Exit::OK)
}

/// What a journal names by its end. What is wrong with it is said when it is told.
fn names_of(directory: &RealDirectory) -> Catalog {
    let mut catalog = Catalog::default();
    let read = journal::read(directory, &mut |frame| match frame.kind {
        FrameKind::Schema => catalog.read(frame.payload).map_err(|error| Refusal::Frame(error.to_string())),
        _ => Ok(()),
    });
    if read.is_ok() { catalog } else { Catalog::default() }
}

/// Waits a moment; true when nobody reads stdout any more, which a write alone would say too late.
fn reader_is_gone() -> bool {
    let mut fds = [PollFd { fd: stdout().as_raw_fd(), events: 0, revents: 0 }];
    poll(&mut fds, FOLLOW_MS).is_err() || fds[0].revents != 0
}

/// Tells transactions as they are read.
struct Teller<'g> {
    historian: Historian,
    from: u64,
    model: Option<&'g str>,
    line: Vec<u8>,
    lines: Lines,
    /// Why a line could not be written.
    stopped: Option<Fault>,
}

impl Teller<'_> {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
        match frame.kind {
            FrameKind::Schema => self
                .historian
                .schema(frame.payload)
                .map_err(|error| Refusal::Frame(format!("a schema frame: {error}"))),
            FrameKind::Batch if frame.first_seq + u64::from(frame.count) <= self.from => Ok(()),
            FrameKind::Batch => {
                let mut seq = frame.first_seq;
                let told = Record::each(frame.payload, |record| {
                    let told = if seq >= self.from { self.transaction(seq, &record) } else { Ok(()) };
                    seq += u64::from(told.is_ok());
                    told
                });
                told.map_err(|error| Refusal::Frame(format!("transaction {seq}: {error}")))
            }
            FrameKind::SnapshotChunk
            | FrameKind::SnapshotEnd
            | FrameKind::Seal
            | FrameKind::Close
            | FrameKind::Open => Ok(()),
        }
    }

    fn transaction(&mut self, seq: u64, record: &Record<'_>) -> Result<(), Malformed> {
        let is_of = |model| record.changes.iter().any(|change| self.historian.is_of(change, model));
        if !self.model.is_none_or(is_of) {
            return Ok(());
        }
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let mut w = Writer::with_buffer(line);
        self.historian.tell(seq, record, self.model, &mut w)?;
        self.line = w.into_bytes();
        if let Err(fault) = self.lines.line(&self.line) {
            self.stopped = Some(fault);
            // Ends the reading; what is said in the end is the fault.
            return Err(Malformed { offset: 0, expected: "a reader".to_owned() });
        }
        Ok(())
    }

    /// What ended the reading: a reader that went away, or what is wrong with the journal.
    fn fault(&mut self, error: &OpenError, data: &Path) -> Fault {
        self.stopped.take().unwrap_or_else(|| open_fault(error, data))
    }

    /// A model that neither the journal nor the program knows was mistyped.
    fn know_the_model(&self, declared: &Declared) -> Result<(), Fault> {
        let Some(model) = self.model else { return Ok(()) };
        let catalog = self.historian.catalog();
        let held = (0..).map_while(|number| catalog.by_number(number));
        let held = held.filter(|known| known.kind == TypeKind::Model).map(|known| known.name.as_str());
        let declared = declared.program.models.schemas().iter().map(|schema| schema.name);
        let known: Vec<_> = held.chain(declared).collect();
        if known.contains(&model) {
            return Ok(());
        }
        Err(no_model(model, known))
    }
}

/// The fault that there is no such model.
pub(super) fn no_model<'m>(model: &str, known: impl IntoIterator<Item = &'m str>) -> Fault {
    usage(match nearest(model, known) {
        Some(near) => format!("there is no model {model}; the nearest is {near}"),
        None => format!("there is no model {model}"),
    })
}
