//! Slow clients against the limits of time, with a clock that is moved by hand.

use super::{Desk, get, lines};
use std::sync::Arc;
use sunstone::net::simulated::Simulation;
use sunstone::net::{Config, Service};
use sunstone::stdx::clock::ManualClock;

pub(super) fn simulation(seed: u64) -> (Arc<Desk>, Arc<ManualClock>, Simulation) {
    simulation_with(&Config::default(), seed)
}

pub(super) fn simulation_with(config: &Config, seed: u64) -> (Arc<Desk>, Arc<ManualClock>, Simulation) {
    let (desk, clock) = (Arc::new(Desk::default()), Arc::new(ManualClock::new(0)));
    let service: Arc<dyn Service> = Arc::<Desk>::clone(&desk);
    let network = Simulation::new(config, service, Arc::<ManualClock>::clone(&clock), seed);
    (desk, clock, network)
}

pub(super) fn settle_down(network: &mut Simulation) {
    while network.turn() {}
}

/// Lets seconds pass, one after the other.
pub(super) fn pass(network: &mut Simulation, clock: &ManualClock, seconds: u64) {
    for _ in 0..seconds {
        clock.advance_ms(1000);
        settle_down(network);
    }
}

#[test]
fn an_idle_connection_is_closed_after_a_minute_without_a_word() {
    let (_, clock, mut network) = simulation(1);
    let (silent, used) = (network.connect(), network.connect());
    settle_down(&mut network);
    pass(&mut network, &clock, 30);
    network.send(used, &get("/now"));
    pass(&mut network, &clock, 29);
    assert!(!network.is_closed(silent));
    pass(&mut network, &clock, 3);
    assert!(network.is_closed(silent) && !network.is_closed(used));
    assert!(network.received(silent).is_empty());
    pass(&mut network, &clock, 30);
    assert!(network.is_closed(used));
    assert_eq!(lines(network.received(used)), ["200 /now"]);
}

#[test]
fn a_head_that_trickles_has_ten_seconds() {
    let (_, clock, mut network) = simulation(2);
    let client = network.connect();
    network.send(client, &get("/now"));
    network.send(client, b"GET /slow");
    for _ in 0..9 {
        pass(&mut network, &clock, 1);
        network.send(client, b"w");
    }
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["200 /now"]);
    pass(&mut network, &clock, 3);
    let answers = lines(network.received(client));
    assert!(answers.len() == 1 && answers[0].starts_with("408 "), "{answers:?}");
    assert!(network.is_ended(client));
    pass(&mut network, &clock, 4);
    assert!(network.is_closed(client), "it lingers for two seconds");
}

#[test]
fn a_body_has_to_bring_a_kilobyte_a_second_after_ten() {
    let (_, clock, mut network) = simulation(3);
    let (slow, fair) = (network.connect(), network.connect());
    let head = b"POST /length/ HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n";
    network.send(slow, head);
    network.send(fair, head);
    for _ in 0..20 {
        network.send(slow, &[b'x'; 100]);
        network.send(fair, &[b'x'; 2000]);
        pass(&mut network, &clock, 1);
        if network.is_ended(slow) {
            break;
        }
    }
    let answers = lines(network.received(slow));
    assert!(answers.len() == 1 && answers[0].starts_with("408 "), "{answers:?}");
    while lines(network.received(fair)).is_empty() {
        assert!(!network.is_ended(fair));
        network.send(fair, &[b'x'; 2000]);
        pass(&mut network, &clock, 1);
    }
}

#[test]
fn a_client_that_takes_nothing_is_cut_off_after_thirty_seconds() {
    let (_, clock, mut network) = simulation(4);
    let (stuck, slow) = (network.connect(), network.connect());
    for client in [stuck, slow] {
        network.hold_back(client, true);
        network.send(client, &get("/big/500000"));
    }
    settle_down(&mut network);
    for _ in 0..6 {
        // A client that takes something every now and then stays.
        pass(&mut network, &clock, 10);
        network.hold_back(slow, false);
        network.turn();
        network.turn();
        network.hold_back(slow, true);
    }
    assert!(network.is_closed(stuck) && !network.is_closed(slow));
    network.hold_back(slow, false);
    settle_down(&mut network);
    assert!(network.received(slow).len() > 500_000);
}

