//! How a practice portal is reached, how often, and by whom.

use super::yes;
use serde::Deserialize;
use std::path::PathBuf;

/// Certificates of a portal, PEM files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's chain.
    pub certificate: PathBuf,
    /// The server's key.
    pub key: PathBuf,
    /// Authorities of client certificates; given, a client without one fails in the handshake.
    pub client_authority: Option<PathBuf>,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Requests.
    pub requests: u32,
    /// Seconds.
    #[serde(default = "one")]
    pub seconds: u32,
    /// Requests that may come at once; as many as `requests` if not said.
    pub burst: Option<u32>,
}

/// Somebody who may use the portal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// OAuth client id; eBillingHub: the ProducerId.
    pub id: String,
    /// OAuth client secret; eBillingHub: the ProviderKey.
    pub secret: String,
    /// LAW_FIRM_ID this account may send; not given: any.
    pub firm_id: Option<String>,
    /// Business this account belongs to (LEDES API); not given: the portal's.
    pub business: Option<String>,
    /// Whether it may post invoices.
    #[serde(default = "yes")]
    pub may_post: bool,
}

fn one() -> u32 {
    1
}
