//! What reviewers and portals say when they refuse or cut: literal texts, written down here once for the sandbox alone.

/// What a text is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A reviewer cuts a fee.
    CutsFee,
    /// A reviewer cuts an expense.
    CutsExpense,
    /// A portal rejects for one line.
    RejectsLine,
    /// A client rejects the whole.
    RejectsInvoice,
    /// Said only where a check of the sandbox found it, or not at all.
    Checked,
}

/// One reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    /// Its short name.
    pub(super) slug: &'static str,
    /// What the portal says.
    pub(super) words: &'static str,
    /// The kind of cause.
    pub(super) category: &'static str,
    /// What it is good for.
    pub(super) good_for: Use,
}

/// The reason of that short name; a name that is not in the list speaks for itself.
pub(super) fn reason(slug: &'static str) -> Reason {
    let unknown = Reason {
        slug,
        words: slug,
        category: "other",
        good_for: Use::Checked,
    };
    REASONS
        .iter()
        .copied()
        .find(|r| r.slug == slug)
        .unwrap_or(unknown)
}

/// The short name of the reason with these words.
pub(super) fn of_words(words: &str) -> Option<&'static str> {
    let own = REASONS.iter().find(|r| r.words == words);
    own.map(|r| r.slug)
}

/// The reason a draw falls on.
pub(super) fn drawn(drawn: u64, good_for: Use) -> Reason {
    let fitting: Vec<_> = REASONS.iter().filter(|r| r.good_for == good_for).collect();
    fitting
        .get(super::seed::place(drawn, fitting.len()))
        .map_or_else(|| reason("too_many_violations"), |r| **r)
}

const fn r(
    slug: &'static str,
    category: &'static str,
    good_for: Use,
    words: &'static str,
) -> Reason {
    Reason {
        slug,
        words,
        category,
        good_for,
    }
}

