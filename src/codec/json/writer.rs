//! The writer: values one after the other into one buffer, without any space.

use std::fmt;
use std::io::Write as _;

use super::ToJson;
use super::string::plain_run;

/// A document that is being written.
///
/// It has no state but its bytes: a comma is due before a key or an element unless the byte before is the opening
/// bracket, because no value ends in one. What is written between is in the caller's hands; an element outside of an
/// array, say, is not noticed.
///
/// ```
/// use sunstone::codec::json::Writer;
///
/// let mut w = Writer::new();
/// w.begin_object();
/// w.key("ids");
/// w.begin_array();
/// for id in [3, 4] {
///     w.element();
///     w.u64(id);
/// }
/// w.end_array();
/// w.key("next");
/// w.null();
/// w.end_object();
/// assert_eq!(w.bytes(), br#"{"ids":[3,4],"next":null}"#);
/// ```
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
}

/// How much is written, without the document, which may hold secrets.
impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("bytes", &self.out.len()).finish_non_exhaustive()
    }
}

impl Writer {
    /// A writer of a new document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that goes on behind what is in `buffer`.
    #[must_use]
    pub fn with_buffer(buffer: Vec<u8>) -> Self {
        Self { out: buffer }
    }

    /// What has been written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.out
    }

    /// What has been written, to keep.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Makes room for so many bytes more, so that they come into one place of memory at once.
    pub fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// A value that is JSON already.
    pub fn raw(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// `null`
    pub fn null(&mut self) {
        self.raw(b"null");
    }

    /// `true` or `false`
    pub fn bool(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    /// An integer.
    pub fn u64(&mut self, value: u64) {
        let mut digits = [0_u8; 20];
        let mut left = value;
        let mut count = 0_usize;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' | (left % 10) as u8;
            left /= 10;
            count = count.saturating_add(1);
            if left == 0 {
                break;
            }
        }
        let from = digits.len().saturating_sub(count);
        self.raw(digits.get(from..).unwrap_or_default());
    }

    /// An integer.
    pub fn i64(&mut self, value: i64) {
        if value < 0 {
            self.out.push(b'-');
        }
        self.u64(value.unsigned_abs());
    }

    /// An integer in a string, because most readers keep numbers in floats.
    pub fn u128(&mut self, value: u128) {
        self.print(format_args!("\"{value}\""));
    }

    /// An integer in a string, because most readers keep numbers in floats.
    pub fn i128(&mut self, value: i128) {
        self.print(format_args!("\"{value}\""));
    }

    /// The shortest text that reads back as the same float; `null` when it is not finite. Whole numbers keep a `.0`,
    /// large and small ones have an exponent.
    pub fn f64(&mut self, value: f64) {
        match value.is_finite() {
            true => self.print(format_args!("{value:?}")),
            false => self.null(),
        }
    }

    /// The shortest text that reads back as the same float of 32 bits; `null` when it is not finite.
    pub fn f32(&mut self, value: f32) {
        match value.is_finite() {
            true => self.print(format_args!("{value:?}")),
            false => self.null(),
        }
    }

    fn print(&mut self, text: fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("a Vec takes every byte");
    }

    /// A string. Only what RFC 8259, section 7, demands is escaped.
    pub fn str(&mut self, value: &str) {
        self.out.reserve(value.len().saturating_add(2));
        self.out.push(b'"');
        let mut rest = value.as_bytes();
        loop {
            let (run, special) = rest.split_at_checked(plain_run(rest)).unwrap_or((rest, &[]));
            self.out.extend_from_slice(run);
            let Some((byte, after)) = special.split_first() else { break };
            self.escape(*byte);
            rest = after;
        }
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' => br#"\""#,
            b'\\' => br"\\",
            0x08 => br"\b",
            0x09 => br"\t",
            0x0a => br"\n",
            0x0c => br"\f",
            0x0d => br"\r",
            _ => return self.print(format_args!("\\u{byte:04x}")),
        };
        self.raw(short);
    }

    /// Begins an object; then keys with a value each.
    pub fn begin_object(&mut self) {
        self.out.push(b'{');
    }

    /// A key, and the comma before it. Its value comes next.
    pub fn key(&mut self, key: &str) {
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        self.str(key);
        self.out.push(b':');
    }

    /// Ends an object.
    pub fn end_object(&mut self) {
        self.out.push(b'}');
    }

    /// Begins an array; then elements.
    pub fn begin_array(&mut self) {
        self.out.push(b'[');
    }

    /// The comma before an element. The element comes next.
    pub fn element(&mut self) {
        if self.out.last() != Some(&b'[') {
            self.out.push(b',');
        }
    }

    /// Ends an array.
    pub fn end_array(&mut self) {
        self.out.push(b']');
    }

    /// A whole array.
    pub fn array<T: ToJson>(&mut self, elements: impl IntoIterator<Item = T>) {
        self.begin_array();
        for element in elements {
            self.element();
            element.to_json(self);
        }
        self.end_array();
    }

    /// A key and its value.
    pub fn field<T: ToJson + ?Sized>(&mut self, key: &str, value: &T) {
        self.key(key);
        value.to_json(self);
    }
}
