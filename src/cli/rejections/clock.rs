//! The clock of late billing, which a rejection does not stop: days against the limits of the client's packs.

use crate::check::Options;
use crate::model::RuleId;
use crate::rules::Circumstances;
use crate::rules::pack::written::Param;
use crate::workflow::answers::Rejection;
use chrono::NaiveDate;

/// Rules with a limit of days, the parameter it stands in, and what is counted.
const LIMITS: [(&str, &str, &str); 2] = [
    ("late-invoice", "max_days_after_period", "the invoice date"),
    ("late-time-entry", "max_age_days", "the oldest line"),
];

/// Days that have passed, by what is counted.
pub struct Clock {
    counted: Vec<(&'static str, Option<i64>, Option<i64>)>,
}

impl Clock {
    /// The days of a refused invoice. Only a rule that is on for the client is a limit: the house's own is no term of theirs.
    pub fn of(rejection: &Rejection, portal: &str, options: &Options) -> anyhow::Result<Self> {
        let row = &rejection.row;
        let date: Option<NaiveDate> = row.invoice_date.as_deref().and_then(|d| d.parse().ok());
        let told = Circumstances {
            client_id: Some(row.client.clone()),
            portal: Some(portal.to_owned()).filter(|p| !p.is_empty()),
            law_firm_matter_id: vec![row.matter.clone()],
            ..Circumstances::default()
        };
        let rules = options.shelf.rules_on(&told, date)?;
        let of_client = |pack: &str| !["house", "guidelines"].contains(&pack);
        let days = |from: Option<NaiveDate>| from.map(|f| (options.today - f).num_days());
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
                rejection.oldest_line
            };
            (*what, days(from), limit)
        });
        Ok(Self {
            counted: counted.collect(),
        })
    }

    /// In words.
    pub fn sentences(&self) -> Vec<String> {
        let one = |(what, days, limit): &(&str, Option<i64>, Option<i64>)| {
            let Some(days) = days else {
                return format!("{what} is not known");
            };
            match limit {
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
