//! The rules for each kind of invoice, and one invoice judged by them.

use super::bill::bill;
use super::gather::{Gathered, gather};
use super::places::Ground;
use super::report::{InvoiceReport, ListUsed, NotChecked, PackUsed, RuleUsed, Verdict, Wants};
use crate::formats::{LineNumbers, Reading};
use crate::model::{Cell, History, Invoice, LedesFormat, Lists, Matter};
use crate::rules::predicate::table::Excuse;
use crate::rules::{Circumstances, Governed, Judging, Pack, PackMistake, RuleSet, Shelf};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
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
    /// The portal whose pack applies, whatever the firm's lists say.
    pub portal: Option<String>,
    /// Packs that apply to every invoice, by their names.
    pub packs: Vec<String>,
    /// The firm's lists.
    pub lists: Arc<Lists>,
    /// Earlier invoices.
    pub history: Arc<History>,
}

impl Options {
    /// A check on a day with these packs, each invoice by its own client.
    pub fn on(today: NaiveDate, shelf: Shelf) -> Self {
        Self {
            today,
            shelf,
            client: None,
            portal: None,
            packs: Vec::new(),
            lists: Arc::default(),
            history: Arc::default(),
        }
    }
}

/// What decides the packs, and between which turns of them the invoice's date lies.
type RuleKey = (Circumstances, usize);

/// Judges invoices; shared by all threads.
pub struct Bench {
    options: Options,
    wants: Wants,
    governed: Governed,
    turns: Vec<NaiveDate>,
    rule_sets: Mutex<BTreeMap<RuleKey, Arc<RuleSet>>>,
}

impl Bench {
    pub fn new(options: Options, wants: Wants) -> Self {
        Self {
            turns: options.shelf.turns(),
            governed: Governed::by(&options.shelf),
            options,
            wants,
            rule_sets: Mutex::default(),
        }
    }

    pub fn wants(&self) -> Wants {
        self.wants
    }

    pub fn lists(&self) -> &Lists {
        &self.options.lists
    }

    pub fn today(&self) -> NaiveDate {
        self.options.today
    }

    /// Earlier invoices that were given.
    pub fn history(&self) -> &Arc<History> {
        &self.options.history
    }

    /// The partner and the portal of a matter, as the firm's lists say; the portal asked for comes first.
    pub fn placed(&self, client_id: &str, law_firm_matter_id: &str) -> (String, String) {
        let lists = &self.options.lists;
        let matter = lists.matter(client_id, law_firm_matter_id);
        let partner = matter.map_or_else(String::new, |m| m.billing_partner.trim().to_owned());
        let listed = lists.placement(client_id, law_firm_matter_id).portal;
        let portal = self.options.portal.clone().or(listed);
        (partner, portal.unwrap_or_default())
    }

    /// The rules for a file that is no invoice, by the format it claims.
    pub fn rules_of_files(&self, format: Option<LedesFormat>) -> Result<Arc<RuleSet>, PackMistake> {
        let told = Circumstances {
            format,
            portal: self.options.portal.clone(),
            client_id: self.options.client.clone(),
            packs: self.options.packs.clone(),
            ..Circumstances::default()
        };
        self.rules(told, None)
    }

    /// The rules for an invoice.
    fn rules_of(&self, invoice: &Invoice) -> Result<Arc<RuleSet>, PackMistake> {
        let client = match &self.options.client {
            Some(client) => client.clone(),
            None => invoice.get(invoice.client.client_id).into_owned(),
        };
        let matters = |of: fn(&Matter) -> Cell| -> Vec<String> {
            let numbers = invoice.matters.iter().map(|m| invoice.get(of(m)));
            numbers.map(|number| number.trim().to_owned()).collect()
        };
        let own = |m: &Matter| m.law_firm_matter_id;
        let first = invoice.matters.first().map(own);
        let first = first.map(|number| invoice.get(number));
        let first = first.as_deref().unwrap_or("").trim();
        let placed = self.options.lists.placement(client.trim(), first);
        let mut packs = placed.packs;
        packs.extend(self.options.packs.iter().cloned());
        let by_matter = self.governed.matters();
        let told = Circumstances {
            format: Some(invoice.format),
            portal: self.options.portal.clone().or(placed.portal),
            client_id: Some(client),
            law_firm_matter_id: if by_matter { matters(own) } else { Vec::new() },
            client_matter_id: if by_matter {
                matters(|m| m.client_matter_id)
            } else {
                Vec::new()
            },
            packs,
        };
        self.rules(told, invoice.date.get())
    }

