//! What the provider says of itself (OpenID Connect Discovery 1.0), kept for an hour, and its keys, which are read again
//! when a token is signed with one that is not among them.

use super::Provider;
use super::fault::Fault;
use super::setup::{Setup, is_safe};
use super::token::{Beside, Keys};
use super::wire::WireError;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    JsonWebKeySet, ProviderMetadata, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// How long what it says of itself is believed.
const FRESH: Duration = Duration::from_secs(3600);
/// How long after that it is used while the provider cannot be asked.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// How often the keys are read for the sake of a key nobody knows, at most.
const KEYS: Duration = Duration::from_secs(60);

/// What the library's own metadata leaves out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Further {
    /// OpenID Connect RP-Initiated Logout 1.0.
    end_session_endpoint: Option<String>,
    /// RFC 9207.
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        Beside,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// Asks for codes and tokens.
pub(super) type Client = openidconnect::Client<
    Beside,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider says of itself.
pub(super) struct Known {
    metadata: Metadata,
    keys: Keys,
    /// When it was read.
    read: Instant,
    /// When its keys were read again.
    keys_read: Option<Instant>,
}

impl Known {
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whether it says in each answer who it is.
    pub(super) fn names_itself(&self) -> bool {
        let further = self.metadata.additional_metadata();
        further.authorization_response_iss_parameter_supported == Some(true)
    }

    /// The page for signing out there.
    pub(super) fn sign_out_page(&self) -> Option<Url> {
        let further = self.metadata.additional_metadata();
        let page = further.end_session_endpoint.as_deref()?;
        Url::parse(page).ok().filter(is_safe)
    }

    pub(super) fn client(&self, setup: &Setup) -> Result<Client, Fault> {
        let redirect = RedirectUrl::new(setup.redirect_address());
        let redirect = redirect.map_err(|e| Fault::Setup(format!("public_address: {e}")))?;
        let client = Client::from_provider_metadata(
            self.metadata.clone(),
            ClientId::new(setup.client.clone()),
            Some(ClientSecret::new(setup.secret.expose_secret().to_owned())),
        );
        Ok(client
            .set_redirect_uri(redirect)
            .set_auth_type(self.way_of_proof().unwrap_or(AuthType::BasicAuth)))
    }

    /// How the client proves itself; nothing where the provider takes no secret.
    fn way_of_proof(&self) -> Option<AuthType> {
        let Some(ways) = self.metadata.token_endpoint_auth_methods_supported() else {
            return Some(AuthType::BasicAuth);
        };
        if ways.contains(&CoreClientAuthMethod::ClientSecretBasic) {
            return Some(AuthType::BasicAuth);
        }
        let post = ways.contains(&CoreClientAuthMethod::ClientSecretPost);
        post.then_some(AuthType::RequestBody)
    }

    /// Whether it can be worked with.
    fn judge(&self) -> Result<(), Fault> {
        let said = &self.metadata;
        let userinfo = said.userinfo_endpoint().map(|u| u.url());
        let Some(token) = said.token_endpoint() else {
            return Err(wrong("it names no token_endpoint"));
        };
        let all = [
            Some(said.authorization_endpoint().url()),
            Some(token.url()),
            Some(said.jwks_uri().url()),
            userinfo,
        ];
        if let Some(open) = all.into_iter().flatten().find(|url| !is_safe(url)) {
            return Err(wrong(format!("its address {open} is not encrypted")));
        }
        if self.way_of_proof().is_none() {
            return Err(wrong(
                "it takes no client secret (client_secret_basic or client_secret_post); have it take one for this client",
            ));
        }
        Ok(())
    }
}

fn wrong(why: impl std::fmt::Display) -> Fault {
    Fault::Setup(format!(
        "oidc_issuer: what is there is no provider this program can work with: {why}"
    ))
}

/// What it means that it could not be read.
fn unread(issuer: &str, error: DiscoveryError<WireError>) -> Fault {
    match error {
        DiscoveryError::Request(WireError::TooLong) => wrong(WireError::TooLong),
        DiscoveryError::Request(error) => Fault::Away(error.to_string()),
        DiscoveryError::Response(status, ..) => Fault::Setup(format!(
            "oidc_issuer: {issuer} has no /.well-known/openid-configuration that can be read (status {}); write it as \
             the provider's configuration page says in \"issuer\"",
            status.as_u16()
        )),
        DiscoveryError::Validation(why) => Fault::Setup(format!(
            "oidc_issuer: {issuer} is not what the provider calls itself ({why}); write it exactly so"
        )),
        DiscoveryError::Parse(error) => wrong(error),
        DiscoveryError::UrlParse(error) => wrong(error),
        other => wrong(other),
    }
}

impl Provider {
    fn kept(&self) -> Option<Arc<Known>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn keep(&self, known: Known) -> Arc<Known> {
        let kept = Arc::new(known);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&kept));
        kept
    }

    /// Notes whether it could be reached.
    fn reached(&self, well: bool) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        *away = (!well).then(Instant::now);
    }

    /// What it said of itself within the hour.
    pub(super) fn fresh(&self) -> Option<Arc<Known>> {
        self.kept().filter(|known| known.read.elapsed() < FRESH)
    }

    /// What it says of itself: as it was read within the hour, else read anew.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Fault> {
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        // One asks for all.
        let _one = self.reading.lock().await;
        if let Some(known) = self.fresh() {
            return Ok(known);
        }
        match (self.read().await, self.kept()) {
            (Ok(known), _) => Ok(known),
            (Err(Fault::Away(why)), Some(known)) if known.read.elapsed() < FRESH + STALE => {
                tracing::warn!(
                    why,
                    "the identity provider cannot be asked; what it said before holds"
                );
                Ok(known)
            }
            (Err(fault), _) => Err(fault),
        }
    }

    async fn read(&self) -> Result<Arc<Known>, Fault> {
        let issuer = &self.setup.issuer;
        let address = IssuerUrl::new(issuer.clone()).map_err(wrong)?;
        let send = |request| self.wire.send(request);
        let read = Metadata::discover_async(address, &send).await;
        self.reached(!matches!(read, Err(DiscoveryError::Request(_))));
        let metadata = read.map_err(|error| unread(issuer, error))?;
        let known = Known {
            keys: metadata.jwks().clone(),
            metadata,
            read: Instant::now(),
            keys_read: None,
        };
        known.judge()?;
        Ok(self.keep(known))
    }

    /// The same with keys that were read anew; once a minute at most, however many tokens name keys nobody knows.
    pub(super) async fn renew_keys(&self, seen: &Arc<Known>) -> Result<Arc<Known>, Fault> {
        let _one = self.reading.lock().await;
        let kept = self.kept().unwrap_or_else(|| Arc::clone(seen));
        // Somebody else was first.
        if !Arc::ptr_eq(&kept, seen) {
            return Ok(kept);
        }
        if kept.keys_read.is_some_and(|at| at.elapsed() < KEYS) {
            return Ok(kept);
        }
        let send = |request| self.wire.send(request);
        let keys = JsonWebKeySet::fetch_async(kept.metadata.jwks_uri(), &send).await;
        let keys = keys.map_err(|error| unread(&self.setup.issuer, error))?;
        Ok(self.keep(Known {
            metadata: kept.metadata.clone(),
            keys,
            read: kept.read,
            keys_read: Some(Instant::now()),
        }))
    }
}
