//! Taxes of the XML formats.

use super::text::Cell;
use super::value::Value;
use rust_decimal::Decimal;

/// An entry of the file's tax table, referred to by `tx_id`.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Tax {
    /// The opening tag.
    pub record: Cell,
    /// Key.
    pub id: Cell,
    /// Registration number.
    pub id_number: Cell,
    /// VAT, GST, or the client's code.
    pub tax_type: Cell,
    /// `Y` for a tiered tax (2.2).
    pub tiers: Cell,
    /// Fraction in spite of its name: 0.2 for 20 %.
    pub rate: Value<Decimal>,
    /// Country.
    pub country: Cell,
    /// State, province, town.
    pub locality: Cell,
    /// `Y` where the base includes another tax.
    pub on_tax: Cell,
    /// That other tax.
    pub on_tax_id: Cell,
    /// `Decrease` for a withholding tax.
    pub increase_decrease: Cell,
    /// file_item_nbr.
    pub item: Cell,
}

/// `tax_tier_detail` (2.2).
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TaxTier {
    /// The opening tag.
    pub record: Cell,
    /// Refers to a [`Tax`].
    pub tax_id: Cell,
    /// Fraction.
    pub rate: Value<Decimal>,
    /// Part of the base in this tier.
    pub taxable_amount: Value<Decimal>,
    /// Rate x taxable amount.
    pub tax: Value<Decimal>,
    /// file_item_nbr.
    pub item: Cell,
}

/// `tax_tier_summary` (2.2).
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TaxTierSummary {
    /// The opening tag.
    pub record: Cell,
    /// Refers to a [`Tax`].
    pub tax_id: Cell,
    /// Sum over the tiers.
    pub total_taxable_amount: Value<Decimal>,
    /// Sum over the tiers.
    pub total_tax: Value<Decimal>,
    /// file_item_nbr.
    pub item: Cell,
}
