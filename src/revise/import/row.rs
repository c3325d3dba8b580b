//! One row of an export as an entry of a bill: values from its cells, the mapping and the firm's lists, and its money.

use super::cells::{self, DateOrder};
use super::field::SLOTS;
use super::known;
use super::layout::Layout;
use super::mapping::{Mapping, Values, plain};
use crate::firm::SheetRow;
use crate::model::{Field, LineKind, Lists};
use crate::revise::money::cents;
use crate::rules::utbms::{Classes, catalogue};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// How time and money are reckoned. Nothing of this happens unless it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reckoning {
    /// Hours go up to the next multiple of this.
    pub round_up_to: Option<Decimal>,
    /// Where the stated amount is another than hours x rate, the difference becomes the line's adjustment.
    pub difference_as_adjustment: bool,
}

/// What a row bills.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The line of the file it begins on.
    pub line: usize,
    /// Fee, expense or adjustment.
    pub kind: LineKind,
    /// Texts by field.
    pub values: Values,
    /// The day.
    pub date: NaiveDate,
    /// Hours or pieces.
    pub units: Option<Decimal>,
    /// Price of one.
    pub unit_cost: Option<Decimal>,
    /// Discount or increase.
    pub adjustment: Option<Decimal>,
    /// What it comes to.
    pub total: Decimal,
    /// Fees: the time as the export has it, in seconds.
    pub seconds: Decimal,
}

/// Why a row is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line of the file.
    pub line: usize,
    /// The field; empty: the row.
    pub field: &'static str,
    /// What stands there.
    pub found: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.field.is_empty() {
            write!(f, "{} ", self.field)?;
        }
        if !self.found.is_empty() {
            write!(f, "\"{}\" ", self.found)?;
        }
        f.write_str(&self.message)
    }
}

/// What became of a row.
pub struct Read {
    /// Its kind, where it is known.
    pub kind: Option<LineKind>,
    /// The entry, where nothing is wrong and nothing missing.
    pub entry: Option<Entry>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Required fields without a value.
    pub missing: Vec<&'static str>,
}

/// What rows are read with.
pub struct Reader<'a> {
    /// Which column is which field.
    pub mapping: &'a Mapping,
    /// Where they stand.
    pub layout: &'a Layout,
    /// The firm's lists.
    pub lists: &'a Lists,
    /// How time and money are reckoned.
    pub reckoning: Reckoning,
}

struct Row<'a> {
    reader: &'a Reader<'a>,
    line: usize,
    values: Values,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Reads a row.
    pub fn read(&self, row: &SheetRow) -> Read {
        let mut this = Row {
            reader: self,
            line: row.line,
            values: Values::new(),
            problems: Vec::new(),
        };
        for (field, column) in &self.layout.columns {
            let cell = row.cell(*column);
            if !cell.is_empty() {
                this.values.insert(field, cell.to_owned());
            }
        }
        this.follow();
        let kind = this.kind();
        let entry = kind.and_then(|kind| this.entry(kind));
        let missing = this.missing(kind);
        Read {
            kind,
            entry: entry.filter(|_| this.problems.is_empty() && missing.is_empty()),
            problems: this.problems,
            missing,
        }
    }
}

