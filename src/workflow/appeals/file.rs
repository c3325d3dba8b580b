//! An appeal is brought into the portal's own form, and gets to the client: as an invoice of its own that a partner clears and the night sends, or by a person inside the portal.

use super::due::numbering;
use super::{in_status, status};
use crate::check::Checker;
use crate::model::lists::Numbering;
use crate::portals::terms_of;
use crate::revise::line::{Difference, difference};
use crate::rules::pack::{AppealRoute, AppealTerms};
use crate::store::{
    AppealFilter, AppealRow, InvoiceRow, ReductionRow, SubmissionFilter, Tx, sha256,
};
use crate::workflow::desk::Desk;
use crate::workflow::intake::{Arrival, Outcome as Became, id_of};
use crate::workflow::memory::Memory;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::reductions::Ground;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::state::State;
use crate::workflow::table::{Step, next};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// How an appeal is to be filed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filing<'a> {
    /// The portal's route, where there are several.
    pub route: Option<&'a str>,
    /// The number of its invoice, where nothing says how it is made.
    pub number: Option<&'a str>,
    /// The date of its invoice; `None`: that of the first.
    pub date: Option<NaiveDate>,
}

/// An appeal in the portal's form.
#[derive(Clone, Debug, Serialize)]
pub struct Prepared {
    /// The appeal.
    pub appeal: AppealRow,
    /// Its route.
    pub route: String,
    /// What a person or the program does.
    pub what: String,
    /// The invoice that is its file; `None`: a person files it inside the portal.
    pub invoice: Option<InvoiceRow>,
}

/// What is done where nobody knows how a portal takes appeals.
fn as_agreed() -> AppealRoute {
    AppealRoute {
        name: "as-agreed".to_owned(),
        what: "How this client takes appeals is not publicly known: ask it, and send the packet as agreed".to_owned(),
        file: false,
    }
}

