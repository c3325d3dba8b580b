//! `matter-totals`: in XML, the detail totals of a matter are the sums of its items, and what is due for the
//! invoice is the sum of what is due for its matters.

use super::amount::shown;
use super::item_math::agrees;
use super::item_math::corrected_total;
use super::matter_due::{Due, due_of};
use super::places::matter_name;
use super::{Judging, Params, Predicate};
use crate::model::{
    Anchor, Cell, Family, Field, Hit, Hits, Invoice, LedesFormat, Line, LineKind, Matter, RuleId,
    Safety,
};
use crate::rules::PackMistake;
use rust_decimal::{Decimal, dec};

struct MatterTotals {
    rule: RuleId,
    tolerance: Decimal,
}

/// Parameter: `tolerance` of items and of what a matter comes to, in the invoice's currency. Sums of written
/// amounts have none.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(MatterTotals {
        rule: params.rule,
        tolerance: params.decimal("tolerance", dec!(0.01))?,
    }))
}

/// Sum of the items of one kind in a matter.
#[derive(Clone, Copy)]
pub(super) struct ItemSum {
    /// Of the totals as written; `None` where one is missing or the sum is too large.
    pub(super) stated: Option<Decimal>,
    /// Of the totals as they should be.
    corrected: Option<Decimal>,
    /// The first total that could not be read.
    unreadable: Option<Cell>,
    /// The first total that is wrong.
    wrong: Option<Cell>,
    /// True where every item comes to its own total: then only a sum can be wrong.
    agreed: bool,
}

impl Default for ItemSum {
    fn default() -> Self {
        Self {
            stated: Some(Decimal::ZERO),
            corrected: Some(Decimal::ZERO),
            unreadable: None,
            wrong: None,
            agreed: true,
        }
    }
}

impl ItemSum {
    fn add(&mut self, invoice: &Invoice, line: &Line, tolerance: Decimal) {
        let total = line.total.get();
        let corrected = corrected_total(invoice, line, tolerance);
        if line.total.is_unreadable() {
            self.unreadable = self.unreadable.or(Some(line.total.cell));
        }
        if corrected != total {
            self.wrong = self.wrong.or(Some(line.total.cell));
        }
        self.agreed &= agrees(invoice, line, tolerance);
        let plus = |sum: Option<Decimal>, more: Option<Decimal>| {
            sum.zip(more).and_then(|(a, b)| a.checked_add(b))
        };
        self.stated = plus(self.stated, total);
        self.corrected = plus(self.corrected, corrected);
    }
}

impl Predicate for MatterTotals {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_xml() {
            return;
        }
        let mut sums = vec![[ItemSum::default(); 2]; invoice.matters.len()];
        for line in &invoice.lines {
            let Some([fees, expenses]) = sums.get_mut(line.matter as usize) else {
                continue;
            };
            match line.kind.get() {
                Some(LineKind::Fee) => fees.add(invoice, line, self.tolerance),
                Some(LineKind::Expense) => expenses.add(invoice, line, self.tolerance),
                _ => {}
            }
        }
        let mut dues = Vec::with_capacity(invoice.matters.len());
        for (index, (matter, sums)) in invoice.matters.iter().zip(&sums).enumerate() {
            if !matter.complete {
                continue;
            }
            self.judge_details(invoice, index, matter, sums, hits);
            dues.push(self.judge_due(invoice, index, matter, sums, hits));
        }
        if dues.len() == invoice.matters.len() && invoice.whole && !dues.is_empty() {
            let agreed = sums.iter().flatten().all(|s| s.agreed);
            self.judge_invoice(invoice, &dues, agreed, hits);
        }
    }
}

/// A sum is only worked out anew by itself where all it is made of agrees and it can be read in one way.
fn safety(one_way: bool) -> Safety {
    match one_way {
        true => Safety::Safe,
        false => Safety::Unsafe,
    }
}

impl MatterTotals {
    fn judge_details(
        &self,
        invoice: &Invoice,
        index: usize,
        matter: &Matter,
        sums: &[ItemSum; 2],
        hits: &mut Hits,
    ) {
        let anchor = Anchor::Matter(index as u32);
        let totals = [
            (
                Field::MatterTotalDetailFees,
                &matter.total_detail_fees,
                "fees",
            ),
            (
                Field::MatterTotalDetailExpenses,
                &matter.total_detail_expenses,
                "expenses",
            ),
        ];
        for ((field, total, kind), sum) in totals.into_iter().zip(sums) {
            if let Some(cell) = sum.unreadable.filter(|_| !total.is_blank()) {
                hits.unjudged(self.rule, anchor, cell);
                continue;
            }
            let (Some(stated), Some(expected)) = (total.get(), sum.stated) else {
                continue;
            };
            if stated == expected {
                continue;
            }
            if let Some(cell) = sum.wrong.filter(|_| sum.corrected == Some(stated)) {
                hits.unjudged(self.rule, anchor, cell);
                continue;
            }
            hits.raise(
                Hit::new(self.rule, anchor)
                    .at(invoice.format, field, total.cell)
                    .variant("detail-total")
                    .with_safety(safety(sum.agreed))
                    .with("matter", matter_name(invoice, index))
                    .with("kind", kind)
                    .expecting(shown(expected)),
            );
        }
    }