#[test]
fn what_runs_or_is_parked_has_no_deadline_of_its_own() {
    let (desk, clock, mut network) = simulation(5);
    let client = network.connect();
    network.send(client, &get("/park/1"));
    settle_down(&mut network);
    pass(&mut network, &clock, 300);
    assert!(!network.is_closed(client));
    desk.settle(1, true);
    network.waker().wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(client)), ["201 /park/1"]);
    pass(&mut network, &clock, 62);
    assert!(network.is_closed(client));
}

/// The client goes on sending while it is refused. A server that closed at once would reset the connection, and the
/// refusal would be lost with it.
#[test]
fn a_refusal_reaches_a_client_that_is_still_sending() {
    for seed in 0..50 {
        let (_, clock, mut network) = simulation(seed);
        let client = network.connect();
        network.send(client, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n");
        let mut received = Vec::new();
        for _ in 0..40 {
            network.send(client, &[b'x'; 5000]);
            network.turn();
            received.append(&mut network.received(client));
        }
        settle_down(&mut network);
        received.append(&mut network.received(client));
        let answers = lines(received);
        assert!(answers.len() == 1 && answers[0].starts_with("413 "), "seed {seed}: {answers:?}");
        assert!(!network.is_closed(client), "seed {seed}");
        pass(&mut network, &clock, 4);
        assert!(network.is_closed(client), "seed {seed}: it lingers no longer than its time");
    }
}

#[test]
fn lingering_ends_with_the_client_or_at_its_bound() {
    let (_, _, mut network) = simulation(7);
    let (polite, flood) = (network.connect(), network.connect());
    for client in [polite, flood] {
        network.send(client, &get("/close"));
    }
    settle_down(&mut network);
    assert!(network.is_ended(polite) && !network.is_closed(polite));
    network.finish(polite);
    settle_down(&mut network);
    assert!(network.is_closed(polite));
    for _ in 0..200 {
        if !network.is_closed(flood) {
            network.send(flood, &[b'x'; 10_000]);
        }
        settle_down(&mut network);
    }
    assert!(network.is_closed(flood), "two megabytes after the end are more than anybody waits for");
}

#[test]
fn without_descriptors_accepting_rests_and_tries_again() {
    let (_, clock, mut network) = simulation(9);
    let first = network.connect();
    settle_down(&mut network);
    network.exhaust(true);
    let second = network.connect();
    network.send(second, &get("/now/2"));
    pass(&mut network, &clock, 3);
    network.send(first, &get("/now/1"));
    settle_down(&mut network);
    assert_eq!(lines(network.received(first)), ["200 /now/1"], "who is in is served");
    network.exhaust(false);
    pass(&mut network, &clock, 1);
    assert_eq!(lines(network.received(second)), ["200 /now/2"]);
}

#[test]
fn stopping_answers_what_is_under_way_and_closes_the_rest() {
    let (desk, clock, mut network) = simulation(8);
    let (idle, parked, half, late) =
        (network.connect(), network.connect(), network.connect(), network.connect());
    network.send(parked, &get("/park/1"));
    network.send(half, b"GET /now HTTP/1.1\r\nHo");
    network.send(late, &get("/park/2"));
    settle_down(&mut network);
    network.stop();
    settle_down(&mut network);
    assert!(network.is_closed(idle) && !network.is_closed(parked) && !network.is_closed(half));
    network.send(half, b"st: a\r\n\r\n");
    desk.settle(1, true);
    network.waker().wake();
    settle_down(&mut network);
    assert_eq!(lines(network.received(half)), ["200 /now"]);
    assert_eq!(lines(network.received(parked)), ["201 /park/1"]);
    network.finish(half);
    network.finish(parked);
    settle_down(&mut network);
    assert!(network.is_closed(half) && network.is_closed(parked));
    assert!(!network.is_stopped(), "one answer is still parked");
    pass(&mut network, &clock, 12);
    assert!(network.is_stopped(), "the grace time is over");
}
