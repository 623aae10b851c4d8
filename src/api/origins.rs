//! The names that a server goes by: which hosts a request may be for, and which pages of browsers are its own.
//!
//! A page of another site cannot read what a server answers, unless its name comes to lead to that server: whoever owns a
//! name can let it lead anywhere, also to a loopback address (DNS rebinding). For the browser the server is then a part
//! of that site. What gives it away is `Host`, which still says the name that the page came under.

use crate::error::Error;
use crate::http::Request;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

/// Where pages come from (RFC 6454): `https://todo.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    /// In lower case, an address of version 6 in brackets.
    host: String,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const ALL: [(Self, &'static str, u16); 2] = [(Self::Http, "http", 80), (Self::Https, "https", 443)];

    fn row(self) -> (&'static str, u16) {
        match self {
            Self::Http => ("http", 80),
            Self::Https => ("https", 443),
        }
    }
}

/// A text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoOrigin;

impl fmt::Display for NoOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected an origin like https://todo.example.com or http://localhost:3000")
    }
}

impl std::error::Error for NoOrigin {}

impl FromStr for Origin {
    type Err = NoOrigin;

    /// Reads `scheme://host[:port]`. A slash at the end is what browsers show, and is let through.
    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(NoOrigin)?;
        let known = Scheme::ALL.into_iter().find(|(_, name, _)| scheme.eq_ignore_ascii_case(name));
        let (scheme, _, default_port) = known.ok_or(NoOrigin)?;
        let (host, port) = host_and_port(authority.strip_suffix('/').unwrap_or(authority));
        let port = match port {
            Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                digits.parse().map_err(|_too_large_or_empty| NoOrigin)?
            }
            Some(_) => return Err(NoOrigin),
            None => default_port,
        };
        let named = |label: &str| {
            !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
        };
        if address(host).is_none() && !host.split('.').all(named) {
            return Err(NoOrigin);
        }
        Ok(Self { scheme, host: host.to_ascii_lowercase(), port })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, default_port) = self.scheme.row();
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == default_port { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// The host of `host[:port]`, without the dot at the end of a full name, and what stands behind the colon.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    let colon = authority
        .bytes()
        .rposition(|c| matches!(c, b':' | b']'))
        .filter(|at| authority.as_bytes()[*at] == b':');
    let (host, port) = match colon {
        Some(at) => (&authority[..at], Some(&authority[at + 1..])),
        None => (authority, None),
    };
    (host.strip_suffix('.').unwrap_or(host), port)
}

/// The address that a host is, where it is no name.
fn address(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(inside) => inside.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// RFC 6761, section 6.3: these names lead to loopback addresses and to nothing else.
fn is_localhost(host: &str) -> bool {
    let (labels, last) = host.as_bytes().split_at(host.len().saturating_sub("localhost".len()));
    last.eq_ignore_ascii_case(b"localhost") && matches!(labels.last(), None | Some(b'.'))
}

/// The names of one server.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    listed: Arc<[Origin]>,
    /// Where it listens; none: nothing is held against its names.
    listener: Option<IpAddr>,
}

impl Origins {
    /// The names of a server that listens at this address and that browsers reach under these origins.
    #[must_use]
    pub fn new(listed: Vec<Origin>, listener: IpAddr) -> Self {
        Self { listed: listed.into(), listener: Some(listener) }
    }

    /// Is this text one of the origins?
    pub(super) fn lists(&self, origin: &[u8]) -> bool {
        if self.listed.is_empty() {
            return false;
        }
        let origin = str::from_utf8(origin).ok().and_then(|origin| origin.parse::<Origin>().ok());
        origin.is_some_and(|origin| self.listed.contains(&origin))
    }

    /// Refuses a request for a host that this server is not.
    ///
    /// # Errors
    /// 421, with the header and the flag that have to do with it.
    pub(super) fn admit(&self, request: &Request) -> Result<(), Error> {
        // Before HTTP/1.1 there need be none; every browser sends one.
        let Some(said) = request.host() else { return Ok(()) };
        let (host, _) = host_and_port(said);
        if self.is_ours(host) {
            return Ok(());
        }
        Err(Error::misdirected(format!(
            "the header `Host` says {said}, a name that this server does not go by; if browsers are to reach it under \
             that name, start it with `--origin http://{said}` (https:// where a proxy speaks TLS)"
        )))
    }

    fn is_ours(&self, host: &str) -> bool {
        let Some(listener) = self.listener.map(|listener| listener.to_canonical()) else { return true };
        if !listener.is_loopback() && self.listed.is_empty() {
            return true;
        }
        if is_localhost(host) || self.listed.iter().any(|origin| origin.host.eq_ignore_ascii_case(host)) {
            return true;
        }
        // Nobody can let an address lead elsewhere.
        address(host).is_some_and(|address| {
            listener.is_loopback() || listener.is_unspecified() || address.to_canonical() == listener
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_origin_is() {
        for (text, shown) in [
            ("https://todo.example.com", "https://todo.example.com"),
            ("HTTPS://Todo.Example.com:443/", "https://todo.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://192.0.2.1:8080", "http://192.0.2.1:8080"),
            ("http://a.example.", "http://a.example"),
        ] {
            assert_eq!(
                text.parse::<Origin>().map(|origin| origin.to_string()),
                Ok(shown.to_owned()),
                "{text}"
            );
        }
        for text in [
            "",
            "todo.example.com",
            "ftp://a.example",
            "http://",
            "http://a.example:",
            "http://a.example:70000",
            "http://a.example:+1",
            "http://a.example/path",
            "http://a.example//",
            "http://user@a.example",
            "http://*.example",
            "http://a..example",
            "http://::1",
            "http://[::1",
            "null",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }

    #[test]
    fn which_hosts_are_ours() {
        let listed = |origins: &[&str]| origins.iter().map(|origin| origin.parse().unwrap()).collect();
        let none = Origins::new(Vec::new(), Ipv4Addr::LOCALHOST.into());
        for host in
            ["127.0.0.1", "127.0.0.2:8080", "[::1]:80", "localhost", "LOCALHOST.:1", "a.localhost:8080"]
        {
            assert!(none.is_ours(host_and_port(host).0), "{host}");
        }
        for host in
            ["evil.test", "localhost.evil.test", "notlocalhost", "127.0.0.1.evil.test", "0x7f.1", "[::1", ""]
        {
            assert!(!none.is_ours(host_and_port(host).0), "{host}");
        }
        let mapped = Origins::new(Vec::new(), "::ffff:127.0.0.1".parse().unwrap());
        assert!(!mapped.is_ours("evil.test"));

        let named = Origins::new(listed(&["https://a.test", "http://b.test:81"]), Ipv4Addr::LOCALHOST.into());
        for (host, ours) in [("a.test", true), ("A.test:8443", true), ("b.test", true), ("c.test", false)] {
            assert_eq!(named.is_ours(host_and_port(host).0), ours, "{host}");
        }

        let outside = "192.0.2.1".parse().unwrap();
        assert!(Origins::new(Vec::new(), outside).is_ours("evil.test"));
        let outside = Origins::new(listed(&["https://a.test"]), outside);
        for (host, ours) in [
            ("a.test", true),
            ("192.0.2.1", true),
            ("localhost", true),
            ("192.0.2.2", false),
            ("evil.test", false),
        ] {
            assert_eq!(outside.is_ours(host), ours, "{host}");
        }
        let everywhere = Origins::new(listed(&["https://a.test"]), Ipv4Addr::UNSPECIFIED.into());
        assert!(everywhere.is_ours("192.0.2.2") && !everywhere.is_ours("evil.test"));
    }
}
