//! The names that a server goes by: a page of another name reaches nothing, one that is listed everything.

use crate::program::Folder;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use sunstone::prelude::*;

struct Hello;

#[Api]
impl Hello {
    #[get("/hello")]
    fn hello() -> String {
        "hello".to_owned()
    }

    #[post("/greet")]
    fn greet(name: String) -> String {
        name
    }
}

fn app() -> App {
    App::new("hello").api(Hello).listen(([127, 0, 0, 1], 0).into())
}

fn exchange(mut stream: impl Read + Write, request: &str) -> (u16, String) {
    stream.write_all(request.as_bytes()).expect("the server listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer is text");
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).expect("an answer has a status");
    (status, answer.split_once("\r\n\r\n").expect("an answer has a head").1.to_owned())
}

fn get(host: &str) -> String {
    format!("GET /hello HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn status_under(address: SocketAddr, host: &str) -> u16 {
    exchange(TcpStream::connect(address).expect("the server listens"), &get(host)).0
}

fn status_from(address: SocketAddr, origin: &str, site: &str) -> u16 {
    let request = format!(
        "POST /greet HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\n{site}Content-Type: application/json\r\n\
         Content-Length: 13\r\nConnection: close\r\n\r\n{{\"name\": \"a\"}}"
    );
    exchange(TcpStream::connect(address).expect("the server listens"), &request).0
}

#[test]
fn a_name_that_was_let_lead_here_reaches_nothing() {
    let server = app().start().expect("a free port");
    let port = server.address().port();
    for host in ["127.0.0.1", &format!("127.0.0.1:{port}"), "localhost", "a.localhost:1", "[::1]"] {
        assert_eq!(status_under(server.address(), host), 200, "{host}");
    }
    for host in ["evil.test", "localhost.evil.test", &format!("evil.test:{port}")] {
        assert_eq!(status_under(server.address(), host), 421, "{host}");
    }
    let stream = TcpStream::connect(server.address()).expect("the server listens");
    let (_, problem) = exchange(stream, &get("evil.test"));
    for word in ["misdirected", "`Host`", "evil.test", "--origin"] {
        assert!(problem.contains(word), "{word} in {problem}");
    }
    // Calls by name and what is asked of the server as a whole are no way around.
    for line in ["POST /_/rpc", "OPTIONS *", "GET /nowhere"] {
        let request = format!("{line} HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n");
        let stream = TcpStream::connect(server.address()).expect("the server listens");
        assert_eq!(exchange(stream, &request).0, 421, "{line}");
    }
    // Before HTTP/1.1 no name needs to be said, and no browser speaks so.
    let stream = TcpStream::connect(server.address()).expect("the server listens");
    assert_eq!(exchange(stream, "GET /hello HTTP/1.0\r\n\r\n").0, 200);
}

#[test]
fn pages_of_a_listed_origin_are_our_own() {
    let server = app().origin("https://todo.example.com").origin("http://localhost:3000").start();
    let server = server.expect("a free port");
    assert_eq!(status_under(server.address(), "todo.example.com"), 200);
    assert_eq!(status_under(server.address(), "evil.test"), 421);
    let cross = "Sec-Fetch-Site: cross-site\r\n";
    for site in ["", cross] {
        assert_eq!(status_from(server.address(), "https://todo.example.com", site), 200);
        assert_eq!(status_from(server.address(), "http://localhost:3000", site), 200);
        for other in ["http://todo.example.com", "https://evil.test", "http://localhost:3001", "null"] {
            assert_eq!(status_from(server.address(), other, site), 403, "{other}");
        }
    }
    let refused = app().origin("todo.example.com").start().expect_err("that is no origin");
    assert!(refused.to_string().contains("found `todo.example.com`"), "{refused}");
}

#[test]
fn elsewhere_than_on_loopback_names_are_held_against_a_list_alone() {
    let anywhere = || app().listen(([0, 0, 0, 0], 0).into());
    let here = |server: &Server| SocketAddr::from(([127, 0, 0, 1], server.address().port()));
    let server = anywhere().start().expect("a free port");
    assert_eq!(status_under(here(&server), "evil.test"), 200);
    let server = anywhere().origin("https://todo.example.com").start().expect("a free port");
    for (host, status) in [
        ("todo.example.com", 200),
        ("127.0.0.1", 200),
        ("localhost", 200),
        ("192.0.2.1", 200),
        ("evil.test", 421),
    ] {
        assert_eq!(status_under(here(&server), host), status, "{host}");
    }
}

#[test]
fn the_flag_is_given_several_times_or_as_a_list_and_the_control_socket_knows_no_names() {
    let folder = Folder::new("origins");
    let mut command = Command::new(crate::program::example("todo"));
    command.args(["--listen", "127.0.0.1:0", "--data", folder.text(), "--origin", "https://a.example"]);
    command.args(["--origin=http://b.example:81,https://c.example"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let server = crate::program::Server::started("todo", child.expect("an example can be started"));
    let statuses = ["a.example", "b.example:81", "c.example", "d.example", "localhost"].map(|host| {
        let request = get(host).replace("/hello", "/todos/open");
        exchange(TcpStream::connect(server.address()).expect("the server listens"), &request).0
    });
    let control = UnixStream::connect(folder.path().join("control.sock")).expect("a control socket");
    let (control, _) = exchange(control, &get("d.example").replace("/hello", "/todos/open"));
    assert_eq!((statuses, control), ([200, 200, 200, 421, 200], 200));
}
