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
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use chrono::{DateTime, Local, NaiveDate};
use rust_decimal::Decimal;
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
        let money = Money::read(&mut tx, self.person.clients.clone()).await?;
        let places: BTreeMap<String, usize> = rows.iter().map(|r| r.id.clone()).zip(0..).collect();
        let mut all = Chronicle {
            now_ms: (self.clock)(),
            ..Chronicle::default()
        };
        for (at, row) in rows.into_iter().enumerate() {
            let way = Way::of(&tx.events(&row.id).await?)?;
            self.tell(&mut tx, &mut all, at, row, way, &money, depth, practice)
                .await?;
        }
        for (id, payments) in &money.payments {
            let about = money.appeal_of.get(id).unwrap_or(id);
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

    #[allow(clippy::too_many_arguments)]
    async fn tell(
        &self,
        tx: &mut Tx,
        all: &mut Chronicle,
        at: usize,
        row: InvoiceRow,
        way: Way,
        money: &Money,
        depth: Depth,
        practice: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<(), WorkflowError> {
        let mut purged = false;
        let currency = money.currency(&row);
        let cuts = money.cuts.get(&row.id).map_or(&[][..], Vec::as_slice);
        let appeals = money.appeals.get(&row.id).map_or(&[][..], Vec::as_slice);
        if depth.outcomes {
            for round in way.rounds.iter().filter(|r| r.refused_ms.is_some()) {
                let report = self.kept_report(way.reports.get(&round.version))?;
                let answer = way.answers.get(&round.version);
                let whys = self.whys_of(tx, answer, report.as_ref()).await?;
                all.refusals.push(Refusal {
                    invoice: at,
                    version: round.version,
                    at_ms: round.refused_ms.unwrap_or_default(),
                    total: way.totals.get(&round.version).copied().flatten(),
                    whys,
                });
            }
        }
        let mut reports = BTreeMap::new();
        for cut in cuts {
            let why = if depth.outcomes {
                if !reports.contains_key(&cut.version) {
                    let report = self.kept_report(way.reports.get(&cut.version))?;
                    purged |= report.is_none();
                    reports.insert(cut.version, report);
                }
                let report = reports.get(&cut.version).and_then(Option::as_ref);
                self.why_cut(tx, cut, report).await?
            } else {
                nameless(cut.item.clone())
            };
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
                why,
            });
        }
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
        if depth.exceptions {
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
        if depth.lines && !way.rounds.is_empty() {
            match self.kept_or_purged(&row.document)? {
                Some(bytes) => {
                    let read = lines(&bytes, &row.number).unwrap_or_default();
                    told.extend(read.into_iter().map(|l| LineTold {
                        expense: l.kind.ends_with('E'),
                        item: l.item,
                        date: l.date,
                        timekeeper: l.timekeeper_id,
                        task: l.codes.into_iter().next().unwrap_or_default(),
                        total: l.total,
                    }));
                }
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
            practice: way.rounds.iter().any(|r| practice(&r.account)),
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
}
