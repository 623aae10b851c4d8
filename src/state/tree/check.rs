//! The invariants of the tree, asserted one by one.

use super::Tree;
use super::node::{INNER_LEAST, LEAF_LEAST, Node};

impl<K: Ord, V> Tree<K, V> {
    /// Asserts the invariants that stand on the type, in all nodes. For tests: it takes as long as a walk over all
    /// entries.
    ///
    /// # Panics
    /// When one does not hold, naming the level over the leaves and the numbers.
    pub fn check_invariants(&self) {
        let len = check(&self.root, self.height, true, true, None, None);
        assert_eq!(len, self.len, "the tree says it has {} entries and has {len}", self.len);
    }
}

/// Checks one node and those below; answers the number of entries. All keys lie in `from..to`.
fn check<K: Ord, V>(
    node: &Node<K, V>,
    height: usize,
    root: bool,
    edge: bool,
    from: Option<&K>,
    to: Option<&K>,
) -> usize {
    let inside = |key: &K| from.is_none_or(|from| from <= key) && to.is_none_or(|to| key < to);
    let width = node.width();
    match node {
        Node::Leaf(leaf) => {
            assert_eq!(height, 0, "a leaf stands {height} levels over the leaves");
            assert_eq!(width, leaf.values.len(), "a leaf with {width} keys has other values");
            assert!(root || width >= 1, "a leaf is empty");
            assert!(edge || width >= LEAF_LEAST, "a leaf has {width} entries, fewer than {LEAF_LEAST}");
            assert!(leaf.keys.iter().all(inside), "a leaf has a key outside its bounds");
            assert!(leaf.keys.iter().is_sorted_by(|a, b| a < b), "the keys of a leaf are out of order");
            width
        }
        Node::Inner(inner) => {
            assert_ne!(height, 0, "an inner node stands where a leaf should");
            assert_eq!(width, inner.bounds.len() + 1, "{width} children at level {height} have other bounds");
            assert!(!root || width >= 2, "the root has one child");
            assert!(edge || width >= INNER_LEAST, "a node at level {height} has {width} children");
            assert!(inner.bounds.iter().all(inside), "a bound at level {height} is outside those above it");
            assert!(inner.bounds.iter().is_sorted_by(|a, b| a < b), "bounds at level {height} out of order");
            let children = inner.children.iter().enumerate();
            let lens = children.map(|(at, child)| {
                let from = at.checked_sub(1).and_then(|at| inner.bounds.get(at)).or(from);
                let to = inner.bounds.get(at).or(to);
                check(child, height - 1, false, edge && at + 1 == width, from, to)
            });
            lens.sum()
        }
    }
}
