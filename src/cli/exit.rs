//! How a process ends.

use std::process::{ExitCode, Termination};

/// How the process ends: a status of `sysexits.h`, which says whose fault it was.
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
    /// The data are not as they should be.
    pub const DATA: Self = Self(65);
    /// There is nothing to read.
    pub const NO_INPUT: Self = Self(66);
    /// A service is not to be had: the address is taken, the server does not answer.
    pub const UNAVAILABLE: Self = Self(69);
    /// The program has a fault.
    pub const SOFTWARE: Self = Self(70);
    /// A disk or a file failed.
    pub const IO: Self = Self(74);
    /// Later it may work: another process has the data directory.
    pub const TEMPORARY: Self = Self(75);
    /// The program's declaration does not hold.
    pub const CONFIG: Self = Self(78);

    /// The number.
    #[must_use]
    pub const fn status(self) -> u8 {
        self.0
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.0)
    }
}
