//! Answers leave in the order of their requests, however bytes are cut and tickets settle.

use super::{Desk, get, lines, take_answer};
use std::collections::BTreeSet;
use std::sync::Arc;
use sunstone::net::simulated::{Client, Simulation};
use sunstone::net::{Config, Service};
use sunstone::stdx::clock::ManualClock;
use sunstone::stdx::random::Xoshiro;

fn simulation(config: &Config, seed: u64) -> (Arc<Desk>, Simulation) {
    let desk = Arc::new(Desk::default());
    let service: Arc<dyn Service> = Arc::<Desk>::clone(&desk);
    (desk, Simulation::new(config, service, Arc::new(ManualClock::new(0)), seed))
}

fn settle_down(network: &mut Simulation) {
    let mut turns = 0;
    while network.turn() {
        turns += 1;
        assert!(turns < 1_000_000, "the loop never comes to rest");
    }
}

fn ask(network: &mut Simulation, client: Client, paths: &[&str]) -> Vec<String> {
    for path in paths {
        network.send(client, &get(path));
    }
    settle_down(network);
    lines(network.received(client))
}

#[test]
fn any_mix_of_replies_is_answered_in_order() {
    for seed in 0..300 {
        let mut random = Xoshiro::new(seed);
        let (desk, mut network) = simulation(&Config::default(), seed);
        let waker = network.waker();
        let mut clients = Vec::new();
        let mut open_tickets = BTreeSet::new();
        let mut seq = 0;
        for _ in 0..1 + random.below(4) {
            let client = network.connect();
            let mut expected = Vec::new();
            for _ in 0..random.below(30) {
                seq += 1;
                let (path, answer) = match random.below(8) {
                    0 => (format!("/park/{seq}"), format!("201 /park/{seq}")),
                    1 => (format!("/lose/{seq}"), format!("507 {seq} is lost")),
                    2 => (format!("/wait/{seq}"), format!("200 /wait/{seq}")),
                    3 => (format!("/pool/{seq}"), format!("200 /pool/{seq}")),
                    4 => (format!("/task/{seq}"), format!("200 /task/{seq}")),
                    5 => {
                        let size = usize::try_from(seq).unwrap() * 200;
                        (format!("/big/{size}"), format!("200 {}", "x".repeat(size)))
                    }
                    _ => (format!("/now/{seq}"), format!("200 /now/{seq}")),
                };
                let loses = path.starts_with("/lose");
                if loses || path.starts_with("/park") || path.starts_with("/wait") {
                    open_tickets.insert((seq, !loses));
                }
                network.send(client, &get(&path.replace("/lose/", "/park/")));
                expected.push(answer);
            }
            clients.push((client, expected, Vec::new()));
        }
        let mut turns = 0;
        while clients.iter().any(|(_, expected, got)| got.len() < expected.len()) {
            turns += 1;
            assert!(turns < 100_000, "seed {seed}: answers are missing");
            if !network.turn() || random.one_in(20) {
                let which = random.below(open_tickets.len().max(1) as u64);
                if let Some(&(ticket, stored)) = open_tickets.iter().nth(usize::try_from(which).unwrap()) {
                    open_tickets.remove(&(ticket, stored));
                    desk.settle(ticket, stored);
                    waker.wake();
                }
            }
            for (client, _, got) in &mut clients {
                got.append(&mut network.received(*client));
            }
            for (_, expected, got) in &mut clients {
                while let Some(answer) = take_answer(got) {
                    assert_eq!(answer.line(), expected.remove(0), "seed {seed}");
                }
                got.truncate(got.len());
            }
            if clients.iter().all(|(_, expected, _)| expected.is_empty()) {
                break;
            }
        }
    }
}

#[test]
fn commands_behind_one_another_run_at_once_and_answers_wait_their_turn() {
    let (desk, mut network) = simulation(&Config::default(), 1);
    let waker = network.waker();
    let client = network.connect();
    assert_eq!(ask(&mut network, client, &["/park/1", "/park/2", "/park/3", "/now"]), [""; 0]);
    assert_eq!(desk.calls(), 4, "none of them waits for the disk to be called");
    desk.settle(3, true);
    desk.settle(2, true);
    waker.wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), [""; 0], "the first one is still open");
    desk.settle(1, false);
    waker.wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["507 1 is lost", "201 /park/2", "201 /park/3", "200 /now"]);
}

#[test]
fn an_answer_that_was_not_stored_is_a_problem_unless_it_brought_something_else() {
    let (desk, mut network) = simulation(&Config::default(), 1);
    let client = network.connect();
    assert_eq!(ask(&mut network, client, &["/park-plain/1"]), [""; 0]);
    desk.settle(1, false);
    network.waker().wake();
    settle_down(&mut network);
    let problem = r#"{"type":"disk-full","title":"nothing was stored","status":507,"detail":"1 is lost"}"#;
    assert_eq!(lines(network.received(client)), [format!("507 {problem}")]);
}

