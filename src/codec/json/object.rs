//! The object of an open value: entries in the order in which they came, each key once.

use super::value::Json;

/// Up to this many entries, looking at each beats sorting them.
const FEW: usize = 16;

/// An object: keys and values in the order in which the keys first came. Of a key given twice the last value counts.
///
/// Looking up and inserting go through the entries one by one; for many of them, collect into a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Object {
    entries: Vec<(String, Json)>,
}

impl Object {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Has it no keys?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries.iter().find(|entry| entry.0 == key).map(|entry| &entry.1)
    }

    /// The value of a key, to change.
    #[must_use]
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        self.entries.iter_mut().find(|entry| entry.0 == key).map(|entry| &mut entry.1)
    }

    /// Sets the value of a key; the one before it comes back.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Json>) -> Option<Json> {
        let (key, value) = (key.into(), value.into());
        match self.get_mut(&key) {
            Some(old) => Some(std::mem::replace(old, value)),
            None => {
                self.entries.push((key, value));
                None
            }
        }
    }

    /// Takes a key out; the order of the others stays.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.entries.iter().position(|entry| entry.0 == key)?;
        Some(self.entries.remove(at).1)
    }

    /// Keys and values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json)> + ExactSizeIterator {
        self.entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The object of entries among which a key may come again: it stays where it first was, with its last value.
    pub(super) fn from_entries(mut entries: Vec<(String, Json)>) -> Self {
        if entries.len() <= FEW && !repeats(&entries) {
            return Self { entries };
        }
        let key = |at: &usize| entries.get(*at).map(|entry| &entry.0);
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|a, b| key(a).cmp(&key(b))); // stable: equal keys stay in the order in which they came
        let groups: Vec<Vec<usize>> = order
            .chunk_by(|a, b| key(a) == key(b))
            .filter(|group| group.len() > 1)
            .map(<[usize]>::to_vec)
            .collect();
        let mut dropped = vec![false; entries.len()];
        for group in &groups {
            let ([first, ..], [again @ .., last]) = (group.as_slice(), group.as_slice()) else { continue };
            let value = entries.get_mut(*last).map(|entry| std::mem::take(&mut entry.1));
            if let (Some(entry), Some(value)) = (entries.get_mut(*first), value) {
                entry.1 = value;
            }
            for at in again.iter().skip(1).chain([last]) {
                if let Some(flag) = dropped.get_mut(*at) {
                    *flag = true;
                }
            }
        }
        let mut dropped = dropped.into_iter();
        entries.retain(|_| dropped.next() == Some(false));
        Self { entries }
    }
}

/// Does any key come twice? For a few entries.
fn repeats(entries: &[(String, Json)]) -> bool {
    let mut rest = entries;
    while let [(key, _), after @ ..] = rest {
        if after.iter().any(|entry| entry.0 == *key) {
            return true;
        }
        rest = after;
    }
    false
}

/// Of a key given twice the last value counts.
impl<K: Into<String>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self::from_entries(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<(String, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}
