//! Building a tree from entries that come in order: leaf after leaf, then the levels above.

use std::sync::Arc;

use super::Tree;
use super::node::{INNER_WIDTH, Inner, LEAF_WIDTH, Leaf, Node};
use super::slots::Slots;

/// The nodes of one level, each with the least key in it.
type Level<K, V> = Vec<(K, Node<K, V>)>;

/// The tree of entries, as [`Tree::from_sorted`] promises.
pub(super) fn from_sorted<K: Ord + Clone, V: Clone>(entries: impl Iterator<Item = (K, V)>) -> Tree<K, V> {
    let mut entries = entries.fuse();
    let mut leaves = Level::new();
    let mut leaf = Leaf { keys: Slots::new(), values: Slots::new() };
    let mut len = 0;
    let mut disordered = None;
    for (key, value) in entries.by_ref() {
        if leaf.keys.last().is_some_and(|last: &K| *last >= key) {
            disordered = Some((key, value));
            break;
        }
        if leaf.keys.len() == LEAF_WIDTH {
            close_leaf(&mut leaves, &mut leaf);
        }
        leaf.keys.push(key);
        leaf.values.push(value);
        len += 1;
    }
    close_leaf(&mut leaves, &mut leaf);
    let (root, height) = stack(leaves);
    let mut tree = Tree { root, height, len };
    for (key, value) in disordered.into_iter().chain(entries) {
        drop(tree.insert(key, value));
    }
    tree
}

fn close_leaf<K: Clone, V>(leaves: &mut Level<K, V>, leaf: &mut Leaf<K, V>) {
    let full = std::mem::replace(leaf, Leaf { keys: Slots::new(), values: Slots::new() });
    let least = full.keys.get(0).cloned();
    leaves.extend(least.map(|least| (least, Node::Leaf(Arc::new(full)))));
}

/// Puts inner nodes over the nodes until one is left; answers it and how many levels there are over the leaves.
fn stack<K, V>(mut level: Level<K, V>) -> (Node<K, V>, usize) {
    let mut height = 0;
    while level.len() > 1 {
        let mut above = Level::with_capacity(level.len().div_ceil(INNER_WIDTH));
        let mut nodes = level.into_iter();
        while let Some((least, node)) = nodes.next() {
            let mut inner = Inner { bounds: Slots::new(), children: Slots::one(node) };
            for (bound, node) in nodes.by_ref().take(INNER_WIDTH - 1) {
                inner.bounds.push(bound);
                inner.children.push(node);
            }
            above.push((least, Node::Inner(Arc::new(inner))));
        }
        level = above;
        height += 1;
    }
    (level.pop().map_or_else(Node::new, |(_, node)| node), height)
}
