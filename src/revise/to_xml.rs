//! From the pipe formats to the shape of LEDES XML 2.x (ledes-xml-2.md section 10).
//!
//! What XML wants beyond it is arithmetic on what the lines say: base amounts, totals of matters, the summary of
//! timekeepers, the table of taxes. Nothing else is filled in.

use super::losses::{Losses, why};
use super::money::{Refusal, add, base_of, less, or_zero, times};
use crate::formats::parts::{self, Names, Owner};
use crate::model::{
    Cell, Discount, Invoice, LedesFormat, Line, LineKind, SourceText, Tax, TaxSummary,
    TimekeeperSummary, Value,
};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// Words of the target, put into the invoice's text once.
struct Words {
    unit: Cell,
    item_code: Cell,
    matter_code: Cell,
    flat: Cell,
    decrease: Cell,
    increase: Cell,
    fee: Cell,
    expense: Cell,
    pre_split: Cell,
    no: Cell,
}

impl Words {
    fn new(text: &mut SourceText) -> Self {
        Self {
            unit: text.push_value("U"),
            // By analogy with MIA, the plain adjustment of a matter (ledes-xml-2.md section 5).
            item_code: text.push_value("IA"),
            matter_code: text.push_value("MIA"),
            flat: text.push_value("Flat"),
            decrease: text.push_value("Decrease"),
            increase: text.push_value("Increase"),
            fee: text.push_value("Fee"),
            expense: text.push_value("Exp"),
            pre_split: text.push_value("Pre-Split"),
            no: text.push_value("N"),
        }
    }

    fn direction(&self, amount: Decimal) -> Cell {
        if amount.is_sign_negative() {
            self.decrease
        } else {
            self.increase
        }
    }
}

/// Sums of a matter.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// Fees and expenses.
    detail: [Decimal; 2],
    discounts: [Decimal; 2],
    tax: [Decimal; 2],
}

/// Changes a pipe invoice into the shape of XML 2.x. `taxed` is false where the target has no table of taxes.
///
/// # Errors
/// Amounts that cannot be added.
pub fn reshape(invoice: &mut Invoice, taxed: bool, losses: &mut Losses) -> Result<(), Refusal> {
    let source = invoice.format;
    let mut text = std::mem::take(&mut invoice.text);
    let words = Words::new(&mut text);
    let taxes = if taxed && source.is_international() {
        taxes(invoice, &mut text, &words)
    } else {
        Taxes::default()
    };
    let done = Reshaper {
        source,
        text: &text,
        words,
        taxes,
        taxed,
        losses,
        people: FxHashMap::default(),
        sums: vec![Sums::default(); invoice.matters.len()],
        summaries: FxHashMap::default(),
    }
    .invoice(invoice);
    invoice.text = text;
    done
}

/// The taxes of an invoice's lines, by type and rate.
#[derive(Default)]
struct Taxes {
    by_kind: FxHashMap<(Box<str>, Decimal), usize>,
}

fn bears_tax(line: &Line) -> bool {
    !or_zero(line.tax_rate).is_zero() || !or_zero(line.tax_total).is_zero()
}

/// Makes an entry for each tax. Its key says what it is, so that the same tax has the same key on every invoice.
fn taxes(invoice: &mut Invoice, text: &mut SourceText, words: &Words) -> Taxes {
    let mut taxes = Taxes::default();
    for line in invoice.lines.iter().filter(|l| bears_tax(l)) {
        let rate = or_zero(line.tax_rate).normalize();
        let kind: Box<str> = text.get(line.tax_type).into();
        if taxes.by_kind.contains_key(&(kind.clone(), rate)) {
            continue;
        }
        let id = format!("{}{rate}", if kind.is_empty() { "" } else { &kind });
        let id = text.push_value(&id);
        taxes.by_kind.insert((kind, rate), invoice.taxes.len());
        // Each line bears one tax on its own amount, and withholding cannot be said in 1998BI
        // (ledes-1998bi.md section 5): hence no tax on tax, no tiers, an increase.
        invoice.taxes.push(Tax {
            id,
            tax_type: line.tax_type,
            tiers: words.no,
            rate: Value::calculated(rate),
            on_tax: words.no,
            increase_decrease: words.increase,
            ..Tax::default()
        });
    }
    taxes
}

type PersonKey<'a> = (u32, &'a str, &'a str, Option<Decimal>);

struct Reshaper<'a> {
    source: LedesFormat,
    text: &'a SourceText,
    words: Words,
    taxes: Taxes,
    taxed: bool,
    losses: &'a mut Losses,
    /// Index of each timekeeper in its matter.
    people: FxHashMap<PersonKey<'a>, usize>,
    sums: Vec<Sums>,
    summaries: FxHashMap<(u32, usize), usize>,
}

