//! Where commands run, and where their batches go.

use super::flight::{Condition, Flight, ThisThread};
use super::gate::{Gate, Inside};
use super::published::{Published, Standing, disk_failed, not_stored};
use super::{Caller, Tx, View};
use crate::error::{Error, Result};
use crate::journal::{Batch, Commit, FrameKind, MAX_PAYLOAD_BYTES, Outcomes, Ticket};
use crate::state::{self, Recorder, State};
use crate::stdx::clock::Clock;
use crate::stdx::report;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// How long a command waits for the one before it, in milliseconds; then 503.
pub const COMMAND_WAIT_MS: u64 = 5_000;

/// A command that takes longer than this is named on stderr, in milliseconds.
pub const COMMAND_SLOW_MS: u64 = 10;

/// How long a stop waits for the command that runs, in milliseconds; one that takes longer is taken to have no end.
pub const STOP_WAIT_MS: u64 = 10_000;

/// How often whoever has to have the head looks whether it is still wanted.
const HEAD_LOOK: Duration = Duration::from_millis(100);

/// While a command has been running for longer than this, others are better not waited for, in nanoseconds.
const COMMAND_STUCK_NS: u64 = 2_000_000;

/// The most transactions in a batch.
const BATCH_TRANSACTIONS_MAX: u32 = 4_096;

/// So many transactions are enough for a batch: when the journal has nothing to do, nobody waits for more. Each batch costs
/// a sync and a version of the trees: with 64 connections of 40 transfers in flight, 256 took 10.3 us a transfer and 8
/// took 12.4; waiting for more than 256 gained nothing.
const BATCH_ENOUGH: u32 = 256;

/// A batch that holds so many bytes takes no more transactions.
const BATCH_BYTES: usize = 4 << 20;

/// A buffer that one large transaction has made larger than this is not kept.
const KEPT_BUFFER_BYTES: usize = 2 * BATCH_BYTES;

/// What a transaction is recorded under.
#[derive(Debug, Clone)]
pub struct Cause<'c> {
    /// Who.
    pub caller: Caller,
    /// The call's name, for the log.
    pub name: &'c str,
    /// The call's number in the catalog.
    pub call: Option<u64>,
    /// Its arguments, encoded; empty for none.
    pub arguments: &'c [u8],
}

/// What came of a command.
#[derive(Debug)]
pub struct Ran {
    /// The method's own outcome.
    pub result: Result<()>,
    /// What the answer has to wait for.
    pub ticket: Ticket,
}

/// The head and the published root, and the batches between them.
pub struct Engine {
    gate: Gate<Head, Flight>,
    published: Published,
    commit: OnceLock<Arc<dyn Commit>>,
    /// There may be something in the open batch that is not yet due.
    undue: AtomicBool,
    clock: Arc<dyn Clock>,
    /// When the command began that is running, in nanoseconds of the clock; 0 when none is.
    running_since_ns: AtomicU64,
    /// How long a command waits for the one before it, in milliseconds.
    command_wait_ms: AtomicU64,
    /// How long a stop waits for the command that runs, in milliseconds.
    stop_wait_ms: AtomicU64,
    /// The commands that were named as slow, with the longest time said, in milliseconds.
    named_slow: Mutex<BTreeMap<String, u64>>,
    /// Called when the disk has failed and the process has to end.
    on_failure: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("published", &self.published).finish_non_exhaustive()
    }
}

/// Where commands run.
#[derive(Debug)]
struct Head {
    tx: Tx,
    recorder: Recorder,
    /// The transactions since the last batch was closed.
    open: Open,
    /// Batches that are closed, because they were full, and not yet under way.
    closed: VecDeque<Closed>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
    era: u64,
}

#[derive(Debug, Default)]
struct Open {
    payload: Vec<u8>,
    count: u32,
}

#[derive(Debug)]
struct Closed {
    batch: Batch,
    ticket: Ticket,
    root: Arc<State>,
}

impl Head {
    /// Is there a batch that nobody needs to wait any longer for?
    fn has_enough(&self) -> bool {
        self.open.count >= BATCH_ENOUGH || !self.closed.is_empty()
    }

