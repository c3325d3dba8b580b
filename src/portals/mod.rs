//! The portals invoices are sent to: one folder each, the ways to reach them, and the limits kept towards them.
//! Not here: what may be sent (`workflow`), what is kept of answers (`store`), and any rule about an invoice.

mod account;
mod agreed;
pub mod answers;
mod assisted;
mod connect;
mod ebillinghub;
mod error;
mod json;
mod ledes_api;
mod legal_tracker;
mod mail;
mod politeness;
mod portal;
pub mod remittance;
#[cfg(feature = "sftp")]
mod sftp;
mod transport;

pub use account::{Account, Accounts, AccountsMistake, FirmMail, Imap, Secret, SignIn};
pub use connect::{connect, pack_of, terms_of};
pub use error::PortalError;
pub use politeness::{Limits, Polite};
pub use portal::{Abilities, Asked, Handle, Portal};
pub use transport::hook::{HookPost, hook_url};
pub use transport::smtp::Post;

use crate::rules::pack::in_words;
use reqwest::tls::Version;
use reqwest::{ClientBuilder, redirect};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Makes ring the one provider of TLS. Done once, before the first connection; a second time does nothing.
pub(crate) fn prepare_tls() {
    // Somebody was first: then it is set.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Calls over HTTPS, set up but for whom is trusted: TLS 1.2 or later, `connect` until the connection stands, `answer`
/// until the answer has come. Nobody who is called can send us elsewhere, with what we hold for them.
pub(crate) fn https(connect: Duration, answer: Duration) -> ClientBuilder {
    prepare_tls();
    ClientBuilder::new()
        .min_tls_version(Version::TLS_1_2)
        .redirect(redirect::Policy::none())
        .connect_timeout(connect)
        .timeout(answer)
        .user_agent(concat!("cleanbill/", env!("CARGO_PKG_VERSION")))
}

/// The settings of one portal or way, as its account has them.
fn settings_of<T: DeserializeOwned>(account: &Account) -> Result<T, PortalError> {
    let settings = account.settings.clone();
    settings.try_into().map_err(|e: toml::de::Error| {
        PortalError::Setup(format!("settings: {}", in_words(e.message())))
    })
}
