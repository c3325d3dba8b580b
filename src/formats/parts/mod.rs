//! Every value an invoice can hold, part by part, with what each family of formats calls it. Writers, lists of
//! losses and the comparison of two invoices all go by these lists, so that none of them forgets a field.
//! Not here: reading and writing a format (one file each), and where its fields stand (`rules/formats`).

mod names;
mod owner;
mod slot;
mod table;
mod values;
mod visit;

pub use names::{every, has_place, shown};
pub use owner::{Owner, owner_of};
pub use slot::{Content, ContentMut, Names, Slot};
pub use table::{
    BILLING_CONTACT, CLIENT, CLIENT_ADDRESS, CLIENT_CONTACT, CLIENT_INLINE, CLIENT_VARIABLE,
    DETAIL, DISCOUNT, FIRM, FIRM_ADDRESS, FIRM_INLINE, INVOICE, LINE, MANAGING_CONTACT,
    MANAGING_INLINE, MATTER, MATTER_CONTACT, MATTER_INLINE, REMIT_ADDRESS, TAX, TAX_REFERENCE,
    TAX_SUMMARY, TIER, TIER_SUMMARY, TIMEKEEPER,
};
pub use values::{fingerprint, plain, values};
pub use visit::{extensions, visit, visit_line, visit_line_mut, visit_mut};
