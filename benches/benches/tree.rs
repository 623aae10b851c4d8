//! The persistent tree beside `BTreeMap`, which keeps no versions: where both do the same, and what versions cost.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use sunstone::codec::order::Key;
use sunstone::state::tree::Tree;
use sunstone::stdx::random::Xoshiro;
use sunstone_benches::{Row, key, resident_bytes, row, shuffled};

/// Rows in the small and in the large table.
const SIZES: [u64; 2] = [10_000, 1_000_000];
/// Updates between two published roots: a batch of commands.
const BATCH: u64 = 50;

fn main() {
    bytes_per_entry();
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(700))
        .sample_size(15)
        .configure_from_args();
    for rows in SIZES {
        beside(&mut criterion, rows);
        versions(&mut criterion, rows);
    }
    fill(&mut criterion);
    criterion.final_summary();
}

/// A table in the state it has after a while: loaded in order, then every row changed once, in random order.
fn aged_tree(rows: u64) -> Tree<Key, Row> {
    let mut tree = Tree::from_sorted((0..rows).map(|n| (key(n), row(n))));
    for n in shuffled(rows) {
        drop(tree.insert(key(n), row(n)));
    }
    tree
}

fn aged_map(rows: u64) -> BTreeMap<Key, Row> {
    let mut map: BTreeMap<Key, Row> = (0..rows).map(|n| (key(n), row(n))).collect();
    for n in shuffled(rows) {
        drop(map.insert(key(n), row(n)));
    }
    map
}

/// What both can do.
fn beside(criterion: &mut Criterion, rows: u64) {
    let (mut tree, mut map) = (aged_tree(rows), aged_map(rows));
    let random = &mut Xoshiro::new(1);

    let mut group = group(criterion, "get", 1);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| tree.get(&key(random.below(rows))).map(|row| row.number()));
    });
    group.bench_function(BenchmarkId::new("btreemap", rows), |b| {
        b.iter(|| map.get(&key(random.below(rows))).map(|row| row.number()));
    });
    group.finish();

    let mut group = self::group(criterion, "update_in_place", 1);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| update(random, rows, |key, row| tree.insert(key, row)));
    });
    group.bench_function(BenchmarkId::new("btreemap", rows), |b| {
        b.iter(|| update(random, rows, |key, row| map.insert(key, row)));
    });
    group.finish();

    let mut group = self::group(criterion, "remove_and_insert", 1);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| {
            let key = key(random.below(rows));
            let row = tree.remove(&key).expect("it was put back");
            tree.insert(key, row)
        });
    });
    group.bench_function(BenchmarkId::new("btreemap", rows), |b| {
        b.iter(|| {
            let key = key(random.below(rows));
            let row = map.remove(&key).expect("it was put back");
            map.insert(key, row)
        });
    });
    group.finish();

    let mut group = self::group(criterion, "iterate", rows);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| tree.iter().map(|(_, row)| row.number()).sum::<u64>());
    });
    group.bench_function(BenchmarkId::new("btreemap", rows), |b| {
        b.iter(|| map.values().map(|row| row.number()).sum::<u64>());
    });
    group.finish();

    let mut group = self::group(criterion, "range_of_20", 20);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| tree.range(key(random.below(rows))..).take(20).map(|(_, row)| row.number()).sum::<u64>());
    });
    group.bench_function(BenchmarkId::new("btreemap", rows), |b| {
        b.iter(|| map.range(key(random.below(rows))..).take(20).map(|(_, row)| row.number()).sum::<u64>());
    });
    group.finish();
}

