//! A piece of an answer, and where the next one begins.

use super::Rows;
use crate::codec::hex;
use crate::model::{Model, Row};

/// A place between two rows of an answer: behind the row with these bytes. It outlives inserts and removals, because it
/// names a place in the order and not a number of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(Vec<u8>);

impl Position {
    /// Reads a cursor; `None` when it is none.
    #[must_use]
    pub fn parse(cursor: &str) -> Option<Self> {
        hex::decode(cursor).map(Self)
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// Some rows, and the place behind the last of them when more follow.
#[derive(Debug)]
pub struct Page<'a> {
    /// The rows.
    pub items: Vec<&'a Row>,
    /// Where the next page begins.
    pub next: Option<Position>,
}

impl<'a, T: Model> Rows<'a, T> {
    /// At most `limit` rows behind a place.
    #[must_use]
    pub fn page(&self, limit: usize, after: Option<&Position>) -> Page<'a> {
        let after = after.map(|position| position.0.as_slice());
        if self.sort.is_empty() {
            return cut(self.matching(after), limit, |key| key.to_vec());
        }
        let sorted = self.sorted();
        let start = after.map_or(0, |after| sorted.partition_point(|(key, _)| key.as_bytes() <= after));
        cut(sorted.into_iter().skip(start), limit, |key| key.as_bytes().to_vec())
    }
}

fn cut<'a, K>(
    mut rows: impl Iterator<Item = (K, &'a Row)>,
    limit: usize,
    place: impl Fn(&K) -> Vec<u8>,
) -> Page<'a> {
    let mut items = Vec::new();
    let mut last = None;
    for (key, row) in rows.by_ref().take(limit) {
        items.push(row);
        last = Some(key);
    }
    let more = rows.next().is_some();
    let next = last.filter(|_| more).map(|key| Position(place(&key)));
    Page { items, next }
}
