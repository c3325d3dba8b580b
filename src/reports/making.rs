//! Which reports somebody asks for, and how each is made, read through their desk.

use super::figures::{
    self, Asked, By, Cell, KEPT, Kept, Period, Report, Row, ageing, at_risk, exceptions,
};
use super::gather::{self, GatherError, Whose};
use crate::check::Options;
use crate::model::did_you_mean;
use crate::portals::{Account, Accounts};
use crate::workflow::{Chronicle, Depth, Desk, ReceivableTerms};
use chrono::{Datelike, Months, NaiveDate};

/// Every report after another.
pub const ALL: &str = "all";

/// What was asked for cannot be made; says what can.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoSuchReport(String);

impl Period {
    /// What is shown where nobody says: twelve months, the one of the last day included.
    ///
    /// # Errors
    /// The first day is after the last.
    pub fn or_usual(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, NoSuchReport> {
        let to = to.unwrap_or(today);
        let usual = || {
            let earlier = to.checked_sub_months(Months::new(11));
            earlier.and_then(|d| d.with_day(1)).unwrap_or(to)
        };
        let from = from.unwrap_or_else(usual);
        match from <= to {
            true => Ok(Self { from, to }),
            false => Err(NoSuchReport(format!(
                "{from} is after {to}: the first day comes first"
            ))),
        }
    }
}

/// Which reports were asked for.
#[derive(Default)]
pub struct Wanted {
    at_risk: bool,
    ageing: Option<By>,
    kept: Vec<(&'static Kept, By)>,
    exceptions: bool,
}

impl Wanted {
    /// A report by its name, or [`ALL`]; without a name the first. `by` is what its rows are, if not the usual.
    ///
    /// # Errors
    /// There is no such report, or it is not made by that.
    pub fn of(name: Option<&str>, by: Option<By>) -> Result<Self, NoSuchReport> {
        let no = |why: String| Err(NoSuchReport(why));
        let name = name.unwrap_or(figures::AT_RISK);
        if name == ALL {
            if by.is_some() {
                return no("--by is for one report; name it".to_owned());
            }
            return Ok(Self {
                at_risk: true,
                ageing: Some(ageing::ROWS[0]),
                kept: KEPT.iter().map(|k| (k, k.by[0])).collect(),
                exceptions: true,
            });
        }
        let names = figures::names();
        if !names.iter().any(|(known, _)| *known == name) {
            let known = names.iter().map(|(n, _)| *n).chain([ALL]);
            return no(format!(
                "there is no report {name}; {}",
                did_you_mean(name, known)
            ));
        }
        let own = figures::rows_of(name);
        let rows = match by {
            None => own.first().copied().unwrap_or(By::Client),
            Some(by) if own.contains(&by) => by,
            Some(_) if own.is_empty() => {
                return no(format!("{name} has rows of its own: leave --by away"));
            }
            Some(by) => {
                let all: Vec<&str> = own.iter().map(|b| b.name()).collect();
                return no(format!(
                    "{name} is not made by {by}, but by {}",
                    all.join(", ")
                ));
            }
        };
        let kept = KEPT.iter().filter(|k| k.name == name);
        Ok(Self {
            at_risk: name == figures::AT_RISK,
            ageing: (name == figures::AGEING).then_some(rows),
            kept: kept.map(|k| (k, rows)).collect(),
            exceptions: name == figures::EXCEPTIONS,
        })
    }

    /// What has to be read for them.
    pub fn depth(&self) -> Depth {
        let own = self.kept.iter().map(|(kept, by)| {
            kept.depth.or(Depth {
                lines: by.needs_lines(),
                ..Depth::default()
            })
        });
        own.fold(
            Depth {
                exceptions: self.exceptions,
                ..Depth::default()
            },
            Depth::or,
        )
    }

