//! A vector of fixed capacity that lies inside its owner: what the nodes are made of.
//!
//! An empty slot is a `None`, which costs no room in a key or a shared row (both have bit patterns to spare). The
//! same over uninitialised memory was tried: reading and inserting gained up to a tenth, the update of a published
//! tree lost as much, so there is nothing to be unsafe for.
//!
//! Items are searched from the front, one after the other. At these widths that is quicker than halving: the next
//! items are read while the last comparison is still under way, where each half waits for the one before (1 M rows in
//! random order: 0.65 us beside 1.1 us).

use std::cmp::Ordering;
use std::fmt;

/// At most `N` items, in the node itself.
///
/// Invariant: the first `len` slots are full, the others are empty.
pub(super) struct Slots<T, const N: usize> {
    len: usize,
    items: [Option<T>; N],
}

impl<T: Clone, const N: usize> Clone for Slots<T, N> {
    fn clone(&self) -> Self {
        Self { len: self.len, items: self.items.clone() }
    }

    /// In place: each item goes as the one that follows it comes.
    fn clone_from(&mut self, other: &Self) {
        let both = self.len.max(other.len);
        for (to, from) in self.items[..both].iter_mut().zip(&other.items) {
            to.clone_from(from);
        }
        self.len = other.len;
    }
}

const FULL: &str = "the first len slots are full";

impl<T, const N: usize> Slots<T, N> {
    pub(super) fn new() -> Self {
        Self { len: 0, items: [const { None }; N] }
    }

    pub(super) fn one(item: T) -> Self {
        let mut slots = Self::new();
        slots.push(item);
        slots
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == N
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.items.get(index)?.as_ref()
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.items.get_mut(index)?.as_mut()
    }

    pub(super) fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items[..self.len].iter().flatten()
    }

    /// How many items at the front satisfy `before`; the items must be ordered so that these are all that do.
    #[inline]
    pub(super) fn partition_point(&self, mut before: impl FnMut(&T) -> bool) -> usize {
        // Keys that come in order go behind all others.
        if self.last().is_none_or(&mut before) {
            return self.len;
        }
        self.items[..self.len].iter().position(|item| !before(item.as_ref().expect(FULL))).unwrap_or(self.len)
    }

    /// Where the item is that `order` finds equal, or else where it would be.
    #[inline]
    pub(super) fn search(&self, mut order: impl FnMut(&T) -> Ordering) -> Result<usize, usize> {
        for (at, item) in self.items[..self.len].iter().enumerate() {
            match order(item.as_ref().expect(FULL)) {
                Ordering::Less => {}
                Ordering::Equal => return Ok(at),
                Ordering::Greater => return Err(at),
            }
        }
        Err(self.len)
    }

    pub(super) fn push(&mut self, item: T) {
        self.items[self.len] = Some(item);
        self.len += 1;
    }

    pub(super) fn insert(&mut self, index: usize, item: T) {
        self.push(item);
        self.items[index..self.len].rotate_right(1);
    }

    pub(super) fn remove(&mut self, index: usize) -> T {
        self.items[index..self.len].rotate_left(1);
        self.len -= 1;
        self.items[self.len].take().expect(FULL)
    }

    /// Takes the items from `at` on out.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let mut tail = Self::new();
        for (to, from) in tail.items.iter_mut().zip(&mut self.items[at..self.len]) {
            *to = from.take();
        }
        tail.len = self.len - at;
        self.len = at;
        tail
    }

    /// Puts all items of `tail` behind the own ones.
    pub(super) fn append(&mut self, tail: Self) {
        let end = self.len + tail.len;
        for (to, from) in self.items[self.len..end].iter_mut().zip(tail.items) {
            *to = from;
        }
        self.len = end;
    }

    /// Drops all items.
    pub(super) fn clear(&mut self) {
        self.items[..self.len].fill_with(|| None);
        self.len = 0;
    }

    /// Two neighbours, `index` and the one behind it.
    pub(super) fn pair_mut(&mut self, index: usize) -> (&mut T, &mut T) {
        let [left, right] = self.items.get_disjoint_mut([index, index + 1]).expect(FULL);
        (left.as_mut().expect(FULL), right.as_mut().expect(FULL))
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Slots<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
