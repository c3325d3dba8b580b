//! The firm's identity provider: what it says of itself, the way there and back, and what its tokens prove (OpenID Connect
//! Core 1.0, authorization code with PKCE; cargo feature `oidc`).
//! Not here: who somebody is and what they may do (`workflow`), the pages (`pages/provider.rs`), and settings (`cli`).
#![doc = include_str!("SIGN-IN.md")]

mod fault;
mod known;
mod setup;
mod token;
mod wire;

pub(super) use fault::Fault;
pub use setup::{Claim, Setup};
pub(super) use token::Proof;

use crate::workflow::Clock;
use known::{Client, Known};
use openidconnect::core::{CoreAuthenticationFlow, CoreErrorResponseType};
use openidconnect::{
    AuthorizationCode, CsrfToken, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RequestTokenError, Scope, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use wire::Wire;

/// How many sign-ins wait for the provider at once: one that is slow shall not hold up everybody's pages.
const AT_ONCE: usize = 8;
/// How long another waits for its turn.
const TURN: Duration = Duration::from_secs(3);

/// The firm's identity provider.
pub struct Provider {
    setup: Setup,
    wire: Wire,
    known: Mutex<Option<Arc<Known>>>,
    /// When it could not be reached, since it last could.
    away: Mutex<Option<Instant>>,
    reading: tokio::sync::Mutex<()>,
    calls: Semaphore,
}

/// What has to be remembered while somebody is at the provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Away {
    issuer: String,
    state: String,
    nonce: String,
    verifier: String,
    /// Where they wanted to go.
    pub(super) next: String,
}

/// What the browser brings back.
pub(super) struct Back<'a> {
    pub(super) state: &'a str,
    pub(super) code: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    /// Who answered (RFC 9207).
    pub(super) issuer: Option<&'a str>,
}

impl Provider {
    /// Of settings.
    ///
    /// # Errors
    /// One of them cannot be; names it and the remedy.
    pub fn new(setup: Setup) -> Result<Self, String> {
        setup.judge()?;
        let wire = Wire::new(setup.authority.as_deref())?;
        Ok(Self {
            setup,
            wire,
            known: Mutex::default(),
            away: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            calls: Semaphore::new(AT_ONCE),
        })
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.setup.name
    }

    /// The provider, as its tokens name it.
    pub(super) fn issuer(&self) -> &str {
        &self.setup.issuer
    }

    /// The claim that names somebody before their account is linked.
    pub(super) fn claim(&self) -> Claim {
        self.setup.claim
    }

    /// Where it sends people back to.
    pub fn redirect_address(&self) -> String {
        self.setup.redirect_address()
    }

    /// Looks at it once. A provider that cannot be reached is no mistake: says why, and people sign in by it once it can.
    ///
    /// # Errors
    /// It can be reached, and is not what the settings say; with the remedy.
    pub async fn greet(&self) -> Result<Option<String>, String> {
        match self.known().await {
            Ok(_) => Ok(None),
            Err(Fault::Away(why)) => Ok(Some(why)),
            Err(fault) => Err(fault.why()),
        }
    }

    /// Whether it could not be reached the last time somebody tried.
    pub(super) fn is_away(&self) -> bool {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.is_some()
    }

