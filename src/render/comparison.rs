//! What other packs would change, as text: invoice by invoice, then by rule.

use super::wording::{amount, counted, level_words, printable};
use crate::check::{Comparison, Difference, Said};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the comparison.
///
/// # Errors
/// The output could not be written.
pub fn comparison(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    for changed in &comparison.changed {
        let path = printable(&changed.path);
        match &changed.invoice {
            Some(number) => writeln!(out, "{path}, invoice {}", printable(number))?,
            None => writeln!(out, "{path}, the file itself")?,
        }
        for difference in &changed.differences {
            one(difference, &changed.currency, out)?;
        }
        writeln!(out)?;
    }
    by_rule(comparison, out)?;
    writeln!(
        out,
        "{} checked, {} of them with other findings",
        counted(comparison.invoices, "invoice"),
        comparison
            .changed
            .iter()
            .filter(|c| c.invoice.is_some())
            .count()
    )?;
    for (currency, (before, after)) in &comparison.at_risk {
        writeln!(
            out,
            "at risk: {} before, {} after",
            amount(before, currency),
            amount(after, currency)
        )?;
    }
    Ok(())
}

fn one(difference: &Difference, currency: &str, out: &mut dyn Write) -> io::Result<()> {
    let rule = &difference.rule;
    let money = |said: &Said| match said.at_risk.is_zero() {
        true => String::new(),
        false => format!(", {} at risk", amount(&said.at_risk, currency)),
    };
    let (sign, said) = match (&difference.before, &difference.after) {
        (None, Some(after)) => {
            let words = level_words(after.level);
            ("+", format!("{words}{}: {}", money(after), after.message))
        }
        (Some(before), None) => {
            let words = level_words(before.level);
            ("-", format!("{words}{}: {}", money(before), before.message))
        }
        (Some(before), Some(after)) => {
            let half = |said: &Said| {
                let places = counted(said.places, "place");
                format!("{}{}, {places}", level_words(said.level), money(said))
            };
            ("~", format!("{} -> {}", half(before), half(after)))
        }
        (None, None) => return Ok(()),
    };
    writeln!(out, "  {sign} {rule}: {}", printable(&said))
}

#[derive(Default)]
struct Sums {
    gained: usize,
    lost: usize,
    other: usize,
    at_risk: BTreeMap<String, Decimal>,
}

fn by_rule(comparison: &Comparison, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, Sums> = BTreeMap::new();
    for changed in &comparison.changed {
        for difference in &changed.differences {
            let sums = rules.entry(&difference.rule).or_default();
            match (&difference.before, &difference.after) {
                (None, _) => sums.gained += 1,
                (_, None) => sums.lost += 1,
                _ => sums.other += 1,
            }
            let of = |said: &Option<Said>| said.as_ref().map_or(Decimal::ZERO, |s| s.at_risk);
            let more = of(&difference.after).saturating_sub(of(&difference.before));
            let sum = sums.at_risk.entry(changed.currency.clone()).or_default();
            *sum = sum.saturating_add(more);
        }
    }
    if rules.is_empty() {
        return Ok(());
    }
    let width = rules.keys().map(|rule| rule.len()).max().unwrap_or(0);
    writeln!(out, "{:<width$}  gained  lost  changed  at risk", "by rule")?;
    for (rule, sums) in &rules {
        let money: Vec<String> = sums
            .at_risk
            .iter()
            .filter(|(_, sum)| !sum.is_zero())
            .map(|(currency, sum)| {
                let sign = if sum.is_sign_negative() { "" } else { "+" };
                format!("{sign}{}", amount(sum, currency))
            })
            .collect();
        let row = format!(
            "{rule:<width$}  {:>6}  {:>4}  {:>7}  {}",
            sums.gained,
            sums.lost,
            sums.other,
            money.join(", ")
        );
        writeln!(out, "{}", row.trim_end())?;
    }
    writeln!(out)
}
