//! How a process ends.

use crate::error::Error;
use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::process::{ExitCode, Termination};

/// How the process ends: a status of `sysexits.h`, which says whose fault it was.
///
/// An error of a program's own command becomes the one that fits it (`Exit::from(&error)`):
///
/// | what happened | status |
/// |---|---|
/// | what was given is wrong: 400, 413, 415, 422; a file that is cut off or of another format | 65 |
/// | a file that is not there, is a directory, or may not be read | 66 |
/// | another service is not to be had: a connection is refused or lost, a name is not known | 69 |
/// | overload, 429; a time limit has passed | 75 |
/// | any other trouble with a file or a disk, 507, an outcome that is not known | 74 |
/// | a fault of the program: any other 500 | 70 |
/// | everything else: the answer is no | 1 |
///
/// What happened to a file is known where the error was made of the [`std::io::Error`]: by `?`, or by
/// [`Error::file`], which names the file as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Exit(u8);

impl Exit {
    /// All is well.
    pub const OK: Self = Self(0);
    /// Something was asked and the answer is no: a call was refused.
    pub const REFUSED: Self = Self(1);
    /// The command line was not understood.
    pub const USAGE: Self = Self(64);
    /// The data are not as they should be: a damaged journal, a file with broken lines.
    pub const DATA: Self = Self(65);
    /// There is nothing to read: no such file, or not one that can be read.
    pub const NO_INPUT: Self = Self(66);
    /// A service is not to be had: the address is taken, the server does not answer.
    pub const UNAVAILABLE: Self = Self(69);
    /// The program has a fault.
    pub const SOFTWARE: Self = Self(70);
    /// A disk or a file failed.
    pub const IO: Self = Self(74);
    /// Later it may work: another process has the data directory.
    pub const TEMPORARY: Self = Self(75);
    /// The program's declaration does not hold, or not with the journal that it was to open.
    pub const CONFIG: Self = Self(78);

    /// The number.
    #[must_use]
    pub const fn status(self) -> u8 {
        self.0
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        match (error.status(), io) {
            (400 | 413 | 415 | 422, _) => Self::DATA,
            _ if error.is_disk_full() || error.is_outcome_unknown() => Self::IO,
            (429 | 503, _) => Self::TEMPORARY,
            (500, Some(io)) => Self::from(io),
            (500, None) => Self::SOFTWARE,
            _ => Self::REFUSED,
        }
    }
}

impl From<&io::Error> for Exit {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory => Self::NO_INPUT,
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::DATA,
            ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::NotConnected
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrInUse
            | ErrorKind::AddrNotAvailable => Self::UNAVAILABLE,
            ErrorKind::TimedOut
            | ErrorKind::WouldBlock
            | ErrorKind::Interrupted
            | ErrorKind::ResourceBusy => Self::TEMPORARY,
            _ => Self::IO,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_end_a_process_with_the_status_that_fits() {
        let io = |kind: ErrorKind| Error::file("a.txt", kind.into());
        for (error, exit) in [
            (Error::bad_request(""), Exit::DATA),
            (Error::invalid(""), Exit::DATA),
            (Error::too_large(""), Exit::DATA),
            (Error::conflict(""), Exit::REFUSED),
            (Error::not_found(""), Exit::REFUSED),
            (Error::forbidden(""), Exit::REFUSED),
            (Error::overloaded(""), Exit::TEMPORARY),
            (Error::too_many_requests(""), Exit::TEMPORARY),
            (Error::disk_full(""), Exit::IO),
            (Error::outcome_unknown(""), Exit::IO),
            (Error::internal(""), Exit::SOFTWARE),
            (Error::internal("").with_source(std::fmt::Error), Exit::SOFTWARE),
            (io(ErrorKind::NotFound), Exit::NO_INPUT),
            (io(ErrorKind::InvalidData), Exit::DATA),
            (io(ErrorKind::ConnectionRefused), Exit::UNAVAILABLE),
            (io(ErrorKind::TimedOut), Exit::TEMPORARY),
            (io(ErrorKind::StorageFull), Exit::IO),
            (Error::from(io::Error::from(ErrorKind::NotFound)), Exit::NO_INPUT),
            (Error::invalid("").with_source(io::Error::from(ErrorKind::NotFound)), Exit::DATA),
        ] {
            assert_eq!(Exit::from(&error), exit, "{error:?}");
        }
    }
}
