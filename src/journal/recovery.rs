//! Opening a journal: lock, header, frames, and setting right what a crash has left.

use std::io;
use std::sync::Arc;

use super::error::{AppendError, OpenError, Refusal, is_full};
use super::frame::{Frame, FrameKind};
use super::header::{COPIES, COPY_BYTES, FileHeader, HEADER_BYTES, HeaderFlaw, JournalId};
use super::holder::LockText;
use super::medium::{Directory, Lock, LockError, Medium, SECTOR_BYTES, read_exact_at, write_all_at};
use super::scan::{Scanned, scan};
use super::settle::{Torn, read_tail, settle};
use super::space::{AHEAD_BYTES, Space, zeros};
use super::writer::{Journal, OPEN_ID_BYTES, Position, State};
use super::{JOURNAL, LOCK, NEW, Visit};
use crate::stdx::clock::Clock;
use crate::stdx::random::Random;

/// Zeros that stay behind what a crash has left when the rest is given back on a full disk.
const KEPT_ZEROS_BYTES: u64 = 8 << 10;

/// How a journal is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Begin an empty journal when the directory has none and was not used before; else that is an error.
    pub create: bool,
    /// Zeros that are kept on disk ahead of the last frame, in bytes; simulations take little.
    pub ahead_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { create: true, ahead_bytes: AHEAD_BYTES }
    }
}

/// What was found when a journal was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The journal's own number.
    pub id: JournalId,
    /// 1, and one more with each compaction.
    pub generation: u64,
    /// It is new.
    pub created: bool,
    /// It was not closed: the process was killed, or the machine stopped.
    pub unclean: bool,
    /// The tail that a crash cut short.
    pub torn: Option<Torn>,
    /// One copy of the header was bad and was written again.
    pub header_repaired: bool,
    /// The last frame was damaged while it was being rewritten, and came back from its copy.
    pub restored: bool,
    /// The disk is too full to write that the journal was opened: it is served for reading, and nothing is stored until
    /// there is space.
    pub disk_full: bool,
    /// Frames that were read.
    pub frames: u64,
    /// Bytes up to the end of the last of them.
    pub bytes: u64,
    /// The last sequence.
    pub last_seq: u64,
    /// The time of the last frame, in milliseconds since 1970-01-01 UTC.
    pub last_time_ms: u64,
}

/// Who is given the frames of a journal that is opened, and may refuse it while nothing was changed.
pub trait Audience {
    /// The next frame.
    ///
    /// # Errors
    /// When it is not accepted.
    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Refusal>;

    /// That was the last one.
    ///
    /// # Errors
    /// When what they come to is not accepted.
    fn end(&mut self) -> Result<(), Refusal>;
}

/// Opens the journal of a directory for writing, or begins one. Each frame is given to `visit` in order; when this
/// comes back with an error, what `visit` has made of them is void.
///
/// # Errors
/// As [`OpenError`] lists them. A journal that is damaged or refused is left as it is.
pub fn open(
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: &Options,
    visit: &mut Visit<'_>,
) -> Result<(Journal, Opened), OpenError> {
    struct Visiting<'v, 'f>(&'v mut Visit<'f>);

    impl Audience for Visiting<'_, '_> {
        fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Refusal> {
            (self.0)(frame)
        }

        fn end(&mut self) -> Result<(), Refusal> {
            Ok(())
        }
    }

    open_for(directory, clock, random, options, &mut Visiting(visit))
}

