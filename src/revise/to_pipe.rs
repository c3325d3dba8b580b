//! From the shape of LEDES XML 2.x to the pipe formats (ledes-xml-2.md section 10).
//!
//! Money is never lost: where the lines of the target do not add up to the invoice's total, because of a share, a
//! percentage or a tax it cannot hold, the invoice is refused.

use super::losses::{Losses, why};
use super::money::{Refusal, add, base_of, cents, less, or_zero, times};
use crate::formats::parts::{self, Names, Owner, Slot};
use crate::formats::write::AdjustmentDate;
use crate::model::{
    Cell, Discount, Invoice, LedesFormat, Line, LineKind, Matter, SourceText, TimekeeperSummary,
    Value,
};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

/// Changes an invoice in the shape of XML 2.x into that of 1998B or 1998BI. `source` is what it was read as.
///
/// # Errors
/// Money the target has no place for.
pub fn reshape(
    invoice: &mut Invoice,
    source: LedesFormat,
    target: LedesFormat,
    date: Option<AdjustmentDate>,
    losses: &mut Losses,
) -> Result<(), Refusal> {
    taxes_fit(invoice, target)?;
    let mut text = std::mem::take(&mut invoice.text);
    let mut work = Work {
        source,
        target,
        date: match date {
            Some(AdjustmentDate::InvoiceDate) => invoice.date,
            Some(AdjustmentDate::BillingEnd) => invoice.billing_end,
            None => Value::ABSENT,
        },
        text: &mut text,
        losses,
    };
    let done = work.invoice(invoice);
    invoice.text = text;
    done
}

fn taxes_fit(invoice: &Invoice, target: LedesFormat) -> Result<(), Refusal> {
    let matters = invoice.matters.iter();
    let billed: Vec<Decimal> = matters
        .flat_map(|m| [m.tax_on_fees, m.tax_on_expenses])
        .chain([invoice.tax_total])
        .map(or_zero)
        .filter(|tax| !tax.is_zero())
        .collect();
    if let (Some(tax), false) = (billed.last(), target.is_international()) {
        return Err(Refusal::new(format!(
            "it bills {tax} of tax, and 1998B has no place for tax; convert it to 1998BI-V2 or XML"
        )));
    }
    if !invoice.tax_tier_summaries.is_empty() || !invoice.tax_tiers.is_empty() {
        return Err(Refusal::new(format!(
            "it bears a tiered tax (tax_tier_summary), and {target} has no place for one; convert it to XML-2.2"
        )));
    }
    Ok(())
}

struct Work<'a> {
    source: LedesFormat,
    target: LedesFormat,
    date: Value<chrono::NaiveDate>,
    text: &'a mut SourceText,
    losses: &'a mut Losses,
}

/// What one tax comes to on the fees or the expenses of a matter, line by line.
type Bearers = FxHashMap<(u32, usize, bool), Vec<usize>>;

