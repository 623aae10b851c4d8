//! Changing a tree: down one path, copying what other versions share, and back up with splits and joins.

use std::borrow::Borrow;
use std::sync::Arc;

use super::Spares;
use super::node::{MAX_HEIGHT, Node, Split};

/// The way to an entry: at each level which child, in the leaf which entry.
pub(super) struct Path([u8; MAX_HEIGHT + 1]);

impl<K: Ord + Clone, V: Clone> Node<K, V> {
    /// The way to the key, if it is there.
    pub(super) fn locate<Q: Ord + ?Sized>(&self, key: &Q) -> Option<Path>
    where
        K: Borrow<Q>,
    {
        let mut path = Path([0; MAX_HEIGHT + 1]);
        let mut node = self;
        for step in &mut path.0 {
            let at = match node {
                Self::Inner(inner) => inner.child_of(key),
                Self::Leaf(leaf) => leaf.search(key).ok()?,
            };
            *step = u8::try_from(at).expect("nodes are narrower than 256");
            match node {
                Self::Inner(inner) => node = inner.children.get(at)?,
                Self::Leaf(_) => return Some(path),
            }
        }
        None
    }

    /// The value at the end of the way; the nodes on it become this tree's own.
    pub(super) fn value_mut(&mut self, path: &Path) -> Option<&mut V> {
        let mut node = self;
        for step in path.0 {
            match node {
                Self::Inner(inner) => node = Arc::make_mut(inner).children.get_mut(step.into())?,
                Self::Leaf(leaf) => return Arc::make_mut(leaf).values.get_mut(step.into()),
            }
        }
        None
    }

    /// Puts an entry in. `edge`: this node is on the right edge of the tree.
    pub(super) fn insert(
        &mut self,
        key: K,
        value: V,
        edge: bool,
        spares: &mut Spares<K, V>,
    ) -> Inserted<K, V> {
        match self {
            Self::Leaf(leaf) => match leaf.search(&key) {
                Ok(at) => {
                    let old =
                        spares.leaves.own(leaf).values.get_mut(at).expect("a key that is found has a value");
                    Inserted::Replaced(std::mem::replace(old, value))
                }
                Err(at) => Inserted::Added(
                    spares
                        .leaves
                        .own(leaf)
                        .insert(at, key, value, edge)
                        .map(|(bound, right)| (bound, Self::Leaf(Arc::new(right)))),
                ),
            },
            Self::Inner(inner) => {
                let at = inner.child_of(&key);
                let inner = spares.inners.own(inner);
                let edge = edge && at + 1 == inner.children.len();
                let child = inner.children.get_mut(at).expect("there is a child beside every bound");
                match child.insert(key, value, edge, spares) {
                    Inserted::Added(Some(split)) => Inserted::Added(
                        inner
                            .insert(at, split, edge)
                            .map(|(bound, right)| (bound, Self::Inner(Arc::new(right)))),
                    ),
                    done => done,
                }
            }
        }
    }

    /// Takes the entry at the end of the way (whose first steps are done) out.
    pub(super) fn remove(&mut self, path: &[u8], spares: &mut Spares<K, V>) -> Option<(K, V)> {
        let (at, path) = path.split_first()?;
        let at = usize::from(*at);
        match self {
            Self::Leaf(leaf) => {
                let leaf = spares.leaves.own(leaf);
                Some((leaf.keys.remove(at), leaf.values.remove(at)))
            }
            Self::Inner(inner) => {
                let inner = spares.inners.own(inner);
                let entry = inner.children.get_mut(at)?.remove(path, spares)?;
                inner.mend(at, spares);
                Some(entry)
            }
        }
    }
}

impl Path {
    pub(super) fn steps(&self) -> &[u8] {
        &self.0
    }
}

/// What became of an insertion.
pub(super) enum Inserted<K, V> {
    /// The key was there; its old value.
    Replaced(V),
    /// A new entry; and the right half of the node, if it had to split.
    Added(Option<Split<K, Node<K, V>>>),
}
