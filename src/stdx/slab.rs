//! A slab: values under small numbers that are used again, with a generation so that an old number finds nothing.

use std::fmt;

/// The name of a value in a [`Slab`]: where it is, and which of those that were ever there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token {
    index: u32,
    generation: u32,
}

impl Token {
    /// The token as one number, for those who can keep no more (epoll).
    #[must_use]
    pub const fn to_u64(self) -> u64 {
        (self.generation as u64) << 32 | self.index as u64
    }

    /// The token of [`Token::to_u64`].
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the halves are taken apart as they were put together"
    )]
    pub const fn from_u64(number: u64) -> Self {
        Self { index: number as u32, generation: (number >> 32) as u32 }
    }
}

/// Values under tokens. Taking one out frees its place for another one, under another token.
///
/// Invariant: a place's generation rises whenever it is emptied, so a token finds its own value or nothing (until a
/// place has been used 2^31 times; a token is not kept that long).
///
/// ```
/// use sunstone::stdx::slab::Slab;
///
/// let mut slab = Slab::new();
/// let a = slab.insert("a");
/// assert_eq!(slab.remove(a), Some("a"));
/// let b = slab.insert("b");
/// assert_eq!((slab.get(a), slab.get(b)), (None, Some(&"b")));
/// ```
pub struct Slab<T> {
    places: Vec<Place<T>>,
    /// The first of the chain of free places; [`NONE`] at its end.
    free: u32,
    len: usize,
}

/// No place: the end of the chain.
const NONE: u32 = u32::MAX;

struct Place<T> {
    generation: u32,
    content: Content<T>,
}

enum Content<T> {
    Full(T),
    /// And the next free place.
    Free(u32),
}

impl<T> Slab<T> {
    /// An empty slab.
    #[must_use]
    pub const fn new() -> Self {
        Self { places: Vec::new(), free: NONE, len: 0 }
    }

    /// How many values there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts a value in.
    ///
    /// # Panics
    /// When there are 2^32 - 1 values already.
    pub fn insert(&mut self, value: T) -> Token {
        self.len += 1;
        if self.free == NONE {
            let index = u32::try_from(self.places.len()).expect("fewer than 2^32 values");
            assert_ne!(index, NONE, "the slab is full");
            self.places.push(Place { generation: 0, content: Content::Full(value) });
            return Token { index, generation: 0 };
        }
        let index = self.free;
        let place = &mut self.places[index as usize];
        let Content::Free(next) = place.content else {
            unreachable!("place {index} is in the free chain and full")
        };
        self.free = next;
        place.content = Content::Full(value);
        Token { index, generation: place.generation }
    }

    /// The value of a token.
    #[must_use]
    pub fn get(&self, token: Token) -> Option<&T> {
        match self.places.get(token.index as usize) {
            Some(Place { generation, content: Content::Full(value) }) if *generation == token.generation => {
                Some(value)
            }
            _ => None,
        }
    }

    /// The value of a token, to be changed.
    #[must_use]
    pub fn get_mut(&mut self, token: Token) -> Option<&mut T> {
        match self.places.get_mut(token.index as usize) {
            Some(Place { generation, content: Content::Full(value) }) if *generation == token.generation => {
                Some(value)
            }
            _ => None,
        }
    }

    /// Takes the value of a token out.
    pub fn remove(&mut self, token: Token) -> Option<T> {
        self.get(token)?;
        let place = self.places.get_mut(token.index as usize)?;
        place.generation = place.generation.wrapping_add(1);
        let Content::Full(value) = std::mem::replace(&mut place.content, Content::Free(self.free)) else {
            unreachable!("get has just found it");
        };
        self.free = token.index;
        self.len -= 1;
        Some(value)
    }

    /// All tokens and their values, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = (Token, &T)> {
        (0..NONE).zip(&self.places).filter_map(|(index, place)| match &place.content {
            Content::Full(value) => Some((Token { index, generation: place.generation }, value)),
            Content::Free(_) => None,
        })
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Slab<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slab")
            .field("len", &self.len)
            .field("places", &self.places.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;
    use std::collections::HashMap;

    #[test]
    fn it_does_what_a_map_does_and_old_tokens_find_nothing() {
        for seed in 0..20 {
            let mut random = Xoshiro::new(seed);
            let (mut slab, mut twin, mut gone) = (Slab::new(), HashMap::new(), Vec::new());
            for n in 0..500_u32 {
                let known: Vec<Token> = slab.iter().map(|(token, _)| token).collect();
                if known.is_empty() || random.below(5) < 3 {
                    assert!(twin.insert(slab.insert(n), n).is_none(), "seed {seed}: a token was given twice");
                } else {
                    let token = known[usize::try_from(random.below(known.len() as u64)).unwrap()];
                    assert_eq!(slab.remove(token), twin.remove(&token), "seed {seed}");
                    gone.push(token);
                }
                assert_eq!(slab.len(), twin.len(), "seed {seed}");
                assert!(slab.iter().all(|(token, value)| twin.get(&token) == Some(value)), "seed {seed}");
                assert!(gone.iter().all(|token| slab.get(*token).is_none()), "seed {seed}");
            }
        }
    }

    #[test]
    fn a_token_survives_as_a_number() {
        let token = Token { index: 0xdead_beef, generation: 0x1234_5678 };
        assert_eq!(Token::from_u64(token.to_u64()), token);
    }
}
