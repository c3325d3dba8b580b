//! Reads it all, once.

use super::life::Way;
use super::outcomes::nameless;
use super::rows::{
    AppealTold, Chronicle, CutTold, Exception, Life, LineTold, OverrideTold, PaymentTold, Refusal,
};
use crate::revise::line::lines;
use crate::store::{
    AppealFilter, AppealRow, Filter, InvoiceRow, PaymentFilter, PaymentRow, ReductionFilter,
    ReductionRow, StoreError, Tx,
};
use crate::workflow::desk::Desk;
use crate::workflow::intake::KeptReport;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use chrono::{DateTime, Local, NaiveDate};
use rust_decimal::Decimal;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What has to be opened beside the rows: each of these reads documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Depth {
    /// Lines of what was sent.
    pub lines: bool,
    /// Why things were refused and cut, and whether that was foreseen.
    pub outcomes: bool,
    /// What exceptions of packs set aside.
    pub exceptions: bool,
}

impl Depth {
    /// What either of two needs.
    pub fn or(self, other: Self) -> Self {
        Self {
            lines: self.lines || other.lines,
            outcomes: self.outcomes || other.outcomes,
            exceptions: self.exceptions || other.exceptions,
        }
    }
}

/// How it is read.
struct How<'a> {
    money: Money,
    depth: Depth,
    practice: &'a (dyn Fn(&str) -> bool + Sync),
}

/// Rows by the id of their invoice.
struct Money {
    cuts: BTreeMap<String, Vec<ReductionRow>>,
    payments: BTreeMap<String, Vec<PaymentRow>>,
    appeals: BTreeMap<String, Vec<AppealRow>>,
    /// The invoice an appeal is about, by the id of the appeal's own file.
    appeal_of: BTreeMap<String, String>,
}

fn by_invoice<T>(rows: Vec<T>, of: impl Fn(&T) -> &str) -> BTreeMap<String, Vec<T>> {
    let mut all: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for row in rows {
        let id = of(&row).to_owned();
        all.entry(id).or_default().push(row);
    }
    all
}

impl Money {
    async fn read(tx: &mut Tx, clients: Option<Vec<String>>) -> Result<Self, StoreError> {
        let cuts = ReductionFilter {
            clients: clients.clone(),
            ..ReductionFilter::default()
        };
        let payments = PaymentFilter {
            clients: clients.clone(),
            ..PaymentFilter::default()
        };
        let appeals = AppealFilter {
            clients,
            ..AppealFilter::default()
        };
        let appeals = tx.appeals(&appeals).await?;
        let own = appeals.iter();
        let own = own.filter_map(|a| Some((a.filed_as.clone()?, a.invoice.clone())));
        Ok(Self {
            appeal_of: own.collect(),
            cuts: by_invoice(tx.reductions(&cuts).await?, |r| &r.invoice),
            payments: by_invoice(tx.payments(&payments).await?, |p| &p.invoice),
            appeals: by_invoice(appeals, |a| &a.invoice),
        })
    }

    /// The currency of an invoice: its own, else the only one that its answers name.
    fn currency(&self, row: &InvoiceRow) -> String {
        if row.currency != "?" {
            return row.currency.clone();
        }
        let cuts = self.cuts.get(&row.id).into_iter().flatten();
        let payments = self.payments.get(&row.id).into_iter().flatten();
        let named: BTreeSet<&str> = cuts
            .map(|c| c.currency.as_str())
            .chain(payments.map(|p| p.currency.as_str()))
            .filter(|c| !c.is_empty() && *c != "?")
            .collect();
        match (named.len(), named.first()) {
            (1, Some(one)) => (*one).to_owned(),
            _ => row.currency.clone(),
        }
    }
}

/// The day of an instant where this machine is.
fn day(ms: i64) -> NaiveDate {
    let at = DateTime::from_timestamp_millis(ms);
    at.map(|at| at.with_timezone(&Local).date_naive())
        .unwrap_or_default()
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, |sum, one| sum.saturating_add(one))
}

