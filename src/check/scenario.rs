//! The file an example of a rule stands for: a known good invoice with a few fields changed and its totals
//! following (DESIGN section 4, "Examples are small scenarios").

use crate::model::Field;
use crate::rules::pack::written::Scenario;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

/// The good invoices, by format name.
const BASES: &str = include_str!(concat!(env!("OUT_DIR"), "/examples.json"));

/// The good invoice of a format, as a file.
pub fn base(format: &str) -> Option<&'static str> {
    static READ: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(BASES).unwrap_or_default())
        .get(format)
        .map(String::as_str)
}

/// The bytes of the file an example stands for.
///
/// # Errors
/// In words: a base, field or line that does not exist, a text to replace that is not in the file.
pub fn file_of(scenario: &Scenario) -> Result<Vec<u8>, String> {
    let name = scenario.base.as_deref().unwrap_or("1998B");
    let patched =
        !(scenario.line.is_empty() && scenario.lines.is_empty() && scenario.invoice.is_empty());
    let mut text = match &scenario.file {
        Some(_) if patched => {
            return Err("`file` is the whole file; it cannot be patched".to_owned());
        }
        Some(file) => file.clone(),
        None => {
            let base = base(name).ok_or_else(|| format!("there is no good invoice \"{name}\""))?;
            if !patched {
                base.to_owned()
            } else if base.starts_with('<') {
                return Err(format!("fields of {name} cannot be set; use `replace`"));
            } else {
                Pipe::read(base).patched(scenario)?
            }
        }
    };
    for [from, to] in &scenario.replace {
        if !text.contains(from.as_str()) {
            return Err(format!("\"{from}\" is not in the file"));
        }
        text = text.replacen(from.as_str(), to, 1);
    }
    Ok(bytes_of(&text))
}

/// The characters U+EE80 to U+EEFF, which no invoice has, stand for the bytes 80 to FF.
fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match character as u32 {
            code @ 0xee80..=0xeeff => bytes.push((code & 0xff) as u8),
            _ => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// A pipe file taken apart.
struct Pipe<'a> {
    marker: &'a str,
    columns: Vec<&'a str>,
    records: Vec<Vec<String>>,
    /// For each record the fields an example sets itself.
    set: Vec<HashSet<Field>>,
}

impl<'a> Pipe<'a> {
    fn read(base: &'a str) -> Self {
        let mut lines = base.lines();
        let marker = lines.next().unwrap_or("");
        let fields = |line: &'a str| line.trim_end_matches("[]").split('|');
        let columns = fields(lines.next().unwrap_or("")).collect();
        let records: Vec<Vec<String>> = lines
            .map(|line| fields(line).map(str::to_owned).collect())
            .collect();
        Self {
            marker,
            columns,
            set: vec![HashSet::new(); records.len()],
            records,
        }
    }

    fn patched(mut self, scenario: &Scenario) -> Result<String, String> {
        for record in 0..self.records.len() {
            self.set_fields(record, &scenario.invoice)?;
        }
        for (record, fields) in scenario.lines.iter().enumerate() {
            self.set_fields(record, fields)?;
        }
        let fee = (0..self.records.len())
            .find(|r| self.get(*r, Field::LineType) == "F")
            .unwrap_or(0);
        self.set_fields(fee, &scenario.line)?;
        for record in 0..self.records.len() {
            self.total_line(record);
        }
        self.total_invoices();
        Ok(self.written())
    }

    fn column(&self, field: Field) -> Option<usize> {
        let name = field.name_in(crate::model::LedesFormat::L1998BIV2);
        self.columns.iter().position(|column| *column == name)
    }

    fn get(&self, record: usize, field: Field) -> &str {
        self.column(field)
            .and_then(|column| self.records[record].get(column))
            .map_or("", String::as_str)
    }

    /// Writes a field that follows from others, unless the example sets it or the format has none.
    fn follow(&mut self, record: usize, field: Field, value: Decimal) {
        if let Some(column) = self.column(field)
            && !self.set[record].contains(&field)
        {
            self.records[record][column] = money(value);
        }
    }

    fn set_fields(
        &mut self,
        record: usize,
        fields: &BTreeMap<String, String>,
    ) -> Result<(), String> {
        for (word, value) in fields {
            let field = Field::ALL
                .iter()
                .copied()
                .find(|f| f.canonical() == word)
                .ok_or_else(|| format!("\"{word}\" is no field"))?;
            let column = self
                .column(field)
                .ok_or_else(|| format!("this format has no field \"{word}\""))?;
            let count = self.records.len();
            let cells = self
                .records
                .get_mut(record)
                .ok_or_else(|| format!("the good invoice has {count} lines only"))?;
            cells[column].clone_from(value);
            self.set[record].insert(field);
        }
        Ok(())
    }

