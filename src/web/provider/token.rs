//! What an ID token proves (OpenID Connect Core 1.0, section 3.1.3.7): everything in it is looked at, and what is not as
//! it should be proves nothing.

use super::Fault;
use super::known::{Client, Known};
use super::setup::{Claim, Setup};
use super::wire::WireError;
use crate::workflow::Vouched;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, ClaimsVerificationError, ClientId, HttpRequest,
    HttpResponse, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl, JsonWebKeySet, Nonce,
    SignatureVerificationError, SubjectIdentifier, UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};

/// How far the provider's clock may be from ours.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);
/// How old a token may be: it was made for this sign-in.
const OLDEST: TimeDelta = TimeDelta::minutes(10);
/// The longest `sub` there may be, in bytes.
const LONGEST: usize = 255;

/// Signatures that are believed: those only the provider can make. With a shared secret (HS256) whoever knows the client's
/// could make one, and without any (none) anybody.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Claims beside the usual ones.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Beside {
    #[serde(skip_serializing_if = "Option::is_none")]
    upn: Option<String>,
    /// Not before, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<serde_json::Number>,
}

impl AdditionalClaims for Beside {}

pub(super) type Keys = JsonWebKeySet<CoreJsonWebKey>;
type Claims = IdTokenClaims<Beside, CoreGenderClaim>;
type Token =
    IdToken<Beside, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Why a token proves nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Doubt {
    /// It is signed with a key that is not among the provider's.
    UnknownKey,
    /// Anything else.
    Wrong(&'static str),
}

impl Doubt {
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::UnknownKey => "its token is signed with a key that is not its own",
            Self::Wrong(why) => why,
        }
    }
}

/// In words of ours: the library's hold what stands in the token.
fn doubt(error: &ClaimsVerificationError) -> Doubt {
    use ClaimsVerificationError as E;
    Doubt::Wrong(match error {
        E::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            return Doubt::UnknownKey;
        }
        E::SignatureVerification(
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_)
            | SignatureVerificationError::NoSignature,
        ) => "its token is not signed in a way only the provider can sign",
        E::SignatureVerification(_) => "the signature of its token is wrong",
        E::Expired(_) => "its token was made at another time (exp, iat), or the clocks differ",
        E::InvalidAudience(_) => "its token is for another program (aud)",
        E::InvalidIssuer(_) => "its token is of another provider (iss)",
        E::InvalidNonce(_) => "its token is of another sign-in (nonce)",
        E::InvalidSubject(_) => "its token is about somebody else (sub)",
        _ => "its token cannot be read",
    })
}

/// Looks at a token.
pub(super) fn judge(
    setup: &Setup,
    known: &Known,
    token: &Token,
    access: &AccessToken,
    nonce: &Nonce,
    now_ms: i64,
) -> Result<Claims, Doubt> {
    let unreadable = Doubt::Wrong("its token cannot be read");
    let now = DateTime::<Utc>::from_timestamp_millis(now_ms).ok_or(unreadable.clone())?;
    let issuer = IssuerUrl::new(setup.issuer.clone()).map_err(|_| unreadable.clone())?;
    let client = ClientId::new(setup.client.clone());
    let verifier = IdTokenVerifier::new_public_client(client.clone(), issuer, known.keys().clone())
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || now - LEEWAY)
        .set_issue_time_verifier_fn(move |at| match at {
            at if at > now + LEEWAY => Err("of the future".to_owned()),
            at if at < now - OLDEST => Err("old".to_owned()),
            _ => Ok(()),
        });
    let claims = token.claims(&verifier, nonce).map_err(|e| doubt(&e))?;
    if claims.authorized_party().is_some_and(|azp| *azp != client) {
        return Err(Doubt::Wrong("its token was given to another program (azp)"));
    }
    let not_before = claims.additional_claims().nbf.as_ref();
    let not_before = not_before.and_then(serde_json::Number::as_f64);
    let soon = (now + LEEWAY).timestamp();
    // Seconds of a time nobody will see fit, and a comparison loses nothing.
    if not_before.is_some_and(|at| at > soon as f64) {
        return Err(Doubt::Wrong(
            "its token does not hold yet (nbf), or the clocks differ",
        ));
    }
    if let Some(expected) = claims.access_token_hash() {
        let alg = token.signing_alg().map_err(|_| unreadable.clone())?;
        let key = token
            .signing_key(&verifier)
            .map_err(|_| unreadable.clone())?;
        let made = AccessTokenHash::from_token(access, alg, key).map_err(|_| unreadable.clone())?;
        if made != *expected {
            return Err(Doubt::Wrong("its tokens do not belong together (at_hash)"));
        }
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > LONGEST || subject.contains(char::is_control) {
        return Err(Doubt::Wrong("its token is about nobody (sub)"));
    }
    Ok(claims.clone())
}