impl Desk<'_> {
    /// What happened to invoices of clients this person serves. `filter` and `of`: of which. `practice` says of an account
    /// whether it is one at a practice portal.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn chronicle(
        &self,
        filter: &Filter,
        of: &(dyn Fn(&InvoiceRow) -> bool + Sync),
        depth: Depth,
        practice: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Chronicle, WorkflowError> {
        self.may(Act::Read)?;
        let mut filter = filter.clone();
        filter.clients.clone_from(&self.person.clients);
        let mut tx = self.store.db.read().await?;
        let mut rows = tx.invoices(&filter).await?;
        rows.retain(of);
        rows.sort_by(|a, b| (&a.client, &a.number).cmp(&(&b.client, &b.number)));
        let how = How {
            money: Money::read(&mut tx, self.person.clients.clone()).await?,
            depth,
            practice,
        };
        let places: BTreeMap<String, usize> = rows.iter().map(|r| r.id.clone()).zip(0..).collect();
        let mut all = Chronicle {
            now_ms: (self.clock)(),
            ..Chronicle::default()
        };
        for row in rows {
            let way = Way::of(&tx.events(&row.id).await?)?;
            self.tell(&mut tx, &mut all, row, way, &how).await?;
        }
        for (id, payments) in &how.money.payments {
            let about = how.money.appeal_of.get(id).unwrap_or(id);
            let Some(place) = places.get(about) else {
                continue;
            };
            all.payments.extend(payments.iter().map(|p| {
                PaymentTold {
                    invoice: *place,
                    amount: p.amount,
                    currency: p.currency.clone(),
                    day: p
                        .day
                        .as_deref()
                        .and_then(|d| d.parse().ok())
                        .unwrap_or_else(|| day(p.heard_ms)),
                }
            }));
        }
        Ok(all)
    }

    async fn tell(
        &self,
        tx: &mut Tx,
        all: &mut Chronicle,
        row: InvoiceRow,
        way: Way,
        how: &How<'_>,
    ) -> Result<(), WorkflowError> {
        let money = &how.money;
        let at = all.invoices.len();
        let currency = money.currency(&row);
        let cuts = money.cuts.get(&row.id).map_or(&[][..], Vec::as_slice);
        let appeals = money.appeals.get(&row.id).map_or(&[][..], Vec::as_slice);
        let mut purged = self.outcomes(tx, all, cuts, &way, how.depth).await?;
        all.appeals.extend(appeals.iter().map(|a| AppealTold {
            invoice: at,
            id: a.id.clone(),
            status: a.status.clone(),
            claimed: a.claimed,
            recovered: a.recovered,
            currency: a.currency.clone(),
            proposed_ms: a.proposed_ms,
            filed_ms: a.filed_ms,
            ended_ms: a.ended_ms,
        }));
        for (rule, by, at_ms) in &way.overrides {
            all.overrides.push(OverrideTold {
                invoice: at,
                rule: rule.clone(),
                by: by.clone(),
                at_ms: *at_ms,
            });
        }
        if how.depth.exceptions {
            let report = self.kept_report(Some(&row.report))?;
            purged |= report.is_none();
            let found = report.iter().flat_map(|r| r.findings());
            let aside = found.filter(|f| f.message.contains("(set aside until "));
            all.exceptions.extend(aside.map(|f| Exception {
                invoice: at,
                rule: f.rule.clone(),
                message: f.message.clone(),
            }));
        }
        let mut told = Vec::new();
        if how.depth.lines && !way.rounds.is_empty() {
            match self.lines_told(&row)? {
                Some(lines) => told = lines,
                None => purged = true,
            }
        }
        // What was cut from a version that was replaced is no part of what stands.
        let same = |c: &str| c == currency || ["", "?"].contains(&c);
        let standing = || {
            cuts.iter()
                .filter(|c| c.version == row.version && same(&c.currency))
        };
        let held = sum(standing().map(|c| c.cut.saturating_sub(c.recovered)));
        let cut = sum(standing().map(|c| c.cut));
        let (approved, unexplained) = way.approved(row.total, held, cut);
        let Some(state) = State::named(&row.state) else {
            return Err(StoreError::Unreadable(format!("\"{}\" is no state", row.state)).into());
        };
        all.purged += usize::from(purged);
        all.invoices.push(Life {
            date: row.invoice_date.as_deref().and_then(|d| d.parse().ok()),
            appeal_of: money.appeal_of.get(&row.id).cloned(),
            replaces: tx.replaces(&row.id).await?,
            practice: way.rounds.iter().any(|r| (how.practice)(&r.account)),
            rounds: way.rounds,
            decided_ms: way.decided_ms,
            paid_ms: way.paid_ms,
            returns: way.returns,
            notes: way.notes,
            versions: row.version,
            lines: told,
            approved,
            unexplained,
            currency,
            state,
            id: row.id,
            number: row.number,
            client: row.client,
            matter: row.matter,
            partner: row.partner,
            portal: row.portal,
            preparer: row.preparer,
            total: row.total,
            taken_ms: row.taken_ms,
        });
        Ok(())
    }

    /// Why versions were refused and lines cut; true where something of it was purged. They are of the invoice that is told
    /// next.
    async fn outcomes(
        &self,
        tx: &mut Tx,
        all: &mut Chronicle,
        cuts: &[ReductionRow],
        way: &Way,
        depth: Depth,
    ) -> Result<bool, WorkflowError> {
        let at = all.invoices.len();
        let mut purged = false;
        let mut reports: BTreeMap<i64, Option<KeptReport>> = BTreeMap::new();
        if depth.outcomes {
            let refused = way.rounds.iter().filter(|r| r.refused_ms.is_some());
            let versions = refused.map(|r| r.version);
            for version in versions.chain(cuts.iter().map(|c| c.version)) {
                if let Entry::Vacant(place) = reports.entry(version) {
                    let report = self.kept_report(way.reports.get(&version))?;
                    purged |= report.is_none();
                    place.insert(report);
                }
            }
            for round in way.rounds.iter().filter(|r| r.refused_ms.is_some()) {
                let report = reports.get(&round.version).and_then(Option::as_ref);
                let answer = way.answers.get(&round.version);
                all.refusals.push(Refusal {
                    invoice: at,
                    version: round.version,
                    at_ms: round.refused_ms.unwrap_or_default(),
                    total: way.totals.get(&round.version).copied().flatten(),
                    whys: self.whys_of(tx, answer, report).await?,
                });
            }
        }
        for cut in cuts {
            let report = reports.get(&cut.version).and_then(Option::as_ref);
            all.cuts.push(CutTold {
                invoice: at,
                id: cut.id.clone(),
                version: cut.version,
                cut: cut.cut,
                accepted: cut.accepted,
                recovered: cut.recovered,
                currency: cut.currency.clone(),
                status: cut.status.clone(),
                appeal: cut.appeal.clone(),
                heard_ms: cut.heard_ms,
                why: match depth.outcomes {
                    true => self.why_cut(tx, cut, report).await?,
                    false => nameless(cut.item.clone()),
                },
            });
        }
        Ok(purged)
    }

    /// The lines of the version that stands; `None` where they were purged.
    fn lines_told(&self, row: &InvoiceRow) -> Result<Option<Vec<LineTold>>, WorkflowError> {
        let Some(bytes) = self.kept_or_purged(&row.document)? else {
            return Ok(None);
        };
        let read = lines(&bytes, &row.number).unwrap_or_default();
        let told = read.into_iter().map(|l| LineTold {
            expense: l.kind.ends_with('E'),
            item: l.item,
            date: l.date,
            timekeeper: l.timekeeper_id,
            task: l.codes.into_iter().next().unwrap_or_default(),
            total: l.total,
        });
        Ok(Some(told.collect()))
    }
}
