//! Fees and expenses billed lower: a discount of its own, its total, and every total above it.

use super::{Places, escaped, name};
use crate::model::{Cell, Invoice, Line, LineKind, Matter, Value};
use crate::revise::fix::Change;
use crate::revise::line::edit::change;
use crate::revise::line::parts::{money, whole_cents};
use crate::revise::line::text::place;
use crate::revise::line::{Revised, read};
use crate::revise::money::{Refusal, add, cents, less, or_zero, times};
use crate::revise::split::{divisible, sums};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Why nothing is done, and where it can be.
fn elsewhere(why: &str) -> Refusal {
    Refusal::new(format!(
        "{why}: write the line down in the billing system and take the new export in"
    ))
}

/// The totals of a matter that hold a line's kind.
struct OfKind {
    detail: Value<Decimal>,
    discount: Value<Decimal>,
    share: Value<Decimal>,
    discounted_bill: Value<Decimal>,
    tax: Value<Decimal>,
    net: Value<Decimal>,
}

impl OfKind {
    fn of(matter: &Matter, fee: bool) -> Self {
        let pick = |fees, expenses| if fee { fees } else { expenses };
        Self {
            detail: pick(matter.total_detail_fees, matter.total_detail_expenses),
            discount: pick(matter.disc_credit_fees, matter.disc_credit_expenses),
            share: pick(matter.share_of_fees, matter.share_of_expenses),
            discounted_bill: pick(matter.discounted_bill_fees, matter.discounted_bill_expenses),
            tax: pick(matter.tax_on_fees, matter.tax_on_expenses),
            net: pick(matter.net_fees, matter.net_expenses),
        }
    }
}

/// Writes a write-down into the file. `amount` is without tax, in the invoice's currency.
///
/// # Errors
/// More than the line bills, or sums that depend on more than their parts: a shared or discounted bill, a percentage of
/// the matter, tiers, a tax on a tax or withheld.
pub(in crate::revise::line) fn write_down(
    bytes: &[u8],
    invoice: &Invoice,
    item: &str,
    amount: Decimal,
    rule: &str,
) -> Result<Revised, Refusal> {
    let index = place(invoice, item)?;
    let mut places = Places::new(bytes, invoice)?;
    untiered(invoice)?;
    let whole = divisible(invoice)?;
    let amount = whole_cents(amount)?;
    let net = or_zero(invoice.lines[index].total);
    if amount > net {
        return Err(Refusal::new(format!(
            "line {item} bills {}: it cannot be written down by {amount}",
            money(net)
        )));
    }
    let lowered = Lowered {
        index,
        amount,
        stays: true,
    };
    let (changes, off) = lower(&mut places, &[lowered], rule)?;
    let made = places.written(changes)?;
    let number = invoice.get(invoice.number).trim().to_owned();
    let again = read(&made.bytes, &number)?;
    let wanted = less(whole.total, off)?;
    if sums(&again)?.total != wanted || again.total.get() != Some(wanted) {
        return Err(Refusal::new(
            "the totals do not come out: nothing was made. This is a mistake of cleanbill: please report it with the file",
        ));
    }
    Ok(made)
}

/// Refuses a tax whose rate depends on the whole invoice.
pub(super) fn untiered(invoice: &Invoice) -> Result<(), Refusal> {
    if invoice.tax_tiers.is_empty() && invoice.tax_tier_summaries.is_empty() {
        return Ok(());
    }
    Err(elsewhere(
        "the invoice bears a tiered tax, which is on the whole of it",
    ))
}

/// A line, and by how much less of it is billed, without tax.
pub(super) struct Lowered {
    /// Its index.
    pub(super) index: usize,
    /// How much less; below nothing for a credit that is taken out.
    pub(super) amount: Decimal,
    /// False where its element is taken out of the file.
    pub(super) stays: bool,
}

/// A total and what is taken off it.
struct Off {
    field: String,
    value: Value<Decimal>,
    off: Decimal,
    /// The line that is named with it in the record of changes.
    line: usize,
}

