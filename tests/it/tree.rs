//! The persistent tree beside `BTreeMap`: random scripts with versions held and dropped, ranges, differences, loading.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sunstone::codec::order::Key;
use sunstone::state::tree::{Difference, Spares, Tree};
use sunstone::stdx::random::Xoshiro;

/// A row as the state keeps it: shared, and two words wide.
type Row = Arc<[u64]>;
type Rows = Tree<Key, Row>;
type Naive = BTreeMap<Key, Row>;

fn key(number: u64) -> Key {
    Key::from_bytes(&number.to_be_bytes())
}

fn row(number: u64) -> Row {
    Arc::from([number].as_slice())
}

fn assert_equal(tree: &Rows, naive: &Naive, seed: u64) {
    tree.check_invariants();
    assert_eq!(tree.len(), naive.len(), "seed {seed}");
    assert!(tree.iter().eq(naive), "seed {seed}: other entries");
    assert!(tree.iter().rev().eq(naive.iter().rev()), "seed {seed}: other entries from behind");
    assert_eq!(tree.first(), naive.first_key_value(), "seed {seed}");
    assert_eq!(tree.last(), naive.last_key_value(), "seed {seed}");
}

/// What differs, found the slow way.
fn naive_diff<'a>(old: &'a Naive, new: &'a Naive) -> Vec<Difference<'a, Key, Row>> {
    let mut keys: Vec<&Key> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let difference = |key| match (old.get(key), new.get(key)) {
        (Some(before), Some(after)) if before != after => Some(Difference::Changed(key, before, after)),
        (Some(before), None) => Some(Difference::Removed(key, before)),
        (None, Some(after)) => Some(Difference::Added(key, after)),
        _ => None,
    };
    keys.into_iter().filter_map(difference).collect()
}

/// How the keys of a script fall.
#[derive(Debug, Clone, Copy)]
enum Keys {
    /// Anywhere below the bound.
    Scattered(u64),
    /// The next number mostly, else one that is there.
    Rising,
    /// The number below mostly.
    Falling,
}

impl Keys {
    fn next(self, random: &mut Xoshiro, step: u64) -> u64 {
        match self {
            Self::Scattered(bound) => random.below(bound),
            Self::Rising if random.one_in(4) => random.below(step + 1),
            Self::Rising => step,
            Self::Falling if random.one_in(4) => u64::MAX - random.below(step + 1),
            Self::Falling => u64::MAX - step,
        }
    }
}

/// Runs random changes on both kinds of map; holds versions, drops them at random, and looks at the held ones again.
fn script(seed: u64, keys: Keys, steps: u64, removals_in_100: u64) {
    script_with(&mut Spares::none(), seed, keys, steps, removals_in_100);
}

fn script_with(spares: &mut Spares<Key, Row>, seed: u64, keys: Keys, steps: u64, removals_in_100: u64) {
    let random = &mut Xoshiro::new(seed);
    let (mut tree, mut naive) = (Rows::new(), Naive::new());
    let mut held: Vec<(Rows, Naive)> = Vec::new();
    for step in 0..steps {
        let at = key(keys.next(random, step));
        if random.below(100) < removals_in_100 {
            assert_eq!(tree.remove_reusing(&at, spares), naive.remove(&at), "seed {seed} step {step}");
        } else if random.one_in(4) {
            let (mine, theirs) = (tree.get_mut(&at), naive.get_mut(&at));
            assert_eq!(mine, theirs, "seed {seed} step {step}");
            if let (Some(mine), Some(theirs)) = (mine, theirs) {
                *mine = row(step);
                *theirs = row(step);
            }
        } else {
            assert_eq!(
                tree.insert_reusing(at.clone(), row(step), spares),
                naive.insert(at.clone(), row(step)),
                "seed {seed} step {step}"
            );
        }
        assert_eq!(tree.get(&at), naive.get(&at), "seed {seed} step {step}");
        assert_eq!(tree.contains_key(at.as_bytes()), naive.contains_key(&at), "seed {seed} step {step}");
        if random.one_in(steps / 40 + 1) {
            assert_equal(&tree, &naive, seed);
            held.push((tree.clone(), naive.clone()));
        }
        if held.len() > 4 || (random.one_in(steps / 20 + 1) && !held.is_empty()) {
            let (tree, naive) =
                held.swap_remove(usize::try_from(random.below(held.len() as u64)).expect("a small number"));
            assert_equal(&tree, &naive, seed);
        }
    }
    held.push((tree, naive));
    for (tree, naive) in &held {
        assert_equal(tree, naive, seed);
        for (other, other_naive) in &held {
            let diff: Vec<_> = tree.diff(other).collect();
            assert_eq!(diff, naive_diff(naive, other_naive), "seed {seed}");
        }
    }
}

