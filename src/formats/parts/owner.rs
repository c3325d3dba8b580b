//! The parts values belong to.

use crate::model::Line;

/// The part of an invoice a value belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Owner {
    Invoice,
    Firm,
    FirmAddress,
    RemitAddress,
    BillingContact,
    Client,
    ClientAddress,
    ClientContact,
    Matter,
    ManagingContact,
    MatterContact,
    MatterDiscount,
    DiscountTax,
    Timekeeper,
    TaxSummary,
    Fee,
    Expense,
    /// IF and IE lines of the pipe formats.
    Adjustment,
    FeeDiscount,
    ExpenseDiscount,
    FeeTax,
    ExpenseTax,
    Tax,
    TaxTier,
    TaxTierSummary,
    Statement,
}

impl Owner {
    /// Its path in XML 2.x below the invoice's own level, for people; empty for the invoice.
    pub fn path(self) -> &'static str {
        match self {
            Self::Invoice => "",
            Self::Firm => "firm",
            Self::FirmAddress => "lf_address",
            Self::RemitAddress => "lf_remit_address",
            Self::BillingContact => "lf_billing_contact",
            Self::Client => "client",
            Self::ClientAddress => "cl_address",
            Self::ClientContact => "client_contact",
            Self::Matter => "matter",
            Self::ManagingContact => "lf_managing_contact",
            Self::MatterContact => "cl_contact",
            Self::MatterDiscount => "matter_disc_cred",
            Self::DiscountTax => "tax_matter_disc_cred",
            Self::Timekeeper => "tk_sum",
            Self::TaxSummary => "tax_summary",
            Self::Fee => "fee",
            Self::Expense => "expense",
            Self::Adjustment => "adjustment",
            Self::FeeDiscount => "fee_item_disc_cred",
            Self::ExpenseDiscount => "expense_item_disc_cred",
            Self::FeeTax => "tax_item_fee",
            Self::ExpenseTax => "tax_item_expense",
            Self::Tax => "tax",
            Self::TaxTier => "tax_tier_detail",
            Self::TaxTierSummary => "tax_tier_summary",
            Self::Statement => "regulatory_statement",
        }
    }

    /// The segment of the field tables its elements stand in.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::FirmAddress | Self::RemitAddress | Self::ClientAddress => "address_info",
            Self::BillingContact
            | Self::ClientContact
            | Self::ManagingContact
            | Self::MatterContact => "contact_info",
            other => other.path(),
        }
    }
}

/// The part a line is.
pub fn owner_of(line: &Line) -> Owner {
    use crate::model::LineKind::{Expense, Fee};
    match line.kind.get() {
        Some(Fee) | None => Owner::Fee,
        Some(Expense) => Owner::Expense,
        Some(_) => Owner::Adjustment,
    }
}

pub(super) fn discount_owner(line: Owner) -> Owner {
    match line {
        Owner::Expense => Owner::ExpenseDiscount,
        _ => Owner::FeeDiscount,
    }
}

pub(super) fn tax_owner(line: Owner) -> Owner {
    match line {
        Owner::Expense => Owner::ExpenseTax,
        _ => Owner::FeeTax,
    }
}