#[test]
fn a_request_hears_what_is_parked_before_it() {
    let (desk, mut network) = simulation(&Config::default(), 2);
    let (client, other) = (network.connect(), network.connect());
    assert_eq!(ask(&mut network, other, &["/after/"]), ["200 /after/ None"]);
    assert_eq!(ask(&mut network, client, &["/park/7", "/park/8", "/after/"]), [""; 0]);
    desk.settle(7, true);
    desk.settle(8, true);
    network.waker().wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["201 /park/7", "201 /park/8", "200 /after/ Some(8)"]);
}

#[test]
fn nothing_is_called_behind_a_request_that_waits() {
    let (desk, mut network) = simulation(&Config::default(), 3);
    let client = network.connect();
    assert_eq!(ask(&mut network, client, &["/wait/5", "/now"]), [""; 0]);
    assert_eq!(desk.calls(), 1);
    desk.settle(5, false);
    network.waker().wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["200 /wait/5", "200 /now"], "settled either way is settled");
}

#[test]
fn a_panic_costs_one_answer() {
    let (_, mut network) = simulation(&Config::default(), 4);
    let client = network.connect();
    let answers = ask(&mut network, client, &["/now/1", "/panic", "/pool-panic", "/now/2"]);
    assert_eq!(answers, ["200 /now/1", "500 a fault", "500 a fault", "200 /now/2"]);
}

#[test]
fn a_full_pool_says_so() {
    let config = Config { pool_threads: 2, pool_queue: 1, ..Config::default() };
    let (_, mut network) = simulation(&config, 5);
    let clients: Vec<Client> = (0..9).map(|_| network.connect()).collect();
    for client in &clients {
        network.send(*client, &get("/pool/"));
    }
    settle_down(&mut network);
    let answers: Vec<String> = clients.iter().flat_map(|client| lines(network.received(*client))).collect();
    assert_eq!(answers.len(), 9);
    assert!(answers.iter().any(|answer| answer == "503 too much"), "{answers:?}");
    assert!(answers.iter().any(|answer| answer == "200 /pool/"), "{answers:?}");
}

#[test]
fn what_is_under_way_is_bounded() {
    let config = Config { in_flight: 10, ..Config::default() };
    let (desk, mut network) = simulation(&config, 6);
    let client = network.connect();
    for n in 0..100 {
        network.send(client, &get(&format!("/park/{n}")));
    }
    settle_down(&mut network);
    assert_eq!(desk.calls(), 10);
    for n in 0..100 {
        desk.settle(n, true);
    }
    network.waker().wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)).len(), 100);
}

#[test]
fn a_client_that_does_not_read_is_not_served_further() {
    let (desk, mut network) = simulation(&Config { output_bytes: 100_000, ..Config::default() }, 7);
    let client = network.connect();
    network.hold_back(client, true);
    for _ in 0..100 {
        network.send(client, &get("/big/10000"));
    }
    settle_down(&mut network);
    let called = desk.calls();
    assert!((10..=13).contains(&called), "{called} answers of 10 kB for 100 kB and the socket's 16");
    network.hold_back(client, false);
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)).len(), 100);
}

#[test]
fn a_body_is_asked_for_behind_the_answers_before_it() {
    let (desk, mut network) = simulation(&Config::default(), 8);
    let client = network.connect();
    network.send(client, &get("/park/1"));
    let head = b"POST /length/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    network.send(client, head);
    settle_down(&mut network);
    assert!(network.received(client).is_empty());
    desk.settle(1, true);
    network.waker().wake();
    settle_down(&mut network);
    let mut bytes = network.received(client);
    assert_eq!(take_answer(&mut bytes).map(|answer| answer.line()).as_deref(), Some("201 /park/1"));
    assert_eq!(bytes, b"HTTP/1.1 100 Continue\r\n\r\n");
    network.send(client, b"hello");
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["200 /length/ 5"]);
}

#[test]
fn a_route_may_take_larger_bodies_than_the_others() {
    let (_, mut network) = simulation(&Config::default(), 9);
    let (small, large) = (network.connect(), network.connect());
    let body = vec![b'x'; 2 * 1024 * 1024];
    for (client, path) in [(small, "/length/small"), (large, "/length/large")] {
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
        network.send(client, head.as_bytes());
        network.send(client, &body);
    }
    settle_down(&mut network);
    assert_eq!(lines(network.received(large)), ["200 /length/large 2097152"]);
    let answers = lines(network.received(small));
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].starts_with("413 "), "{answers:?}");
}

#[test]
fn a_client_that_has_ended_its_direction_is_still_answered() {
    let (_, mut network) = simulation(&Config::default(), 10);
    let client = network.connect();
    network.send(client, &get("/pool/1"));
    network.send(client, &get("/now/2"));
    network.finish(client);
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["200 /pool/1", "200 /now/2"]);
    assert!(network.is_closed(client));
}

#[test]
fn a_client_that_is_gone_is_forgotten() {
    let (desk, mut network) = simulation(&Config::default(), 11);
    let (gone, there) = (network.connect(), network.connect());
    network.send(gone, &get("/park/1"));
    settle_down(&mut network);
    network.reset(gone);
    desk.settle(1, true);
    network.waker().wake();
    settle_down(&mut network);
    assert!(network.is_closed(gone));
    assert_eq!(ask(&mut network, there, &["/now"]), ["200 /now"]);
}