/// What only the tree can do.
fn versions(criterion: &mut Criterion, rows: u64) {
    let mut tree = aged_tree(rows);
    let random = &mut Xoshiro::new(2);

    // As the store does it: after a batch the root is published, and the one published before is dropped.
    let mut published = tree.clone();
    let mut group = group(criterion, "update_published_per_50", BATCH);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| {
            for _ in 0..BATCH {
                update(random, rows, |key, row| tree.insert(key, row));
            }
            published = tree.clone();
        });
    });
    group.finish();

    let mut group = self::group(criterion, "snapshot", 1);
    group.bench_function(BenchmarkId::new("tree", rows), |b| b.iter(|| black_box(tree.clone())));
    group.finish();

    published = tree.clone();
    for _ in 0..BATCH {
        update(random, rows, |key, row| tree.insert(key, row));
    }
    let mut group = self::group(criterion, "diff_of_50", BATCH);
    group.bench_function(BenchmarkId::new("tree", rows), |b| {
        b.iter(|| published.diff_by(&tree, Arc::ptr_eq).count());
    });
    group.finish();
}

/// Filling an empty one with keys as they come in order and at random, and loading.
fn fill(criterion: &mut Criterion) {
    const ROWS: u64 = 100_000;
    let in_order: Vec<u64> = (0..ROWS).collect();
    for (name, numbers) in [("fill_in_order", in_order), ("fill_at_random", shuffled(ROWS))] {
        let mut group = group(criterion, name, ROWS);
        group.bench_function(BenchmarkId::new("tree", ROWS), |b| {
            b.iter_with_large_drop(|| {
                let mut tree = Tree::new();
                for n in &numbers {
                    tree.insert(key(*n), 0_u16);
                }
                tree
            });
        });
        group.bench_function(BenchmarkId::new("btreemap", ROWS), |b| {
            b.iter_with_large_drop(|| {
                let mut map = BTreeMap::new();
                for n in &numbers {
                    map.insert(key(*n), 0_u16);
                }
                map
            });
        });
        group.finish();
    }
    let mut group = group(criterion, "from_sorted", ROWS);
    group.bench_function(BenchmarkId::new("tree", ROWS), |b| {
        b.iter_with_large_drop(|| Tree::from_sorted((0..ROWS).map(|n| (key(n), 0_u16))));
    });
    group.bench_function(BenchmarkId::new("btreemap", ROWS), |b| {
        b.iter_with_large_drop(|| (0..ROWS).map(|n| (key(n), 0_u16)).collect::<BTreeMap<_, _>>());
    });
    group.finish();
}

/// Replaces a random row with a new one.
fn update(random: &mut Xoshiro, rows: u64, insert: impl FnOnce(Key, Row) -> Option<Row>) {
    let number = random.below(rows);
    drop(insert(key(number), row(number)));
}

fn group<'a>(criterion: &'a mut Criterion, name: &str, elements: u64) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(elements));
    group
}

/// Prints what an entry takes in each kind of map, without the row itself: the growth of the process over a million.
fn bytes_per_entry() {
    const ROWS: u64 = 1_000_000;
    let shared = row(0);
    let numbers = shuffled(ROWS);
    let print = |what: &str, before: usize| {
        let bytes = resident_bytes().saturating_sub(before);
        println!("bytes per entry, {what}: {:.1}", bytes as f64 / ROWS as f64);
    };
    let before = resident_bytes();
    let loaded = Tree::from_sorted((0..ROWS).map(|n| (key(n), Row::clone(&shared))));
    print("tree, rows in order", before);
    let before = resident_bytes();
    let mut grown = Tree::new();
    for n in &numbers {
        grown.insert(key(*n), Row::clone(&shared));
    }
    print("tree, rows at random", before);
    let before = resident_bytes();
    let loaded_map: BTreeMap<_, _> = (0..ROWS).map(|n| (key(n), Row::clone(&shared))).collect();
    print("btreemap, rows in order", before);
    let before = resident_bytes();
    let mut grown_map = BTreeMap::new();
    for n in &numbers {
        grown_map.insert(key(*n), Row::clone(&shared));
    }
    print("btreemap, rows at random", before);
    let before = resident_bytes();
    let mut index = Tree::new();
    for n in &numbers {
        index.insert(key(*n), 0_u16);
    }
    print("tree, index at random", before);
    black_box((&loaded, &grown, &loaded_map, &grown_map, &index));
}