impl<'a> Reshaper<'a> {
    fn lose(&mut self, owner: Owner, pipe: &str, why: &'static str) {
        let slot = parts::LINE.iter().find(|s| s.names.pipe == pipe);
        if let Some(slot) = slot {
            self.losses.note(self.source, owner, &slot.names, why);
        }
    }

    fn invoice(mut self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let mut lines = std::mem::take(&mut invoice.lines);
        for line in &mut lines {
            let kind = line.kind.get().unwrap_or(LineKind::Fee);
            if kind.is_adjustment() {
                self.adjustment(invoice, line, kind)?;
            } else {
                self.item(invoice, line, kind)?;
            }
        }
        lines.retain(|l| !l.kind.get().is_some_and(LineKind::is_adjustment));
        let place = |l: &Line| (l.matter, l.kind.get() == Some(LineKind::Expense));
        if !lines.is_sorted_by_key(place) {
            lines.sort_by_key(place);
        }
        invoice.lines = lines;
        self.expense_names(invoice);
        self.matters(invoice)?;
        if let (Some(total), Some(net)) = (invoice.total.get(), invoice.net_total.get())
            && less(total, or_zero(invoice.tax_total))? == net
        {
            invoice.net_total = Value::ABSENT;
        }
        // PO_NUMBER is one for the invoice.
        if let Some(po) = invoice.matters.first().map(|m| m.po_number) {
            for matter in &mut invoice.matters {
                matter.po_number = po;
            }
        }
        Ok(())
    }

    /// A fee or an expense.
    fn item(
        &mut self,
        invoice: &mut Invoice,
        line: &mut Line,
        kind: LineKind,
    ) -> Result<(), Refusal> {
        let owner = parts::owner_of(line);
        if !line.item.is_blank() {
            self.losses
                .note(self.source, owner, &parts::LINE[0].names, why::NUMBERED);
            line.item = Cell::ABSENT;
        }
        let side = usize::from(kind == LineKind::Expense);
        let tax = or_zero(line.tax_total);
        let adjustment = or_zero(line.adjustment);
        if let Some(total) = line.total.get() {
            let net = less(total, tax)?;
            line.total = if tax.is_zero() {
                line.total
            } else {
                Value::calculated(net)
            };
            let rest = less(net, adjustment)?;
            let base = match (line.units.get(), line.unit_cost.get()) {
                (Some(units), Some(price)) => {
                    line.charge_type = self.words.unit;
                    base_of(units, price, rest)?
                }
                _ => rest,
            };
            line.base_amount = Value::calculated(base);
            add(&mut self.sums[line.matter as usize].detail[side], net)?;
        }
        if !adjustment.is_zero() {
            let discount = Discount {
                disc_cred: self.words.item_code,
                kind: self.words.flat,
                increase_decrease: self.words.direction(adjustment),
                amount: Value::calculated(adjustment),
                ..Discount::default()
            };
            line.detail.get_or_insert_default().discounts.push(discount);
        }
        add(&mut self.sums[line.matter as usize].tax[side], tax)?;
        self.untaxed(line);
        if self.taxed
            && let Some((id, net)) = self.tax_of(invoice, line, owner)
        {
            line.detail.get_or_insert_default().tax_ids.push(id.0);
            self.summarise(invoice, line.matter, id.1, side, net, tax)?;
        }
        if kind == LineKind::Fee {
            self.person(invoice, line);
        }
        Ok(())
    }

    /// Without a table of taxes a line's tax goes into its matter's; only rate and type have no place.
    fn untaxed(&self, line: &mut Line) {
        if self.taxed {
            return;
        }
        line.tax_total = Value::ABSENT;
        if or_zero(line.tax_rate).is_zero() {
            line.tax_rate = Value::ABSENT;
        }
    }

    /// The tax a line bears, its key and its place in the table, with the amount it is on; the line's own tax fields
    /// are used up.
    fn tax_of(
        &mut self,
        invoice: &Invoice,
        line: &mut Line,
        owner: Owner,
    ) -> Option<((Cell, usize), Decimal)> {
        let taxed = bears_tax(line);
        let kind = self.text.raw(line.tax_type);
        let found = if taxed {
            let key = (Box::from(kind), or_zero(line.tax_rate).normalize());
            self.taxes.by_kind.get(&key).copied()
        } else {
            if !line.tax_type.is_blank() {
                self.lose(owner, "LINE_ITEM_TAX_TYPE", why::UNTAXED);
            }
            None
        };
        line.tax_type = Cell::ABSENT;
        line.tax_rate = Value::ABSENT;
        line.tax_total = Value::ABSENT;
        let index = found?;
        Some(((invoice.taxes[index].id, index), or_zero(line.total)))
    }

