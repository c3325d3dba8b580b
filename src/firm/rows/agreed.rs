//! What a client agreed to: rates, caps, budgets, approvals, codes.

use super::{ANY_CLIENT, ANY_MATTER, CLIENT, CURRENCY, FROM, MATTER, Row, UNTIL, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{AcceptedCode, Approval, ApprovedRate, Approves, Budget, RateCap};

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
