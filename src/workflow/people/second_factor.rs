//! The second factor: time-based codes (RFC 6238, SHA-1, six digits, thirty seconds, one step early or late), each
//! taken once, and ten recovery codes for the day the telephone is lost.

use super::{active, record, secret};
use crate::store::{CredentialRow, Store, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

/// How many recovery codes a person gets.
pub const RECOVERY_CODES: usize = 10;

/// A second factor that is offered: it counts once a code of it was given.
#[derive(Clone, Debug)]
pub struct Offer {
    /// For the QR code.
    pub uri: SecretString,
    /// For typing.
    pub secret: SecretString,
}

fn totp(name: &str, secret: &[u8]) -> Result<Totp, WorkflowError> {
    let built = Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        // A colon parts issuer and name.
        .with_account_name(name.replace(':', " "))
        .with_issuer(Some("cleanbill"))
        .build();
    match built {
        Ok(totp) => Ok(totp),
        Err(e) => refused(format!("the second factor cannot be used: {e}")),
    }
}

/// The time step whose code this is, if it was not used.
fn step_of(totp: &Totp, code: &str, used: Option<i64>, now_ms: i64) -> Option<i64> {
    let seconds = u64::try_from(now_ms / 1000).ok()?;
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let step = i64::try_from(totp.check(&plain, seconds)?).ok()?;
    used.is_none_or(|used| step > used).then_some(step)
}

/// What a code was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Second {
    /// None was asked for.
    No,
    /// Of the telephone.
    Code,
    /// A recovery code.
    Recovery,
    /// The identity provider asked for it, and says so.
    #[cfg(feature = "oidc")]
    Provider,
}

impl Second {
    /// As events say it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::No => "none",
            Self::Code => "code",
            Self::Recovery => "recovery code",
            #[cfg(feature = "oidc")]
            Self::Provider => "provider",
        }
    }

    /// How many recovery codes are left, if it was one.
    pub(super) async fn codes_left(
        self,
        tx: &mut Tx,
        name: &str,
    ) -> Result<Option<usize>, WorkflowError> {
        if self != Self::Recovery {
            return Ok(None);
        }
        let codes = tx.recovery_codes(name).await?;
        Ok(Some(codes.iter().filter(|c| c.used_ms.is_none()).count()))
    }
}

/// Uses up a code; nothing if it is wrong or was used.
pub(super) async fn use_code(
    store: &Store,
    tx: &mut Tx,
    name: &str,
    row: &mut CredentialRow,
    code: &str,
    now_ms: i64,
) -> Result<Option<Second>, WorkflowError> {
    let Some(sealed) = &row.totp else {
        return Ok(Some(Second::No));
    };
    let totp = totp(name, &store.unseal(sealed)?)?;
    if let Some(step) = step_of(&totp, code, row.totp_step, now_ms) {
        row.totp_step = Some(step);
        tx.put_credential(name, row).await?;
        return Ok(Some(Second::Code));
    }
    let hash = secret::short_hash(code);
    let used = tx.use_recovery_code(name, &hash, now_ms).await?;
    Ok(used.then_some(Second::Recovery))
}

