//! Tables of answers: rows of one invoice become one report.

use super::mapping::AnswerMapping;
use super::workbook::Tab;
use super::{Heard, Listener, Mistake, Told, figures};
use crate::firm::SheetRow;
use crate::firm::figures::{amount, date};
use crate::model::{
    Evidence, Outcome, Payment, PortalRemark, ReducedLine, Reduction, StatusReport,
};
use crate::rules::portal_key;
use chrono::{DateTime, FixedOffset, NaiveDateTime, NaiveTime, TimeZone, Utc};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Rows in which the names of the columns are looked for: reports have titles above them.
const LOOKED_AT: usize = 30;

/// A sheet whose columns are known.
struct Laid<'a> {
    place: String,
    tab: &'a Tab,
    mapping: &'a AnswerMapping,
    columns: BTreeMap<&'a str, usize>,
    head: usize,
}

/// A row with its place.
struct Row<'a> {
    laid: &'a Laid<'a>,
    cells: &'a SheetRow,
}

/// Which rows are one answer: number, client, and when it came.
type Key = (String, String, String);

impl Listener<'_> {
    /// Reads every sheet whose columns are known.
    pub(super) fn tables(&self, name: &str, tabs: &[Tab]) -> Heard {
        let shipped = AnswerMapping::shipped();
        let mappings: Vec<&AnswerMapping> = match &self.mapping {
            Some(own) => vec![own],
            None => shipped.iter().filter(|m| self.may_be(m)).collect(),
        };
        let mut heard = Heard::default();
        let mut any = false;
        for tab in tabs {
            let place = match &tab.name {
                Some(sheet) => format!("{name}, sheet {sheet}"),
                None => name.to_owned(),
            };
            if let Some(laid) = lay(place, tab, &mappings) {
                any = true;
                self.sheet(&laid, &mut heard);
            }
        }
        if !any {
            let names: Vec<&str> = mappings.iter().map(|m| m.name.as_str()).collect();
            heard.mistakes.push(Mistake {
                place: name.to_owned(),
                value: String::new(),
                expected: format!("a sheet with the columns of: {}", names.join(", ")),
                remedy: "name the portal with --portal, or write down which column says what and give it with --mapping FILE"
                    .to_owned(),
            });
        }
        heard
    }

    /// A portal's own layout is tried only for that portal: its columns do not tell it from others.
    fn may_be(&self, mapping: &AnswerMapping) -> bool {
        mapping.portal.is_empty()
            || self
                .portal
                .as_ref()
                .is_some_and(|p| portal_key(p) == portal_key(&mapping.portal))
    }

    fn sheet(&self, laid: &Laid<'_>, heard: &mut Heard) {
        let mut order: Vec<Key> = Vec::new();
        let mut groups: BTreeMap<Key, Vec<Row<'_>>> = BTreeMap::new();
        for cells in &laid.tab.sheet.rows[laid.head + 1..] {
            let row = Row { laid, cells };
            let Some(number) = row.text("invoice_number") else {
                // Sums below a table have no number; a row with words or amounts of its own does not pass unseen.
                if row.text("line_number").is_some() || row.text("status").is_some() {
                    heard.mistakes.push(row.mistake(
                        "invoice_number",
                        "the number of the invoice",
                        "write it there, or take the row out",
                    ));
                }
                continue;
            };
            let key = (
                number,
                row.text("client_id").unwrap_or_default(),
                row.text("received_at").unwrap_or_default(),
            );
            if !groups.contains_key(&key) {
                order.push(key.clone());
            }
            groups.entry(key).or_default().push(row);
        }
        for key in order {
            if let Some(rows) = groups.remove(&key) {
                let told = self.one(laid, &key, &rows, &mut heard.mistakes);
                heard.told.push(told);
            }
        }
    }

    /// The rows of one invoice.
    fn one(
        &self,
        laid: &Laid<'_>,
        (number, client, _): &Key,
        rows: &[Row<'_>],
        mistakes: &mut Vec<Mistake>,
    ) -> Told {
        let mut found = Vec::new();
        let first = |field: &str| rows.iter().find_map(|r| r.text(field));
        let portal = first("portal")
            .or_else(|| self.portal.clone())
            .or_else(|| Some(laid.mapping.portal.clone()).filter(|p| !p.is_empty()));
        let mut doubts = Vec::new();
        let mut report = StatusReport {
            portal_id: first("portal_id"),
            invoice_number: Some(number.clone()),
            outcome: Outcome::Unknown,
            word: first("status").unwrap_or_default(),
            at: None,
            note: first("comment"),
            original_total: None,
            approved_total: None,
            errors: Vec::new(),
            reductions: Vec::new(),
            payments: Vec::new(),
            doubts: Vec::new(),
            evidence: evidence(laid, rows),
        };
        for (field, total) in [
            ("invoice_total", &mut report.original_total),
            ("approved_total", &mut report.approved_total),
        ] {
            for row in rows {
                let said = row.amount(field, &mut found);
                match (*total, said) {
                    (None, said) => *total = said,
                    (Some(a), Some(b)) if a != b => {
                        doubts.push(format!(
                            "{}: {field} is {a} in one row and {b} in another",
                            row.place(field)
                        ));
                    }
                    _ => {}
                }
            }
        }
        for row in rows {
            row.flag_formulas(&mut doubts);
            if let Some(word) = row.text("status").filter(|w| *w != report.word) {
                doubts.push(format!(
                    "{}: the status is \"{}\" in one row and \"{word}\" in another",
                    row.place("status"),
                    report.word
                ));
            }
            let (code, text) = (row.text("error_code"), row.text("error_text"));
            if code.is_some() || text.is_some() {
                report.errors.push(PortalRemark {
                    kind: None,
                    code,
                    text: text.unwrap_or_default(),
                    item: row.text("line_number"),
                });
            }
            report.reductions.extend(row.cut(&mut found, &mut doubts));
            let payment = row.payment(&mut found);
            // A table of lines repeats the payment on each.
            report
                .payments
                .extend(payment.filter(|p| !report.payments.contains(p) || p.reference.is_none()));
            for field in ["adjusted_at", "received_at"] {
                report.at = report.at.max(row.instant(field, &mut found));
            }
        }
        report.outcome = self.means(laid, portal.as_deref(), &report, &mut doubts);
        if report.approved_total.is_none()
            && report.outcome == Outcome::Reduced
            && let (Some(billed), Some(cut)) = (report.original_total, super::cut(&report))
        {
            report.approved_total = billed.checked_sub(cut);
        }
        doubts.extend(figures(&report));
        doubts.extend(found.iter().map(Mistake::to_string));
        mistakes.extend(found);
        report.doubts.clone_from(&doubts);
        let head = &laid.mapping.name;
        Told {
            source: head.clone(),
            place: rows.first().map_or_else(String::new, |r| r.place("")),
            mark: String::from_utf8_lossy(&report.evidence.body).into_owned(),
            client: Some(client.clone()).filter(|c| !c.is_empty()),
            portal,
            report,
            doubts,
        }
    }

    fn means(
        &self,
        laid: &Laid<'_>,
        portal: Option<&str>,
        report: &StatusReport,
        doubts: &mut Vec<String>,
    ) -> Outcome {
        let paid: Decimal = report.payments.iter().map(|p| p.amount).sum();
        if report.word.is_empty() {
            return match (report.reductions.is_empty(), paid > Decimal::ZERO) {
                (false, _) => Outcome::Reduced,
                (true, true) if report.approved_total.or(report.original_total) == Some(paid) => {
                    Outcome::Paid
                }
                (true, true) => Outcome::PartlyPaid,
                (true, false) => {
                    doubts.push(
                        "nothing says what became of the invoice: no status, no cut, no payment"
                            .to_owned(),
                    );
                    Outcome::Unknown
                }
            };
        }
        let outcome = self.outcome(&laid.mapping.words, portal, &report.word);
        match outcome {
            // Portals say approved and hide what was cut in the details.
            Some(Outcome::Approved | Outcome::Acknowledged) if !report.reductions.is_empty() => {
                Outcome::Reduced
            }
            Some(Outcome::Approved)
                if report
                    .original_total
                    .zip(report.approved_total)
                    .is_some_and(|(billed, approved)| approved < billed) =>
            {
                Outcome::Reduced
            }
            Some(outcome) => outcome,
            None => {
                doubts.push(format!(
                    "the status \"{}\" is not known; say what it means under [words] of a mapping, or type the answer in",
                    report.word
                ));
                Outcome::Unknown
            }
        }
    }
}

