//! From a directory to an engine: frames become the catalog and the state, and what the program has that the journal has
//! not yet named is named before anything is served.

use super::Engine;
use super::engine::Ear;
use crate::codec::binary::{Malformed, Numbers};
use crate::journal::{
    self, AppendError, Audience, Commit, Directory, Frame, FrameKind, Journal, Lone, OpenError, Opened,
    Refusal,
};
use crate::model::{Catalog, Models, TypeInfo, TypeKind};
use crate::state::{Record, Recorder, ReplayError, Replayer, State, replay};
use crate::stdx::clock::Clock;
use crate::stdx::random::Random;
use std::fmt;
use std::io;
use std::sync::Arc;

/// What the program declares to a journal.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its models, tied.
    pub models: Arc<Models>,
    /// Its calls by name, each with its arguments.
    pub calls: Vec<(String, Option<&'static TypeInfo>)>,
}

/// How a journal is opened.
#[derive(Debug)]
pub struct Opening {
    /// Where it is.
    pub directory: Arc<dyn Directory>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub random: Arc<dyn Random>,
    /// How the file is opened.
    pub options: journal::Options,
    /// With threads of its own; without them a simulation moves the journal by [`Lone::step`].
    pub threads: bool,
}

/// An open engine.
#[derive(Debug)]
pub struct Loaded {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Where it commits.
    pub lone: Arc<Lone>,
    /// What was found.
    pub opened: Opened,
    /// By position in [`Program::calls`]: the number in the catalog.
    pub calls: Vec<u64>,
    /// The numbers of the program's types in the journal.
    pub numbers: Numbers,
    /// Everything that the journal has named.
    pub catalog: Catalog,
    /// How long reading took, in milliseconds.
    pub took_ms: u64,
}

/// Frames become a catalog and a state.
pub struct Loader<'p> {
    program: &'p Program,
    catalog: Catalog,
    replayer: Replayer,
    state: State,
    /// The last transaction that is taken in; later ones are passed over.
    until: Option<u64>,
    /// The catalog is that of the whole journal already.
    knows_all: bool,
    /// The last time of one that is taken in, in milliseconds since 1970.
    until_ms: Option<u64>,
}

impl fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("seq", &self.state.seq)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

impl<'p> Loader<'p> {
    /// Nothing read yet.
    #[must_use]
    pub fn new(program: &'p Program, until: Option<u64>) -> Self {
        let state = State::new(Arc::clone(&program.models));
        let replayer = Replayer::new(&Catalog::default(), Numbers::default(), &state);
        Self {
            program,
            catalog: Catalog::default(),
            replayer,
            state,
            until,
            knows_all: false,
            until_ms: None,
        }
    }

    /// The same, without the transactions after this moment, in milliseconds since 1970.
    #[must_use]
    pub fn until_ms(mut self, time_ms: u64) -> Self {
        self.until_ms = Some(time_ms);
        self
    }

    /// The same with the names that the journal has learned by its end: for one in which something got a new name later,
    /// so that its first frames say the old one and the program the new. A journal that cannot be read changes nothing here;
    /// reading its frames then says why.
    #[must_use]
    pub fn knowing(mut self, directory: &dyn Directory) -> Self {
        let mut catalog = Catalog::default();
        let read = journal::read(directory, &mut |frame| match frame.kind {
            FrameKind::Schema => {
                catalog.read(frame.payload).map_err(|error| Refusal::Frame(error.to_string()))
            }
            _ => Ok(()),
        });
        let Program { models, calls } = self.program;
        if read.is_ok() && catalog.plan(models, calls).is_ok() {
            self.replayer = Replayer::new(&catalog, catalog.numbers(models, calls), &self.state);
            self.catalog = catalog;
            self.knows_all = true;
        }
        self
    }

    /// Takes in the next frame.
    ///
    /// # Errors
    /// When it does not fit the program or what came before.
    pub fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
        match frame.kind {
            FrameKind::Schema if self.knows_all => Ok(()),
            FrameKind::Schema => {
                self.catalog
                    .read(frame.payload)
                    .map_err(|error| Refusal::Frame(format!("a schema frame: {error}")))?;
                let Program { models, calls } = self.program;
                // Said now, before a row of the old shape is read as one of the new.
                self.fits()?;
                self.replayer =
                    Replayer::new(&self.catalog, self.catalog.numbers(models, calls), &self.state);
                Ok(())
            }
            FrameKind::Batch => self.batch(frame),
            FrameKind::SnapshotChunk | FrameKind::SnapshotEnd => {
                Err(Refusal::Frame("a snapshot, which this version of the program does not read".to_owned()))
            }
            FrameKind::Seal | FrameKind::Close | FrameKind::Open => Ok(()),
        }
    }

    fn batch(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
        let mut seq = frame.first_seq;
        let mut count = 0;
        let done = Record::each(frame.payload, |record| {
            count += 1;
            for change in &record.changes {
                self.first_row(change.table())?;
            }
            if self.until.is_none_or(|until| seq <= until)
                && self.until_ms.is_none_or(|until| record.time_ms <= until)
            {
                replay(&mut self.state, &self.replayer, seq, &record)?;
            }
            seq += 1;
            Ok::<_, Unfit>(())
        });
        let Program { models, calls } = self.program;
        done.map_err(|error| match error {
            Unfit::Shape(refusal) => refusal,
            Unfit::Replay(ReplayError::UnknownModel(name)) => {
                Refusal::Foreign(self.catalog.foreign(&name, models, calls))
            }
            Unfit::Replay(error @ ReplayError::NoRoom(_)) => Refusal::Program(error.to_string()),
            Unfit::Replay(error @ (ReplayError::Malformed(_) | ReplayError::Row(_))) => {
                Refusal::Frame(format!("transaction {seq}: {error}"))
            }
        })?;
        if count == frame.count {
            Ok(())
        } else {
            Err(Refusal::Frame(format!("it holds {count} transactions and says {}", frame.count)))
        }
    }

    /// A type may be declared otherwise until the first row of it comes.
    fn first_row(&mut self, table: u64) -> Result<(), Unfit> {
        if self.catalog.note_row(table) {
            self.fits().map_err(Unfit::Shape)?;
        }
        Ok(())
    }

    /// Does the program fit what the journal has named, as far as there are rows of it?
    fn fits(&self) -> Result<(), Refusal> {
        let Program { models, calls } = self.program;
        let Err(error) = self.catalog.plan(models, calls) else { return Ok(()) };
        Err(match self.catalog.of_another_program(models, calls) {
            Some(words) => Refusal::Foreign(words),
            None => Refusal::Program(error.to_string()),
        })
    }

    /// The state and the catalog, once all frames are in.
    #[must_use]
    pub fn finish(self) -> (State, Catalog) {
        (self.state, self.catalog)
    }
}