impl Work<'_> {
    fn lose<T>(&mut self, owner: Owner, slots: &[Slot<T>], xml2: &str, why: &'static str) {
        if let Some(slot) = slots.iter().find(|s| s.names.xml2 == xml2) {
            self.losses.note(self.source, owner, &slot.names, why);
        }
    }

    fn is(&self, cell: Cell, word: &str) -> bool {
        self.text.get(cell).eq_ignore_ascii_case(word)
    }

    fn invoice(&mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut by_matter: Vec<Vec<Line>> = invoice.matters.iter().map(|_| Vec::new()).collect();
        for line in std::mem::take(&mut invoice.lines) {
            if let Some(own) = by_matter.get_mut(line.matter as usize) {
                own.push(line);
            }
        }
        let mut bearers = Bearers::default();
        let mut lines: Vec<Line> = Vec::new();
        for (index, own) in by_matter.into_iter().enumerate() {
            let mut people = People::of(self.text, &invoice.matters[index]);
            for mut line in own {
                self.item(&mut line)?;
                self.person(&mut line, &mut people);
                let ids = line.detail.as_mut().map(|d| std::mem::take(&mut d.tax_ids));
                self.bears(
                    invoice,
                    &line,
                    &ids.unwrap_or_default(),
                    lines.len(),
                    &mut bearers,
                )?;
                lines.push(line);
            }
            for unused in people.used.iter().filter(|used| !**used) {
                let _ = unused;
                self.lose(Owner::Timekeeper, parts::TIMEKEEPER, "tk_id", why::UNUSED);
            }
            for discount in std::mem::take(&mut invoice.matters[index].discounts) {
                let line = self.discount(index as u32, &discount);
                let Some(line) = line else {
                    continue;
                };
                self.bears(invoice, &line, &discount.tax_ids, lines.len(), &mut bearers)?;
                lines.push(line);
            }
        }
        if lines.is_empty() {
            return Err(Refusal::new(format!(
                "it has no fees, expenses or discounts, and {} is nothing but lines",
                self.target
            )));
        }
        self.tax_lines(invoice, &mut lines, &bearers)?;
        self.number(&mut lines);
        invoice.lines = lines;
        self.totals(invoice)?;
        self.matters(invoice);
        Ok(())
    }

    /// A fee or an expense.
    fn item(&mut self, line: &mut Line) -> Result<(), Refusal> {
        let owner = parts::owner_of(line);
        let adjustment = or_zero(line.adjustment);
        let rest = less(or_zero(line.total), adjustment)?;
        let base = line.base_amount.get();
        let priced = match (line.units.get(), line.unit_cost.get()) {
            (Some(units), Some(price)) => Some(base_of(units, price, rest)?),
            _ => None,
        };
        let fixed = self.is(line.charge_type, "F");
        if fixed && let Some(base) = base.filter(|b| priced != Some(*b)) {
            line.units = Value::calculated(Decimal::ONE);
            line.unit_cost = Value::calculated(base);
            self.lose(owner, parts::LINE, "charge_type", why::FLAT);
            line.charge_type = Cell::ABSENT;
            line.base_amount = Value::ABSENT;
        } else {
            if !fixed {
                line.charge_type = Cell::ABSENT;
            }
            if base == priced || base == Some(rest) {
                line.base_amount = Value::ABSENT;
            }
        }
        // A plain adjustment says no more than its amount.
        if let Some(detail) = &mut line.detail
            && let [one] = &detail.discounts[..]
            && one.note.is_blank()
            && one.percent.is_blank()
            && (self.text.get(one.disc_cred) == "IA")
            && one.amount.get() == line.adjustment.get()
        {
            detail.discounts.clear();
        }
        if let Some(detail) = &mut line.detail {
            for discount in &mut detail.discounts {
                // Said by the line's adjustment.
                discount.amount = Value::ABSENT;
                discount.increase_decrease = Cell::ABSENT;
            }
        }
        Ok(())
    }

    /// Name and class of a line's timekeeper, from the matter's list.
    fn person(&mut self, line: &mut Line, people: &mut People) {
        let Some(index) = people.find(self.text, line) else {
            return;
        };
        people.used[index] = true;
        let person = &people.list[index];
        if line.timekeeper_classification.is_blank() {
            line.timekeeper_classification = person.level;
        }
        if people.names[index].is_none() {
            let last = self.text.get(person.last_name).into_owned();
            let first = self.text.get(person.first_name).into_owned();
            people.names[index] = Some(match (last.is_empty(), first.is_empty()) {
                (false, false) => self.text.push_value(&format!("{last}, {first}")),
                (false, true) => person.last_name,
                _ => person.first_name,
            });
        }
        line.timekeeper_name = people.names[index].unwrap_or_default();
        if self.target.is_international() {
            line.timekeeper_last_name = person.last_name;
            line.timekeeper_first_name = person.first_name;
        }
    }

    /// A matter's discount becomes an IF or IE line.
    fn discount(&mut self, matter: u32, discount: &Discount) -> Option<Line> {
        let owner = Owner::MatterDiscount;
        let Some(amount) = discount.amount.get() else {
            // Without an amount it changes no sum that is not stated elsewhere.
            parts::DISCOUNT.iter().for_each(|slot| {
                if !(slot.get)(discount).is_blank() {
                    self.losses
                        .note(self.source, owner, &slot.names, why::NO_PLACE);
                }
            });
            return None;
        };
        let kind = if self.is(discount.category, "Exp") {
            LineKind::ExpenseAdjustment
        } else {
            LineKind::FeeAdjustment
        };
        let description = if discount.note.is_blank() {
            discount.disc_cred
        } else {
            if !["MIA", "Other"]
                .iter()
                .any(|c| self.is(discount.disc_cred, c))
            {
                self.lose(owner, parts::DISCOUNT, "disc_cred", why::NO_PLACE);
            }
            discount.note
        };
        let description = if self.text.get(description) == "MIA" {
            Cell::ABSENT
        } else {
            description
        };
        if !discount.percent.is_blank() {
            self.lose(owner, parts::DISCOUNT, "discount_percent", why::NO_PLACE);
        }
        if self.is(discount.pre_post_split, "Post-Split") {
            self.lose(owner, parts::DISCOUNT, "pre_post_split", why::NO_PLACE);
        }
        Some(Line {
            item: discount.item,
            kind: Value::calculated(kind),
            matter,
            date: self.date,
            adjustment: Value::calculated(amount),
            total: Value::calculated(amount),
            description,
            ..Line::default()
        })
    }

    /// Notes which tax a line bears.
    fn bears(
        &mut self,
        invoice: &Invoice,
        line: &Line,
        ids: &[Cell],
        at: usize,
        bearers: &mut Bearers,
    ) -> Result<(), Refusal> {
        if !self.target.is_international() {
            for _ in ids {
                let owner = match parts::owner_of(line) {
                    Owner::Expense => Owner::ExpenseTax,
                    Owner::Adjustment => Owner::DiscountTax,
                    _ => Owner::FeeTax,
                };
                self.losses
                    .note(self.source, owner, &parts::TAX_REFERENCE, why::NO_PLACE);
            }
            return Ok(());
        }
        let one = match ids {
            [] => return Ok(()),
            [one] => *one,
            _ => {
                return Err(Refusal::new(format!(
                    "a line of {} bears {} taxes, and {} has one a line; keep it in XML",
                    or_zero(line.total),
                    ids.len(),
                    self.target
                )));
            }
        };
        let id = self.text.get(one);
        let found = invoice.taxes.iter().position(|t| self.text.get(t.id) == id);
        let Some(index) = found else {
            return Err(Refusal::new(format!(
                "a line bears the tax \"{id}\", which no tax segment has; mend it first: cleanbill check"
            )));
        };
        let tax = &invoice.taxes[index];
        if self.is(tax.on_tax, "Y") || self.is(tax.increase_decrease, "Decrease") {
            return Err(Refusal::new(format!(
                "the tax \"{id}\" is on another tax or withheld, and {} cannot say so; keep it in XML",
                self.target
            )));
        }
        let fees = matches!(
            line.kind.get(),
            Some(LineKind::Fee | LineKind::FeeAdjustment)
        );
        bearers
            .entry((line.matter, index, fees))
            .or_default()
            .push(at);
        Ok(())
    }

    /// The tax of each line, so that the lines of a matter come to what its tax summary says.
    fn tax_lines(
        &mut self,
        invoice: &Invoice,
        lines: &mut [Line],
        bearers: &Bearers,
    ) -> Result<(), Refusal> {
        if !self.target.is_international() {
            return Ok(());
        }
        for line in lines.iter_mut() {
            line.tax_rate = Value::calculated(Decimal::ZERO);
            line.tax_total = Value::calculated(Decimal::ZERO);
        }
        for ((matter, tax, fees), own) in bearers {
            let entry = &invoice.taxes[*tax];
            let rate = or_zero(entry.rate);
            let mut sum = Decimal::ZERO;
            for at in own {
                let line = &mut lines[*at];
                let amount = cents(times(or_zero(line.total), rate)?);
                add(&mut sum, amount)?;
                line.tax_rate = Value::calculated(rate);
                line.tax_type = entry.tax_type;
                line.tax_total = Value::calculated(amount);
            }
            let summaries = &invoice.matters[*matter as usize].tax_summaries;
            let id = self.text.get(entry.id);
            let stated = summaries.iter().find(|s| self.text.get(s.tax_id) == id);
            let stated = stated.and_then(|s| {
                let value = if *fees {
                    s.tax_on_fees
                } else {
                    s.tax_on_expenses
                };
                value.get()
            });
            if let Some(stated) = stated {
                spread(less(stated, sum)?, own, lines)?;
            }
        }
        for line in lines {
            let mut gross = or_zero(line.total);
            add(&mut gross, or_zero(line.tax_total))?;
            line.total = Value::calculated(gross);
        }
        Ok(())
    }

    /// Line numbers: the file's item numbers, or from 1 where it has none or one twice.
    fn number(&mut self, lines: &mut [Line]) {
        let mut seen = FxHashSet::default();
        let unique = lines
            .iter()
            .all(|l| !l.item.is_blank() && seen.insert(self.text.get(l.item).into_owned()));
        if unique {
            return;
        }
        for (index, line) in lines.iter_mut().enumerate() {
            line.item = self.text.push_value(&(index + 1).to_string());
        }
    }

    fn totals(&mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut sum = Decimal::ZERO;
        let mut tax = Decimal::ZERO;
        for line in &invoice.lines {
            add(&mut sum, or_zero(line.total))?;
            add(&mut tax, or_zero(line.tax_total))?;
        }
        if let Some(total) = invoice.total.get()
            && total != sum
        {
            let share = |m: &Matter| {
                [m.share_of_fees, m.share_of_expenses]
                    .iter()
                    .any(|s| s.get().is_some_and(|s| s != Decimal::ONE))
            };
            let because = if invoice.matters.iter().any(share) {
                "the matter's share (matter_perc_shar_fees, _exp) has no place there"
            } else {
                "what makes the difference has no place there, or the invoice does not add up"
            };
            return Err(Refusal::new(format!(
                "in {} its lines would come to {sum}, and its total is {total}: {because}; check it first: cleanbill \
                 check",
                self.target
            )));
        }
        if self.target.is_international() {
            if invoice.tax_total.get() != Some(tax) {
                invoice.tax_total = Value::calculated(tax);
            }
            invoice.net_total = Value::calculated(less(sum, tax)?);
        } else {
            // Zero: see `taxes_fit`.
            invoice.tax_total = Value::ABSENT;
        }
        Ok(())
    }

    /// Sums of matters are said by their lines; of taxes only rate and type have a place, on the lines.
    fn matters(&mut self, invoice: &mut Invoice) {
        let one = |v: Value<Decimal>| v.get() == Some(Decimal::ONE);
        let billed: FxHashSet<u32> = invoice.lines.iter().map(|l| l.matter).collect();
        let po = invoice
            .matters
            .first()
            .map(|m| self.text.get(m.po_number).into_owned());
        for (index, matter) in invoice.matters.iter_mut().enumerate() {
            for sum in [
                &mut matter.total_detail_fees,
                &mut matter.total_detail_expenses,
                &mut matter.disc_credit_fees,
                &mut matter.disc_credit_expenses,
                &mut matter.disc_cred_total,
                &mut matter.tax_on_fees,
                &mut matter.tax_on_expenses,
                &mut matter.net_fees,
                &mut matter.net_expenses,
                &mut matter.total_due,
            ] {
                *sum = Value::ABSENT;
            }
            for share in [&mut matter.share_of_fees, &mut matter.share_of_expenses] {
                if one(*share) {
                    *share = Value::ABSENT;
                }
            }
            matter.tax_summaries.clear();
            matter.timekeepers.clear();
            if index > 0 && self.target.is_international() {
                if po.as_deref() != Some(&*self.text.get(matter.po_number)) {
                    self.lose(Owner::Matter, parts::MATTER, "po_number", why::VARIES);
                }
                matter.po_number = Cell::ABSENT;
            }
            if !billed.contains(&(index as u32)) {
                self.lose(Owner::Matter, parts::MATTER, "lf_matter_id", why::UNUSED);
            }
        }
        self.drop_unbilled(invoice, &billed);
        for tax in &mut invoice.taxes {
            tax.id = Cell::ABSENT;
            if self.target.is_international() {
                tax.rate = Value::ABSENT;
                tax.tax_type = Cell::ABSENT;
            }
            if self.text.get(tax.on_tax).eq_ignore_ascii_case("N") {
                tax.on_tax = Cell::ABSENT;
            }
            if self.text.get(tax.tiers).eq_ignore_ascii_case("N") {
                tax.tiers = Cell::ABSENT;
            }
            if self
                .text
                .get(tax.increase_decrease)
                .eq_ignore_ascii_case("Increase")
            {
                tax.increase_decrease = Cell::ABSENT;
            }
        }
    }

    /// Matters without a line do not exist in a pipe file.
    fn drop_unbilled(&mut self, invoice: &mut Invoice, billed: &FxHashSet<u32>) {
        if billed.len() == invoice.matters.len() {
            return;
        }
        let mut moved: Vec<u32> = Vec::with_capacity(invoice.matters.len());
        let mut kept = Vec::new();
        for (index, matter) in std::mem::take(&mut invoice.matters).into_iter().enumerate() {
            moved.push(kept.len() as u32);
            if billed.contains(&(index as u32)) {
                kept.push(matter);
            } else {
                for slot in parts::MATTER {
                    let names: &Names = &slot.names;
                    if names.xml2 != "lf_matter_id" && !(slot.get)(&matter).is_blank() {
                        self.losses
                            .note(self.source, Owner::Matter, names, why::UNUSED);
                    }
                }
            }
        }
        invoice.matters = kept;
        for line in &mut invoice.lines {
            line.matter = moved.get(line.matter as usize).copied().unwrap_or(0);
        }
    }
}

