//! Who gives way at the limit of connections.

use super::{Desk, get, lines};
use std::sync::Arc;
use sunstone::net::simulated::Simulation;
use sunstone::net::{Config, Service};
use sunstone::stdx::clock::ManualClock;

struct Crowded {
    desk: Arc<Desk>,
    clock: Arc<ManualClock>,
    network: Simulation,
}

impl Crowded {
    fn new(connections: usize) -> Self {
        let (desk, clock) = (Arc::new(Desk::default()), Arc::new(ManualClock::new(0)));
        let service: Arc<dyn Service> = Arc::<Desk>::clone(&desk);
        let config = Config { connections: Some(connections), ..Config::default() };
        let network = Simulation::new(&config, service, Arc::<ManualClock>::clone(&clock), 11);
        Self { desk, clock, network }
    }

    fn pass_ms(&mut self, ms: u64) {
        self.clock.advance_ms(ms);
        while self.network.turn() {}
    }
}

#[test]
fn idle_ones_give_way_oldest_first_then_half_sent_heads_and_busy_ones_never() {
    let mut crowded = Crowded::new(4);
    let [half, old, young, busy] = std::array::from_fn(|_| crowded.network.connect());
    crowded.network.send(half, b"GET /now HTTP/1.1\r\nHo");
    crowded.network.send(busy, &get("/park/1"));
    crowded.pass_ms(0);
    crowded.pass_ms(1000);
    crowded.network.send(young, &get("/now"));
    crowded.pass_ms(0);
    crowded.pass_ms(1000);
    for (giving_way, kept) in [(old, young), (young, half), (half, busy)] {
        let new = crowded.network.connect();
        crowded.network.send(new, &get("/park/2"));
        crowded.pass_ms(200);
        assert!(crowded.network.is_closed(giving_way) && !crowded.network.is_closed(kept));
    }
    let late = crowded.network.connect();
    crowded.network.send(late, &get("/now/late"));
    crowded.pass_ms(5000);
    assert!(crowded.network.received(late).is_empty(), "four are busy");
    crowded.desk.settle(1, true);
    crowded.network.waker().wake();
    crowded.pass_ms(0);
    crowded.pass_ms(200);
    crowded.pass_ms(200);
    assert_eq!(lines(crowded.network.received(busy)), ["201 /park/1"]);
    assert!(crowded.network.is_closed(busy), "answered, it rests and gives way");
    assert_eq!(lines(crowded.network.received(late)), ["200 /now/late"]);
}

#[test]
fn one_that_was_used_just_now_is_spared() {
    let mut crowded = Crowded::new(1);
    let used = crowded.network.connect();
    crowded.network.send(used, &get("/now/1"));
    crowded.pass_ms(0);
    let new = crowded.network.connect();
    crowded.network.send(new, &get("/now/2"));
    crowded.pass_ms(50);
    assert!(!crowded.network.is_closed(used) && crowded.network.received(new).is_empty());
    crowded.pass_ms(100);
    crowded.pass_ms(100);
    assert!(crowded.network.is_closed(used));
    assert_eq!(lines(crowded.network.received(new)), ["200 /now/2"]);
}

#[test]
fn the_owner_gets_in_and_stays() {
    let mut crowded = Crowded::new(1);
    let owner = crowded.network.connect_as(sunstone::net::Peer { addr: None, control: true });
    crowded.pass_ms(0);
    let new = crowded.network.connect();
    crowded.network.send(new, &get("/now"));
    crowded.pass_ms(5000);
    assert!(!crowded.network.is_closed(owner));
}
