//! The clock of late billing, which a rejection does not stop: days against the limits of the client's packs.

use super::rejections::Rejection;
use crate::check::Options;
use crate::model::RuleId;
use crate::rules::Circumstances;
use crate::rules::pack::PackMistake;
use crate::rules::pack::written::Param;
use chrono::NaiveDate;

/// Rules with a limit of days, the parameter it stands in, and what is counted.
const LIMITS: [(&str, &str, &str); 2] = [
    ("late-invoice", "max_days_after_period", "the invoice date"),
    ("late-time-entry", "max_age_days", "the oldest line"),
];

/// Days that have passed, by what is counted.
pub struct LateClock {
    counted: Vec<(&'static str, Option<i64>, Option<i64>)>,
}

impl LateClock {
    /// The days of a refused invoice. Only a rule that is on for the client is a limit: the house's own is no term of theirs.
    ///
    /// # Errors
    /// Packs that contradict each other for this client.
    pub fn of(rejection: &Rejection, portal: &str, options: &Options) -> Result<Self, PackMistake> {
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

    /// Whether a limit of the client is passed.
    pub fn is_over(&self) -> bool {
        let mut counted = self.counted.iter();
        counted.any(|(_, days, limit)| days.zip(*limit).is_some_and(|(days, limit)| days > limit))
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
