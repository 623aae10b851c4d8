//! Deadlines, coarse and cheap: a wheel of slots of about a second.
//!
//! A deadline that moves away costs nothing here: the entry stays where it is, and whoever is called too early puts
//! itself in again. So a request on a busy connection never touches the wheel. Nobody is called before its time, and
//! nobody more than a slot after it.

use crate::stdx::slab::Token;

/// The width of a slot is 2^10 ms: how much too late a deadline may be noticed.
const SLOT_SHIFT: u32 = 10;
/// Slots of the wheel, as many as a word has bits. What lies beyond them is looked at again when they are over.
const SLOTS: usize = 64;

/// Tokens by the slot in which they are due.
#[derive(Debug)]
pub(super) struct Wheel {
    slots: [Vec<Token>; SLOTS],
    /// A bit for each slot that is not empty.
    used: u64,
    /// The slots before this one (counted from time 0) are done.
    next: u64,
}

impl Wheel {
    /// An empty wheel at `now_ms`.
    pub(super) fn new(now_ms: u64) -> Self {
        Self { slots: [const { Vec::new() }; SLOTS], used: 0, next: now_ms >> SLOT_SHIFT }
    }

    /// Calls for `token` at `deadline_ms`, or at the end of the wheel if that comes first. Answers the time at which
    /// the call will come.
    pub(super) fn insert(&mut self, token: Token, deadline_ms: u64) -> u64 {
        // The slot after the one that the deadline falls into: when it begins, the deadline has passed.
        let last = self.next + SLOTS as u64 - 1;
        let slot = (deadline_ms >> SLOT_SHIFT).saturating_add(1).clamp(self.next, last);
        let index = index_of(slot);
        self.slots[index].push(token);
        self.used |= 1 << index;
        slot << SLOT_SHIFT
    }

    /// When the next slot that holds something is due, if there is one.
    pub(super) fn due_ms(&self) -> Option<u64> {
        if self.used == 0 {
            return None;
        }
        let turned = self.used.rotate_right(u32::try_from(index_of(self.next)).expect("below 64"));
        Some((self.next + u64::from(turned.trailing_zeros())) << SLOT_SHIFT)
    }

    /// Moves all that is due at `now_ms` into `due`.
    pub(super) fn turn(&mut self, now_ms: u64, due: &mut Vec<Token>) {
        while let Some(at_ms) = self.due_ms() {
            if at_ms > now_ms {
                break;
            }
            let slot = at_ms >> SLOT_SHIFT;
            let index = index_of(slot);
            let tokens = &mut self.slots[index];
            due.append(tokens);
            // A slot that a flood has filled once does not keep its memory.
            tokens.shrink_to(1024);
            self.used &= !(1 << index);
            self.next = slot + 1;
        }
        self.next = self.next.max((now_ms >> SLOT_SHIFT) + 1);
    }
}

/// Where a slot lies in the wheel.
fn index_of(slot: u64) -> usize {
    usize::try_from(slot % SLOTS as u64).expect("a remainder of 64")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stdx::random::Xoshiro;

    #[test]
    fn nobody_is_called_early_and_nobody_later_than_a_slot() {
        for seed in 0..50 {
            let mut random = Xoshiro::new(seed);
            let mut now = random.below(1 << 40);
            let mut wheel = Wheel::new(now);
            let mut waiting = Vec::new();
            for n in 0..300 {
                if random.below(2) == 0 {
                    let deadline = now + random.below(50_000);
                    let token = Token::from_u64(n);
                    let called = wheel.insert(token, deadline);
                    assert!(
                        (deadline..=deadline + 1024).contains(&called),
                        "seed {seed}: {deadline} at {called}"
                    );
                    waiting.push((token, deadline));
                }
                now += random.below(3000);
                let mut due = Vec::new();
                wheel.turn(now, &mut due);
                for token in due {
                    let at = waiting.iter().position(|(other, _)| *other == token).expect("called once");
                    let (_, deadline) = waiting.swap_remove(at);
                    assert!(deadline <= now, "seed {seed}: called at {now}, due at {deadline}");
                }
                let late = waiting.iter().find(|(_, deadline)| deadline + 2048 < now);
                assert!(late.is_none(), "seed {seed}: at {now} still waiting: {late:?}");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_wheel_is_called_at_its_end() {
        let mut wheel = Wheel::new(0);
        let called = wheel.insert(Token::from_u64(1), u64::MAX);
        assert_eq!((called, wheel.due_ms()), (63 << SLOT_SHIFT, Some(called)));
        let mut due = Vec::new();
        wheel.turn(called - 1, &mut due);
        assert!(due.is_empty());
        wheel.turn(called, &mut due);
        assert_eq!((due.len(), wheel.due_ms()), (1, None));
    }
}
