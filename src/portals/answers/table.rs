//! Tables of answers: rows of one invoice become one report.

use super::mapping::AnswerMapping;
use super::row::{Laid, Row, evidence};
use super::workbook::Tab;
use super::{Heard, Listener, Mistake, Told, figures};
use crate::model::{Outcome, StatusReport};
use crate::rules::portal_key;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Which rows are one answer: number, client, and when it came.
type Key = (String, String, String);

impl Listener<'_> {
    /// Reads every sheet whose columns are known.
    pub(super) fn tables(&self, name: &str, tabs: Vec<Tab>) -> Heard {
        let mappings = match &self.mapping {
            Some(own) => vec![own.clone()],
            None => {
                let mut shipped = AnswerMapping::shipped();
                shipped.retain(|m| self.may_be(m));
                shipped
            }
        };
        let mut heard = Heard::default();
        let mut any = false;
        for tab in tabs {
            let place = match &tab.name {
                Some(sheet) => format!("{name}, sheet {sheet}"),
                None => name.to_owned(),
            };
            if let Some(laid) = Laid::of(place, tab, &mappings) {
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

    fn sheet(&self, laid: &Laid, heard: &mut Heard) {
        let mut order: Vec<Key> = Vec::new();
        let mut groups: BTreeMap<Key, Vec<Row<'_>>> = BTreeMap::new();
        for row in laid.rows() {
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
                let told = self.one(&laid.mapping, &rows, &mut heard.mistakes);
                heard.told.push(told);
            }
        }
    }

    /// The rows of one answer about one invoice; what cannot be read goes to `mistakes`, and is a doubt of the answer too.
    pub(in crate::portals) fn one(
        &self,
        mapping: &AnswerMapping,
        rows: &[Row<'_>],
        mistakes: &mut Vec<Mistake>,
    ) -> Told {
        let mut found = Vec::new();
        let first = |field: &str| rows.iter().find_map(|r| r.text(field));
        let portal = first("portal")
            .or_else(|| self.portal.clone())
            .or_else(|| Some(mapping.portal.clone()).filter(|p| !p.is_empty()));
        let mut doubts = Vec::new();
        let mut report = StatusReport {
            portal_id: first("portal_id"),
            invoice_number: first("invoice_number"),
            word: first("status").unwrap_or_default(),
            note: first("comment"),
            evidence: evidence(&mapping.title, rows),
            ..StatusReport::default()
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
            report.errors.extend(row.remark());
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
        report.outcome = self.means(mapping, portal.as_deref(), &report, &mut doubts);
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
        Told {
            source: mapping.name.clone(),
            place: rows.first().map_or_else(String::new, |r| r.place("")),
            mark: String::from_utf8_lossy(&report.evidence.body).into_owned(),
            client: first("client_id"),
            portal,
            report,
            doubts,
        }
    }

    fn means(
        &self,
        mapping: &AnswerMapping,
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
        let outcome = self.outcome(&mapping.words, portal, &report.word);
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