#[rustfmt::skip]
const REASONS: &[Reason] = &[
    r("file_invalid_format", "format", Use::Checked, "Invoice upload file contains invalid format"),
    r("encoding_wrong", "format", Use::Checked, "Invalid characters / encoding"),
    r("column_count", "format", Use::Checked, "Incorrect number of columns"),
    r("pipe_in_text", "format", Use::Checked, "Extra field delimiter"),
    r("file_type", "format", Use::Checked, "File must be .txt"),
    r("ledes_version_unsupported", "format", Use::Checked, "Unsupported media type / Invalid invoice_type"),
    r("only_98b_accepted", "format", Use::Checked, "Only LEDES 1998B supported"),
    r("date_invalid", "format", Use::Checked, "003 invoice contains an invalid date"),
    r("numeric_invalid", "format", Use::Checked, "004 value does not comply with the LEDES specification"),
    r("required_field_blank", "format", Use::Checked, "005 blank field where data is required"),
    r("line_math", "format", Use::Checked, "006 math error in a line item"),
    r("invoice_total_inconsistent", "format", Use::Checked, "007 invoice total differs between line items"),
    r("invoice_total_sum", "format", Use::Checked, "The amount entered for the invoice total does not equal the sum of the line item total fields"),
    r("invoice_description_varies", "format", Use::Checked, "INVOICE_DESCRIPTION must be the same on every line"),
    r("narrative_too_long", "format", Use::Checked, "LINE_ITEM_DESCRIPTION must be less than 1024 characters"),
    r("narrative_missing", "format", Use::RejectsLine, "All line items must have a LINE_ITEM_DESCRIPTION provided"),
    r("negative_units", "format", Use::Checked, "No negative LINE_ITEM_NUMBER_OF_UNITS"),
    r("invoice_number_length", "format", Use::Checked, "Invoice number cannot exceed 10 characters"),
    r("invoice_number_characters", "format", Use::Checked, "Invoice number cannot contain spaces or special characters"),
    r("billing_period_missing", "format", Use::Checked, "BILLING_START_DATE / BILLING_END_DATE must be provided"),
    r("line_date_outside_period", "format", Use::Checked, "LINE_ITEM_DATE should fall between the billing dates"),
    r("country_code", "format", Use::Checked, "Use alpha-2 country code"),
    r("timekeeper_name_format", "format", Use::Checked, "Timekeeper name must be surname, first name"),
    r("file_too_large", "format", Use::Checked, "Payload too large / maximum size 5 MB"),
    r("firm_id_mismatch", "format", Use::Checked, "Law Firm ID (TIN) is missing from your invoice file or does not match the Tax ID field in your TyMetrix 360 Company Profile"),
    r("client_id_not_registered", "format", Use::RejectsInvoice, "Client ID not found for this company"),
    r("legal_entity_mismatch", "format", Use::Checked, "Mismatched Legal Entity"),
    r("multiple_invoices_in_file", "format", Use::Checked, "One invoice per file"),
    r("invoice_type_mixed", "format", Use::Checked, "More than one invoice type in the file"),
    r("la_sequence_wrong", "format", Use::Checked, "Invoice sequence must be INITIAL, INTERIM or FINAL"),
    r("invoice_date_future", "format", Use::Checked, "The INVOICE_DATE cannot be greater than the date of submission"),
    r("task_code_missing", "code", Use::RejectsLine, "Each fee line item must have a UTBMS task code assigned"),
    r("task_code_invalid", "code", Use::RejectsLine, "Invalid task code for this matter"),
    r("activity_code_missing", "code", Use::RejectsLine, "Activity code required"),
    r("activity_code_invalid", "code", Use::RejectsLine, "Invalid activity code"),
    r("expense_code_missing", "code", Use::RejectsLine, "Each expense line item must have a UTBMS expense code assigned"),
    r("expense_code_invalid", "code", Use::RejectsLine, "Expense code not authorized"),
    r("code_not_available", "code", Use::Checked, "Needed billing code not on the codes page"),
    r("rate_exceeds_approved", "rate", Use::CutsFee, "Rate exceeds the approved rate"),
    r("rate_not_approved", "rate", Use::CutsFee, "Unapproved billing rate"),
    r("rate_auto_reduced", "rate", Use::CutsFee, "Rate reduced by system"),
    r("rate_request_pending", "rate", Use::RejectsLine, "Rate disputed or pending"),
    r("expense_rate_cap", "rate", Use::CutsExpense, "Expense unit rate over cap"),
    r("blended_rate_mismatch", "rate", Use::Checked, "Rate does not match the fee arrangement"),
    r("timekeeper_unknown", "timekeeper", Use::RejectsLine, "Invalid Timekeeper"),
    r("timekeeper_not_authorized", "timekeeper", Use::RejectsLine, "Pending Client Authorization"),
    r("timekeeper_id_missing", "timekeeper", Use::RejectsLine, "All fee items must have a TIMEKEEPER_ID provided"),
    r("timekeeper_role_mismatch", "timekeeper", Use::RejectsLine, "Timekeeper role differs"),
    r("timekeeper_inactive", "timekeeper", Use::RejectsLine, "Timekeeper inactive on this date"),
    r("staffing_not_on_plan", "timekeeper", Use::CutsFee, "Biller not on approved staffing plan"),
    r("block_billing", "guideline", Use::CutsFee, "BLOCK Block Billing"),
    r("administrative_clerical", "guideline", Use::CutsFee, "ADMIN Administrative/Clerical"),
    r("internal_conference", "guideline", Use::CutsFee, "CONF Internal Conference"),
    r("copy_scan_fax", "guideline", Use::CutsExpense, "COPY Copy, Scan, Fax, Print"),
    r("chipping", "guideline", Use::CutsFee, "CHIP Chipping"),
    r("vague_description", "guideline", Use::CutsFee, "Vague or insufficient description"),
    r("excessive_time", "guideline", Use::CutsFee, "Fee - Excessive time"),
    r("multiple_attendance", "guideline", Use::CutsFee, "Multiple attendees not authorized"),
    r("research_unapproved", "guideline", Use::CutsFee, "Legal research over limit without approval"),
    r("travel_rule", "guideline", Use::CutsFee, "Travel billed at full rate"),
    r("paralegal_task", "guideline", Use::CutsFee, "Work suitable for lower level"),
    r("overhead_expense", "guideline", Use::CutsExpense, "Firm overhead not reimbursable"),
    r("increment_rule", "guideline", Use::CutsFee, "Time not in tenths of an hour"),
    r("daily_hours_limit", "guideline", Use::CutsFee, "Hours per day exceed limit"),
    r("prior_approval_missing", "guideline", Use::CutsFee, "Prior approval not documented"),
    r("invoice_amount_or_frequency", "guideline", Use::RejectsInvoice, "Billed outside the allowed cycle"),
    r("guidelines_not_accepted", "guideline", Use::RejectsInvoice, "Billing guidelines acceptance overdue"),
    r("too_many_violations", "guideline", Use::RejectsInvoice, "Too many billing guideline violations"),
    r("question_inquiry", "guideline", Use::Checked, "Pending inquiry / more info required / disputed"),
    r("matter_unmatched", "matter", Use::Checked, "Unable to find a match for the matter number"),
    r("client_number_unmatched", "matter", Use::Checked, "Cannot match firm client and matter number"),
    r("client_matter_id_missing", "matter", Use::Checked, "CLIENT_MATTER_ID blank or invalid"),
    r("matter_not_assigned", "matter", Use::RejectsInvoice, "Matter not assigned to your firm or office"),
    r("matter_closed", "matter", Use::RejectsInvoice, "Matter closed beyond the allowed days"),
    r("matter_pending_resolution", "matter", Use::Checked, "Pending Resolution"),
    r("matter_not_accepted", "matter", Use::Checked, "Assignment not accepted / staffing plan missing"),
    r("multi_matter_not_accepted", "matter", Use::Checked, "Multi-matter invoices are not accepted"),
    r("wrong_matter", "matter", Use::RejectsInvoice, "An invoice was posted to the wrong matter"),
    r("final_invoice_on_hold", "matter", Use::Checked, "On Hold"),
    r("budget_missing", "budget", Use::RejectsInvoice, "No approved budget for the matter"),
    r("budget_exceeded", "budget", Use::RejectsInvoice, "Invoice exceeds the approved budget"),
    r("phase_budget_exceeded", "budget", Use::Checked, "Task or phase budget exceeded"),
    r("po_missing", "budget", Use::RejectsInvoice, "Purchase order required or exhausted"),
    r("duplicate_line", "duplicate", Use::CutsFee, "Duplicate fee line item - exact"),
    r("duplicate_invoice_number", "duplicate", Use::Checked, "An invoice with this number has already been posted"),
    r("number_not_reusable", "duplicate", Use::Checked, "Invoice number of a rejected invoice cannot be reused"),
    r("resubmission_not_linked", "duplicate", Use::Checked, "Duplicate number unless revised draft"),
    r("duplicate_across_invoices", "duplicate", Use::CutsFee, "Entry already billed on another invoice"),
    r("second_appeal", "duplicate", Use::Checked, "Only one appeal per invoice"),
    r("invoice_too_old", "late", Use::Checked, "The INVOICE_DATE should not be older than 90 days"),
    r("time_entry_stale", "late", Use::CutsFee, "Services older than the limit"),
    r("submission_window_closed", "late", Use::Checked, "Beyond days allowed after matter, vendor or timekeeper end date"),
    r("appeal_out_of_time", "late", Use::Checked, "Appeal disallowed after sixty days of payment"),
    r("accrual_period_hold", "late", Use::Checked, "Invoice on hold during the accrual period"),
    r("tax_rate_wrong", "tax", Use::Checked, "Tax rate or amount invalid"),
    r("tax_id_missing", "tax", Use::RejectsInvoice, "Tax registration number missing"),
    r("tax_not_supported_format", "tax", Use::Checked, "98B carries no tax fields"),
    r("tax_rounding", "tax", Use::Checked, "Tax total differs by rounding"),
    r("tax_authority_pending", "tax", Use::Checked, "PENDING_TAX_AUTHORITY"),
    r("reduction_not_allowed_vat", "tax", Use::Checked, "Tax invoice cannot be reduced, must be reissued"),
    r("receipt_missing", "attachment", Use::CutsExpense, "Receipt required for expense"),
    r("pdf_copy_missing", "attachment", Use::RejectsInvoice, "PDF copy of the invoice required"),
    r("pdf_amount_mismatch", "attachment", Use::Checked, "Invoice fee values do not match"),
    r("attachment_too_large", "attachment", Use::Checked, "Each attachment should not exceed 20 MB"),
    r("attachment_type", "attachment", Use::Checked, "File type not supported"),
    r("attachment_filename", "attachment", Use::Checked, "Some characters are not allowed in filenames"),
    r("attachment_late", "attachment", Use::Checked, "Attachments cannot be added after submission"),
    r("virus_scan_failed", "attachment", Use::Checked, "Invalid: attachment failed the virus scan"),
    r("work_product_missing", "attachment", Use::Checked, "Copy of the work product required"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_use_has_texts_and_no_name_is_there_twice() {
        for good_for in [
            Use::CutsFee,
            Use::CutsExpense,
            Use::RejectsLine,
            Use::RejectsInvoice,
        ] {
            assert_eq!(drawn(5, good_for).good_for, good_for);
        }
        let mut slugs: Vec<_> = REASONS.iter().map(|r| r.slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), REASONS.len());
    }
}
