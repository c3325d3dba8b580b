//! `payments show`: one payment, or one row of a remittance, with all that is known of it.

use super::list::named;
use crate::cli::paragraph::paragraph;
use crate::cli::tracker::{instant, money};
use crate::workflow::{PaymentShown, RemittanceShown};
use std::io::Write;

pub(super) fn show(one: &PaymentShown, out: &mut impl Write) -> anyhow::Result<()> {
    let account = &one.account;
    let row = &account.invoice;
    let amount = |a| money(a, &row.currency);
    writeln!(
        out,
        "Invoice {}, client {}, {}: billed {}, approved {}, paid {}, open {}",
        row.number,
        row.client,
        row.state,
        amount(account.billed),
        account
            .approved
            .map_or_else(|| "not said".to_owned(), amount),
        amount(account.paid),
        amount(account.open)
    )?;
    if !account.cut.is_zero() {
        writeln!(
            out,
            "  Cut {}: accepted {}, given back {}, contested {}",
            amount(account.cut),
            amount(account.accepted),
            amount(account.recovered),
            amount(account.contested)
        )?;
    }
    if let Some(missing) = account.short() {
        writeln!(out, "  SHORT PAID: {} less than approved", amount(missing))?;
    }
    for remark in &account.remarks {
        writeln!(out, "  LOOK: {remark}")?;
    }
    for payment in &one.payments {
        let line = payment
            .item
            .as_ref()
            .map_or_else(String::new, |i| format!(", line {i}"));
        writeln!(
            out,
            "  {}  {:>16}  {} {}{line} ({}, heard of {})",
            payment.day.as_deref().unwrap_or("?         "),
            money(payment.amount, &payment.currency),
            payment.kind,
            payment.reference,
            payment.source,
            instant(payment.heard_ms)
        )?;
    }
    for line in &one.lines {
        writeln!(
            out,
            "  line {}: billed {}, cut {}, paid {}",
            line.item,
            line.billed.map_or_else(|| "?".to_owned(), amount),
            amount(line.cut),
            amount(line.paid)
        )?;
    }
    if !one.lines.is_empty() && !one.without_line.is_zero() {
        writeln!(out, "  without a line: {}", amount(one.without_line))?;
    }
    for row in &one.waiting {
        writeln!(
            out,
            "  waits for a person: {}  {}  {}",
            row.id,
            money(row.amount, &row.currency),
            row.why
        )?;
    }
    Ok(())
}

pub(super) fn row(one: &RemittanceShown, out: &mut impl Write) -> anyhow::Result<()> {
    let row = &one.row;
    writeln!(
        out,
        "{}: {} of {}, {} {}, for {}, {}",
        row.id,
        money(row.amount, &row.currency),
        row.day,
        row.kind,
        row.reference,
        named(row),
        row.status
    )?;
    writeln!(out, "  It stood in {}", row.place)?;
    if let Some(item) = &row.item {
        writeln!(out, "  Line {item}")?;
    }
    if !row.why.is_empty() {
        writeln!(out, "{}", paragraph(&row.why, 2))?;
    }
    if let Some(by) = &row.decided_by {
        writeln!(out, "  {by}: {}", one.decision)?;
    }
    Ok(())
}
