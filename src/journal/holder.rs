//! The text in the lock file: who holds the directory, for the one who finds it locked; and which journal belongs
//! there, for the one who finds none.

use std::fmt;

use super::{ARCHIVE, LOCK, TAIL, TORN_PREFIX};

/// What the lock file says: who holds the directory, and since the first opening, which journal belongs in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LockText {
    pid: u32,
    host: String,
    /// Where the holder answers.
    pub(super) address: Option<String>,
    since_ms: u64,
    /// The journal that belongs in this directory: written when there was one, and kept.
    pub(super) journal: Option<String>,
}

impl LockText {
    /// The text that a former holder has left; what cannot be read is left out.
    pub(super) fn parse(text: &str) -> Self {
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
    pub(super) fn taken_over(self, now_ms: u64) -> Self {
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
    pub(super) fn holder(text: &str) -> String {
        let Self { pid, host, address, .. } = Self::parse(text);
        if pid == 0 {
            return "a process that has not yet said who it is".to_owned();
        }
        let at = address.map_or_else(String::new, |address| format!(", which answers at {address}"));
        let host = if host.is_empty() { String::new() } else { format!(" on {host}") };
        format!("process {pid}{host}{at}")
    }

    /// What shows that there has been a journal here.
    pub(super) fn evidence(&self, names: &[String]) -> Option<String> {
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
