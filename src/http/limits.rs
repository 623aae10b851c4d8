//! What a request may measure.

/// The longest request line, its end included (RFC 9112, section 3 asks for 8,000 at least): 414 beyond.
pub const REQUEST_LINE_BYTES: usize = 8 * 1024;
/// The longest head, request line and empty line included: 431 beyond.
pub const HEAD_BYTES: usize = 32 * 1024;
/// The longest head that a limit can be raised to: a request keeps the places of its fields in 16 bits.
pub const HEAD_BYTES_MAX: usize = 65_535;
/// The most field lines in a head: 431 beyond.
pub const FIELDS: usize = 100;
/// The largest body unless a route states its own: 413 beyond, before it is read.
pub const BODY_BYTES: u64 = 1024 * 1024;
/// The most digits of the size of a chunk: 64 bits.
pub const CHUNK_SIZE_DIGITS: usize = 16;
/// The longest extension of one chunk; extensions are read over.
pub const CHUNK_EXTENSION_BYTES: usize = 256;
/// The most bytes that all chunk extensions of one body may have together: nobody needs them, so they buy no work.
pub const CHUNK_EXTENSIONS_BYTES: usize = 8 * 1024;
/// The longest trailer section of a chunked body; trailers are read over.
pub const TRAILER_BYTES: usize = 8 * 1024;

/// What a request may measure, all in bytes but `fields`. The defaults are the constants of this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest request line.
    pub request_line: usize,
    /// The longest head; at most [`HEAD_BYTES_MAX`], more is read as that.
    pub head: usize,
    /// The most field lines.
    pub fields: usize,
    /// The largest body unless a route states its own.
    pub body: u64,
    /// The longest extension of one chunk.
    pub chunk_extension: usize,
    /// The longest trailer section.
    pub trailers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_line: REQUEST_LINE_BYTES,
            head: HEAD_BYTES,
            fields: FIELDS,
            body: BODY_BYTES,
            chunk_extension: CHUNK_EXTENSION_BYTES,
            trailers: TRAILER_BYTES,
        }
    }
}
