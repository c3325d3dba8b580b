//! The columns of each list, and how a row of it is read.

use super::cells::Cells;
use super::table::Column;
use crate::model::lists::{
    AcceptedCode, Approval, ApprovedRate, Approves, Budget, CutOff, FeeArrangement, FirmClient,
    FirmMatter, FirmTimekeeper, Holiday, Keyed, LodgingCap, Mileage, RateCap, Readiness, Receipt,
    TimekeeperName, Vendor, WrongFinding,
};

/// A row of a list.
pub trait Row: Keyed + Sized {
    /// The list's name; its file is `NAME.csv`.
    const LIST: &'static str;
    /// What it is for.
    const TITLE: &'static str;
    /// Its columns, in the order of the template.
    const COLUMNS: &'static [Column];

    /// Reads a row.
    fn read(cells: &mut Cells<'_>) -> Self;
}

const fn must(name: &'static str, what: &'static str, example: &'static str) -> Column {
    Column {
        name,
        what,
        example,
        needed: true,
    }
}

const fn may(name: &'static str, what: &'static str, example: &'static str) -> Column {
    Column {
        name,
        what,
        example,
        needed: false,
    }
}

const FROM: Column = may("from", "first day", "2026-01-01");
const UNTIL: Column = may("until", "last day", "2026-12-31");
const CURRENCY: Column = may("currency", "ISO 4217", "USD");
const CLIENT: Column = must("client_id", "CLIENT_ID as invoices write it", "SMF01");
const ANY_CLIENT: Column = may("client_id", "CLIENT_ID; blank: every client", "SMF01");
const MATTER: Column = must("law_firm_matter_id", "the firm's number", "2026-0113");
const ANY_MATTER: Column = may(
    "law_firm_matter_id",
    "the firm's number; blank: every matter of the client",
    "2026-0113",
);

impl Row for FirmClient {
    const LIST: &'static str = "clients";
    const TITLE: &'static str =
        "Clients, the portal their invoices go to, the packs they are judged by";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        may("client_name", "name", "Stillwater Marine Freight"),
        may("portal", "the portal its invoices go to", "Legal Tracker"),
        may(
            "packs",
            "packs beside those that name the client, between semicolons",
            "corporate",
        ),
        may(
            "currencies",
            "currencies it takes, between semicolons",
            "USD",
        ),
        may(
            "tax_rates",
            "tax rates it takes in per cent, between semicolons; 0: none",
            "0",
        ),
        may(
            "billing_cycle",
            "monthly, bimonthly, quarterly, half-yearly, yearly",
            "monthly",
        ),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        const CYCLES: &[(&str, &str)] = &[
            ("monthly", "monthly"),
            ("bimonthly", "bimonthly"),
            ("quarterly", "quarterly"),
            ("half-yearly", "half-yearly"),
            ("yearly", "yearly"),
        ];
        Self {
            client_id: cells.needed("client_id"),
            client_name: cells.text("client_name"),
            portal: cells.text("portal"),
            packs: cells.texts("packs"),
            currencies: cells.texts("currencies"),
            tax_rates: cells.percents("tax_rates"),
            billing_cycle: cells.word("billing_cycle", CYCLES).unwrap_or("").to_owned(),
        }
    }
}

impl Row for FirmMatter {
    const LIST: &'static str = "matters";
    const TITLE: &'static str =
        "Matters: both numbers, dates, fee arrangement, discount, code sets";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        MATTER,
        may("client_matter_id", "the client's number", "SF-LIT-12"),
        may("matter_name", "name", "Harbour Line v. Stillwater"),
        may("portal", "its own portal, where it is not the client's", ""),
        may("packs", "packs beside the client's, between semicolons", ""),
        may("opened", "first day of the engagement", "2026-01-05"),
        may("closed", "last day of the engagement; blank: open", ""),
        may("fee_arrangement", "hourly, flat or mixed", "hourly"),
        may(
            "flat_tasks",
            "with mixed: task or phase codes at a flat fee, between semicolons",
            "",
        ),
        may("discount", "agreed discount on fees in per cent", "5"),
        CURRENCY,
        may(
            "code_sets",
            "UTBMS sets it takes, between semicolons (cleanbill codes)",
            "litigation",
        ),
        may("billing_partner", "the partner who answers for it", "0042"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("opened", "closed");
        Self {
            client_id: cells.needed("client_id"),
            law_firm_matter_id: cells.needed("law_firm_matter_id"),
            client_matter_id: cells.text("client_matter_id"),
            matter_name: cells.text("matter_name"),
            portal: cells.text("portal"),
            packs: cells.texts("packs"),
            opened: cells.date("opened"),
            closed: cells.date("closed"),
            fee_arrangement: cells
                .word(
                    "fee_arrangement",
                    &[
                        ("hourly", FeeArrangement::Hourly),
                        ("flat", FeeArrangement::Flat),
                        ("mixed", FeeArrangement::Mixed),
                    ],
                )
                .unwrap_or_default(),
            flat_tasks: cells.texts("flat_tasks"),
            discount: cells.percent("discount"),
            currency: cells.text("currency"),
            code_sets: cells.texts("code_sets"),
            billing_partner: cells.text("billing_partner"),
        }
    }
}

