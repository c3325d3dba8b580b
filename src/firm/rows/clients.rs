//! Clients and their matters, and how far each matter is set up at its portal.

use super::{CLIENT, CURRENCY, MATTER, Row, may, must};
use crate::firm::cells::Cells;
use crate::firm::table::Column;
use crate::model::lists::{FeeArrangement, FirmClient, FirmMatter, Readiness};

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