    fn summarise(
        &mut self,
        invoice: &mut Invoice,
        matter: u32,
        tax: usize,
        side: usize,
        net: Decimal,
        amount: Decimal,
    ) -> Result<(), Refusal> {
        let id = invoice.taxes[tax].id;
        let summaries = &mut invoice.matters[matter as usize].tax_summaries;
        let index = *self.summaries.entry((matter, tax)).or_insert_with(|| {
            let zero = Value::calculated(Decimal::ZERO);
            summaries.push(TaxSummary {
                tax_id: id,
                detail_fees: zero,
                tax_on_fees: zero,
                detail_expenses: zero,
                tax_on_expenses: zero,
                ..TaxSummary::default()
            });
            summaries.len() - 1
        });
        let summary = &mut summaries[index];
        let (detail, on) = if side == 0 {
            (&mut summary.detail_fees, &mut summary.tax_on_fees)
        } else {
            (&mut summary.detail_expenses, &mut summary.tax_on_expenses)
        };
        for (slot, more) in [(detail, net), (on, amount)] {
            let mut sum = or_zero(*slot);
            add(&mut sum, more)?;
            *slot = Value::calculated(sum);
        }
        Ok(())
    }

    /// An IF or IE line becomes a discount of its matter.
    fn adjustment(
        &mut self,
        invoice: &mut Invoice,
        line: &mut Line,
        kind: LineKind,
    ) -> Result<(), Refusal> {
        let side = usize::from(kind == LineKind::ExpenseAdjustment);
        let tax = or_zero(line.tax_total);
        let net = less(or_zero(line.total), tax)?;
        self.untaxed(line);
        let tax_id = if self.taxed {
            self.tax_of(invoice, line, Owner::Adjustment)
        } else {
            None
        };
        if let Some(((_, index), _)) = tax_id {
            self.summarise(invoice, line.matter, index, side, net, tax)?;
        }
        invoice.matters[line.matter as usize]
            .discounts
            .push(Discount {
                disc_cred: self.words.matter_code,
                note: line.description,
                category: if side == 0 {
                    self.words.fee
                } else {
                    self.words.expense
                },
                kind: self.words.flat,
                increase_decrease: self.words.direction(net),
                pre_post_split: self.words.pre_split,
                amount: Value::calculated(net),
                tax_ids: tax_id.iter().map(|((id, _), _)| *id).collect(),
                ..Discount::default()
            });
        line.description = Cell::ABSENT;
        line.total = Value::ABSENT;
        line.adjustment = Value::ABSENT;
        // 1 x amount, as the standard's own sample writes adjustments.
        let priced = times(or_zero(line.units), or_zero(line.unit_cost))?;
        if priced.is_zero() || priced == net {
            line.units = Value::ABSENT;
            line.unit_cost = Value::ABSENT;
        }
        parts::visit_line(line, &mut |owner, names: &Names, content| {
            if !content.is_blank() {
                self.losses.note(self.source, owner, names, why::ADJUSTMENT);
            }
        });
        for extension in line.detail.iter().flat_map(|d| &d.extensions) {
            if !extension.value.is_blank() {
                self.losses
                    .note_extension(Owner::Adjustment, &extension.name);
            }
        }
        let sums = &mut self.sums[line.matter as usize];
        add(&mut sums.discounts[side], net)?;
        add(&mut sums.tax[side], tax)
    }

    /// Last and first name of a line's timekeeper: of their own, or parts of `Last, First`.
    fn names_of(&self, line: &Line) -> (Cell, Cell) {
        if !line.timekeeper_last_name.is_blank() || !line.timekeeper_first_name.is_blank() {
            return (line.timekeeper_last_name, line.timekeeper_first_name);
        }
        split_name(self.text, line.timekeeper_name)
    }

