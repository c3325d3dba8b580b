//! By what the rows of a report are grouped.

use super::tally::Key;
use crate::model::Lists;
use crate::rules::portal_key;
use crate::rules::utbms::catalogue;
use crate::store::InvoiceRow;
use crate::workflow::{Life, LineTold, Why};
use std::fmt;

/// A way to group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// CLIENT_ID.
    Client,
    /// The portal.
    Portal,
    /// The partner who answers for the matter.
    Partner,
    /// The firm's number of the matter.
    Matter,
    /// The month.
    Month,
    /// Why something was refused or cut.
    Reason,
    /// The rule of ours it is about.
    Rule,
    /// TIMEKEEPER_ID of the line.
    Timekeeper,
    /// The phase of UTBMS that the line's task code belongs to: the firm's list of matters has no field of practice.
    Practice,
}

impl By {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::Client,
        Self::Portal,
        Self::Partner,
        Self::Matter,
        Self::Month,
        Self::Reason,
        Self::Rule,
        Self::Timekeeper,
        Self::Practice,
    ];

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Portal => "portal",
            Self::Partner => "partner",
            Self::Matter => "matter",
            Self::Month => "month",
            Self::Reason => "reason",
            Self::Rule => "rule",
            Self::Timekeeper => "timekeeper",
            Self::Practice => "practice",
        }
    }

    /// The head of its column.
    pub fn title(self) -> &'static str {
        match self {
            Self::Client => "Client",
            Self::Portal => "Portal",
            Self::Partner => "Partner",
            Self::Matter => "Matter",
            Self::Month => "Month",
            Self::Reason => "Reason",
            Self::Rule => "Rule",
            Self::Timekeeper => "Timekeeper",
            Self::Practice => "Practice (UTBMS phase of the task code)",
        }
    }

    /// The way of a word.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }

    /// Whether it is about lines, which have to be read.
    pub fn needs_lines(self) -> bool {
        matches!(self, Self::Timekeeper | Self::Practice)
    }

    /// Whether an invoice stands in one row as a whole.
    pub fn is_of_invoice(self) -> bool {
        matches!(
            self,
            Self::Client | Self::Portal | Self::Partner | Self::Matter | Self::Month
        )
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn or_none(text: &str, none: &str) -> Key {
    match text.trim() {
        "" => Key::labelled("-", format!("({none})")),
        text => Key::plain(text),
    }
}

/// The row of an invoice. `month_ms`: the instant whose month counts.
pub fn of_invoice(by: By, life: &Life, month_ms: i64, lists: &Lists) -> Key {
    match by {
        By::Portal => of_portal(&life.portal),
        By::Partner => of_partner(&life.partner),
        By::Matter => of_matter(&life.matter),
        By::Month => Key::plain(&super::shape::day(month_ms).format("%Y-%m").to_string()),
        _ => of_client(&life.client, lists),
    }
}

/// The row of what is owed for an invoice; it is about today, so there are no months.
pub fn of_receivable(by: By, row: &InvoiceRow, lists: &Lists) -> Key {
    match by {
        By::Portal => of_portal(&row.portal),
        By::Partner => of_partner(&row.partner),
        By::Matter => of_matter(&row.matter),
        _ => of_client(&row.client, lists),
    }
}

fn of_portal(portal: &str) -> Key {
    match portal {
        "" => Key::labelled("-", "(no portal known)".to_owned()),
        portal => Key::labelled(&portal_key(portal), portal.to_owned()),
    }
}

fn of_partner(partner: &str) -> Key {
    or_none(partner, "no partner known")
}

fn of_matter(matter: &str) -> Key {
    or_none(matter, "no matter")
}

fn of_client(client: &str, lists: &Lists) -> Key {
    let mut rows = lists.clients.of(client);
    let name = rows.find(|c| c.client_id == client && !c.client_name.is_empty());
    match name {
        Some(own) => Key::labelled(client, format!("{client} {}", own.client_name)),
        None => or_none(client, "no client"),
    }
}

/// The row of a reason for which something of an invoice was refused or cut. `month_ms`: the instant whose month counts.
pub fn of_why(by: By, why: &Why, life: &Life, month_ms: i64, lists: &Lists) -> Key {
    match by {
        By::Reason => of_reason(&why.slug),
        By::Rule => of_rule(&why.rule),
        By::Timekeeper | By::Practice => {
            let item = why.item.as_ref();
            let line = item.and_then(|item| life.lines.iter().find(|l| l.item == *item));
            of_line(by, line, lists)
        }
        by => of_invoice(by, life, month_ms, lists),
    }
}

/// The row of a reason.
pub fn of_reason(slug: &str) -> Key {
    match slug {
        "" => Key::labelled("-", "(no reason given, or not known)".to_owned()),
        slug => Key::labelled(slug, slug.replace('_', " ")),
    }
}

/// The row of a rule.
pub fn of_rule(rule: &str) -> Key {
    or_none(rule, "no rule of ours is about it")
}

/// The row of a line; `None`: what concerns an invoice as a whole.
pub fn of_line(by: By, line: Option<&LineTold>, lists: &Lists) -> Key {
    let Some(line) = line else {
        return Key::labelled("-", "(the invoice as a whole)".to_owned());
    };
    if by == By::Timekeeper {
        let id = line.timekeeper.trim();
        if id.is_empty() {
            return Key::labelled("none", "(no timekeeper: expenses)".to_owned());
        }
        let mut rows = lists.timekeepers.of(id);
        return match rows.find(|t| t.timekeeper_id == id) {
            Some(own) => Key::labelled(id, format!("{id} {}, {}", own.last_name, own.first_name)),
            None => Key::plain(id),
        };
    }
    let task = line.task.trim();
    let catalogue = catalogue();
    match catalogue.find(task) {
        Some(code) => {
            let phase = catalogue.find(&code.parent).unwrap_or(code);
            let set = &catalogue.set_of(phase).title;
            Key::labelled(
                &phase.code,
                format!("{} {} ({set})", phase.code, phase.label),
            )
        }
        None if !task.is_empty() => Key::labelled(task, format!("{task} (no task code of UTBMS)")),
        None if line.expense => Key::labelled("expenses", "(expenses)".to_owned()),
        None => Key::labelled("none", "(no task code)".to_owned()),
    }
}
