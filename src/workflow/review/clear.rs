//! The clearance: by a partner who had no hand in the invoice, or who stands in for one; above a limit by two.

use super::super::people::{Person, Role};
use super::authority::{Limit, somebody};
use super::story::Story;
use crate::store::{InvoiceRow, Tx};
use crate::workflow::desk::{Desk, not_from};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};

/// What an approval came to.
pub struct Approved {
    /// As it stands now.
    pub row: InvoiceRow,
    /// The limit it is above, where there is one.
    pub limit: Option<Limit>,
    /// In whose place it was approved.
    pub in_place_of: Option<String>,
}

impl Approved {
    /// It is cleared; else a second partner has to approve.
    pub fn is_cleared(&self) -> bool {
        self.row.state == State::Cleared.name()
    }
}

impl Desk<'_> {
    /// Approves an invoice for sending. `document` is the hash of the file that was looked at, where it is known;
    /// `in_place_of` the partner for whom somebody stands in, where there are several.
    ///
    /// # Errors
    /// Not allowed, prepared or written in by the same person, something is open, or the file is another by now.
    pub async fn clear(
        &self,
        named: &str,
        document: Option<&str>,
        in_place_of: Option<&str>,
    ) -> Result<Approved, WorkflowError> {
        again!(self.try_clear(named, document, in_place_of))
    }

    async fn try_clear(
        &self,
        named: &str,
        document: Option<&str>,
        in_place_of: Option<&str>,
    ) -> Result<Approved, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (desk, partner) = self.standing_in(&mut tx, named, in_place_of).await?;
        desk.may(Act::Step(Step::Clear))?;
        let row = desk.find(&mut tx, named).await?;
        // Before anything that is wrong with the person or the file.
        if next(State::named(&row.state), Step::Clear).is_none() {
            return refused(not_from(Some(&row), Step::Clear));
        }
        if let Some(seen) = document
            && !(seen.len() >= 6 && row.document.starts_with(seen))
        {
            return refused(format!(
                "the file of invoice {} is {} by now (version {}), not {seen}; look at it again",
                row.number, row.document, row.version
            ));
        }
        let story = desk.story_of(&mut tx, row).await?;
        let own = [Some(self.person.name.as_str()), partner.as_deref()];
        for name in own.into_iter().flatten() {
            had_no_hand(&story, name)?;
        }
        nothing_is_open(&story)?;
        let authority = tx.authority().await?;
        let row = &story.row;
        let limit = authority.limit(&row.client, &row.currency, row.total);
        let step = match limit {
            Some(_) => second(&story, &self.person.name, partner.as_deref())?,
            None => Step::Clear,
        };
        let facts = Facts {
            version: Some(row.version),
            document: Some(row.document.clone()),
            report: Some(row.report.clone()),
            in_place_of: partner.clone(),
            ..Facts::default()
        };
        let limit = limit.cloned();
        let id = row.id.clone();
        let row = desk
            .step(&mut tx, Some(story.row), &id, step, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(Approved {
            row,
            limit,
            in_place_of: partner,
        })
    }

    fn acting(&self, person: Person) -> Desk<'_> {
        Desk {
            store: self.store,
            person,
            clock: self.clock,
        }
    }

    /// This person as the partner they stand in for today, if they do; a partner who names nobody acts for themselves.
    async fn standing_in(
        &self,
        tx: &mut Tx,
        named: &str,
        in_place_of: Option<&str>,
    ) -> Result<(Desk<'_>, Option<String>), WorkflowError> {
        let own = self.acting(self.person.clone());
        if in_place_of.is_none() && self.person.role == Role::Partner {
            return Ok((own, None));
        }
        let today = self.today();
        let authority = tx.authority().await?;
        let mut found: Vec<(String, Person)> = Vec::new();
        let mut elsewhere = None;
        for s in authority.substitutes.iter().filter(|s| s.holds(today)) {
            if s.by != self.person.name || in_place_of.is_some_and(|p| p != s.partner) {
                continue;
            }
            // Whoever no longer is a partner has nothing to stand in for.
            let partner = somebody(tx, &s.partner).await.ok();
            let Some(partner) = partner.filter(|p| p.role == Role::Partner) else {
                continue;
            };
            let clients = match (&partner.clients, &s.clients) {
                (all, None) => all.clone(),
                (_, Some(some)) => {
                    Some(some.iter().filter(|c| partner.serves(c)).cloned().collect())
                }
            };
            let person = Person {
                role: Role::Partner,
                clients,
                ..self.person.clone()
            };
            // The invoice's client decides which of several substitutions is meant.
            match self.acting(person.clone()).find(tx, named).await {
                Ok(_) if found.iter().any(|(p, _)| *p == s.partner) => {}
                Ok(_) => found.push((s.partner.clone(), person)),
                Err(refusal) => elsewhere = Some(refusal),
            }
        }
        match (found.len(), in_place_of) {
            (1, _) => {
                let (partner, person) = found.remove(0);
                Ok((self.acting(person), Some(partner)))
            }
            (0, Some(partner)) => match elsewhere {
                Some(refusal) => Err(refusal),
                None => refused(format!(
                    "{} does not stand in for {partner} on {today}; {partner} can say so with: cleanbill substitute add",
                    self.person.name
                )),
            },
            (0, None) => match elsewhere {
                Some(refusal) => Err(refusal),
                None => Ok((own, None)),
            },
            _ => {
                let names: Vec<&str> = found.iter().map(|(p, _)| p.as_str()).collect();
                refused(format!(
                    "{} stands in for several partners; say with --for which: {}",
                    self.person.name,
                    names.join(", ")
                ))
            }
        }
    }
}

