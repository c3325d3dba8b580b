//! The glossary: one word for each field, and what each format calls it.

use super::format::{Family, LedesFormat};

macro_rules! fields {
    ($($name:ident $canonical:literal $pipe:literal $xml2:literal $xml2000:literal;)*) => {
        /// A field of an invoice that rules speak of, whatever the format calls it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Field { $($name),* }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Our word: LEDES's own in snake case.
            pub fn canonical(self) -> &'static str {
                match self { $(Self::$name => $canonical),* }
            }

            fn names(self) -> [&'static str; 3] {
                match self { $(Self::$name => [$pipe, $xml2, $xml2000]),* }
            }
        }
    };
}

// Sources: ledes-1998b.md section 3, ledes-1998bi.md section 4, ledes-xml-2.md sections 4 and 10,
// ledes-other.md section 1.2. An empty name: the format has no such field.
fields! {
    InvoiceDate "invoice_date" "INVOICE_DATE" "inv_date" "inv_date";
    InvoiceNumber "invoice_number" "INVOICE_NUMBER" "inv_id" "inv_id";
    ClientId "client_id" "CLIENT_ID" "cl_id" "cl_id";
    LawFirmMatterId "law_firm_matter_id" "LAW_FIRM_MATTER_ID" "lf_matter_id" "lf_matter_id";
    InvoiceTotal "invoice_total" "INVOICE_TOTAL" "inv_total_net_due" "inv_total_net_due";
    BillingStartDate "billing_start_date" "BILLING_START_DATE" "inv_start_date" "inv_start_date";
    BillingEndDate "billing_end_date" "BILLING_END_DATE" "inv_end_date" "inv_end_date";
    InvoiceDescription "invoice_description" "INVOICE_DESCRIPTION" "inv_desc" "inv_desc";
    LineItemNumber "line_item_number" "LINE_ITEM_NUMBER" "file_item_nbr" "";
    LineType "line_type" "EXP/FEE/INV_ADJ_TYPE" "" "";
    Units "units" "LINE_ITEM_NUMBER_OF_UNITS" "units" "units";
    Adjustment "adjustment" "LINE_ITEM_ADJUSTMENT_AMOUNT" "item_disc_cred_amount" "";
    LineTotal "line_total" "LINE_ITEM_TOTAL" "total_amount" "total_amount";
    LineDate "line_date" "LINE_ITEM_DATE" "charge_date" "charge_date";
    TaskCode "task_code" "LINE_ITEM_TASK_CODE" "task_code" "acca_task";
    ExpenseCode "expense_code" "LINE_ITEM_EXPENSE_CODE" "expense_code" "acca_expense";
    ActivityCode "activity_code" "LINE_ITEM_ACTIVITY_CODE" "task_activity" "acca_activity";
    TimekeeperId "timekeeper_id" "TIMEKEEPER_ID" "tk_id" "tk_id";
    LineDescription "line_description" "LINE_ITEM_DESCRIPTION" "charge_desc" "charge_desc";
    LawFirmId "law_firm_id" "LAW_FIRM_ID" "lf_vendor_id" "lf_tax_id";
    UnitCost "unit_cost" "LINE_ITEM_UNIT_COST" "rate" "rate";
    TimekeeperName "timekeeper_name" "TIMEKEEPER_NAME" "" "";
    TimekeeperClassification "timekeeper_classification" "TIMEKEEPER_CLASSIFICATION" "tk_level" "tk_level";
    ClientMatterId "client_matter_id" "CLIENT_MATTER_ID" "cl_matter_id" "cl_matter_id";
    PoNumber "po_number" "PO_NUMBER" "po_number" "";
    ClientTaxId "client_tax_id" "CLIENT_TAX_ID" "cl_tax_id" "cl_tax_id";
    MatterName "matter_name" "MATTER_NAME" "matter_name" "matter_name";
    InvoiceTaxTotal "invoice_tax_total" "INVOICE_TAX_TOTAL" "inv_total_tax" "";
    InvoiceNetTotal "invoice_net_total" "INVOICE_NET_TOTAL" "" "";
    InvoiceCurrency "invoice_currency" "INVOICE_CURRENCY" "inv_currency" "inv_currency";
    TimekeeperLastName "timekeeper_last_name" "TIMEKEEPER_LAST_NAME" "tk_lname" "tk_lname";
    TimekeeperFirstName "timekeeper_first_name" "TIMEKEEPER_FIRST_NAME" "tk_fname" "tk_fname";
    AccountType "account_type" "ACCOUNT_TYPE" "account_type" "";
    LawFirmName "law_firm_name" "LAW_FIRM_NAME" "lf_name" "lf_name";
    LawFirmAddress1 "law_firm_address_1" "LAW_FIRM_ADDRESS_1" "" "";
    LawFirmAddress2 "law_firm_address_2" "LAW_FIRM_ADDRESS_2" "" "";
    LawFirmCity "law_firm_city" "LAW_FIRM_CITY" "" "";
    LawFirmState "law_firm_state" "LAW_FIRM_STATEorREGION" "" "";
    LawFirmPostcode "law_firm_postcode" "LAW_FIRM_POSTCODE" "" "";
    LawFirmCountry "law_firm_country" "LAW_FIRM_COUNTRY" "" "";
    ClientName "client_name" "CLIENT_NAME" "cl_name" "cl_name";
    ClientAddress1 "client_address_1" "CLIENT_ADDRESS_1" "" "";
    ClientAddress2 "client_address_2" "CLIENT_ADDRESS_2" "" "";
    ClientCity "client_city" "CLIENT_CITY" "" "";
    ClientState "client_state" "CLIENT_STATEorREGION" "" "";
    ClientPostcode "client_postcode" "CLIENT_POSTCODE" "" "";
    ClientCountry "client_country" "CLIENT_COUNTRY" "" "";
    TaxRate "tax_rate" "LINE_ITEM_TAX_RATE" "tax_rate_percent" "";
    TaxTotal "tax_total" "LINE_ITEM_TAX_TOTAL" "" "";
    TaxType "tax_type" "LINE_ITEM_TAX_TYPE" "tax_type" "";
    InvoiceReportedTaxTotal "invoice_reported_tax_total" "INVOICE_REPORTED_TAX_TOTAL" "" "";
    InvoiceTaxCurrency "invoice_tax_currency" "INVOICE_TAX_CURRENCY" "" "";
    BaseAmount "base_amount" "" "base_amount" "base_amount";
    ChargeType "charge_type" "" "charge_type" "charge_type";
    MatterTotalDetailFees "matter_total_detail_fees" "" "matter_total_detail_fees" "matter_total_detail_fees";
    MatterTotalDetailExpenses "matter_total_detail_expenses" "" "matter_total_detail_exp" "matter_total_detail_exp";
    MatterNetFees "matter_net_fees" "" "matter_net_fees" "matter_net_fees";
    MatterNetExpenses "matter_net_expenses" "" "matter_net_exp" "matter_net_exp";
    MatterTotalDue "matter_total_due" "" "matter_total_due" "matter_total_due";
    MatterTaxOnFees "matter_tax_on_fees" "" "matter_tax_on_fees" "matter_tax_on_fees";
    MatterTaxOnExpenses "matter_tax_on_expenses" "" "matter_tax_on_exp" "matter_tax_on_exp";
}

impl Field {
    /// What a format calls this field in its files; empty where it has no such field.
    pub fn name_in(self, format: LedesFormat) -> &'static str {
        let names = self.names();
        match format.family() {
            Family::Pipe => names[0],
            Family::Xml2 => names[1],
            Family::Xml2000 => names[2],
        }
    }

    /// The field of the pipe formats with this column name, compared without regard to case.
    pub fn of_column(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|f| !f.names()[0].is_empty() && f.names()[0].eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_one_field() {
        let mut words: Vec<_> = Field::ALL.iter().map(|f| f.canonical()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Field::ALL.len());
    }

    #[test]
    fn a_column_is_found_without_regard_to_case() {
        assert_eq!(
            Field::of_column("law_firm_stateorregion"),
            Some(Field::LawFirmState)
        );
        assert_eq!(Field::of_column("LINE_ITEM_AMOUNT"), None);
    }
}
