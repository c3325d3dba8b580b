//! Where each field of a record belongs in the invoice.

use crate::model::{Cell, Field, Invoice, Line, Value};
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
