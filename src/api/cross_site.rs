//! Requests that change something and that a browser sends for another site's page.

use super::Origins;
use crate::http::Request;

/// Does this request come from a page of another site? An `Origin` that is listed is our own. Else `Sec-Fetch-Site` says so
/// in every current browser; before it there was `Origin`, which is then held against `Host`. What is no browser sends
/// neither. Either one given twice is nobody's word.
pub(super) fn is_cross_site(request: &Request, origins: &Origins) -> bool {
    let only = |name: &str| {
        let mut values = request.header_values(name);
        let first = values.next();
        if values.next().is_some() { Some(&b""[..]) } else { first }
    };
    match (only("sec-fetch-site"), only("origin")) {
        (_, Some(origin)) if origins.lists(origin) => false,
        (Some(site), _) => site != b"same-origin" && site != b"none",
        (None, Some(origin)) => !is_origin_of(origin, request.host().unwrap_or_default()),
        (None, None) => false,
    }
}

/// Is this the origin (RFC 6454, section 6.2) of pages that come from `host`? Names of hosts have no case, and the port of
/// a scheme may be left out.
fn is_origin_of(origin: &[u8], host: &str) -> bool {
    let Some((scheme, origin)) = str::from_utf8(origin).ok().and_then(|origin| origin.split_once("://"))
    else {
        return false;
    };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let bare = |name: &str| name.strip_suffix(port).unwrap_or(name).to_ascii_lowercase();
    bare(origin) == bare(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn who_counts_as_another_site() {
        let own = "https://own.test".parse().expect("an origin");
        let origins = Origins::new(vec![own], [127, 0, 0, 1].into());
        let ask = |headers: &[(&str, &str)]| {
            let request = Request::builder(Method::Post, "/todos").header("Host", "a.test");
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            is_cross_site(&request.build().expect("a request that is well formed"), &origins)
        };
        assert!(!ask(&[]));
        assert!(!ask(&[("Origin", "http://a.test")]));
        assert!(!ask(&[("Sec-Fetch-Site", "same-origin"), ("Origin", "http://a.test")]));
        assert!(!ask(&[("Sec-Fetch-Site", "none")]));
        assert!(!ask(&[("Origin", "http://A.test")]) && !ask(&[("Origin", "http://a.test:80")]));
        assert!(!ask(&[("Origin", "https://a.test")]), "a proxy may speak TLS before us");
        assert!(ask(&[("Origin", "ftp://a.test")]) && ask(&[("Origin", "http://a.test:8080")]));
        assert!(ask(&[("Origin", "http://a.test"), ("Origin", "http://b.test")]));
        assert!(ask(&[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")]));
        assert!(ask(&[("Origin", "http://b.test")]));
        assert!(ask(&[("Origin", "null")]));
        assert!(ask(&[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://a.test")]));
        assert!(ask(&[("Sec-Fetch-Site", "same-site")]));
        assert!(!ask(&[("Sec-Fetch-Site", "cross-site"), ("Origin", "https://own.test")]));
        assert!(!ask(&[("Origin", "https://own.test")]) && ask(&[("Origin", "http://own.test")]));
        assert!(ask(&[("Origin", "https://own.test"), ("Origin", "https://own.test")]));
    }
}
