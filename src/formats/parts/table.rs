//! The slots of every part, with their names: one table.

use super::slot::{Content, ContentMut, Names, Slot};
use crate::model::line::LineDetail;
use crate::model::{
    Address, Cell, Client, Contact, Discount, Firm, Invoice, Line, Matter, Tax, TaxSummary,
    TaxTier, TaxTierSummary, TimekeeperSummary,
};

macro_rules! slots {
    ($(#[$doc:meta])* $name:ident of $type:ty: $($kind:ident $($path:ident).+ = $xml2:literal $l2000:literal $pipe:literal;)*) => {
        $(#[$doc])*
        pub static $name: &[Slot<$type>] = &[$(Slot {
            names: Names { xml2: $xml2, l2000: $l2000, pipe: $pipe },
            get: |part| Content::$kind(part.$($path).+),
            get_mut: |part| ContentMut::$kind(&mut part.$($path).+),
        }),*];
    };
}

slots! {
    /// The invoice's own values.
    INVOICE of Invoice:
    Text number = "inv_id" "inv_id" "INVOICE_NUMBER";
    Date date = "inv_date" "inv_date" "INVOICE_DATE";
    Date due_date = "inv_due_date" "inv_due_date" "";
    Text currency = "inv_currency" "inv_currency" "INVOICE_CURRENCY";
    Date billing_start = "inv_start_date" "inv_start_date" "BILLING_START_DATE";
    Date billing_end = "inv_end_date" "inv_end_date" "BILLING_END_DATE";
    Text description = "inv_desc" "inv_desc" "INVOICE_DESCRIPTION";
    Text tax_invoice = "tax_invoice" "" "";
    Text credit_note = "credit_note" "" "";
    Text rejected_inv_replacement = "rejected_inv_replacement" "" "";
    Text inv_reference = "inv_reference" "" "";
    Text tax_authority_ref = "tax_authority_ref" "" "";
    Text payment_terms = "inv_payment_terms" "inv_payment_terms" "";
    Number generic_discount = "" "inv_generic_discount" "";
    Number tax_total = "inv_total_tax" "" "INVOICE_TAX_TOTAL";
    Number total = "inv_total_net_due" "inv_total_net_due" "INVOICE_TOTAL";
    Number net_total = "" "" "INVOICE_NET_TOTAL";
    Number reported_tax_total = "" "" "INVOICE_REPORTED_TAX_TOTAL";
    Text tax_currency = "" "" "INVOICE_TAX_CURRENCY";
    Text image_file_name = "inv_image_file_name" "" "";
    Number exchange_rate = "exchange_rate" "" "";
}

slots! {
    /// The firm's own values.
    FIRM of Firm:
    Text law_firm_id = "lf_vendor_id" "lf_tax_id" "LAW_FIRM_ID";
    Text own_id = "lf_id" "lf_id" "";
    Text name = "lf_name" "lf_name" "LAW_FIRM_NAME";
    Text source_app = "source_app" "source_app" "";
    Text app_version = "app_version" "app_version" "";
    Text url = "firm_URL" "" "";
}

slots! {
    /// The client's own values.
    CLIENT of Client:
    Text client_id = "cl_id" "cl_id" "CLIENT_ID";
    Text law_firm_code = "cl_lf_id" "" "";
    Text name = "cl_name" "cl_name" "CLIENT_NAME";
    Text email = "" "cl_email" "";
    Text tax_id = "cl_tax_id" "cl_tax_id" "CLIENT_TAX_ID";
}

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident $one:literal $two:literal $city:literal $state:literal $code:literal $country:literal;)*) => {
        $(slots! {
            $(#[$doc])*
            $name of Address:
            Text address_1 = "address_1" "address_1" $one;
            Text address_2 = "address_2" "address_2" $two;
            Text address_3 = "address_3" "address_3" "";
            Text city = "city" "city" $city;
            Text state_province = "state_province" "state_province" $state;
            Text postcode = "zip_postal_code" "zip_postal_code" $code;
            Text country = "country" "country" $country;
            Text phone = "phone" "phone" "";
            Text fax = "fax" "fax" "";
        })*
    };
}

addresses! {
    /// Where the firm is.
    FIRM_ADDRESS "LAW_FIRM_ADDRESS_1" "LAW_FIRM_ADDRESS_2" "LAW_FIRM_CITY" "LAW_FIRM_STATEorREGION" "LAW_FIRM_POSTCODE" "LAW_FIRM_COUNTRY";
    /// Where money is sent.
    REMIT_ADDRESS "" "" "" "" "" "";
    /// Where the client is.
    CLIENT_ADDRESS "CLIENT_ADDRESS_1" "CLIENT_ADDRESS_2" "CLIENT_CITY" "CLIENT_STATEorREGION" "CLIENT_POSTCODE" "CLIENT_COUNTRY";
}