/// Who prepares does not approve.
fn had_no_hand(story: &Story, name: &str) -> Result<(), WorkflowError> {
    let row = &story.row;
    let number = &row.number;
    if row.preparer == name {
        return refused(format!(
            "{name} brought in version {} of invoice {number}; another partner has to clear it",
            row.version
        ));
    }
    if let Some(own) = story.overrides.iter().find(|o| o.by == name) {
        return refused(format!(
            "{name} set finding {} of invoice {number} aside; another partner has to clear it",
            own.fingerprint
        ));
    }
    if story.review.writers.iter().any(|w| w == name) {
        return refused(format!(
            "{name} wrote in invoice {number}, or proposed what was written down in it; another partner has to clear it"
        ));
    }
    Ok(())
}

/// Nothing waits for anybody.
fn nothing_is_open(story: &Story) -> Result<(), WorkflowError> {
    let number = &story.row.number;
    let open: Vec<String> = story
        .open()
        .map(|f| format!("\n  {} {}: {}", f.fingerprint, f.rule, f.message))
        .collect();
    if !open.is_empty() {
        return refused(format!(
            "invoice {number} would bounce; correct it, or set these findings aside with cleanbill override:{}",
            open.concat()
        ));
    }
    let requests: Vec<String> = story
        .review
        .open_requests()
        .map(|r| {
            format!(
                "\n  {} line {}, timekeeper {}, returned by {}",
                r.id, r.line_item, r.timekeeper, r.by
            )
        })
        .collect();
    if !requests.is_empty() {
        return refused(format!(
            "invoice {number} has lines that are being rewritten; wait for the answers, or let who returned them recall \
             them (cleanbill return --recall ID):{}",
            requests.concat()
        ));
    }
    let write_downs: Vec<String> = story
        .review
        .open_write_downs()
        .map(|w| {
            let amount = w.amount.unwrap_or_default();
            format!(
                "\n  {} line {}: {amount} ({}), proposed by {}",
                w.id, w.line_item, w.code, w.by
            )
        })
        .collect();
    if !write_downs.is_empty() {
        return refused(format!(
            "write-downs of invoice {number} wait for a decision (cleanbill write-down decide ID accept|refuse):{}",
            write_downs.concat()
        ));
    }
    Ok(())
}

/// Of two approvals, which one this is.
fn second(story: &Story, name: &str, partner: Option<&str>) -> Result<Step, WorkflowError> {
    let Some(first) = story.review.approvals.first() else {
        return Ok(Step::Endorse);
    };
    let authority = first.in_place_of.as_deref().unwrap_or(&first.by);
    if first.by == name || authority == partner.unwrap_or(name) {
        return refused(format!(
            "{} has approved invoice {} already{}; its total is above the limit, so a second partner has to approve it",
            first.by,
            story.row.number,
            first
                .in_place_of
                .as_ref()
                .map_or_else(String::new, |p| format!(" for {p}"))
        ));
    }
    Ok(Step::Clear)
}
