//! The grammar of HTTP as one constant table: which byte may stand where (RFC 9110, section 5.6; RFC 3986, section 3).
//!
//! Scanning is a run over one class up to the first byte outside of it. Field values are the longest runs of a head and
//! hold nearly every byte, so they have a run of their own that looks at eight bytes at a time.

/// `tchar` (RFC 9110, section 5.6.2): methods and field names.
pub(super) const TOKEN: u8 = 1;
/// What a field value may hold (RFC 9110, section 5.5): tab, space, visible bytes and those above 0x7f.
pub(super) const VALUE: u8 = 2;
/// A path without the bytes that need a closer look: `%`, `.`, and what ends it.
pub(super) const PATH: u8 = 4;
/// A query: visible ASCII without `#`. Wider than RFC 3986, as browsers send `{`, `|` and `\` in queries as they stand.
pub(super) const QUERY: u8 = 8;
/// A name or an IPv4 address in an authority (RFC 3986, section 3.2.2), without the sub-delimiters: no host is called so,
/// and what is behind a comma is read as another value by some.
pub(super) const HOST: u8 = 16;

const CLASSES: [u8; 256] = classes();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "evaluated by the compiler: an index out of range would not build"
)]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        let alphanumeric = byte.is_ascii_alphanumeric();
        let visible = byte.is_ascii_graphic();
        let mut class = 0;
        if alphanumeric || among(byte, b"!#$%&'*+-.^_`|~") {
            class |= TOKEN;
        }
        if byte == b'\t' || (byte >= b' ' && byte != 0x7f) {
            class |= VALUE;
        }
        if visible && !among(byte, b"%.?#\\") {
            class |= PATH;
        }
        if visible && byte != b'#' {
            class |= QUERY;
        }
        if alphanumeric || among(byte, b"-._~") {
            class |= HOST;
        }
        table[at] = class;
        at += 1;
    }
    table
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler: an index out of range would not build"
)]
const fn among(byte: u8, set: &[u8]) -> bool {
    let mut at = 0;
    while at < set.len() {
        if set[at] == byte {
            return true;
        }
        at += 1;
    }
    false
}

/// Is the byte in the class?
pub(super) fn is(byte: u8, class: u8) -> bool {
    classes_of(byte) & class != 0
}

fn classes_of(byte: u8) -> u8 {
    // The table has an entry for every byte; the compiler sees that and leaves the check out.
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Are all of them in the class?
pub(super) fn all(bytes: &[u8], class: u8) -> bool {
    bytes.iter().all(|&byte| is(byte, class))
}

/// Where the run of bytes of `class` that starts at `from` ends: the first byte outside, or the end.
pub(super) fn run(bytes: &[u8], from: usize, class: u8) -> usize {
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let Some((&[a, b, c, d], others)) = rest.split_first_chunk::<4>()
        && classes_of(a) & classes_of(b) & classes_of(c) & classes_of(d) & class != 0
    {
        rest = others;
    }
    while let Some((&byte, others)) = rest.split_first()
        && is(byte, class)
    {
        rest = others;
    }
    bytes.len().saturating_sub(rest.len())
}

/// [`run`] over [`VALUE`], eight bytes at a time.
pub(super) fn run_value(bytes: &[u8], from: usize) -> usize {
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let Some((word, others)) = rest.split_first_chunk::<8>() {
        let found = controls(u64::from_le_bytes(*word));
        if found == 0 {
            rest = others;
            continue;
        }
        // The lowest mark is exact: a borrow comes only from a byte below that is marked itself.
        rest = rest.get((found.trailing_zeros() >> 3) as usize..).unwrap_or_default();
        match rest.split_first() {
            Some((b'\t', others)) => rest = others,
            _ => return bytes.len().saturating_sub(rest.len()),
        }
    }
    run(bytes, bytes.len().saturating_sub(rest.len()), VALUE)
}

/// The top bit of every byte below 0x20 or equal to 0x7f (and, above the lowest such byte, perhaps of others).
const fn controls(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = ONES << 7;
    let below_space = word.wrapping_sub(ONES.wrapping_mul(0x20)) & !word;
    let delete = word ^ ONES.wrapping_mul(0x7f);
    let is_delete = delete.wrapping_sub(ONES) & !delete;
    (below_space | is_delete) & TOPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wide_run_over_a_value_is_the_narrow_one() {
        for byte in 0..=255u8 {
            for at in 0..24 {
                let mut bytes = vec![b'a'; at];
                bytes.push(byte);
                bytes.resize(24, b'a');
                for from in 0..24 {
                    assert_eq!(
                        run_value(&bytes, from),
                        run(&bytes, from, VALUE),
                        "byte {byte} at {at}, from {from}"
                    );
                }
            }
        }
        assert_eq!(run_value(b"\x80\x81\xff\x7e\x20\x09\x80\x80\x00", 0), 8);
    }

    #[test]
    fn a_token_has_fifteen_marks_besides_letters_and_digits() {
        let marks: Vec<u8> = (0..=255).filter(|&b| is(b, TOKEN) && !b.is_ascii_alphanumeric()).collect();
        assert_eq!(marks, b"!#$%&'*+-.^_`|~");
    }
}