/// Totals above lines, each once.
#[derive(Default)]
struct Totals(Vec<Off>);

impl Totals {
    fn take(
        &mut self,
        field: String,
        value: Value<Decimal>,
        off: Decimal,
        line: usize,
    ) -> Result<(), Refusal> {
        if off.is_zero() {
            return Ok(());
        }
        let known = self.0.iter_mut().find(|t| {
            let own = t.value.cell == value.cell;
            own && !value.is_blank()
        });
        match known {
            Some(own) => add(&mut own.off, off),
            None => {
                self.0.push(Off {
                    field,
                    value,
                    off,
                    line,
                });
                Ok(())
            }
        }
    }
}

/// Lowers lines and every total above them; returns what was changed, and what the invoice bills less, with tax.
///
/// # Errors
/// Sums that depend on more than their parts.
pub(super) fn lower(
    places: &mut Places<'_>,
    lines: &[Lowered],
    rule: &str,
) -> Result<(Vec<Change>, Decimal), Refusal> {
    let invoice = places.invoice;
    let said = |index: usize, item: bool, field: &str, before: String, after: &str| {
        let line = &invoice.lines[index];
        let original = invoice.text.position(line.record).map_or(1, |p| p.line);
        let mut new = change(invoice, line, original, field, before, after, rule);
        if !item {
            // It is the invoice's.
            new.item.clear();
        }
        new
    };
    let mut changes = Vec::new();
    let mut groups: BTreeMap<(usize, bool), Vec<&Lowered>> = BTreeMap::new();
    for one in lines.iter().filter(|l| !l.amount.is_zero()) {
        let line = &invoice.lines[one.index];
        let fee = line.kind.get() == Some(LineKind::Fee);
        groups
            .entry((line.matter as usize, fee))
            .or_default()
            .push(one);
        if !one.stays {
            continue;
        }
        let told =
            |field: &str, before: String, after: &str| said(one.index, true, field, before, after);
        discount(places, line, one.amount, &mut changes, &told)?;
        let after = money(less(or_zero(line.total), one.amount)?);
        let before = places.text[places.at(line.total.cell)?].to_owned();
        places.set(line.total.cell, &after)?;
        changes.push(told("total_amount", before, &after));
    }
    let mut totals = Totals::default();
    let mut whole_off = Decimal::ZERO;
    for ((matter, fee), own_lines) in groups {
        let absent = || elsewhere("the line is of no matter of its invoice");
        let matter = invoice.matters.get(matter).ok_or_else(absent)?;
        let own = OfKind::of(matter, fee);
        plain(invoice, matter, &own, fee)?;
        let mut amount = Decimal::ZERO;
        for one in &own_lines {
            add(&mut amount, one.amount)?;
        }
        let first = own_lines[0].index;
        let taxes = taxes(invoice, matter, &own_lines, fee)?;
        let mut tax_off = Decimal::ZERO;
        for tax in &taxes {
            add(&mut tax_off, less(tax.before, tax.after)?)?;
        }
        let mut net_off = amount;
        if !own.tax.is_blank() && less(or_zero(own.net), or_zero(own.tax))? == before_tax(&own)? {
            add(&mut net_off, tax_off)?;
        }
        let mut off = amount;
        add(&mut off, tax_off)?;
        add(&mut whole_off, off)?;
        let kind = if fee { "fees" } else { "exp" };
        for (field, value, off) in [
            (format!("matter_total_detail_{kind}"), own.detail, amount),
            (format!("matter_net_{kind}"), own.net, net_off),
            (format!("matter_tax_on_{kind}"), own.tax, tax_off),
            ("matter_total_due".to_owned(), matter.total_due, off),
            ("inv_total_tax".to_owned(), invoice.tax_total, tax_off),
            ("inv_total_net_due".to_owned(), invoice.total, off),
        ] {
            totals.take(field, value, off, first)?;
        }
        let (on, detail) = match fee {
            true => ("total_tax_on_fees", "tax_total_detail_fees"),
            false => ("total_tax_on_expense", "tax_total_detail_expense"),
        };
        for tax in &taxes {
            totals.take(detail.to_owned(), tax.detail, tax.amount, first)?;
            let off = less(tax.before, tax.after)?;
            totals.take(on.to_owned(), tax.tax, off, first)?;
        }
    }
    for total in totals.0 {
        let Some(before) = total.value.get() else {
            if total.value.is_blank() {
                continue;
            }
            return Err(elsewhere(&format!("{} is no number", total.field)));
        };
        let after = money(less(before, total.off)?);
        let before = places.text[places.at(total.value.cell)?].to_owned();
        places.set(total.value.cell, &after)?;
        changes.push(said(total.line, false, &total.field, before, &after));
    }
    Ok((changes, whole_off))
}