/// What a sign-in has proven.
pub(in crate::web) struct Proof {
    /// Whom the provider vouches for.
    pub(in crate::web) vouched: Vouched,
    access: AccessToken,
}

impl Proof {
    pub(super) fn new(setup: &Setup, claims: Claims, access: AccessToken) -> Self {
        let said = match setup.claim {
            Claim::Email => verified(claims.email().map(|e| e.as_str()), claims.email_verified()),
            Claim::PreferredUsername => claims.preferred_username().map(|u| u.as_str()),
            Claim::Upn => claims.additional_claims().upn.as_deref(),
            Claim::Subject => Some(claims.subject().as_str()),
        };
        let methods = claims.auth_method_refs();
        let second_factor = methods.is_some_and(|all| all.iter().any(|m| m.as_str() == "mfa"));
        Self {
            vouched: Vouched {
                issuer: setup.issuer.clone(),
                subject: claims.subject().to_string(),
                claim: setup.claim.name().to_owned(),
                said: said.map(str::to_owned).filter(|s| !s.is_empty()),
                second_factor,
            },
            access,
        }
    }

    /// Whether the claim that names people was not in the token: many providers keep it for those who ask.
    pub(in crate::web) fn wants_more(&self) -> bool {
        self.vouched.said.is_none()
    }

    /// Asks for it. A provider that has no more to say is no mistake.
    pub(super) async fn ask<F>(
        &mut self,
        setup: &Setup,
        client: &Client,
        send: &impl Fn(HttpRequest) -> F,
    ) -> Result<(), Fault>
    where
        F: Future<Output = Result<HttpResponse, WireError>>,
    {
        let subject = SubjectIdentifier::new(self.vouched.subject.clone());
        // The answer has to be about the same account.
        let Ok(ask) = client.user_info(self.access.clone(), Some(subject)) else {
            return Ok(());
        };
        let answer: Result<UserInfoClaims<Beside, CoreGenderClaim>, _> =
            ask.request_async(send).await;
        let claims = match answer {
            Ok(claims) => claims,
            Err(UserInfoError::Request(error)) => return Err(Fault::Away(error.to_string())),
            Err(UserInfoError::ClaimsVerification(_)) => {
                return Err(Fault::untrusted(
                    "what it says further is of another account (sub)",
                ));
            }
            Err(_) => {
                tracing::warn!(
                    "what the identity provider says further of an account cannot be read"
                );
                return Ok(());
            }
        };
        let said = match setup.claim {
            Claim::Email => verified(claims.email().map(|e| e.as_str()), claims.email_verified()),
            Claim::PreferredUsername => claims.preferred_username().map(|u| u.as_str()),
            Claim::Upn => claims.additional_claims().upn.as_deref(),
            Claim::Subject => None,
        };
        self.vouched.said = said.map(str::to_owned).filter(|s| !s.is_empty());
        Ok(())
    }
}

/// A mail address that the provider has seen to be theirs.
fn verified(email: Option<&str>, verified: Option<bool>) -> Option<&str> {
    email.filter(|_| verified == Some(true))
}
