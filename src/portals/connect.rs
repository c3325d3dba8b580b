//! From an account to its portal.

use super::account::Account;
use super::agreed::Agreed;
use super::assisted::Assisted;
use super::ebillinghub::EbillingHub;
use super::ledes_api::LedesApi;
use super::legal_tracker::LegalTracker;
use super::mail::Mail;
use super::politeness::Polite;
#[cfg(feature = "sftp")]
use super::sftp::Sftp;
use super::{Portal, PortalError};
use crate::model::did_you_mean;
use crate::rules::pack::{Pack, Terms};
use crate::rules::portal_key;
use std::collections::BTreeMap;
use std::sync::Arc;

type Open = fn(&Account, Option<&Terms>) -> Result<Arc<dyn Portal>, PortalError>;

/// Portals with an interface of their own for firms, and the open standard. Every other portal is reached by a way
/// that needs no code of its own. A new portal is one folder and one line here.
const WITH_API: &[(&str, Open)] = &[
    ("ledes-api", |a, _| Ok(Arc::new(LedesApi::new(a)?))),
    ("legal-tracker", |a, t| {
        Ok(Arc::new(LegalTracker::new(a, words(t))?))
    }),
    ("ebillinghub", |a, t| {
        Ok(Arc::new(EbillingHub::new(a, words(t))?))
    }),
];

fn words(terms: Option<&Terms>) -> &BTreeMap<String, String> {
    const NONE: &BTreeMap<String, String> = &BTreeMap::new();
    terms.map_or(NONE, |t| &t.status)
}

/// Ways every portal can be reached by, if the portal agrees.
const WAYS: &[(&str, Open)] = &[
    ("agreed", |a, t| Ok(Arc::new(Agreed::new(a, words(t))?))),
    ("sftp", by_sftp),
    ("mail", |a, t| Ok(Arc::new(Mail::new(a, t)?))),
    ("assisted", |a, t| Ok(Arc::new(Assisted::new(a, t)?))),
];

#[cfg(feature = "sftp")]
fn by_sftp(account: &Account, _: Option<&Terms>) -> Result<Arc<dyn Portal>, PortalError> {
    Ok(Arc::new(Sftp::new(account)?))
}

#[cfg(not(feature = "sftp"))]
fn by_sftp(_: &Account, _: Option<&Terms>) -> Result<Arc<dyn Portal>, PortalError> {
    Err(PortalError::Setup(
        "this program was built without SFTP; build it with --features sftp, or use assisted as way"
            .to_owned(),
    ))
}

fn packs_of<'a>(packs: &'a [Arc<Pack>], portal: &str) -> impl Iterator<Item = &'a Arc<Pack>> {
    let wanted = portal_key(portal);
    packs.iter().filter(move |pack| {
        let governed = pack.governs.get("portal");
        portal_key(&pack.pack) == wanted
            || governed.is_some_and(|all| all.iter().any(|p| portal_key(p) == wanted))
    })
}

/// The pack of the portal with this name or alias: the one that has its terms, else the first that governs it.
pub fn pack_of<'a>(packs: &'a [Arc<Pack>], portal: &str) -> Option<&'a Pack> {
    let with_terms = packs_of(packs, portal).find(|p| p.terms.is_some());
    with_terms
        .or_else(|| packs_of(packs, portal).next())
        .map(|pack| &**pack)
}

/// The terms of the portal with this name or alias, where a pack has them.
pub fn terms_of<'a>(packs: &'a [Arc<Pack>], portal: &str) -> Option<&'a Terms> {
    pack_of(packs, portal)?.terms.as_ref()
}

/// The portal of an account, within the account's limits. `packs` know the portal's terms and its other names.
///
/// # Errors
/// The account is not set up: an unknown way, settings that cannot be read, limits that cannot be kept.
pub fn connect(account: &Account, packs: &[Arc<Pack>]) -> Result<Polite, PortalError> {
    let pack = pack_of(packs, &account.portal);
    let terms = pack.and_then(|pack| pack.terms.as_ref());
    let open = if account.way == "api" {
        let key = portal_key(pack.map_or(&account.portal, |pack| &pack.pack));
        let known = WITH_API.iter().find(|(name, _)| portal_key(name) == key);
        let remedy = || {
            format!(
                "{} has no interface for firms that is publicly known; use agreed, sftp, mail or assisted as way",
                account.portal
            )
        };
        known.ok_or_else(|| PortalError::Setup(remedy()))?.1
    } else {
        let known = WAYS.iter().find(|(name, _)| *name == account.way);
        let remedy = || {
            let ways = WAYS.iter().map(|(name, _)| *name).chain(["api"]);
            format!(
                "way: \"{}\" is none; {}",
                account.way,
                did_you_mean(&account.way, ways)
            )
        };
        known.ok_or_else(|| PortalError::Setup(remedy()))?.1
    };
    Polite::new(open(account, terms)?, account.limits.clone())
}
