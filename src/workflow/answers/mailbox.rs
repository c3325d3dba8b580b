//! Which mails of the firm's mailbox were fetched before: by their place in it, and by what they are, wherever they lie.

use crate::store::sha256;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;

/// What a mail is remembered by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct MailMark(String);

impl MailMark {
    /// By its place: the mailbox, and what no other mail of it is ever called.
    pub fn of_place(mailbox: &str, place: &str) -> Self {
        Self(sha256(
            format!("place\u{1f}{mailbox}\u{1f}{place}").as_bytes(),
        ))
    }

    /// By what it is: its Message-ID and its content. The id alone proves nothing, as whoever writes a mail chooses it.
    pub fn of_mail(message_id: &str, bytes: &[u8]) -> Self {
        Self(sha256(
            format!("mail\u{1f}{message_id}\u{1f}{}", sha256(bytes)).as_bytes(),
        ))
    }
}

impl Desk<'_> {
    /// Whether a mail was fetched before.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn knows_mail(&self, mark: &MailMark) -> Result<bool, WorkflowError> {
        self.may(Act::HearAnswers)?;
        Ok(self.store.db.read().await?.heard_mail(&mark.0).await?)
    }

    /// Remembers mails whose answers were brought in.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn remember_mails(&self, marks: &[MailMark]) -> Result<(), WorkflowError> {
        self.may(Act::HearAnswers)?;
        again!(self.try_remember_mails(marks))
    }

    async fn try_remember_mails(&self, marks: &[MailMark]) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        for mark in marks {
            tx.put_heard_mail(&mark.0, (self.clock)()).await?;
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_the_id_of_another_is_another() {
        let one = MailMark::of_mail("<1@x>", b"approved");
        assert_eq!(one, MailMark::of_mail("<1@x>", b"approved"));
        assert_ne!(one, MailMark::of_mail("<1@x>", b"rejected"));
        assert_ne!(
            MailMark::of_place("imaps://a", "INBOX/1/2"),
            MailMark::of_place("imaps://b", "INBOX/1/2")
        );
    }
}
