//! Why a journal does not open, and why a frame was not stored.

use std::error::Error;
use std::fmt;
use std::io;

use super::header::HeaderFlaw;

/// The reader of the frames does not accept them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// One holds what cannot be read, or what does not fit the frames before it.
    Frame(String),
    /// They are sound, and the program declares something otherwise: the words say what, and what to do.
    Program(String),
    /// They are sound, and rows are of a model that the program does not have: it may be of another program.
    Foreign(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(words) | Self::Program(words) | Self::Foreign(words) => f.write_str(words),
        }
    }
}

impl Error for Refusal {}

/// Why a journal does not open. Unless the file system itself said no, it is as it was found.
#[derive(Debug)]
pub enum OpenError {
    /// The file system says no.
    Io {
        /// What was being done, and with which file.
        doing: String,
        /// What the system says.
        error: io::Error,
    },
    /// Another process has the directory open.
    Held {
        /// The directory.
        place: String,
        /// What the holder wrote about itself.
        holder: String,
    },
    /// The directory was used and its journal is gone: starting empty would hide the loss.
    Lost {
        /// The directory.
        place: String,
        /// What shows that it was used.
        evidence: String,
    },
    /// There is no journal, and none was to be made.
    Missing {
        /// The directory.
        place: String,
    },
    /// Neither copy of the file header serves.
    Header {
        /// What is wrong with each copy.
        flaws: [HeaderFlaw; 2],
    },
    /// Both copies of the file header are whole and they differ.
    TwoHeaders,
    /// A frame is damaged, and what follows shows that this is no write that a crash cut short.
    Damaged {
        /// Where the frame begins, in bytes from the start of the file.
        offset: u64,
        /// The sequence it would begin with.
        seq: u64,
        /// What is wrong with it.
        flaw: FrameFlaw,
        /// What follows.
        following: Following,
    },
    /// A snapshot is damaged or not complete.
    Snapshot {
        /// Where the frame begins.
        offset: u64,
        /// The sequence that the snapshot stands for.
        base: u64,
        /// What is wrong with it.
        flaw: FrameFlaw,
    },
    /// The file ends inside or right behind a frame. A journal always goes on with zeros behind its last frame, so
    /// this one has been cut, and nobody knows how much is gone.
    Cut {
        /// Where the frame begins that does not fit.
        offset: u64,
        /// The sequence it would begin with.
        seq: u64,
        /// Bytes of the file.
        size: u64,
    },
    /// A whole frame does not continue what stands before it.
    Broken {
        /// Where the frame begins.
        offset: u64,
        /// The sequence it should begin with.
        seq: u64,
        /// What does not fit.
        fault: Break,
    },
    /// The reader of the frames does not accept one, or not all of them together.
    Refused {
        /// Where the frame begins; where all of them end.
        offset: u64,
        /// Its first sequence.
        seq: u64,
        /// Why.
        refusal: Refusal,
    },
}

/// What is wrong with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFlaw {
    /// There is no frame: the magic or the checksum of its header does not fit.
    Header,
    /// The checksum of its payload does not fit.
    Payload,
    /// The bytes that fill its last sector are not zero.
    Padding,
    /// There are only zeros.
    Empty,
}

impl fmt::Display for FrameFlaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "its header is not valid",
            Self::Payload => "its payload does not fit its checksum",
            Self::Padding => "the bytes that fill its last sector are not zero",
            Self::Empty => "only zeros stand there",
        })
    }
}

/// What follows a damaged frame and shows that it is no write that a crash cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Following {
    /// Frames with a valid header.
    Frames {
        /// How many.
        frames: u64,
        /// Where the first of them begins.
        offset: u64,
        /// The sequence that the first of them names.
        first_seq: u64,
        /// The last sequence that any of them holds or names.
        last_seq: u64,
    },
    /// Later frames of this journal that do not stand where they were written: bytes before them are missing, or were
    /// put in.
    Moved {
        /// How many.
        frames: u64,
        /// Where the first of them begins.
        offset: u64,
        /// Where it was written.
        written_at: u64,
        /// The sequence that the first of them names.
        first_seq: u64,
        /// The last sequence that any of them holds or names.
        last_seq: u64,
    },
    /// Bytes that are not zero, where no write was under way.
    Bytes {
        /// Where they begin.
        from: u64,
        /// Where they end.
        to: u64,
    },
}

impl fmt::Display for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frames { frames, offset, first_seq, last_seq } => write!(
                f,
                "whole frames follow ({frames}, the next at byte {offset}, sequences {first_seq} to {last_seq})"
            ),
            Self::Moved { frames, offset, written_at, first_seq, last_seq } => write!(
                f,
                "later frames follow that do not stand where they were written ({frames}, the next at byte {offset} and \
                 written at {written_at}, sequences {first_seq} to {last_seq}): bytes before them are missing or were put in"
            ),
            Self::Bytes { from, to } => write!(
                f,
                "something other than zeros stands at bytes {from} to {to}, where no write was under way"
            ),
        }
    }
}