#[test]
fn random_scripts_give_what_a_btreemap_gives_in_every_held_version() {
    for seed in 0..10 {
        script(seed, Keys::Scattered(60), 800, 45);
        script(seed, Keys::Scattered(3_000), 5_000, 25);
        script(seed, Keys::Rising, 2_500, 10);
        script(seed, Keys::Falling, 2_500, 10);
    }
}

/// The same with spares, which go from one tree to the next: what the trees before have left in them shows nowhere.
#[test]
fn random_scripts_with_spare_nodes_give_the_same_in_every_held_version() {
    let mut spares = Spares::new();
    for seed in 20..30 {
        script_with(&mut spares, seed, Keys::Scattered(60), 800, 45);
        script_with(&mut spares, seed, Keys::Scattered(3_000), 5_000, 25);
        script_with(&mut spares, seed, Keys::Rising, 2_500, 10);
        script_with(&mut spares, seed, Keys::Falling, 2_500, 10);
    }
    assert!(!spares.is_empty());
}

/// The nodes of versions that end come again, so that no more of them are kept than two versions need; those of a version
/// that somebody holds stay as they are, however many versions come and go.
#[test]
fn spare_nodes_are_those_of_ended_versions_and_of_no_held_one() {
    let (rows, updates) = (2_000, 100);
    let random = &mut Xoshiro::new(7);
    let mut spares = Spares::new();
    let mut tree = Rows::from_sorted((0..rows).map(|n| (key(n), row(n))));
    let mut naive: Naive = (0..rows).map(|n| (key(n), row(n))).collect();
    let mut held: Vec<(Rows, Naive)> = Vec::new();
    for version in 0..200 {
        let published = tree.clone();
        if version >= 100 && version % 20 == 0 {
            held.push((published.clone(), naive.clone()));
        }
        for _ in 0..updates {
            let (at, new) = (key(random.below(rows)), row(random.next_u64()));
            let before = tree.insert_reusing(at.clone(), Arc::clone(&new), &mut spares);
            assert_eq!(before, naive.insert(at, new));
        }
        assert!(published.diff(&tree).count() > 0);
        let most = if held.is_empty() { 5 * updates } else { 16_384 };
        assert!(spares.len() as u64 <= most, "{} nodes are kept at version {version}", spares.len());
    }
    assert_equal(&tree, &naive, 7);
    for (tree, naive) in &held {
        assert_equal(tree, naive, 7);
    }
}

/// Spares hold values for a while and never for good.
#[test]
fn values_of_ended_versions_are_let_go_with_the_changes_that_follow_or_with_the_spares() {
    let rows = 1_000;
    let (first, second) = (row(1), row(2));
    let mut spares = Spares::new();
    let mut tree = Rows::from_sorted((0..rows).map(|n| (key(n), Arc::clone(&first))));
    let before = tree.clone();
    for n in 0..rows {
        drop(tree.insert_reusing(key(n), Arc::clone(&second), &mut spares));
    }
    assert_eq!(Arc::strong_count(&first) as u64, 1 + rows, "the version that is held has all of them");
    drop(before);
    let version = tree.clone();
    for n in 0..rows / 2 + 8 {
        drop(tree.insert_reusing(key(n), row(3), &mut spares));
    }
    assert_eq!(Arc::strong_count(&first), 1, "two replaced nodes are emptied for each that is copied");
    drop((version, tree));
    assert!(Arc::strong_count(&second) > 1, "what was replaced last is still among the spares");
    drop(spares);
    assert_eq!(Arc::strong_count(&second), 1);
}

#[test]
fn a_tree_that_grew_is_emptied_again_in_any_order() {
    for seed in 0..12 {
        let random = &mut Xoshiro::new(seed);
        let size = 1 + random.below(4_000);
        let mut order: Vec<u64> = (0..size).collect();
        let mut tree = Tree::from_sorted(order.iter().map(|n| (key(*n), row(*n))));
        let full = tree.clone();
        match seed % 3 {
            0 => {}
            1 => order.reverse(),
            _ => order.sort_by_cached_key(|_| random.next_u64()),
        }
        for (step, n) in order.iter().enumerate() {
            assert_eq!(tree.remove(&key(*n)), Some(row(*n)), "seed {seed}");
            assert_eq!(tree.remove(&key(*n)), None, "seed {seed}");
            if step % 97 == 0 {
                tree.check_invariants();
            }
        }
        tree.check_invariants();
        assert!(tree.is_empty() && tree.first().is_none() && tree.iter().next_back().is_none());
        assert_eq!(full.len() as u64, size, "seed {seed}: the version that was held");
        full.check_invariants();
    }
}

