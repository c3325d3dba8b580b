//! The firm's own mailbox: mails are read out of it and nothing in it is changed. IMAP (RFC 3501) over TLS from the first byte
//! (RFC 8314), a mailbox that was only examined, and bodies that were only peeked at, so that nobody's mail program shows them
//! as read.

use super::proof::sender;
use crate::portals::account::{Imap, SignIn};
use crate::portals::{PortalError, prepare_tls};
use async_imap::error::Error;
use async_imap::{Client, Session};
use chrono::{Days, NaiveDate};
use futures_util::TryStreamExt;
use mail_parser::MessageParser;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

/// Until the mail server has answered a command.
const ANSWER: Duration = Duration::from_secs(60);
/// Until it has handed a mail over.
const MAIL: Duration = Duration::from_secs(300);
/// Mails whose heads are asked for at a time.
const HEADS: usize = 100;

fn setup(why: impl std::fmt::Display) -> PortalError {
    PortalError::Setup(format!("mail.imap: {why}"))
}

fn unreachable(because: impl std::fmt::Display) -> PortalError {
    PortalError::Unreachable {
        outcome_unknown: false,
        because: format!("the firm's mailbox: {because}"),
    }
}

/// A mail in the mailbox, by its head.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// What no other mail of this mailbox is called, ever (UIDVALIDITY and UID).
    pub place: String,
    /// Whom it says it is from, in small letters; empty where it does not say, or names several.
    pub from: String,
    /// Its length in bytes.
    pub bytes: u64,
    uid: u32,
}

/// A mailbox that is open for reading.
#[derive(Debug)]
pub struct Mailbox {
    session: Session<TlsStream<TcpStream>>,
    name: String,
    validity: u32,
}

/// A command of the mail server, with an end to patience.
async fn patient<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, PortalError> {
    match timeout(patience, work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(Error::No(why) | Error::Bad(why))) => Err(setup(format!("the server says: {why}"))),
        Ok(Err(error)) => Err(unreachable(error)),
        Err(_) => Err(unreachable("the server does not answer")),
    }
}

/// Whose certificates are trusted: the one authority that is named, else those of the web.
fn roots(settings: &Imap) -> Result<RootCertStore, PortalError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = &settings.authority else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let wrong = |why: String| setup(format!("authority {}: {why}", path.display()));
    let read = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| wrong(e.to_string()))?;
    for certificate in read {
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(wrong("there is no certificate in it".to_owned())),
        false => Ok(roots),
    }
}