/// What fees or expenses come to before tax.
fn before_tax(own: &OfKind) -> Result<Decimal, Refusal> {
    let mut sum = or_zero(own.detail);
    add(&mut sum, or_zero(own.discount))?;
    Ok(sum)
}

/// A matter whose net is what its lines and fixed discounts come to, with or without the tax on them.
fn plain(invoice: &Invoice, matter: &Matter, own: &OfKind, fee: bool) -> Result<(), Refusal> {
    let whole = |v: Value<Decimal>| v.get().is_none_or(|v| v == Decimal::ONE);
    let none = |v: Value<Decimal>| v.get().is_none_or(|v| v.is_zero());
    if !whole(own.share) || !none(own.discounted_bill) {
        return Err(elsewhere("only a share of the matter is billed here"));
    }
    let category = if fee { "Fee" } else { "Exp" };
    let in_percent = matter.discounts.iter().any(|d| {
        invoice.get(d.kind).trim() == "Percent" && invoice.get(d.category).trim() == category
    });
    if in_percent {
        return Err(elsewhere("the matter has a discount in percent"));
    }
    let net = before_tax(own)?;
    let mut with_tax = net;
    add(&mut with_tax, or_zero(own.tax))?;
    let stated = or_zero(own.net);
    if stated != net && stated != with_tax {
        return Err(elsewhere(&format!(
            "the matter's net amount is {stated}, its lines and discounts come to {net}"
        )));
    }
    Ok(())
}

/// A tax on lines, before and after, as it stands in the matter's summary.
struct Taxed {
    detail: Value<Decimal>,
    tax: Value<Decimal>,
    before: Decimal,
    after: Decimal,
    /// By how much the lines that bear it are lowered.
    amount: Decimal,
}

/// Taxes on lines of one matter that are lowered, all fees or all expenses.
fn taxes(
    invoice: &Invoice,
    matter: &Matter,
    lines: &[&Lowered],
    fee: bool,
) -> Result<Vec<Taxed>, Refusal> {
    let mut amounts: Vec<(String, Decimal)> = Vec::new();
    for one in lines {
        let detail = invoice.lines[one.index].detail.as_ref();
        for id in detail.into_iter().flat_map(|d| &d.tax_ids) {
            let id = invoice.get(*id).trim().to_owned();
            match amounts.iter_mut().find(|(known, _)| *known == id) {
                Some((_, sum)) => add(sum, one.amount)?,
                None => amounts.push((id, one.amount)),
            }
        }
    }
    let mut found = Vec::new();
    for (id, amount) in amounts {
        let own = |cell: Cell| invoice.get(cell).trim() == id;
        let tax = invoice.taxes.iter().find(|t| own(t.id));
        let summary = matter.tax_summaries.iter().find(|s| own(s.tax_id));
        let (Some(tax), Some(summary)) = (tax, summary) else {
            return Err(elsewhere(&format!("tax {id} has no rate or no summary")));
        };
        let yes = |cell: Cell, word: &str| invoice.get(cell).trim() == word;
        let on_it = |t: &crate::model::Tax| yes(t.on_tax, "Y");
        if on_it(tax) || yes(tax.tiers, "Y") || yes(tax.increase_decrease, "Decrease") {
            return Err(elsewhere(&format!(
                "tax {id} is on a tax, in tiers, or withheld"
            )));
        }
        if invoice.taxes.iter().any(|t| on_it(t) && own(t.on_tax_id)) {
            return Err(elsewhere(&format!("another tax is on tax {id}")));
        }
        let (detail, stated) = match fee {
            true => (summary.detail_fees, summary.tax_on_fees),
            false => (summary.detail_expenses, summary.tax_on_expenses),
        };
        let (rate, base) = (or_zero(tax.rate), or_zero(detail));
        let before = or_zero(stated);
        if cents(times(base, rate)?) != before {
            return Err(elsewhere(&format!(
                "tax {id} is {before} on {base}, which is not its rate of {rate}"
            )));
        }
        found.push(Taxed {
            detail,
            tax: stated,
            before,
            after: cents(times(less(base, amount)?, rate)?),
            amount,
        });
    }
    Ok(found)
}

