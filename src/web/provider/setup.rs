//! Settings of the provider, looked at before anything else is.

use secrecy::SecretString;
use std::path::PathBuf;
use url::{Host, Url};

/// The claim of a token that names somebody before their account is linked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// `email`, where the provider says that it verified it.
    Email,
    /// `preferred_username`.
    PreferredUsername,
    /// `upn`, of Entra ID and AD FS.
    Upn,
    /// `sub`: administrators link accounts by their subject alone.
    Subject,
}

impl Claim {
    /// Every claim.
    pub const ALL: [Self; 4] = [
        Self::Email,
        Self::PreferredUsername,
        Self::Upn,
        Self::Subject,
    ];

    /// As tokens call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::PreferredUsername => "preferred_username",
            Self::Upn => "upn",
            Self::Subject => "sub",
        }
    }

    /// The claim of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// What has to be asked for beside `openid`, so that a token holds it.
    pub(super) fn scope(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            Self::PreferredUsername | Self::Upn => Some("profile"),
            Self::Subject => None,
        }
    }
}

/// What the settings say of the provider.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The provider, as its tokens name it in `iss`.
    pub issuer: String,
    /// This program, as it is registered there.
    pub client: String,
    /// With what it proves that it is.
    pub secret: SecretString,
    /// The claim that names somebody before their account is linked.
    pub claim: Claim,
    /// What people call the provider.
    pub name: String,
    /// How people reach this program: scheme, host, and port where it is not the usual one.
    pub public_address: String,
    /// A file with the only authority that is trusted there (PEM).
    pub authority: Option<PathBuf>,
}

/// Whether an address is encrypted, or never leaves this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

impl Setup {
    /// Where the provider sends people back to. Of the settings, never of what a request says of the host it wants.
    pub(super) fn redirect_address(&self) -> String {
        format!(
            "{}/sign-in/answer",
            self.public_address.trim_end_matches('/')
        )
    }

    /// Where people sign in here.
    pub(super) fn sign_in_address(&self) -> String {
        format!("{}/sign-in", self.public_address.trim_end_matches('/'))
    }

    /// Whether they can be.
    pub(super) fn judge(&self) -> Result<(), String> {
        let issuer = Url::parse(&self.issuer)
            .map_err(|e| format!("oidc_issuer: {} is no address: {e}", self.issuer))?;
        if !is_safe(&issuer) {
            return Err(format!(
                "oidc_issuer: {issuer} is not encrypted; whoever reads the network could be anybody. Write https://"
            ));
        }
        if issuer.query().is_some() || issuer.fragment().is_some() {
            return Err(format!(
                "oidc_issuer: {issuer} has something after ? or #; write it as the provider's configuration page says in \
                 \"issuer\""
            ));
        }
        let public = Url::parse(&self.public_address)
            .map_err(|e| format!("public_address: {} is no address: {e}", self.public_address))?;
        let bare = public.path() == "/"
            && public.query().is_none()
            && public.fragment().is_none()
            && public.username().is_empty()
            && public.password().is_none();
        if !bare {
            return Err(format!(
                "public_address: {} is more than scheme, host and port; write for example https://bills.firm.example",
                self.public_address
            ));
        }
        if !is_safe(&public) {
            return Err(format!(
                "public_address: {} is not encrypted; providers send people back over https only, and the session \
                 would travel in the open. Write https://",
                self.public_address
            ));
        }
        for (setting, value) in [("oidc_client", &self.client), ("oidc_name", &self.name)] {
            if value.trim().is_empty() || value.contains(char::is_control) {
                return Err(format!("{setting}: nothing can be read in it"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(issuer: &str, public_address: &str) -> Setup {
        Setup {
            issuer: issuer.to_owned(),
            client: "cleanbill".to_owned(),
            secret: "s".into(),
            claim: Claim::Email,
            name: "Northwind ID".to_owned(),
            public_address: public_address.to_owned(),
            authority: None,
        }
    }

    #[test]
    fn addresses_are_encrypted_and_bare() {
        let good = setup("https://id.example/realms/a", "https://bills.firm.example/");
        assert_eq!(good.judge(), Ok(()));
        let back = "https://bills.firm.example/sign-in/answer";
        assert_eq!(good.redirect_address(), back);
        let local = setup("http://127.0.0.1:4000", "http://localhost:8347");
        assert_eq!(local.judge(), Ok(()));
        for (issuer, public, setting) in [
            ("id.example", "https://b.example", "oidc_issuer"),
            ("http://id.example", "https://b.example", "oidc_issuer"),
            (
                "https://id.example/?a=b",
                "https://b.example",
                "oidc_issuer",
            ),
            ("https://id.example", "b.example", "public_address"),
            ("https://id.example", "http://b.example", "public_address"),
            (
                "https://id.example",
                "https://b.example/x",
                "public_address",
            ),
            (
                "https://id.example",
                "https://u:p@b.example",
                "public_address",
            ),
            (
                "https://id.example",
                "javascript:alert(1)",
                "public_address",
            ),
        ] {
            let why = setup(issuer, public).judge().expect_err("a mistake");
            assert!(why.starts_with(setting), "{why}");
        }
    }

    #[test]
    fn secrets_are_not_printed_for_debugging() {
        let mut own = setup("https://id.example", "https://b.example");
        own.secret = "MARKER".into();
        assert!(!format!("{own:?}").contains("MARKER"));
    }
}
