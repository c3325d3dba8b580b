//! The rules for each kind of invoice, and one invoice judged by them.

use super::bill::bill;
use super::gather::{Gathered, gather, hex};
use super::places::Ground;
use super::report::{InvoiceReport, NotChecked, PackUsed, RuleUsed, Verdict, Wants};
use crate::formats::{LineNumbers, Reading};
use crate::model::{History, LedesFormat, Lists};
use crate::rules::predicate::table::Excuse;
use crate::rules::{Judging, PackMistake, RuleSet, Shelf};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What a check needs to know beside the files.
#[derive(Clone)]
pub struct Options {
    /// The day of the check.
    pub today: NaiveDate,
    /// The packs at hand.
    pub shelf: Shelf,
    /// The client whose pack applies, whatever the invoices say.
    pub client: Option<String>,
    /// The firm's lists.
    pub lists: Arc<Lists>,
    /// Earlier invoices.
    pub history: Arc<History>,
}

impl Options {
    /// With these packs alone, on this day.
    pub fn new(today: NaiveDate, shelf: Shelf) -> Self {
        Self {
            today,
            shelf,
            client: None,
            lists: Arc::default(),
            history: Arc::default(),
        }
    }
}

/// Format, client, and between which turns of the packs the invoice's date lies.
type RuleKey = (Option<LedesFormat>, Option<String>, usize);

/// Judges invoices; shared by all threads.
pub struct Bench {
    options: Options,
    wants: Wants,
    governed: HashSet<String>,
    turns: Vec<NaiveDate>,
    rule_sets: Mutex<BTreeMap<RuleKey, Arc<RuleSet>>>,
}

impl Bench {
    pub fn new(options: Options, wants: Wants) -> Self {
        let governed = options
            .shelf
            .packs()
            .iter()
            .filter_map(|p| p.governs.get("client_id"))
            .flatten()
            .cloned()
            .collect();
        Self {
            turns: options.shelf.turns(),
            options,
            wants,
            governed,
            rule_sets: Mutex::default(),
        }
    }

    pub fn wants(&self) -> Wants {
        self.wants
    }

    pub fn today(&self) -> NaiveDate {
        self.options.today
    }

    /// The rules for invoices of a format and a client; put together once.
    pub fn rules(
        &self,
        format: Option<LedesFormat>,
        client: Option<&str>,
        date: Option<NaiveDate>,
    ) -> Result<Arc<RuleSet>, PackMistake> {
        let date = date.unwrap_or(self.options.today);
        let turn = self.turns.partition_point(|turn| *turn <= date);
        let client = self
            .options
            .client
            .as_deref()
            .or(client)
            .filter(|c| self.governed.contains(*c));
        let key = (format, client.map(str::to_owned), turn);
        let mut sets = self
            .rule_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.options.shelf.rules_on(format, client, Some(date))?);
        tracing::debug!(
            ?format,
            client,
            rules = made.rules().len(),
            "rules in force"
        );
        sets.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// One invoice, judged.
    pub fn judge(
        &self,
        reading: Reading,
        numbers: &LineNumbers,
    ) -> Result<(InvoiceReport, Vec<NotChecked>), PackMistake> {
        let Reading { invoice, mut hits } = reading;
        let client = invoice.get(invoice.client.client_id).into_owned();
        let rules = self.rules(Some(invoice.format), Some(&client), invoice.date.get())?;
        let judging = Judging::with(
            self.options.today,
            Arc::clone(&self.options.lists),
            Arc::clone(&self.options.history),
        )
        .with_client_pack(self.client_pack(&rules, &client));
        rules.judge(&invoice, &judging, &mut hits);
        let number = invoice.get(invoice.number).into_owned();
        let ground = Ground {
            text: &invoice.text,
            invoice: Some(&invoice),
            numbers,
            excerpts: self.wants.excerpts,
        };
        let Gathered {
            findings,
            not_checked,
            at_risk,
        } = gather(&rules, ground, &number, hits);
        let matter = invoice.matters.first().map(|m| {
            let own = invoice.get(m.law_firm_matter_id);
            own.trim().to_owned()
        });
        let currency = invoice.get(invoice.currency);
        let report = InvoiceReport {
            number,
            client: Some(client).filter(|c| !c.is_empty()),
            matter: matter.filter(|m| !m.is_empty()),
            date: invoice.date.get(),
            currency: if currency.trim().is_empty() {
                "?".to_owned()
            } else {
                currency.trim().to_owned()
            },
            total: invoice.total.get().map(money),
            lines: invoice.lines.len() + invoice.unread.len(),
            verdict: Verdict::of(&findings),
            at_risk: money(at_risk),
            findings,
            bill: self.wants.bill.then(|| Box::new(bill(&invoice, numbers))),
        };
        Ok((report, not_checked))
    }

    /// Whether a pack governs this client. A firm that keeps no packs and no list of clients misses none.
    fn client_pack(&self, rules: &RuleSet, client: &str) -> Option<bool> {
        let clients = &self.options.lists.clients;
        if self.governed.is_empty() && !clients.is_loaded() {
            return None;
        }
        let listed = || clients.of(client.trim()).any(|row| !row.packs.is_empty());
        Some(rules.has_client_pack() || listed())
    }

    /// Exceptions that are over, or that nothing asked for.
    pub fn idle_excuses(&self) -> Vec<NotChecked> {
        let sets = self
            .rule_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let excuses: Vec<_> = sets.values().flat_map(|set| set.excuses()).collect();
        let mut idle = Vec::new();
        for excuse in &excuses {
            let same =
                |other: &&&Excuse| (&other.pack, other.index) == (&excuse.pack, excuse.index);
            let used = excuses.iter().filter(same).any(|e| e.was_used());
            let because = if excuse.until < self.options.today {
                format!(
                    "its exception in pack \"{}\" (by {}) ended on {}: take it out of the pack or agree on a new end",
                    excuse.pack, excuse.by, excuse.until
                )
            } else if !used {
                format!(
                    "its exception in pack \"{}\" (by {}, until {}) was not needed in this run",
                    excuse.pack, excuse.by, excuse.until
                )
            } else {
                continue;
            };
            idle.push(NotChecked {
                rule: excuse.rule.as_str().to_owned(),
                because,
            });
        }
        idle
    }

    /// The packs and rules that were in force in this run.
    pub fn used(&self) -> (Vec<PackUsed>, Vec<RuleUsed>) {
        let sets = self
            .rule_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut packs: Vec<PackUsed> = Vec::new();
        let mut rules: BTreeMap<String, RuleUsed> = BTreeMap::new();
        for set in sets.values() {
            for pack in set.packs() {
                if packs.iter().any(|p| p.pack == pack.pack) {
                    continue;
                }
                let said = serde_json::to_vec(pack.as_ref()).unwrap_or_default();
                packs.push(PackUsed {
                    pack: pack.pack.clone(),
                    version: pack.version.clone(),
                    sha256: hex(&Sha256::digest(&said), 64),
                });
            }
            for rule in set.rules().iter().filter(|r| !r.is_off()) {
                let id = rule.id.as_str().to_owned();
                rules.entry(id.clone()).or_insert_with(|| RuleUsed {
                    id,
                    pack: rule.pack.to_string(),
                    title: rule.title.clone(),
                    level: rule.main.level,
                    why: rule.why.clone(),
                    help: rule.main.help.clone(),
                    source: rule.source.clone(),
                });
            }
        }
        (packs, rules.into_values().collect())
    }
}

/// An amount with at least two decimals, as money is written.
fn money(amount: Decimal) -> Decimal {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}
