//! Paths of sockets, whose length the kernel limits far below that of other paths.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The longest path that a socket address holds, in bytes, the NUL behind it apart (`sun_path`, unix(7)).
const PATH_BYTES_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// A path for a socket address. It holds as long as this does.
#[derive(Debug)]
pub(crate) struct UnixPath {
    path: PathBuf,
    /// What a path through it leads to.
    _directory: Option<File>,
}

impl UnixPath {
    /// The path itself, or where it is too long, one through the open directory. Only Linux has such paths; elsewhere the
    /// path stays long, and who uses it is told so.
    ///
    /// # Errors
    /// When the directory cannot be opened.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let is_short = path.as_os_str().len() <= PATH_BYTES_MAX;
        match (path.parent(), path.file_name()) {
            (Some(directory), Some(name)) if !is_short && cfg!(target_os = "linux") => {
                let directory = File::open(directory)?;
                let number = std::os::fd::AsRawFd::as_raw_fd(&directory);
                let path = Path::new("/proc/self/fd").join(number.to_string()).join(name);
                Ok(Self { path, _directory: Some(directory) })
            }
            _ => Ok(Self { path: path.to_owned(), _directory: None }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
