//! The lines of a bill as a table, and which finding stands beside which line.

use super::card::{self, Card, Quote};
use super::shown;
use crate::check::BillLine;
use crate::model::{Field, Finding, LedesFormat, Place};
use crate::render::wording::{grouped, level_words};

/// A column of the bill: heading and class. A column in which no line has anything is left out.
pub(in crate::render) struct Column {
    pub title: &'static str,
    pub class: &'static str,
}

/// One value of a line.
#[derive(Clone, Default)]
pub(in crate::render) struct Shown {
    pub class: &'static str,
    pub text: String,
    /// Level of the finding that points at it; empty where none does.
    pub mark: &'static str,
}

/// A line of the bill.
#[derive(Default)]
pub(in crate::render) struct Row {
    /// Worst level of its findings; empty where there is none.
    pub class: &'static str,
    pub cells: Vec<Shown>,
    pub findings: Vec<Card>,
    pub again: Vec<Again>,
    item: String,
    from: u32,
    to: u32,
}

/// A further place of a finding that is told in full elsewhere.
pub(in crate::render) struct Again {
    pub anchor: String,
    pub class: &'static str,
    pub words: &'static str,
    pub rule: String,
    pub place: String,
    pub value: Option<String>,
}

const COLUMNS: [Column; 11] = [
    Column::new("Line", "l"),
    Column::new("Item", "i"),
    Column::new("Date", "d"),
    Column::new("Timekeeper", "h"),
    Column::new("Kind and codes", "c"),
    Column::new("Description", "t"),
    Column::new("Units", "u"),
    Column::new("Rate", "r"),
    Column::new("Adjustment", "a"),
    Column::new("Tax", "x"),
    Column::new("Total", "s"),
];

impl Column {
    const fn new(title: &'static str, class: &'static str) -> Self {
        Self { title, class }
    }
}

/// The column a field is shown in.
fn column_of(field: Field) -> Option<usize> {
    Some(match field {
        Field::LineItemNumber => 1,
        Field::LineDate => 2,
        Field::TimekeeperId
        | Field::TimekeeperName
        | Field::TimekeeperFirstName
        | Field::TimekeeperLastName
        | Field::TimekeeperClassification => 3,
        Field::LineType
        | Field::ChargeType
        | Field::TaskCode
        | Field::ActivityCode
        | Field::ExpenseCode => 4,
        Field::LineDescription => 5,
        Field::Units => 6,
        Field::UnitCost => 7,
        Field::Adjustment => 8,
        Field::TaxRate | Field::TaxTotal | Field::TaxType => 9,
        Field::LineTotal | Field::BaseAmount => 10,
        _ => return None,
    })
}

/// The table while it is filled.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    format: Option<LedesFormat>,
}

impl Table {
    pub fn new(lines: &[BillLine], format: Option<LedesFormat>) -> Self {
        let rows = lines.iter().map(row).collect();
        Self { rows, format }
    }

    /// Puts each finding beside the line its first place stands on, and a hint beside the lines of its other
    /// places. Findings without a line are returned.
    pub fn place(&mut self, anchor: &str, findings: &[Finding], currency: &str) -> Vec<Card> {
        let mut head = Vec::new();
        for (at, finding) in findings.iter().enumerate() {
            let id = format!("{anchor}f{at}");
            let mut places = finding.places.iter();
            let first = places.next();
            let home = first.and_then(|place| self.row_of(place));
            let excerpt = first.filter(|_| home.is_none()).and_then(Quote::of);
            let card = Card::new(id.clone(), finding, currency, excerpt);
            match (home, first) {
                (Some(row), Some(place)) => {
                    self.mark(row, place, finding);
                    self.rows[row].findings.push(card);
                }
                _ => head.push(card),
            }
            let mut hinted = home;
            for place in places {
                let Some(row) = self.row_of(place) else {
                    continue;
                };
                self.mark(row, place, finding);
                if hinted.replace(row) == Some(row) {
                    continue;
                }
                self.rows[row].again.push(Again {
                    anchor: id.clone(),
                    class: finding.level.name(),
                    words: level_words(finding.level),
                    rule: finding.rule.clone(),
                    place: card::place(place),
                    value: place.value.as_deref().map(shown),
                });
            }
        }
        let beside = self.rows.iter_mut().flat_map(|row| &mut row.findings);
        Card::explain_once(head.iter_mut().chain(beside));
        head
    }

    /// Columns in use, and the lines.
    pub fn finish(mut self) -> (Vec<Column>, Vec<Row>) {
        let used: Vec<bool> = (0..COLUMNS.len())
            .map(|at| self.rows.iter().any(|row| !row.cells[at].text.is_empty()))
            .collect();
        for row in &mut self.rows {
            let mut used = used.iter();
            row.cells.retain(|_| used.next().copied().unwrap_or(true));
        }
        let columns = COLUMNS
            .into_iter()
            .zip(used)
            .filter_map(|(column, used)| used.then_some(column))
            .collect();
        (columns, self.rows)
    }

    /// Several items may stand on one physical line, and an item may go over several.
    fn row_of(&self, place: &Place) -> Option<usize> {
        let holds = |row: &Row| (row.from..row.to.max(row.from + 1)).contains(&place.line);
        // Mostly in the order of the file, but not always.
        let mut holding = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| holds(row))
            .map(|(at, row)| (at, place.item.as_deref() == Some(&*row.item)));
        let first = holding.next()?;
        match first.1 {
            true => Some(first.0),
            false => Some(
                holding
                    .find(|(_, same)| *same)
                    .map_or(first.0, |(at, _)| at),
            ),
        }
    }

    fn mark(&mut self, row: usize, place: &Place, finding: &Finding) {
        let row = &mut self.rows[row];
        // Findings come with the most serious first.
        if row.class.is_empty() {
            row.class = finding.level.name();
        }
        let (Some(name), Some(format)) = (&place.field, self.format) else {
            return;
        };
        let columns = Field::ALL
            .iter()
            .filter(|field| field.name_in(format).eq_ignore_ascii_case(name))
            .filter_map(|field| column_of(*field));
        for column in columns {
            let mark = &mut row.cells[column].mark;
            if mark.is_empty() {
                *mark = finding.level.name();
            }
        }
    }
}

fn row(line: &BillLine) -> Row {
    let kind = match line.kind.as_str() {
        "F" => "fee",
        "E" => "expense",
        "IF" => "fee adjustment",
        "IE" => "expense adjustment",
        other => other,
    };
    let codes = format!("{kind} {}", line.codes);
    let texts = [
        line.file_line.to_string(),
        shown(&line.item),
        shown(&line.date),
        shown(&line.timekeeper),
        shown(codes.trim()),
        shown(&line.narrative),
        grouped(&shown(&line.units)),
        grouped(&shown(&line.unit_cost)),
        grouped(&shown(&line.adjustment)),
        grouped(&shown(&line.tax)),
        grouped(&shown(&line.total)),
    ];
    let cells = COLUMNS
        .iter()
        .zip(texts)
        .map(|(column, text)| Shown {
            class: column.class,
            text,
            mark: "",
        })
        .collect();
    Row {
        cells,
        item: line.item.clone(),
        from: line.file_line,
        to: line.file_line_end,
        ..Row::default()
    }
}