    /// Makes them. `accounts` say at which portal an account is, and which portals are for practice; `terms`, from when
    /// what is owed ages.
    ///
    /// # Errors
    /// Not allowed, the store fails, or a mistake in a pack.
    pub async fn made(
        &self,
        desk: &Desk<'_>,
        whose: Whose<'_>,
        options: &Options,
        (accounts, terms): (&Accounts, &ReceivableTerms),
        period: Period,
    ) -> Result<Vec<Report>, GatherError> {
        let mut reports = Vec::new();
        if self.at_risk {
            let portal_of = |name: &str| accounts.account.get(name).map(|a| a.portal.clone());
            let risks = gather::risks(desk, options, &portal_of, whose).await?;
            reports.push(at_risk::report(risks, (desk.clock)()));
        }
        if let Some(by) = self.ageing {
            let mut owed = desk.receivables(terms).await?;
            owed.all.retain(|r| whose.is_of(&r.invoice));
            reports.push(ageing::report(&owed, by, &options.lists));
        }
        if self.kept.is_empty() && !self.exceptions {
            return Ok(reports);
        }
        let practice = |name: &str| accounts.account.get(name).is_some_and(Account::is_practice);
        let told: Chronicle = desk
            .chronicle(
                &whose.filter(),
                &|row| whose.is_at(&row.portal),
                self.depth(),
                &practice,
            )
            .await?;
        for (kept, by) in &self.kept {
            let asked = Asked {
                period,
                by: *by,
                lists: &options.lists,
            };
            let mut report = (kept.figures)(&told, &asked);
            if report.name == "foresight" && accounts.account.is_empty() {
                report.notes.push(
                    "No accounts at portals are known, so what practice portals said cannot be told apart and counts: name them with \
                     --accounts."
                        .to_owned(),
                );
            }
            reports.push(report);
        }
        if self.exceptions {
            let packs = exceptions::of_packs(&options.shelf, &options.lists);
            let clients = desk.person.clients.as_deref();
            reports.push(exceptions::report(
                &told,
                &packs,
                period,
                options.today,
                clients,
            ));
        }
        Ok(reports)
    }
}

impl Row {
    /// What it is called.
    pub fn label(&self) -> &str {
        match self.cells.first() {
            Some(Cell::Text(text)) => text,
            _ => "",
        }
    }
}

impl Report {
    /// Keeps the rows of one key or name.
    ///
    /// # Errors
    /// There is none.
    pub fn keep_only(&mut self, key: &str) -> Result<(), NoSuchReport> {
        let keys: Vec<String> = self.rows.iter().map(|r| r.key.clone()).collect();
        self.rows.retain(|row| row.key == key || row.label() == key);
        if self.rows.is_empty() {
            return Err(NoSuchReport(format!(
                "{} has no row {key}; {}",
                self.name,
                did_you_mean(key, keys.iter().map(String::as_str))
            )));
        }
        self.totals.clear();
        self.lead.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_twelve_months_with_this_one() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let from = |today| Period::or_usual(None, None, day(today)).expect("days").from;
        assert_eq!(from("2026-11-22"), day("2025-12-01"));
        assert_eq!(from("2028-01-31"), day("2027-02-01"));
        let turned = Period::or_usual(Some(day("2026-02-01")), None, day("2026-01-31"));
        assert!(turned.is_err_and(|e| e.to_string().contains("the first day comes first")));
    }

    #[test]
    fn each_report_is_found_by_its_name_and_rows() {
        for (name, _) in figures::names() {
            assert!(Wanted::of(Some(name), None).is_ok(), "{name}");
        }
        let wrong = |name: &str, by: Option<By>| match Wanted::of(Some(name), by) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        assert!(wrong("reduction", None).contains("reductions"));
        assert!(wrong("appeals", Some(By::Rule)).contains("but by client"));
        assert!(wrong("at-risk", Some(By::Client)).contains("leave --by away"));
        assert!(wrong(ALL, Some(By::Client)).contains("one report"));
        let depth = Wanted::of(Some("reductions"), Some(By::Practice));
        assert!(depth.expect("it is made so").depth().lines);
    }
}
