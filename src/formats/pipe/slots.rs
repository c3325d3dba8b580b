//! Where each field of a record belongs in the invoice.

use crate::formats::parts::Content;
use crate::model::{Cell, Field, Invoice, Line, Matter, Value};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What one cell turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    Text,
    Date(Option<NaiveDate>),
    Amount(Option<Decimal>),
}

/// Puts a field of the invoice in its place.
pub fn fill_invoice(invoice: &mut Invoice, field: Field, cell: Cell, read: Read) {
    let text = |slot: &mut Cell| *slot = cell;
    match (field, read) {
        (Field::InvoiceDate, Read::Date(d)) => invoice.date = Value::new(cell, d),
        (Field::BillingStartDate, Read::Date(d)) => invoice.billing_start = Value::new(cell, d),
        (Field::BillingEndDate, Read::Date(d)) => invoice.billing_end = Value::new(cell, d),
        (Field::InvoiceTotal, Read::Amount(a)) => invoice.total = Value::new(cell, a),
        (Field::InvoiceTaxTotal, Read::Amount(a)) => invoice.tax_total = Value::new(cell, a),
        (Field::InvoiceNetTotal, Read::Amount(a)) => invoice.net_total = Value::new(cell, a),
        (Field::InvoiceReportedTaxTotal, Read::Amount(a)) => {
            invoice.reported_tax_total = Value::new(cell, a);
        }
        (Field::InvoiceNumber, _) => text(&mut invoice.number),
        (Field::ClientId, _) => text(&mut invoice.client.client_id),
        (Field::InvoiceDescription, _) => text(&mut invoice.description),
        (Field::LawFirmId, _) => text(&mut invoice.firm.law_firm_id),
        (Field::PoNumber, _) => {
            if let Some(matter) = invoice.matters.first_mut() {
                matter.po_number = cell;
            }
        }
        (Field::ClientTaxId, _) => text(&mut invoice.client.tax_id),
        (Field::InvoiceCurrency, _) => text(&mut invoice.currency),
        (Field::InvoiceTaxCurrency, _) => text(&mut invoice.tax_currency),
        (Field::LawFirmName, _) => text(&mut invoice.firm.name),
        (Field::LawFirmAddress1, _) => text(&mut invoice.firm.address.address_1),
        (Field::LawFirmAddress2, _) => text(&mut invoice.firm.address.address_2),
        (Field::LawFirmCity, _) => text(&mut invoice.firm.address.city),
        (Field::LawFirmState, _) => text(&mut invoice.firm.address.state_province),
        (Field::LawFirmPostcode, _) => text(&mut invoice.firm.address.postcode),
        (Field::LawFirmCountry, _) => text(&mut invoice.firm.address.country),
        (Field::ClientName, _) => text(&mut invoice.client.name),
        (Field::ClientAddress1, _) => text(&mut invoice.client.address.address_1),
        (Field::ClientAddress2, _) => text(&mut invoice.client.address.address_2),
        (Field::ClientCity, _) => text(&mut invoice.client.address.city),
        (Field::ClientState, _) => text(&mut invoice.client.address.state_province),
        (Field::ClientPostcode, _) => text(&mut invoice.client.address.postcode),
        (Field::ClientCountry, _) => text(&mut invoice.client.address.country),
        _ => {}
    }
}

/// Puts a field of a line in its place.
pub fn fill_line(line: &mut Line, field: Field, cell: Cell, read: Read) {
    match (field, read) {
        (Field::LineDate, Read::Date(d)) => line.date = Value::new(cell, d),
        (Field::Units, Read::Amount(a)) => line.units = Value::new(cell, a),
        (Field::UnitCost, Read::Amount(a)) => line.unit_cost = Value::new(cell, a),
        (Field::Adjustment, Read::Amount(a)) => line.adjustment = Value::new(cell, a),
        (Field::LineTotal, Read::Amount(a)) => line.total = Value::new(cell, a),
        (Field::TaxRate, Read::Amount(a)) => line.tax_rate = Value::new(cell, a),
        (Field::TaxTotal, Read::Amount(a)) => line.tax_total = Value::new(cell, a),
        (Field::LineItemNumber, _) => line.item = cell,
        (Field::TaxType, _) => line.tax_type = cell,
        (Field::TaskCode, _) => line.task_code = cell,
        (Field::ActivityCode, _) => line.activity_code = cell,
        (Field::ExpenseCode, _) => line.expense_code = cell,
        (Field::TimekeeperId, _) => line.timekeeper_id = cell,
        (Field::TimekeeperName, _) => line.timekeeper_name = cell,
        (Field::TimekeeperLastName, _) => line.timekeeper_last_name = cell,
        (Field::TimekeeperFirstName, _) => line.timekeeper_first_name = cell,
        (Field::TimekeeperClassification, _) => line.timekeeper_classification = cell,
        (Field::LineDescription, _) => line.description = cell,
        _ => {}
    }
}

