//! The invoice: the one shape every format is read into.

use super::field::Field;
use super::format::LedesFormat;
use super::line::Line;
use super::matter::Matter;
use super::parties::{Client, Extension, Firm};
use super::tax::{Tax, TaxTier, TaxTierSummary};
use super::text::{Cell, SourceText};
use super::value::Value;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::borrow::Cow;
use std::sync::Arc;

/// One invoice as it stands in its file. Every value keeps its place in [`Invoice::text`].
#[derive(Clone, PartialEq, Debug)]
pub struct Invoice {
    /// What it was read as.
    pub format: LedesFormat,
    /// The physical lines it was read from.
    pub text: SourceText,
    /// Pipe formats: the file's column names in their order.
    pub columns: Arc<[String]>,
    /// False where the header or the surrounding elements are not the format's own: what is missing
    /// because of that is not judged again.
    pub whole: bool,
    /// XML: the opening tag. Pipe formats: the first record.
    pub record: Cell,
    /// The firm that bills.
    pub firm: Firm,
    /// The client that is billed.
    pub client: Client,
    /// Invoice number.
    pub number: Cell,
    /// Invoice date.
    pub date: Value<NaiveDate>,
    /// First day of the billing period.
    pub billing_start: Value<NaiveDate>,
    /// Last day of the billing period.
    pub billing_end: Value<NaiveDate>,
    /// Due date; XML only.
    pub due_date: Value<NaiveDate>,
    /// What is billed, in words.
    pub description: Cell,
    /// ISO 4217; absent in 1998B.
    pub currency: Cell,
    /// INVOICE_TOTAL or inv_total_net_due.
    pub total: Value<Decimal>,
    /// INVOICE_TAX_TOTAL or inv_total_tax.
    pub tax_total: Value<Decimal>,
    /// INVOICE_NET_TOTAL.
    pub net_total: Value<Decimal>,
    /// INVOICE_REPORTED_TAX_TOTAL.
    pub reported_tax_total: Value<Decimal>,
    /// INVOICE_TAX_CURRENCY.
    pub tax_currency: Cell,
    /// XML: payment terms.
    pub payment_terms: Cell,
    /// XML: whether this is a tax invoice.
    pub tax_invoice: Cell,
    /// XML: marks a credit note.
    pub credit_note: Cell,
    /// XML: `Y` where it replaces a rejected invoice.
    pub rejected_inv_replacement: Cell,
    /// XML: the invoice it refers to.
    pub inv_reference: Cell,
    /// XML: a tax authority's code.
    pub tax_authority_ref: Cell,
    /// XML: name of the accompanying image or PDF.
    pub image_file_name: Cell,
    /// XML.
    pub exchange_rate: Value<Decimal>,
    /// LEDES 2000.
    pub generic_discount: Value<Decimal>,
    /// file_item_nbr; XML.
    pub item: Cell,
    /// Its matters, in the order met. Never empty when there are lines.
    pub matters: Vec<Matter>,
    /// Its lines, in the order of the file.
    pub lines: Vec<Line>,
    /// XML: the file's taxes.
    pub taxes: Vec<Tax>,
    /// XML 2.2.
    pub tax_tiers: Vec<TaxTier>,
    /// XML 2.2.
    pub tax_tier_summaries: Vec<TaxTierSummary>,
    /// XML 2.1 and later: statements a country's law demands, verbatim.
    pub regulatory_statements: Vec<Vec<Extension>>,
    /// Elements and extension data no table knows. Columns of a file's own stand with their lines.
    pub extensions: Vec<Extension>,
    /// Pipe formats: values of the invoice or of a matter that differ from those on its first line.
    pub variations: Vec<Variation>,
    /// Records that could not be read: their money is unknown, so sums are not judged.
    pub unread: Vec<UnreadRecord>,
}

/// A field that should be the same on every line of its invoice (or matter), and is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Variation {
    /// Which field.
    pub field: Field,
    /// Index in `Invoice::lines` of the line with the other value.
    pub line: u32,
    /// The value on the first line of the invoice or matter.
    pub first: Cell,
    /// The other value.
    pub other: Cell,
}

