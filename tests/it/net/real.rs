//! Real sockets on the loopback, over both readiness calls.

use super::{Client, PATIENCE, backends, config, get, start};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use sunstone::net::{Config, Timeouts};
use sunstone::stdx::random::Xoshiro;
use sunstone::stdx::threads::spawn;

#[test]
fn a_connection_is_used_again_and_again() {
    for backend in backends() {
        let (desk, server) = start(&config(backend, 2));
        let mut client = Client::connect(server.local_addr());
        for n in 0..100 {
            assert_eq!(client.ask(&format!("/now/{n}")), format!("200 /now/{n}"));
        }
        client.send(b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let last = client.answer().unwrap();
        assert!(last.head.contains("Connection: close"), "{}", last.head);
        assert_eq!(client.answer(), None, "{backend:?}");
        assert_eq!(desk.calls(), 101);
    }
}

#[test]
fn sixty_four_connections_over_two_workers() {
    for backend in backends() {
        let (_, server) = start(&config(backend, 2));
        let addr = server.local_addr();
        let threads: Vec<_> = (0..64)
            .map(|seed| {
                spawn("client", move || {
                    let (mut client, mut random) = (Client::connect(addr), Xoshiro::new(seed));
                    for _ in 0..20 {
                        let paths: Vec<String> = (0..1 + random.below(20))
                            .map(|n| format!("/{}/{n}", if n % 2 == 0 { "now" } else { "pool" }))
                            .collect();
                        client.send(&paths.iter().flat_map(|path| get(path)).collect::<Vec<u8>>());
                        for path in paths {
                            assert_eq!(client.answer().unwrap().line(), format!("200 {path}"));
                        }
                    }
                })
                .unwrap()
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        server.stop();
    }
}

#[test]
fn large_answers_and_large_bodies_pass() {
    for backend in backends() {
        let (_, server) = start(&config(backend, 1));
        let mut client = Client::connect(server.local_addr());
        let writer = {
            let mut stream = client.stream.try_clone().unwrap();
            spawn("writer", move || {
                for _ in 0..4 {
                    stream.write_all(&get("/big/3000000")).unwrap();
                }
                stream
                    .write_all(b"POST /length/large HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
                    .unwrap();
                stream.write_all(&vec![b'x'; 4_000_000]).unwrap();
            })
            .unwrap()
        };
        for _ in 0..4 {
            assert_eq!(client.answer().unwrap().body.len(), 3_000_000, "{backend:?}");
        }
        assert_eq!(client.answer().unwrap().line(), "200 /length/large 4000000");
        writer.join().unwrap();
    }
}

#[test]
fn parked_answers_are_let_go_by_other_threads() {
    for backend in backends() {
        let (desk, server) = start(&config(backend, 2));
        let (addr, waker) = (server.local_addr(), server.waker());
        let threads: Vec<_> = (0..8_u64)
            .map(|number| {
                spawn("client", move || {
                    let mut client = Client::connect(addr);
                    for round in 0..50 {
                        let first = (round * 8 + number) * 4;
                        for seq in first..first + 4 {
                            client.send(&get(&format!(
                                "/{}/{seq}",
                                if seq % 4 == 3 { "wait" } else { "park" }
                            )));
                        }
                        for seq in first..first + 4 {
                            let status = if seq % 4 == 3 { "200 /wait" } else { "201 /park" };
                            assert_eq!(client.answer().unwrap().line(), format!("{status}/{seq}"));
                        }
                    }
                })
                .unwrap()
            })
            .collect();
        // The store: settles what was called, in gusts, and tells nobody twice.
        let mut settled = 0;
        while threads.iter().any(|thread| !thread.is_finished()) {
            for seq in settled..(settled + 64).min(1600) {
                desk.settle(seq, true);
            }
            settled = (settled + 64).min(1600);
            waker.wake();
            std::thread::yield_now();
            if settled == 1600 {
                break;
            }
        }
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn one_wake_is_enough() {
    for backend in backends() {
        let (desk, server) = start(&config(backend, 1));
        let (mut client, waker) = (Client::connect(server.local_addr()), server.waker());
        for seq in 0..300 {
            client.send(&get(&format!("/park/{seq}")));
            // Sometimes before the call, sometimes after it, sometimes in the middle.
            for _ in 0..seq % 7 * 200 {
                std::hint::spin_loop();
            }
            desk.settle(seq, true);
            waker.wake();
            assert_eq!(client.answer().unwrap().line(), format!("201 /park/{seq}"), "{backend:?}");
        }
    }
}

#[test]
fn the_control_socket_is_its_owners_alone() {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    for backend in backends() {
        let folder = std::env::temp_dir().join(format!(
            "sunstone-net-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::SeqCst)
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("control.sock");
        // One that a killed server has left behind.
        std::fs::write(&path, "").unwrap();
        let (_, server) = start(&Config { control: Some(path.clone()), ..config(backend, 1) });
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(b"GET /control HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("\r\n\r\ntrue"), "{backend:?}: {answer}");
        drop(stream);
        assert_eq!(Client::connect(server.local_addr()).ask("/control"), "200 false");
        server.stop();
        assert!(!path.exists(), "the file goes with the server");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir(&folder).unwrap();
    }
}

/// The kernel takes 107 bytes of a path for an address.
#[cfg(target_os = "linux")]
#[test]
fn a_control_socket_may_lie_deep() {
    let top = std::env::temp_dir().join(format!("sunstone-net-deep-{}", std::process::id()));
    let folder = top.join("d".repeat(200));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("control.sock");
    let (_, server) = start(&Config { control: Some(path.clone()), ..config(backends()[0], 1) });
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::os::unix::fs::symlink(&folder, top.join("short")).unwrap();
    let mut stream = UnixStream::connect(top.join("short/control.sock")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET /control HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\ntrue"), "{answer}");
    drop(server);
    assert!(!path.exists());
    std::fs::remove_dir_all(&top).unwrap();
}

#[test]
fn why_a_server_does_not_come_to_be_is_said() {
    let why = |config: &Config| {
        let clock = std::sync::Arc::new(sunstone::stdx::clock::SystemClock::new());
        sunstone::net::Server::bind(config, std::sync::Arc::new(super::Desk::default()), clock)
            .expect_err("it cannot be bound")
            .to_string()
    };
    let config = config(backends()[0], 1);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_, server) = start(&Config { listen: taken, ..config.clone() });
    let words = why(&Config { listen: taken, ..config.clone() });
    assert!(words.starts_with(&format!("listening on {taken}: ")), "{words}");
    drop(server);
    let words = why(&Config { control: Some("/nowhere/at/all/control.sock".into()), ..config.clone() });
    assert!(words.starts_with("the control socket /nowhere/at/all/control.sock: "), "{words}");
    assert_eq!(why(&Config { workers: 100_000, ..config }), "expected at most 1024 workers, found 100000");
}

/// The last bytes and their end arrive together, and the kernel tells of both once.
#[test]
fn the_end_of_a_client_is_noticed() {
    for backend in backends() {
        let (_, server) = start(&config(backend, 1));
        for n in 0..50 {
            let mut client = Client::connect(server.local_addr());
            client.send(&get(&format!("/now/{n}")));
            client.stream.shutdown(std::net::Shutdown::Write).unwrap();
            assert_eq!(client.answer().unwrap().line(), format!("200 /now/{n}"));
            assert_eq!(client.answer(), None, "{backend:?}");
        }
    }
}

#[test]
fn behind_busy_connections_at_the_limit_the_next_ones_wait() {
    for backend in backends() {
        let (desk, server) = start(&Config { connections: Some(2), ..config(backend, 2) });
        let mut first = Client::connect(server.local_addr());
        let mut second = Client::connect(server.local_addr());
        first.send(&get("/park/1"));
        second.send(&get("/park/2"));
        while desk.calls() < 2 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let mut third = Client::connect(server.local_addr());
        third.send(&get("/now/3"));
        std::thread::sleep(Duration::from_millis(150));
        third.stream.set_nonblocking(true).unwrap();
        let waits = third.stream.read(&mut [0]).map_err(|error| error.kind());
        assert_eq!(waits, Err(std::io::ErrorKind::WouldBlock));
        third.stream.set_nonblocking(false).unwrap();
        desk.settle(2, true);
        server.waker().wake();
        assert_eq!(second.answer().unwrap().line(), "201 /park/2", "{backend:?}");
        drop(second);
        assert_eq!(third.answer().unwrap().line(), "200 /now/3", "{backend:?}");
        desk.settle(1, true);
        server.waker().wake();
        assert_eq!(first.answer().unwrap().line(), "201 /park/1", "{backend:?}");
    }
}

#[test]
fn silent_connections_at_the_limit_lock_nobody_out() {
    for backend in backends() {
        let (_, server) = start(&Config { connections: Some(16), ..config(backend, 2) });
        let mut silent: Vec<Client> = (0..16).map(|_| Client::connect(server.local_addr())).collect();
        for client in &mut silent[..8] {
            assert_eq!(client.ask("/now"), "200 /now");
        }
        for client in &mut silent[8..] {
            client.send(b"GET /now HTTP/1.1\r\nHo");
        }
        for n in 0..20 {
            let mut client = Client::connect(server.local_addr());
            client.stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            assert_eq!(client.ask("/now/in"), "200 /now/in", "{backend:?}: client {n}");
            // It keeps its connection, and gives way later.
            silent.push(client);
        }
    }
}

#[test]
fn what_is_no_request_is_refused_and_closed() {
    for backend in backends() {
        let (desk, server) = start(&config(backend, 1));
        for bytes in
            [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/1.1\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"]
        {
            let mut client = Client::connect(server.local_addr());
            client.send(bytes);
            client.send(b"\r\n\r\n");
            let answer = client.answer().expect("a refusal");
            assert!([400, 501].contains(&answer.status), "{backend:?}: {answer:?}");
            assert_eq!(client.answer(), None);
        }
        assert_eq!(desk.calls(), 0);
    }
}

#[test]
fn an_idle_connection_is_closed_by_the_real_clock_too() {
    for backend in backends() {
        let timeouts = Timeouts { idle_ms: 50, ..Timeouts::default() };
        let (_, server) = start(&Config { timeouts, ..config(backend, 1) });
        assert_eq!(Client::connect(server.local_addr()).answer(), None);
    }
}
