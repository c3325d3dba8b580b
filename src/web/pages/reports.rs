//! Reports: figures for partners, over a period and whose invoices they choose; each figure leads to its invoices, and
//! each report to a file of it.
//! Not here: any figure (`reports::figures`), and the files themselves (`reports::forms`).

mod behind;
mod download;
mod section;

pub use download::file;

use super::reductions::shown;
use crate::portals::Accounts;
use crate::reports::figures::{self, By, Period, Report};
use crate::reports::forms::chart::ChartError;
use crate::reports::gather::{GatherError, Whose};
use crate::reports::making::{ALL, NoSuchReport, Wanted};
use crate::web::answer::{Trouble, html};
use crate::web::asked::{Asked, Fields};
use crate::web::frame::Frame;
use crate::web::wording::for_pages;
use askama::Template;
use axum::response::Response;
use behind::{Opened, opened};
use chrono::NaiveDate;
use section::{Section, section};

impl From<NoSuchReport> for Trouble {
    fn from(error: NoSuchReport) -> Self {
        Self::wrong(error.to_string())
    }
}

impl From<GatherError> for Trouble {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Workflow(error) => error.into(),
            GatherError::Pack(mistake) => Self::Failed(mistake.to_string()),
        }
    }
}

impl From<ChartError> for Trouble {
    fn from(error: ChartError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// A report in the list of reports.
struct Tab {
    href: String,
    title: String,
    question: String,
    on: bool,
}

struct Choice {
    value: &'static str,
    on: bool,
}

#[derive(Template)]
#[template(path = "reports.html", config = "src/web/askama.toml")]
struct Page<'a> {
    frame: Frame,
    title: String,
    question: String,
    at: String,
    tabs: Vec<Tab>,
    /// It is about days, and not about today.
    over_days: bool,
    from: String,
    to: String,
    client: String,
    portal: String,
    partner: String,
    by: Vec<Choice>,
    sections: Vec<Section<'a>>,
    opened: Option<Opened>,
    files: Vec<(String, &'static str)>,
}

/// What somebody asks for, by the address.
struct Question<'a> {
    name: &'a str,
    query: &'a Fields,
    period: Period,
    by: Option<By>,
}

fn day(query: &Fields, name: &str, what: &str) -> Result<Option<NaiveDate>, Trouble> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            Trouble::wrong(format!(
                "{what}: \"{text}\" is no day; write it as 2026-07-31"
            ))
        })
    };
    query.some(name).map(read).transpose()
}

impl<'a> Question<'a> {
    fn of(asked: &'a Asked<'_>) -> Result<Self, Trouble> {
        let query = &asked.given.query;
        let name = match asked.given.param("report") {
            "" => figures::AT_RISK,
            name => name,
        };
        let known = figures::names().iter().any(|(n, _)| *n == name);
        if !known && name != ALL {
            return Err(Trouble::NotFound(format!(
                "there is no report {}; choose one of the list",
                shown(name)
            )));
        }
        let by = match query.some("by") {
            None => None,
            Some(word) => Some(By::named(word).ok_or_else(|| {
                let all: Vec<&str> = By::ALL.iter().map(|b| b.name()).collect();
                Trouble::wrong(format!("rows may be by {}", all.join(", ")))
            })?),
        };
        let (from, to) = (
            day(query, "from", "First day")?,
            day(query, "to", "Last day")?,
        );
        Ok(Self {
            name,
            query,
            period: Period::or_usual(from, to, asked.app.today())?,
            by,
        })
    }

    fn whose(&self) -> Whose<'_> {
        Whose {
            client: self.query.some("client"),
            portal: self.query.some("portal"),
            partner: self.query.some("partner"),
        }
    }

    /// The same question about another report or one of its figures.
    fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for name in ["from", "to", "client", "portal", "partner"] {
            if let Some(value) = self.query.some(name) {
                out.append_pair(name, value);
            }
        }
        for (name, value) in more {
            out.append_pair(name, value);
        }
        match out.finish() {
            none if none.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    fn rows_by(&self) -> Option<(&'static str, &'static str)> {
        self.by.map(|by| ("by", by.name()))
    }

    async fn made(&self, asked: &Asked<'_>) -> Result<Vec<Report>, Trouble> {
        let wanted = Wanted::of(Some(self.name), self.by)?;
        let basis = asked.app.basis()?;
        let none = Accounts::default();
        let accounts = asked.app.doors.as_ref().map_or(&none, |d| d.accounts());
        let made = wanted
            .made(
                &asked.desk,
                self.whose(),
                &basis.options,
                (accounts, &asked.app.own.receivables),
                self.period,
            )
            .await?;
        Ok(made)
    }
}

/// Ways to take a report along.
fn files(question: &Question<'_>) -> Vec<(String, &'static str)> {
    let mut forms = vec![("xlsx", "Workbook")];
    if question.name != ALL {
        forms.push(("csv", "CSV"));
    }
    if cfg!(feature = "pdf") {
        forms.push(("pdf", "PDF"));
    }
    forms.push(("json", "JSON"));
    let path = format!("/reports/{}/file", question.name);
    let all = forms.into_iter().map(|(form, words)| {
        let mut more: Vec<(&str, &str)> = question.rows_by().into_iter().collect();
        more.push(("form", form));
        (question.address(&path, &more), words)
    });
    all.collect()
}

/// The page: one report, or all of them.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let question = Question::of(asked)?;
    let locale = asked.locale();
    let reports = question.made(asked).await?;
    let sections: Result<Vec<Section<'_>>, Trouble> = reports
        .iter()
        .map(|r| section(r, &question, locale))
        .collect();
    let opened = match reports.as_slice() {
        [one] => opened(one, &question, locale)?,
        _ => None,
    };
    let names = figures::names();
    let all = (ALL, "Every report after another.");
    let tabs = names.iter().chain([&all]).map(|(name, question_of)| Tab {
        href: question.address(&format!("/reports/{name}"), &[]),
        title: match *name {
            ALL => "All".to_owned(),
            name => for_pages(&name.replace('-', " ")),
        },
        question: (*question_of).to_owned(),
        on: *name == question.name,
    });
    let by = figures::rows_of(question.name);
    let on = question.by.or(by.first().copied());
    let query = question.query;
    let title = match reports.as_slice() {
        [one] => one.title.to_owned(),
        _ => "Reports".to_owned(),
    };
    let asks = names.iter().find(|(name, _)| *name == question.name);
    Ok(html(&Page {
        frame: asked.frame(title.clone(), "reports"),
        title,
        question: asks.map_or_else(String::new, |(_, q)| (*q).to_owned()),
        at: format!("/reports/{}", question.name),
        tabs: tabs.collect(),
        over_days: question.name != figures::AT_RISK,
        from: question.period.from.to_string(),
        to: question.period.to.to_string(),
        client: query.get("client").to_owned(),
        portal: query.get("portal").to_owned(),
        partner: query.get("partner").to_owned(),
        by: by
            .iter()
            .map(|b| Choice {
                value: b.name(),
                on: on == Some(*b),
            })
            .collect(),
        sections: sections?,
        opened,
        files: files(&question),
    }))
}