impl Row for FirmTimekeeper {
    const LIST: &'static str = "timekeepers";
    const TITLE: &'static str = "Timekeepers: class and year of admission";
    const COLUMNS: &'static [Column] = &[
        must(
            "timekeeper_id",
            "TIMEKEEPER_ID as invoices write it",
            "0042",
        ),
        must("last_name", "last name", "Wren"),
        may("first_name", "first name", "Isolde"),
        may(
            "timekeeper_classification",
            "PARTNR, ASSOC, PARALEGAL, ...",
            "PARTNR",
        ),
        may("admission_year", "year of first admission", "2009"),
        may("from", "first day with the firm", "2012-09-01"),
        may("until", "last day with the firm", ""),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            timekeeper_id: cells.needed("timekeeper_id"),
            last_name: cells.needed("last_name"),
            first_name: cells.text("first_name"),
            timekeeper_classification: cells.text("timekeeper_classification"),
            admission_year: cells.year("admission_year"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for TimekeeperName {
    const LIST: &'static str = "names";
    const TITLE: &'static str = "Timekeepers as each portal knows them";
    const COLUMNS: &'static [Column] = &[
        must("timekeeper_id", "the firm's id", "0042"),
        must("portal", "the portal", "TyMetrix 360"),
        ANY_CLIENT,
        may("portal_timekeeper_id", "the id there", "IWREN"),
        may("portal_name", "the name there", "Wren, Isolde"),
        may("portal_role", "the role there", "Partner"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            timekeeper_id: cells.needed("timekeeper_id"),
            portal: cells.needed("portal"),
            client_id: cells.text("client_id"),
            portal_timekeeper_id: cells.text("portal_timekeeper_id"),
            portal_name: cells.text("portal_name"),
            portal_role: cells.text("portal_role"),
        }
    }
}

impl Row for ApprovedRate {
    const LIST: &'static str = "rates";
    const TITLE: &'static str =
        "Approved hourly rates by client, matter, timekeeper or class, and date";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        ANY_MATTER,
        may("timekeeper_id", "blank: everybody of the class", "0042"),
        may("timekeeper_classification", "blank: every class", ""),
        must("rate", "money an hour", "450.00"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            law_firm_matter_id: cells.text("law_firm_matter_id"),
            timekeeper_id: cells.text("timekeeper_id"),
            timekeeper_classification: cells.text("timekeeper_classification"),
            rate: cells.needed_amount("rate"),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for RateCap {
    const LIST: &'static str = "rate_caps";
    const TITLE: &'static str = "The most a client pays an hour for a class or at a place";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        may("timekeeper_classification", "blank: every class", "ASSOC"),
        may(
            "place",
            "city, state or country of the firm's office; blank: everywhere",
            "",
        ),
        must("rate", "money an hour", "395.00"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            timekeeper_classification: cells.text("timekeeper_classification"),
            place: cells.text("place"),
            rate: cells.needed_amount("rate"),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for Budget {
    const LIST: &'static str = "budgets";
    const TITLE: &'static str = "Approved budgets by matter, phase or task";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        MATTER,
        may(
            "task_code",
            "task or phase (L100 holds for L110 to L190); blank: the matter",
            "",
        ),
        must("amount", "money", "60000.00"),
        CURRENCY,
        may(
            "billed_before",
            "billed before the invoices at hand",
            "12500.00",
        ),
        may("approved_on", "the day it was approved", "2026-01-20"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            client_id: cells.needed("client_id"),
            law_firm_matter_id: cells.needed("law_firm_matter_id"),
            task_code: cells.text("task_code"),
            amount: cells.needed_amount("amount"),
            currency: cells.text("currency"),
            billed_before: cells.amount("billed_before"),
            approved_on: cells.date("approved_on"),
        }
    }
}

impl Row for Approval {
    const LIST: &'static str = "approvals";
    const TITLE: &'static str = "Consents of clients: who, when, for what, up to which limit";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        ANY_MATTER,
        must(
            "approves",
            "timekeeper, rate, research, expense, vendor, work, staffing or travel",
            "research",
        ),
        may(
            "subject",
            "timekeeper id, task or expense code, vendor; blank: all",
            "",
        ),
        may(
            "limit",
            "hours (research, work) or money; blank: without limit",
            "6",
        ),
        FROM,
        UNTIL,
        must("approved_by", "who gave it", "A. Quillfeather"),
        must("approved_on", "when it was given", "2026-02-03"),
        may(
            "reference",
            "the mail or letter it stands in",
            "mail of 3 February",
        ),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.needed("client_id"),
            law_firm_matter_id: cells.text("law_firm_matter_id"),
            approves: match cells.needed("approves").is_empty() {
                true => Approves::default(),
                false => cells
                    .word(
                        "approves",
                        &[
                            ("timekeeper", Approves::Timekeeper),
                            ("rate", Approves::Rate),
                            ("research", Approves::Research),
                            ("expense", Approves::Expense),
                            ("vendor", Approves::Vendor),
                            ("work", Approves::Work),
                            ("staffing", Approves::Staffing),
                            ("travel", Approves::Travel),
                        ],
                    )
                    .unwrap_or_default(),
            },
            subject: cells.text("subject"),
            limit: cells.amount("limit"),
            from: cells.date("from"),
            until: cells.date("until"),
            approved_by: cells.needed("approved_by"),
            approved_on: Some(cells.needed_date("approved_on")),
            reference: cells.text("reference"),
        }
    }
}

impl Row for AcceptedCode {
    const LIST: &'static str = "codes";
    const TITLE: &'static str = "Codes a client or matter takes beside UTBMS, or instead";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        ANY_MATTER,
        must("kind", "task, activity, expense or classification", "task"),
        must("code", "as invoices write it", "L110"),
        may("meaning", "what it stands for", "Fact investigation"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        const KINDS: &[(&str, &str)] = &[
            ("task", "task"),
            ("activity", "activity"),
            ("expense", "expense"),
            ("classification", "classification"),
        ];
        let named = !cells.needed("kind").is_empty();
        let kind = named.then(|| cells.word("kind", KINDS)).flatten();
        Self {
            client_id: cells.needed("client_id"),
            law_firm_matter_id: cells.text("law_firm_matter_id"),
            kind: kind.unwrap_or("").to_owned(),
            code: cells.needed("code"),
            meaning: cells.text("meaning"),
        }
    }
}

impl Row for Vendor {
    const LIST: &'static str = "vendors";
    const TITLE: &'static str = "Approved vendors and experts";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        must(
            "vendor",
            "its name, as narratives write it",
            "Tidewater Reporting",
        ),
        may(
            "expense_codes",
            "codes it is approved for, between semicolons; blank: all",
            "E115",
        ),
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            vendor: cells.needed("vendor"),
            expense_codes: cells.texts("expense_codes"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for Mileage {
    const LIST: &'static str = "mileage";
    const TITLE: &'static str = "The official price of a mile or kilometre, by date";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        must("rate", "money a unit", "0.70"),
        may("unit", "mile or km", "mile"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            rate: cells.needed_amount("rate"),
            unit: cells
                .word("unit", &[("mile", "mile"), ("km", "km")])
                .unwrap_or("mile")
                .to_owned(),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for LodgingCap {
    const LIST: &'static str = "lodging";
    const TITLE: &'static str = "The most a client pays for a night, by place";
    const COLUMNS: &'static [Column] = &[
        ANY_CLIENT,
        may("place", "blank: every place that is not named", "Boston"),
        must("max_per_night", "money a night", "310.00"),
        CURRENCY,
        FROM,
        UNTIL,
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("from", "until");
        Self {
            client_id: cells.text("client_id"),
            place: cells.text("place"),
            max_per_night: cells.needed_amount("max_per_night"),
            currency: cells.text("currency"),
            from: cells.date("from"),
            until: cells.date("until"),
        }
    }
}

impl Row for Receipt {
    const LIST: &'static str = "receipts";
    const TITLE: &'static str = "Receipts and vendors' bills on file";
    const COLUMNS: &'static [Column] = &[
        must("invoice_number", "the invoice it belongs to", "AW-2041"),
        must("line_item_number", "the line it belongs to", "3"),
        may("vendor", "who was paid", "Harbour Copy House"),
        must("amount", "what was paid", "23.60"),
        CURRENCY,
        may("file", "the file it is kept in", "receipts/AW-2041-3.pdf"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            invoice_number: cells.needed("invoice_number"),
            line_item_number: cells.needed("line_item_number"),
            vendor: cells.text("vendor"),
            amount: cells.needed_amount("amount"),
            currency: cells.text("currency"),
            file: cells.text("file"),
        }
    }
}

impl Row for Holiday {
    const LIST: &'static str = "holidays";
    const TITLE: &'static str = "Days on which a court, client or country does not work";
    const COLUMNS: &'static [Column] = &[
        may(
            "calendar",
            "the calendar it belongs to; blank: all",
            "us-federal",
        ),
        must("date", "the day", "2026-07-03"),
        may("name", "its name", "Independence Day (observed)"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            calendar: cells.text("calendar"),
            date: cells.needed_date("date"),
            name: cells.text("name"),
        }
    }
}

impl Row for CutOff {
    const LIST: &'static str = "cut_offs";
    const TITLE: &'static str = "The last day on which a client takes invoices of a period";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        may("period_start", "first day of the period", "2026-11-01"),
        may("period_end", "last day of the period", "2026-11-30"),
        must("submit_by", "the last day for invoices", "2026-12-10"),
        may("note", "why", "year-end close"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        cells.in_order("period_start", "period_end");
        Self {
            client_id: cells.needed("client_id"),
            period_start: cells.date("period_start"),
            period_end: cells.date("period_end"),
            submit_by: cells.needed_date("submit_by"),
            note: cells.text("note"),
        }
    }
}

impl Row for Readiness {
    const LIST: &'static str = "readiness";
    const TITLE: &'static str = "How far each matter is set up at its portal";
    const COLUMNS: &'static [Column] = &[
        CLIENT,
        MATTER,
        must("portal", "the portal", "Legal Tracker"),
        may(
            "assigned",
            "the matter is assigned to the firm: yes or no",
            "yes",
        ),
        may(
            "number_matched",
            "the portal knows the firm's number",
            "yes",
        ),
        may(
            "timekeepers_known",
            "every timekeeper is known there",
            "yes",
        ),
        may("rates_approved", "rates are approved", "yes"),
        may("budget_approved", "a budget is approved", "no"),
        may(
            "guidelines_accepted",
            "the client's guidelines were accepted",
            "yes",
        ),
        may("checked_on", "the day somebody looked", "2026-03-02"),
        may("note", "what is still to be done", "budget sent on 1 March"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            client_id: cells.needed("client_id"),
            law_firm_matter_id: cells.needed("law_firm_matter_id"),
            portal: cells.needed("portal"),
            assigned: cells.yes_or_no("assigned"),
            number_matched: cells.yes_or_no("number_matched"),
            timekeepers_known: cells.yes_or_no("timekeepers_known"),
            rates_approved: cells.yes_or_no("rates_approved"),
            budget_approved: cells.yes_or_no("budget_approved"),
            guidelines_accepted: cells.yes_or_no("guidelines_accepted"),
            checked_on: cells.date("checked_on"),
            note: cells.text("note"),
        }
    }
}

impl Row for WrongFinding {
    const LIST: &'static str = "wrong";
    const TITLE: &'static str = "Findings that are false alarms (cleanbill wrong adds them)";
    const COLUMNS: &'static [Column] = &[
        must(
            "fingerprint",
            "the finding's fingerprint",
            "0f3a9c2e77b1d460",
        ),
        may("rule", "its rule", "vague-narrative"),
        may("invoice_number", "the invoice it was about", "AW-2041"),
        must(
            "reason",
            "why it is a false alarm",
            "the exhibit is named by its number",
        ),
        must("marked_by", "who says so", "A. Quillfeather"),
        must("marked_on", "when", "2026-04-02"),
    ];

    fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            fingerprint: cells.needed("fingerprint"),
            rule: cells.text("rule"),
            invoice_number: cells.text("invoice_number"),
            reason: cells.needed("reason"),
            marked_by: cells.needed("marked_by"),
            marked_on: cells.needed_date("marked_on"),
        }
    }
}
