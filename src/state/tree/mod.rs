//! The persistent ordered tree: the one idea the state hangs on.
//!
//! A [`Tree`] is an ordered map whose versions share what they have in common. Taking a version is [`Tree::clone`]: one
//! count, whatever the size. From then on a change copies the nodes on its path that a held version shares, once, and
//! further changes find them its own. While nobody holds a version, changes happen in place, as in a plain B-tree.
//!
//! # Shape
//! A B+ tree: all entries are in the leaves, all leaves at one depth, and the inner nodes hold only keys that tell the
//! leaves apart, so that copying an inner node touches no value. Each node is behind an [`Arc`], and unshared exactly
//! when that counts one. Copying a leaf clones its values: with shared rows that is one count each, in as many places
//! of memory. It is what an update costs while versions are held, and why the leaves are narrow (the figures are in
//! `node.rs`).
//!
//! # Words
//! - A *leaf* holds entries, an *inner node* children and, between each two, a *bound*: not above the keys to its
//!   right, above all to its left. A bound need not be a key that is still there.
//! - The *right edge* is the path from the root to the last leaf. Keys that come in order (counters, times) fill its
//!   nodes to the brim before new ones are begun, so these may be narrower than others.
//! - A *spare* (`spares.rs`) is a node that a change has replaced by its copy. The writer keeps it, and once no version
//!   has it any more, it becomes the copy that a later change makes.
//! - A *place* (`iter.rs`) is a gap between entries, with the way from the root to it: leaves know no neighbours,
//!   since a neighbour may belong to several versions.
//!
//! # What holds
//! - A version never changes, whatever is done to its kin. Readers need no lock.
//! - Reading, changing one entry, and finding both ends of a range take time by the logarithm; walking is constant per
//!   entry; the difference of two versions takes time by what was changed between them ([`Tree::diff_by`]).
//! - Dropping a version frees what it alone holds. That may be much: the caller decides which thread does it. A writer
//!   that changes the tree with [`Spares`] holds most of it too, and lets go of about as much with each change as the
//!   change copies: at most two nodes for each copy, and of inner nodes what their last children hold.
//! - A spare is taken only while nobody else has it, so no version sees one. That is asked of the node's own count, not
//!   of any reckoning of versions: it holds whoever keeps a version, and however long.
//! - A comparison that panics leaves a tree as it was. So does a clone of a key or value that panics in an insertion;
//!   in a removal it may leave this version with entries lost, never another one.
//!
//! # Left out
//! Merging two trees, entering by position, changing a key in place, and cursors that stay over a change: nobody needs
//! them, and each would ask something of every node.

mod build;
mod check;
mod diff;
mod edit;
mod iter;
mod node;
mod slots;
mod spares;

use std::borrow::Borrow;
use std::fmt;
use std::ops::RangeBounds;
use std::sync::Arc;

pub use diff::{Diff, Difference};
use edit::Inserted;
pub use iter::{Iter, Range};
use node::{Inner, MAX_HEIGHT, Node};
use slots::Slots;
pub use spares::Spares;

/// A persistent ordered map: a clone is a version that costs one count and never changes.
///
/// ```
/// use sunstone::state::tree::{Difference, Tree};
///
/// let mut tree = Tree::from_sorted([(1, "one"), (2, "two")]);
/// let before = tree.clone();
/// tree.insert(3, "three");
/// assert_eq!((before.len(), tree.len()), (2, 3));
/// assert!(before.diff(&tree).eq([Difference::Added(&3, &"three")]));
/// assert_eq!(tree.range(2..).map(|(_, name)| *name).collect::<Vec<_>>(), ["two", "three"]);
/// ```
///
/// Invariants, asserted by [`Tree::check_invariants`]:
/// - keys rise strictly, within a leaf and from leaf to leaf;
/// - an inner node has one bound less than children; each bound is above all keys before it and not above any behind
///   it, and lies within the bounds above;
/// - all leaves are `height` levels below the root;
/// - a node has from a quarter of its width to all of it; those on the right edge at least one, an inner root at least
///   two, a leaf that is the root may be empty;
/// - `len` is the number of entries.
pub struct Tree<K, V> {
    root: Node<K, V>,
    height: usize,
    len: usize,
}