    /// Units x unit cost + adjustment, and the tax on it. A line whose numbers cannot be read keeps its totals.
    fn total_line(&mut self, record: usize) {
        let adjustment = number(self.get(record, Field::Adjustment));
        let adjusts = self
            .get(record, Field::LineType)
            .to_ascii_uppercase()
            .starts_with('I');
        let net = if adjusts {
            adjustment
        } else {
            number(self.get(record, Field::Units))
                .zip(number(self.get(record, Field::UnitCost)))
                .zip(adjustment)
                .and_then(|((units, cost), adjustment)| {
                    units.checked_mul(cost)?.checked_add(adjustment)
                })
        };
        let Some(net) = net else { return };
        let Some(rate) = number(self.get(record, Field::TaxRate)) else {
            return;
        };
        if let Some(tax) = net.checked_mul(rate) {
            self.follow(record, Field::TaxTotal, tax);
        }
        let Some(tax) = number(self.get(record, Field::TaxTotal)) else {
            return;
        };
        if let Some(total) = net.checked_add(tax) {
            self.follow(record, Field::LineTotal, total);
        }
    }

    /// The sums of the lines with the same invoice number. Where one cannot be read they stay as they are.
    fn total_invoices(&mut self) {
        let numbers: Vec<String> = (0..self.records.len())
            .map(|r| self.get(r, Field::InvoiceNumber).to_owned())
            .collect();
        for record in 0..numbers.len() {
            let sum = |field: Field| -> Option<Decimal> {
                (0..numbers.len())
                    .filter(|r| numbers[*r] == numbers[record])
                    .try_fold(Decimal::ZERO, |sum, r| {
                        sum.checked_add(number(self.get(r, field))?)
                    })
            };
            let Some((total, tax)) = sum(Field::LineTotal).zip(sum(Field::TaxTotal)) else {
                continue;
            };
            self.follow(record, Field::InvoiceTotal, total);
            self.follow(record, Field::InvoiceTaxTotal, tax);
            // The other two follow from what the file states, so that one wrong total is one fault.
            let stated = |field: Field| number(self.get(record, field));
            let (total, tax) = (stated(Field::InvoiceTotal), stated(Field::InvoiceTaxTotal));
            if let Some(net) = total.zip(tax).and_then(|(t, x)| t.checked_sub(x)) {
                self.follow(record, Field::InvoiceNetTotal, net);
            }
            if let Some(tax) = tax {
                self.follow(record, Field::InvoiceReportedTaxTotal, tax);
            }
        }
    }

    fn written(&self) -> String {
        let mut text = format!("{}\n{}[]\n", self.marker, self.columns.join("|"));
        for record in &self.records {
            text.push_str(&record.join("|"));
            text.push_str("[]\n");
        }
        text
    }
}

/// A number, empty counting as 0. Blanks, a plus and a bare point are read, since examples show them.
fn number(text: &str) -> Option<Decimal> {
    let text = text.trim().trim_start_matches('+').trim_end_matches('.');
    if text.is_empty() {
        return Some(Decimal::ZERO);
    }
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    plain.then(|| text.parse().ok()).flatten()
}

/// An amount with two decimals.
fn money(value: Decimal) -> String {
    let rounded = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(toml: &str) -> Scenario {
        toml::from_str(toml).expect("a scenario")
    }

    fn text(toml: &str) -> String {
        String::from_utf8(file_of(&scenario(toml)).expect("a file")).expect("text")
    }

    #[test]
    fn an_empty_patch_gives_the_good_invoice_with_its_own_totals() {
        for format in ["1998B", "1998BI-V2"] {
            let good = base(format).expect("there is one");
            assert_eq!(text(&format!("base = \"{format}\"")), good);
            // A patch that changes nothing computes every total anew.
            let same = format!("base = \"{format}\"\nline = {{ line_item_number = \"1\" }}");
            assert_eq!(text(&same), good);
        }
    }

    #[test]
    fn totals_follow_a_patch_unless_it_sets_them() {
        let follows = text("line = { units = \"1.00\" }");
        assert!(follows.contains("|F|1.00||450.00|"));
        assert!(follows.contains("|848.60|") && !follows.contains("|1478.60|"));
        let kept = text("line = { line_total = \"1090.00\" }");
        assert!(kept.contains("|F|2.40||1090.00|") && kept.contains("|1488.60|"));
        let stated = text("invoice = { invoice_total = \"1.00\" }");
        assert!(stated.contains("|2026-0113|1.00|"));
        let taxed = text("base = \"1998BI-V2\"\nline = { units = \"1.00\" }");
        assert!(taxed.contains("|F|1.00||540.00|") && taxed.contains("|165.00|848.60|GBP|"));
    }

    #[test]
    fn each_invoice_number_has_its_own_total() {
        let two = text("lines = [{}, { invoice_number = \"AW-2042\" }]");
        assert!(two.contains("|AW-2042|SMF01|2026-0113|450.00|"));
        assert!(two.contains("|AW-2041|SMF01|2026-0113|1028.60|"));
    }

    #[test]
    fn bytes_that_are_no_text_can_be_written() {
        let made = file_of(&scenario("file = \"a\\uEE92b\"")).expect("a file");
        assert_eq!(made, b"a\x92b");
    }

    #[test]
    fn a_patch_that_fits_nowhere_is_refused() {
        for toml in [
            "line = { task = \"L120\" }",
            "line = { tax_rate = \"0\" }",
            "lines = [{}, {}, {}, {}, { units = \"1\" }]",
            "replace = [[\"not there\", \"\"]]",
            "base = \"1998X\"",
        ] {
            assert!(file_of(&scenario(toml)).is_err(), "{toml}");
        }
    }
}