/// Why a transaction is not taken in.
enum Unfit {
    /// What the program declares is not what its row is.
    Shape(Refusal),
    Replay(ReplayError),
}

impl From<ReplayError> for Unfit {
    fn from(error: ReplayError) -> Self {
        Self::Replay(error)
    }
}

impl From<Malformed> for Unfit {
    fn from(error: Malformed) -> Self {
        Self::Replay(error.into())
    }
}

impl Audience for Loader<'_> {
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
        Loader::frame(self, frame)
    }

    fn end(&mut self) -> Result<(), Refusal> {
        self.fits()?;
        // Rows that came by this program's own rules keep them.
        if !self.catalog.has_other_rules(&self.program.models) {
            return Ok(());
        }
        let mut broken = self.state.broken_rules().lines();
        if broken.is_empty() {
            return Ok(());
        }
        broken.push(
            "the journal holds rows that break rules which are new in this program: start the one before, which wrote \
             them, and change the rows, or take the rules back"
                .to_owned(),
        );
        Err(Refusal::Program(broken.join("\n")))
    }
}

/// Opens a journal for a program.
///
/// # Errors
/// As [`OpenError`] lists them; what the program declares otherwise than the journal is a refusal.
pub fn open(program: &Program, opening: Opening) -> Result<Loaded, OpenError> {
    let Opening { directory, clock, random, options, threads } = opening;
    let started_ns = clock.monotonic_ns();
    let Program { models, calls } = program;
    // What no journal could hold is said before one is made.
    Catalog::default().plan(models, calls).map_err(|error| OpenError::Refused {
        offset: 0,
        seq: 0,
        refusal: Refusal::Program(error.to_string()),
    })?;
    let attempt = |mut loader: Loader<'_>| {
        let (directory, clock, random) = (Arc::clone(&directory), Arc::clone(&clock), Arc::clone(&random));
        let (journal, opened) = journal::open_for(directory, clock, random, &options, &mut loader)?;
        Ok((journal, opened, loader.finish()))
    };
    let (mut journal, opened, (state, mut catalog)) = match attempt(Loader::new(program, None)) {
        Err(OpenError::Refused { .. }) => attempt(Loader::new(program, None).knowing(&*directory)),
        other => other,
    }?;
    let missing = catalog.plan(models, calls).expect("a journal that the program does not fit is refused");
    if let Some(payload) = missing {
        name_in(&mut journal, &mut catalog, &*clock, &payload)?;
    }
    let numbers = catalog.numbers(models, calls);
    let number_of = |kind, name: &str| {
        let found = catalog.by_name(kind, name);
        found.expect("everything the program declares was named in the journal").0
    };
    let tables = models.schemas().iter().map(|schema| number_of(TypeKind::Model, schema.name)).collect();
    let calls = calls.iter().map(|(name, _)| number_of(TypeKind::Call, name)).collect();
    let engine =
        Engine::new(state, Recorder::new(numbers.clone(), tables), random.next_u64(), Arc::clone(&clock));
    let ear = Arc::new(Ear(Arc::downgrade(&engine)));
    let lone = if threads {
        let starting = |error: io::Error| OpenError::Io { doing: "starting a thread".to_owned(), error };
        engine.start_reaper().map_err(starting)?;
        Lone::start(journal, ear, Arc::clone(&clock)).map_err(starting)?
    } else {
        Lone::manual(journal, ear, Arc::clone(&clock))
    };
    let commit: Arc<dyn Commit> = Arc::clone(&lone) as _;
    engine.commit_to(commit);
    let took_ms = clock.monotonic_ns().saturating_sub(started_ns) / 1_000_000;
    Ok(Loaded { engine, lone, opened, calls, numbers, catalog, took_ms })
}

/// Writes a schema frame and takes it into the catalog.
fn name_in(
    journal: &mut Journal,
    catalog: &mut Catalog,
    clock: &dyn Clock,
    payload: &[u8],
) -> Result<(), OpenError> {
    let batch_time_ms = clock.wall_ms().max(journal.last_time_ms());
    let stored = journal.append(FrameKind::Schema, journal.end_seq(), 0, batch_time_ms, payload);
    stored.map_err(|error| OpenError::Io {
        doing: "writing what is new in this program to the journal".to_owned(),
        error: match error {
            AppendError::NotStored(error) | AppendError::Fatal(error) => error,
            AppendError::TooLarge(_) => io::Error::other(error),
        },
    })?;
    catalog.read(payload).map_err(|error| OpenError::Io {
        doing: "reading back the schema".to_owned(),
        error: io::Error::other(error),
    })
}
