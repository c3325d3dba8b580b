//! Secrets that the program makes.

use crate::store::sha256;
use crate::workflow::refusal::{WorkflowError, refused};
use secrecy::{ExposeSecret, SecretString};

/// Letters and digits that are not taken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Random bytes of the operating system.
pub(super) fn random<const N: usize>() -> Result<[u8; N], WorkflowError> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(e) => refused(format!("the operating system gives no random numbers: {e}")),
    }
}

/// A secret of 256 random bits, in hexadecimal after what it is.
pub(super) fn long(kind: &str) -> Result<SecretString, WorkflowError> {
    Ok(format!("{kind}{}", hex::encode(random::<32>()?)).into())
}

/// A secret of 80 random bits that a person can type: four groups of four.
pub(super) fn short() -> Result<SecretString, WorkflowError> {
    let mut text = String::new();
    for (index, byte) in random::<16>()?.into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32, so no letter is likelier than another.
        text.push(char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    }
    Ok(text.into())
}

/// What is kept of a secret with so many random bits that nobody can guess it.
pub(super) fn hash(secret: &SecretString) -> String {
    sha256(secret.expose_secret().as_bytes())
}

/// What is kept of a short secret, however it was typed.
pub(super) fn short_hash(typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            plain => plain,
        })
        .collect();
    sha256(plain.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_secrets_are_known_however_they_are_typed() {
        let secret = short().expect("random numbers");
        let text = secret.expose_secret();
        assert_eq!(text.len(), 19);
        let sloppy = text.to_uppercase().replace('-', " ").replace('0', "O");
        assert_eq!(short_hash(&sloppy), short_hash(text));
        assert_ne!(
            short_hash(text),
            short_hash(short().expect("x").expose_secret())
        );
    }

    #[test]
    fn secrets_are_not_printed_for_debugging() {
        let secret = long("cb-").expect("random numbers");
        let shown = format!("{secret:?}");
        assert!(!shown.contains(&secret.expose_secret()[3..]), "{shown}");
    }
}
