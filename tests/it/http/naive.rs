//! A naive reader of requests, the twin of the parser: it wants all bytes at once, splits and searches them as the
//! grammar is told, takes no care of time and memory, and knows no size limit but that of the body.

use sunstone::http::BODY_BYTES;

/// What the naive reader says of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of them were requests.
    Clean,
    /// The last request is not whole, and may be ill-formed as far as it goes.
    Cut,
    /// Not HTTP.
    Refused,
}

/// The requests, each as `drive::show` writes it, and how it ends.
pub(super) fn read(bytes: &[u8]) -> (Vec<String>, End) {
    let mut requests = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        match request(rest) {
            Ok((shown, behind)) => {
                requests.push(shown);
                rest = behind;
            }
            Err(end) => return (requests, end),
        }
    }
    (requests, End::Clean)
}

struct Head<'a> {
    method: &'a str,
    target: &'a str,
    version: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Head<'a> {
    fn all(&self, name: &str) -> Vec<&'a str> {
        self.fields
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
            .collect()
    }
}

fn request(bytes: &[u8]) -> Result<(String, &[u8]), End> {
    let mut bytes = bytes;
    while let Some(rest) = bytes.strip_prefix(b"\r\n") {
        bytes = rest;
    }
    let end = find(bytes, b"\r\n\r\n").ok_or(End::Cut)?;
    let text = latin1(&bytes[..end]);
    let head = head(&text).ok_or(End::Refused)?;
    let shown = show(&head).ok_or(End::Refused)?;
    let (body, rest) = body(&head, &bytes[end + 4..])?;
    let body = if body.is_empty() { String::new() } else { format!(" {}", body.escape_ascii()) };
    Ok((shown + &body, rest))
}

fn head(text: &str) -> Option<Head<'_>> {
    let mut lines = text.split("\r\n");
    let line = lines.next()?;
    if text.replace("\r\n", "").contains(['\r', '\n']) {
        return None;
    }
    let [method, target, version] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let fields = lines.map(field).collect::<Option<Vec<_>>>()?;
    Some(Head { method, target, version, fields })
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim_matches([' ', '\t']);
    (is_token(name) && is_value(value)).then_some((name, value))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"\"(),/:;<=>?@[\\]{}".contains(c))
}

fn is_value(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || (c >= ' ' && c != '\x7f'))
}

/// Checks the head and shows it, but for the body.
fn show(head: &Head<'_>) -> Option<String> {
    let old = match head.version {
        "HTTP/1.1" => false,
        "HTTP/1.0" => true,
        _ => return None,
    };
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if !methods.contains(&head.method) || !head.target.chars().all(|c| c.is_ascii_graphic() && c != '#') {
        return None;
    }
    let (authority, path, query) = target(head.target)?;
    if (path == "*" && head.method != "OPTIONS") || (path != "*" && !is_path(path)) {
        return None;
    }
    let hosts = head.all("host");
    let many = hosts.len() > 1 || head.all("content-type").len() > 1;
    if many || (hosts.is_empty() && !old) || !hosts.iter().chain(&authority).all(|host| is_authority(host)) {
        return None;
    }
    if !head.all("expect").iter().all(|value| value.eq_ignore_ascii_case("100-continue")) {
        return None;
    }
    let options: Vec<_> =
        head.all("connection").iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    let has = |option: &str| options.iter().any(|found| found.eq_ignore_ascii_case(option));
    let stays = !has("close") && (!old || has("keep-alive"));

    let query = query.map_or(String::new(), |query| format!("?{}", escaped(query)));
    let mut shown = format!(
        "{} {}{query} {} {} {}",
        head.method,
        escaped(path),
        if old { "Http10" } else { "Http11" },
        authority.or(hosts.first().copied()).unwrap_or("no host"),
        if stays { "stays" } else { "closes" },
    );
    for (name, value) in head.fields.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
        shown.push_str(&format!(" [{name}={}]", escaped(value)));
    }
    Some(shown)
}

