//! Methods that take a second beside one that takes no time: what a slow handler costs those who do not ask for it.

use std::thread::sleep;
use std::time::Duration;
use sunstone::prelude::*;

struct Naps;

#[Api("/naps")]
impl Naps {
    /// A query that takes a second.
    #[get("/second")]
    fn second(view: &View) -> u64 {
        sleep(Duration::from_secs(1));
        view.seq()
    }

    /// A query that takes no time.
    #[get("/none")]
    fn none(view: &View) -> u64 {
        view.seq()
    }
}

fn main() -> Exit {
    App::new("naps").api(Naps).run()
}
