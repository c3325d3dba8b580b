//! What reasons mean: by the table, or by what a person once decided; and whether our own check had said so before.

use crate::model::{Confidence, Finding, Scope, did_you_mean};
use crate::rules::Reasons;
use crate::store::{InvoiceRow, ReasonWordRow, StoreError, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::intake::KeptReport;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::submission::{Given, KeptAnswer};
use crate::workflow::table::Step;
use rust_decimal::Decimal;
use serde::Serialize;

/// A reason with what it means.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Meant {
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// Code and words, as they came.
    pub words: String,
    /// What was cut for it.
    pub cut: Option<Decimal>,
    /// The id under which a person's choice is remembered.
    pub words_id: String,
    /// The reason's name; `None`: nobody knows it yet.
    pub slug: Option<String>,
    /// How sure that is.
    pub confidence: Option<Confidence>,
    /// Who said so, where it was a person.
    pub chosen_by: Option<String>,
    /// `biller`, `timekeeper`, `partner` or `client`.
    pub fixable_by: String,
    /// Whether an appeal is heard.
    pub appealable: bool,
    /// What is mostly done.
    pub typical_fix: String,
    /// Rules that could have said so.
    pub rules: Vec<String>,
    /// Of these, the ones that did, in the check of the version that was sent; `None` where that check is not kept.
    pub foreseen: Option<Vec<String>>,
}

/// Words nobody knew.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UnknownWords {
    /// Their id.
    pub id: String,
    /// The words.
    pub words: String,
    /// When they were first heard, in milliseconds since 1970.
    pub first_ms: i64,
    /// What a person says they mean.
    pub slug: Option<String>,
    /// Who.
    pub decided_by: Option<String>,
    /// Of how many invoices they were said whose documents are kept.
    pub invoices: i64,
}