impl Desk<'_> {
    /// Offers this person a second factor.
    ///
    /// # Errors
    /// They have no password, it is wrong, or the store fails.
    pub async fn offer_second_factor(
        &self,
        password: Option<&SecretString>,
    ) -> Result<Offer, WorkflowError> {
        self.may(Act::OwnAccess)?;
        if self.prove_password(password).await?.is_none() {
            return refused(
                "a second factor comes on top of a password; choose one first: cleanbill user password",
            );
        }
        let name = &self.person.name;
        let bytes = secret::random::<20>()?;
        let totp = totp(name, &bytes)?;
        let uri = match totp.to_url() {
            Ok(uri) => uri,
            Err(e) => return refused(format!("the second factor cannot be shown: {e}")),
        };
        let sealed = self.store.seal(&bytes)?;
        again!(async {
            let mut tx = self.store.db.write().await?;
            let mut row = tx.credential(name).await?;
            row.totp_offered = Some(sealed.clone());
            tx.put_credential(name, &row).await?;
            Ok(tx.commit().await?)
        })?;
        Ok(Offer {
            uri: uri.into(),
            secret: Secret::from(bytes).to_base32().into(),
        })
    }

    /// Takes the offered second factor into use, and returns its recovery codes, which are shown once.
    ///
    /// # Errors
    /// None was offered, or the code is not of it.
    pub async fn prove_second_factor(
        &self,
        code: &str,
    ) -> Result<Vec<SecretString>, WorkflowError> {
        self.may(Act::OwnAccess)?;
        let name = &self.person.name;
        let codes: Vec<SecretString> = (0..RECOVERY_CODES)
            .map(|_| secret::short())
            .collect::<Result<_, _>>()?;
        let hashes: Vec<String> = codes
            .iter()
            .map(|c| secret::short_hash(c.expose_secret()))
            .collect();
        again!(async {
            let mut tx = self.store.db.write().await?;
            let mut row = tx.credential(name).await?;
            let Some(offered) = row.totp_offered.take() else {
                return refused("no second factor was offered; begin with: cleanbill user totp");
            };
            let totp = totp(name, &self.store.unseal(&offered)?)?;
            let Some(step) = step_of(&totp, code, None, (self.clock)()) else {
                return refused(
                    "the code is not of this second factor; see that the clocks of this machine and of the telephone \
                     are right, and give the next code",
                );
            };
            row.totp = Some(offered);
            row.totp_step = Some(step);
            tx.put_credential(name, &row).await?;
            tx.replace_recovery_codes(name, &hashes).await?;
            record::change(&mut tx, name, "second factor", name, self.clock).await?;
            Ok(tx.commit().await?)
        })?;
        Ok(codes)
    }

    /// Takes a person's second factor away, so that they can begin anew; their sessions end. One's own needs a code.
    ///
    /// # Errors
    /// Not allowed, no second factor, or the code is wrong.
    pub async fn remove_second_factor(
        &self,
        name: &str,
        code: Option<&str>,
    ) -> Result<(), WorkflowError> {
        let own = name == self.person.name;
        self.may(if own { Act::OwnAccess } else { Act::People })?;
        let counted = match code.filter(|_| own) {
            Some(_) => Some(super::attempts::count(self.store, name, self.clock).await?),
            None if own => {
                return refused(
                    "give a code of the second factor, or a recovery code: --code CODE",
                );
            }
            None => None,
        };
        again!(async {
            let mut tx = self.store.db.write().await?;
            active(&mut tx, name).await?;
            let mut row = tx.credential(name).await?;
            if row.totp.is_none() {
                return refused(format!("{name} has no second factor"));
            }
            if let Some(code) = code.filter(|_| own) {
                let now = (self.clock)();
                let used = use_code(self.store, &mut tx, name, &mut row, code, now).await?;
                if used.is_none() {
                    return refused("the code is not right, or was used");
                }
            }
            row.totp = None;
            row.totp_offered = None;
            row.totp_step = None;
            tx.put_credential(name, &row).await?;
            tx.replace_recovery_codes(name, &[]).await?;
            tx.end_access(name).await?;
            let by = &self.person.name;
            record::change(&mut tx, by, "no second factor", name, self.clock).await?;
            Ok(tx.commit().await?)
        })?;
        if let Some(counted) = counted {
            super::attempts::uncount(self.store, &counted).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of the eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp("ann", b"12345678901234567890").expect("built");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(totp.generate(seconds).to_string(), code);
            let ms = i64::try_from(seconds).expect("small") * 1000;
            let step = Some(ms / 30_000);
            assert_eq!(step_of(&totp, code, None, ms), step);
            assert_eq!(
                step_of(&totp, code, None, ms + 30_000),
                step,
                "one step late"
            );
            assert_eq!(
                step_of(&totp, code, None, ms + 60_000),
                None,
                "two steps late"
            );
            assert_eq!(step_of(&totp, code, step, ms), None, "used");
        }
        assert_eq!(step_of(&totp, "28 70 82", None, 59_000), Some(1));
        for wrong in ["", "2870821", "ABCDEF", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(&totp, wrong, None, 59_000), None);
        }
    }

    #[test]
    fn names_with_colons_are_no_obstacle() {
        let uri = totp("a:b & c", &[7; 20]).expect("built").to_url();
        let uri = uri.expect("a URI");
        assert!(
            uri.starts_with("otpauth://totp/cleanbill:a%20b%20%26%20c?"),
            "{uri}"
        );
    }
}