/// The first mapping whose columns all stand in one of the first rows; of several the one that knows the most columns.
fn lay<'a>(place: String, tab: &'a Tab, mappings: &[&'a AnswerMapping]) -> Option<Laid<'a>> {
    let rows = tab.sheet.rows.iter().take(LOOKED_AT).enumerate();
    let mut best: Option<Laid<'a>> = None;
    for (head, row) in rows {
        for mapping in mappings {
            let Some(columns) = mapping.lay(&row.cells) else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|b| columns.len() > b.columns.len())
            {
                best = Some(Laid {
                    place: place.clone(),
                    tab,
                    mapping,
                    columns,
                    head,
                });
            }
        }
        if best.is_some() {
            break;
        }
    }
    best
}

fn evidence(laid: &Laid<'_>, rows: &[Row<'_>]) -> Evidence {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut put = |row: &SheetRow| {
        // Rows of different lengths stand in one table.
        let width = laid.tab.sheet.rows[laid.head].cells.len();
        let cells = (0..width.max(1)).map(|n| row.cell(n));
        writer.write_record(cells).is_ok()
    };
    put(&laid.tab.sheet.rows[laid.head]);
    for row in rows {
        put(row.cells);
    }
    Evidence {
        asked: laid.mapping.title.clone(),
        status: None,
        body: writer.into_inner().unwrap_or_default(),
    }
}