/// The same for somebody who also hears of the end of the frames.
///
/// # Errors
/// As [`open`].
#[expect(clippy::needless_pass_by_value, reason = "the seams are handed over alike")]
pub fn open_for(
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: &Options,
    audience: &mut dyn Audience,
) -> Result<(Journal, Opened), OpenError> {
    let claim = claim(&*directory, &*clock, &*random, options)?;
    let heard = match hear(&*directory, &claim, audience) {
        Ok(heard) => heard,
        Err(refused) => {
            leave(&*directory, &*claim.lock, claim.lock_before.as_deref());
            return Err(refused);
        }
    };
    let Claim { lock, mut lock_text, medium, names, created, .. } = claim;
    let Heard { header, bad_copy, tail, scanned } = heard;
    lock_text.journal = Some(header.id.to_string());
    write_lock(&*lock, &lock_text)?;
    // Up to here nothing else was changed: a journal that is refused stays as it was found.
    if let Some(offset) = bad_copy {
        write_all_at(&*medium, offset, &header.encode())
            .and_then(|()| medium.sync_data())
            .map_err(OpenError::io(format!("repairing the header of {JOURNAL}")))?;
    }
    if names.iter().any(|name| name == NEW) {
        directory.remove(NEW).map_err(OpenError::io(format!("removing {NEW}")))?;
    }
    let settled = match settle(&*directory, &*medium, &scanned, tail.as_deref(), &*clock) {
        Err(error) if is_full(&error) => give_back(&*medium, &scanned)
            .and_then(|()| settle(&*directory, &*medium, &scanned, tail.as_deref(), &*clock)),
        settled => settled,
    };
    let torn = settled.map_err(OpenError::io(format!("setting the end of {JOURNAL} right")))?;
    let mut opened = Opened {
        id: header.id,
        generation: header.generation,
        created,
        unclean: !created && scanned.last.is_none_or(|last| last.kind != FrameKind::Close),
        torn,
        header_repaired: bad_copy.is_some(),
        restored: scanned.restored,
        disk_full: false,
        frames: scanned.frames,
        bytes: scanned.at.end,
        last_seq: scanned.at.seq,
        last_time_ms: scanned.at.time_ms,
    };

    let ahead = directory.open(JOURNAL).map_err(OpenError::io(format!("opening {JOURNAL}")))?;
    let size = medium.size().map_err(OpenError::io(format!("asking for the size of {JOURNAL}")))?;
    let mut journal = Journal {
        space: Arc::new(Space::new(ahead, scanned.at.end, size, options.ahead_bytes)),
        medium,
        directory,
        header,
        at: scanned.at,
        buffer: Vec::new(),
        waiting: None,
        wanted: 0,
        state: State::Open,
        lock,
        lock_text,
        clock,
        looked_ns: None,
    };
    let mut open_id = [0; OPEN_ID_BYTES];
    random.fill(&mut open_id);
    journal.begin(open_id).map_err(|error| OpenError::Io {
        doing: format!("writing to {JOURNAL}"),
        error: match error {
            AppendError::NotStored(error) | AppendError::Fatal(error) => error,
            AppendError::TooLarge(_) => unreachable!("{OPEN_ID_BYTES} bytes are not too large"),
        },
    })?;
    opened.disk_full = journal.is_waiting();
    Ok((journal, opened))
}

/// Who has the directory open, as the error that opening it would be; none: nobody. Nothing is changed.
#[must_use]
pub fn held(directory: &dyn Directory) -> Option<OpenError> {
    let place = directory.place();
    let names = directory.list().ok()?;
    let has = |name| names.iter().any(|has| has == name);
    if has(LOCK)
        && let Err(LockError::Held(text)) = directory.lock(LOCK)
    {
        return Some(OpenError::Held { place, holder: LockText::holder(&text) });
    }
    if has(JOURNAL) { take(directory, &place).err().filter(OpenError::is_held) } else { None }
}

/// What a journal says before anything is done to it.
struct Heard {
    header: FileHeader,
    bad_copy: Option<u64>,
    tail: Option<Vec<u8>>,
    scanned: Scanned,
}

