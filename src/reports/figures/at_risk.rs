//! Money at risk by deadline: what the firm loses if nobody acts, what ends first first.

use super::shape::{Behind, Cell, Chart, Column, Kind, Lead, Report, Row, Total};
use chrono::{DateTime, Local};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The question it answers.
pub const QUESTION: &str = "What do we lose this week if nobody acts?";

/// How many days a week has, for who asks what is lost in it.
const WEEK_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Until when somebody may act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Until {
    /// Until this moment, in milliseconds since 1970, as the client's clock reads it, and how it was computed.
    Last {
        /// The last moment.
        at_ms: i64,
        /// On the client's clock.
        local: String,
        /// How it was computed.
        computed: String,
    },
    /// Nobody has written down how long the client waits: nothing is assumed.
    NotConfigured(String),
    /// The time has not begun to run, or can no longer be used; in words.
    Open(String),
}

/// Something that is lost if nobody acts.
#[derive(Clone, Debug)]
pub struct Risk {
    /// The invoice, without what it adds.
    pub invoice: Behind,
    /// What it is: `reduction`, `appeal`, `rejection`, `question`, `late billing`.
    pub what: &'static str,
    /// More of it, in words without anything confidential.
    pub about: String,
    /// How much.
    pub amount: Decimal,
    /// ISO 4217, or `?`.
    pub currency: String,
    /// Who has to act.
    pub who: String,
    /// What they have to do.
    pub next: String,
    /// Until when.
    pub until: Until,
}

impl Risk {
    fn place(&self, now_ms: i64) -> Place {
        match &self.until {
            Until::Last { at_ms, .. } if *at_ms < now_ms => Place::Over,
            Until::Last { at_ms, .. } if *at_ms <= now_ms + WEEK_MS => Place::ThisWeek,
            Until::Last { .. } => Place::Later,
            Until::NotConfigured(_) => Place::NotConfigured,
            Until::Open(_) => Place::Open,
        }
    }
}

/// Where something stands in the report: in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Place {
    ThisWeek,
    NotConfigured,
    Later,
    Open,
    Over,
}

const MONEY: usize = 3;

fn columns() -> Vec<Column> {
    vec![
        Column::text("until", "Until").saying_days(),
        Column::of("days_left", "Days left", Kind::Days, Total::None),
        Column::text("invoice", "Invoice"),
        Column::money("at_risk", "At risk"),
        Column::text("client", "Client"),
        Column::text("what", "What"),
        Column::text("who", "Who acts"),
        Column::text("next", "What to do"),
        Column::text("computed", "How that is known")
            .below()
            .saying_days(),
    ]
}

/// Sums by currency, as `1,200.00 USD and 900.00 GBP`.
fn sums<'a>(risks: impl Iterator<Item = &'a Risk>) -> String {
    let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
    for risk in risks {
        let sum = sums.entry(&risk.currency).or_default();
        *sum = sum.saturating_add(risk.amount);
    }
    let sums: Vec<String> = sums
        .iter()
        .map(|(currency, sum)| super::super::amounts::money(*sum, currency))
        .collect();
    match sums.is_empty() {
        true => "nothing".to_owned(),
        false => sums.join(" and "),
    }
}

fn things(count: usize) -> String {
    match count {
        1 => "1 thing".to_owned(),
        many => format!("{many} things"),
    }
}

/// The sentences that stand first.
fn lead(risks: &[Risk], now_ms: i64) -> Vec<Lead> {
    let of = |place: Place| risks.iter().filter(move |r| r.place(now_ms) == place);
    let end = DateTime::from_timestamp_millis(now_ms + WEEK_MS);
    let end = end.map_or_else(String::new, |at| {
        at.with_timezone(&Local).format("%A, %Y-%m-%d").to_string()
    });
    let this_week = of(Place::ThisWeek).count();
    let mut lead = vec![match this_week {
        0 => Lead {
            text: format!("Nothing with a known deadline is lost this week (until {end})."),
            alarm: false,
        },
        count => Lead {
            text: format!(
                "{} will be lost this week (until {end}) if nobody acts: {}, listed first.",
                sums(of(Place::ThisWeek)),
                things(count)
            ),
            alarm: true,
        },
    }];
    let unknown = of(Place::NotConfigured).count();
    if unknown > 0 {
        lead.push(Lead {
            text: format!(
                "{} may be lost any day: the window of {} is not configured. Write the client's terms into windows.csv, or its \
                 limit into its pack.",
                sums(of(Place::NotConfigured)),
                things(unknown)
            ),
            alarm: true,
        });
    }
    let over = of(Place::Over).count();
    if over > 0 {
        lead.push(Lead {
            text: format!(
                "{} is past its deadline already ({}, listed last): ask the client whether it takes it all the same.",
                sums(of(Place::Over)),
                things(over)
            ),
            alarm: true,
        });
    }
    let later = of(Place::Later).count() + of(Place::Open).count();
    if later > 0 {
        let all = risks
            .iter()
            .filter(|r| matches!(r.place(now_ms), Place::Later | Place::Open));
        lead.push(Lead {
            text: format!(
                "{} can wait longer than a week ({}).",
                sums(all),
                things(later)
            ),
            alarm: false,
        });
    }
    lead
}