// LEDES 2000 has the parts of a contact among the elements of the firm, the client or the matter: they are listed
// twice, for the segment of 2.x and for the elements of 2000.
macro_rules! contacts {
    ($($(#[$doc:meta])* $name:ident $inline:ident of $type:ty, $part:ident: $last:literal $first:literal $id:literal $phone:literal $fax:literal $email:literal;)*) => {
        $(slots! {
            $(#[$doc])*
            $name of Contact:
            Text last_name = "contact_lname" $last "";
            Text first_name = "contact_fname" $first "";
            Text id = "contact_id" $id "";
            Text phone = "contact_phone" $phone "";
            Text fax = "contact_fax" $fax "";
            Text email = "contact_email" $email "";
        }
        slots! {
            $(#[$doc])*
            $inline of $type:
            Text $part.last_name = "" $last "";
            Text $part.first_name = "" $first "";
            Text $part.id = "" $id "";
            Text $part.phone = "" $phone "";
            Text $part.fax = "" $fax "";
            Text $part.email = "" $email "";
        })*
    };
}

contacts! {
    /// Whom to ask about the bill.
    BILLING_CONTACT FIRM_INLINE of Firm, billing_contact:
        "lf_billing_contact_lname" "lf_billing_contact_fname" "lf_billing_contact_id" "lf_billing_contact_phone"
        "lf_billing_contact_fax" "lf_billing_contact_email";
    /// The client's contact.
    CLIENT_CONTACT CLIENT_INLINE of Client, contact: "cl_contact_lname" "cl_contact_fname" "" "" "" "";
    /// The firm's contact in a matter.
    MANAGING_CONTACT MANAGING_INLINE of Matter, firm_contact:
        "lf_managing_contact_lname" "lf_managing_contact_fname" "lf_contact_id" "lf_contact_phone" "" "lf_contact_email";
    /// The client's contact in a matter.
    MATTER_CONTACT MATTER_INLINE of Matter, client_contact:
        "cl_contact_lname" "cl_contact_fname" "cl_contact_id" "cl_contact_phone" "" "cl_contact_email";
}

slots! {
    /// The matter's own values.
    MATTER of Matter:
    Text client_matter_id = "cl_matter_id" "cl_matter_id" "CLIENT_MATTER_ID";
    Text law_firm_matter_id = "lf_matter_id" "lf_matter_id" "LAW_FIRM_MATTER_ID";
    Text name = "matter_name" "matter_name" "MATTER_NAME";
    Text description = "matter_desc" "matter_desc" "";
    Text po_number = "po_number" "" "PO_NUMBER";
    Text account_type = "account_type" "" "ACCOUNT_TYPE";
    Text eft_agreement_number = "" "eft_agreement_number" "";
    Text billing_type = "matter_billing_type" "matter_billing_type" "";
    Text final_bill = "matter_final_bill" "matter_final_bill" "";
    Number total_detail_fees = "matter_total_detail_fees" "matter_total_detail_fees" "";
    Number total_detail_expenses = "matter_total_detail_exp" "matter_total_detail_exp" "";
    Number disc_credit_fees = "matter_disc_credit_fees" "" "";
    Number disc_credit_expenses = "matter_disc_credit_exp" "" "";
    Number disc_cred_total = "matter_disc_cred_total" "" "";
    Number share_of_fees = "matter_perc_shar_fees" "matter_perc_shar_fees" "";
    Number discounted_bill_fees = "matter_disc_bill_pct_fees" "" "";
    Number discounted_bill_expenses = "matter_disc_bill_pct_exp" "" "";
    Number share_of_expenses = "matter_perc_shar_exp" "matter_perc_shar_exp" "";
    Number tax_on_fees = "matter_tax_on_fees" "matter_tax_on_fees" "";
    Number tax_on_expenses = "matter_tax_on_exp" "matter_tax_on_exp" "";
    Number adjustment_of_fees = "" "matter_adj_on_fees" "";
    Number adjustment_of_expenses = "" "matter_adj_on_exp" "";
    Number net_fees = "matter_net_fees" "matter_net_fees" "";
    Number net_expenses = "matter_net_exp" "matter_net_exp" "";
    Number total_due = "matter_total_due" "matter_total_due" "";
}

slots! {
    /// A discount of a matter or of an item.
    DISCOUNT of Discount:
    Text disc_cred = "disc_cred" "" "";
    Text note = "disc_cred_note" "" "";
    Text category = "disc_cred_category" "" "";
    Text kind = "disc_cred_type" "" "";
    Text increase_decrease = "increase_decrease" "" "";
    Text pre_post_split = "pre_post_split" "" "";
    Number percent = "discount_percent" "" "";
    Number amount = "disc_cred_amount" "" "";
}

slots! {
    /// A timekeeper at one level and rate.
    TIMEKEEPER of TimekeeperSummary:
    Text id = "tk_id" "tk_id" "TIMEKEEPER_ID";
    Text last_name = "tk_lname" "tk_lname" "TIMEKEEPER_LAST_NAME";
    Text first_name = "tk_fname" "tk_fname" "TIMEKEEPER_FIRST_NAME";
    Text level = "tk_level" "tk_level" "TIMEKEEPER_CLASSIFICATION";
    Number rate = "tk_rate" "tk_rate" "";
    Number hours = "" "tk_hours" "";
    Number cost = "" "tk_cost" "";
}

slots! {
    /// What a tax comes to in a matter.
    TAX_SUMMARY of TaxSummary:
    Text tax_id = "tx_id" "" "";
    Number detail_fees = "tax_total_detail_fees" "" "";
    Number tax_on_fees = "total_tax_on_fees" "" "";
    Number detail_expenses = "tax_total_detail_expense" "" "";
    Number tax_on_expenses = "total_tax_on_expense" "" "";
}

slots! {
    /// A line's own values.
    LINE of Line:
    Text item = "file_item_nbr" "" "LINE_ITEM_NUMBER";
    Date date = "charge_date" "charge_date" "LINE_ITEM_DATE";
    Text timekeeper_id = "tk_id" "tk_id" "TIMEKEEPER_ID";
    Text timekeeper_name = "" "" "TIMEKEEPER_NAME";
    Text timekeeper_last_name = "" "" "TIMEKEEPER_LAST_NAME";
    Text timekeeper_first_name = "" "" "TIMEKEEPER_FIRST_NAME";
    Text timekeeper_classification = "tk_level" "" "TIMEKEEPER_CLASSIFICATION";
    Text description = "charge_desc" "charge_desc" "LINE_ITEM_DESCRIPTION";
    Text task_code = "task_code" "acca_task" "LINE_ITEM_TASK_CODE";
    Text activity_code = "task_activity" "acca_activity" "LINE_ITEM_ACTIVITY_CODE";
    Text expense_code = "expense_code" "acca_expense" "LINE_ITEM_EXPENSE_CODE";
    Text charge_type = "charge_type" "charge_type" "";
    Number units = "units" "units" "LINE_ITEM_NUMBER_OF_UNITS";
    Number unit_cost = "rate" "rate" "LINE_ITEM_UNIT_COST";
    Number base_amount = "base_amount" "base_amount" "";
    Number adjustment = "item_disc_cred_amount" "" "LINE_ITEM_ADJUSTMENT_AMOUNT";
    Number total = "total_amount" "total_amount" "LINE_ITEM_TOTAL";
    Number tax_rate = "" "" "LINE_ITEM_TAX_RATE";
    Number tax_total = "" "" "LINE_ITEM_TAX_TOTAL";
    Text tax_type = "" "" "LINE_ITEM_TAX_TYPE";
}

macro_rules! detail {
    ($($kind:ident $field:ident = $xml2:literal $l2000:literal;)*) => {
        /// What only the XML formats have of a line.
        pub static DETAIL: &[Slot<Line>] = &[$(Slot {
            names: Names { xml2: $xml2, l2000: $l2000, pipe: "" },
            get: |line| line.detail.as_ref().map_or(Content::Text(Cell::ABSENT), |d: &Box<LineDetail>| Content::$kind(d.$field)),
            get_mut: |line| line.detail.as_mut().map_or(ContentMut::None, |d| ContentMut::$kind(&mut d.$field)),
        }),*];
    };
}

detail! {
    Text work_location = "work_location_country" "";
    Text discount_type = "" "discount_type";
    Number discount_percent = "" "discount_percent";
    Text client_code_1 = "" "cl_code_1";
    Text client_code_2 = "" "cl_code_2";
}

slots! {
    /// A tax of the file.
    TAX of Tax:
    Text id = "tx_id" "" "";
    Text id_number = "tx_id_number" "" "";
    Text tax_type = "tax_type" "" "LINE_ITEM_TAX_TYPE";
    Text tiers = "tax_tiers" "" "";
    Number rate = "tax_rate_percent" "" "LINE_ITEM_TAX_RATE";
    Text country = "taxing_jurisdiction_country" "" "";
    Text locality = "taxing_jurisdiction_locality" "" "";
    Text on_tax = "tax_on_tax" "" "";
    Text on_tax_id = "tax_on_tax_id" "" "";
    Text increase_decrease = "increase_decrease" "" "";
}

slots! {
    /// A tier of a tax.
    TIER of TaxTier:
    Text tax_id = "tx_id" "" "";
    Number rate = "tax_tier_rate" "" "";
    Number taxable_amount = "tax_tier_taxable_amount" "" "";
    Number tax = "tax_tier_amount_tax" "" "";
}

slots! {
    /// What the tiers of a tax come to.
    TIER_SUMMARY of TaxTierSummary:
    Text tax_id = "tx_id" "" "";
    Number total_taxable_amount = "tax_tier_total_taxable_amount" "" "";
    Number total_tax = "tax_tier_total_tax" "" "";
}

/// Names of the references to a tax.
pub const TAX_REFERENCE: Names = Names {
    xml2: "tx_id",
    l2000: "",
    pipe: "",
};

/// Names of `cl_matter_var_1` and 2.
pub const CLIENT_VARIABLE: Names = Names {
    xml2: "",
    l2000: "cl_matter_var_1",
    pipe: "",
};