    /// Closes the open batch: what comes now belongs to the next.
    fn close(&mut self) {
        if self.open.count > 0 {
            self.close_at(self.tx.state.clone());
        }
    }

    /// Closes the open batch, which is not empty and leads to this state.
    fn close_at(&mut self, root: State) {
        let root = Arc::new(root);
        let Open { payload, count } = &mut self.open;
        let payload = std::mem::replace(payload, self.spare.pop().unwrap_or_default());
        let first_seq = root.seq + 1 - u64::from(*count);
        let batch =
            Batch { kind: FrameKind::Batch, first_seq, count: *count, time_ms: root.time_ms, payload };
        *count = 0;
        let ticket = Ticket { era: self.era, seq: root.seq };
        self.closed.push_back(Closed { batch, ticket, root });
    }

    /// Puts the last transaction into the open batch.
    fn record(&mut self, cause: &Cause<'_>) -> Result<()> {
        let before = self.open.payload.len();
        let recorded = state::Cause {
            time_ms: self.tx.time_ms,
            actor: self.tx.caller.name(),
            call: cause.call,
            arguments: cause.arguments,
        };
        let Tx { state, changes, counters, .. } = &self.tx;
        self.recorder.record(&mut self.open.payload, state, recorded, changes, counters);
        let bytes = self.open.payload.len() - before;
        if bytes > MAX_PAYLOAD_BYTES {
            self.open.payload.truncate(before);
            self.open.payload.shrink_to(BATCH_BYTES);
            return Err(Error::too_large(format!(
                "the transaction takes {bytes} bytes in the journal, and {MAX_PAYLOAD_BYTES} are the most"
            )));
        }
        if before > 0 && self.open.payload.len() > BATCH_BYTES {
            // A batch stays below its limit unless a single transaction is larger: this one begins the next. The head has
            // it in already, and the root of the batch before must not: nothing of it may be seen when that is placed.
            let own = self.open.payload.split_off(before);
            self.tx.in_tree = true;
            let root = self.tx.before();
            self.tx.in_tree = false;
            self.close_at(root);
            self.open.payload.extend_from_slice(&own);
        }
        self.open.count += 1;
        let Tx { state, time_ms, .. } = &mut self.tx;
        state.seq += 1;
        state.time_ms = *time_ms;
        if self.open.count >= BATCH_TRANSACTIONS_MAX {
            self.close();
        }
        Ok(())
    }
}

impl Engine {
    /// An engine over a state that is on disk.
    pub(super) fn new(state: State, recorder: Recorder, seed: u64, clock: Arc<dyn Clock>) -> Arc<Self> {
        let published = Published::new(Arc::new(state.clone()));
        let head = Head {
            tx: Tx::new(state, seed),
            recorder,
            open: Open::default(),
            closed: VecDeque::new(),
            spare: Vec::new(),
            era: 0,
        };
        let gate = Gate::new(Box::new(head), Flight::default());
        Arc::new(Self {
            gate,
            published,
            commit: OnceLock::new(),
            undue: AtomicBool::new(false),
            clock,
            named_slow: Mutex::default(),
            running_since_ns: AtomicU64::new(0),
            command_wait_ms: AtomicU64::new(COMMAND_WAIT_MS),
            stop_wait_ms: AtomicU64::new(STOP_WAIT_MS),
            on_failure: OnceLock::new(),
        })
    }

    /// Says where batches go. Called once.
    pub(super) fn commit_to(&self, commit: Arc<dyn Commit>) {
        let first = self.commit.set(commit).is_ok();
        assert!(first, "an engine commits to one place");
    }

    /// Starts the thread that drops old versions, and the head's spare nodes when nothing happens.
    pub(super) fn start_reaper(self: &Arc<Self>) -> io::Result<()> {
        let (engine, mut seen) = (Arc::downgrade(self), self.seq());
        let tidy = move || engine.upgrade().is_some_and(|engine| engine.tidy(&mut seen));
        self.published.reaper.start(tidy)
    }

    /// Drops the head's spare nodes if nothing was published since the last look; else says that there is more to look for.
    fn tidy(&self, seen: &mut u64) -> bool {
        let seq = self.seq();
        if std::mem::replace(seen, seq) != seq {
            return true;
        }
        let mut inside = self.gate.look();
        let Some(head) = inside.value.as_mut() else { return true };
        let spares = head.tx.state.take_spares();
        drop(inside);
        drop(spares);
        false
    }

