//! The doors: the address of the network, and the control socket.

use super::machine::Door;
use crate::sys::descriptors;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Connections that may wait in the kernel to be taken in; the kernel cuts it to its own limit.
const BACKLOG: i32 = 4096;

/// Listens at `addr`, without blocking.
pub(super) fn tcp(addr: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(addr)?;
    listener.set_nonblocking(true)?;
    descriptors::lengthen_queue(listener.as_fd(), BACKLOG)?;
    Ok(listener)
}

/// The longest path that goes into the address of a Unix socket everywhere, in bytes (Linux takes 107, others 103).
const SOCKET_PATH_BYTES_MAX: usize = 100;

/// Another way to a path that is too long for the address of a socket: through the open directory that holds it.
struct ShortPath {
    path: PathBuf,
    /// Open as long as the path is used.
    _directory: Option<File>,
}

impl ShortPath {
    fn of(path: &Path) -> io::Result<Self> {
        let is_long = path.as_os_str().len() > SOCKET_PATH_BYTES_MAX;
        let (Some(parent), Some(name), true) =
            (path.parent(), path.file_name(), is_long && cfg!(target_os = "linux"))
        else {
            return Ok(Self { path: path.to_owned(), _directory: None });
        };
        let directory = File::open(parent)?;
        let path = Path::new("/proc/self/fd").join(directory.as_raw_fd().to_string()).join(name);
        Ok(Self { path, _directory: Some(directory) })
    }
}

/// Connects to the control socket at this path.
///
/// # Errors
/// `NotFound` and `ConnectionRefused` where no server listens; else as the system says.
pub(crate) fn connect(path: &Path) -> io::Result<UnixStream> {
    let short = ShortPath::of(path)?;
    UnixStream::connect(&short.path)
}

/// A control socket. Its file goes away with it.
#[derive(Debug)]
pub(super) struct ControlSocket {
    path: PathBuf,
    listener: Arc<UnixListener>,
}

impl ControlSocket {
    /// Makes the socket for its owner alone (mode 0600), in the place of one that a killed server has left behind.
    ///
    /// It is made in a directory that nobody else can enter, gets its mode there, and only then its name: there is no
    /// moment in which another user could connect.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        let hidden = path.with_file_name(".new");
        match fs::remove_dir_all(&hidden) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        DirBuilder::new().mode(0o700).create(&hidden)?;
        let made = Self::bind_hidden(path, &hidden.join("s"));
        fs::remove_dir_all(&hidden)?;
        made
    }

    fn bind_hidden(path: &Path, hidden: &Path) -> io::Result<Self> {
        let short = ShortPath::of(hidden)?;
        let listener = UnixListener::bind(&short.path)?;
        listener.set_nonblocking(true)?;
        fs::set_permissions(hidden, Permissions::from_mode(0o600))?;
        fs::rename(hidden, path)?;
        Ok(Self { path: path.to_owned(), listener: Arc::new(listener) })
    }

    pub(super) fn door(&self) -> Door {
        Door::Control(Arc::clone(&self.listener))
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // Somebody may have removed it already; then there is nothing to do.
        drop(fs::remove_file(&self.path));
    }
}