/// A range of both maps; `BTreeMap` panics where ours is empty, so those are left to the caller.
fn assert_same_range(tree: &Rows, naive: &Naive, bounds: (Bound<&Key>, Bound<&Key>), random: &mut Xoshiro) {
    let mut ours = tree.range::<Key, _>(bounds);
    let mut theirs = naive.range::<Key, _>(bounds);
    loop {
        let (mine, yours) = if random.one_in(2) {
            (ours.next(), theirs.next())
        } else {
            (ours.next_back(), theirs.next_back())
        };
        assert_eq!(mine, yours, "range {bounds:?}");
        if mine.is_none() {
            break;
        }
    }
    assert_eq!((ours.next(), ours.next_back(), ours.clone().next()), (None, None, None));
    let bytes = (bounds.0.map(Key::as_bytes), bounds.1.map(Key::as_bytes));
    assert!(tree.range::<[u8], _>(bytes).eq(naive.range::<Key, _>(bounds)), "by bytes, range {bounds:?}");
}

#[test]
fn ranges_from_both_ends_agree_for_all_kinds_of_bounds() {
    for seed in 0..40 {
        let random = &mut Xoshiro::new(seed);
        let span = [3, 30, 500, 5_000][usize::try_from(seed % 4).expect("a small number")];
        let (mut tree, mut naive) = (Rows::new(), Naive::new());
        for _ in 0..span / 2 {
            let at = random.below(span);
            tree.insert(key(at), row(at));
            naive.insert(key(at), row(at));
        }
        for _ in 0..60 {
            let (a, b) = (random.below(span + 1), random.below(span + 1));
            let (from, to) = (key(a.min(b)), key(a.max(b)));
            let starts = [Bound::Included(&from), Bound::Excluded(&from), Bound::Unbounded];
            let ends = [Bound::Included(&to), Bound::Excluded(&to), Bound::Unbounded];
            for start in starts {
                for end in ends {
                    let panics_in_std =
                        from == to && matches!((start, end), (Bound::Excluded(_), Bound::Excluded(_)));
                    if !panics_in_std {
                        assert_same_range(&tree, &naive, (start, end), random);
                    }
                }
            }
        }
    }
}

#[test]
fn a_range_that_starts_behind_its_end_is_empty() {
    let tree = Tree::from_sorted((0..100).map(|n| (key(n), n)));
    let (low, high) = (key(20), key(70));
    assert_eq!(tree.range::<Key, _>(&high..&low).count(), 0);
    assert_eq!(tree.range::<Key, _>(&high..=&low).next_back(), None);
    assert_eq!(tree.range::<Key, _>((Bound::Excluded(&low), Bound::Excluded(&low))).next(), None);
    assert_eq!(tree.range::<Key, _>(&low..&high).count(), 50);
    assert_eq!(Tree::<Key, u8>::new().range::<Key, _>(..).next(), None);
}

#[test]
fn the_length_of_an_iterator_is_exact_from_both_ends() {
    let tree = Tree::from_sorted((0..1_000_u64).map(|n| (n, n)));
    let mut entries = tree.iter();
    for left in (0..1_000).rev() {
        let got = if left % 3 == 0 { entries.next_back() } else { entries.next() };
        assert!(got.is_some());
        assert_eq!(entries.len(), left);
    }
    assert_eq!((entries.next(), entries.next_back()), (None, None));
}

#[test]
fn loading_accepts_any_order_and_keeps_the_last_of_equal_keys() {
    for seed in 0..30 {
        let random = &mut Xoshiro::new(seed);
        let size = random.below(3_000);
        let mut entries: Vec<(Key, Row)> = (0..size).map(|n| (key(2 * n), row(n))).collect();
        if seed % 3 > 0 && size > 0 {
            for _ in 0..seed {
                let (from, to) = (random.below(size), random.below(size));
                entries[usize::try_from(from).expect("a small number")] = (key(2 * to), row(u64::MAX - from));
            }
        }
        let tree = Tree::from_sorted(entries.iter().cloned());
        assert_equal(&tree, &entries.into_iter().collect(), seed);
    }
}

#[test]
fn a_difference_looks_only_at_what_is_not_shared() {
    const ROWS: u64 = 100_000;
    let old = Tree::from_sorted((0..ROWS).map(|n| (key(n), n)));
    for (seed, changes) in [(1, 0), (2, 1), (3, 50)] {
        let random = &mut Xoshiro::new(seed);
        let mut new = old.clone();
        for _ in 0..changes {
            let at = random.below(ROWS);
            match random.below(3) {
                0 => drop(new.insert(key(at), ROWS + at)),
                1 => drop(new.remove(&key(at))),
                _ => drop(new.insert(Key::from_bytes(&[at.to_be_bytes().as_slice(), &[7]].concat()), at)),
            }
        }
        let mut compared = 0;
        let found = old
            .diff_by(&new, |a, b| {
                compared += 1;
                a == b
            })
            .count() as u64;
        assert!(found <= changes && found * 10 >= changes * 9, "seed {seed}: {found} of {changes} changes");
        assert!(compared <= 40 * changes, "{compared} values were compared for {changes} changes");
    }
}