    /// What hears that tickets have moved: whoever holds back answers. Set once; the first one stays.
    pub fn on_move(&self, wake: Box<dyn Fn() + Send + Sync>) -> bool {
        self.published.on_move(wake)
    }

    /// What hears that the disk has failed. Set once; the first one stays.
    pub fn on_failure(&self, failed: Box<dyn Fn() + Send + Sync>) -> bool {
        self.on_failure.set(failed).is_ok()
    }

    /// How long a command waits for the one before it, in milliseconds, in place of [`COMMAND_WAIT_MS`].
    pub fn set_command_wait(&self, ms: u64) {
        self.command_wait_ms.store(ms, Ordering::Relaxed);
    }

    /// How long a stop waits for the command that runs, in milliseconds, in place of [`STOP_WAIT_MS`].
    pub fn set_stop_wait(&self, ms: u64) {
        self.stop_wait_ms.store(ms, Ordering::Relaxed);
    }

    /// Has the disk failed?
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.published.has_failed()
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The newest version that is on disk.
    #[must_use]
    pub fn view(&self, caller: Caller) -> View {
        View::new(self.published.root(), caller)
    }

    /// The last sequence that is on disk.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.published.seq()
    }

    /// How many old versions somebody holds.
    #[must_use]
    pub fn held_versions(&self) -> usize {
        self.published.reaper.held()
    }

    /// How many tree nodes wait to be used again; `None` while a command runs.
    #[must_use]
    pub fn spare_nodes(&self) -> Option<usize> {
        self.gate.look().value.as_ref().map(|head| head.tx.state.spare_nodes())
    }

    /// What has become of a ticket.
    #[must_use]
    pub fn standing(&self, ticket: Ticket) -> Standing {
        self.published.standing(ticket)
    }

    /// The error that takes the place of an answer whose ticket was not stored.
    #[must_use]
    pub fn refusal(&self, standing: Standing) -> Option<Error> {
        not_stored(standing)
    }

    /// Sleeps until a ticket is settled: for threads that may.
    pub fn wait(&self, ticket: Ticket) -> Standing {
        self.flush();
        self.published.wait(ticket)
    }

    /// Runs a command: all of it, or nothing of it when it gives an error or panics. It does not wait for the disk; its
    /// answer has to. Nor does it go there by itself: whoever has no more commands for now says so with
    /// [`Engine::flush`], so that the commands of one turn of a loop become one batch.
    ///
    /// # Errors
    /// Before it runs: 503 when the head is not free in time or the engine is stopped, 507 while the disk is full.
    pub fn command(&self, cause: &Cause<'_>, run: &mut dyn FnMut(&mut Tx) -> Result<()>) -> Result<Ran> {
        let wait_ms = self.command_wait_ms.load(Ordering::Relaxed);
        let this_thread = ThisThread::get();
        let is_own = |flight: &Flight| flight.runs_on == Some(this_thread);
        let Some(mut head) = self.gate.take(Duration::from_millis(wait_ms), is_own) else {
            return Err(if is_own(&self.gate.look().beside) {
                let name = cause.name;
                Error::internal(format!("{name}: a transaction inside a transaction would wait for itself"))
            } else {
                Error::overloaded(format!("another command has been running for more than {wait_ms} ms"))
            });
        };
        let entered = self.gate.look().beside.enter(this_thread, cause.name, self.has_failed());
        if let Err(refused) = entered {
            self.gate.put(head, |_| ());
            return Err(refused);
        }
        head.tx.begin(self.clock.wall_ms(), cause.caller.clone());
        let started_ns = self.clock.monotonic_ns();
        self.running_since_ns.store(started_ns, Ordering::Relaxed);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            run(&mut head.tx)?;
            if head.tx.is_idle() { Ok(()) } else { head.record(cause) }
        }));
        self.running_since_ns.store(0, Ordering::Relaxed);
        self.name_if_slow(cause.name, started_ns);
        let result = match outcome {
            // Whether or not the method caught it.
            _ if head.tx.in_tree => die_of_panic(),
            Ok(result) => result,
            Err(panic) => Err(Error::panicked(cause.name, report::panic_words(&*panic))),
        };
        if result.is_err() && catch_unwind(AssertUnwindSafe(|| head.tx.undo())).is_err() {
            die_of_panic();
        }
        let ticket = Ticket { era: head.era, seq: head.tx.state.seq };
        let next = self.gate.put(head, |inside| {
            inside.beside.runs_on = None;
            let enough = inside.value.as_ref().is_some_and(|head| head.has_enough());
            if enough || inside.beside.due { next_batch(inside) } else { None }
        });
        // Said after the command is in the batch and before its ticket is known to anybody.
        self.undue.store(true, Ordering::Release);
        self.submit(next);
        Ok(Ran { result, ticket })
    }

    /// Sends what has been recorded to the journal, at once or as soon as the batch before is placed. To be called by
    /// everybody who has run commands, before they wait or sleep. Without anything to send it is one load.
    pub fn flush(&self) {
        if !self.undue.load(Ordering::Acquire) || !self.undue.swap(false, Ordering::AcqRel) {
            return;
        }
        let mut inside = self.gate.look();
        // Where a command has the head, it sends the batch when it puts the head back.
        inside.beside.due = true;
        let next = next_batch(&mut inside);
        self.gate.leave(inside);
        self.submit(next);
    }

    /// Is a command running that takes long? Whoever wants to run another one would wait.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        let since_ns = self.running_since_ns.load(Ordering::Relaxed);
        since_ns != 0 && self.clock.monotonic_ns().saturating_sub(since_ns) > COMMAND_STUCK_NS
    }

    /// Names a slow command on stderr: the first time, and again when it takes twice as long, so that one fault is one line
    /// and not a flood.
    fn name_if_slow(&self, name: &str, started_ns: u64) {
        let took_ms = self.clock.monotonic_ns().saturating_sub(started_ns) / 1_000_000;
        if took_ms <= COMMAND_SLOW_MS {
            return;
        }
        let mut named = self.named_slow.lock().unwrap_or_else(PoisonError::into_inner);
        match named.get_mut(name) {
            Some(before_ms) if took_ms < 2 * *before_ms => return,
            Some(before_ms) => *before_ms = took_ms,
            None => {
                named.insert(name.to_owned(), took_ms);
            }
        }
        drop(named);
        report::line(&format!(
            "slow command: {name} held the state for {took_ms} ms; others wait meanwhile, so commands are to take less \
             than {COMMAND_SLOW_MS} ms (said again when it takes twice as long)"
        ));
    }

    fn submit(&self, next: Option<(Batch, Ticket)>) {
        if let Some((batch, ticket)) = next {
            self.commit.get().expect("an engine that runs commands commits somewhere").submit(batch, ticket);
        }
    }

    /// Takes no more commands, and waits until everything is on disk and closed. A command that does not end in
    /// [`STOP_WAIT_MS`] is named on stderr and left behind; see [`Engine::hanging`]. What was stored before it is on disk.
    pub fn stop(&self) {
        let is_given_up = {
            let beside = &mut self.gate.look().beside;
            // Those who wait for the head are refused from here on, and so are not in the way.
            beside.standing = Condition::Over;
            beside.is_given_up
        };
        if !is_given_up {
            let wait_ms = self.stop_wait_ms.load(Ordering::Relaxed);
            match self.gate.take(Duration::from_millis(wait_ms), |_| false) {
                Some(head) => self.store_the_rest(head),
                None => self.give_up(wait_ms),
            }
        }
        if let Some(commit) = self.commit.get() {
            commit.stop();
        }
        self.published.reaper.stop();
    }

    /// The command that did not end when the engine was stopped.
    #[must_use]
    pub fn hanging(&self) -> Option<String> {
        let beside = &self.gate.look().beside;
        beside.is_given_up.then(|| beside.call.clone())
    }

    fn give_up(&self, waited_ms: u64) {
        self.gate.look().beside.is_given_up = true;
        let call = self.hanging().unwrap_or_default();
        report::line(&format!(
            "{call} has not ended in the {waited_ms} ms that a stop waits for a command: it is left behind, and nothing of \
             it is stored; everything that was acknowledged is"
        ));
    }

    fn store_the_rest(&self, head: Box<Head>) {
        let ticket = Ticket { era: head.era, seq: head.tx.state.seq };
        let next = self.gate.put(head, next_batch);
        self.submit(next);
        self.wait(ticket);
    }

    /// The head, as soon as no command has it; none once it is no longer waited for.
    fn head_unless_given_up(&self) -> Option<Box<Head>> {
        loop {
            if let Some(head) = self.gate.take(HEAD_LOOK, |_| false) {
                return Some(head);
            }
            if self.gate.look().beside.is_given_up {
                return None;
            }
        }
    }

    /// Forgets everything that is not on disk.
    fn back_to_published(&self, standing: Condition) {
        let Some(mut head) = self.head_unless_given_up() else { return };
        head.tx.state = State::clone(&self.published.root());
        head.tx.changes.clear();
        head.tx.counters.clear();
        head.open.payload.clear();
        head.open.count = 0;
        head.closed.clear();
        head.era = self.published.end_era();
        self.gate.put(head, |inside| {
            inside.beside.under_way = None;
            inside.beside.due = false;
            inside.beside.become_unless_over(standing);
        });
        self.published.moved();
    }
}