    /// The rules in force; put together once for all invoices they are the same for.
    fn rules(
        &self,
        told: Circumstances,
        date: Option<NaiveDate>,
    ) -> Result<Arc<RuleSet>, PackMistake> {
        let date = date.unwrap_or(self.options.today);
        let turn = self.turns.partition_point(|turn| *turn <= date);
        let key = (self.governed.only(told), turn);
        let mut sets = self
            .rule_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.options.shelf.rules_on(&key.0, Some(date))?);
        tracing::debug!(told = ?key.0, rules = made.rules().len(), "rules in force");
        sets.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// One invoice, judged, and the rules it was judged by.
    pub fn judge(
        &self,
        reading: Reading,
        numbers: &LineNumbers,
    ) -> Result<(InvoiceReport, Vec<NotChecked>, Arc<RuleSet>), PackMistake> {
        self.judge_after(reading, numbers, &self.options.history)
    }

    /// One invoice, judged after these earlier ones, and the rules it was judged by.
    pub fn judge_after(
        &self,
        reading: Reading,
        numbers: &LineNumbers,
        history: &Arc<History>,
    ) -> Result<(InvoiceReport, Vec<NotChecked>, Arc<RuleSet>), PackMistake> {
        let Reading { invoice, mut hits } = reading;
        let client = invoice.get(invoice.client.client_id).into_owned();
        let rules = self.rules_of(&invoice)?;
        let judging = Judging::with(
            self.options.today,
            Arc::clone(&self.options.lists),
            Arc::clone(history),
        )
        .with_client_pack(self.client_pack(&rules, &client));
        rules.judge(&invoice, &judging, &mut hits);
        let number = invoice.get(invoice.number).into_owned();
        let ground = Ground {
            text: &invoice.text,
            invoice: Some(&invoice),
            numbers,
            excerpts: self.wants.excerpts,
            repairs: self.wants.repairs,
            lists: &self.options.lists,
        };
        let Gathered {
            mut findings,
            not_checked,
            at_risk,
        } = gather(&rules, ground, &number, hits);
        for finding in &mut findings {
            if let Some(wrong) = self.options.lists.wrong.of(&finding.fingerprint).next() {
                finding.message += &format!(
                    " (a false alarm, says {} on {}: {})",
                    wrong.marked_by, wrong.marked_on, wrong.reason
                );
            }
        }
        let matter = invoice.matters.first().map(|m| {
            let own = invoice.get(m.law_firm_matter_id);
            own.trim().to_owned()
        });
        let currency = match invoice.get(invoice.currency).trim() {
            "" => {
                let lists = &self.options.lists;
                let listed = lists.matter(client.trim(), matter.as_deref().unwrap_or(""));
                lists.currency(client.trim(), listed)
            }
            known => Some(known.to_owned()),
        };
        let report = InvoiceReport {
            number,
            client: Some(client).filter(|c| !c.is_empty()),
            matter: matter.filter(|m| !m.is_empty()),
            date: invoice.date.get(),
            currency: currency.unwrap_or_else(|| "?".to_owned()),
            total: invoice.total.get().map(money),
            lines: invoice.lines.len() + invoice.unread.len(),
            verdict: Verdict::of(&findings),
            at_risk: money(at_risk),
            findings,
            bill: self.wants.bill.then(|| Box::new(bill(&invoice, numbers))),
        };
        Ok((report, not_checked, rules))
    }

    /// Whether a pack governs this client. A firm that keeps no packs and no list of clients misses none.
    fn client_pack(&self, rules: &RuleSet, client: &str) -> Option<bool> {
        let clients = &self.options.lists.clients;
        if !self.governed.clients() && !clients.is_loaded() {
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

    /// The firm's lists that were given.
    pub fn lists_used(&self) -> Vec<ListUsed> {
        ListUsed::of(&self.options.lists, self.options.today)
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
                packs.push(pack_used(pack));
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

/// The packs of a rule set.
pub fn packs_of(rules: &RuleSet) -> Vec<PackUsed> {
    rules.packs().iter().map(|pack| pack_used(pack)).collect()
}

fn pack_used(pack: &Pack) -> PackUsed {
    PackUsed {
        pack: pack.pack.clone(),
        version: pack.version.clone(),
        sha256: pack.sha256.to_string(),
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
