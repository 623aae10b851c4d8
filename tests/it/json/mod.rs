//! JSON: the grammar by a published suite, typed decoding and its errors, numbers, and documents out of a generator.

#![expect(clippy::unwrap_used, reason = "a test says by failing that it does not hold")]
#![expect(clippy::cast_possible_truncation, reason = "numbers below a bound that fits")]

mod documents;
mod fuzz;
mod limits;
mod numbers;
mod real;
mod suite;
mod typed;
mod values;

/// How much work a random test does: once in the ordinary run, a hundred times with `SUNSTONE_LONG` set.
fn rounds(ordinary: u64) -> u64 {
    if std::env::var_os("SUNSTONE_LONG").is_some() { ordinary * 100 } else { ordinary }
}