/// Spreads what rounding line by line left over: a cent a line, no more.
fn spread(left: Decimal, own: &[usize], lines: &mut [Line]) -> Result<(), Refusal> {
    let cent = Decimal::new(if left.is_sign_negative() { -1 } else { 1 }, 2);
    let mut left = left;
    for at in own {
        if left.abs() < cent.abs() {
            break;
        }
        let line = &mut lines[*at];
        let mut amount = or_zero(line.tax_total);
        if amount.is_zero() {
            continue;
        }
        add(&mut amount, cent)?;
        line.tax_total = Value::calculated(amount);
        left = less(left, cent)?;
    }
    Ok(())
}

/// The timekeepers of a matter, found by the lines that refer to them.
struct People {
    list: Vec<TimekeeperSummary>,
    names: Vec<Option<Cell>>,
    used: Vec<bool>,
    by_id: FxHashMap<String, Vec<usize>>,
}

impl People {
    fn of(text: &SourceText, matter: &Matter) -> Self {
        let mut by_id: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (index, person) in matter.timekeepers.iter().enumerate() {
            let id = text.get(person.id).into_owned();
            by_id.entry(id).or_default().push(index);
        }
        Self {
            list: matter.timekeepers.clone(),
            names: vec![None; matter.timekeepers.len()],
            used: vec![false; matter.timekeepers.len()],
            by_id,
        }
    }

    /// By id, level and rate; else by as many of them as fit.
    fn find(&self, text: &SourceText, line: &Line) -> Option<usize> {
        if line.timekeeper_id.is_blank() {
            return None;
        }
        let known = self.by_id.get(&*text.get(line.timekeeper_id))?;
        let level = text.get(line.timekeeper_classification);
        let fits = |index: &&usize| {
            let person = &self.list[**index];
            let same_level = level.is_empty() || text.get(person.level) == level;
            let same_rate = person.rate.get() == line.unit_cost.get();
            u8::from(same_level) * 2 + u8::from(same_rate)
        };
        // The first of those that fit best.
        known.iter().rev().max_by_key(fits).copied()
    }
}
