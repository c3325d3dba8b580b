//! Whether a request that changes something comes from a page of this program.
//!
//! Browsers say so themselves: `Sec-Fetch-Site` where the page is secure or on this machine, else `Origin`, which has to
//! name the host that was called. A request that says neither is no browser's form and has no business with a cookie.

use axum::http::{HeaderMap, Method, header};

/// Whether it does.
pub(super) fn is_of_ours(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else {
        return false;
    };
    let host = text(header::HOST.as_str()).unwrap_or("");
    let named = origin.split_once("://").map_or("", |(_, host)| host);
    !host.is_empty() && named.eq_ignore_ascii_case(host)
}

/// Whether the browser says that another site sent somebody here, with a link of theirs or a redirect.
#[cfg(feature = "oidc")]
pub(super) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site != "same-origin" && site != "none")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn allowed(method: Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("bills.firm:8347"));
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        is_of_ours(&method, &headers)
    }

    #[cfg(feature = "oidc")]
    #[test]
    fn links_of_other_sites_are_known() {
        let says = |site: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            }
            is_from_elsewhere(&headers)
        };
        assert!(says(Some("cross-site")) && says(Some("same-site")));
        // A bookmark, our own page, a browser that does not say.
        assert!(!says(Some("none")) && !says(Some("same-origin")) && !says(None));
    }

    #[test]
    fn only_pages_of_this_program_change_anything() {
        let cross = ("sec-fetch-site", "cross-site");
        assert!(allowed(Method::GET, &[cross]));
        let post = |pairs: &[(&'static str, &'static str)]| allowed(Method::POST, pairs);
        assert!(post(&[("sec-fetch-site", "same-origin")]));
        assert!(post(&[("origin", "https://bills.firm:8347")]));
        for wrong in [
            &[cross][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            // What the browser says comes before what a page could have set.
            &[cross, ("origin", "https://bills.firm:8347")],
            &[("origin", "https://bills.firm")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[],
        ] {
            assert!(!post(wrong), "{wrong:?}");
        }
    }
}