impl Mailbox {
    /// Signs in and opens the mailbox for reading.
    ///
    /// # Errors
    /// Settings that name no server or user, a certificate nobody trusts, credentials that are not taken, no such mailbox.
    pub async fn open(settings: &Imap) -> Result<Self, PortalError> {
        let remedy = "write the firm's mail server as imaps://HOST";
        let read = Url::parse(&settings.url).map_err(|e| setup(format!("url: {e}; {remedy}")))?;
        let host = read
            .host_str()
            .filter(|_| read.scheme() == "imaps")
            .ok_or_else(|| setup(format!("url: {} is none; {remedy}", settings.url)))?;
        if !read.username().is_empty() || read.password().is_some() {
            return Err(setup("url: user and password belong under sign_in"));
        }
        let SignIn::Basic { user, password } = &settings.sign_in else {
            return Err(setup(
                "sign_in: a mailbox takes basic, with user and password",
            ));
        };
        let password = password.read().map_err(PortalError::Credentials)?;
        prepare_tls();
        let config = ClientConfig::builder()
            .with_root_certificates(roots(settings)?)
            .with_no_client_auth();
        let name = ServerName::try_from(host.to_owned()).map_err(setup)?;
        let address = (host, read.port().unwrap_or(993));
        let stream = timeout(ANSWER, TcpStream::connect(address)).await;
        let stream = stream.map_err(|_| unreachable("the server does not answer"))?;
        let stream = stream.map_err(|e| unreachable(format!("{host}: {e}")))?;
        let encrypted = TlsConnector::from(Arc::new(config)).connect(name, stream);
        let stream = timeout(ANSWER, encrypted).await;
        let stream = stream.map_err(|_| unreachable("the server does not answer"))?;
        let stream = stream.map_err(|e| unreachable(format!("{host}: {e}")))?;
        let mut client = Client::new(stream);
        match timeout(ANSWER, client.read_response()).await {
            Ok(Ok(Some(_))) => {}
            Ok(Err(e)) => return Err(unreachable(e)),
            _ => return Err(unreachable("the server does not greet")),
        }
        let signed = timeout(ANSWER, client.login(user, password.expose_secret())).await;
        let mut session = match signed {
            Ok(Ok(session)) => session,
            Ok(Err((Error::No(_) | Error::Bad(_), _))) => {
                return Err(PortalError::Credentials(format!(
                    "the mail server does not take them for {user}"
                )));
            }
            Ok(Err((error, _))) => return Err(unreachable(error)),
            Err(_) => return Err(unreachable("the server does not answer")),
        };
        let found = patient(ANSWER, session.examine(&settings.mailbox)).await?;
        let validity = found.uid_validity.ok_or_else(|| {
            setup(format!(
                "{}: the server gives its mails no lasting numbers (UIDVALIDITY)",
                settings.mailbox
            ))
        })?;
        Ok(Self {
            session,
            name: settings.mailbox.clone(),
            validity,
        })
    }

    /// Mails of the last days by `today`, the oldest first.
    ///
    /// # Errors
    /// The server fails.
    pub async fn letters(
        &mut self,
        today: NaiveDate,
        days: u32,
    ) -> Result<Vec<Letter>, PortalError> {
        let since = today.checked_sub_days(Days::new(u64::from(days)));
        // RFC 3501: days are English, whatever this machine speaks.
        let since = since.unwrap_or(today).format("%d-%b-%Y");
        let asked = format!("SINCE {since}");
        let found = patient(ANSWER, self.session.uid_search(asked)).await?;
        let mut uids: Vec<u32> = found.into_iter().collect();
        uids.sort_unstable();
        let mut letters = Vec::with_capacity(uids.len());
        for part in uids.chunks(HEADS) {
            let set: Vec<String> = part.iter().map(u32::to_string).collect();
            let heads = async {
                let what = "(UID RFC822.SIZE BODY.PEEK[HEADER])";
                let stream = self.session.uid_fetch(set.join(","), what).await?;
                stream.try_collect::<Vec<_>>().await
            };
            for head in patient(MAIL, heads).await? {
                let Some(uid) = head.uid else { continue };
                let message = head.header().and_then(|h| MessageParser::new().parse(h));
                let from = message.and_then(|m| sender(&m).ok());
                letters.push(Letter {
                    place: format!("{}/{}/{uid}", self.name, self.validity),
                    from: from.unwrap_or_default(),
                    bytes: head.size.map_or(0, u64::from),
                    uid,
                });
            }
        }
        letters.sort_by_key(|l| l.uid);
        Ok(letters)
    }

    /// A mail, as it came; `None` where it is gone by now.
    ///
    /// # Errors
    /// The server fails.
    pub async fn read(&mut self, letter: &Letter) -> Result<Option<Vec<u8>>, PortalError> {
        let whole = async {
            let stream = self
                .session
                .uid_fetch(letter.uid.to_string(), "(UID BODY.PEEK[])")
                .await?;
            stream.try_collect::<Vec<_>>().await
        };
        let found = patient(MAIL, whole).await?;
        let own = found.into_iter().find(|f| f.uid == Some(letter.uid));
        Ok(own.and_then(|f| f.body().map(<[u8]>::to_vec)))
    }

    /// Signs out. That it failed is no loss.
    pub async fn close(mut self) {
        let _ = timeout(ANSWER, self.session.logout()).await;
    }
}