/// A panic came from the tree itself: what the head holds is unknown, and so is what would be stored.
fn die_of_panic() -> ! {
    report::line("a panic inside the state: the process ends, nothing unknown is stored");
    std::process::abort();
}

/// What goes to the journal now: nothing while a batch is under way.
fn next_batch(inside: &mut Inside<Head, Flight>) -> Option<(Batch, Ticket)> {
    if inside.beside.under_way.is_some() {
        return None;
    }
    let head = inside.value.as_mut()?;
    if head.closed.is_empty() {
        head.close();
        inside.beside.due = false;
    }
    let Closed { batch, ticket, root } = head.closed.pop_front()?;
    inside.beside.under_way = Some((ticket, root));
    Some((batch, ticket))
}

/// What the engine hears from the journal. It holds the engine weakly: the journal's thread ends with it.
#[derive(Debug)]
pub(super) struct Ear(pub(super) Weak<Engine>);

impl Outcomes for Ear {
    fn placed(&self, ticket: Ticket, spent: Vec<u8>) {
        let Some(engine) = self.0.upgrade() else { return };
        let mut inside = engine.gate.look();
        let placed = inside.beside.under_way.take();
        let (sent, root) = placed.expect("a batch is placed that was under way");
        assert_eq!(sent, ticket, "batches are placed in the order in which they were submitted");
        // A buffer that one large transaction made is not kept for the small ones that follow.
        if let Some(head) = inside.value.as_mut().filter(|_| spent.capacity() <= KEPT_BUFFER_BYTES) {
            head.spare.push(spent);
        }
        // What is not due yet belongs to loops that are in the middle of a turn, and may become more.
        let goes = inside.beside.due || inside.value.as_ref().is_some_and(|head| head.has_enough());
        let next = if goes { next_batch(&mut inside) } else { None };
        drop(inside);
        engine.submit(next);
        engine.published.publish(root);
    }

    fn lost(&self, ticket: Ticket) {
        unreachable!("a lone journal has lost the batch of {ticket:?} to nobody");
    }

    fn not_stored(&self, _ticket: Ticket, error: &io::Error) {
        let Some(engine) = self.0.upgrade() else { return };
        if engine.gate.look().beside.standing != Condition::Over {
            report::line(&format!("the disk is full, commands are refused until it has space: {error}"));
        }
        engine.back_to_published(Condition::Full);
    }

    fn room_again(&self) {
        let Some(engine) = self.0.upgrade() else { return };
        report::line("the disk has space again: commands are taken");
        engine.gate.look().beside.become_unless_over(Condition::Well);
    }

    fn unknown(&self, _ticket: Ticket, error: &io::Error) {
        self.failed(error);
    }

    fn failed(&self, error: &io::Error) {
        let Some(engine) = self.0.upgrade() else { return };
        report::line(&disk_failed(error));
        engine.gate.look().beside.standing = Condition::Over;
        engine.published.fail();
        if let Some(failed) = engine.on_failure.get() {
            failed();
        }
    }
}
