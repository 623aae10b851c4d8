//! Opening a journal: lock, header, frames, and setting right what a crash has left.
//!
//! Every step may itself be cut short by a crash; the next opening then finds either what this one found or what it
//! made of it. So a torn tail is copied aside and synced before it is zeroed, and the last frame is copied and synced
//! before it is written again in its place.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::error::OpenError;
use super::frame::FrameKind;
use super::header::{COPIES, COPY_BYTES, FileHeader, HEADER_BYTES, HeaderFlaw, JournalId};
use super::medium::{Directory, LockError, Medium, SECTOR_BYTES, read_exact_at, write_all_at};
use super::scan::{Last, Scanned, scan};
use super::space::{AHEAD_BYTES, Space};
use super::writer::{Journal, State};
use super::{ARCHIVE, JOURNAL, LOCK, NEW, TAIL, TORN_PREFIX, Visit};
use crate::stdx::clock::Clock;
use crate::stdx::random::Random;

/// The tail of a file that a crash cut short, and where it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// Where it began.
    pub offset: u64,
    /// How many bytes it had.
    pub bytes: u64,
    /// The file that holds these bytes now; none after [`super::read`], which changes nothing.
    pub kept_as: Option<String>,
}

impl fmt::Display for Torn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a write was cut short at byte {} ({} bytes); nothing acknowledged is affected",
            self.offset, self.bytes
        )?;
        match &self.kept_as {
            Some(name) => write!(f, "; the bytes are kept in {name}"),
            None => Ok(()),
        }
    }
}

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
    /// Frames that were read.
    pub frames: u64,
    /// Bytes up to the end of the last of them.
    pub bytes: u64,
    /// The last sequence.
    pub last_seq: u64,
    /// The time of the last frame, in milliseconds since 1970-01-01 UTC.
    pub last_time_ms: u64,
}

/// Opens the journal of a directory for writing, or begins one. Each frame is given to `visit` in order; when this
/// comes back with an error, what `visit` has made of them is void.
///
/// # Errors
/// As [`OpenError`] lists them. A journal that is damaged is left as it is.
#[expect(clippy::needless_pass_by_value, reason = "the seams are handed over alike")]
pub fn open(
    directory: Arc<dyn Directory>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: &Options,
    visit: &mut Visit<'_>,
) -> Result<(Journal, Opened), OpenError> {
    let place = directory.place();
    if !directory
        .list()
        .map_err(OpenError::io(format!("reading the directory {place}")))?
        .iter()
        .any(|n| n == JOURNAL)
    {
        if !options.create {
            return Err(OpenError::Missing { place });
        }
        directory.make().map_err(OpenError::io(format!("making the directory {place}")))?;
    }
    let lock = directory.lock(LOCK).map_err(|error| match error {
        LockError::Held(holder) => OpenError::Held { place: place.clone(), holder: LockText::name(&holder) },
        LockError::Io(error) => OpenError::Io { doing: format!("locking {place}"), error },
    })?;
    let mut lock_text = LockText::parse(&lock.read().unwrap_or_default()).taken_over(clock.wall_ms());
    let writing_lock = || OpenError::io(format!("writing {LOCK}"));
    lock.write(&lock_text.to_string()).map_err(writing_lock())?;

    // Only now is nobody else at work here.
    let names = directory.list().map_err(OpenError::io(format!("reading the directory {place}")))?;
    let created = !names.iter().any(|name| name == JOURNAL);
    if created {
        if let Some(evidence) = lock_text.evidence(&names) {
            return Err(OpenError::Lost { place, evidence });
        }
        create(&*directory, &names, &*random)
            .map_err(OpenError::io(format!("making {JOURNAL} in {place}")))?;
    } else if names.iter().any(|name| name == NEW) {
        directory.remove(NEW).map_err(OpenError::io(format!("removing {NEW}")))?;
    }

    let medium = directory.open(JOURNAL).map_err(OpenError::io(format!("opening {JOURNAL}")))?;
    let (header, header_repaired) = repaired_header(&*medium)?;
    lock_text.journal = Some(header.id.to_string());
    lock.write(&lock_text.to_string()).map_err(writing_lock())?;

    let tail = read_tail(&*directory, &names)?;
    let scanned = scan(&*medium, &header, tail.as_deref(), visit)?;
    let torn = settle(&*directory, &*medium, &scanned, tail, &*clock)
        .map_err(OpenError::io(format!("setting the end of {JOURNAL} right")))?;

    let opened = Opened {
        id: header.id,
        generation: header.generation,
        created,
        unclean: !created && scanned.last.is_none_or(|last| last.kind != FrameKind::Close),
        torn,
        header_repaired,
        restored: scanned.restored,
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
        wanted: 0,
        state: State::Open,
        lock,
        lock_text,
        clock,
    };
    let mut open_id = [0; 16];
    random.fill(&mut open_id);
    journal.write_now(FrameKind::Open, &open_id).map_err(|error| OpenError::Io {
        doing: format!("writing to {JOURNAL}"),
        error: io::Error::other(error),
    })?;
    Ok((journal, opened))
}

