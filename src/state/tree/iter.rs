//! Walking the entries in order, from both ends.

use std::borrow::Borrow;
use std::fmt;
use std::iter::FusedIterator;
use std::ops::Bound;

use super::node::{Inner, Leaf, MAX_HEIGHT, Node};

/// A place between two entries: before the entry `at` of `leaf`, or behind its last one.
///
/// `above` leads there: the inner nodes from the root down, and which of their children was taken.
struct Place<'a, K, V> {
    above: [Option<(&'a Inner<K, V>, usize)>; MAX_HEIGHT],
    height: usize,
    leaf: &'a Leaf<K, V>,
    at: usize,
}

/// The entries between two places, in the order of the keys. Made by [`Tree::range`](super::Tree::range).
pub struct Range<'a, K, V> {
    front: Place<'a, K, V>,
    back: Place<'a, K, V>,
}

/// All entries, in the order of the keys. Made by [`Tree::iter`](super::Tree::iter).
pub struct Iter<'a, K, V> {
    range: Range<'a, K, V>,
    left: usize,
}

impl<'a, K, V> Place<'a, K, V> {
    /// The place before which all bounds and all keys lie of which `passes_bound` and `passes_key` are true.
    fn find(
        root: &'a Node<K, V>,
        passes_bound: impl Fn(&K) -> bool,
        passes_key: impl Fn(&K) -> bool,
    ) -> Self {
        let mut above = [const { None }; MAX_HEIGHT];
        let mut height = 0;
        let mut node = root;
        loop {
            match node {
                Node::Inner(inner) => {
                    let at = inner.bounds.partition_point(&passes_bound);
                    above[height] = Some((&**inner, at));
                    height += 1;
                    node = inner.children.get(at).expect("there is a child beside every bound");
                }
                Node::Leaf(leaf) => {
                    return Self { above, height, leaf, at: leaf.keys.partition_point(passes_key) };
                }
            }
        }
    }

    fn first(root: &'a Node<K, V>) -> Self {
        Self::find(root, |_| false, |_| false)
    }

    fn last(root: &'a Node<K, V>) -> Self {
        Self::find(root, |_| true, |_| true)
    }

    fn before<Q: Ord + ?Sized>(root: &'a Node<K, V>, key: &Q) -> Self
    where
        K: Borrow<Q>,
    {
        Self::find(root, |bound| bound.borrow() <= key, |have| have.borrow() < key)
    }

    fn behind<Q: Ord + ?Sized>(root: &'a Node<K, V>, key: &Q) -> Self
    where
        K: Borrow<Q>,
    {
        Self::find(root, |bound| bound.borrow() <= key, |have| have.borrow() <= key)
    }

    fn is(&self, other: &Self) -> bool {
        self.at == other.at && std::ptr::eq(self.leaf, other.leaf)
    }

    /// Goes to the front of the next leaf; `false` when there is none.
    fn next_leaf(&mut self) -> bool {
        self.turn(|at, width| at.checked_add(1).filter(|at| *at < width), |_| 0)
    }

    /// Goes behind the last entry of the leaf before; `false` when there is none.
    fn previous_leaf(&mut self) -> bool {
        self.turn(|at, _| at.checked_sub(1), |width| width - 1) && {
            self.at = self.leaf.keys.len();
            true
        }
    }

    /// Goes up to where `step` leads to another child, and down again by the children that `enter` names.
    fn turn(&mut self, step: impl Fn(usize, usize) -> Option<usize>, enter: impl Fn(usize) -> usize) -> bool {
        let found = (0..self.height).rev().find_map(|level| {
            let (inner, at) = self.above[level]?;
            Some((level, inner, step(at, inner.children.len())?))
        });
        let Some((mut level, mut inner, mut at)) = found else { return false };
        loop {
            self.above[level] = Some((inner, at));
            match inner.children.get(at).expect("the step stays among the children") {
                Node::Inner(below) => {
                    (level, inner, at) = (level + 1, below, enter(below.children.len()));
                }
                Node::Leaf(leaf) => {
                    (self.leaf, self.at) = (leaf, 0);
                    return true;
                }
            }
        }
    }
}

impl<'a, K, V> Range<'a, K, V> {
    pub(super) fn new<Q: Ord + ?Sized>(root: &'a Node<K, V>, start: Bound<&Q>, end: Bound<&Q>) -> Self
    where
        K: Borrow<Q>,
    {
        let empty = match (start, end) {
            (Bound::Included(start), Bound::Included(end)) => start > end,
            (
                Bound::Included(start) | Bound::Excluded(start),
                Bound::Included(end) | Bound::Excluded(end),
            ) => start >= end,
            _ => false,
        };
        let front = match start {
            Bound::Included(key) => Place::before(root, key),
            Bound::Excluded(key) => Place::behind(root, key),
            Bound::Unbounded => Place::first(root),
        };
        if empty {
            return Self { back: front.clone(), front };
        }
        let back = match end {
            Bound::Included(key) => Place::behind(root, key),
            Bound::Excluded(key) => Place::before(root, key),
            Bound::Unbounded => Place::last(root),
        };
        Self { front, back }
    }
}

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(root: &'a Node<K, V>, len: usize) -> Self {
        Self { range: Range { front: Place::first(root), back: Place::last(root) }, left: len }
    }
}

impl<'a, K, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.front.is(&self.back) {
                return None;
            }
            let leaf = self.front.leaf;
            if let Some(entry) = leaf.entry(self.front.at) {
                self.front.at += 1;
                return Some(entry);
            }
            if !self.front.next_leaf() {
                return None;
            }
        }
    }
}

impl<K, V> DoubleEndedIterator for Range<'_, K, V> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            if self.front.is(&self.back) {
                return None;
            }
            let leaf = self.back.leaf;
            if let Some(entry) = self.back.at.checked_sub(1).and_then(|at| leaf.entry(at)) {
                self.back.at -= 1;
                return Some(entry);
            }
            if !self.back.previous_leaf() {
                return None;
            }
        }
    }
}

impl<K, V> FusedIterator for Range<'_, K, V> {}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.range.next()?;
        self.left -= 1;
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let entry = self.range.next_back()?;
        self.left -= 1;
        Some(entry)
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<K, V> Clone for Place<'_, K, V> {
    fn clone(&self) -> Self {
        Self { above: self.above, height: self.height, leaf: self.leaf, at: self.at }
    }
}

impl<K, V> Clone for Range<'_, K, V> {
    fn clone(&self) -> Self {
        Self { front: self.front.clone(), back: self.back.clone() }
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { range: self.range.clone(), left: self.left }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Range<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
