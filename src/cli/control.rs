//! The client of the control socket: one request to a running server.

use super::Exit;
use crate::app::Fault;
use crate::net::UnixPath;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// The longest answer that is taken, in bytes.
const ANSWER_BYTES_MAX: u64 = 1 << 30;

/// Asks the server behind this socket by JSON-RPC; none: no server is there. A task may take as long as it likes, so the
/// answer is waited for until the server closes the connection.
pub(super) fn ask(socket: &Path, call: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    let stream = match UnixPath::new(socket).and_then(|short| UnixStream::connect(short.path())) {
        Ok(stream) => stream,
        // A server that was killed leaves the file behind.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(Fault { words: format!("{}: {error}", socket.display()), exit: Exit::UNAVAILABLE });
        }
    };
    match exchange(stream, call) {
        Ok(answer) => body_of(&answer).map(|body| Some(body.to_vec())),
        Err(error) => Err(broken_off(&error.to_string())),
    }
}

fn exchange(mut stream: UnixStream, call: &[u8]) -> io::Result<Vec<u8>> {
    write!(
        stream,
        "POST /_/rpc HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        call.len()
    )?;
    stream.write_all(call)?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer)?;
    Ok(answer)
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
    use super::body_of;

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
