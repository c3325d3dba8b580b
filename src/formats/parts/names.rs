//! What formats call values, and for which they have a place.

use super::owner::Owner;
use super::slot::{Names, Slot};
use super::table::{
    BILLING_CONTACT, CLIENT, CLIENT_ADDRESS, CLIENT_CONTACT, CLIENT_VARIABLE, DETAIL, DISCOUNT,
    FIRM, FIRM_ADDRESS, INVOICE, LINE, MANAGING_CONTACT, MATTER, MATTER_CONTACT, REMIT_ADDRESS,
    TAX, TAX_REFERENCE, TAX_SUMMARY, TIER, TIER_SUMMARY, TIMEKEEPER,
};
use crate::model::{Family, LedesFormat};
use std::sync::LazyLock;

/// Whether a format has a place for a value.
pub fn has_place(format: LedesFormat, owner: Owner, names: &Names) -> bool {
    use crate::formats::{pipe, xml};
    if !format.is_xml() {
        return !names.pipe.is_empty()
            && !matches!(owner, Owner::Timekeeper | Owner::Tax)
            && pipe::has_column(format, names.pipe);
    }
    if owner == Owner::Adjustment {
        return false;
    }
    if owner == Owner::Statement {
        return matches!(format, LedesFormat::Xml21 | LedesFormat::Xml22);
    }
    if format != LedesFormat::L2000 {
        return xml::has_element(format, owner.segment(), names.xml2);
    }
    // Contacts are no segments of their own.
    let around = match owner {
        Owner::BillingContact => "firm",
        Owner::ClientContact => "client",
        Owner::ManagingContact | Owner::MatterContact => "matter",
        other => other.segment(),
    };
    xml::has_element(format, around, names.l2000)
}

/// What a format calls a value, for people: the column, or the element with the part it stands in.
pub fn shown(format: LedesFormat, owner: Owner, names: &Names) -> String {
    let name = match format.family() {
        Family::Pipe => names.pipe,
        Family::Xml2 => names.xml2,
        Family::Xml2000 => names.l2000,
    };
    if !format.is_xml() && !name.is_empty() {
        return name.to_owned();
    }
    let name = [name, names.xml2, names.l2000, names.pipe]
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or("");
    match owner.path() {
        "" => name.to_owned(),
        path if path == name => name.to_owned(),
        path => format!("{path}/{name}"),
    }
}

/// Every value any format knows, once: for tables of what is lost between two formats.
pub fn every() -> &'static [(Owner, Names)] {
    static EVERY: LazyLock<Vec<(Owner, Names)>> = LazyLock::new(|| {
        let mut all: Vec<(Owner, Names)> = Vec::new();
        fn add<T>(all: &mut Vec<(Owner, Names)>, owner: Owner, slots: &[Slot<T>]) {
            all.extend(slots.iter().map(|s| (owner, s.names)));
        }
        add(&mut all, Owner::Invoice, INVOICE);
        add(&mut all, Owner::Firm, FIRM);
        add(&mut all, Owner::FirmAddress, FIRM_ADDRESS);
        add(&mut all, Owner::RemitAddress, REMIT_ADDRESS);
        add(&mut all, Owner::BillingContact, BILLING_CONTACT);
        add(&mut all, Owner::Client, CLIENT);
        add(&mut all, Owner::ClientAddress, CLIENT_ADDRESS);
        add(&mut all, Owner::ClientContact, CLIENT_CONTACT);
        add(&mut all, Owner::Tax, TAX);
        add(&mut all, Owner::TaxTier, TIER);
        add(&mut all, Owner::TaxTierSummary, TIER_SUMMARY);
        add(&mut all, Owner::Matter, MATTER);
        add(&mut all, Owner::ManagingContact, MANAGING_CONTACT);
        add(&mut all, Owner::MatterContact, MATTER_CONTACT);
        all.push((Owner::Matter, CLIENT_VARIABLE));
        add(&mut all, Owner::MatterDiscount, DISCOUNT);
        add(&mut all, Owner::TaxSummary, TAX_SUMMARY);
        add(&mut all, Owner::Timekeeper, TIMEKEEPER);
        for owner in [Owner::Fee, Owner::Expense, Owner::Adjustment] {
            add(&mut all, owner, LINE);
            add(&mut all, owner, DETAIL);
        }
        for owner in [Owner::FeeDiscount, Owner::ExpenseDiscount] {
            add(&mut all, owner, DISCOUNT);
        }
        for owner in [Owner::FeeTax, Owner::ExpenseTax, Owner::DiscountTax] {
            all.push((owner, TAX_REFERENCE));
        }
        all
    });
    &EVERY
}