impl Row<'_> {
    fn text(&self, field: &str) -> Option<String> {
        let at = *self.laid.columns.get(field)?;
        Some(self.cells.cell(at).to_owned()).filter(|c| !c.is_empty())
    }

    fn place(&self, field: &str) -> String {
        let row = format!("{}, row {}", self.laid.place, self.cells.line);
        match self.laid.columns.get(field) {
            Some(at) => {
                let head = &self.laid.tab.sheet.rows[self.laid.head];
                format!("{row}, column {}", head.cell(*at))
            }
            None => row,
        }
    }

    fn mistake(&self, field: &str, expected: &str, remedy: &str) -> Mistake {
        Mistake {
            place: self.place(field),
            value: self.text(field).unwrap_or_default(),
            expected: expected.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    fn amount(&self, field: &str, found: &mut Vec<Mistake>) -> Option<Decimal> {
        let text = self.text(field)?;
        let read = amount(&text, self.laid.mapping.decimal_mark);
        if read.is_none() {
            let remedy =
                "correct it, or say with decimal_mark of a mapping how numbers are written";
            found.push(self.mistake(field, "an amount, as in 1250.00", remedy));
        }
        read
    }

    /// An instant; a day without a time is its beginning, and a time without a zone is taken as UTC.
    fn instant(&self, field: &str, found: &mut Vec<Mistake>) -> Option<DateTime<FixedOffset>> {
        let text = self.text(field)?;
        let utc = |at: NaiveDateTime| Utc.from_utc_datetime(&at).fixed_offset();
        let forms = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"];
        let read = DateTime::parse_from_rfc3339(&text).ok().or_else(|| {
            let timed = forms
                .iter()
                .find_map(|f| NaiveDateTime::parse_from_str(&text, f).ok());
            timed.map(utc).or_else(|| {
                let day = date(&text, self.laid.mapping.date_order)?;
                Some(utc(day.and_time(NaiveTime::MIN)))
            })
        });
        if read.is_none() {
            let remedy = "correct it, or say with date_order of a mapping how dates are written";
            found.push(self.mistake(field, "a day, as in 2026-04-01", remedy));
        }
        read
    }

    fn cut(&self, found: &mut Vec<Mistake>, doubts: &mut Vec<String>) -> Option<Reduction> {
        let original = self.amount("original_amount", found);
        let approved = self.amount("approved_amount", found);
        let said = self.amount("adjustment_amount", found);
        let differs = original.zip(approved).and_then(|(o, a)| o.checked_sub(a));
        let amount = match (differs, said) {
            (Some(cut), Some(said)) if cut.abs() != said.abs() => {
                doubts.push(format!(
                    "{}: the adjustment is {said}, but the amounts differ by {cut}; ask the client which holds",
                    self.place("adjustment_amount")
                ));
                cut
            }
            (Some(cut), _) => cut,
            (None, Some(said)) => said,
            (None, None) => return None,
        };
        if amount.is_zero() {
            return None;
        }
        if let (Some(original), Some(approved)) = (original, approved)
            && approved > original
            && original >= Decimal::ZERO
        {
            doubts.push(format!(
                "{}: {approved} is approved of {original}; a line is not approved above what was billed; ask the client",
                self.place("approved_amount")
            ));
        }
        let day = self.text("line_date").and_then(|text| {
            let read = date(&text, self.laid.mapping.date_order);
            if read.is_none() {
                found.push(self.mistake("line_date", "a day, as in 2026-04-01", "correct it"));
            }
            read
        });
        let line = ReducedLine {
            item: self.text("line_number"),
            date: day,
            timekeeper_id: self.text("timekeeper_id"),
            total: original,
        };
        let whole = line.item.is_none() && line.date.is_none() && line.timekeeper_id.is_none();
        let reason = [self.text("reason_code"), self.text("reason_text")];
        Some(Reduction {
            amount,
            currency: self.text("currency"),
            reason: reason.into_iter().flatten().collect::<Vec<_>>().join(": "),
            line: (!whole).then_some(line),
            reviewer: self.text("reviewer"),
            at: self.instant("adjusted_at", found),
        })
    }

    fn payment(&self, found: &mut Vec<Mistake>) -> Option<Payment> {
        let amount = self.amount("payment_amount", found)?;
        if amount.is_zero() {
            return None;
        }
        Some(Payment {
            amount,
            currency: self.text("currency"),
            kind: None,
            reference: self.text("payment_reference"),
            at: self.instant("payment_date", found),
        })
    }

    /// What a formula shows was worked out on another machine, perhaps from elsewhere.
    fn flag_formulas(&self, doubts: &mut Vec<String>) {
        for (field, at) in &self.laid.columns {
            let here = (self.cells.line, *at);
            if self.laid.tab.formulas.contains(&here) {
                doubts.push(format!(
                    "{}: a formula stands there, which is not computed; what it last showed was read; ask for the value",
                    self.place(field)
                ));
            }
        }
    }
}
