//! Which appeals and reductions have until when, and what happens where nobody acted.

use super::{in_status, status};
use crate::model::Lists;
use crate::model::lists::WindowKind;
use crate::store::{
    AppealFilter, AppealRow, InvoiceRow, PaymentFilter, ReductionFilter, ReductionRow, StoreError,
    Tx,
};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::reductions::status as of_reduction;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use crate::workflow::windows::{Deadline, Starts, deadline, window_of};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeSet;

/// Something that is lost if nobody acts.
#[derive(Clone, Debug, Serialize)]
pub struct Due {
    /// The invoice.
    pub invoice: InvoiceRow,
    /// The appeal; `None`: nobody has proposed one.
    pub appeal: Option<AppealRow>,
    /// What it is about: what can still be asked for.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Its lines; empty for the invoice as a whole.
    pub items: Vec<String>,
    /// Until when.
    pub deadline: Deadline,
}

impl Due {
    /// What somebody has to do next.
    pub fn next(&self) -> &'static str {
        match self.appeal.as_ref().map(|a| a.status.as_str()) {
            None => "accept, or propose an appeal",
            Some(status::PROPOSED) => "a partner decides",
            Some(status::DECIDED) => "file it",
            _ => "wait for the client",
        }
    }
}

/// An appeal with its invoice.
#[derive(Clone, Debug, Serialize)]
pub struct AppealShown {
    /// The appeal.
    pub appeal: AppealRow,
    /// The invoice that was cut.
    pub invoice: InvoiceRow,
    /// Its reductions.
    pub reductions: Vec<ReductionRow>,
    /// Until when it has to be filed.
    pub deadline: Deadline,
}

/// How many tries are behind an invoice: appeals that reached the client.
pub(super) fn used(appeals: &[AppealRow]) -> u32 {
    let filed = appeals.iter().filter(|a| a.filed_ms.is_some()).count();
    u32::try_from(filed).unwrap_or(u32::MAX)
}

/// When what windows begin with has happened.
pub(super) async fn starts(
    tx: &mut Tx,
    invoice: &InvoiceRow,
    cuts: &[ReductionRow],
    lists: &Lists,
) -> Result<Starts, WorkflowError> {
    let events = tx.events(&invoice.id).await?;
    let at = |ms: i64| DateTime::from_timestamp_millis(ms);
    let last = |steps: &[Step]| {
        let mut own = events.iter().rev();
        let own = own.find(|e| steps.iter().any(|s| s.name() == e.step));
        own.and_then(|e| at(e.at_ms))
    };
    let payments = PaymentFilter {
        invoice: Some(invoice.id.clone()),
        ..PaymentFilter::default()
    };
    // Of several payments the last one counts; a day without a time is a day of the client's zone.
    let zone = terms(invoice, lists, WindowKind::Appeal).and_then(|w| w.time_zone);
    let came = tx.payments(&payments).await?.into_iter();
    // What was taken back makes no clock begin anew.
    let came = came.filter(|p| p.amount > Decimal::ZERO);
    let paid = came.filter_map(|p| {
        let day = p.day.as_deref().and_then(|d| d.parse::<NaiveDate>().ok());
        match day {
            Some(day) => {
                let noon = day.and_hms_opt(12, 0, 0)?;
                let zone = zone.unwrap_or(chrono_tz::UTC);
                zone.from_local_datetime(&noon)
                    .earliest()
                    .map(|t| t.to_utc())
            }
            None => at(p.heard_ms),
        }
    });
    Ok(Starts {
        // What was cut first has the shortest time.
        adjusted: cuts
            .iter()
            .filter_map(|c| at(c.said_ms.unwrap_or(c.heard_ms)))
            .min(),
        rejected: last(&[Step::Reject]),
        notified: cuts.iter().filter_map(|c| at(c.heard_ms)).min(),
        paid: paid.max(),
        approved: last(&[Step::Approve, Step::Reduce]),
    })
}