/// An empty journal: whole under another name first, so that there is never half a one.
fn create(directory: &dyn Directory, names: &[String], random: &dyn Random) -> io::Result<()> {
    if names.iter().any(|name| name == NEW) {
        directory.remove(NEW)?;
    }
    let mut id = [0; 16];
    random.fill(&mut id);
    let copy = FileHeader::new(JournalId(id)).encode();
    let medium = directory.create(NEW)?;
    for offset in COPIES {
        write_all_at(&*medium, offset, &copy)?;
    }
    medium.set_size(HEADER_BYTES.saturating_add(SECTOR_BYTES))?;
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

fn repaired_header(medium: &dyn Medium) -> Result<(FileHeader, bool), OpenError> {
    let (header, bad) = read_header(medium)?;
    if let Some(offset) = bad {
        write_all_at(medium, offset, &header.encode())
            .and_then(|()| medium.sync_data())
            .map_err(OpenError::io(format!("repairing the header of {JOURNAL}")))?;
    }
    Ok((header, bad.is_some()))
}

/// The copy of the last frame that an opening cut short has left.
pub(super) fn read_tail(directory: &dyn Directory, names: &[String]) -> Result<Option<Vec<u8>>, OpenError> {
    if !names.iter().any(|name| name == TAIL) {
        return Ok(None);
    }
    read_whole(directory, TAIL).map(Some).map_err(OpenError::io(format!("reading {TAIL}")))
}

fn read_whole(directory: &dyn Directory, name: &str) -> io::Result<Vec<u8>> {
    let medium = directory.open_to_read(name)?;
    let largest = super::frame::frame_bytes(super::MAX_PAYLOAD_BYTES as u64);
    let mut bytes = vec![0; usize::try_from(medium.size()?.min(largest)).unwrap_or(usize::MAX)];
    read_exact_at(&*medium, 0, &mut bytes)?;
    Ok(bytes)
}

/// Sets right what a crash has left at the end of the file. Afterwards every accepted frame is on disk, and zeros
/// follow.
fn settle(
    directory: &dyn Directory,
    medium: &dyn Medium,
    scanned: &Scanned,
    tail: Option<Vec<u8>>,
    clock: &dyn Clock,
) -> io::Result<Option<Torn>> {
    let torn = match scanned.torn {
        Some((from, to)) => Some(put_aside(directory, medium, from, to, clock)?),
        None => None,
    };
    match (tail, scanned.last) {
        (Some(whole), Some(last)) if scanned.restored => {
            write_all_at(medium, last.offset, &whole)?;
            medium.sync_data()?;
            directory.remove(TAIL)?;
        }
        (stale, last) => {
            if stale.is_some() {
                directory.remove(TAIL)?;
            }
            match last {
                Some(last) => rewrite(directory, medium, &last)?,
                None => medium.sync_data()?,
            }
        }
    }
    Ok(torn)
}

/// Writes the last frame again in its place: it may be in the page cache alone, because its sync failed or never came.
/// What carries data is copied first; the other frames lose nothing when a crash cuts this short.
fn rewrite(directory: &dyn Directory, medium: &dyn Medium, last: &Last) -> io::Result<()> {
    let mut bytes = vec![0; usize::try_from(last.bytes).unwrap_or(usize::MAX)];
    read_exact_at(medium, last.offset, &mut bytes)?;
    if last.kind.carries_data() {
        write_new(directory, TAIL, &bytes)?;
    }
    write_all_at(medium, last.offset, &bytes)?;
    medium.sync_data()?;
    if last.kind.carries_data() { directory.remove(TAIL) } else { Ok(()) }
}

/// Copies a torn tail aside, then makes it zeros.
fn put_aside(
    directory: &dyn Directory,
    medium: &dyn Medium,
    from: u64,
    to: u64,
    clock: &dyn Clock,
) -> io::Result<Torn> {
    let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(usize::MAX)];
    read_exact_at(medium, from, &mut bytes)?;
    let names = directory.list()?;
    let name = (clock.wall_ms()..)
        .map(|ms| format!("{TORN_PREFIX}{ms}"))
        .find(|name| !names.contains(name))
        .expect("there are more milliseconds than files");
    write_new(directory, &name, &bytes)?;
    bytes.fill(0);
    write_all_at(medium, from, &bytes)?;
    medium.sync_data()?;
    Ok(Torn { offset: from, bytes: to.saturating_sub(from), kept_as: Some(name) })
}