impl Desk<'_> {
    /// What a reason means. A person's choice counts before the table.
    pub(in crate::workflow) async fn meant(
        &self,
        tx: &mut Tx,
        given: Given,
        report: Option<&KeptReport>,
    ) -> Result<Meant, WorkflowError> {
        let id = given.id();
        let chosen = tx.reason_word(&id).await?;
        let reasons = Reasons::shipped();
        let by_person = chosen.as_ref().and_then(|c| {
            let reason = reasons.named(c.slug.as_deref()?)?;
            let rules = reason.rules.iter().map(String::as_str).collect();
            Some((reason, Confidence::High, rules))
        });
        let by_table = || {
            let known = reasons.of(&given.code, &given.words)?;
            Some((known.reason, known.confidence, known.rules()))
        };
        let known: Option<(_, _, Vec<&str>)> = by_person.or_else(by_table);
        let mut meant = Meant {
            words: given.text(),
            item: given.item,
            cut: given.cut,
            words_id: id,
            slug: None,
            confidence: None,
            chosen_by: None,
            fixable_by: String::new(),
            appealable: false,
            typical_fix: String::new(),
            rules: Vec::new(),
            foreseen: None,
        };
        if let Some((reason, confidence, rules)) = known {
            meant.slug = Some(reason.slug.clone());
            meant.confidence = Some(confidence);
            meant.chosen_by = chosen
                .filter(|c| c.slug.is_some())
                .and_then(|c| c.decided_by);
            meant.fixable_by.clone_from(&reason.fixable_by);
            meant.appealable = reason.appealable;
            meant.typical_fix.clone_from(&reason.typical_fix);
            meant.rules = rules.into_iter().map(str::to_owned).collect();
            meant.foreseen = report.map(|r| foreseen(r, &meant.rules, meant.item.as_deref()));
        }
        Ok(meant)
    }

    /// What the check said of the version of an invoice that was sent last.
    pub(super) async fn sent_report(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<Option<KeptReport>, WorkflowError> {
        let mut checked = None;
        let mut sent = None;
        for event in tx.events(&row.id).await? {
            let facts = Facts::of(&event).map_err(StoreError::Unreadable)?;
            match Step::named(&event.step) {
                Some(Step::Check) => checked = facts.report,
                Some(Step::Send) => sent.clone_from(&checked),
                _ => {}
            }
        }
        let Some(hash) = sent else {
            return Ok(None);
        };
        if !self.store.documents.has(&hash)? {
            return Ok(None);
        }
        Ok(Some(serde_json::from_slice(
            &self.store.documents.get(&hash)?,
        )?))
    }

    /// What was given as reasons against the version of an invoice that was sent last.
    pub(super) async fn reasons_heard(
        &self,
        tx: &mut Tx,
        row: &InvoiceRow,
    ) -> Result<Vec<Meant>, WorkflowError> {
        let sent = self.sent(tx, row).await?;
        let Some(last) = sent.first() else {
            return Ok(Vec::new());
        };
        let mut hashes: Vec<String> = Vec::new();
        for event in tx.events(&row.id).await? {
            let facts = Facts::of(&event).map_err(StoreError::Unreadable)?;
            if facts.version == Some(last.version) {
                hashes.extend(facts.answer);
            }
        }
        hashes.extend(last.answer.clone());
        let mut given: Vec<Given> = Vec::new();
        for hash in hashes {
            if !self.store.documents.has(&hash)? {
                continue;
            }
            let kept: KeptAnswer = serde_json::from_slice(&self.store.documents.get(&hash)?)?;
            for one in kept.given() {
                if !given.contains(&one) {
                    given.push(one);
                }
            }
        }
        let report = self.sent_report(tx, row).await?;
        let mut all = Vec::with_capacity(given.len());
        for one in given {
            all.push(self.meant(tx, one, report.as_ref()).await?);
        }
        Ok(all)
    }

    /// What was given as reasons against an invoice, with what it means.
    ///
    /// # Errors
    /// Not allowed, or no such invoice.
    pub async fn reasons_of(&self, named: &str) -> Result<Vec<Meant>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let row = self.find(&mut tx, named).await?;
        self.reasons_heard(&mut tx, &row).await
    }

    /// Words that no table knows; with `all` also those a person has decided on. They may come from any client.
    ///
    /// # Errors
    /// Not allowed, or for who serves only some clients.
    pub async fn unknown_reasons(&self, all: bool) -> Result<Vec<UnknownWords>, WorkflowError> {
        self.may(Act::Read)?;
        self.serves_all()?;
        let mut tx = self.store.db.read().await?;
        let mut found = Vec::new();
        for row in tx.reason_words().await? {
            if row.slug.is_some() && !all {
                continue;
            }
            let invoices = tx.reason_word_invoices(&row.id).await?;
            found.push(self.words_of(row, invoices)?);
        }
        Ok(found)
    }

    /// Words as a person reads them, with the invoices they were said of.
    fn words_of(&self, row: ReasonWordRow, invoices: i64) -> Result<UnknownWords, WorkflowError> {
        let words = self.store.unseal(&row.words)?;
        Ok(UnknownWords {
            invoices,
            id: row.id,
            words: String::from_utf8_lossy(&words).into_owned(),
            first_ms: row.first_ms,
            slug: row.slug,
            decided_by: row.decided_by,
        })
    }

    fn serves_all(&self) -> Result<(), WorkflowError> {
        match self.person.clients {
            None => Ok(()),
            Some(_) => refused(format!(
                "{} serves only some clients; words nobody knows may come from any",
                self.person.name
            )),
        }
    }

    /// Remembers what words mean.
    ///
    /// # Errors
    /// Not allowed, no such words, or no such reason.
    pub async fn choose_reason(&self, id: &str, slug: &str) -> Result<UnknownWords, WorkflowError> {
        self.may(Act::DecideAnswers)?;
        self.serves_all()?;
        let reasons = Reasons::shipped();
        if reasons.named(slug).is_none() {
            let known = reasons.all().iter().map(|r| r.slug.as_str());
            return refused(format!(
                "\"{slug}\" is no reason; {}",
                did_you_mean(slug, known)
            ));
        }
        again!(self.try_choose_reason(id, slug))
    }

    async fn try_choose_reason(&self, id: &str, slug: &str) -> Result<UnknownWords, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let Some(mut row) = tx.reason_word(id).await? else {
            return refused(format!(
                "no words {id}; cleanbill answers reasons shows those there are"
            ));
        };
        row.slug = Some(slug.to_owned());
        row.decided_by = Some(self.person.name.clone());
        row.decided_ms = Some((self.clock)());
        tx.put_reason_word(&row).await?;
        let invoices = tx.reason_word_invoices(id).await?;
        tx.commit().await?;
        self.words_of(row, invoices)
    }
}

impl Desk<'_> {
    /// Takes words away, with what somebody said they mean. Heard again, they wait for a person again.
    ///
    /// # Errors
    /// Not allowed, or no such words.
    pub async fn forget_reason(&self, id: &str) -> Result<(), WorkflowError> {
        self.may(Act::DecideAnswers)?;
        self.serves_all()?;
        again!(self.try_forget_reason(id))
    }

    async fn try_forget_reason(&self, id: &str) -> Result<(), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        if !tx.forget_reason_word(id).await? {
            return refused(format!(
                "no words {id}; cleanbill answers words list shows those there are"
            ));
        }
        Ok(tx.commit().await?)
    }
}

/// Rules that spoke on that line, or on the invoice as a whole.
fn foreseen(report: &KeptReport, rules: &[String], item: Option<&str>) -> Vec<String> {
    let there = |f: &Finding| {
        let on_line = f.places.iter().any(|p| p.item.as_deref() == item);
        item.is_none() || f.scope == Scope::Invoice || on_line || f.places_total.is_some()
    };
    let spoke = |rule: &&String| {
        report
            .findings()
            .filter(|f| there(f))
            .any(|f| f.rule == **rule || f.consequences.iter().any(|c| c.rule == **rule))
    };
    rules.iter().filter(spoke).cloned().collect()
}