fn terms<'a>(
    invoice: &InvoiceRow,
    lists: &'a Lists,
    kind: WindowKind,
) -> Option<&'a crate::model::lists::Window> {
    let portal = match invoice.portal.as_str() {
        "" => lists.placement(&invoice.client, &invoice.matter).portal,
        own => Some(own.to_owned()),
    };
    let day = invoice.invoice_date.as_deref().and_then(|d| d.parse().ok());
    let day = day.unwrap_or(NaiveDate::MAX);
    window_of(
        &lists.windows,
        kind,
        &invoice.client,
        portal.as_deref().unwrap_or(""),
        day,
    )
}

/// How an appeal against an invoice is numbered, by the client's terms.
pub(super) fn numbering(invoice: &InvoiceRow, lists: &Lists) -> crate::model::lists::Numbering {
    terms(invoice, lists, WindowKind::Appeal).map_or_else(Default::default, |w| w.numbering.clone())
}

/// The window of appeals against an invoice.
pub(super) fn window(invoice: &InvoiceRow, starts: &Starts, used: u32, lists: &Lists) -> Deadline {
    let terms = terms(invoice, lists, WindowKind::Appeal);
    let holidays: BTreeSet<NaiveDate> = terms.map_or_else(BTreeSet::new, |w| {
        let all = lists.holidays.rows().iter();
        let own = all.filter(|h| h.calendar.is_empty() || h.calendar == w.holidays);
        own.map(|h| h.date).collect()
    });
    deadline(terms, starts, used, &holidays)
}