fn row(risk: Risk, now_ms: i64) -> Row {
    let place = risk.place(now_ms);
    let (until, days, computed) = match &risk.until {
        Until::Last {
            at_ms,
            local,
            computed,
        } => (
            local.clone(),
            // A day that has begun is no whole day any more.
            Cell::Number(Decimal::from((at_ms - now_ms).div_euclid(DAY_MS))),
            computed.clone(),
        ),
        Until::NotConfigured(words) => ("NOT CONFIGURED".to_owned(), Cell::Empty, words.clone()),
        Until::Open(words) => ("open".to_owned(), Cell::Empty, words.clone()),
    };
    let mut invoice = risk.invoice;
    let what = match risk.about.as_str() {
        "" => risk.what.to_owned(),
        about => format!("{}: {about}", risk.what),
    };
    let cells = vec![
        Cell::Text(until),
        days,
        Cell::Text(invoice.number.clone()),
        Cell::Number(risk.amount),
        Cell::Text(invoice.client.clone()),
        Cell::Text(what),
        Cell::Text(risk.who),
        Cell::Text(risk.next),
        Cell::Text(computed),
    ];
    invoice.cells.clone_from(&cells);
    Row {
        key: format!("{}.{}", invoice.number, risk.what.replace(' ', "-")),
        currency: risk.currency,
        cells,
        alarm: matches!(place, Place::ThisWeek | Place::NotConfigured | Place::Over),
        invoices: vec![invoice],
    }
}

/// What is at risk now.
pub fn report(mut risks: Vec<Risk>, now_ms: i64) -> Report {
    let order = |risk: &Risk| {
        let at = match &risk.until {
            Until::Last { at_ms, .. } => *at_ms,
            _ => i64::MAX,
        };
        (
            risk.place(now_ms),
            at,
            std::cmp::Reverse(risk.amount),
            risk.invoice.number.clone(),
        )
    };
    risks.sort_by_cached_key(order);
    let lead = lead(&risks, now_ms);
    let mut report = Report {
        name: super::AT_RISK,
        title: "Money at risk by deadline",
        period: None,
        by: "deadline",
        counts: "What a client cut and nobody decided on, appeals that are not filed, refused invoices that are not at the portal \
                 again, questions of clients, and invoices not sent whose client takes none that are late."
            .to_owned(),
        lead,
        columns: columns(),
        rows: risks.into_iter().map(|r| row(r, now_ms)).collect(),
        totals: Vec::new(),
        notes: vec![
            "Money is what would be lost: of a reduction what can still be asked for, else the invoice's total. Times are on the \
             client's clock."
                .to_owned(),
        ],
        chart: Some(Chart {
            title: "At risk, by deadline",
            label: 2,
            column: MONEY,
            in_order: true,
        }),
    };
    report.add_up();
    report
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn risk(number: &str, amount: Decimal, currency: &str, until: Until) -> Risk {
        Risk {
            invoice: Behind {
                id: format!("id-{number}"),
                number: number.to_owned(),
                client: "C1".to_owned(),
                matter: String::new(),
                partner: String::new(),
                portal: String::new(),
                state: "reduced".to_owned(),
                cells: Vec::new(),
            },
            what: "reduction",
            about: String::new(),
            amount,
            currency: currency.to_owned(),
            who: "bob".to_owned(),
            next: "accept, or propose an appeal".to_owned(),
            until,
        }
    }

    fn last(at_ms: i64) -> Until {
        Until::Last {
            at_ms,
            local: format!("at {at_ms}"),
            computed: String::new(),
        }
    }

    #[test]
    fn what_is_lost_this_week_stands_first() {
        let now = 1_000 * DAY_MS;
        let none = Until::NotConfigured("add the client's terms".to_owned());
        let made = report(
            vec![
                risk("late", dec!(5), "USD", last(now - 1)),
                risk("later", dec!(7), "USD", last(now + WEEK_MS + 1)),
                risk("unknown", dec!(11), "EUR", none),
                risk("friday", dec!(13.50), "USD", last(now + 5 * DAY_MS)),
                risk("today", dec!(17), "EUR", last(now + 1)),
            ],
            now,
        );
        let order: Vec<&str> = made
            .rows
            .iter()
            .map(|r| r.invoices[0].number.as_str())
            .collect();
        assert_eq!(order, ["today", "friday", "unknown", "later", "late"]);
        let alarms: Vec<bool> = made.rows.iter().map(|r| r.alarm).collect();
        assert_eq!(alarms, [true, true, true, false, true]);
        let first = &made.lead[0];
        assert!(
            first.alarm
                && first
                    .text
                    .starts_with("17.00 EUR and 13.50 USD will be lost this week"),
            "{first:?}"
        );
        assert!(made.lead[1].text.contains("11.00 EUR"), "{:?}", made.lead);
        assert_eq!(made.rows[0].cells[1], Cell::Number(dec!(0)));
        assert_eq!(made.rows[4].cells[1], Cell::Number(dec!(-1)));
        let sums: Vec<_> = made
            .totals
            .iter()
            .map(|t| t.cells[MONEY].number())
            .collect();
        assert_eq!(sums, [Some(dec!(28)), Some(dec!(25.50))]);
    }
}
