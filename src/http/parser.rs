//! The reader of one connection's requests, one after the other.

use std::sync::Arc;

use super::chunked::Chunked;
use super::fields::Length;
use super::limits::{HEAD_BYTES_MAX, Limits};
use super::refusal::Refusal;
use super::request::Request;
use super::scan::Scan;

/// The most memory that is taken for a body because of its declared length alone, before so much of it has come. A
/// larger body grows as it comes: a declared length is only a claim.
const BODY_AHEAD_BYTES: usize = 4 * 1024;

/// What reading has come to. `consumed` bytes at the front are done with: the caller drops them and gives the rest again,
/// with more behind it or without.
#[derive(Debug)]
pub enum Step {
    /// All that can be read has been read; more bytes are needed.
    NeedMore {
        /// How many bytes are done with.
        consumed: usize,
    },
    /// A head is whole and a body follows: [`Parser::head`] shows it and [`Parser::limit_body`] sets what the body may
    /// measure. Read again at once; this comes once for a request with a body, never for one without.
    Head {
        /// How many bytes are done with.
        consumed: usize,
    },
    /// The client waits for `100 Continue` before it sends the body: write [`CONTINUE`], behind all answers due before it,
    /// and read on when bytes come. It comes at most once a request.
    Continue {
        /// How many bytes are done with.
        consumed: usize,
    },
    /// A whole request. More of them may stand in the bytes behind it.
    Request {
        /// The request.
        request: Request,
        /// How many bytes are done with.
        consumed: usize,
    },
    /// Write the refusal behind all answers due before it, and close. Every further read answers the same.
    Refuse(Refusal),
}

/// The interim answer that lets a waiting client send its body (RFC 9110, section 15.2.1).
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Where a connection stands between two reads: what its deadline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Between requests: nothing of a next one has come.
    Idle,
    /// Within a head.
    Head,
    /// Within a body.
    Body,
    /// After a refusal.
    Refused,
}

/// The incremental reader of the requests of one connection.
///
/// After a request that does not keep its connection alive the caller reads no more (RFC 9112, section 9.6): the parser
/// would go on, as it does not know which answer is the last.
///
/// ```
/// use std::sync::Arc;
/// use sunstone::http::{Limits, Parser, Step};
///
/// let mut parser = Parser::new(Arc::new(Limits::default()));
/// let bytes = b"GET /todos HTTP/1.1\r\nHost: a.example\r\n\r\nGET /n";
/// let Step::Request { request, consumed } = parser.read(bytes) else { panic!("it is whole") };
/// assert_eq!((request.path(), consumed), ("/todos", 40));
/// assert!(matches!(parser.read(&bytes[consumed..]), Step::NeedMore { consumed: 0 }));
/// ```
#[derive(Debug)]
pub struct Parser {
    limits: Arc<Limits>,
    scan: Scan,
    body: Option<Pending>,
    refusal: Option<Refusal>,
}

/// A request whose body is on its way.
#[derive(Debug)]
struct Pending {
    request: Request,
    limit: u64,
    begun: bool,
    length: Remaining,
}

#[derive(Debug)]
enum Remaining {
    Fixed(u64),
    Chunked(Chunked),
}

impl Parser {
    /// A parser for a fresh connection.
    #[must_use]
    pub fn new(limits: Arc<Limits>) -> Self {
        let limits = if limits.head > HEAD_BYTES_MAX {
            Arc::new(Limits { head: HEAD_BYTES_MAX, ..Limits::clone(&limits) })
        } else {
            limits
        };
        Self { limits, scan: Scan::new(), body: None, refusal: None }
    }