/// Reads everything, and asks whether it is accepted.
fn hear(directory: &dyn Directory, claim: &Claim, audience: &mut dyn Audience) -> Result<Heard, OpenError> {
    let (header, bad_copy) = read_header(&*claim.medium)?;
    let tail = read_tail(directory, &claim.names)?;
    let scanned =
        scan(&*claim.medium, &header, tail.as_deref(), &mut |frame: &Frame<'_>| audience.frame(frame))?;
    let Position { end: offset, seq, .. } = scanned.at;
    audience.end().map_err(|refusal| OpenError::Refused { offset, seq, refusal })?;
    Ok(Heard { header, bad_copy, tail, scanned })
}

/// Puts the lock file back as it was found: a journal that is not opened bears no trace of having been looked at.
fn leave(directory: &dyn Directory, lock: &dyn Lock, before: Option<&str>) {
    let left = match before {
        Some(text) => lock.write(text),
        None => directory.remove(LOCK),
    };
    if left.is_err() {
        // Then it names a process that is gone, which the next holder corrects.
    }
}

/// On a full disk: gives back the zeros ahead, which are space enough for a copy of most last frames.
fn give_back(medium: &dyn Medium, scanned: &Scanned) -> io::Result<()> {
    let dirty_end = scanned.torn.map_or(0, |(_, to)| to.next_multiple_of(SECTOR_BYTES));
    let keep = scanned.at.end.max(dirty_end).saturating_add(KEPT_ZEROS_BYTES);
    if keep < medium.size()? {
        medium.set_size(keep)?;
        medium.sync_data()?;
    }
    Ok(())
}

/// The directory, locked, and with a journal in it.
struct Claim {
    lock: Box<dyn Lock>,
    /// What stood in its file; none: there was no such file.
    lock_before: Option<String>,
    lock_text: LockText,
    /// The journal, locked as well.
    medium: Arc<dyn Medium>,
    names: Vec<String>,
    /// The journal is new.
    created: bool,
}

fn claim(
    directory: &dyn Directory,
    clock: &dyn Clock,
    random: &dyn Random,
    options: &Options,
) -> Result<Claim, OpenError> {
    let place = directory.place();
    let list = || directory.list().map_err(OpenError::io(format!("reading the directory {place}")));
    let has = |names: &[String], name| names.iter().any(|has| has == name);
    let names = list()?;
    if !has(&names, JOURNAL) {
        if !options.create {
            return Err(OpenError::Missing { place });
        }
        directory.make().map_err(OpenError::io(format!("making the directory {place}")))?;
    }
    let had_lock = has(&names, LOCK);
    let lock = directory.lock(LOCK).map_err(|error| match error {
        LockError::Held(text) => OpenError::Held { place: place.clone(), holder: LockText::holder(&text) },
        LockError::Io(error) => OpenError::Io { doing: format!("locking {place}"), error },
    })?;
    // Only from here on is nobody else at work in the directory, unless somebody has removed the lock file: then the
    // journal is locked all the same. The text is written once that is known.
    let names = list()?;
    let created = !has(&names, JOURNAL);
    let found = if created { None } else { Some(take(directory, &place)?) };
    let lock_before = lock.read().unwrap_or_default();
    let lock_text = LockText::parse(&lock_before);
    let lock_before = had_lock.then_some(lock_before);
    if created && let Some(evidence) = lock_text.evidence(&names) {
        leave(directory, &*lock, lock_before.as_deref());
        return Err(OpenError::Lost { place, evidence });
    }
    let lock_text = lock_text.taken_over(clock.wall_ms());
    write_lock(&*lock, &lock_text)?;
    let medium = if let Some(medium) = found {
        // The process that gave the journal its name may have been killed before the name was on disk.
        directory.sync().map_err(OpenError::io(format!("syncing the directory {place}")))?;
        medium
    } else {
        if has(&names, NEW) {
            directory.remove(NEW).map_err(OpenError::io(format!("removing {NEW}")))?;
        }
        create(directory, random, options.ahead_bytes)
            .map_err(OpenError::io(format!("making {JOURNAL} in {place}")))?;
        take(directory, &place)?
    };
    Ok(Claim { lock, lock_before, lock_text, medium, names: list()?, created })
}

/// Says who holds the lock. On a full disk it is held all the same.
fn write_lock(lock: &dyn Lock, text: &LockText) -> Result<(), OpenError> {
    match lock.write(&text.to_string()) {
        Err(error) if !is_full(&error) => Err(OpenError::io(format!("writing {LOCK}"))(error)),
        _ => Ok(()),
    }
}

/// Opens the journal and locks it: the lock file may have been removed under the process that holds it.
fn take(directory: &dyn Directory, place: &str) -> Result<Arc<dyn Medium>, OpenError> {
    let medium = directory.open(JOURNAL).map_err(OpenError::io(format!("opening {JOURNAL}")))?;
    medium.lock().map_err(|error| match error {
        LockError::Held(text) => OpenError::Held {
            place: place.to_owned(),
            holder: format!("{}; its file {LOCK} was removed", LockText::holder(&text)),
        },
        LockError::Io(error) => OpenError::Io { doing: format!("locking {JOURNAL}"), error },
    })?;
    Ok(medium)
}

/// An empty journal: whole under another name first, so that there is never half a one.
fn create(directory: &dyn Directory, random: &dyn Random, ahead_bytes: u64) -> io::Result<()> {
    let mut id = [0; 16];
    random.fill(&mut id);
    let copy = FileHeader::new(JournalId(id)).encode();
    let medium = directory.create(NEW)?;
    for offset in COPIES {
        write_all_at(&*medium, offset, &copy)?;
    }
    write_all_at(&*medium, HEADER_BYTES, &zeros(ahead_bytes.max(2 * SECTOR_BYTES)))?;
    medium.sync_all()?;
    directory.rename(NEW, JOURNAL)?;
    directory.sync()
}

/// What the header says, from either copy.
pub(super) fn read_header(medium: &dyn Medium) -> Result<(FileHeader, Option<u64>), OpenError> {
    let mut copies = [Err(HeaderFlaw::Missing); 2];
    for (offset, copy) in COPIES.into_iter().zip(&mut copies) {
        let mut bytes = [0; COPY_BYTES];
        match read_exact_at(medium, offset, &mut bytes) {
            Ok(()) => *copy = FileHeader::decode(&bytes),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
            Err(error) => return Err(OpenError::io(format!("reading the header of {JOURNAL}"))(error)),
        }
    }
    let [first, second] = COPIES;
    match copies {
        [Ok(one), Ok(two)] if one == two => Ok((one, None)),
        [Ok(_), Ok(_)] => Err(OpenError::TwoHeaders),
        [Ok(one), Err(_)] => Ok((one, Some(second))),
        [Err(_), Ok(two)] => Ok((two, Some(first))),
        [Err(one), Err(two)] => Err(OpenError::Header { flaws: [one, two] }),
    }
}
