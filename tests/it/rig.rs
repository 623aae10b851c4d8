//! An engine over a disk in memory that a test moves by hand: nothing reaches the disk but by a step, and time passes
//! only when it is told to.

use std::sync::Arc;
use sunstone::codec::binary::{Numbers, Writer};
use sunstone::error::Result;
use sunstone::hash::crc32c::checksum;
use sunstone::journal::{self, Lone, MemoryDirectory, OpenError, Options, Ticket};
use sunstone::model::{Models, TypeInfo};
use sunstone::state::State;
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::SeededRandom;
use sunstone::store::{self, Caller, Cause, Engine, Loaded, Loader, Opening, Program, Standing, Tx, View};

/// A moment in 2026.
pub(crate) const NOW_MS: u64 = 1_770_000_000_000;

/// Calls by name, each with its arguments.
pub(crate) type Calls = Vec<(String, Option<&'static TypeInfo>)>;

/// An open engine and what it stands on.
#[derive(Debug)]
pub(crate) struct Rig {
    pub(crate) directory: MemoryDirectory,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) lone: Arc<Lone>,
    pub(crate) loaded: Loaded,
}

/// A program of these models without calls.
pub(crate) fn program(register: impl FnOnce(&mut Models)) -> Program {
    program_with(register, Calls::new())
}

/// A program of these models and calls.
pub(crate) fn program_with(register: impl FnOnce(&mut Models), calls: Calls) -> Program {
    let mut models = Models::default();
    register(&mut models);
    models.tie();
    Program { models: Arc::new(models), calls }
}

impl Rig {
    /// A program over an empty disk.
    pub(crate) fn new(program: &Program) -> Self {
        Self::open(program, &MemoryDirectory::new()).expect("an empty disk is opened")
    }

    /// A program over what is on a disk.
    pub(crate) fn open(program: &Program, directory: &MemoryDirectory) -> Result<Self, OpenError> {
        let clock = Arc::new(ManualClock::new(NOW_MS));
        Self::open_at(program, directory, clock, 1)
    }

    /// The same at another time and with other randomness.
    pub(crate) fn open_at(
        program: &Program,
        directory: &MemoryDirectory,
        clock: Arc<ManualClock>,
        seed: u64,
    ) -> Result<Self, OpenError> {
        let opening = Opening {
            directory: Arc::new(directory.clone()),
            clock: Arc::clone(&clock) as _,
            random: Arc::new(SeededRandom::new(seed)),
            options: Options { ahead_bytes: 8 << 10, ..Options::default() },
            threads: false,
        };
        let loaded = store::open(program, opening)?;
        let (engine, lone) = (Arc::clone(&loaded.engine), Arc::clone(&loaded.lone));
        Ok(Self { directory: directory.clone(), clock, engine, lone, loaded })
    }

    /// Runs a command, as a loop would that has no other; nothing goes to the disk yet.
    pub(crate) fn run<R>(&self, run: impl FnOnce(&mut Tx) -> Result<R>) -> (Result<R>, Ticket) {
        self.run_as(&Caller::anonymous(), run)
    }

    /// Runs a command of somebody.
    pub(crate) fn run_as<R>(
        &self,
        caller: &Caller,
        run: impl FnOnce(&mut Tx) -> Result<R>,
    ) -> (Result<R>, Ticket) {
        let ran = self.run_in_turn(caller, run);
        self.engine.flush();
        ran
    }

    /// Runs a command behind which others may come in the same turn.
    pub(crate) fn run_in_turn<R>(
        &self,
        caller: &Caller,
        run: impl FnOnce(&mut Tx) -> Result<R>,
    ) -> (Result<R>, Ticket) {
        let cause = Cause { caller: caller.clone(), name: "test", call: None, arguments: &[] };
        let mut run = Some(run);
        let mut value = None;
        let ran = self.engine.command(&cause, &mut |tx| {
            let run = run.take().expect("a command runs once");
            value = Some(run(tx)?);
            Ok(())
        });
        match ran {
            Ok(ran) => {
                (ran.result.map(|()| value.expect("a command that went well has a value")), ran.ticket)
            }
            Err(refused) => (Err(refused), Ticket { era: u64::MAX, seq: u64::MAX }),
        }
    }

    /// Runs a command and everything that the journal has to do for it.
    pub(crate) fn commit<R>(&self, run: impl FnOnce(&mut Tx) -> Result<R>) -> Result<R> {
        let (result, ticket) = self.run(run);
        self.settle();
        if result.is_ok() {
            assert_eq!(self.engine.standing(ticket), Standing::Stored);
        }
        result
    }

    /// Every turn ends, and everything that is due on the disk happens.
    pub(crate) fn settle(&self) {
        self.engine.flush();
        while self.lone.step() {}
    }

    /// What queries see.
    pub(crate) fn view(&self) -> View {
        self.engine.view(Caller::anonymous())
    }

    /// What the next command would see.
    pub(crate) fn head(&self) -> View {
        let (head, _) = self.run(|tx| Ok(tx.view()));
        head.expect("a look at the head changes nothing and is not refused")
    }
}

/// What a journal says, read by nobody's engine.
pub(crate) fn read(program: &Program, directory: &MemoryDirectory) -> Result<State, OpenError> {
    read_until(program, directory, None)
}

/// What it said when it was at a sequence.
pub(crate) fn read_until(
    program: &Program,
    directory: &MemoryDirectory,
    until: Option<u64>,
) -> Result<State, OpenError> {
    let mut loader = Loader::new(program, until);
    journal::read(directory, &mut |frame| loader.frame(frame))?;
    Ok(loader.finish().0)
}

/// Everything that makes up a state, in order: rows with their versions, counters, the sequence, the time. The indexes are
/// held against the rows.
pub(crate) fn picture(state: &State) -> Vec<String> {
    state.check_invariants();
    let mut lines = vec![format!("at {} on {}", state.seq, state.time_ms)];
    for (position, schema) in state.models().schemas().iter().enumerate() {
        let table = state.table(position);
        lines.push(format!("{} {} rows, next {}", schema.name, table.rows().len(), table.next_id()));
        for (key, row) in table.rows().iter() {
            let mut bytes = Vec::new();
            row.value.row_to_binary(&mut Writer::new(&mut bytes, Numbers::positions()));
            let (sum, some) = (checksum(&bytes), &bytes[..bytes.len().min(64)]);
            lines.push(format!("{} {key:?} @{} {sum:08x} {some:02x?}", schema.name, row.version));
        }
    }
    lines
}