/// A record that could not be taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnreadRecord {
    /// Where it stands.
    pub record: Cell,
}

impl Invoice {
    /// An invoice of which nothing is known yet.
    pub fn new(format: LedesFormat, text: SourceText) -> Self {
        Self {
            format,
            text,
            columns: Arc::from(Vec::new()),
            whole: true,
            record: Cell::ABSENT,
            firm: Firm::default(),
            client: Client::default(),
            number: Cell::ABSENT,
            date: Value::ABSENT,
            billing_start: Value::ABSENT,
            billing_end: Value::ABSENT,
            due_date: Value::ABSENT,
            description: Cell::ABSENT,
            currency: Cell::ABSENT,
            total: Value::ABSENT,
            tax_total: Value::ABSENT,
            net_total: Value::ABSENT,
            reported_tax_total: Value::ABSENT,
            tax_currency: Cell::ABSENT,
            payment_terms: Cell::ABSENT,
            tax_invoice: Cell::ABSENT,
            credit_note: Cell::ABSENT,
            rejected_inv_replacement: Cell::ABSENT,
            inv_reference: Cell::ABSENT,
            tax_authority_ref: Cell::ABSENT,
            image_file_name: Cell::ABSENT,
            exchange_rate: Value::ABSENT,
            generic_discount: Value::ABSENT,
            item: Cell::ABSENT,
            matters: Vec::new(),
            lines: Vec::new(),
            taxes: Vec::new(),
            tax_tiers: Vec::new(),
            tax_tier_summaries: Vec::new(),
            regulatory_statements: Vec::new(),
            extensions: Vec::new(),
            variations: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The text of a cell; empty where it is absent.
    pub fn get(&self, cell: Cell) -> Cow<'_, str> {
        self.text.get(cell)
    }

    /// The matter of a line.
    pub fn matter_of(&self, line: &Line) -> Option<&Matter> {
        self.matters.get(line.matter as usize)
    }

    /// What is billed on a matter, without tax: in XML what is due for it, after discounts and shares; in the
    /// pipe formats the sum of its lines. `None` where a number that is needed could not be read.
    pub fn billed_on(&self, matter: usize) -> Option<Decimal> {
        let own = self.matters.get(matter)?;
        if let Some(due) = own.total_due.get() {
            let taxes = [own.tax_on_fees, own.tax_on_expenses];
            return taxes.iter().try_fold(due, |due, tax| {
                due.checked_sub(tax.get().unwrap_or_default())
            });
        }
        if !self.unread.is_empty() || !own.total_due.is_blank() {
            return None;
        }
        let lines = self.lines.iter().filter(|l| l.matter as usize == matter);
        lines
            .map(Line::net)
            .try_fold(Decimal::ZERO, |sum, net| sum.checked_add(net?))
    }

    /// The number of the rejected invoice this one says it replaces; only the XML formats can say so.
    pub fn replaces(&self) -> Option<Cow<'_, str>> {
        let replaces = self
            .text
            .raw(self.rejected_inv_replacement)
            .eq_ignore_ascii_case("Y");
        replaces.then(|| self.get(self.inv_reference))
    }

    /// What the file calls a field.
    pub fn name(&self, field: Field) -> &'static str {
        field.name_in(self.format)
    }

    /// Pipe formats: the cell of `field` on `line`, found again in its record. Absent where the record is
    /// not one physical line of pipe-separated fields or the file has no such column.
    pub fn cell_on(&self, line: &Line, field: Field) -> Cell {
        let name = self.name(field);
        let Some(column) = self
            .columns
            .iter()
            .position(|c| c.eq_ignore_ascii_case(name))
        else {
            return Cell::ABSENT;
        };
        let start = line.record.start();
        let mut at = start;
        for (index, part) in self.text.raw(line.record).split('|').enumerate() {
            if index == column {
                let part = part.strip_suffix("[]").unwrap_or(part);
                let lead = part.len() - part.trim_start().len();
                return Cell::new(at + lead, at + lead + part.trim().len());
            }
            at += part.len() + 1;
        }
        Cell::ABSENT
    }
}
