//! The files pages need beside themselves: one stylesheet, htmx, and a small script for keys. Each stands in the
//! program, and its name holds its hash, so that browsers may keep it for good.

use crate::store::sha256;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

struct Asset {
    path: String,
    kind: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash = sha256(bytes);
        let mark = hash.get(..12).unwrap_or(&hash);
        Self {
            path: format!("/assets/{stem}.{mark}.{ending}"),
            kind,
            bytes,
        }
    }
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "cleanbill",
        "css",
        CSS,
        include_bytes!("assets/cleanbill.css"),
    )
});
static KEYS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "cleanbill",
        "js",
        SCRIPT,
        include_bytes!("assets/cleanbill.js"),
    )
});
/// htmx 2.0.11, as it comes from npm; its licence stands beside it.
static HTMX: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("htmx", "js", SCRIPT, include_bytes!("assets/htmx.min.js")));
static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "icon",
        "svg",
        "image/svg+xml",
        include_bytes!("assets/icon.svg"),
    )
});

/// Where the files are.
#[derive(Clone, Copy)]
pub struct Places {
    /// The stylesheet.
    pub style: &'static str,
    /// The script for keys.
    pub keys: &'static str,
    /// htmx.
    pub htmx: &'static str,
    /// The mark in the browser's tab.
    pub icon: &'static str,
}

pub(super) fn places() -> Places {
    Places {
        style: &STYLE.path,
        keys: &KEYS.path,
        htmx: &HTMX.path,
        icon: &ICON.path,
    }
}

/// The file of a path.
pub(super) fn serve(path: &str) -> Response {
    let all: [&Asset; 4] = [&STYLE, &KEYS, &HTMX, &ICON];
    let Some(asset) = all.into_iter().find(|a| a.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let kind = HeaderValue::from_static(asset.kind);
    (
        [(header::CACHE_CONTROL, kept), (header::CONTENT_TYPE, kind)],
        asset.bytes,
    )
        .into_response()
}
