//! `cleanbill answers fetch`: result mails out of the firm's mailbox.

use super::Ears;
use crate::workflow::Desk;
use crate::workflow::answers::Brought;

/// What came of looking into the mailbox.
#[derive(Default)]
pub struct Fetched {
    /// What was heard.
    pub brought: Vec<Brought>,
    /// What could not be read.
    pub unread: Vec<String>,
    /// Mails that were fetched.
    pub mails: usize,
}

/// Fetches mails of portals that were not fetched before, and brings in what they say. Without a mailbox nothing is done.
///
/// # Errors
/// The mailbox cannot be read, or the store fails. What was brought in until then stays.
#[cfg(feature = "imap")]
pub async fn fetch(desk: &Desk<'_>, ears: &Ears) -> anyhow::Result<Fetched> {
    use crate::portals::answers::{MOST_BYTES, Mailbox};
    use crate::workflow::answers::MailMark;
    use mail_parser::MessageParser;

    let Some(settings) = ears.mailbox() else {
        return Ok(Fetched::default());
    };
    let (listener, ways) = (ears.listener(None, None), ears.ways());
    let today = chrono::Local::now().date_naive();
    let mut fetched = Fetched::default();
    let mut mailbox = Mailbox::open(settings).await?;
    let letters = mailbox.letters(today, settings.days).await?;
    for letter in letters.iter().filter(|l| listener.listens_to(&l.from)) {
        let place = MailMark::of_place(&settings.url, &letter.place);
        if desk.knows_mail(&place).await? {
            continue;
        }
        let name = format!("mail {}", letter.place);
        if letter.bytes > MOST_BYTES {
            fetched.unread.push(format!(
                "{name} of {}: {} MB; at most {} MB are read; save its tables from the mail program, and import them",
                letter.from,
                letter.bytes >> 20,
                MOST_BYTES >> 20
            ));
            desk.remember_mails(&[place]).await?;
            continue;
        }
        let Some(bytes) = mailbox.read(letter).await? else {
            continue;
        };
        let id = MessageParser::new().parse(&bytes);
        let id = id.as_ref().and_then(|m| m.message_id()).unwrap_or("");
        let own = MailMark::of_mail(id, &bytes);
        if !desk.knows_mail(&own).await? {
            let heard = listener.read(&format!("{name}.eml"), &bytes);
            let unread = heard.mistakes.iter().map(ToString::to_string);
            fetched.unread.extend(unread);
            fetched.brought.extend(desk.hear(&heard.told, &ways).await?);
            fetched.mails += 1;
        }
        // Afterwards: what was cut off in between is fetched once more, and is one answer all the same.
        desk.remember_mails(&[place, own]).await?;
    }
    mailbox.close().await;
    Ok(fetched)
}

/// As a program without IMAP does it.
///
/// # Errors
/// There is a mailbox.
#[cfg(not(feature = "imap"))]
pub async fn fetch(_: &Desk<'_>, ears: &Ears) -> anyhow::Result<Fetched> {
    anyhow::ensure!(
        ears.mailbox().is_none(),
        "the accounts name a mailbox (mail.imap), and this cleanbill was built without; build it with: cargo install \
         cleanbill --features imap"
    );
    Ok(Fetched::default())
}