/// A new file with `bytes`, on disk under its name.
fn write_new(directory: &dyn Directory, name: &str, bytes: &[u8]) -> io::Result<()> {
    let medium = directory.create(name)?;
    write_all_at(&*medium, 0, bytes)?;
    medium.sync_all()?;
    directory.sync()
}

/// What the lock file says: who holds the directory, and since the first opening, which journal belongs in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockText {
    pid: u32,
    host: String,
    pub(super) address: Option<String>,
    since_ms: u64,
    journal: Option<String>,
}

impl LockText {
    /// The text that a former holder has left; what cannot be read is left out.
    fn parse(text: &str) -> Self {
        let mut parsed = Self::default();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("pid", pid)) => parsed.pid = pid.parse().unwrap_or_default(),
                Some(("host", host)) => host.clone_into(&mut parsed.host),
                Some(("address", address)) => parsed.address = Some(address.to_owned()),
                Some(("since", since)) => parsed.since_ms = since.parse().unwrap_or_default(),
                Some(("journal", id)) => parsed.journal = Some(id.to_owned()),
                _ => {}
            }
        }
        parsed
    }

    /// This process holds the lock now.
    fn taken_over(self, now_ms: u64) -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self {
            pid: std::process::id(),
            host: host.trim().to_owned(),
            address: None,
            since_ms: now_ms,
            ..self
        }
    }

    /// The holder in words.
    fn name(text: &str) -> String {
        let Self { pid, host, address, .. } = Self::parse(text);
        if pid == 0 {
            return "a process that has not yet said who it is".to_owned();
        }
        let at = address.map_or_else(String::new, |address| format!(", which answers at {address}"));
        let host = if host.is_empty() { String::new() } else { format!(" on {host}") };
        format!("process {pid}{host}{at}")
    }

    /// What shows that there has been a journal here.
    fn evidence(&self, names: &[String]) -> Option<String> {
        if let Some(id) = &self.journal {
            return Some(format!("{LOCK} says that journal {id} belongs there"));
        }
        let trace =
            names.iter().find(|name| *name == TAIL || *name == ARCHIVE || name.starts_with(TORN_PREFIX))?;
        Some(format!("{trace} shows that there was one"))
    }
}

impl fmt::Display for LockText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pid {}\nhost {}", self.pid, self.host)?;
        if let Some(address) = &self.address {
            writeln!(f, "address {address}")?;
        }
        writeln!(f, "since {}", self.since_ms)?;
        self.journal.as_ref().map_or(Ok(()), |id| writeln!(f, "journal {id}"))
    }
}