    /// Reads on. `bytes` are all that have come and are not yet consumed, in order. While a head is incomplete nothing is
    /// consumed, and its bytes have to be given again; they are not looked at again. The bytes of a body are consumed as
    /// they come.
    pub fn read(&mut self, bytes: &[u8]) -> Step {
        if let Some(refusal) = self.refusal {
            return Step::Refuse(refusal);
        }
        let step = if self.body.is_some() { self.read_body(bytes) } else { self.read_head(bytes) };
        step.unwrap_or_else(|refusal| {
            let head = self.body.take().map_or(self.scan.method, |pending| Some(pending.request.method()));
            let refusal = refusal.to_head(head == Some(super::Method::Head));
            self.refusal = Some(refusal);
            Step::Refuse(refusal)
        })
    }

    /// The head of the request whose body is on its way.
    #[must_use]
    pub fn head(&self) -> Option<&Request> {
        self.body.as_ref().map(|pending| &pending.request)
    }

    /// What the body on its way may measure, in bytes, instead of [`Limits::body`]. To be said before the body is read:
    /// upon [`Step::Head`].
    pub fn limit_body(&mut self, bytes: u64) {
        if let Some(pending) = &mut self.body {
            pending.limit = bytes;
        }
    }

    /// Where the connection stands.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match (&self.refusal, &self.body) {
            (Some(_), _) => Phase::Refused,
            (None, Some(_)) => Phase::Body,
            (None, None) if self.scan.is_idle() => Phase::Idle,
            (None, None) => Phase::Head,
        }
    }

    fn read_head(&mut self, bytes: &[u8]) -> Result<Step, Refusal> {
        let Some(consumed) = self.scan.read(bytes, &self.limits)? else {
            return Ok(Step::NeedMore { consumed: 0 });
        };
        let head = bytes.get(..consumed).unwrap_or_default();
        let Some(method) = self.scan.method else { return Err(Refusal::bad("expected a method")) };
        let request = Request::from_scan(&self.scan, method, head);
        self.scan.reset();
        let length = match request.length() {
            Length::Fixed(0) => return Ok(Step::Request { request, consumed }),
            Length::Fixed(length) => Remaining::Fixed(length),
            Length::Chunked => Remaining::Chunked(Chunked::new()),
        };
        self.body = Some(Pending { request, limit: self.limits.body, begun: false, length });
        Ok(Step::Head { consumed })
    }

    fn read_body(&mut self, bytes: &[u8]) -> Result<Step, Refusal> {
        let Some(pending) = &mut self.body else { return Ok(Step::NeedMore { consumed: 0 }) };
        if !pending.begun {
            pending.begun = true;
            pending.begin()?;
            if bytes.is_empty() && pending.request.waits_for_continue() {
                return Ok(Step::Continue { consumed: 0 });
            }
        }
        let consumed = pending.read(bytes, &self.limits)?;
        let whole = match &pending.length {
            Remaining::Fixed(left) => *left == 0,
            Remaining::Chunked(chunked) => chunked.is_whole(),
        };
        match self.body.take_if(|_| whole) {
            Some(pending) => Ok(Step::Request { request: pending.request, consumed }),
            None => Ok(Step::NeedMore { consumed }),
        }
    }
}

impl Pending {
    /// Refuses a declared length over the limit before anything of the body is read.
    fn begin(&self) -> Result<(), Refusal> {
        match self.length {
            Remaining::Fixed(length) if length > self.limit => Err(Refusal::body_too_large(self.limit)),
            Remaining::Fixed(_) | Remaining::Chunked(_) => Ok(()),
        }
    }

    fn read(&mut self, bytes: &[u8], limits: &Limits) -> Result<usize, Refusal> {
        match &mut self.length {
            Remaining::Fixed(left) => {
                let left_here = usize::try_from(*left).unwrap_or(usize::MAX);
                let here = left_here.min(bytes.len());
                let body = &mut self.request.body;
                if body.capacity() == 0 && here > 0 {
                    body.reserve_exact(left_here.min(here.max(BODY_AHEAD_BYTES)));
                }
                body.extend_from_slice(bytes.get(..here).unwrap_or_default());
                *left = left.saturating_sub(here as u64);
                Ok(here)
            }
            Remaining::Chunked(chunked) => chunked.read(bytes, &mut self.request.body, self.limit, limits),
        }
    }
}
