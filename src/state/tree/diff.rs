//! The difference of two trees, found without looking into what they share.
//!
//! Two walks go over the old and the new tree side by side. Each stands before an entry or before a whole subtree. When
//! both stand before the same subtree (one node in memory), both step over it. Else the higher subtree is entered, until
//! entries meet. Skipping is right wherever it happens, since all that lies before is already compared; that it happens
//! often follows from copying along single paths: two versions with `n` changes between them differ in about
//! `n` times the height nodes.

use std::cmp::Ordering;
use std::fmt;
use std::iter::FusedIterator;

use super::node::{Inner, Leaf, Node};

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

/// The differences in the order of the keys. Made by [`Tree::diff_by`](super::Tree::diff_by).
pub struct Diff<'a, K, V, F> {
    old: Walk<'a, K, V>,
    new: Walk<'a, K, V>,
    same: F,
}

/// A way through one tree that may step over subtrees.
struct Walk<'a, K, V> {
    /// Where it began, until the root is entered or stepped over.
    root: Option<(&'a Node<K, V>, usize)>,
    /// The inner nodes it is in, each with its height over the leaves and the child that comes next.
    above: Vec<(&'a Inner<K, V>, usize, usize)>,
    /// The leaf it is in and the entry that comes next.
    leaf: Option<(&'a Leaf<K, V>, usize)>,
}

/// What a walk stands before.
enum Ahead<'a, K, V> {
    Entry(&'a K, &'a V),
    Subtree { node: &'a Node<K, V>, height: usize, bound: Option<&'a K> },
    End,
}

impl<'a, K: Ord, V, F: FnMut(&V, &V) -> bool> Diff<'a, K, V, F> {
    pub(super) fn new(old: (&'a Node<K, V>, usize), new: (&'a Node<K, V>, usize), same: F) -> Self {
        Self { old: Walk::new(old), new: Walk::new(new), same }
    }
}

impl<'a, K: Ord, V, F: FnMut(&V, &V) -> bool> Iterator for Diff<'a, K, V, F> {
    type Item = Difference<'a, K, V>;

    fn next(&mut self) -> Option<Self::Item> {
        use Ahead::{End, Entry, Subtree};
        let (old, new) = (&mut self.old, &mut self.new);
        loop {
            match (old.ahead(), new.ahead()) {
                (Subtree { node: a, height: high, .. }, Subtree { node: b, height: other, .. }) => {
                    if a.is_same(b) {
                        old.step_over();
                        new.step_over();
                        continue;
                    }
                    if high >= other {
                        old.enter();
                    }
                    if other >= high {
                        new.enter();
                    }
                }
                (Entry(key, value), Subtree { bound, .. }) => {
                    // An entry below the bound of the subtree stands alone, and the subtree may yet be a shared one.
                    if bound.is_some_and(|bound| key < bound) {
                        old.step_over();
                        return Some(Difference::Removed(key, value));
                    }
                    new.enter();
                }
                (Subtree { bound, .. }, Entry(key, value)) => {
                    if bound.is_some_and(|bound| key < bound) {
                        new.step_over();
                        return Some(Difference::Added(key, value));
                    }
                    old.enter();
                }
                (Entry(key, before), Entry(other, after)) => match key.cmp(other) {
                    Ordering::Less => {
                        old.step_over();
                        return Some(Difference::Removed(key, before));
                    }
                    Ordering::Greater => {
                        new.step_over();
                        return Some(Difference::Added(other, after));
                    }
                    Ordering::Equal => {
                        old.step_over();
                        new.step_over();
                        if !(self.same)(before, after) {
                            return Some(Difference::Changed(key, before, after));
                        }
                    }
                },
                (Entry(key, value), End) => {
                    old.step_over();
                    return Some(Difference::Removed(key, value));
                }
                (End, Entry(key, value)) => {
                    new.step_over();
                    return Some(Difference::Added(key, value));
                }
                (Subtree { .. }, End) => old.enter(),
                (End, Subtree { .. }) => new.enter(),
                (End, End) => return None,
            }
        }
    }
}

impl<K: Ord, V, F: FnMut(&V, &V) -> bool> FusedIterator for Diff<'_, K, V, F> {}

impl<'a, K, V> Walk<'a, K, V> {
    fn new(root: (&'a Node<K, V>, usize)) -> Self {
        Self { root: Some(root), above: Vec::new(), leaf: None }
    }

    fn ahead(&mut self) -> Ahead<'a, K, V> {
        if let Some((node, height)) = self.root {
            return Ahead::Subtree { node, height, bound: None };
        }
        if let Some((leaf, at)) = self.leaf {
            if let Some((key, value)) = leaf.entry(at) {
                return Ahead::Entry(key, value);
            }
            self.leaf = None;
        }
        while let Some(&(inner, height, at)) = self.above.last() {
            if let Some(node) = inner.children.get(at) {
                let bound = at.checked_sub(1).and_then(|at| inner.bounds.get(at));
                return Ahead::Subtree { node, height: height - 1, bound };
            }
            self.above.pop();
        }
        Ahead::End
    }

    fn step_over(&mut self) {
        if self.root.take().is_some() {
            return;
        }
        if let Some((_, at)) = &mut self.leaf {
            *at += 1;
        } else if let Some((_, _, at)) = self.above.last_mut() {
            *at += 1;
        }
    }

    /// Goes into the subtree ahead.
    fn enter(&mut self) {
        let Ahead::Subtree { node, height, .. } = self.ahead() else { return };
        self.step_over();
        match node {
            Node::Leaf(leaf) => self.leaf = Some((leaf, 0)),
            Node::Inner(inner) => self.above.push((inner, height, 0)),
        }
    }
}

impl<K, V, F> fmt::Debug for Diff<'_, K, V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diff").finish_non_exhaustive()
    }
}
