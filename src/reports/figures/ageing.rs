//! What clients owe, and for how long; and what they paid short.

use super::By;
use super::by::of_receivable;
use super::shape::{Chart, Column, Lead, Report};
use super::tally::{Order, Tally};
use crate::model::Lists;
use crate::reports::amounts::money;
use crate::workflow::{AgeFrom, Bucket, Owed, Receivable};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The question it answers.
pub const QUESTION: &str = "What do clients owe, for how long, and what did they pay short?";

/// By what its rows may be, the usual first.
pub const ROWS: &[By] = &[By::Client, By::Matter, By::Partner, By::Portal];

const INVOICES: usize = 1;
const OPEN: usize = 2;
/// The column of the youngest bucket; the others follow.
const YOUNGEST: usize = 3;
const OVERPAID: usize = 7;
const SHORT: usize = 8;
const MISSING: usize = 9;

/// Sums by currency, as `1,200.00 USD and 900.00 GBP`, and how many invoices they are of; `None` where there are none.
fn sums<'a>(
    all: impl Iterator<Item = &'a Receivable>,
    of: impl Fn(&Receivable) -> Decimal,
) -> Option<(String, usize)> {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    let mut count = 0;
    for one in all {
        let sum = sums.entry(&one.invoice.currency).or_default();
        *sum = sum.saturating_add(of(one));
        count += 1;
    }
    let sums: Vec<String> = sums.iter().map(|(c, sum)| money(*sum, c)).collect();
    (count > 0).then(|| (sums.join(" and "), count))
}

fn invoices(count: usize) -> String {
    match count {
        1 => "1 invoice".to_owned(),
        many => format!("{many} invoices"),
    }
}

/// The sentences that stand first.
fn lead(all: &[Receivable]) -> Vec<Lead> {
    let open = || all.iter().filter(|r| r.open > Decimal::ZERO);
    let Some((whole, count)) = sums(open(), |r| r.open) else {
        return vec![Lead {
            text: "Nothing is open.".to_owned(),
            alarm: false,
        }];
    };
    let mut lead = vec![Lead {
        text: format!("Open: {whole}, of {}.", invoices(count)),
        alarm: false,
    }];
    let old = open().filter(|r| r.bucket == Bucket::Over90);
    if let Some((sum, count)) = sums(old, |r| r.open) {
        lead.push(Lead {
            text: format!("Older than 90 days: {sum}, of {}.", invoices(count)),
            alarm: true,
        });
    }
    let short = all.iter().filter(|r| r.short().is_some());
    if let Some((sum, count)) = sums(short, |r| r.short().unwrap_or_default()) {
        lead.push(Lead {
            text: format!(
                "Missing of what clients approved: {sum}, of {}: ask them why.",
                invoices(count)
            ),
            alarm: true,
        });
    }
    lead
}