#[test]
fn differences_of_trees_of_other_heights_and_of_no_kin() {
    let sizes = [0, 1, 16, 17, 300, 5_000];
    for old in sizes {
        for new in sizes {
            let a: Naive = (0..old).map(|n| (key(n * 2), row(n))).collect();
            let b: Naive = (0..new).map(|n| (key(n * 3), row(n))).collect();
            let (tree_a, tree_b) = (Tree::from_sorted(a.clone()), Tree::from_sorted(b.clone()));
            assert_eq!(
                tree_a.diff(&tree_b).collect::<Vec<_>>(),
                naive_diff(&a, &b),
                "{old} and {new} entries"
            );
        }
    }
}

/// A value that counts how many of it there are.
struct Counted(Arc<AtomicUsize>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn values_are_copied_only_where_a_held_version_shares_them_and_all_are_dropped() {
    const ROWS: u64 = 20_000;
    let alive = Arc::new(AtomicUsize::new(0));
    let counted = || {
        alive.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(&alive))
    };
    let mut tree = Tree::from_sorted((0..ROWS).map(|n| (key(n), counted())));
    let rows = usize::try_from(ROWS).expect("a small number");
    let before = alive.load(Ordering::Relaxed);
    assert_eq!(before, rows);

    // Nobody holds a version: an update copies nothing.
    tree.insert(key(77), counted());
    assert_eq!(alive.load(Ordering::Relaxed), rows);

    // A version is held: an update copies the values of one leaf, a second in the same leaf nothing more.
    let held = tree.clone();
    tree.insert(key(500), counted());
    let once = alive.load(Ordering::Relaxed);
    assert!(once > rows && once <= rows + 64, "{} values were copied", once - rows);
    tree.insert(key(500), counted());
    assert_eq!(alive.load(Ordering::Relaxed), once);

    drop(tree);
    assert_eq!(alive.load(Ordering::Relaxed), rows);
    drop(held);
    assert_eq!(alive.load(Ordering::Relaxed), 0);
}

/// A key whose comparison panics when it is told to, as a key of a program's own might.
#[derive(Clone)]
struct Touchy(u64, Arc<AtomicUsize>);

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Touchy {}

impl PartialOrd for Touchy {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Touchy {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let left = self.1.fetch_sub(1, Ordering::Relaxed);
        assert!(left > 0, "no comparisons left");
        self.0.cmp(&other.0)
    }
}

#[test]
fn a_comparison_that_panics_leaves_the_held_version_and_the_tree_usable() {
    let fuse = Arc::new(AtomicUsize::new(usize::MAX / 2));
    let touchy = |n| Touchy(n, Arc::clone(&fuse));
    let mut tree: Tree<Touchy, u64> = Tree::from_sorted((0..3_000).map(|n| (touchy(2 * n), n)));
    let held = tree.clone();
    for after in 0..12 {
        fuse.store(after, Ordering::Relaxed);
        let insert = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tree.insert(touchy(2_001), 0)));
        fuse.store(usize::MAX / 2, Ordering::Relaxed);
        assert!(insert.is_err(), "after {after} comparisons");
        tree.check_invariants();
    }
    assert_eq!((tree.len(), held.len()), (3_000, 3_000));
    assert!(held.iter().map(|(_, v)| *v).eq(0..3_000));
}

#[test]
fn versions_are_read_and_dropped_on_other_threads() {
    fn is_sendable<T: Send + Sync + 'static>(_: &T) {}
    let tree = Tree::from_sorted((0..10_000).map(|n| (key(n), row(n))));
    is_sendable(&tree);
    let (to_reader, versions) = std::sync::mpsc::channel::<(u64, Rows)>();
    let reader = sunstone::stdx::threads::spawn("reader", move || {
        for (round, version) in versions {
            let changed = version.iter().filter(|(_, row)| row[0] >= 1_000_000).count() as u64;
            assert_eq!(changed, round);
        }
    })
    .expect("a thread for the reader");
    let mut head = tree;
    for round in 0..200 {
        to_reader.send((round, head.clone())).expect("the reader lives");
        head.insert(key(round * 50), row(1_000_000 + round));
    }
    drop(to_reader);
    reader.join().expect("every version had exactly its changes");
}
