//! Is the file that is written still the journal? A file that was removed, or that another one was put over, takes every
//! write and every sync without a word, and is gone when the process ends; one that was cut has lost what it held.
//!
//! It is looked at once a second while frames are written, and with each frame that the journal writes by itself: two
//! questions to the system, none of them for a batch. What was acknowledged since the last look may be lost with the file.
//! A file of the right size whose bytes somebody has changed is not noticed here; the next opening tells.

use std::io;
use std::time::Duration;

use super::JOURNAL;
use super::medium::{Directory, Medium};

/// How often it is looked at while frames are written.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Is the open file `medium` what the name of the journal leads to, and at least `bytes` long?
///
/// # Errors
/// What has become of it, and what to do; or as the system says.
pub(super) fn look(directory: &dyn Directory, medium: &dyn Medium, bytes: u64) -> io::Result<()> {
    match directory.identity(JOURNAL) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(lost(&directory.place(), "was removed or renamed while it was written"))
        }
        Err(error) => Err(error),
        Ok(named) if named != medium.identity()? => Err(lost(
            &directory.place(),
            "is another file than the one that is written: something was put in its place",
        )),
        Ok(_) => match medium.size()? {
            size if size < bytes => {
                let words = format!("was cut to {size} bytes while it was written, of which it had {bytes}");
                Err(lost(&directory.place(), &words))
            }
            _ => Ok(()),
        },
    }
}

fn lost(place: &str, what: &str) -> io::Error {
    io::Error::other(format!(
        "{place}/{JOURNAL} {what}; put the file back, or a copy of the data directory, and start again"
    ))
}
