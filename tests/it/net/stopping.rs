//! A graceful stop: what was taken is answered, and the port is free afterwards.

use super::{Client, backends, config, get, start};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use sunstone::net::{Config, Timeouts};
use sunstone::stdx::threads::spawn;

#[test]
fn under_load_every_call_is_answered() {
    for backend in backends() {
        let (desk, server) = start(&config(backend, 2));
        let (addr, answers) = (server.local_addr(), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = (0..16)
            .map(|number| {
                let answers = Arc::clone(&answers);
                // Connected here: a thread that begins late would find nobody listening any more.
                let mut client = Client::connect(addr);
                spawn("client", move || {
                    let path = ["/now", "/pool/", "/sleep/5", "/task/"][number % 4];
                    loop {
                        if std::io::Write::write_all(&mut client.stream, &get(path)).is_err() {
                            return;
                        }
                        let Some(answer) = client.answer() else { return };
                        assert_eq!(answer.line(), format!("200 {path}"));
                        answers.fetch_add(1, Ordering::SeqCst);
                        if answer.head.contains("Connection: close") {
                            assert_eq!(client.answer(), None);
                            return;
                        }
                    }
                })
                .unwrap()
            })
            .collect();
        while answers.load(Ordering::SeqCst) < 200 {
            std::thread::sleep(Duration::from_millis(1));
        }
        server.stop();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(answers.load(Ordering::SeqCst), desk.calls(), "{backend:?}: a call was not answered");
        assert!(TcpStream::connect(addr).is_err(), "{backend:?}: somebody still listens");
        drop(server);
        TcpListener::bind(addr).expect("the port is free");
    }
}

#[test]
fn a_handler_that_never_ends_does_not_hold_it_up_for_ever() {
    for backend in backends() {
        let timeouts = Timeouts { grace_ms: 100, ..Timeouts::default() };
        let (desk, server) = start(&Config { timeouts, ..config(backend, 1) });
        let mut client = Client::connect(server.local_addr());
        client.send(&get("/sleep/3000"));
        while desk.calls() == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        server.stop();
        client.stream.set_nonblocking(true).unwrap();
        let answer = std::io::Read::read(&mut client.stream, &mut [0]).map_err(|error| error.kind());
        assert_eq!(answer, Err(std::io::ErrorKind::WouldBlock), "{backend:?}: stop waited for the handler");
    }
}

#[test]
fn a_server_that_never_served_can_be_dropped() {
    let desk = Arc::new(super::Desk::default());
    let clock = Arc::new(sunstone::stdx::clock::SystemClock::new());
    drop(sunstone::net::Server::bind(&config(backends()[0], 3), desk, clock).unwrap());
}

/// Only one test of this process may do this: a second signal ends it.
#[test]
fn a_signal_stops_it() {
    let desk = Arc::new(super::Desk::default());
    let clock = Arc::new(sunstone::stdx::clock::SystemClock::new());
    let server = Arc::new(sunstone::net::Server::bind(&config(backends()[0], 1), desk, clock).unwrap());
    let running = Arc::clone(&server);
    let thread = spawn("server", move || running.run_until_signal().unwrap()).unwrap();
    // Once it answers, it listens for signals too.
    assert_eq!(Client::connect(server.local_addr()).ask("/now"), "200 /now");
    let kill = format!("kill -TERM {}", std::process::id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    thread.join().unwrap();
    assert!(TcpStream::connect(server.local_addr()).is_err());
}
