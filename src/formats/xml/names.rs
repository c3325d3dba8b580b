//! Every element name the field tables know, as one byte.

use rustc_hash::FxHashMap;
use std::sync::OnceLock;

macro_rules! names {
    ($($name:ident)*) => {
        /// An element that a LEDES XML format knows, or that is often written in place of one it knows.
        /// Variants are spelt as in the files.
        #[allow(non_camel_case_types, missing_docs)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Name { $($name),* }

        impl Name {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it stands in the files.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

names! {
    ledesxml firm tax lf_vendor_id lf_office_id lf_tax_id lf_id lf_name lf_address lf_remit_address
    lf_billing_contact source_app app_version firm_URL firm_url lf_url file_item_nbr extend_header client
    address_info address_1 address_2 address_3 city state_province zip_postal_code country phone fax
    contact_info contact_lname contact_fname contact_id contact_phone contact_fax contact_email tx_id
    tx_id_number tax_id_number tax_type tax_tiers tax_rate_percent taxing_jurisdiction_country
    taxing_jurisdiction taxing_jurisdiction_locality tax_on_tax tax_on_tax_id increase_decrease cl_id cl_lf_id
    cl_name cl_address client_contact cl_tax_id invoice inv_id inv_date inv_due_date inv_currency
    inv_start_date inv_end_date inv_desc tax_invoice credit_note rejected_inv_replacement inv_reference
    tax_authority_ref inv_payment_terms inv_total_tax inv_total_net_due inv_image_file_name exchange_rate
    regulatory_statement matter tax_tier_detail tax_tier_summary cl_matter_id lf_matter_id matter_name
    matter_desc po_number account_type lf_managing_contact cl_contact cl_matter_contact cl_managing_contact
    matter_billing_type matter_final_bill matter_total_detail_fees matter_total_detail_exp
    matter_disc_credit_fees matter_disc_credit_exp matter_disc_cred_total matter_perc_shar_fees
    matter_disc_bill_pct_fees matter_disc_bill_pct_exp matter_perc_shar_exp matter_tax_on_fees
    matter_tax_on_exp matter_net_fees matter_net_exp matter_total_due matter_disc_cred tk_sum tksum fee expense
    tax_summary disc_cred disc_cred_note disc_cred_category disc_cred_type pre_post_split discount_percent
    disc_cred_amount tax_matter_disc_cred tk_id timekeeper_id tk_lname tk_fname tk_level tk_rate charge_date
    charge_desc task_code acca_task task_activity acca_activity activity_code work_location_country
    fee_work_location work_location work_location_locality charge_type units rate base_amount
    item_disc_cred_amount total_amount fee_item_disc_cred tax_item_fee expense_code acca_expense
    expense_item_disc_cred tax_item_expense tax_total_detail_fees total_tax_on_fees tax_total_detail_expense
    total_tax_on_expense tax_tier_rate tax_tier_taxable_amount tax_tier_amount_tax
    tax_tier_total_taxable_amount tax_tier_total_tax extend_data ext_name ext_value if_tax_id if_id
    lf_billing_contact_lname lf_billing_contact_fname lf_billing_contact_id lf_billing_contact_phone
    lf_billing_contact_fax lf_billing_contact_email cl_email cl_contact_lname cl_contact_fname
    inv_generic_discount lf_managing_contact_lname lf_managing_contact_fname lf_contact_id lf_contact_phone
    lf_contact_email cl_matter_var_1 cl_matter_var_2 cl_contact_id cl_contact_phone cl_contact_email
    eft_agreement_number matter_adj_on_fees matter_adj_on_exp tk_hours tk_cost cl_code_1 cl_code_2 discount_type
}

impl Name {
    /// The name an element has in the files, exactly as written.
    pub fn of(text: &str) -> Option<Self> {
        static BY_TEXT: OnceLock<FxHashMap<&'static str, Name>> = OnceLock::new();
        BY_TEXT
            .get_or_init(|| Self::ALL.iter().map(|n| (n.text(), *n)).collect())
            .get(text)
            .copied()
    }

    /// The name somebody meant who wrote it with other capitals.
    pub fn meant(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|n| n.text().eq_ignore_ascii_case(text))
    }
}
