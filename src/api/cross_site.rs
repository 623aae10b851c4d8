//! Requests that change something and that a browser sends for another site's page.

use crate::http::Request;

/// Does this request come from a page of another site? `Sec-Fetch-Site` says so in every current browser; before it there
/// was `Origin`, which is then held against `Host`. What is no browser sends neither.
pub(super) fn is_cross_site(request: &Request) -> bool {
    match (request.header("sec-fetch-site"), request.header("origin")) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || host != request.host()
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    #[test]
    fn who_counts_as_another_site() {
        let ask = |headers: &[(&str, &str)]| {
            let request = Request::builder(Method::Post, "/todos").header("Host", "a.test");
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            is_cross_site(&request.build().expect("a request that is well formed"))
        };
        assert!(!ask(&[]));
        assert!(!ask(&[("Origin", "http://a.test")]));
        assert!(!ask(&[("Sec-Fetch-Site", "same-origin"), ("Origin", "http://a.test")]));
        assert!(!ask(&[("Sec-Fetch-Site", "none")]));
        assert!(ask(&[("Origin", "http://b.test")]));
        assert!(ask(&[("Origin", "null")]));
        assert!(ask(&[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://a.test")]));
        assert!(ask(&[("Sec-Fetch-Site", "same-site")]));
    }
}
