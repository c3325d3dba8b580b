//! Invoices by mail, where a portal or a client takes them so: one mail, the invoice its only attachment.
//! The mail server's word is no word of the portal: a person confirms that the invoice arrived.

use super::account::Account;
use super::agreed::{filled, of_submission};
use super::portal::{Abilities, Asked, Handle, Portal};
use super::transport::smtp::{failed, server};
use super::{PortalError, settings_of};
use crate::model::{Evidence, Receipt, Submission};
use crate::rules::pack::{MailTerms, Terms};
use async_trait::async_trait;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::response::Response;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::Deserialize;

/// What only these accounts have under `settings`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The firm's address, which answers go to.
    from: String,
    /// The portal's address, where its terms name none or the firm has one of its own.
    #[serde(default)]
    to: Option<String>,
    /// May name what the templates of an agreed upload may.
    #[serde(default = "subject")]
    subject: String,
    /// Likewise.
    #[serde(default = "text")]
    text: String,
}

fn subject() -> String {
    "Invoice {invoice_number}".to_owned()
}

fn text() -> String {
    "Invoice {invoice_number} of {invoice_date}, matter {client_matter_id}, {total} {currency}."
        .to_owned()
}

/// An account whose invoices go by mail.
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Mailbox,
    settings: Settings,
    terms: MailTerms,
}

fn setup(why: impl std::fmt::Display) -> PortalError {
    PortalError::Setup(why.to_string())
}

impl Mail {
    /// # Errors
    /// No mail server, no address, or credentials that cannot be read.
    pub fn new(account: &Account, terms: Option<&Terms>) -> Result<Self, PortalError> {
        let settings: Settings = settings_of(account)?;
        let terms = terms.and_then(|t| t.mail.clone()).unwrap_or_default();
        let to = settings.to.as_ref().or(terms.to.as_ref()).ok_or_else(|| {
            setup("settings.to: the portal's address is not public; write the one the client gave you")
        })?;
        let mailbox = |name: &str, address: &str| {
            let read = address.parse::<Mailbox>();
            read.map_err(|e| setup(format!("settings.{name}: {address} is no address: {e}")))
        };
        Ok(Self {
            server: server(
                account.url.as_deref(),
                account.authority.as_deref(),
                &account.sign_in,
            )?,
            from: mailbox("from", &settings.from)?,
            to: mailbox("to", to)?,
            settings,
            terms,
        })
    }

    fn fits(&self, submission: &Submission) -> Result<(), PortalError> {
        let name = &submission.file_name;
        if !submission.attachments.is_empty() {
            return Err(setup(
                "by mail each attachment is taken for an invoice; send these attachments as the client says, and take them off the package",
            ));
        }
        let bytes = submission.bytes.len() as u64;
        if let Some(most) = self.terms.most_bytes.filter(|most| bytes > *most) {
            return Err(setup(format!(
                "{name} has {bytes} bytes, by mail {most} are taken; upload it"
            )));
        }
        let extension = name.rsplit_once('.').map_or("", |(_, end)| end);
        let known = &self.terms.extensions;
        if !known.is_empty() && !known.iter().any(|k| k.eq_ignore_ascii_case(extension)) {
            return Err(setup(format!(
                "{name}: by mail only {} are taken; upload it",
                known.join(", ")
            )));
        }
        Ok(())
    }

    fn message(&self, submission: &Submission) -> Result<Message, PortalError> {
        let fill = |text: &str| filled(text, |name| of_submission(submission, name)).map_err(setup);
        let kind = ContentType::parse(submission.media_type()).map_err(setup)?;
        // Base64, so that no mail server touches a line end.
        let base64 = ContentTransferEncoding::Base64;
        let file = Body::new_with_encoding(submission.bytes.clone(), base64)
            .map_err(|_| setup("the file cannot be put into a mail"))?;
        let file = Attachment::new(submission.file_name.clone()).body(file, kind);
        let parts = MultiPart::mixed()
            .singlepart(SinglePart::plain(fill(&self.settings.text)?))
            .singlepart(file);
        Message::builder()
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(fill(&self.settings.subject)?)
            .message_id(Some(format!(
                "<{}@{}>",
                submission.attempt,
                self.from.email.domain()
            )))
            .multipart(parts)
            .map_err(setup)
    }
}

fn evidence(to: &Mailbox, answer: &Response) -> Evidence {
    let lines: Vec<&str> = answer.message().collect();
    Evidence {
        asked: format!("mail to {}", to.email),
        status: Some(u16::from(answer.code())),
        body: lines.join("\n").into_bytes(),
    }
}

#[async_trait]
impl Portal for Mail {
    fn abilities(&self) -> Abilities {
        Abilities {
            by_hand: true,
            ..Abilities::default()
        }
    }

    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError> {
        self.fits(submission)?;
        let message = self.message(submission)?;
        // Whatever fails here fails before the mail is on its way.
        let stands = self.server.test_connection().await;
        stands.map_err(|e| failed(&e, false))?;
        let answer = self.server.send(message).await;
        let answer = answer.map_err(|e| failed(&e, true))?;
        let mut remarks = vec![format!(
            "sent to {} by mail as {}; when its confirmation has come, a person confirms it with settle",
            self.to.email, submission.file_name
        )];
        remarks.extend(self.terms.note.clone());
        Ok(Receipt {
            by_hand: true,
            remarks,
            evidence: evidence(&self.to, &answer),
            ..Receipt::default()
        })
    }

    async fn ask(&self, _: &Handle) -> Result<Asked, PortalError> {
        Ok(Asked::CannotSay)
    }

    async fn check(&self) -> Result<Vec<String>, PortalError> {
        let stands = self.server.test_connection().await;
        stands.map_err(|e| failed(&e, false))?;
        Ok(vec![
            "the mail server answers and takes the sign-in; no mail was sent".to_owned(),
            format!("invoices go from {} to {}", self.from.email, self.to.email),
        ])
    }
}
