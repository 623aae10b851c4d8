//! The persistent ordered tree: thin first version, a `BTreeMap` copied as a whole; the true nodes come next.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};
use std::iter::FusedIterator;
use std::ops::RangeBounds;
use std::sync::Arc;

/// A persistent ordered map; a clone is a version of it and costs nothing.
#[derive(Debug, Clone)]
pub struct Tree<K, V> {
    root: Arc<BTreeMap<K, V>>,
}

/// What differs between two trees at one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference<'a, K, V> {
    /// Only the newer one has the key.
    Added(&'a K, &'a V),
    /// Only the older one has the key.
    Removed(&'a K, &'a V),
    /// Both have the key: the old value, the new value.
    Changed(&'a K, &'a V, &'a V),
}

/// The entries in the order of their keys.
#[derive(Debug, Clone)]
pub struct Iter<'a, K, V>(btree_map::Iter<'a, K, V>);

/// The entries of a range in the order of their keys.
#[derive(Debug, Clone)]
pub struct Range<'a, K, V>(btree_map::Range<'a, K, V>);

impl<K, V> Default for Tree<K, V> {
    fn default() -> Self {
        Self { root: Arc::new(BTreeMap::new()) }
    }
}

impl<K, V> Tree<K, V> {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.root.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    /// All entries.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.root.iter())
    }
}

impl<K: Ord + Clone, V: Clone> Tree<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.root.get(key)
    }

    /// The value of a key, to be changed in place.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        Arc::make_mut(&mut self.root).get_mut(key)
    }

    /// Whether there is such a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Puts an entry in; answers the value that it replaced.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        Arc::make_mut(&mut self.root).insert(key, value)
    }

    /// Takes an entry out; answers its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        Arc::make_mut(&mut self.root).remove(key)
    }

    /// The entry with the least key.
    #[must_use]
    pub fn first(&self) -> Option<(&K, &V)> {
        self.root.first_key_value()
    }

    /// The entry with the greatest key.
    #[must_use]
    pub fn last(&self) -> Option<(&K, &V)> {
        self.root.last_key_value()
    }

    /// The entries of a range. A range whose start lies behind its end is empty.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
    {
        Range(self.root.range(range))
    }

    /// What differs, in the order of the keys.
    pub fn diff<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = Difference<'a, K, V>>
    where
        V: PartialEq,
    {
        self.diff_by(newer, V::eq)
    }

    /// What differs, in the order of the keys, where `same` says whether two values are equal.
    pub fn diff_by<'a, F>(
        &'a self,
        newer: &'a Self,
        mut same: F,
    ) -> impl Iterator<Item = Difference<'a, K, V>>
    where
        F: FnMut(&V, &V) -> bool,
    {
        let (mut old, mut new) = (self.iter().peekable(), newer.iter().peekable());
        std::iter::from_fn(move || {
            loop {
                let order = match (old.peek(), new.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some((a, _)), Some((b, _))) => a.cmp(b),
                };
                match order {
                    Ordering::Less => return old.next().map(|(k, v)| Difference::Removed(k, v)),
                    Ordering::Greater => return new.next().map(|(k, v)| Difference::Added(k, v)),
                    Ordering::Equal => {
                        let ((key, before), (_, after)) = (old.next()?, new.next()?);
                        if !same(before, after) {
                            return Some(Difference::Changed(key, before, after));
                        }
                    }
                }
            }
        })
    }

    /// The tree of these entries, which should come in the order of their keys: then each costs a few nanoseconds.
    /// One that comes out of order is inserted where it belongs; of equal keys the last stays.
    pub fn from_sorted(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        Self { root: Arc::new(entries.into_iter().collect()) }
    }
}

impl<'a, K, V> IntoIterator for &'a Tree<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<'a, K, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<K, V> DoubleEndedIterator for Range<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl<K, V> FusedIterator for Range<'_, K, V> {}
