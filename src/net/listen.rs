//! The doors: the address of the network, and the control socket.

use super::machine::Door;
use super::unix_path::UnixPath;
use crate::sys::descriptors;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::UnixListener;
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
        let listener = UnixListener::bind(UnixPath::new(hidden)?.path())?;
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