/// The value a record has in a column: the reverse of the two above.
pub fn value_of(field: Field, invoice: &Invoice, matter: &Matter, line: &Line) -> Content {
    use Content::{Date, Number, Text};
    let firm = &invoice.firm;
    let client = &invoice.client;
    match field {
        Field::InvoiceDate => Date(invoice.date),
        Field::BillingStartDate => Date(invoice.billing_start),
        Field::BillingEndDate => Date(invoice.billing_end),
        Field::InvoiceTotal => Number(invoice.total),
        Field::InvoiceTaxTotal => Number(invoice.tax_total),
        Field::InvoiceNetTotal => Number(invoice.net_total),
        Field::InvoiceReportedTaxTotal => Number(invoice.reported_tax_total),
        Field::InvoiceNumber => Text(invoice.number),
        Field::ClientId => Text(client.client_id),
        Field::InvoiceDescription => Text(invoice.description),
        Field::LawFirmId => Text(firm.law_firm_id),
        Field::PoNumber => Text(
            invoice
                .matters
                .first()
                .map_or(Cell::ABSENT, |m| m.po_number),
        ),
        Field::ClientTaxId => Text(client.tax_id),
        Field::InvoiceCurrency => Text(invoice.currency),
        Field::InvoiceTaxCurrency => Text(invoice.tax_currency),
        Field::LawFirmName => Text(firm.name),
        Field::LawFirmAddress1 => Text(firm.address.address_1),
        Field::LawFirmAddress2 => Text(firm.address.address_2),
        Field::LawFirmCity => Text(firm.address.city),
        Field::LawFirmState => Text(firm.address.state_province),
        Field::LawFirmPostcode => Text(firm.address.postcode),
        Field::LawFirmCountry => Text(firm.address.country),
        Field::ClientName => Text(client.name),
        Field::ClientAddress1 => Text(client.address.address_1),
        Field::ClientAddress2 => Text(client.address.address_2),
        Field::ClientCity => Text(client.address.city),
        Field::ClientState => Text(client.address.state_province),
        Field::ClientPostcode => Text(client.address.postcode),
        Field::ClientCountry => Text(client.address.country),
        Field::LawFirmMatterId => Text(matter.law_firm_matter_id),
        Field::ClientMatterId => Text(matter.client_matter_id),
        Field::MatterName => Text(matter.name),
        Field::AccountType => Text(matter.account_type),
        Field::LineDate => Date(line.date),
        Field::Units => Number(line.units),
        Field::UnitCost => Number(line.unit_cost),
        Field::Adjustment => Number(line.adjustment),
        Field::LineTotal => Number(line.total),
        Field::TaxRate => Number(line.tax_rate),
        Field::TaxTotal => Number(line.tax_total),
        Field::LineItemNumber => Text(line.item),
        Field::TaxType => Text(line.tax_type),
        Field::TaskCode => Text(line.task_code),
        Field::ActivityCode => Text(line.activity_code),
        Field::ExpenseCode => Text(line.expense_code),
        Field::TimekeeperId => Text(line.timekeeper_id),
        Field::TimekeeperName => Text(line.timekeeper_name),
        Field::TimekeeperLastName => Text(line.timekeeper_last_name),
        Field::TimekeeperFirstName => Text(line.timekeeper_first_name),
        Field::TimekeeperClassification => Text(line.timekeeper_classification),
        Field::LineDescription => Text(line.description),
        // The type of a line is no cell; the rest no pipe format has.
        _ => Text(Cell::ABSENT),
    }
}