    /// Puts a fee's timekeeper on the matter's list.
    fn person(&mut self, invoice: &mut Invoice, line: &mut Line) {
        let (last, first) = self.names_of(line);
        let text = self.text;
        let name = text.raw(line.timekeeper_name);
        if !name.is_empty() && !says_both(name, text.raw(last), text.raw(first)) {
            self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::VARIES);
        }
        if line.timekeeper_id.is_blank() {
            if !last.is_blank() || !first.is_blank() {
                self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::NO_SUMMARY);
            }
        } else {
            let key = (
                line.matter,
                text.raw(line.timekeeper_id),
                text.raw(line.timekeeper_classification),
                line.unit_cost.get(),
            );
            let list = &mut invoice.matters[line.matter as usize].timekeepers;
            match self.people.get(&key) {
                Some(index) => {
                    let known = &list[*index];
                    let same = text.raw(known.last_name) == text.raw(last)
                        && text.raw(known.first_name) == text.raw(first);
                    if !same {
                        self.lose(Owner::Fee, "TIMEKEEPER_NAME", why::VARIES);
                    }
                }
                None => {
                    self.people.insert(key, list.len());
                    list.push(TimekeeperSummary {
                        id: line.timekeeper_id,
                        last_name: last,
                        first_name: first,
                        level: line.timekeeper_classification,
                        rate: line.unit_cost,
                        ..TimekeeperSummary::default()
                    });
                }
            }
        }
        line.timekeeper_name = Cell::ABSENT;
        line.timekeeper_last_name = Cell::ABSENT;
        line.timekeeper_first_name = Cell::ABSENT;
    }

    /// Names on expenses stand on the list only where the same person bills time.
    fn expense_names(&mut self, invoice: &mut Invoice) {
        for line in &mut invoice.lines {
            if line.kind.get() != Some(LineKind::Expense) {
                continue;
            }
            let (last, first) = self.names_of(line);
            if !last.is_blank() || !first.is_blank() {
                let text = self.text;
                let id = text.raw(line.timekeeper_id);
                let list = &invoice.matters[line.matter as usize].timekeepers;
                let known = list.iter().any(|t| {
                    text.raw(t.id) == id
                        && text.raw(t.last_name) == text.raw(last)
                        && text.raw(t.first_name) == text.raw(first)
                });
                if !known {
                    self.lose(Owner::Expense, "TIMEKEEPER_NAME", why::NO_SUMMARY);
                }
            }
            line.timekeeper_name = Cell::ABSENT;
            line.timekeeper_last_name = Cell::ABSENT;
            line.timekeeper_first_name = Cell::ABSENT;
        }
    }

    /// Totals of matters, by the rules of ledes-xml-2.md section 6; tax is not in the nets.
    fn matters(&self, invoice: &mut Invoice) -> Result<(), Refusal> {
        let international = self.source.is_international();
        for (matter, sums) in invoice.matters.iter_mut().zip(&self.sums) {
            let mut net = sums.detail;
            add(&mut net[0], sums.discounts[0])?;
            add(&mut net[1], sums.discounts[1])?;
            let mut due = net[0];
            for more in [net[1], sums.tax[0], sums.tax[1]] {
                add(&mut due, more)?;
            }
            let value = Value::calculated;
            matter.total_detail_fees = value(sums.detail[0]);
            matter.total_detail_expenses = value(sums.detail[1]);
            if !matter.discounts.is_empty() {
                matter.disc_credit_fees = value(sums.discounts[0]);
                matter.disc_credit_expenses = value(sums.discounts[1]);
                let mut both = sums.discounts[0];
                add(&mut both, sums.discounts[1])?;
                matter.disc_cred_total = value(both);
            }
            if international {
                matter.tax_on_fees = value(sums.tax[0]);
                matter.tax_on_expenses = value(sums.tax[1]);
            }
            matter.net_fees = value(net[0]);
            matter.net_expenses = value(net[1]);
            matter.total_due = value(due);
        }
        Ok(())
    }
}

/// The two parts of `Last, First`, where they stand. A name without a comma is all last name: where it would be cut
/// is not known.
pub fn split_name(text: &SourceText, name: Cell) -> (Cell, Cell) {
    let raw = text.raw(name);
    let Some(comma) = raw.find(',') else {
        return (name, Cell::ABSENT);
    };
    let part = |from: usize, until: usize| {
        let inner = &raw[from..until];
        let lead = inner.len() - inner.trim_ascii_start().len();
        let start = name.start() + from + lead;
        Cell::new(start, start + inner.trim_ascii().len())
    };
    (part(0, comma), part(comma + 1, raw.len()))
}

/// Whether a name in one piece says the same as its two parts.
pub fn says_both(name: &str, last: &str, first: &str) -> bool {
    let squeezed = |text: &str| {
        text.chars()
            .filter(|c| *c != ',' && !c.is_whitespace())
            .collect::<String>()
    };
    if name.len() == last.len() + first.len() + 2
        && name.starts_with(last)
        && name.ends_with(first)
        && &name[last.len()..last.len() + 2] == ", "
    {
        return true;
    }
    squeezed(name) == format!("{}{}", squeezed(last), squeezed(first))
}
