//! The clock of late billing, which a rejection does not stop: days against the limits of the client's packs.

use crate::model::RuleId;
use crate::rules::pack::written::Param;
use crate::rules::{Circumstances, PackMistake, Shelf};
use crate::store::InvoiceRow;
use chrono::{Days, NaiveDate};

/// Rules with a limit of days, the parameter it stands in, and what is counted.
const LIMITS: [(&str, &str, &str); 2] = [
    ("late-invoice", "max_days_after_period", "the invoice date"),
    ("late-time-entry", "max_age_days", "the oldest line"),
];

/// One of its limits.
struct Counted {
    what: &'static str,
    from: Option<NaiveDate>,
    limit: Option<i64>,
}

/// Days that have passed, by what is counted.
pub struct Clock {
    today: NaiveDate,
    counted: Vec<Counted>,
}

impl Clock {
    /// The days of an invoice that is not at its portal. `oldest`: the first day any of its lines is of. Only a rule that is
    /// on for the client is a limit: the house's own is no term of theirs.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn of(
        row: &InvoiceRow,
        oldest: Option<NaiveDate>,
        portal: &str,
        shelf: &Shelf,
        today: NaiveDate,
    ) -> Result<Self, PackMistake> {
        let date: Option<NaiveDate> = row.invoice_date.as_deref().and_then(|d| d.parse().ok());
        let told = Circumstances {
            client_id: Some(row.client.clone()),
            portal: Some(portal.to_owned()).filter(|p| !p.is_empty()),
            law_firm_matter_id: vec![row.matter.clone()],
            ..Circumstances::default()
        };
        let rules = shelf.rules_on(&told, date)?;
        let of_client = |pack: &str| !["house", "guidelines"].contains(&pack);
        let counted = LIMITS.iter().map(|(rule, parameter, what)| {
            let rule = rules.rule(RuleId::intern(rule));
            let limit = rule
                .filter(|r| !r.is_off() && of_client(&r.pack))
                .and_then(|r| match r.params.get(*parameter) {
                    Some(Param::Integer(days)) => Some(*days),
                    _ => None,
                });
            let from = if *what == "the invoice date" {
                date
            } else {
                oldest
            };
            Counted { what, from, limit }
        });
        Ok(Self {
            today,
            counted: counted.collect(),
        })
    }

    /// The last day on which it is not late, and how that was computed; `None` where no limit is configured.
    pub fn last_day(&self) -> Option<(NaiveDate, String)> {
        let days = self.counted.iter().filter_map(|c| {
            let (from, limit) = (c.from?, c.limit?);
            let last = from.checked_add_days(Days::new(u64::try_from(limit).ok()?))?;
            let words = format!(
                "{limit} days after {} ({from}), by the client's pack",
                c.what
            );
            Some((last, words))
        });
        days.min()
    }

    /// In words.
    pub fn sentences(&self) -> Vec<String> {
        let one = |c: &Counted| {
            let what = c.what;
            let Some(from) = c.from else {
                return format!("{what} is not known");
            };
            let days = (self.today - from).num_days();
            match c.limit {
                None => {
                    format!("{days} days since {what}; a limit of the client is not configured")
                }
                Some(limit) if days > limit => {
                    format!(
                        "{days} days since {what}: {} over the client's limit of {limit}",
                        days - limit
                    )
                }
                Some(limit) => {
                    format!(
                        "{days} days since {what}: {} left of the client's limit of {limit}",
                        limit - days
                    )
                }
            }
        };
        self.counted.iter().map(one).collect()
    }
}
