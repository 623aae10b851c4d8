//! Commands in memory: what one costs from the lock to the record in the open batch, with the root published once per
//! batch; what a view costs; what a row takes.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use sunstone::journal::{Lone, MemoryDirectory, Options};
use sunstone::model::Models;
use sunstone::prelude::*;
use sunstone::stdx::clock::{Clock, SystemClock};
use sunstone::stdx::random::{SeededRandom, Xoshiro};
use sunstone::store::{Cause, Engine, Opening, Program, open};
use sunstone_benches::resident_bytes;

/// Commands between two published roots.
const BATCH: u64 = 50;

/// Rows in the small and in the large table.
const SIZES: [u64; 2] = [10_000, 1_000_000];

/// A row of a usual size.
#[Model]
struct Todo {
    /// Its key.
    #[key]
    id: Id<Todo>,
    /// What there is to do.
    title: String,
    /// Whose it is.
    owner: String,
    /// Is it done?
    #[index]
    done: bool,
    /// How much it matters.
    priority: u8,
    /// Since when it is there.
    created_at: u64,
}

fn todo(id: Id<Todo>, number: u64) -> Todo {
    let (title, owner) = (format!("Write the report number {number}"), format!("user-{}", number % 100));
    Todo { id, title, owner, done: number.is_multiple_of(3), priority: 3, created_at: 1_700_000_000 + number }
}

fn opened(rows: u64) -> (Arc<Engine>, Arc<Lone>) {
    let mut models = Models::default();
    models.add::<Todo>().expect("a model that holds");
    models.tie();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let opening = Opening {
        directory: Arc::new(MemoryDirectory::new()),
        clock,
        random: Arc::new(SeededRandom::new(1)),
        options: Options::default(),
        threads: false,
    };
    let program = Program { models: Arc::new(models), calls: Vec::new() };
    let loaded = open(&program, opening).expect("an empty directory opens");
    let (engine, lone) = (loaded.engine, loaded.lone);
    for first in (0..rows).step_by(1000) {
        run(&engine, |tx| {
            for number in first..rows.min(first + 1000) {
                let id = tx.next_id();
                tx.insert(todo(id, number))?;
            }
            Ok(())
        });
        settle(&engine, &lone);
    }
    (engine, lone)
}

/// Publishes what has been run.
fn settle(engine: &Engine, lone: &Lone) {
    engine.flush();
    while lone.step() {}
}

fn run(engine: &Engine, body: impl FnOnce(&mut Tx) -> Result<()>) {
    let cause = Cause { caller: Caller::anonymous(), name: "bench", call: None, arguments: &[] };
    let mut body = Some(body);
    let ran = engine.command(&cause, &mut |tx| body.take().map_or(Ok(()), |body| body(tx)));
    ran.and_then(|ran| ran.result).expect("nothing refuses it");
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(900))
        .sample_size(15)
        .configure_from_args();
    for rows in SIZES {
        let before = resident_bytes();
        let (engine, lone) = opened(rows);
        let taken = resident_bytes().saturating_sub(before);
        println!("bytes a row, {rows} rows, one index, the journal in memory included: {}", taken as u64 / rows);
        let mut random = Xoshiro::new(7);
        let mut since = 0;
        let mut group = criterion.benchmark_group("store");
        group.bench_function(BenchmarkId::new("update one row, a root per 50", rows), |b| {
            b.iter(|| {
                let id = Id::<Todo>::new(1 + random.below(rows));
                run(&engine, |tx| tx.update(id, |todo| todo.priority ^= 1).map(drop));
                since += 1;
                if since == BATCH {
                    since = 0;
                    settle(&engine, &lone);
                }
            });
        });
        group.bench_function(BenchmarkId::new("insert one row, a root per 50", rows), |b| {
            b.iter(|| {
                run(&engine, |tx| {
                    let id = tx.next_id();
                    tx.insert(todo(id, since)).map(drop)
                });
                since += 1;
                if since == BATCH {
                    since = 0;
                    settle(&engine, &lone);
                }
            });
        });
        group.bench_function(BenchmarkId::new("a view", rows), |b| {
            b.iter(|| black_box(engine.view(Caller::anonymous())).seq());
        });
        group.bench_function(BenchmarkId::new("get one row", rows), |b| {
            let view = engine.view(Caller::anonymous());
            b.iter(|| view.get(Id::<Todo>::new(1 + random.below(rows))).map(|todo| todo.priority).ok());
        });
        group.finish();
    }
    criterion.final_summary();
}
