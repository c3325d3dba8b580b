//! What a request asked for, for portals whose paths are settings: patterns, queries and form parts.

use super::portal::Strike;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request};
use std::collections::BTreeMap;

/// A request whose body was read.
pub(super) struct Asked {
    pub(super) head: Parts,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) async fn of(request: Request<Body>) -> Self {
        let (head, body) = request.into_parts();
        // The cap was applied where the connection is served.
        let body = axum::body::to_bytes(body, usize::MAX).await;
        Self {
            head,
            body: body.unwrap_or_default(),
        }
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name)?.to_str().ok()
    }

    /// The faults that struck it.
    pub(super) fn strike(&self) -> Strike {
        let struck = self.head.extensions.get::<Strike>();
        struck.cloned().unwrap_or_default()
    }

    pub(super) fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// A field of the query, decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let pairs = self.head.uri.query()?.split('&');
        let mut pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let (_, value) = pairs.find(|(key, _)| decoded(key) == name)?;
        Some(decoded(&value.replace('+', " ")))
    }

    /// Whether the content type begins so.
    pub(super) fn is(&self, media: &str) -> bool {
        let said = self.header("content-type").unwrap_or("").to_lowercase();
        said.starts_with(media)
    }

    /// The parts of a form: name, file name, bytes.
    pub(super) async fn parts(self) -> Result<Vec<(String, Option<String>, Vec<u8>)>, String> {
        let request = Request::from_parts(self.head, Body::from(self.body));
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|e| e.body_text())?;
        let mut parts = Vec::new();
        while let Some(part) = form.next_field().await.map_err(|e| e.body_text())? {
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|e| e.body_text())?;
            parts.push((name, file, bytes.to_vec()));
        }
        Ok(parts)
    }
}

/// The `{names}` of a pattern such as `/uploads/{id}`, if the path fits it.
pub(super) fn fits(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (mut wanted, mut said) = (pattern.split('/'), path.split('/'));
    let mut found = BTreeMap::new();
    loop {
        match (wanted.next(), said.next()) {
            (None, None) => return Some(found),
            (Some(want), Some(say)) => {
                let name = want.strip_prefix('{').and_then(|w| w.strip_suffix('}'));
                match name {
                    Some(name) if !say.is_empty() => {
                        found.insert(name.to_owned(), decoded(say));
                    }
                    _ if want == say => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

/// Percent signs resolved; what is no UTF-8 then is marked.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *byte == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(code.unwrap_or(*byte));
        rest = if code.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_paths() {
        let found = fits("/uploads/{id}", "/uploads/a%20b%2").expect("it fits");
        assert_eq!(found.get("id").map(String::as_str), Some("a b%2"));
        assert!(fits("/uploads/{id}", "/uploads/").is_none());
        assert!(fits("/uploads/{id}", "/uploads/a/b").is_none());
        assert!(fits("/uploads", "/uploads").is_some());
    }
}
