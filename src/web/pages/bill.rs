//! The lines of a bill with the findings beside them, as pages show them.

use crate::check::BillLine;
use crate::model::{Field, Finding, LedesFormat, Level, Place, Safety};
use crate::render::printable;
use crate::web::locale::Locale;
use crate::web::wording::level;
use std::collections::BTreeSet;

/// A finding as a page tells it.
pub(super) struct Card {
    pub(super) anchor: String,
    pub(super) class: &'static str,
    pub(super) words: &'static str,
    pub(super) rule: String,
    pub(super) message: String,
    pub(super) value: String,
    pub(super) expected: String,
    pub(super) at_risk: String,
    pub(super) place: String,
    pub(super) why: String,
    pub(super) help: String,
    pub(super) source: String,
    pub(super) consequences: Vec<String>,
    /// What a fix would write, and whether it only changes the form.
    pub(super) fix: Option<(String, bool)>,
    pub(super) fingerprint: String,
    /// Who set it aside, when and why.
    pub(super) aside: Option<(String, String, String)>,
}

impl Card {
    pub(super) fn of(anchor: String, finding: &Finding, currency: &str, locale: &Locale) -> Self {
        let shown = |text: &str| printable(text).into_owned();
        let said = |text: &str| locale.days_in(&printable(text));
        let first = finding.places.first();
        let edit = finding
            .fix
            .as_ref()
            .and_then(|f| Some((f.edits.first()?, f.safety)));
        Self {
            anchor,
            class: finding.level.name(),
            words: level(finding.level.name()),
            rule: finding.rule.clone(),
            message: said(&finding.message),
            value: first
                .and_then(|p| p.value.as_deref())
                .map(shown)
                .unwrap_or_default(),
            expected: finding.expected.as_deref().map(shown).unwrap_or_default(),
            at_risk: match finding.at_risk {
                Some(money) if !money.is_zero() => locale.money(money, currency),
                _ => String::new(),
            },
            place: places(finding),
            why: shown(&finding.why),
            help: said(&finding.help),
            source: shown(&finding.source),
            consequences: finding
                .consequences
                .iter()
                .map(|c| said(&c.message))
                .collect(),
            fix: edit.map(|(edit, safety)| (shown(&edit.value), safety == Safety::Safe)),
            fingerprint: finding.fingerprint.clone(),
            aside: None,
        }
    }
}

/// Where in the file it stands, in one line.
fn places(finding: &Finding) -> String {
    let Some(first) = finding.places.first() else {
        return String::new();
    };
    let field = first
        .field
        .as_deref()
        .map_or_else(String::new, |f| format!(", {}", printable(f)));
    let total = finding.places_total.unwrap_or(0).max(finding.places.len());
    let more = match total {
        0 | 1 => String::new(),
        n => format!(
            ", and {} more",
            super::super::wording::counted(n - 1, "place")
        ),
    };
    format!("line {} of the file{field}{more}", first.line)
}

/// A further place of a finding that is told in full elsewhere.
pub(super) struct Again {
    pub(super) anchor: String,
    pub(super) class: &'static str,
    pub(super) words: &'static str,
    pub(super) rule: String,
}

/// A value of a line.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// A finding points at it.
    pub(super) marked: bool,
}

/// A line.
#[derive(Default)]
pub(super) struct Row {
    /// From 0, in the order of the file.
    pub(super) index: usize,
    /// Its place on the page.
    pub(super) anchor: String,
    pub(super) item: String,
    pub(super) href: String,
    pub(super) class: &'static str,
    pub(super) date: Cell,
    pub(super) who: Cell,
    pub(super) codes: Cell,
    pub(super) text: Cell,
    pub(super) units: Cell,
    pub(super) rate: Cell,
    pub(super) adjustment: Cell,
    pub(super) tax: Cell,
    pub(super) total: Cell,
    pub(super) cards: Vec<Card>,
    pub(super) again: Vec<Again>,
    /// Returned, commented, ...
    pub(super) marks: Vec<&'static str>,
    from: u32,
    to: u32,
}

impl Row {
    fn of(index: usize, line: &BillLine, locale: &Locale) -> Self {
        let shown = |text: &str| Cell {
            text: printable(text).into_owned(),
            marked: false,
        };
        let number = |text: &str| Cell {
            text: printable(&locale.number_of(text)).into_owned(),
            marked: false,
        };
        let kind = match line.kind.as_str() {
            "F" => "",
            "E" => "expense",
            "IF" => "fee adjustment",
            "IE" => "expense adjustment",
            other => other,
        };
        let codes = format!("{kind} {}", line.codes);
        let empty_zero = |text: &str| match text.trim_matches(['0', '.', '-']) {
            "" => Cell::default(),
            _ => number(text),
        };
        Self {
            index,
            anchor: format!("l{index}"),
            item: printable(&line.item).into_owned(),
            date: Cell {
                text: printable(&locale.day_of(&line.date)).into_owned(),
                marked: false,
            },
            who: shown(&line.timekeeper),
            codes: shown(codes.trim()),
            text: shown(&line.narrative),
            units: number(&line.units),
            rate: number(&line.unit_cost),
            adjustment: empty_zero(&line.adjustment),
            tax: empty_zero(&line.tax),
            total: number(&line.total),
            from: line.file_line,
            to: line.file_line_end,
            ..Self::default()
        }
    }

    /// What it weighs on a page, more or less.
    fn bytes(&self) -> usize {
        let card = |c: &Card| {
            let told: usize = c.consequences.iter().map(String::len).sum();
            let words = [&c.message, &c.value, &c.help, &c.why, &c.source];
            CARD_BYTES + told + words.iter().map(|w| w.len()).sum::<usize>()
        };
        let again: usize = self.again.iter().map(|a| 120 + 2 * a.rule.len()).sum();
        let cards: usize = self.cards.iter().map(card).sum();
        LINE_BYTES + self.text.text.len() + again + cards
    }