/// What is open today by age, and what is missing of what was approved.
pub fn report(owed: &Owed, by: By, lists: &Lists) -> Report {
    let columns = vec![
        Column::text(by.name(), by.title()),
        Column::count("invoices", "Invoices"),
        Column::money("open", "Open"),
        Column::money("0-30", "0-30 days"),
        Column::money("31-60", "31-60"),
        Column::money("61-90", "61-90"),
        Column::money("over 90", "Over 90"),
        Column::money("overpaid", "Overpaid"),
        Column::count("short_paid", "Short paid"),
        Column::money("missing", "Missing of approved"),
    ];
    let mut tally = Tally::new(columns, &owed.all);
    let (mut remarks, mut ageless) = (0, 0);
    for (at, one) in owed.all.iter().enumerate() {
        let row = &one.invoice;
        let short = one.short();
        if one.open.is_zero() && short.is_none() {
            continue;
        }
        remarks += usize::from(!one.remarks.is_empty());
        let key = of_receivable(by, row, lists);
        let mut add = |column: usize, value: Decimal| {
            tally.add(&key, &row.currency, at, column, &row.id, value);
        };
        if one.open > Decimal::ZERO {
            ageless += usize::from(one.from.is_none());
            add(INVOICES, Decimal::ONE);
            add(OPEN, one.open);
            add(YOUNGEST + one.bucket as usize, one.open);
        } else {
            add(OVERPAID, -one.open);
        }
        if let Some(missing) = short {
            add(SHORT, Decimal::ONE);
            add(MISSING, missing);
        }
    }
    let (columns, rows, totals) = tally.rows(Order::Largest(OPEN));
    let mut notes = vec![
        "Open is what was billed, less what a partner accepted of the client's cuts, less what came; appeals' own files count \
         with the invoices they are about. What was overpaid is set off against nothing."
            .to_owned(),
    ];
    if ageless > 0 {
        notes.push(format!(
            "{} has no age yet and counts as 0-30.",
            invoices(ageless)
        ));
    }
    if remarks > 0 {
        notes.push(format!(
            "{} should be looked at by a person (cleanbill receivables says why): money in another currency, taken back, or \
             beyond what was approved.",
            invoices(remarks)
        ));
    }
    Report {
        name: super::AGEING,
        title: "Receivables by age",
        period: None,
        by: by.name(),
        counts: format!(
            "Invoices at their clients of which something is open on {}, by days since {}; and those of which less came than the \
             client approved.",
            owed.today,
            match owed.aged_from {
                AgeFrom::InvoiceDate => "the invoice date",
                AgeFrom::Submitted => "the day they reached the client",
                AgeFrom::Approved => "the day the client decided",
            }
        ),
        lead: lead(&owed.all),
        columns,
        rows,
        totals,
        notes,
        chart: Some(Chart {
            title: "Open",
            label: 0,
            column: OPEN,
            in_order: false,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::InvoiceRow;
    use rust_decimal::dec;

    fn one(number: &str, client: &str, currency: &str, days: i64, open: Decimal) -> Receivable {
        Receivable {
            invoice: InvoiceRow {
                id: format!("id-{number}"),
                number: number.to_owned(),
                client: client.to_owned(),
                currency: currency.to_owned(),
                ..InvoiceRow::default()
            },
            billed: dec!(100),
            cut: dec!(0),
            recovered: dec!(0),
            accepted: dec!(0),
            contested: dec!(0),
            approved: Some(dec!(100)),
            paid: dec!(100) - open,
            open,
            due: open,
            from: "2026-01-01".parse().ok(),
            days,
            bucket: Bucket::of(days),
            last_paid: None,
            appeal_open: false,
            reminded: Vec::new(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn what_is_open_stands_under_its_age_and_what_is_missing_beside_it() {
        let owed = Owed {
            today: "2026-11-22".parse().expect("a day"),
            aged_from: AgeFrom::InvoiceDate,
            all: vec![
                one("A", "C1", "USD", 30, dec!(100)),
                one("B", "C1", "USD", 91, dec!(40.01)),
                one("C", "C1", "USD", 91, dec!(-5)),
                one("D", "C1", "GBP", 61, dec!(7)),
                one("E", "C2", "USD", 31, dec!(0)),
            ],
        };
        let made = report(&owed, By::Client, &Lists::default());
        let cells: Vec<_> = made
            .rows
            .iter()
            .map(|r| {
                let numbers = r.cells[1..]
                    .iter()
                    .map(|c| c.number().unwrap_or_default().to_string());
                (
                    r.key.clone(),
                    r.currency.clone(),
                    numbers.collect::<Vec<_>>().join(" "),
                )
            })
            .collect();
        assert_eq!(
            cells,
            [
                (
                    "C1".to_owned(),
                    "USD".to_owned(),
                    "2 140.01 100 0 0 40.01 5 1 40.01".to_owned()
                ),
                (
                    "C1".to_owned(),
                    "GBP".to_owned(),
                    "1 7 0 0 7 0 0 1 7".to_owned()
                ),
            ]
        );
        assert_eq!(
            made.rows[0].invoices.len(),
            3,
            "the one that was overpaid stands behind it too"
        );
        let texts: Vec<&str> = made.lead.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "Open: 7.00 GBP and 140.01 USD, of 3 invoices.",
                "Older than 90 days: 40.01 USD, of 1 invoice.",
                "Missing of what clients approved: 7.00 GBP and 40.01 USD, of 2 invoices: ask them why.",
            ]
        );
        assert_eq!(
            report(
                &Owed {
                    all: Vec::new(),
                    ..owed
                },
                By::Partner,
                &Lists::default()
            )
            .lead[0]
                .text,
            "Nothing is open."
        );
    }
}
