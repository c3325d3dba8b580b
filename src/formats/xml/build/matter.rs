//! A matter with its discounts, tax summaries and timekeepers.

use super::Builder;
use crate::formats::xml::names::Name;
use crate::model::{Anchor, Cell, Contact, Discount, Matter, TimekeeperSummary};

impl Builder<'_> {
    pub(super) fn matter(&mut self, node: usize) {
        let index = self.invoice.matters.len();
        let anchor = Anchor::Matter(index as u32);
        self.judge.read(node, Name::matter, anchor);
        let j = &self.judge;
        let variables = [j.cell(Name::cl_matter_var_1), j.cell(Name::cl_matter_var_2)];
        let mut matter = Matter {
            record: j.tree.tag(node),
            complete: j.tree.node(node).closed,
            law_firm_matter_id: j.cell(Name::lf_matter_id),
            client_matter_id: j.cell(Name::cl_matter_id),
            name: j.cell(Name::matter_name),
            description: j.cell(Name::matter_desc),
            po_number: j.cell(Name::po_number),
            account_type: j.cell(Name::account_type),
            billing_type: j.cell(Name::matter_billing_type),
            final_bill: j.cell(Name::matter_final_bill),
            // LEDES 2000 has the contacts' parts in the matter itself.
            firm_contact: Contact {
                last_name: j.cell(Name::lf_managing_contact_lname),
                first_name: j.cell(Name::lf_managing_contact_fname),
                id: j.cell(Name::lf_contact_id),
                phone: j.cell(Name::lf_contact_phone),
                email: j.cell(Name::lf_contact_email),
                ..Contact::default()
            },
            client_contact: Contact {
                last_name: j.cell(Name::cl_contact_lname),
                first_name: j.cell(Name::cl_contact_fname),
                id: j.cell(Name::cl_contact_id),
                phone: j.cell(Name::cl_contact_phone),
                email: j.cell(Name::cl_contact_email),
                ..Contact::default()
            },
            eft_agreement_number: j.cell(Name::eft_agreement_number),
            client_variables: variables.into_iter().filter(|c| !c.is_absent()).collect(),
            total_detail_fees: j.number(Name::matter_total_detail_fees),
            total_detail_expenses: j.number(Name::matter_total_detail_exp),
            disc_credit_fees: j.number(Name::matter_disc_credit_fees),
            disc_credit_expenses: j.number(Name::matter_disc_credit_exp),
            disc_cred_total: j.number(Name::matter_disc_cred_total),
            share_of_fees: j.number(Name::matter_perc_shar_fees),
            share_of_expenses: j.number(Name::matter_perc_shar_exp),
            discounted_bill_fees: j.number(Name::matter_disc_bill_pct_fees),
            discounted_bill_expenses: j.number(Name::matter_disc_bill_pct_exp),
            tax_on_fees: j.number(Name::matter_tax_on_fees),
            tax_on_expenses: j.number(Name::matter_tax_on_exp),
            adjustment_of_fees: j.number(Name::matter_adj_on_fees),
            adjustment_of_expenses: j.number(Name::matter_adj_on_exp),
            net_fees: j.number(Name::matter_net_fees),
            net_expenses: j.number(Name::matter_net_exp),
            total_due: j.number(Name::matter_total_due),
            item: j.cell(Name::file_item_nbr),
            ..Matter::default()
        };
        matter.extensions = self.judge.take_extensions();
        self.invoice.matters.push(matter);
        for (child, name, segment) in self.judge.segments(node, Name::matter) {
            match name {
                Name::lf_managing_contact => {
                    self.invoice.matters[index].firm_contact = self.contact(child, anchor);
                }
                Name::cl_contact => {
                    self.invoice.matters[index].client_contact = self.contact(child, anchor);
                }
                _ => self.below_matter(child, segment, index),
            }
        }
    }

    /// A segment directly under a matter.
    pub(super) fn below_matter(&mut self, node: usize, segment: Name, index: usize) {
        let anchor = Anchor::Matter(index as u32);
        match segment {
            Name::fee | Name::expense => self.line(node, segment, index),
            Name::tk_sum => {
                let timekeeper = self.timekeeper(node, anchor);
                self.invoice.matters[index].timekeepers.push(timekeeper);
            }
            Name::tax_summary => {
                let summary = self.tax_summary(node, anchor);
                self.invoice.matters[index].tax_summaries.push(summary);
            }
            Name::matter_disc_cred => {
                let discount = self.discount(node, segment, anchor);
                self.invoice.matters[index].discounts.push(discount);
            }
            Name::extend_header => {
                let data = self.extend_header(node, anchor);
                self.invoice.matters[index].extensions.extend(data);
            }
            _ => {}
        }
        let kept = self.judge.take_extensions();
        self.invoice.matters[index].extensions.extend(kept);
    }

    fn timekeeper(&mut self, node: usize, anchor: Anchor) -> TimekeeperSummary {
        self.judge.read(node, Name::tk_sum, anchor);
        let j = &self.judge;
        TimekeeperSummary {
            record: j.tree.tag(node),
            id: j.cell(Name::tk_id),
            last_name: j.cell(Name::tk_lname),
            first_name: j.cell(Name::tk_fname),
            level: j.cell(Name::tk_level),
            rate: j.number(Name::tk_rate),
            hours: j.number(Name::tk_hours),
            cost: j.number(Name::tk_cost),
            item: j.cell(Name::file_item_nbr),
        }
    }

    /// A discount or credit of a matter or of an item; `segment` says which.
    pub(super) fn discount(&mut self, node: usize, segment: Name, anchor: Anchor) -> Discount {
        self.judge.read(node, segment, anchor);
        let j = &self.judge;
        let mut discount = Discount {
            record: j.tree.tag(node),
            disc_cred: j.cell(Name::disc_cred),
            note: j.cell(Name::disc_cred_note),
            category: j.cell(Name::disc_cred_category),
            kind: j.cell(Name::disc_cred_type),
            increase_decrease: j.cell(Name::increase_decrease),
            pre_post_split: j.cell(Name::pre_post_split),
            percent: j.number(Name::discount_percent),
            amount: j.number(Name::disc_cred_amount),
            tax_ids: Vec::new(),
            item: j.cell(Name::file_item_nbr),
        };
        for (child, _, inner) in self.judge.segments(node, segment) {
            discount.tax_ids.push(self.tax_id(child, inner, anchor));
        }
        discount
    }

    /// The tax an item or a discount refers to.
    pub(super) fn tax_id(&mut self, node: usize, segment: Name, anchor: Anchor) -> Cell {
        self.judge.read(node, segment, anchor);
        self.judge.cell(Name::tx_id)
    }
}
