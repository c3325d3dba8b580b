//! The charges of an XML invoice that were not paid in full, as a file of one invoice at the unpaid difference.

use super::write_down::{Lowered, lower, untiered};
use super::{Places, name};
use crate::model::{Invoice, LineKind, Matter};
use crate::revise::line::parts::money;
use crate::revise::line::text::place;
use crate::revise::line::{Difference, read};
use crate::revise::money::{Refusal, add, less, or_zero};
use crate::revise::split::{divisible, sums};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Why nothing is made, and who can make it.
fn elsewhere(why: &str) -> Refusal {
    Refusal::new(format!(
        "{why}: make the appeal's invoice in the billing system and take it in, or file the appeal at the portal by hand"
    ))
}

/// The file of the new invoice: only these charges, each with its own number, date, rate, units and words, its total brought
/// down to the difference by a discount of its own; what is asked for is without tax, as the charges' totals are, and the
/// taxes on it are computed anew. Other charges, matters without any, and other invoices are taken out.
///
/// # Errors
/// No such line, more than it bills, or totals that depend on more than their parts.
pub(in crate::revise::line) fn difference(
    bytes: &[u8],
    invoice: &Invoice,
    wanted: &Difference<'_>,
) -> Result<Vec<u8>, Refusal> {
    let mut places = Places::new(bytes, invoice)
        .map_err(|_| elsewhere("no appeal's file is made of LEDES 2000"))?;
    untiered(invoice)?;
    let whole = divisible(invoice)?;
    for matter in &invoice.matters {
        of_lines(invoice, matter)?;
    }
    let withheld = |t: &crate::model::Tax| invoice.get(t.increase_decrease).trim() == "Decrease";
    if invoice.taxes.iter().any(withheld) {
        return Err(elsewhere("a tax is withheld from the whole of the invoice"));
    }
    let mut asked: BTreeMap<usize, Decimal> = BTreeMap::new();
    let mut net = Decimal::ZERO;
    for (item, amount) in wanted.lines {
        let index = place(invoice, item)?;
        let line = &invoice.lines[index];
        let total = or_zero(line.total);
        if line.kind.get().is_none_or(LineKind::is_adjustment) {
            return Err(Refusal::new(format!(
                "line {item} is an adjustment itself: what was cut from it is asked for by hand"
            )));
        }
        if *amount <= Decimal::ZERO || *amount > total || amount.normalize().scale() > 2 {
            return Err(Refusal::new(format!(
                "line {item} bills {total}: {amount} cannot be asked for"
            )));
        }
        add(&mut net, *amount)?;
        if asked.insert(index, *amount).is_some() {
            return Err(Refusal::new(format!("line {item} is named twice")));
        }
    }
    if asked.is_empty() {
        return Err(Refusal::new("no line is named"));
    }
    let mut lowered = Vec::with_capacity(invoice.lines.len());
    let mut matters: BTreeSet<usize> = BTreeSet::new();
    let mut out: Vec<Range<usize>> = Vec::new();
    for (index, line) in invoice.lines.iter().enumerate() {
        let own = asked.get(&index);
        match own {
            Some(_) => {
                matters.insert(line.matter as usize);
            }
            None => out.push(places.element(line.record, name(line))?),
        }
        lowered.push(Lowered {
            index,
            amount: less(or_zero(line.total), own.copied().unwrap_or_default())?,
            stays: own.is_some(),
        });
    }
    let (_, off) = lower(&mut places, &lowered, "")?;
    for (index, matter) in invoice.matters.iter().enumerate() {
        if !matters.contains(&index) {
            out.push(places.element(matter.record, "matter")?);
        }
    }
    out.extend(others(&places)?);
    places.set(invoice.number, wanted.number)?;
    if let Some(date) = wanted.date {
        places.set(invoice.date.cell, &date.format("%Y-%m-%d").to_string())?;
    }
    take_out(&mut places, out);
    let made = places.written(Vec::new())?.bytes;
    let again = read(&made, wanted.number)?;
    let own = sums(&again)?;
    let kept = again.lines.iter().map(|l| or_zero(l.total));
    let right = again.total.get() == Some(own.total)
        && own.total == less(whole.total, off)?
        && less(own.total, own.tax)? == net
        && again.lines.len() == asked.len()
        && kept.eq(asked.into_values());
    if !right {
        return Err(Refusal::new(format!(
            "the charges do not add up to the {} that is asked for: nothing was made. This is a mistake of cleanbill: please \
             report it with the file",
            money(net)
        )));
    }
    Ok(made)
}

/// The file of an invoice without the others that stand in it, and without clients and firms that have none then.
///
/// # Errors
/// LEDES 2000, or elements that are not where they were read.
pub(in crate::revise::line) fn alone(bytes: &[u8], invoice: &Invoice) -> Result<Vec<u8>, Refusal> {
    let mut places = Places::new(bytes, invoice)?;
    let out = others(&places)?;
    take_out(&mut places, out);
    Ok(places.written(Vec::new())?.bytes)
}

/// Elements of other invoices, and of clients and firms that have none but these.
fn others(places: &Places<'_>) -> Result<Vec<Range<usize>>, Refusal> {
    let number = places.at(places.invoice.number)?;
    let all = ["invoice", "client", "firm"]
        .into_iter()
        .flat_map(|name| elements(&places.text, name));
    Ok(all.filter(|e| !e.contains(&number.start)).collect())
}

/// Takes elements out, with the blanks and line ends before them.
fn take_out(places: &mut Places<'_>, elements: Vec<Range<usize>>) {
    for element in elements {
        let lead = places.lead(element.start).len();
        let edit = (element.start - lead..element.end, String::new());
        places.edits.push(edit);
    }
}

/// A matter whose totals are those of its lines and their taxes: what was taken off a charge says nothing of what a discount
/// on the whole matter would be then.
fn of_lines(invoice: &Invoice, matter: &Matter) -> Result<(), Refusal> {
    let none = |value: crate::model::Value<Decimal>| or_zero(value).is_zero();
    let discounted = !matter.discounts.is_empty()
        || !none(matter.disc_credit_fees)
        || !none(matter.disc_credit_expenses);
    if discounted {
        return Err(elsewhere(&format!(
            "matter {} has discounts or credits on the whole of it",
            invoice.get(matter.law_firm_matter_id).trim()
        )));
    }
    Ok(())
}

/// Elements of a name, from their opening tags to their closing ones.
fn elements(text: &str, name: &str) -> Vec<Range<usize>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let begins = text.match_indices(&open).filter(|(at, _)| {
        let after = text[at + open.len()..].chars().next();
        after.is_some_and(|c| c == '>' || c.is_whitespace())
    });
    begins
        .filter_map(|(at, _)| Some(at..at + text[at..].find(&close)? + close.len()))
        .collect()
}
