//! The file's taxes, tiers, and what each tax comes to in a matter.

use super::Builder;
use crate::formats::xml::names::Name;
use crate::model::{Anchor, Tax, TaxSummary, TaxTier, TaxTierSummary};

impl Builder<'_> {
    pub(super) fn tax(&mut self, node: usize) {
        self.judge.read(node, Name::tax, Anchor::Invoice);
        let j = &self.judge;
        self.invoice.taxes.push(Tax {
            record: j.tree.tag(node),
            id: j.cell(Name::tx_id),
            id_number: j.cell(Name::tx_id_number),
            tax_type: j.cell(Name::tax_type),
            tiers: j.cell(Name::tax_tiers),
            rate: j.number(Name::tax_rate_percent),
            country: j.cell(Name::taxing_jurisdiction_country),
            locality: j.cell(Name::taxing_jurisdiction_locality),
            on_tax: j.cell(Name::tax_on_tax),
            on_tax_id: j.cell(Name::tax_on_tax_id),
            increase_decrease: j.cell(Name::increase_decrease),
            item: j.cell(Name::file_item_nbr),
        });
        let kept = self.judge.take_extensions();
        self.invoice.firm.extensions.extend(kept);
    }

    pub(super) fn tier(&mut self, node: usize) {
        self.judge
            .read(node, Name::tax_tier_detail, Anchor::Invoice);
        let j = &self.judge;
        self.invoice.tax_tiers.push(TaxTier {
            record: j.tree.tag(node),
            tax_id: j.cell(Name::tx_id),
            rate: j.number(Name::tax_tier_rate),
            taxable_amount: j.number(Name::tax_tier_taxable_amount),
            tax: j.number(Name::tax_tier_amount_tax),
            item: j.cell(Name::file_item_nbr),
        });
        let kept = self.judge.take_extensions();
        self.invoice.extensions.extend(kept);
    }

    pub(super) fn tier_summary(&mut self, node: usize) {
        self.judge
            .read(node, Name::tax_tier_summary, Anchor::Invoice);
        let j = &self.judge;
        self.invoice.tax_tier_summaries.push(TaxTierSummary {
            record: j.tree.tag(node),
            tax_id: j.cell(Name::tx_id),
            total_taxable_amount: j.number(Name::tax_tier_total_taxable_amount),
            total_tax: j.number(Name::tax_tier_total_tax),
            item: j.cell(Name::file_item_nbr),
        });
        let kept = self.judge.take_extensions();
        self.invoice.extensions.extend(kept);
        // Whether tiers stand in their summary or beside it is not established: both are read.
        for (child, _, segment) in self.judge.segments(node, Name::tax_tier_summary) {
            if segment == Name::tax_tier_detail {
                self.tier(child);
            }
        }
    }

    pub(super) fn tax_summary(&mut self, node: usize, anchor: Anchor) -> TaxSummary {
        self.judge.read(node, Name::tax_summary, anchor);
        let j = &self.judge;
        TaxSummary {
            record: j.tree.tag(node),
            tax_id: j.cell(Name::tx_id),
            detail_fees: j.number(Name::tax_total_detail_fees),
            tax_on_fees: j.number(Name::total_tax_on_fees),
            detail_expenses: j.number(Name::tax_total_detail_expense),
            tax_on_expenses: j.number(Name::total_tax_on_expense),
            item: j.cell(Name::file_item_nbr),
        }
    }
}
