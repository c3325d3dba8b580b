//! What a portal sends of its own accord: mails, acknowledgements, lists. Told when it becomes due, once.

use super::book::Held;
use super::portal::{Portal, lock};
use super::{details, drop, mails};
use std::path::Path;
use std::sync::Mutex;

/// How far the telling has come.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    /// Invoices that were looked at.
    seen: usize,
    /// Ids of which more is to be told, and whether the receipt was.
    pending: Vec<(String, bool)>,
    /// Files written.
    pub(super) written: u64,
    /// Payments in the last remittance.
    remitted: usize,
}

/// A moment that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The portal's first look: tests passed or failed.
    Tested,
    /// The client decided, or asks.
    Decided,
}

impl Portal {
    /// Whether anything is to be sent at all.
    pub(super) fn sends_out(&self) -> bool {
        let settings = &self.settings;
        settings.drop.is_some()
            || settings.mail.is_some()
            || settings.details_csv.is_some()
            || settings.remittance_csv.is_some()
    }

    /// Takes what lies in the folder, and tells what has become due. A folder that cannot be written is reported in
    /// the log, and tried again the next time.
    pub(super) fn tell(&self) {
        if !self.sends_out() {
            return;
        }
        let mut outgoing = lock(&self.outgoing);
        if let Some(folders) = &self.settings.drop
            && let Err(error) = drop::take_all(self, folders, &mut outgoing)
        {
            tracing::warn!(portal = self.settings.name, %error, "the file drop failed");
        }
        if let Err(error) = self.remit(&mut outgoing) {
            tracing::warn!(portal = self.settings.name, %error, "the remittance could not be written");
        }
        if let Err(error) = self.tell_due(&mut outgoing) {
            tracing::warn!(portal = self.settings.name, %error, "a message could not be written");
        }
    }

    /// What an earlier run of the sandbox took was told by it, as far as it was due.
    pub(super) fn told_already(&self) {
        let mut outgoing = lock(&self.outgoing);
        let all = self.from(0);
        outgoing.seen = all.len();
        let now = self.now();
        outgoing.pending = all
            .iter()
            .filter(|held| !ends(held, now))
            .map(|held| (held.id.clone(), held.story.at(now) != first(held)))
            .collect();
        // Names of files go on where the earlier run may have stopped.
        outgoing.written = u64::try_from(now.timestamp()).unwrap_or(0) * u64::from(!all.is_empty());
    }

    fn remit(&self, outgoing: &mut Outgoing) -> std::io::Result<()> {
        let Some(path) = &self.settings.remittance_csv else {
            return Ok(());
        };
        let made = self.payments_made();
        if made != outgoing.remitted || !path.exists() {
            write_whole(path, &super::money::csv(&self.money())?)?;
            outgoing.remitted = made;
        }
        Ok(())
    }

    fn tell_due(&self, outgoing: &mut Outgoing) -> std::io::Result<()> {
        let new = self.from(outgoing.seen);
        let mut changed = !new.is_empty();
        outgoing.seen += new.len();
        let ids = new.into_iter().map(|held| (held.id, false));
        outgoing.pending.extend(ids);
        let now = self.now();
        let pending = std::mem::take(&mut outgoing.pending);
        for (id, mut tested) in pending {
            let Some(held) = self.invoice(&id) else {
                continue;
            };
            if !tested && held.story.at(now) != first(&held) {
                self.tell_one(&held, Moment::Tested, outgoing)?;
                tested = true;
                changed = true;
            }
            if ends(&held, now) {
                self.tell_one(&held, Moment::Decided, outgoing)?;
                changed = true;
            } else {
                outgoing.pending.push((id, tested));
            }
        }
        if let (true, Some(path)) = (changed, &self.settings.details_csv) {
            write_whole(path, &details::csv(self)?)?;
        }
        Ok(())
    }

    fn tell_one(
        &self,
        held: &Held,
        moment: Moment,
        outgoing: &mut Outgoing,
    ) -> std::io::Result<()> {
        if let Some(mail) = &self.settings.mail
            && let Some(text) = mails::mail(self, mail, held, moment)
        {
            outgoing.written += 1;
            let name = format!("{:06}.eml", outgoing.written);
            write_whole(&mail.folder.join(name), text.as_bytes())?;
        }
        if let (Some(folders), Moment::Decided) = (&self.settings.drop, moment) {
            drop::adjustments(self, folders, held, outgoing)?;
        }
        Ok(())
    }
}

fn first(held: &Held) -> super::review::Stage {
    held.story.at(held.at)
}

/// Whether there is nothing more to tell: decided, or a question that waits for the firm.
fn ends(held: &Held, now: chrono::DateTime<chrono::Utc>) -> bool {
    let asks = held.story.at(now).state == super::review::State::Question;
    held.story.decided(now) || asks
}

/// Writes under a temporary name and renames, so that nobody reads half a file.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut aside = path.as_os_str().to_owned();
    aside.push(".part");
    std::fs::write(&aside, bytes)?;
    std::fs::rename(&aside, path)
}

/// Pending state of a portal that sends.
pub(super) type Shared = Mutex<Outgoing>;