impl Row<'_> {
    fn get(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    fn wrong(&mut self, field: &'static str, message: impl Into<String>) {
        let found: String = self.get(field).chars().take(60).collect();
        let message = message.into();
        let line = self.line;
        self.problems.push(Problem {
            line,
            field,
            found,
            message,
        });
    }

    fn put(&mut self, field: &'static str, value: &str) {
        if self.get(field).is_empty() && !value.is_empty() {
            self.values.insert(field, value.to_owned());
        }
    }

    /// Values that follow from others.
    fn follow(&mut self) {
        let mapping = self.reader.mapping;
        for split in &mapping.splits {
            let whole = self.get(split.field).to_owned();
            let Some(parts) = split.pattern.captures(&whole) else {
                continue;
            };
            for group in split.pattern.capture_names().flatten() {
                let part = parts.name(group).map_or("", |m| m.as_str().trim());
                let Some(slot) = SLOTS.iter().find(|s| s.name == group) else {
                    continue;
                };
                if slot.name == split.field {
                    self.values.insert(slot.name, part.to_owned());
                } else {
                    self.put(slot.name, part);
                }
            }
        }
        for (field, wanted, given) in &mapping.lookups {
            if plain(self.get(field)) != *wanted {
                continue;
            }
            for (name, value) in given {
                if name == field {
                    self.values.insert(name, value.clone());
                } else {
                    self.put(name, value);
                }
            }
        }
        for (field, value) in &mapping.constants {
            self.put(field, value);
        }
        let (last, first) = (
            self.get("timekeeper_last_name"),
            self.get("timekeeper_first_name"),
        );
        let name = match (last.is_empty(), first.is_empty()) {
            (false, false) => format!("{last}, {first}"),
            _ => format!("{last}{first}"),
        };
        self.put("timekeeper_name", &name);
        if let Err((field, why)) = known::fill(&mut self.values, self.reader.lists) {
            self.wrong(field, why);
        }
        self.code();
    }

    /// A code of any kind goes where its kind belongs.
    fn code(&mut self) {
        let written = self.get("code").to_owned();
        let code = written
            .split([' ', ':'])
            .next()
            .unwrap_or("")
            .to_ascii_uppercase();
        if code.is_empty() {
            return;
        }
        let Some(found) = catalogue().find(&code) else {
            return self.wrong(
                "code",
                "is no UTBMS code (cleanbill codes lists them); map its column to task_code, activity_code or \
                 expense_code if the client has codes of its own",
            );
        };
        match found.kind.field() {
            Field::TaskCode => self.put("task_code", &code),
            Field::ActivityCode => self.put("activity_code", &code),
            _ => self.put("expense_code", &code),
        }
    }

    fn kind(&mut self) -> Option<LineKind> {
        let word = self.get("line_type").to_owned();
        let kind = self.reader.mapping.kind(&word);
        if kind.is_none() && !word.is_empty() {
            self.wrong(
                "line_type",
                "is no type of line; say what it stands for in the mapping: [words] F = [...], E = [...]",
            );
        }
        if let Some(kind) = kind {
            self.put("line_type", kind.code());
        }
        kind
    }

    fn missing(&self, kind: Option<LineKind>) -> Vec<&'static str> {
        let nobody = Classes::is_nobody(self.get("timekeeper_classification"));
        let needed = |slot: &&super::field::Slot| match kind {
            Some(kind) => slot.needed.on(kind),
            // Without its type nothing more can be said of it.
            None => slot.name == "line_type",
        };
        SLOTS
            .iter()
            .filter(needed)
            .filter(|s| !(nobody && matches!(s.name, "timekeeper_id" | "timekeeper_name")))
            .filter(|s| self.get(s.name).is_empty())
            // They may be blank only because another cell of the row could not be read.
            .filter(|s| self.problems.is_empty() || !matches!(s.name, "units" | "unit_cost"))
            .map(|s| s.name)
            .collect()
    }

    fn day(&mut self, field: &'static str) -> Option<NaiveDate> {
        let order = self.reader.mapping.date_order;
        let text = self.get(field);
        if text.is_empty() {
            return None;
        }
        let day = cells::date(text, order);
        if day.is_none() {
            let others = DateOrder::ALL.into_iter().filter(|o| *o != order);
            let meant: Vec<&str> = others
                .filter(|o| cells::date(text, *o).is_some())
                .map(DateOrder::word)
                .collect();
            let remedy = match meant.as_slice() {
                [] => "correct it".to_owned(),
                orders => format!(
                    "if that is how the export writes days, add --date-order {}",
                    orders.join(" or ")
                ),
            };
            self.wrong(field, format!("is no day read {}; {remedy}", order.word()));
        }
        day
    }

    fn money(&mut self, field: &'static str) -> Option<Decimal> {
        let mark = self.reader.mapping.decimal_mark;
        let text = self.get(field);
        if text.is_empty() {
            return None;
        }
        let amount = cells::amount(text, mark);
        if amount.is_none() {
            let mut others = cells::DecimalMark::ALL.into_iter().filter(|m| *m != mark);
            let meant = others.find(|m| cells::amount(text, *m).is_some());
            let remedy = match meant {
                Some(other) => format!(
                    "if that is how the export writes numbers, add --decimal-mark {}",
                    other.word()
                ),
                None => "correct it".to_owned(),
            };
            self.wrong(
                field,
                format!("is no number with a decimal {}; {remedy}", mark.word()),
            );
        }
        amount
    }

    /// Days of the invoice are read here too, so that they are named with their row.
    fn entry(&mut self, kind: LineKind) -> Option<Entry> {
        for field in ["invoice_date", "billing_start_date", "billing_end_date"] {
            if let Some(day) = self.day(field) {
                self.values.insert(field, day.to_string());
            }
        }
        let date = self.day("line_date");
        let stated = self.money("line_total");
        let adjustment = self.money("adjustment");
        let price = self.money("unit_cost");
        let entry = |row: &Self, seconds, units, unit_cost, adjustment, total| {
            Some(Entry {
                line: row.line,
                kind,
                values: row.values.clone(),
                date: date?,
                units,
                unit_cost,
                adjustment,
                total,
                seconds,
            })
        };
        if kind.is_adjustment() {
            let Some(amount) = adjustment.or(stated) else {
                if self.get("adjustment").is_empty() && self.get("line_total").is_empty() {
                    self.wrong("line_total", "is blank; an adjustment needs its amount");
                }
                return None;
            };
            return entry(self, Decimal::ZERO, None, None, Some(amount), amount);
        }
        let (seconds, units, exact) = self.quantity(kind, stated)?;
        let price = price.or_else(|| self.price(kind, date, units, stated))?;
        let Some(base) = units.checked_mul(price).map(cents) else {
            self.wrong("line_total", "is too large to be reckoned with");
            return None;
        };
        let before = exact.checked_mul(price).map(cents).unwrap_or(base);
        let mut adjustment = adjustment;
        let billed = |base: Decimal, a: Option<Decimal>| base.checked_add(a.unwrap_or_default());
        let mut total = billed(base, adjustment)?;
        if let Some(stated) = stated
            && Some(stated) != billed(before, adjustment)
            && stated != total
        {
            if !self.reader.reckoning.difference_as_adjustment {
                let less =
                    adjustment.map_or(String::new(), |a| format!(" and an adjustment of {a}"));
                self.wrong(
                    "line_total",
                    format!(
                        "is not {units} x {price}{less}, which is {total}; correct the row, or take the difference as the \
                         line's adjustment: --difference-as-adjustment"
                    ),
                );
                return None;
            }
            adjustment = Some(stated.checked_sub(base)?);
            total = stated;
        }
        self.put("unit_cost", &price.to_string());
        self.put("units", &units.to_string());
        entry(self, seconds, Some(units), Some(price), adjustment, total)
    }

    /// Seconds of a fee, units as they are billed, and units as they were recorded.
    fn quantity(
        &mut self,
        kind: LineKind,
        stated: Option<Decimal>,
    ) -> Option<(Decimal, Decimal, Decimal)> {
        let mapping = self.reader.mapping;
        if kind == LineKind::Expense {
            // An amount alone is one piece at that price.
            let pieces = match self.get("units").is_empty() && stated.is_some() {
                true => Decimal::ONE,
                false => self.money("units")?,
            };
            return Some((Decimal::ZERO, pieces, pieces));
        }
        let text = self.get("units").to_owned();
        if text.is_empty() {
            return None;
        }
        let form = mapping.hours_form;
        let Some(seconds) = cells::seconds(&text, form, mapping.decimal_mark) else {
            let others = cells::HoursForm::ALL.into_iter().filter(|f| *f != form);
            let mut others =
                others.filter(|f| cells::seconds(&text, *f, mapping.decimal_mark).is_some());
            let remedy = match others.next() {
                Some(other) => format!("--hours {} reads it so", other.word()),
                None => "correct it".to_owned(),
            };
            self.wrong(
                "units",
                format!("is no time in {}; {remedy}", form.example()),
            );
            return None;
        };
        let rounded = match self.reader.reckoning.round_up_to {
            Some(step) => cells::rounded_up(seconds, step)?,
            None => seconds,
        };
        let Some(units) = cells::hours(rounded) else {
            self.wrong(
                "units",
                "is no number of hours with four decimals, which is all an invoice holds; say how it is to be rounded: \
                 --round-up-to 0.1",
            );
            return None;
        };
        let exact = seconds.checked_div(Decimal::from(3600))?;
        Some((seconds, units, exact))
    }

    /// The price of a row that has none: approved, or for an expense what the amount says.
    fn price(
        &mut self,
        kind: LineKind,
        date: Option<NaiveDate>,
        units: Decimal,
        stated: Option<Decimal>,
    ) -> Option<Decimal> {
        if !self.get("unit_cost").is_empty() {
            return None;
        }
        if kind == LineKind::Expense {
            let price = stated?.checked_div(units)?.round_dp(4).normalize();
            return (price.checked_mul(units) == stated).then_some(price);
        }
        match known::rate(&self.values, date?, self.reader.lists) {
            Ok(rate) => rate,
            Err(why) => {
                self.wrong("timekeeper_id", why);
                None
            }
        }
    }
}
