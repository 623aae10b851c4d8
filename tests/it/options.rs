//! What a program says that it answers.

use crate::program::{Folder, Server};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What `OPTIONS target` brings.
fn options(server: &Server, target: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let request = format!("OPTIONS {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the server answers");
    answer
}

#[test]
fn the_whole_server_and_each_path_say_what_they_answer() {
    let folder = Folder::new("options");
    let server = Server::start("todo", &folder);
    for (target, allow) in
        [("*", "Allow: GET, HEAD, POST, OPTIONS\r\n"), ("/todos/open", "Allow: GET, HEAD, OPTIONS\r\n")]
    {
        let answer = options(&server, target);
        assert!(answer.starts_with("HTTP/1.1 204 ") && answer.contains(allow), "{target}: {answer}");
    }
    assert!(options(&server, "/nowhere").starts_with("HTTP/1.1 404 "));
}
