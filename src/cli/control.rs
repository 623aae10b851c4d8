//! The client of the control socket: one request to a running server.

use super::Exit;
use crate::app::Fault;
use crate::net::UnixPath;
use crate::stdx::threads::spawn;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

/// The longest answer that is taken, in bytes.
const ANSWER_BYTES_MAX: u64 = 1 << 30;

/// A server that answers nothing at all for this long is none: it was stopped, or hangs.
const SILENCE: Duration = Duration::from_secs(10);

/// What every server answers at once, whatever its methods are doing (RFC 9110, section 9.3.7).
const PROBE: &[u8] = b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Asks the server behind this socket by JSON-RPC; none: no server is there. A task may take as long as it likes, so the
/// answer is waited for as long as the server answers anything.
pub(super) fn ask(socket: &Path, call: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    ask_unless_silent(socket, call, SILENCE)
}

fn ask_unless_silent(socket: &Path, call: &[u8], silence: Duration) -> Result<Option<Vec<u8>>, Fault> {
    let silent = |more: &str| {
        let words = format!(
            "the server at {} has not answered for {silence:?}: it hangs or was stopped{more}",
            socket.display()
        );
        Fault { words, exit: Exit::UNAVAILABLE }
    };
    match probe(socket, silence) {
        Ok(true) => {}
        Ok(false) => return Err(silent("; nothing was called")),
        // A server that was killed leaves the file behind.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(Fault { words: format!("{}: {error}", socket.display()), exit: Exit::UNAVAILABLE });
        }
    }
    let is_there = || matches!(probe(socket, silence), Ok(true));
    match connect(socket).and_then(|stream| exchange(stream, call, silence, is_there)) {
        Ok(answer) => body_of(&answer).map(|body| Some(body.to_vec())),
        Err(error) if error.kind() == ErrorKind::TimedOut => {
            Err(silent("; what it was asked for may be done"))
        }
        Err(error) => Err(broken_off(&error.to_string())),
    }
}

fn connect(socket: &Path) -> io::Result<UnixStream> {
    UnixPath::new(socket).and_then(|short| UnixStream::connect(short.path()))
}

/// Does a server answer there in time? On a thread of its own, because connecting waits as well where a stopped server's
/// queue is full.
fn probe(socket: &Path, silence: Duration) -> io::Result<bool> {
    let socket = socket.to_owned();
    let (tell, told) = channel();
    spawn("probe", move || {
        let answered = connect(&socket).and_then(|mut stream| {
            stream.write_all(PROBE)?;
            stream.read_exact(&mut [0])
        });
        // Nobody listens when it has taken too long.
        drop(tell.send(answered));
    })?;
    match told.recv_timeout(silence) {
        Ok(answered) => answered.map(|()| true),
        Err(_) => Ok(false),
    }
}

fn exchange(
    mut stream: UnixStream,
    call: &[u8],
    silence: Duration,
    is_there: impl Fn() -> bool,
) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(silence))?;
    stream.set_write_timeout(Some(silence))?;
    write!(
        stream,
        "POST /_/rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        call.len()
    )?;
    stream.write_all(call)?;
    let mut answer = Vec::new();
    let mut stream = stream.take(ANSWER_BYTES_MAX);
    loop {
        match stream.read_to_end(&mut answer) {
            Ok(_) => return Ok(answer),
            // What has come stays in the answer.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if !is_there() {
                    return Err(ErrorKind::TimedOut.into());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn broken_off(why: &str) -> Fault {
    let words =
        format!("the server went away before it answered; what it was asked for may have been done: {why}");
    Fault { words, exit: Exit::UNAVAILABLE }
}

/// The body of a whole answer with status 200.
fn body_of(answer: &[u8]) -> Result<&[u8], Fault> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| broken_off("there is no whole head"))?;
    let (head, body) = (String::from_utf8_lossy(&answer[..end]), &answer[end + 4..]);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    if status != "200" {
        let words = format!("the server answered {status}: {}", String::from_utf8_lossy(body));
        return Err(Fault { words, exit: Exit::UNAVAILABLE });
    }
    let length = lines.filter_map(|line| line.split_once(':'));
    let length = length.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.filter_map(|(_, value)| value.trim().parse::<usize>().ok()).next();
    match length {
        Some(length) if length == body.len() => Ok(body),
        _ => Err(broken_off("its answer is not whole")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::net::UnixListener;

    /// A socket in a folder that goes with it.
    struct Place(std::path::PathBuf);

    impl Place {
        fn new(name: &str) -> (Self, UnixListener) {
            let folder = std::env::temp_dir().join(format!("sunstone-{name}-{}", std::process::id()));
            drop(fs::remove_dir_all(&folder));
            fs::create_dir_all(&folder).unwrap();
            let listener = UnixListener::bind(folder.join("control.sock")).unwrap();
            (Self(folder), listener)
        }

        fn socket(&self) -> std::path::PathBuf {
            self.0.join("control.sock")
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn a_server_that_was_stopped_is_given_up() {
        // The kernel takes connections and bytes for it, and nobody ever reads them.
        let (place, listener) = Place::new("stopped");
        let fault = ask_unless_silent(&place.socket(), b"{}", Duration::from_millis(20)).unwrap_err();
        assert_eq!(fault.exit, Exit::UNAVAILABLE);
        assert!(
            fault.words.contains("has not answered") && fault.words.contains("nothing was called"),
            "{fault:?}"
        );
        drop(listener);
        assert!(ask_unless_silent(&place.socket(), b"{}", SILENCE).unwrap().is_none(), "nobody is there");
    }

    #[test]
    fn a_task_may_take_longer_than_a_server_may_be_silent() {
        let (place, listener) = Place::new("slow");
        let answering = spawn("server", move || {
            let (mut asked, mut probes) = (None, 0);
            // The call is answered once the client has asked three more times whether anybody is there.
            while probes < 4 {
                let (mut stream, _) = listener.accept().unwrap();
                let (mut request, mut byte) = (Vec::new(), [0]);
                while !request.ends_with(b"\r\n\r\n") && !request.ends_with(b"{}") {
                    stream.read_exact(&mut byte).unwrap();
                    request.extend(byte);
                }
                if request.starts_with(b"OPTIONS") {
                    probes += 1;
                    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
                } else {
                    stream.read_exact(&mut [0; 2]).unwrap();
                    asked = Some(stream);
                }
            }
            asked.unwrap().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        });
        // Long enough for the probes on a busy machine, which is waited for three times.
        let answer = ask_unless_silent(&place.socket(), b"{}", Duration::from_millis(500)).unwrap();
        assert_eq!(answer.as_deref(), Some(&b"{}"[..]));
        answering.unwrap().join().unwrap();
    }

    #[test]
    fn only_whole_answers_count() {
        let whole = b"HTTP/1.1 200 OK\r\nX: y\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(body_of(whole).unwrap(), b"{}");
        for cut in 0..whole.len() {
            assert!(body_of(&whole[..cut]).is_err(), "{cut} bytes");
        }
        let refused = body_of(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 1\r\n\r\nx").unwrap_err();
        assert_eq!(refused.words, "the server answered 503: x");
    }
}
