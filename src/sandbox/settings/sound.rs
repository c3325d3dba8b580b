//! Settings that contradict themselves.

use super::{Auth, Kind, Mistake, Settings};
use crate::sandbox::words;
use std::collections::BTreeSet;

impl Settings {
    /// What contradicts itself.
    pub(in crate::sandbox) fn sound(&self) -> Result<(), Mistake> {
        let mut names = BTreeSet::new();
        for portal in &self.portals {
            let wrong = |text: &str| {
                Err(Mistake::Portal {
                    portal: portal.name.clone(),
                    text: text.to_owned(),
                })
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if portal.name.is_empty() || !portal.name.chars().all(plain) {
                return wrong("a name is made of letters, digits, - and _; rename it");
            }
            if !names.insert(portal.name.to_lowercase()) {
                return wrong("this name is there twice; rename one");
            }
            if portal.kind == Kind::FileDrop && portal.drop.is_none() {
                return wrong(
                    "a file drop needs `drop = { incoming = \"...\", outgoing = \"...\" }`",
                );
            }
            if portal
                .limit
                .is_some_and(|l| l.requests == 0 || l.seconds == 0)
            {
                return wrong("`limit` needs at least 1 request in 1 second, or leave it out");
            }
            let needs_accounts = match portal.kind {
                Kind::FileDrop => false,
                Kind::AgreedUpload => portal.agreed.auth != Auth::Certificate,
                _ => true,
            };
            if needs_accounts && portal.accounts.is_empty() {
                return wrong("nobody may use it; add [[portal.account]] with id and secret");
            }
            let authority = portal
                .tls
                .as_ref()
                .and_then(|t| t.client_authority.as_ref());
            if portal.kind == Kind::AgreedUpload
                && portal.agreed.auth == Auth::Certificate
                && authority.is_none()
            {
                return wrong("`auth = \"certificate\"` needs tls.client_authority");
            }
            let a = &portal.agreed;
            for code in [a.accepted_status, a.refused_status] {
                if !(200..=599).contains(&code) {
                    return wrong("accepted_status and refused_status lie between 200 and 599");
                }
            }
            if !matches!(a.method.as_str(), "POST" | "PUT") {
                return wrong("`method` is POST or PUT");
            }
            for path in [&portal.token_path, &a.upload_path] {
                if !path.starts_with('/') || path.starts_with("/sandbox") {
                    return wrong("a path begins with / and is not below /sandbox");
                }
            }
            let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
            let business = &portal.ledes_api.business;
            if !portal.token_path.chars().all(plain)
                || portal.token_path.starts_with("/api/v1/businesses")
            {
                return wrong(
                    "token_path is made of letters, digits, / - _ . and is not below /api/v1/businesses",
                );
            }
            if business.is_empty() || !business.chars().all(|c| plain(c) && c != '/') {
                return wrong("ledes_api.business is made of letters, digits, - _ and .");
            }
            if let Some(key) = a.words.keys().find(|k| !words::KEYS.contains(&k.as_str())) {
                return wrong(&format!(
                    "agreed.words has no {key}; there are {}",
                    words::KEYS.join(", ")
                ));
            }
            for fault in &portal.faults {
                if let Err(text) = fault.sound() {
                    return wrong(&text);
                }
            }
            if !portal.outcomes.is_empty() && portal.outcomes.values().all(|w| *w == 0) {
                return wrong("every weight in `outcomes` is 0; give one of them a weight");
            }
        }
        Ok(())
    }
}
