//! The firm's identity provider as the settings have it.

use crate::config::{
    Key, OIDC_AUTHORITY, OIDC_CLAIM, OIDC_CLIENT, OIDC_ISSUER, OIDC_NAME, OIDC_SECRET, Origin,
    PASSWORDS_ONLY_FOR, Settings,
};
use anyhow::bail;

/// Settings that are nothing without a provider.
const ALL: [&Key; 7] = [
    &OIDC_ISSUER,
    &OIDC_CLIENT,
    &OIDC_SECRET,
    &OIDC_CLAIM,
    &OIDC_NAME,
    &OIDC_AUTHORITY,
    &PASSWORDS_ONLY_FOR,
];

/// Those who may sign in with a password, where not everybody may.
pub fn passwords_only_for(settings: &Settings) -> Option<Vec<String>> {
    let names = settings.text(&PASSWORDS_ONLY_FOR)?;
    let names = names.split(',').map(str::trim).filter(|n| !n.is_empty());
    Some(names.map(str::to_owned).collect())
}

/// The settings of [`ALL`] that somebody made.
fn said(settings: &Settings) -> Vec<&'static str> {
    let made = |key: &&Key| {
        settings
            .value(key)
            .is_some_and(|v| v.origin != Origin::Default)
    };
    let all = ALL.iter().filter(|key| made(key));
    all.map(|key| key.name).collect()
}

/// The provider; nothing where the settings name none.
///
/// # Errors
/// Half a provider, or one that cannot be.
#[cfg(feature = "oidc")]
pub fn provider(settings: &Settings) -> anyhow::Result<Option<crate::web::Provider>> {
    use crate::config::PUBLIC_ADDRESS;
    use crate::web::{Claim, Provider, Setup};

    let said = said(settings);
    if said.is_empty() {
        return Ok(None);
    }
    let needed = [&OIDC_ISSUER, &OIDC_CLIENT, &OIDC_SECRET, &PUBLIC_ADDRESS];
    let text = |key: &Key| settings.text(key).filter(|t| !t.trim().is_empty());
    let missing: Vec<String> = needed
        .iter()
        .filter(|key| text(key).is_none())
        .map(|key| match key.name == OIDC_SECRET.name {
            true => format!("{} (in the environment, {})", key.name, key.variable),
            false => key.name.to_owned(),
        })
        .collect();
    if !missing.is_empty() {
        bail!(
            "{}: signing in by an identity provider needs {} as well; set what is missing, or take {} away",
            said.join(", "),
            missing.join(" and "),
            if said.len() == 1 { "it" } else { "them" }
        );
    }
    let whole = |key: &Key| text(key).unwrap_or_default();
    let claim = whole(&OIDC_CLAIM);
    let Some(claim) = Claim::named(&claim) else {
        let all: Vec<&str> = Claim::ALL.iter().map(|c| c.name()).collect();
        bail!(
            "oidc_claim: {claim} names nobody; it is one of {}",
            all.join(", ")
        );
    };
    if passwords_only_for(settings).is_some_and(|names| names.is_empty()) {
        bail!(
            "passwords_only_for: it names nobody; name the administrators who come in on the day the provider is down"
        );
    }
    let provider = Provider::new(Setup {
        issuer: whole(&OIDC_ISSUER),
        client: whole(&OIDC_CLIENT),
        secret: whole(&OIDC_SECRET).into(),
        claim,
        name: whole(&OIDC_NAME),
        public_address: whole(&PUBLIC_ADDRESS),
        authority: settings.path(&OIDC_AUTHORITY),
    });
    Ok(Some(provider.map_err(anyhow::Error::msg)?))
}

/// Without the feature there is none.
///
/// # Errors
/// The settings name one.
#[cfg(not(feature = "oidc"))]
pub fn none(settings: &Settings) -> anyhow::Result<()> {
    let said = said(settings);
    if !said.is_empty() {
        bail!(
            "{}: this program was built without signing in by an identity provider; build it with --features oidc, or \
             take {} away",
            said.join(", "),
            if said.len() == 1 { "it" } else { "them" }
        );
    }
    Ok(())
}
