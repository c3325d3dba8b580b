//! Whether the client's own guidelines support a cut.

use super::list::texts;
use crate::model::{Finding, Level, Lists};
use crate::rules::pack::Pack;
use crate::rules::{Circumstances, Reasons, RuleSet, Shelf};
use crate::store::{InvoiceRow, ReductionFilter, ReductionRow, StoreError};
use crate::workflow::desk::Desk;
use crate::workflow::intake::KeptReport;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use std::sync::Arc;

/// What a cut is held against.
pub struct Ground<'a> {
    /// The packs at hand.
    pub shelf: &'a Shelf,
    /// The firm's lists, for packs named by client and matter.
    pub lists: &'a Lists,
}

impl Ground<'_> {
    /// The rules in force for an invoice; `None` where no pack governs its client.
    fn rules(&self, invoice: &InvoiceRow) -> Option<RuleSet> {
        let placed = self.lists.placement(&invoice.client, &invoice.matter);
        let portal = Some(invoice.portal.clone()).filter(|p| !p.is_empty());
        let told = Circumstances {
            portal: portal.or(placed.portal),
            client_id: Some(invoice.client.clone()),
            law_firm_matter_id: vec![invoice.matter.clone()],
            packs: placed.packs.clone(),
            ..Circumstances::default()
        };
        let day = invoice.invoice_date.as_deref().and_then(|d| d.parse().ok());
        let rules = self.shelf.rules_on(&told, day).ok()?;
        (rules.has_client_pack() || !placed.packs.is_empty()).then_some(rules)
    }

    /// The clause of the client's guidelines by which a rule holds, as the client's own pack names it. What the program
    /// or the house says of a rule is no clause of a client's.
    pub(in crate::workflow) fn clause(&self, invoice: &InvoiceRow, rule: &str) -> Option<String> {
        let rules = self.rules(invoice)?;
        let placed = self.lists.placement(&invoice.client, &invoice.matter);
        let by_client = ["client_id", "law_firm_matter_id", "client_matter_id"];
        let own = |pack: &&Arc<Pack>| {
            by_client.iter().any(|key| pack.governs.contains_key(*key))
                || placed.packs.contains(&pack.pack)
        };
        let packs = rules.packs().iter().rev().filter(own);
        let clause = |pack: &Arc<Pack>| {
            let changed = pack.rules.get(rule).and_then(|c| c.source.clone());
            let written = pack.rule.iter().find(|r| r.id == rule);
            changed.or_else(|| written.map(|r| r.source.clone()))
        };
        let mut clauses = packs.filter_map(clause);
        clauses.find(|c| !c.is_empty())
    }

    /// Marks each reduction of one invoice: the rule of ours that fits, and whether the client's guidelines have one.
    pub(in crate::workflow) fn mark(
        &self,
        desk: &Desk<'_>,
        invoice: &InvoiceRow,
        rows: &mut [ReductionRow],
    ) -> Result<(), WorkflowError> {
        if rows.is_empty() {
            return Ok(());
        }
        let report = match desk.store.documents.get(&invoice.report) {
            Ok(bytes) => Some(serde_json::from_slice::<KeptReport>(&bytes)?),
            Err(StoreError::Document { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let rules = self.rules(invoice);
        for row in rows {
            let words = texts(desk, &row.reason)?;
            let meant = Reasons::shipped().rules_for("", &words);
            let meant: Vec<String> = meant.into_iter().map(str::to_owned).collect();
            let found = report.as_ref().and_then(|r| finding(r, row, &meant));
            let on = |id: &&String| {
                let mut all = rules.iter().flat_map(RuleSet::rules);
                all.any(|rule| rule.id.as_str() == id.as_str() && !rule.is_off())
            };
            let in_force = meant.iter().find(on);
            row.rule = found
                .map(|f| f.rule.clone())
                .or_else(|| in_force.cloned())
                .unwrap_or_default();
            row.supported = rules
                .as_ref()
                .map(|_| found.is_some() || in_force.is_some());
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Writes down of every reduction nobody has decided on which rule fits, and whether the client's guidelines have one.
    /// Returns how many marks are new.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn mark_reductions(&self, ground: &Ground<'_>) -> Result<usize, WorkflowError> {
        self.may(Act::Step(Step::Cut))?;
        again!(self.try_mark(ground))
    }

    async fn try_mark(&self, ground: &Ground<'_>) -> Result<usize, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let mut new = 0;
        let filter = ReductionFilter {
            status: Some(super::status::OPEN.to_owned()),
            clients: self.person.clients.clone(),
            ..ReductionFilter::default()
        };
        for rows in tx
            .reductions(&filter)
            .await?
            .chunk_by(|a, b| a.invoice == b.invoice)
        {
            let Some(invoice) = tx.invoice(&rows[0].invoice).await? else {
                continue;
            };
            let mut marked = rows.to_vec();
            ground.mark(self, &invoice, &mut marked)?;
            for (row, _) in marked.iter().zip(rows).filter(|(new, old)| new != old) {
                tx.put_reduction(row).await?;
                new += 1;
            }
        }
        tx.commit().await?;
        Ok(new)
    }
}

/// The finding of ours that fits a cut: one of the rules the words speak of, else the gravest on the line that says that
/// money will be cut.
fn finding<'a>(
    report: &'a KeptReport,
    row: &ReductionRow,
    meant: &[String],
) -> Option<&'a Finding> {
    let on = |f: &&Finding| {
        f.level >= Level::Review
            && match &row.item {
                Some(item) => f.places.iter().any(|p| p.item.as_ref() == Some(item)),
                None => true,
            }
    };
    let mut all: Vec<&Finding> = report.findings().filter(on).collect();
    all.sort_by_key(|f| std::cmp::Reverse(f.level));
    let named = all.iter().find(|f| meant.contains(&f.rule));
    // Whatever else is wrong with an invoice says nothing of a cut from the whole.
    let other = all
        .first()
        .filter(|f| row.item.is_some() && f.level >= Level::Reduce);
    named.or(other).copied()
}