impl<K, V> Tree<K, V> {
    /// An empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self { root: Node::new(), height: 0, len: 0 }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All entries in the order of their keys, from both ends.
    #[must_use]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter::new(&self.root, self.len)
    }

    /// The entry with the least key.
    #[must_use]
    pub fn first(&self) -> Option<(&K, &V)> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(inner) => node = inner.children.get(0)?,
                Node::Leaf(leaf) => return leaf.entry(0),
            }
        }
    }

    /// The entry with the greatest key.
    #[must_use]
    pub fn last(&self) -> Option<(&K, &V)> {
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(inner) => node = inner.children.last()?,
                Node::Leaf(leaf) => return leaf.entry(leaf.keys.len().checked_sub(1)?),
            }
        }
    }
}

impl<K: Ord + Clone, V: Clone> Tree<K, V> {
    /// The value of a key.
    #[must_use]
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let mut node = &self.root;
        loop {
            match node {
                Node::Inner(inner) => node = inner.children.get(inner.child_of(key))?,
                Node::Leaf(leaf) => return leaf.values.get(leaf.search(key).ok()?),
            }
        }
    }

    /// The value of a key, to be changed in place; the nodes that lead to it become this tree's own.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let path = self.root.locate(key)?;
        self.root.value_mut(&path)
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// Puts an entry in; answers the value that it replaced. As in std, a key that is there stays.
    ///
    /// # Panics
    /// When the nodes would stand more than 16 levels high, which takes at least 2^31 entries.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.insert_reusing(key, value, &mut Spares::none())
    }

    /// As [`Tree::insert`], with spare nodes for what has to be copied.
    ///
    /// # Panics
    /// As it does.
    pub fn insert_reusing(&mut self, key: K, value: V, spares: &mut Spares<K, V>) -> Option<V> {
        match self.root.insert(key, value, true, spares) {
            Inserted::Replaced(old) => return Some(old),
            Inserted::Added(None) => {}
            Inserted::Added(Some((bound, right))) => {
                assert!(
                    self.height < MAX_HEIGHT,
                    "a tree of {} entries is {MAX_HEIGHT} levels high",
                    self.len
                );
                let left = std::mem::replace(&mut self.root, Node::new());
                let mut children = Slots::one(left);
                children.push(right);
                self.root = Node::Inner(Arc::new(Inner { bounds: Slots::one(bound), children }));
                self.height += 1;
            }
        }
        self.len += 1;
        None
    }

    /// Takes an entry out; answers its value.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.remove_reusing(key, &mut Spares::none())
    }

    /// As [`Tree::remove`], with spare nodes for what has to be copied.
    pub fn remove_reusing<Q: Ord + ?Sized>(&mut self, key: &Q, spares: &mut Spares<K, V>) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let path = self.root.locate(key)?;
        let (_, value) = self.root.remove(path.steps(), spares)?;
        self.len -= 1;
        while let Node::Inner(inner) = &self.root {
            match (inner.children.get(0), inner.children.len()) {
                (Some(child), 1) => {
                    self.root = child.clone();
                    self.height -= 1;
                }
                _ => break,
            }
        }
        Some(value)
    }

    /// The entries of a range in the order of their keys, from both ends. A range that starts behind its end is empty.
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
    {
        Range::new(&self.root, range.start_bound(), range.end_bound())
    }

    /// What differs, in the order of the keys.
    pub fn diff<'a>(&'a self, newer: &'a Self) -> Diff<'a, K, V, impl FnMut(&V, &V) -> bool>
    where
        V: PartialEq,
    {
        self.diff_by(newer, V::eq)
    }

    /// What differs, in the order of the keys, where `same` says whether two values of a key are equal.
    pub fn diff_by<'a, F: FnMut(&V, &V) -> bool>(&'a self, newer: &'a Self, same: F) -> Diff<'a, K, V, F> {
        Diff::new((&self.root, self.height), (&newer.root, newer.height), same)
    }

    /// The tree of these entries, which should come in the order of their keys: then each costs a few nanoseconds.
    /// One that comes out of order is inserted where it belongs; of equal keys the last stays.
    #[must_use]
    pub fn from_sorted(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        build::from_sorted(entries.into_iter())
    }
}

/// A version of the tree as it is: shares every node, costs one count.
impl<K, V> Clone for Tree<K, V> {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), height: self.height, len: self.len }
    }
}

impl<K, V> Default for Tree<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Tree<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<'a, K, V> IntoIterator for &'a Tree<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}