impl Desk<'_> {
    /// Makes the form of an appeal that a partner has decided to file. A route with a file becomes an invoice of its own;
    /// filing ends when that has arrived. Any other is done by a person, who then confirms it.
    ///
    /// # Errors
    /// Not allowed, not decided, out of time, a route that is none, no number, or lines no file can be made of.
    pub async fn prepare_appeal(
        &self,
        id: &str,
        filing: Filing<'_>,
        ground: &Ground<'_>,
        checker: &Checker,
    ) -> Result<Prepared, WorkflowError> {
        self.may(Act::Step(Step::PrepareAppeal))?;
        let mut tx = self.store.db.read().await?;
        let (row, invoice) = self.appeal(&mut tx, id).await?;
        in_status(&row, &[status::DECIDED], "filed")?;
        if let Some(own) = &row.filed_as {
            let own = tx
                .invoice(own)
                .await?
                .map_or_else(String::new, |i| i.number);
            return refused(format!(
                "appeal {id} has its file already: invoice {own}; a partner clears it, and the night sends it"
            ));
        }
        let shown = self.shown(&mut tx, row.clone(), ground.lists).await?;
        self.in_time(&shown)?;
        let others = self.appeals_of(&mut tx, &invoice).await?;
        drop(tx);
        let placed = ground.lists.placement(&invoice.client, &invoice.matter);
        let portal = match invoice.portal.as_str() {
            "" => placed.portal.unwrap_or_default(),
            own => own.to_owned(),
        };
        let terms = terms_of(ground.shelf.packs(), &portal).and_then(|t| t.appeal.as_ref());
        let route = route(terms, filing.route, &portal)?;
        let filed = others.iter().filter(|a| a.filed_ms.is_some()).count();
        let most = terms.and_then(|t| t.most).map(|m| m as usize);
        if let Some(most) = most.filter(|most| filed >= *most) {
            return refused(format!(
                "{portal} takes {most} appeal for an invoice, and invoice {} has had {filed}",
                invoice.number
            ));
        }
        let mut number = filing.number.unwrap_or("").trim().to_owned();
        let mut own = None;
        if route.file {
            if number.is_empty() {
                number = made_number(&invoice, &numbering(&invoice, ground.lists), terms)?;
            }
            let taken = self
                .make_file(&invoice, &shown.reductions, &number, filing.date, checker)
                .await?;
            own = Some(taken);
        }
        let appeal = again!(self.try_prepare(id, &route, &number, own.as_ref()))?;
        Ok(Prepared {
            appeal,
            route: route.name,
            what: route.what,
            invoice: own,
        })
    }

    /// The appeal's own invoice, taken in.
    async fn make_file(
        &self,
        invoice: &InvoiceRow,
        cuts: &[ReductionRow],
        number: &str,
        date: Option<NaiveDate>,
        checker: &Checker,
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut lines: BTreeMap<&str, Decimal> = BTreeMap::new();
        for cut in cuts {
            if cut.version != invoice.version {
                return refused(format!(
                    "reduction {} is of version {}, and invoice {} is version {} by now: file it inside the portal",
                    cut.id, cut.version, invoice.number, invoice.version
                ));
            }
            let other = cut.currency != invoice.currency
                && ![cut.currency.as_str(), invoice.currency.as_str()]
                    .iter()
                    .any(|c| ["", "?"].contains(c));
            if other {
                return refused(format!(
                    "reduction {} was cut in {}, and invoice {} is in {}: ask the client which holds, and file it inside the portal",
                    cut.id, cut.currency, invoice.number, invoice.currency
                ));
            }
            let Some(item) = &cut.item else {
                return refused(format!(
                    "reduction {} is of the invoice as a whole, or of a line nobody has found: no file can be made of it. \
                     File it inside the portal with a route that needs no file, or make the invoice in the billing system",
                    cut.id
                ));
            };
            let sum = lines.entry(item).or_default();
            *sum = sum.saturating_add(cut.contested());
        }
        let lines: Vec<(String, Decimal)> =
            lines.into_iter().map(|(i, a)| (i.to_owned(), a)).collect();
        let bytes = self.store.documents.get(&invoice.document)?;
        let wanted = Difference {
            number,
            date,
            lines: &lines,
        };
        let bytes = difference(&bytes, &invoice.number, &wanted).or_else(|r| refused(r.0))?;
        let known = {
            let mut tx = self.store.db.read().await?;
            tx.invoice(&id_of(&invoice.client, number)).await?
        };
        if let Some(other) = known.filter(|k| k.document != sha256(&bytes)) {
            return refused(format!(
                "there is another invoice {number} of {}, which is {}: say another number with --number",
                other.client, other.state
            ));
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let ending = match text.trim_ascii_start().starts_with(b"<") {
            true => "xml",
            false => "txt",
        };
        let arrival = Arrival {
            name: format!("{number}.{ending}"),
            bytes,
        };
        let taken = self
            .take_in(checker, &mut Memory::default(), vec![arrival])
            .await?;
        match taken.into_iter().next() {
            Some(one) => match (one.outcome, one.row) {
                (Became::New | Became::Known | Became::NewVersion, Some(row)) => Ok(row),
                (Became::Refused(why), _) => refused(why),
                _ => refused(format!("invoice {number} could not be taken in")),
            },
            None => refused(format!("invoice {number} could not be taken in")),
        }
    }

    async fn try_prepare(
        &self,
        id: &str,
        route: &AppealRoute,
        number: &str,
        own: Option<&InvoiceRow>,
    ) -> Result<AppealRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (mut row, invoice) = self.appeal(&mut tx, id).await?;
        in_status(&row, &[status::DECIDED], "filed")?;
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(id.to_owned()),
            code: Some(route.name.clone()),
            word: Some(number.to_owned()).filter(|n| !n.is_empty()),
            document: own.map(|o| o.document.clone()),
            ..Facts::default()
        };
        let invoice = self
            .money_step(&mut tx, invoice, Step::PrepareAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        row.route.clone_from(&route.name);
        number.clone_into(&mut row.number);
        row.filed_as = own.map(|o| o.id.clone());
        tx.put_appeal(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// A person has filed an appeal inside the portal. `number`: what the portal calls it.
    ///
    /// # Errors
    /// Not allowed, not decided, or it has a file of its own, which says so by itself.
    pub async fn confirm_filed(
        &self,
        id: &str,
        number: Option<&str>,
        lists: &crate::model::Lists,
    ) -> Result<AppealRow, WorkflowError> {
        self.may(Act::Step(Step::FileAppeal))?;
        again!(self.try_confirm_filed(id, number, lists))
    }

    async fn try_confirm_filed(
        &self,
        id: &str,
        number: Option<&str>,
        lists: &crate::model::Lists,
    ) -> Result<AppealRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let (mut row, invoice) = self.appeal(&mut tx, id).await?;
        in_status(&row, &[status::DECIDED], "filed")?;
        if row.filed_as.is_some() {
            return refused(format!(
                "appeal {id} goes as invoice {}: it counts as filed when that has arrived; cleanbill settle says so of one \
                 uploaded by hand",
                row.number
            ));
        }
        let shown = self.shown(&mut tx, row.clone(), lists).await?;
        self.in_time(&shown)?;
        if let Some(number) = number {
            number.trim().clone_into(&mut row.number);
        }
        self.filed(&mut tx, &mut row, invoice).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Writes that an appeal is with the client.
    async fn filed(
        &self,
        tx: &mut Tx,
        row: &mut AppealRow,
        invoice: InvoiceRow,
    ) -> Result<(), WorkflowError> {
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(row.id.clone()),
            code: Some(row.route.clone()).filter(|r| !r.is_empty()),
            word: Some(row.number.clone()).filter(|n| !n.is_empty()),
            ..Facts::default()
        };
        let invoice = self
            .money_step(tx, invoice, Step::FileAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        status::FILED.clone_into(&mut row.status);
        row.filed_ms = Some((self.clock)());
        tx.put_appeal(row).await?;
        Ok(())
    }

    /// The file of an appeal has arrived at its portal.
    pub(in crate::workflow) async fn appeal_arrived(
        &self,
        tx: &mut Tx,
        own: &InvoiceRow,
    ) -> Result<(), WorkflowError> {
        let filter = AppealFilter {
            filed_as: Some(own.id.clone()),
            statuses: vec![status::DECIDED],
            ..AppealFilter::default()
        };
        for mut row in tx.appeals(&filter).await? {
            let first = tx.invoice(&row.invoice).await?;
            if let Some(first) = first
                && next(State::named(&first.state), Step::FileAppeal).is_some()
            {
                self.filed(tx, &mut row, first).await?;
            }
        }
        Ok(())
    }

    /// What an invoice that is the file of an appeal follows: the portal's id of the first one, and why.
    pub(in crate::workflow) async fn appealed_by(
        &self,
        tx: &mut Tx,
        own: &InvoiceRow,
    ) -> Result<Option<(Option<String>, String)>, WorkflowError> {
        let filter = AppealFilter {
            filed_as: Some(own.id.clone()),
            ..AppealFilter::default()
        };
        let all = tx.appeals(&filter).await?;
        if all.is_empty() {
            return Ok(None);
        }
        let live = |a: &&AppealRow| [status::DECIDED, status::FILED].contains(&a.status.as_str());
        let Some(row) = all.iter().find(live) else {
            // Sent all the same, it would bill what was cut once more.
            return refused(format!(
                "invoice {} is the file of appeal {}, which is {}: withdraw the invoice too",
                own.number, all[0].id, all[0].status
            ));
        };
        let sent = SubmissionFilter {
            invoice: Some(row.invoice.clone()),
            ..SubmissionFilter::default()
        };
        let first = tx.submissions(&sent).await?;
        let last = first.into_iter().max_by_key(|s| s.version);
        let why = self.why_of(tx, row).await?;
        Ok(Some((last.and_then(|s| s.portal_id), why)))
    }

    /// The last day of the window of an appeal, for the order in which its file is sent.
    pub(in crate::workflow) async fn appeal_due(
        &self,
        tx: &mut Tx,
        own: &InvoiceRow,
    ) -> Result<Option<NaiveDate>, WorkflowError> {
        let filter = AppealFilter {
            filed_as: Some(own.id.clone()),
            statuses: vec![status::DECIDED],
            ..AppealFilter::default()
        };
        let until = tx
            .appeals(&filter)
            .await?
            .into_iter()
            .find_map(|a| a.until_ms);
        let at = until.and_then(chrono::DateTime::from_timestamp_millis);
        Ok(at.map(|at| at.date_naive()))
    }

    /// Why an appeal was proposed; empty after a purge.
    pub(super) async fn why_of(
        &self,
        tx: &mut Tx,
        row: &AppealRow,
    ) -> Result<String, WorkflowError> {
        for event in tx.events(&row.invoice).await? {
            let facts = Facts::of(&event).map_err(crate::store::StoreError::Unreadable)?;
            if event.step == Step::ProposeAppeal.name()
                && facts.id.as_ref() == Some(&row.id)
                && let Some(about) = facts.about
            {
                return match self.store.documents.get(&about) {
                    Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
                    Err(crate::store::StoreError::Document { .. }) => Ok(String::new()),
                    Err(error) => Err(error.into()),
                };
            }
        }
        Ok(String::new())
    }
}

/// The route that was asked for, or the only one.
fn route(
    terms: Option<&AppealTerms>,
    wanted: Option<&str>,
    portal: &str,
) -> Result<AppealRoute, WorkflowError> {
    let routes = terms.map(|t| t.routes.clone()).unwrap_or_default();
    let routes = if routes.is_empty() {
        vec![as_agreed()]
    } else {
        routes
    };
    let names = || {
        let all = routes.iter().map(|r| format!("{} ({})", r.name, r.what));
        all.collect::<Vec<_>>().join("; ")
    };
    match wanted {
        Some(name) => {
            let found = routes.iter().find(|r| r.name == name).cloned();
            found.map_or_else(
                || refused(format!("--route {name}: {portal} has these: {}", names())),
                Ok,
            )
        }
        None if routes.len() == 1 => Ok(routes[0].clone()),
        None => refused(format!(
            "at {portal} the client chooses the route: say which with --route: {}",
            names()
        )),
    }
}

/// The number of an appeal's invoice, by the client's terms, else by the portal's rule.
fn made_number(
    invoice: &InvoiceRow,
    numbering: &Numbering,
    terms: Option<&AppealTerms>,
) -> Result<String, WorkflowError> {
    match numbering {
        Numbering::Suffix(suffix) => Ok(format!("{}{suffix}", invoice.number)),
        Numbering::Same => refused(format!(
            "by windows.csv an appeal bears the number of the first invoice, {}: file it inside the portal with a route \
             that needs no file, or say another number with --number",
            invoice.number
        )),
        Numbering::New => refused(
            "by windows.csv an appeal has a number of its own: take one from the billing system and say it with --number",
        ),
        Numbering::OfPortal => match terms.and_then(|t| t.number.as_ref()) {
            Some(pattern) => Ok(pattern.replace("{number}", &invoice.number)),
            None => refused(
                "how an appeal is numbered is not known here: say its number with --number, or how it is made in \
                 windows.csv (numbering)",
            ),
        },
    }
}