    /// Net amounts and what is due; returns the readings of the latter for the invoice's total.
    fn judge_due(
        &self,
        invoice: &Invoice,
        index: usize,
        matter: &Matter,
        sums: &[ItemSum; 2],
        hits: &mut Hits,
    ) -> Due {
        let due = due_of(
            invoice,
            matter,
            [sums[0].stated, sums[1].stated],
            self.tolerance,
        );
        let anchor = Anchor::Matter(index as u32);
        let name = || matter_name(invoice, index);
        let agreed = sums.iter().all(|s| s.agreed);
        for wrong in &due.wrong {
            let [first, second] = wrong.expected;
            hits.raise(
                Hit::new(self.rule, anchor)
                    .at(invoice.format, wrong.field, wrong.cell)
                    .variant(wrong.variant)
                    .with_safety(safety(agreed && wrong.only))
                    .with("matter", name())
                    .with("other", shown(second))
                    .expecting(shown(first)),
            );
        }
        if matter.total_due.is_unreadable() {
            hits.unjudged(self.rule, anchor, matter.total_due.cell);
        }
        due
    }

    fn judge_invoice(&self, invoice: &Invoice, dues: &[Due], agreed: bool, hits: &mut Hits) {
        let mut unjudged = |cell| hits.unjudged(self.rule, Anchor::Invoice, cell);
        if invoice.total.is_unreadable() {
            return unjudged(invoice.total.cell);
        }
        let cells = invoice.matters.iter().map(|m| &m.total_due);
        if let Some(due) = cells.clone().find(|d| d.is_unreadable()) {
            return unjudged(due.cell);
        }
        let total = |of: fn(&Due) -> Option<Decimal>| {
            dues.iter()
                .try_fold(Decimal::ZERO, |sum, due| sum.checked_add(of(due)?))
        };
        let (Some(stated), Some(sum)) = (invoice.total.get(), total(|d| d.stated)) else {
            return;
        };
        let extras = extras(invoice, sum);
        let fits = |sum: Option<Decimal>| {
            sum.is_some_and(|sum| {
                extras
                    .iter()
                    .any(|extra| sum.checked_add(*extra) == Some(stated))
            })
        };
        if fits(Some(sum)) {
            return;
        }
        // A matter whose own total is in doubt explains a difference of the invoice's.
        let doubted = invoice.matters.iter().zip(dues).find(|(_, d)| d.doubted);
        if let Some((matter, _)) = doubted
            && (fits(total(|d| d.expected[0])) || fits(total(|d| d.expected[1])))
        {
            return unjudged(matter.total_due.cell);
        }
        let variant = match invoice.format == LedesFormat::L2000 {
            true => "matters-weak",
            false => "matters",
        };
        // With a tax inside or outside of what is due, or something on the whole invoice, there is more than one sum.
        let one_sum = extras.iter().all(Decimal::is_zero) || dues.iter().all(|d| d.holds_tax);
        let one_way = agreed
            && one_sum
            && invoice.tax_tiers.is_empty()
            && invoice.tax_tier_summaries.is_empty()
            && doubted.is_none()
            && dues.iter().all(|d| d.wrong.is_empty());
        hits.raise(
            Hit::new(self.rule, Anchor::Invoice)
                .at(invoice.format, Field::InvoiceTotal, invoice.total.cell)
                .variant(variant)
                .with_safety(safety(one_way))
                .with("matters", dues.len())
                .expecting(shown(sum)),
        );
    }
}

/// What may lie between the sum of the matters and the invoice's total: nothing; tiered taxes; the taxes,
/// where the matters' totals leave them out; LEDES 2000: the general discount.
fn extras(invoice: &Invoice, sum: Decimal) -> Vec<Decimal> {
    let mut extras = vec![Decimal::ZERO];
    if invoice.format.family() == Family::Xml2000 {
        if let Some(discount) = invoice.generic_discount.get() {
            extras.extend([-discount, discount]);
            extras.extend(
                sum.checked_mul(discount)
                    .and_then(|part| part.checked_div(-Decimal::ONE_HUNDRED))
                    .map(|part| part.round_dp(2)),
            );
        }
        return extras;
    }
    let add = |sum: Decimal, more: Decimal| sum.checked_add(more).unwrap_or(sum);
    let tiers = invoice.tax_tiers.iter().filter_map(|t| t.tax.get());
    let summaries = invoice.tax_tier_summaries.iter();
    let summaries = summaries.filter_map(|t| t.total_tax.get());
    extras.push(tiers.fold(Decimal::ZERO, add));
    extras.push(summaries.fold(Decimal::ZERO, add));
    extras.extend(invoice.tax_total.get());
    extras
}