/// The line's discount, and the sum of its discounts.
fn discount(
    places: &mut Places<'_>,
    line: &Line,
    amount: Decimal,
    changes: &mut Vec<Change>,
    told: &impl Fn(&str, String, &str) -> Change,
) -> Result<(), Refusal> {
    const SUM: &str = "item_disc_cred_amount";
    let after = money(less(or_zero(line.adjustment), amount)?);
    let before = places.invoice.get(line.adjustment.cell).into_owned();
    changes.push(told(SUM, before, &after));
    if line.adjustment.is_blank() {
        // An empty element is filled, a missing one stands before the total, as the schema has it.
        let element = places.element(line.record, name(line))?;
        let empty = [format!("<{SUM}/>"), format!("<{SUM}></{SUM}>")];
        let new = format!("<{SUM}>{after}</{SUM}>");
        let inside = &places.text[element.clone()];
        let found = empty
            .iter()
            .find_map(|e| Some((inside.find(e.as_str())?, e.len())));
        match found {
            Some((at, length)) => {
                let at = element.start + at;
                places.edits.push((at..at + length, new));
            }
            None => {
                let total = places.at(line.total.cell)?.start;
                let tag = places.text[..total].rfind("<total_amount");
                let tag = tag.filter(|at| *at > element.start);
                let tag = tag.ok_or_else(|| elsewhere("the line has no total_amount"))?;
                let lead = places.lead(tag).to_owned();
                places.edits.push((tag..tag, format!("{new}{lead}")));
            }
        }
    } else {
        places.set(line.adjustment.cell, &after)?;
    }
    let segment = format!("{}_item_disc_cred", name(line));
    let own = line.detail.iter().flat_map(|d| &d.discounts).next_back();
    let (at, lead) = match own {
        Some(last) => {
            let last = places.element(last.record, &segment)?;
            (last.end, places.lead(last.start).to_owned())
        }
        None => {
            let number = places.at(line.item)?;
            let close = "</file_item_nbr>";
            let end = places.text[number.end..].find(close);
            let end = end.ok_or_else(|| elsewhere("the line has no file_item_nbr"))?;
            let tag = places.text[..number.start].rfind('<').unwrap_or_default();
            (number.end + end + close.len(), places.lead(tag).to_owned())
        }
    };
    let deeper = if lead.is_empty() {
        String::new()
    } else {
        format!("{lead}  ")
    };
    let mut new = format!("{lead}<{segment}>");
    for (element, value) in [
        ("disc_cred", "Other".to_owned()),
        ("disc_cred_note", "Write-down".to_owned()),
        ("disc_cred_type", "Flat".to_owned()),
        ("increase_decrease", "Decrease".to_owned()),
        ("disc_cred_amount", money(less(Decimal::ZERO, amount)?)),
        ("file_item_nbr", places.next_item()),
    ] {
        new += &format!("{deeper}<{element}>{}</{element}>", escaped(&value));
    }
    new += &format!("{lead}</{segment}>");
    places.edits.push((at..at, new));
    Ok(())
}
