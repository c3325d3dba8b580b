//! Walks over an invoice: every value once, to read or to change it.

use super::owner::{Owner, discount_owner, owner_of, tax_owner};
use super::slot::{Content, ContentMut, Names, Slot};
use super::table::{
    BILLING_CONTACT, CLIENT, CLIENT_ADDRESS, CLIENT_CONTACT, CLIENT_VARIABLE, DETAIL, DISCOUNT,
    FIRM, FIRM_ADDRESS, INVOICE, LINE, MANAGING_CONTACT, MATTER, MATTER_CONTACT, REMIT_ADDRESS,
    TAX, TAX_REFERENCE, TAX_SUMMARY, TIER, TIER_SUMMARY, TIMEKEEPER,
};
use crate::model::{Cell, Extension, Invoice, Line};

macro_rules! visits {
    ($(#[$doc:meta])* $name:ident $lines:ident $get:ident $content:ident $iter:ident [$($mutable:tt)?] $wrap:expr) => {
        $(#[$doc])*
        pub fn $name(invoice: &$($mutable)? Invoice, visit: &mut impl FnMut(Owner, &Names, $content)) {
            fn all<T>(part: &$($mutable)? T, owner: Owner, slots: &[Slot<T>], visit: &mut impl FnMut(Owner, &Names, $content)) {
                for slot in slots {
                    visit(owner, &slot.names, (slot.$get)(part));
                }
            }
            let wrap = $wrap;
            all(invoice, Owner::Invoice, INVOICE, visit);
            let firm = &$($mutable)? invoice.firm;
            all(firm, Owner::Firm, FIRM, visit);
            all(&$($mutable)? firm.address, Owner::FirmAddress, FIRM_ADDRESS, visit);
            all(&$($mutable)? firm.remit_address, Owner::RemitAddress, REMIT_ADDRESS, visit);
            all(&$($mutable)? firm.billing_contact, Owner::BillingContact, BILLING_CONTACT, visit);
            let client = &$($mutable)? invoice.client;
            all(client, Owner::Client, CLIENT, visit);
            all(&$($mutable)? client.address, Owner::ClientAddress, CLIENT_ADDRESS, visit);
            all(&$($mutable)? client.contact, Owner::ClientContact, CLIENT_CONTACT, visit);
            for tax in invoice.taxes.$iter() {
                all(tax, Owner::Tax, TAX, visit);
            }
            for summary in invoice.tax_tier_summaries.$iter() {
                all(summary, Owner::TaxTierSummary, TIER_SUMMARY, visit);
            }
            for tier in invoice.tax_tiers.$iter() {
                all(tier, Owner::TaxTier, TIER, visit);
            }
            for statement in invoice.regulatory_statements.$iter() {
                for part in statement.$iter() {
                    if part.name != "file_item_nbr" {
                        visit(Owner::Statement, &Names { xml2: "regulatory_statement", l2000: "", pipe: "" }, wrap(&$($mutable)? part.value));
                    }
                }
            }
            for matter in invoice.matters.$iter() {
                all(matter, Owner::Matter, MATTER, visit);
                all(&$($mutable)? matter.firm_contact, Owner::ManagingContact, MANAGING_CONTACT, visit);
                all(&$($mutable)? matter.client_contact, Owner::MatterContact, MATTER_CONTACT, visit);
                for variable in matter.client_variables.$iter() {
                    visit(Owner::Matter, &CLIENT_VARIABLE, wrap(variable));
                }
                for discount in matter.discounts.$iter() {
                    all(discount, Owner::MatterDiscount, DISCOUNT, visit);
                    for tax in discount.tax_ids.$iter() {
                        visit(Owner::DiscountTax, &TAX_REFERENCE, wrap(tax));
                    }
                }
                for summary in matter.tax_summaries.$iter() {
                    all(summary, Owner::TaxSummary, TAX_SUMMARY, visit);
                }
                for person in matter.timekeepers.$iter() {
                    all(person, Owner::Timekeeper, TIMEKEEPER, visit);
                }
            }
            for line in invoice.lines.$iter() {
                $lines(line, visit);
            }
        }

        /// The values of one line.
        pub fn $lines(line: &$($mutable)? Line, visit: &mut impl FnMut(Owner, &Names, $content)) {
            let wrap = $wrap;
            let owner = owner_of(line);
            for slot in LINE {
                visit(owner, &slot.names, (slot.$get)(line));
            }
            if line.detail.is_none() {
                return;
            }
            for slot in DETAIL {
                visit(owner, &slot.names, (slot.$get)(line));
            }
            if let Some(detail) = &$($mutable)? line.detail {
                for discount in detail.discounts.$iter() {
                    for slot in DISCOUNT {
                        visit(discount_owner(owner), &slot.names, (slot.$get)(discount));
                    }
                }
                for tax in detail.tax_ids.$iter() {
                    visit(tax_owner(owner), &TAX_REFERENCE, wrap(tax));
                }
            }
        }
    };
}

fn held(cell: &Cell) -> Content {
    Content::Text(*cell)
}

fn held_mut(cell: &mut Cell) -> ContentMut<'_> {
    ContentMut::Text(cell)
}

visits! {
    /// Visits every value; those in extensions are visited by [`extensions`].
    visit visit_line get Content iter [] held
}

visits! {
    /// Visits every value to change it.
    visit_mut visit_line_mut get_mut ContentMut iter_mut [mut] held_mut
}

/// The extensions of each part that can have some.
pub fn extensions(invoice: &Invoice) -> impl Iterator<Item = (Owner, &Extension)> {
    let of = |owner: Owner| move |e| (owner, e);
    let heads = invoice.extensions.iter().map(of(Owner::Invoice));
    let firm = invoice.firm.extensions.iter().map(of(Owner::Firm));
    let client = invoice.client.extensions.iter().map(of(Owner::Client));
    let matters = invoice.matters.iter().flat_map(|m| &m.extensions);
    let lines = invoice.lines.iter().flat_map(move |line| {
        let detail = line.detail.iter();
        detail
            .flat_map(|d| &d.extensions)
            .map(move |e| (owner_of(line), e))
    });
    heads
        .chain(firm)
        .chain(client)
        .chain(matters.map(of(Owner::Matter)))
        .chain(lines)
}
