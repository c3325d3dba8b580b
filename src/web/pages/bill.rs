//! The lines of a bill with the findings beside them, as pages show them.

mod card;
mod look;
mod row;
mod table;

pub(super) use card::Card;
pub(super) use look::Look;
pub(super) use table::Alone;

use crate::check::BillLine;
use crate::model::{Field, Finding, LedesFormat, Level, Place};
use crate::web::locale::Locale;
use crate::web::wording::level;
use card::Again;
use row::Row;
use std::collections::BTreeSet;

/// A bill as it is shown.
#[derive(Default)]
pub(super) struct Laid {
    /// Findings that stand on no line.
    pub(super) head: Vec<Card>,
    pub(super) rows: Vec<Row>,
    /// Some line has one.
    pub(super) adjustments: bool,
    pub(super) taxes: bool,
    /// How many findings there are of each level, whatever is looked for.
    pub(super) levels: Vec<(&'static str, &'static str, usize)>,
    /// Rules that spoke, and timekeepers, to choose from.
    pub(super) rules: Vec<String>,
    pub(super) timekeepers: Vec<String>,
}

impl Laid {
    /// Puts each finding that is looked for beside the line its first place stands on, and a hint beside the lines of
    /// its other places. `findings` come with the most serious first.
    pub(super) fn out<'a>(
        lines: &[BillLine],
        format: Option<LedesFormat>,
        findings: impl Iterator<Item = &'a Finding> + Clone,
        currency: &str,
        locale: &Locale,
        look: &Look,
    ) -> Self {
        let mut laid = Self {
            rows: lines
                .iter()
                .enumerate()
                .map(|(n, l)| Row::of(n, l, locale))
                .collect(),
            ..Self::default()
        };
        for known in [Level::Reject, Level::Reduce, Level::Review, Level::Note] {
            let count = findings.clone().filter(|f| f.level == known).count();
            laid.levels.push((known.name(), level(known.name()), count));
        }
        let rules: BTreeSet<&str> = findings.clone().map(|f| f.rule.as_str()).collect();
        laid.rules = rules.into_iter().map(str::to_owned).collect();
        let people: BTreeSet<String> = laid.rows.iter().map(|r| r.who.text.clone()).collect();
        laid.timekeepers = people.into_iter().filter(|p| !p.is_empty()).collect();
        laid.adjustments = laid.rows.iter().any(|r| !r.adjustment.text.is_empty());
        laid.taxes = laid.rows.iter().any(|r| !r.tax.text.is_empty());
        for (at, finding) in findings.enumerate().filter(|(_, f)| look.wants(f)) {
            laid.place(format!("f{at}"), finding, format, currency, locale);
        }
        if look.narrows() {
            let told = !look.levels.is_empty() || !look.rule.is_empty();
            laid.rows.retain(|row| {
                (!told || !row.class.is_empty())
                    && (look.timekeeper.is_empty() || row.who.text == look.timekeeper)
            });
        }
        laid
    }

    fn place(
        &mut self,
        anchor: String,
        finding: &Finding,
        format: Option<LedesFormat>,
        currency: &str,
        locale: &Locale,
    ) {
        let mut card = Card::of(anchor.clone(), finding, currency, locale);
        let mut places = finding.places.iter();
        let home = places.next().and_then(|p| Some((self.row_of(p)?, p)));
        match home {
            Some((row, place)) => {
                self.mark(row, place, finding, format);
                // What stands in the line already need not be said again.
                if self.rows[row].text.text == card.value {
                    card.value.clear();
                }
                self.rows[row].cards.push(card);
            }
            None => self.head.push(card),
        }
        let mut last = home.map(|(row, _)| row);
        for place in places {
            let Some(row) = self.row_of(place) else {
                continue;
            };
            self.mark(row, place, finding, format);
            if last.replace(row) != Some(row) {
                self.rows[row].again.push(Again {
                    anchor: anchor.clone(),
                    class: finding.level.name(),
                    words: level(finding.level.name()),
                    rule: finding.rule.clone(),
                });
            }
        }
    }

    /// Several items may stand on one physical line, and an item may go over several.
    fn row_of(&self, place: &Place) -> Option<usize> {
        let holds = |row: &&Row| (row.from..row.to.max(row.from + 1)).contains(&place.line);
        let of_item = |row: &&Row| place.item.as_deref() == Some(row.item.as_str());
        let mut own = self.rows.iter().filter(holds);
        let found = own.clone().find(of_item).or_else(|| own.next());
        found.map(|row| row.index)
    }

    fn mark(&mut self, row: usize, place: &Place, finding: &Finding, format: Option<LedesFormat>) {
        let row = &mut self.rows[row];
        if row.class.is_empty() {
            row.class = finding.level.name();
        }
        let (Some(name), Some(format)) = (&place.field, format) else {
            return;
        };
        for field in Field::ALL
            .iter()
            .filter(|f| f.name_in(format).eq_ignore_ascii_case(name))
        {
            if let Some(cell) = row.cell(*field) {
                cell.marked = true;
            }
        }
    }
}

impl Laid {
    /// Puts something before the anchors, where several bills stand on one page.
    pub(super) fn name(&mut self, before: &str) {
        let cards = self.rows.iter_mut().flat_map(|r| &mut r.cards);
        for card in self.head.iter_mut().chain(cards) {
            card.anchor.insert_str(0, before);
        }
        for again in self.rows.iter_mut().flat_map(|r| &mut r.again) {
            again.anchor.insert_str(0, before);
        }
        for row in &mut self.rows {
            row.anchor = format!("{before}l{}", row.index);
        }
    }
}