    /// The way to the provider, and what to remember meanwhile.
    pub(super) async fn begin(&self, next: &str) -> Result<(String, Away), Fault> {
        let known = match self.fresh() {
            Some(known) => known,
            None => {
                let _turn = self.turn().await?;
                self.known().await?
            }
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&known)?;
        let mut way = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        if let Some(scope) = self.setup.claim.scope() {
            way = way.add_scope(Scope::new(scope.to_owned()));
        }
        let (url, state, nonce) = way.url();
        let away = Away {
            issuer: self.setup.issuer.clone(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            next: next.to_owned(),
        };
        Ok((url.to_string(), away))
    }

    /// What somebody who came back has proven.
    pub(super) async fn end(
        &self,
        away: &Away,
        back: &Back<'_>,
        clock: &Clock,
    ) -> Result<Proof, Fault> {
        // Hashes are compared, so that the time it takes says nothing of how much was right.
        let hash = |text: &str| crate::store::sha256(text.as_bytes());
        if hash(&away.state) != hash(back.state) || away.issuer != self.setup.issuer {
            return Err(Fault::Stale);
        }
        let _turn = self.turn().await?;
        let known = self.known().await?;
        match back.issuer {
            Some(issuer) if issuer != self.setup.issuer => {
                return Err(Fault::untrusted("another provider answered (iss)"));
            }
            None if known.names_itself() => {
                return Err(Fault::untrusted(
                    "the answer does not say from whom it is (iss)",
                ));
            }
            _ => {}
        }
        if let Some(error) = back.error {
            return Err(Fault::answered(error));
        }
        let Some(code) = back.code else {
            return Err(Fault::untrusted("the answer holds no code"));
        };
        let client = self.client(&known)?;
        let code = AuthorizationCode::new(code.to_owned());
        let verifier = PkceCodeVerifier::new(away.verifier.clone());
        let send = |request| self.wire.send(request);
        let exchange = client.exchange_code(code).map_err(Fault::untrusted)?;
        let answer = exchange.set_pkce_verifier(verifier).request_async(&send);
        let answer = answer.await.map_err(refused)?;
        let Some(token) = answer.id_token() else {
            return Err(Fault::untrusted("the answer holds no ID token"));
        };
        let nonce = Nonce::new(away.nonce.clone());
        let judge = |known: &Known| {
            token::judge(
                &self.setup,
                known,
                token,
                answer.access_token(),
                &nonce,
                clock(),
            )
        };
        let claims = match judge(&known) {
            // Providers change their keys when they like.
            Err(token::Doubt::UnknownKey) => {
                let renewed = self.renew_keys(&known).await?;
                judge(&renewed)
            }
            judged => judged,
        };
        let claims = claims.map_err(|doubt| Fault::untrusted(doubt.words()))?;
        Ok(Proof::new(
            &self.setup,
            claims,
            answer.access_token().clone(),
        ))
    }

    /// Asks the provider for the claim that its token did not hold.
    pub(super) async fn ask_more(&self, proof: &mut Proof) -> Result<(), Fault> {
        let _turn = self.turn().await?;
        let known = self.known().await?;
        let client = self.client(&known)?;
        let send = |request| self.wire.send(request);
        proof.ask(&self.setup, &client, &send).await
    }

    /// Where somebody signs out at the provider, where it has such a page.
    pub(super) fn sign_out_address(&self) -> Option<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut address = known.as_ref()?.sign_out_page()?;
        address
            .query_pairs_mut()
            .append_pair("client_id", &self.setup.client)
            .append_pair("post_logout_redirect_uri", &self.setup.sign_in_address());
        Some(address.to_string())
    }

    fn client(&self, known: &Known) -> Result<Client, Fault> {
        known.client(&self.setup)
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        match tokio::time::timeout(TURN, self.calls.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Fault::Away("too many wait for its answer".to_owned())),
        }
    }
}

/// What it means that a code brought no token.
fn refused(
    error: RequestTokenError<
        wire::WireError,
        openidconnect::StandardErrorResponse<CoreErrorResponseType>,
    >,
) -> Fault {
    match error {
        RequestTokenError::Request(error) => Fault::Away(error.to_string()),
        RequestTokenError::ServerResponse(said) => match said.error() {
            CoreErrorResponseType::InvalidGrant => Fault::Stale,
            CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => {
                Fault::Setup(
                    "the provider does not know this client or its secret; see oidc_client and CLEANBILL_OIDC_SECRET"
                        .to_owned(),
                )
            }
            other => Fault::Setup(format!(
                "the provider refuses the code: {}",
                fault::known_code(other.as_ref())
            )),
        },
        // What it answered may hold tokens and is not repeated.
        RequestTokenError::Parse(error, _) => {
            Fault::untrusted(format!("its answer cannot be read at {}", error.path()))
        }
        RequestTokenError::Other(_) => Fault::untrusted("its answer is no token"),
    }
}
