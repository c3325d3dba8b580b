//! SFTP to one server: pinned host key, sign-in, and a session that is kept until it breaks.

use crate::portals::account::{Account, SignIn};
use crate::portals::{PortalError, Secret};
use russh::client::{self, AuthResult, Handle};
use russh::keys::{HashAlg, PrivateKeyWithHashAlg, PublicKeyOrCertificate, load_secret_key};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error as SftpError;
use secrecy::ExposeSecret;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// Until the connection stands and the server knows us.
const CONNECT: Duration = Duration::from_secs(30);
/// Until the server has answered one request, in seconds.
const ANSWER: u64 = 60;

/// A server, through one account.
pub struct Ssh {
    host: String,
    port: u16,
    /// The folder of the url; paths of the account are below it.
    folder: String,
    host_key: String,
    sign_in: SignIn,
}

/// A session. It ends with this.
pub struct Session {
    pub sftp: SftpSession,
    _connection: Handle<Pinned>,
}

/// Trusts one key.
pub struct Pinned {
    wanted: String,
    shown: Arc<Mutex<String>>,
}

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let shown = match key {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.fingerprint(HashAlg::Sha256),
            PublicKeyOrCertificate::Certificate(c) => c.public_key().fingerprint(HashAlg::Sha256),
        };
        let shown = shown.to_string();
        let known = shown == self.wanted;
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(known)
    }
}

fn setup(why: impl std::fmt::Display) -> PortalError {
    PortalError::Setup(why.to_string())
}

fn unreachable(because: impl std::fmt::Display) -> PortalError {
    PortalError::Unreachable {
        outcome_unknown: false,
        because: because.to_string(),
    }
}

fn secret(secret: &Secret) -> Result<secrecy::SecretString, PortalError> {
    secret.read().map_err(PortalError::Credentials)
}

impl Ssh {
    /// # Errors
    /// The url is none of SFTP, or the sign-in is none of SSH.
    pub fn new(account: &Account, host_key: &str) -> Result<Self, PortalError> {
        let remedy = "write it as sftp://HOST/FOLDER";
        let url = account.url.as_deref();
        let url = url.ok_or_else(|| setup(format!("the account has no url; {remedy}")))?;
        let read = Url::parse(url).map_err(|e| setup(format!("url: {url}: {e}; {remedy}")))?;
        let host = read.host_str().filter(|_| read.scheme() == "sftp");
        let host = host.ok_or_else(|| setup(format!("url: {url}; {remedy}")))?;
        if !read.username().is_empty() || read.password().is_some() {
            return Err(setup("url: user and password belong under sign_in"));
        }
        if !matches!(
            account.sign_in,
            SignIn::Basic { .. } | SignIn::SshKey { .. }
        ) {
            return Err(setup("sign_in: SFTP takes basic or ssh-key as kind"));
        }
        Ok(Self {
            host: host.to_owned(),
            port: read.port().unwrap_or(22),
            // Of the account's home; a second slash means the server's root.
            folder: read
                .path()
                .trim_start_matches('/')
                .trim_end_matches('/')
                .to_owned(),
            host_key: host_key.to_owned(),
            sign_in: account.sign_in.clone(),
        })
    }

    /// A path below the account's folder.
    pub fn path(&self, folder: &str, name: &str) -> String {
        let parts = [self.folder.as_str(), folder.trim_matches('/'), name];
        let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        if parts.is_empty() {
            return ".".to_owned();
        }
        parts.join("/")
    }

    /// Connects, holds the host's key against the pinned one, signs in and opens a session.
    ///
    /// # Errors
    /// The server is not reached, shows another key, or does not accept the credentials.
    pub async fn session(&self) -> Result<Session, PortalError> {
        match timeout(CONNECT, self.connect()).await {
            Ok(session) => session,
            Err(_) => Err(unreachable("no answer in time")),
        }
    }

    async fn connect(&self) -> Result<Session, PortalError> {
        let shown = Arc::new(Mutex::new(String::new()));
        let pinned = Pinned {
            wanted: self.host_key.clone(),
            shown: Arc::clone(&shown),
        };
        let config = client::Config {
            inactivity_timeout: Some(Duration::from_secs(300)),
            ..client::Config::default()
        };
        let place = (self.host.as_str(), self.port);
        let connected = client::connect(Arc::new(config), place, pinned).await;
        let shown = shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut connection = match connected {
            Ok(connection) => connection,
            Err(_) if !shown.is_empty() && shown != self.host_key => {
                return Err(self.another_key(&shown));
            }
            Err(error) => return Err(unreachable(error)),
        };
        let known = match &self.sign_in {
            SignIn::Basic { user, password } => {
                let password = secret(password)?;
                let password = password.expose_secret().to_owned();
                connection.authenticate_password(user, password).await
            }
            SignIn::SshKey {
                user,
                key,
                passphrase,
            } => {
                let words = passphrase.as_ref().map(secret).transpose()?;
                let words = words.as_ref().map(ExposeSecret::expose_secret);
                let read = load_secret_key(key, words).map_err(|e| {
                    PortalError::Credentials(format!(
                        "{}: no key that can be read: {e}",
                        key.display()
                    ))
                })?;
                let hash = connection
                    .best_supported_rsa_hash()
                    .await
                    .map_err(unreachable)?;
                let key = PrivateKeyWithHashAlg::new(Arc::new(read), hash.flatten());
                connection.authenticate_publickey(user, key).await
            }
            _ => return Err(setup("sign_in: SFTP takes basic or ssh-key as kind")),
        };
        if !known
            .map_err(unreachable)
            .map(|k| matches!(k, AuthResult::Success))?
        {
            return Err(PortalError::Credentials(
                "the server does not accept them".to_owned(),
            ));
        }
        let channel = connection
            .channel_open_session()
            .await
            .map_err(unreachable)?;
        let asked = channel.request_subsystem(true, "sftp").await;
        asked.map_err(unreachable)?;
        let sftp = SftpSession::new(channel.into_stream()).await;
        let sftp = sftp.map_err(|e| unreachable(format!("no SFTP: {e}")))?;
        sftp.set_timeout(ANSWER);
        Ok(Session {
            sftp,
            _connection: connection,
        })
    }

    fn another_key(&self, shown: &str) -> PortalError {
        let host = &self.host;
        if self.host_key.is_empty() {
            return setup(format!(
                "settings.host_key: the key of {host} is not pinned; it shows {shown}. Compare it with what the portal's people tell you, and write host_key = \"{shown}\""
            ));
        }
        setup(format!(
            "{host} shows the key {shown}, pinned is {}; nothing was sent. Ask the portal's people whether their key changed, and pin the new one only then",
            self.host_key
        ))
    }
}

/// What went wrong at the server, without a word of ours.
pub fn reason(error: &SftpError) -> String {
    match error {
        SftpError::Status(status) => format!("{:?}: {}", status.status_code, status.error_message),
        other => other.to_string(),
    }
}