/// How a whole frame does not continue what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// It begins with another sequence.
    Sequence(u64),
    /// Its number of transactions does not fit its kind.
    Count(u32),
    /// Its chain value does not follow from the one before.
    Chain,
    /// It is older than the frame before, in milliseconds.
    Time {
        /// The time of the frame before.
        before_ms: u64,
        /// Its own time.
        this_ms: u64,
    },
    /// A kind that this program does not know.
    Kind(u8),
    /// Flags that this program does not know.
    Flags(u32),
    /// It comes from a replicated log.
    Epoch(u64),
    /// Its payload is larger than any may be.
    Length(u32),
    /// A piece of a snapshot outside of one, or something else inside.
    Misplaced,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence(found) => write!(f, "it says sequence {found}"),
            Self::Count(count) => write!(f, "it says {count} transactions, which does not fit its kind"),
            Self::Chain => f.write_str("its chain value does not follow from the frame before"),
            Self::Time { before_ms, this_ms } => {
                write!(f, "its time {this_ms} lies before {before_ms}, that of the frame before")
            }
            Self::Kind(kind) => write!(f, "its kind {kind} is unknown: a later version may have written it"),
            Self::Flags(flags) => {
                write!(f, "its flags {flags:#08x} are unknown: a later version may have written it")
            }
            Self::Epoch(epoch) => write!(f, "it is of epoch {epoch}, and this journal is not replicated"),
            Self::Length(bytes) => write!(f, "its payload of {bytes} bytes is larger than any may be"),
            Self::Misplaced => f.write_str("a frame of its kind does not belong there"),
        }
    }
}

impl OpenError {
    pub(super) fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |error| Self::Io { doing, error }
    }

    /// Is another process at work on the directory?
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held { .. })
    }

    /// Is there just no journal?
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// Is the content of the file not what was once written? Then the file was left as it is: restore a backup, or
    /// salvage what is whole into another directory.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Io { .. } | Self::Held { .. } | Self::Missing { .. } | Self::Refused { .. } => false,
            Self::Lost { .. }
            | Self::Header { .. }
            | Self::TwoHeaders
            | Self::Damaged { .. }
            | Self::Snapshot { .. }
            | Self::Cut { .. }
            | Self::Broken { .. } => true,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, error } if is_full(error) => {
                write!(
                    f,
                    "{doing}: {error}; nothing that was stored is lost: make space on the disk and start again"
                )
            }
            Self::Io { doing, error } => write!(f, "{doing}: {error}"),
            Self::Held { place, holder } => write!(f, "{place} is in use by {holder}"),
            Self::Lost { place, evidence } => {
                write!(f, "{place} has no journal, but {evidence}: refusing to start empty")
            }
            Self::Missing { place } => write!(f, "no journal in {place}: the first start makes it"),
            Self::Header { flaws: [first, second] } if first == second => {
                write!(f, "neither copy of the journal's header serves: {first}")
            }
            Self::Header { flaws: [first, second] } => {
                write!(f, "neither copy of the journal's header serves: at 0, {first}; at 4096, {second}")
            }
            Self::TwoHeaders => f.write_str("the two copies of the journal's header are whole and differ"),
            Self::Damaged { offset, seq, flaw, following } => write!(
                f,
                "the frame at byte {offset} (sequence {seq}) is damaged: {flaw}; {following}, so this is no write that a \
                 crash cut short; nothing was changed"
            ),
            Self::Snapshot { offset, base, flaw } => write!(
                f,
                "the snapshot of sequence {base} is damaged at byte {offset}: {flaw}; nothing was changed"
            ),
            Self::Cut { offset, seq, size } => write!(
                f,
                "the file has been cut: it ends at byte {size}, in or right behind the frame at byte {offset} \
                 (sequence {seq}), where a whole journal goes on; nothing was changed"
            ),
            Self::Broken { offset, seq, fault } => write!(
                f,
                "the frame at byte {offset} does not continue the journal, which is at sequence {seq}: {fault}; \
                 nothing was changed"
            ),
            // Where it shows is of no use to whoever has to change the program.
            Self::Refused { refusal: Refusal::Program(words) | Refusal::Foreign(words), .. } => {
                f.write_str(words)
            }
            Self::Refused { offset, seq, refusal } => {
                write!(f, "the frame at byte {offset} (sequence {seq}): {refusal}")
            }
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Refused { refusal, .. } => Some(refusal),
            Self::Held { .. }
            | Self::Lost { .. }
            | Self::Missing { .. }
            | Self::Header { .. }
            | Self::TwoHeaders
            | Self::Damaged { .. }
            | Self::Snapshot { .. }
            | Self::Cut { .. }
            | Self::Broken { .. } => None,
        }
    }
}

/// Why a frame was not appended.
#[derive(Debug)]
pub enum AppendError {
    /// Nothing was stored, and the journal is durably as it was before: the disk is full, a quota or the largest
    /// size of a file is reached.
    NotStored(io::Error),
    /// The disk failed while the frame was on its way: it may be stored or not. The journal takes nothing more, for
    /// after a failed sync the system may believe lost pages to be written, and a second try would lie.
    Fatal(io::Error),
    /// The payload is larger than [`super::MAX_PAYLOAD_BYTES`]; nothing was stored.
    TooLarge(usize),
}

/// Out of space, and nothing worse?
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

impl AppendError {
    /// Sorts what a write says: out of space, or worse. A failed sync is never sorted here: it is always fatal.
    pub(super) fn of_write(error: io::Error) -> Self {
        if is_full(&error) { Self::NotStored(error) } else { Self::Fatal(error) }
    }
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStored(error) => write!(f, "nothing was stored: {error}"),
            Self::Fatal(error) => {
                write!(f, "the journal's disk failed, what was under way is unknown: {error}")
            }
            Self::TooLarge(bytes) => write!(
                f,
                "nothing was stored: {bytes} bytes are more than the {} that a frame holds",
                super::MAX_PAYLOAD_BYTES
            ),
        }
    }
}

impl Error for AppendError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotStored(error) | Self::Fatal(error) => Some(error),
            Self::TooLarge(_) => None,
        }
    }
}
