//! Which number each member of a type has in one journal.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The place of a type in every [`Numbers`] of this process: one static per type.
///
/// Two journals in one process give their own numbers; the slot is what both look them up by. It leads to its place
/// and does not hold it: the constants of a generic type refer to its slot, and before Rust 1.90 no constant may refer
/// to what can change.
#[derive(Debug, Clone, Copy)]
pub struct TypeSlot(fn() -> &'static AtomicUsize);

/// The next free place; 0 says that a type has none yet.
static NEXT: AtomicUsize = AtomicUsize::new(1);

impl TypeSlot {
    /// A slot whose place is kept there, 0 until it is given one at first use.
    #[must_use]
    pub const fn new(place: fn() -> &'static AtomicUsize) -> Self {
        Self(place)
    }

    /// The place of this type.
    pub fn place(&self) -> usize {
        match (self.0)().load(Ordering::Relaxed) {
            0 => self.assign(),
            place => place,
        }
    }

    #[cold]
    fn assign(&self) -> usize {
        let fresh = NEXT.fetch_add(1, Ordering::Relaxed);
        match (self.0)().compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => fresh,
            Err(other) => other,
        }
    }
}

/// The numbers that one journal gave to the members of the program's types.
#[derive(Debug, Default, Clone)]
pub struct Numbers {
    types: Vec<Option<TypeNumbers>>,
}

/// The numbers of one type's members.
#[derive(Debug, Clone)]
struct TypeNumbers {
    /// By position in the type: the number.
    number_of: Box<[u16]>,
    /// By number: the position in the type, or `u16::MAX`.
    position_of: Box<[u16]>,
}

/// The numbers of the record that is being written.
#[derive(Debug, Clone, Copy)]
pub struct Members<'n>(Option<&'n [u16]>);

impl Members<'_> {
    /// The number of the member at this position; its position where no journal gave one.
    #[must_use]
    pub fn number(self, position: usize) -> u64 {
        match self.0 {
            Some(numbers) => numbers.get(position).map_or(0, |number| u64::from(*number)),
            None => position as u64,
        }
    }
}

impl Numbers {
    /// No journal: members go by their position.
    #[must_use]
    pub fn positions() -> &'static Self {
        static POSITIONS: Numbers = Numbers { types: Vec::new() };
        &POSITIONS
    }

    /// Sets the numbers of a type: `number_of[position]`.
    pub fn set(&mut self, slot: &TypeSlot, number_of: &[u16]) {
        let place = slot.place();
        if self.types.len() <= place {
            self.types.resize(place.saturating_add(1), None);
        }
        let length = number_of.iter().max().map_or(0, |max| usize::from(*max).saturating_add(1));
        let mut position_of = vec![u16::MAX; length].into_boxed_slice();
        for (position, number) in (0u16..).zip(number_of) {
            if let Some(entry) = position_of.get_mut(usize::from(*number)) {
                *entry = position;
            }
        }
        if let Some(entry) = self.types.get_mut(place) {
            *entry = Some(TypeNumbers { number_of: number_of.into(), position_of });
        }
    }

    fn of(&self, slot: &TypeSlot) -> Option<&TypeNumbers> {
        self.types.get(slot.place())?.as_ref()
    }

    /// The numbers of a type's members.
    #[must_use]
    pub fn members(&self, slot: &TypeSlot) -> Members<'_> {
        Members(self.of(slot).map(|numbers| &*numbers.number_of))
    }

    /// The position of the member with this number; `usize::MAX` when the type has none such.
    #[must_use]
    pub fn position(&self, slot: &TypeSlot, number: u64) -> usize {
        let Ok(number) = usize::try_from(number) else { return usize::MAX };
        match self.of(slot) {
            None => number,
            Some(numbers) => match numbers.position_of.get(number) {
                None | Some(&u16::MAX) => usize::MAX,
                Some(position) => usize::from(*position),
            },
        }
    }
}
