//! What is refused so that the rest goes on: calls that no thread begins in time, bodies that take all the memory.

use super::time::{pass, settle_down, simulation, simulation_with};
use super::{get, lines};
use sunstone::net::Config;
use sunstone::net::config::POOL_WAIT_MS;

/// The statuses and the first words of answers.
fn statuses(bytes: Vec<u8>) -> Vec<String> {
    lines(bytes).into_iter().map(|line| line.chars().take(12).collect()).collect()
}

#[test]
fn a_call_that_no_thread_begins_in_time_is_refused_and_never_begun() {
    let (_, clock, mut network) = simulation(11);
    network.hang(true);
    let (client, other) = (network.connect(), network.connect());
    network.send(client, &[get("/pool/a"), get("/now")].concat());
    network.send(other, &get("/pool-instead/b"));
    settle_down(&mut network);
    pass(&mut network, &clock, POOL_WAIT_MS / 1000 - 1);
    assert!(network.received(client).is_empty(), "it waits");
    pass(&mut network, &clock, 2);
    // What stood behind it goes on.
    let answers = lines(network.received(client));
    assert!(answers[0].starts_with("503 ") && answers[0].contains("\"overloaded\""), "{answers:?}");
    assert_eq!(answers[1..], ["200 /now"]);
    assert_eq!(lines(network.received(other)), ["200 not 503"], "in the words of its protocol");
    network.hang(false);
    settle_down(&mut network);
    assert!(network.received(client).is_empty(), "nobody runs it any more");
    network.send(client, &get("/pool/c"));
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["200 /pool/c"]);
}

#[test]
fn a_call_that_was_begun_in_time_may_take_longer() {
    let (_, clock, mut network) = simulation(12);
    let client = network.connect();
    network.hang(true);
    network.send(client, &get("/pool/a"));
    settle_down(&mut network);
    pass(&mut network, &clock, POOL_WAIT_MS / 1000 - 1);
    network.hang(false);
    settle_down(&mut network);
    pass(&mut network, &clock, 3);
    assert_eq!(lines(network.received(client)), ["200 /pool/a"]);
}

#[test]
fn a_pool_that_is_full_answers_in_the_words_of_the_protocol() {
    let (_, _, mut network) =
        simulation_with(&Config { pool_threads: 1, pool_queue: 0, ..Config::default() }, 13);
    network.hang(true);
    let (first, second, third) = (network.connect(), network.connect(), network.connect());
    network.send(first, &get("/pool/a"));
    settle_down(&mut network);
    network.send(second, &get("/pool-instead/b"));
    network.send(third, &get("/pool/c"));
    settle_down(&mut network);
    assert_eq!(lines(network.received(second)), ["200 not 503"]);
    assert!(lines(network.received(third))[0].starts_with("503 "));
}

#[test]
fn bodies_on_their_way_hold_so_much_memory_together_and_no_more() {
    const MIB: usize = 1024 * 1024;
    let (_, _, mut network) = simulation_with(&Config { bodies_bytes: 4 * MIB, ..Config::default() }, 14);
    let head = format!("POST /length/ HTTP/1.1\r\nHost: a\r\nContent-Length: {MIB}\r\n\r\n");
    let clients: Vec<_> = (0..8).map(|_| network.connect()).collect();
    for client in &clients {
        network.send(*client, head.as_bytes());
        network.send(*client, &vec![b'x'; MIB - 1]);
        settle_down(&mut network);
    }
    let refused: Vec<bool> = clients.iter().map(|client| network.is_ended(*client)).collect();
    assert_eq!(refused, [false, false, false, false, true, true, true, true]);
    for client in &clients[4..] {
        let answer = String::from_utf8(network.received(*client)).expect("text");
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 1\r\n"), "{answer}");
        assert!(answer.contains("\r\nConnection: close\r\n"), "{answer}");
    }
    // One that is whole makes room for another; so does one that goes.
    network.send(clients[0], b"x");
    network.reset(clients[1]);
    settle_down(&mut network);
    assert_eq!(statuses(network.received(clients[0])), ["200 /length/"]);
    for _ in 0..2 {
        let client = network.connect();
        network.send(client, head.as_bytes());
        network.send(client, &vec![b'x'; MIB]);
        settle_down(&mut network);
        assert_eq!(statuses(network.received(client)), ["200 /length/"]);
    }
}