impl Desk<'_> {
    /// Everything that can still be appealed or has to be filed, of clients this person serves: what ends first comes
    /// first, then what has no window, the larger sum before the smaller.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn due_appeals(&self, lists: &Lists) -> Result<Vec<Due>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let mut all = Vec::new();
        let live = AppealFilter {
            statuses: vec![status::PROPOSED, status::DECIDED],
            clients: self.person.clients.clone(),
            ..AppealFilter::default()
        };
        for appeal in tx.appeals(&live).await? {
            let shown = self.shown(&mut tx, appeal, lists).await?;
            all.push(Due {
                amount: shown.appeal.claimed,
                currency: shown.appeal.currency.clone(),
                items: shown
                    .reductions
                    .iter()
                    .filter_map(|r| r.item.clone())
                    .collect(),
                invoice: shown.invoice,
                deadline: shown.deadline,
                appeal: Some(shown.appeal),
            });
        }
        let mut open: Vec<ReductionRow> = Vec::new();
        for word in [of_reduction::OPEN, of_reduction::IN_PART] {
            let filter = ReductionFilter {
                status: Some(word.to_owned()),
                clients: self.person.clients.clone(),
                ..ReductionFilter::default()
            };
            open.extend(tx.reductions(&filter).await?);
        }
        open.retain(|r| !r.contested().is_zero());
        open.sort_by(|a, b| a.invoice.cmp(&b.invoice));
        for rows in open.chunk_by(|a, b| a.invoice == b.invoice) {
            let Some(invoice) = tx.invoice(&rows[0].invoice).await? else {
                continue;
            };
            let starts = starts(&mut tx, &invoice, rows, lists).await?;
            let tries = used(&self.appeals_of(&mut tx, &invoice).await?);
            all.push(Due {
                amount: rows
                    .iter()
                    .fold(Decimal::ZERO, |sum, r| sum.saturating_add(r.contested())),
                currency: rows[0].currency.clone(),
                items: rows.iter().filter_map(|r| r.item.clone()).collect(),
                deadline: window(&invoice, &starts, tries, lists),
                appeal: None,
                invoice,
            });
        }
        all.sort_by_key(|d| {
            let until = d.deadline.until_ms();
            (until.is_none(), until, std::cmp::Reverse(d.amount))
        });
        Ok(all)
    }

    /// One appeal.
    ///
    /// # Errors
    /// Not allowed, or there is none of this id.
    pub async fn show_appeal(&self, id: &str, lists: &Lists) -> Result<AppealShown, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let (row, _) = self.appeal(&mut tx, id).await?;
        self.shown(&mut tx, row, lists).await
    }

    /// Every appeal of clients this person serves, those that ended included.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn all_appeals(&self, lists: &Lists) -> Result<Vec<AppealShown>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = AppealFilter {
            clients: self.person.clients.clone(),
            ..AppealFilter::default()
        };
        let mut all = Vec::new();
        for row in tx.appeals(&filter).await? {
            all.push(self.shown(&mut tx, row, lists).await?);
        }
        Ok(all)
    }

    /// Appeals of clients this person serves that have a file of their own, without their reductions and windows.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn appeals_filed(&self) -> Result<Vec<AppealRow>, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = AppealFilter {
            clients: self.person.clients.clone(),
            ..AppealFilter::default()
        };
        let mut all = tx.appeals(&filter).await?;
        all.retain(|a| a.filed_as.is_some());
        Ok(all)
    }

    pub(super) async fn shown(
        &self,
        tx: &mut Tx,
        appeal: AppealRow,
        lists: &Lists,
    ) -> Result<AppealShown, WorkflowError> {
        let Some(invoice) = tx.invoice(&appeal.invoice).await? else {
            let why = format!("appeal {} has no invoice", appeal.id);
            return Err(StoreError::Unreadable(why).into());
        };
        let filter = ReductionFilter {
            appeal: Some(appeal.id.clone()),
            ..ReductionFilter::default()
        };
        let reductions = tx.reductions(&filter).await?;
        let starts = starts(tx, &invoice, &reductions, lists).await?;
        let before = u32::try_from(appeal.tries - 1).unwrap_or_default();
        Ok(AppealShown {
            deadline: window(&invoice, &starts, before, lists),
            appeal,
            invoice,
            reductions,
        })
    }

    /// Says of each appeal whose window has passed before it was filed that it was missed, and writes down the windows
    /// that are known by now. Returns those that were missed.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn miss_windows(&self, lists: &Lists) -> Result<Vec<AppealShown>, WorkflowError> {
        self.may(Act::Step(Step::MissWindow))?;
        let ids: Vec<String> = {
            let mut tx = self.store.db.read().await?;
            let live = AppealFilter {
                statuses: vec![status::PROPOSED, status::DECIDED],
                clients: self.person.clients.clone(),
                ..AppealFilter::default()
            };
            let rows = tx.appeals(&live).await?;
            rows.into_iter().map(|a| a.id).collect()
        };
        let mut missed = Vec::new();
        for id in ids {
            missed.extend(again!(self.try_miss(&id, lists))?);
        }
        Ok(missed)
    }

    async fn try_miss(
        &self,
        id: &str,
        lists: &Lists,
    ) -> Result<Option<AppealShown>, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (row, _) = self.appeal(&mut tx, id).await?;
        if in_status(&row, &[status::PROPOSED, status::DECIDED], "missed").is_err() {
            return Ok(None);
        }
        let mut shown = self.shown(&mut tx, row, lists).await?;
        let until = shown.deadline.until_ms();
        // A window that is not known here may be known to whoever proposed it.
        let until = until.or(shown.appeal.until_ms);
        let passed = until.is_some_and(|until| until < (self.clock)());
        let words = shown.deadline.words();
        if !passed {
            if shown.deadline.until_ms().is_none() || shown.appeal.until_ms == until {
                return Ok(None);
            }
            shown.appeal.until_ms = until;
            shown.appeal.computed = words;
            tx.put_appeal(&shown.appeal).await?;
            tx.commit().await?;
            return Ok(None);
        }
        let facts = Facts {
            version: Some(shown.invoice.version),
            id: Some(id.to_owned()),
            ..Facts::default()
        };
        let invoice = shown.invoice.clone();
        shown.invoice = self
            .money_step(&mut tx, invoice, Step::MissWindow, &facts)
            .await?;
        tx.put_invoice(&shown.invoice).await?;
        self.close(&mut tx, &mut shown.appeal, status::MISSED)
            .await?;
        tx.put_appeal(&shown.appeal).await?;
        tx.commit().await?;
        Ok(Some(shown))
    }

    /// Refuses what comes after the last moment.
    pub(super) fn in_time(&self, shown: &AppealShown) -> Result<(), WorkflowError> {
        let now = DateTime::<Utc>::from_timestamp_millis((self.clock)()).unwrap_or_default();
        match &shown.deadline {
            Deadline::Until(last) if last.at < now => refused(format!(
                "appeal {}: the window has passed on {} ({})",
                shown.appeal.id, last.local, last.computed
            )),
            _ => Ok(()),
        }
    }
}