/// Authority, path and query of a target.
fn target(target: &str) -> Option<(Option<&str>, &str, Option<&str>)> {
    let lower = target.to_ascii_lowercase();
    let scheme = ["http://", "https://"].into_iter().find(|scheme| lower.starts_with(scheme));
    let (authority, rest) = match scheme {
        Some(scheme) => {
            let rest = &target[scheme.len()..];
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
        None if target == "*" || target.starts_with('/') => (None, target),
        None => return None,
    };
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    Some((authority, if path.is_empty() { "/" } else { path }, query))
}

fn is_path(path: &str) -> bool {
    let Some(decoded) = decode(path) else { return false };
    !path.contains('\\')
        && !decoded.contains(['\0', '\\'])
        && decoded.split('/').all(|segment| segment != "." && segment != "..")
}

fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((inner, port)) if inner.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port),
            _ => return false,
        },
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_fits = match port.strip_prefix(':') {
        None => port.is_empty(),
        Some("") => true,
        Some(digits) => digits.chars().all(|c| c.is_ascii_digit()) && digits.parse::<u16>().is_ok(),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    let labels = !host.is_empty() && host != "." && !host.starts_with('.') && !host.contains("..");
    port_fits && labels && host.chars().all(plain) && decode(host).is_some()
}

fn body<'a>(head: &Head<'_>, rest: &'a [u8]) -> Result<(Vec<u8>, &'a [u8]), End> {
    let (lengths, codings) = (head.all("content-length"), head.all("transfer-encoding"));
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok((Vec::new(), rest)),
        ([length], []) if !length.is_empty() && length.chars().all(|c| c.is_ascii_digit()) => {
            let length =
                length.parse::<u64>().ok().filter(|length| *length <= BODY_BYTES).ok_or(End::Refused)?;
            let length = usize::try_from(length).expect("a megabyte");
            rest.split_at_checked(length).map(|(body, rest)| (body.to_vec(), rest)).ok_or(End::Cut)
        }
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") && head.version == "HTTP/1.1" => {
            chunks(rest)
        }
        _ => Err(End::Refused),
    }
}

fn chunks(mut rest: &[u8]) -> Result<(Vec<u8>, &[u8]), End> {
    let mut body = Vec::new();
    loop {
        let (line, behind) = line(rest)?;
        let (size, extension) = match line.split_once(';') {
            Some((size, extension)) => (size.trim_end_matches([' ', '\t']), extension),
            None => (line.as_str(), ""),
        };
        if !(1..=16).contains(&size.len())
            || !size.chars().all(|c| c.is_ascii_hexdigit())
            || !is_value(extension)
        {
            return Err(End::Refused);
        }
        let size = u64::from_str_radix(size, 16).expect("up to 16 hexadecimal digits");
        if size == 0 {
            return Ok((body, trailers(behind)?));
        }
        if size + body.len() as u64 > BODY_BYTES {
            return Err(End::Refused);
        }
        let size = usize::try_from(size).expect("a megabyte");
        let (data, behind) = behind.split_at_checked(size).ok_or(End::Cut)?;
        body.extend_from_slice(data);
        rest = match behind {
            [b'\r', b'\n', behind @ ..] => behind,
            [] | [b'\r'] => return Err(End::Cut),
            _ => return Err(End::Refused),
        };
    }
}

fn trailers(mut rest: &[u8]) -> Result<&[u8], End> {
    loop {
        let (line, behind) = line(rest)?;
        if line.is_empty() {
            return Ok(behind);
        }
        let well_formed = line.split_once(':').is_some_and(|(name, value)| is_token(name) && is_value(value));
        if !well_formed {
            return Err(End::Refused);
        }
        rest = behind;
    }
}

fn line(bytes: &[u8]) -> Result<(String, &[u8]), End> {
    let end = find(bytes, b"\r\n").ok_or(End::Cut)?;
    let line = latin1(&bytes[..end]);
    if line.contains(['\r', '\n']) { Err(End::Refused) } else { Ok((line, &bytes[end + 2..])) }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// The bytes behind a text of [`latin1`], escaped.
fn escaped(text: &str) -> String {
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).expect("a byte")).collect();
    bytes.escape_ascii().to_string()
}
