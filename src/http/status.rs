//! Statuses and their reasons (RFC 9110, section 15; 422 and 507: RFC 4918; 428, 429, 431: RFC 6585).

macro_rules! statuses {
    ($($code:literal $reason:literal)*) => {
        /// The status line, its end included; `None` for a status without a known reason.
        pub(super) const fn line(status: u16) -> Option<&'static [u8]> {
            Some(match status {
                $($code => concat!("HTTP/1.1 ", $code, " ", $reason, "\r\n").as_bytes(),)*
                _ => return None,
            })
        }

        /// The reason phrase of a status; empty for one that has none here.
        #[must_use]
        pub const fn reason(status: u16) -> &'static str {
            match status {
                $($code => $reason,)*
                _ => "",
            }
        }
    };
}

statuses! {
    100 "Continue" 101 "Switching Protocols"
    200 "OK" 201 "Created" 202 "Accepted" 204 "No Content" 205 "Reset Content" 206 "Partial Content"
    301 "Moved Permanently" 302 "Found" 303 "See Other" 304 "Not Modified" 307 "Temporary Redirect"
    308 "Permanent Redirect"
    400 "Bad Request" 401 "Unauthorized" 402 "Payment Required" 403 "Forbidden" 404 "Not Found"
    405 "Method Not Allowed" 406 "Not Acceptable" 408 "Request Timeout" 409 "Conflict" 410 "Gone"
    411 "Length Required" 412 "Precondition Failed" 413 "Content Too Large" 414 "URI Too Long"
    415 "Unsupported Media Type" 416 "Range Not Satisfiable" 417 "Expectation Failed" 421 "Misdirected Request"
    422 "Unprocessable Content" 425 "Too Early" 426 "Upgrade Required" 428 "Precondition Required"
    429 "Too Many Requests" 431 "Request Header Fields Too Large" 451 "Unavailable For Legal Reasons"
    500 "Internal Server Error" 501 "Not Implemented" 502 "Bad Gateway" 503 "Service Unavailable"
    504 "Gateway Timeout" 505 "HTTP Version Not Supported" 507 "Insufficient Storage"
}