    fn cell(&mut self, field: Field) -> Option<&mut Cell> {
        Some(match field {
            Field::LineDate => &mut self.date,
            Field::TimekeeperId
            | Field::TimekeeperName
            | Field::TimekeeperFirstName
            | Field::TimekeeperLastName
            | Field::TimekeeperClassification => &mut self.who,
            Field::LineType
            | Field::ChargeType
            | Field::TaskCode
            | Field::ActivityCode
            | Field::ExpenseCode => &mut self.codes,
            Field::LineDescription => &mut self.text,
            Field::Units => &mut self.units,
            Field::UnitCost => &mut self.rate,
            Field::Adjustment => &mut self.adjustment,
            Field::TaxRate | Field::TaxTotal | Field::TaxType => &mut self.tax,
            Field::LineTotal | Field::BaseAmount => &mut self.total,
            _ => return None,
        })
    }
}

/// What is looked for on a bill.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Look {
    pub(super) levels: BTreeSet<String>,
    pub(super) rule: String,
    pub(super) timekeeper: String,
}

impl Look {
    pub(super) fn of(fields: &crate::web::asked::Fields) -> Self {
        Self {
            levels: fields.all("level").map(str::to_owned).collect(),
            rule: fields.get("rule").to_owned(),
            timekeeper: fields.get("timekeeper").to_owned(),
        }
    }

    fn wants(&self, finding: &Finding) -> bool {
        (self.levels.is_empty() || self.levels.contains(finding.level.name()))
            && (self.rule.is_empty() || self.rule == finding.rule)
    }

    /// Whether only some lines are looked for.
    pub(super) fn narrows(&self) -> bool {
        !self.levels.is_empty() || !self.rule.is_empty() || !self.timekeeper.is_empty()
    }

    /// Whether a level is looked for by name.
    pub(super) fn has(&self, level: &str) -> bool {
        self.levels.contains(level)
    }

    /// As a query.
    pub(super) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for level in &self.levels {
            query.append_pair("level", level);
        }
        for (name, value) in [("rule", &self.rule), ("timekeeper", &self.timekeeper)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

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

/// The most lines of a bill that are sent at once; the others come when they are needed.
const LINES: usize = 100;
/// The most bytes of them, more or less: with findings on every line a hundred would weigh more than a page may.
const BYTES: usize = 200_000;
/// Of a line and of a finding without the words.
const LINE_BYTES: usize = 900;
const CARD_BYTES: usize = 1_300;

/// Some of a bill's lines, as rows of its table.
#[derive(askama::Template)]
#[template(path = "bill_rows.html", config = "src/web/askama.toml")]
pub(super) struct Rows<'a> {
    rows: &'a [Row],
    adjustments: bool,
    taxes: bool,
    columns: usize,
    /// Where the next lines are, and how many are left.
    more: Option<(String, usize)>,
    /// The invoice whose findings this person may set aside.
    aside: Option<&'a str>,
}

impl Laid {
    /// Columns of the table.
    pub(super) fn columns(&self) -> usize {
        8 + usize::from(self.adjustments) + usize::from(self.taxes)
    }

    /// The end of what is sent at once from a line on.
    pub(super) fn end_of(&self, from: usize) -> usize {
        let mut bytes = 0;
        let rest = self.rows.iter().skip(from).take(LINES);
        let fits = rest.take_while(|row| {
            let first = bytes == 0;
            bytes += row.bytes();
            first || bytes <= BYTES
        });
        from + fits.count()
    }

    /// More lines than are sent at once.
    pub(super) fn is_long(&self) -> bool {
        self.rows.len() > self.end_of(0)
    }

    /// Every line, as they are printed.
    pub(super) fn every_row(&self) -> String {
        self.some_rows(&self.rows, None, None)
    }

    fn some_rows(
        &self,
        rows: &[Row],
        more: Option<(String, usize)>,
        aside: Option<&str>,
    ) -> String {
        use askama::Template as _;
        let rows = Rows {
            rows,
            adjustments: self.adjustments,
            taxes: self.taxes,
            columns: self.columns(),
            more,
            aside,
        };
        rows.render().unwrap_or_default()
    }

    /// The lines from one on; `at` is the address of the lines, without what is behind the question mark.
    pub(super) fn rows_from(
        &self,
        from: usize,
        at: &str,
        query: &str,
        aside: Option<&str>,
    ) -> String {
        let from = from.min(self.rows.len());
        let to = self.end_of(from);
        let mark = if query.is_empty() { "" } else { "&" };
        let more = (to < self.rows.len())
            .then(|| (format!("{at}?{query}{mark}from={to}"), self.rows.len() - to));
        self.some_rows(&self.rows[from..to], more, aside)
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

/// Further lines as a page of their own, where no script puts them under the first.
#[derive(askama::Template)]
#[template(path = "lines.html", config = "src/web/askama.toml")]
pub(super) struct Alone {
    pub(super) frame: crate::web::frame::Frame,
    pub(super) heading: String,
    pub(super) back: String,
    pub(super) table: String,
}

/// The whole table of a bill.
#[derive(askama::Template)]
#[template(path = "bill.html", config = "src/web/askama.toml")]
struct Table<'a> {
    bill: &'a Laid,
    rows: String,
    total: &'a str,
    line_count: &'a str,
}

impl Laid {
    /// Its table, with these rows in it.
    pub(super) fn table(&self, rows: String, total: &str, line_count: &str) -> String {
        use askama::Template as _;
        let table = Table {
            bill: self,
            rows,
            total,
            line_count,
        };
        table.render().unwrap_or_default()
    }
}
