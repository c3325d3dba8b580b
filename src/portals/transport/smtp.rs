//! A mail server: encrypted from the first byte or by STARTTLS, and mails to people of the firm.

use crate::portals::account::SignIn;
use crate::portals::{PortalError, prepare_tls};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::fs;
use std::path::Path;
use std::time::Duration;
use url::Url;

/// Until the mail server has answered a command.
const ANSWER: Duration = Duration::from_secs(60);

fn setup(why: impl std::fmt::Display) -> PortalError {
    PortalError::Setup(why.to_string())
}

/// `smtps://HOST` speaks TLS from the first byte, `smtp://HOST` has to offer it; only this machine may go without, where
/// no authority is named.
pub fn server(
    url: Option<&str>,
    authority: Option<&Path>,
    sign_in: &SignIn,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, PortalError> {
    let remedy = "write the firm's mail server as smtps://HOST or smtp://HOST:587";
    let url = url.ok_or_else(|| setup(format!("the account has no url; {remedy}")))?;
    let read = Url::parse(url).map_err(|e| setup(format!("url: {url}: {e}; {remedy}")))?;
    let host = read
        .host_str()
        .ok_or_else(|| setup(format!("url: {url} names no server; {remedy}")))?;
    if !read.username().is_empty() || read.password().is_some() {
        return Err(setup("url: user and password belong under sign_in"));
    }
    prepare_tls();
    let local = host == "localhost" || host.starts_with("127.");
    let encrypted = || {
        let mut tls = TlsParameters::builder(host.to_owned());
        if let Some(path) = authority {
            let pem = fs::read(path).map_err(|e| setup(format!("{}: {e}", path.display())))?;
            let authority = Certificate::from_pem(&pem)
                .map_err(|e| setup(format!("authority {}: {}", path.display(), cause(&e))))?;
            tls = tls
                .certificate_store(CertificateStore::None)
                .add_root_certificate(authority);
        }
        tls.build_rustls().map_err(|e| setup(cause(&e)))
    };
    let (tls, port) = match read.scheme() {
        "smtps" => (Tls::Wrapper(encrypted()?), 465),
        "smtp" if local && authority.is_none() => (Tls::None, 25),
        "smtp" => (Tls::Required(encrypted()?), 587),
        other => return Err(setup(format!("url: {other} is no mail; {remedy}"))),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(read.port().unwrap_or(port))
        .tls(tls)
        .timeout(Some(ANSWER));
    match sign_in {
        SignIn::None => {}
        SignIn::Basic { user, password } => {
            let password = password.read().map_err(PortalError::Credentials)?;
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        _ => return Err(setup("sign_in: a mail server takes basic, or none")),
    }
    Ok(builder.build())
}

/// Why it failed, without what stands around it.
fn cause(error: &SmtpError) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(deeper) = deepest.source() {
        deepest = deeper;
    }
    deepest.to_string()
}

/// What an error of the mail server means. `handing_over`: the mail may have been taken all the same.
pub fn failed(error: &SmtpError, handing_over: bool) -> PortalError {
    let code = error.status().map(u16::from);
    let said = cause(error);
    match code {
        // RFC 4954 section 6.
        Some(code @ (530 | 534 | 535 | 538)) => {
            PortalError::Credentials(format!("the mail server does not accept them ({code})"))
        }
        Some(_) if error.is_transient() => PortalError::Busy { retry_after: None },
        Some(code) => setup(format!("the mail server does not take it ({code}): {said}")),
        None => PortalError::Unreachable {
            outcome_unknown: handing_over,
            because: format!("mail server: {said}"),
        },
    }
}

/// The firm's own mail: reports to people.
pub struct Post {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Post {
    /// A mail server, the sender, and who gets the mails.
    ///
    /// # Errors
    /// An address that is none, or credentials that cannot be read.
    pub fn new(
        url: &str,
        authority: Option<&Path>,
        sign_in: &SignIn,
        from: &str,
        to: &[String],
    ) -> Result<Self, PortalError> {
        let mailbox = |address: &str| {
            let read = address.trim().parse::<Mailbox>();
            read.map_err(|e| setup(format!("{address} is no address: {e}")))
        };
        Ok(Self {
            server: server(Some(url), authority, sign_in)?,
            from: mailbox(from)?,
            to: to.iter().map(|to| mailbox(to)).collect::<Result<_, _>>()?,
        })
    }

    /// Sends one mail to all of them, as text and as a page.
    ///
    /// # Errors
    /// The mail server cannot be reached or does not take it.
    pub async fn send(&self, subject: &str, text: String, html: String) -> Result<(), PortalError> {
        let mut message = Message::builder().from(self.from.clone()).subject(subject);
        for to in &self.to {
            message = message.to(to.clone());
        }
        let message = message
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(setup)?;
        let sent = self.server.send(message).await;
        sent.map(drop).map_err(|e| failed(&e, true))
    }
}
