//! How the number of a corrected invoice is made: by the client's own terms, else by those of its portal.

use crate::model::Lists;
use crate::model::lists::{Numbering, WindowKind};
use crate::portals::terms_of;
use crate::rules::Pack;
use crate::store::InvoiceRow;
use crate::workflow::windows::window_of;
use chrono::NaiveDate;
use std::sync::Arc;

/// How a corrected invoice is numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextNumber<'a> {
    /// Nobody knows.
    Unknown,
    /// As the refused one.
    Same,
    /// Any other.
    New,
    /// By a pattern, as `{number}-R`.
    Pattern(&'a str),
    /// The refused one's with this behind it.
    Suffix(&'a str),
}

impl<'a> NextNumber<'a> {
    /// The numbering a portal's terms name.
    fn of(rule: Option<&'a str>) -> Self {
        match rule {
            None => Self::Unknown,
            Some("same") => Self::Same,
            Some("new") => Self::New,
            Some(pattern) => Self::Pattern(pattern),
        }
    }

    /// The numbering for corrections of an invoice: the one agreed with its client, else the one of the terms in its portal's
    /// pack.
    pub fn of_invoice(
        row: &InvoiceRow,
        portal: &str,
        lists: &'a Lists,
        packs: &'a [Arc<Pack>],
    ) -> Self {
        let terms = terms_of(packs, portal);
        let rule = terms.and_then(|t| t.resubmit_number.as_deref());
        Self::agreed(row, portal, lists, rule)
    }

    /// The numbering agreed with the client of an invoice (`windows.csv`, kind resubmission), else `rule`, the portal's.
    fn agreed(row: &InvoiceRow, portal: &str, lists: &'a Lists, rule: Option<&'a str>) -> Self {
        let day = row.invoice_date.as_deref().and_then(|d| d.parse().ok());
        let day = day.unwrap_or(NaiveDate::MAX);
        let kind = WindowKind::Resubmission;
        let window = window_of(&lists.windows, kind, &row.client, portal, day);
        match window.map(|w| &w.numbering) {
            Some(Numbering::Same) => Self::Same,
            Some(Numbering::New) => Self::New,
            Some(Numbering::Suffix(suffix)) => Self::Suffix(suffix),
            Some(Numbering::OfPortal) | None => Self::of(rule),
        }
    }

    /// What the number of the correction has to be, where there is only one.
    fn made(self, refused: &str) -> Option<String> {
        match self {
            Self::Unknown | Self::New => None,
            Self::Same => Some(refused.to_owned()),
            Self::Pattern(pattern) => Some(pattern.replace("{number}", refused)),
            Self::Suffix(suffix) => Some(format!("{refused}{suffix}")),
        }
    }

    /// Whether a correction of the invoice `refused` is taken under the number `next`.
    pub fn takes(self, refused: &str, next: &str) -> bool {
        match (self, self.made(refused)) {
            (_, Some(made)) => made == next,
            (Self::New, None) => next != refused,
            (_, None) => true,
        }
    }

    /// Whether a correction may have another number than the refused invoice.
    pub fn takes_another(self) -> bool {
        self != Self::Same
    }

    /// What the number is to be.
    pub fn words(self, refused: &str) -> String {
        match (self, self.made(refused)) {
            (Self::Same, _) => format!("the same number, {refused}"),
            (_, Some(made)) => format!("the number {made}"),
            (Self::New, None) => "a new number".to_owned(),
            (_, None) => {
                "a number nobody has written down: ask the portal or the client".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::lists::{List, ListHead, Window};

    #[test]
    fn the_portals_rule_says_which_number_is_next() {
        for (rule, same, made, words) in [
            (None, true, true, "nobody has written down"),
            (Some("same"), true, false, "the same number, A-1"),
            (Some("new"), false, true, "a new number"),
            (Some("{number}-R"), false, true, "the number A-1-R"),
        ] {
            let numbering = NextNumber::of(rule);
            assert_eq!(
                (
                    numbering.takes("A-1", "A-1"),
                    numbering.takes("A-1", "A-1-R")
                ),
                (same, made),
                "{rule:?}"
            );
            assert!(numbering.words("A-1").contains(words), "{rule:?}");
        }
        assert!(!NextNumber::of(Some("{number}-R")).takes("A-1", "A-2"));
    }

    #[test]
    fn what_a_client_has_agreed_on_counts_before_the_portals_rule() {
        let window = |client: &str, numbering: Numbering| Window {
            client_id: client.to_owned(),
            kind: WindowKind::Resubmission,
            numbering,
            ..Window::default()
        };
        let lists = Lists {
            windows: List::new(
                ListHead::default(),
                vec![
                    window("C1", Numbering::Suffix("-R".to_owned())),
                    window("C2", Numbering::OfPortal),
                    window("C3", Numbering::Same),
                ],
            ),
            ..Lists::default()
        };
        let of = |client: &str| {
            let row = InvoiceRow {
                client: client.to_owned(),
                ..InvoiceRow::default()
            };
            NextNumber::agreed(&row, "Acuity", &lists, Some("new"))
        };
        assert_eq!(of("C1"), NextNumber::Suffix("-R"));
        assert_eq!(of("C2"), NextNumber::New);
        assert_eq!(of("C3"), NextNumber::Same);
        assert_eq!(of("C9"), NextNumber::New);
        assert!(of("C1").takes("A-1", "A-1-R") && !of("C1").takes("A-1", "A-1S"));
        assert_eq!(of("C1").words("A-1"), "the number A-1-R");
    }
}
