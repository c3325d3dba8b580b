//! Invented invoices of 1998B and 1998BI V2 whose arithmetic holds, with what makes conversions hard: several
//! matters, adjustments, taxes, odd names, characters that mean something elsewhere.

use std::fmt::Write;

/// A small generator of numbers (SplitMix64).
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const COLUMNS: [&str; 24] = [
    "INVOICE_DATE",
    "INVOICE_NUMBER",
    "CLIENT_ID",
    "LAW_FIRM_MATTER_ID",
    "INVOICE_TOTAL",
    "BILLING_START_DATE",
    "BILLING_END_DATE",
    "INVOICE_DESCRIPTION",
    "LINE_ITEM_NUMBER",
    "EXP/FEE/INV_ADJ_TYPE",
    "LINE_ITEM_NUMBER_OF_UNITS",
    "LINE_ITEM_ADJUSTMENT_AMOUNT",
    "LINE_ITEM_TOTAL",
    "LINE_ITEM_DATE",
    "LINE_ITEM_TASK_CODE",
    "LINE_ITEM_EXPENSE_CODE",
    "LINE_ITEM_ACTIVITY_CODE",
    "TIMEKEEPER_ID",
    "LINE_ITEM_DESCRIPTION",
    "LAW_FIRM_ID",
    "LINE_ITEM_UNIT_COST",
    "TIMEKEEPER_NAME",
    "TIMEKEEPER_CLASSIFICATION",
    "CLIENT_MATTER_ID",
];
const MORE: [&str; 28] = [
    "PO_NUMBER",
    "CLIENT_TAX_ID",
    "MATTER_NAME",
    "INVOICE_TAX_TOTAL",
    "INVOICE_NET_TOTAL",
    "INVOICE_CURRENCY",
    "TIMEKEEPER_LAST_NAME",
    "TIMEKEEPER_FIRST_NAME",
    "ACCOUNT_TYPE",
    "LAW_FIRM_NAME",
    "LAW_FIRM_ADDRESS_1",
    "LAW_FIRM_ADDRESS_2",
    "LAW_FIRM_CITY",
    "LAW_FIRM_STATEorREGION",
    "LAW_FIRM_POSTCODE",
    "LAW_FIRM_COUNTRY",
    "CLIENT_NAME",
    "CLIENT_ADDRESS_1",
    "CLIENT_ADDRESS_2",
    "CLIENT_CITY",
    "CLIENT_STATEorREGION",
    "CLIENT_POSTCODE",
    "CLIENT_COUNTRY",
    "LINE_ITEM_TAX_RATE",
    "LINE_ITEM_TAX_TOTAL",
    "LINE_ITEM_TAX_TYPE",
    "INVOICE_REPORTED_TAX_TOTAL",
    "INVOICE_TAX_CURRENCY",
];
const PEOPLE: [(&str, &str, &str, &str); 6] = [
    ("0042", "Quillfeather", "Ada", "PARTNR"),
    ("57", "O'Malley-Roe", "Tam", "ASSOC"),
    ("AB<1>", "van der Aa", "Jo & Co", "LEGAST"),
    ("9", "Madonna", "", "PARALG"),
    ("X&Y", "Birch, Sr.", "Colin", "OFCNSL"),
    ("0042", "Quillfeather", "Ada", "ASSOC"),
];
const NARRATIVES: [&str; 7] = [
    "Draft answer & affirmative defenses",
    "Review <exhibit 3> and \"schedule\" of Saltmarsh's claim",
    "Revise   spaced   motion",
    "Analyze clause 4 > clause 5; ]]> odd marks",
    "Telephone conference with J. Roe re: caf\u{e9} lease \u{2013} part 2",
    "Outline [draft] reply",
    "&amp; written as it stands, &#169; too",
];

fn cents(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", amount.abs() / 100, amount.abs() % 100)
}

/// The tax on an amount at a rate in tenths of a percent, half up.
fn tax(amount: i64, rate: i64) -> i64 {
    let exact = amount * rate;
    let rounded = (exact.abs() + 500) / 1000;
    if exact < 0 { -rounded } else { rounded }
}

struct Body {
    matter: u64,
    kind: &'static str,
    /// Units, adjustment, date, codes, timekeeper, description, unit cost, name, class.
    cells: [String; 11],
    names: (String, String),
    net: i64,
    rate: i64,
    tax: i64,
    tax_type: &'static str,
}

/// One file of so many invoices.
pub fn file(seeded: &mut Seeded, international: bool, invoices: usize) -> String {
    let mut out = String::new();
    let mut columns: Vec<&str> = COLUMNS.to_vec();
    if international {
        columns.extend(MORE);
    }
    let _ = write!(
        out,
        "{}\n{}[]\n",
        if international {
            "LEDES98BI V2[]"
        } else {
            "LEDES1998B[]"
        },
        columns.join("|")
    );
    // One firm a file, as LEDES 2000 wants it.
    let firm = format!("98-{}", seeded.below(10_000_000));
    let office = [
        seeded.of(&["", "Alder & Wren LLP"]),
        seeded.of(&["", "Bristol"]),
    ];
    for _ in 0..invoices {
        invoice(seeded, international, &firm, office, &mut out);
    }
    out
}

fn invoice(
    seeded: &mut Seeded,
    international: bool,
    firm: &str,
    [office, city]: [&str; 2],
    out: &mut String,
) {
    let number = format!("N-{}-{}", seeded.below(1_000_000), seeded.below(1_000_000));
    let matters = 1 + seeded.below(3);
    // A third of the international invoices bear no tax, so that 1998B can hold them.
    let taxed = international && seeded.below(3) != 0;
    let lines = 1 + seeded.below(9);
    let bodies: Vec<Body> = (0..lines)
        .map(|at| body(seeded, at, matters, taxed))
        .collect();
    let net: i64 = bodies.iter().map(|b| b.net).sum();
    let tax: i64 = bodies.iter().map(|b| b.tax).sum();
    let description = seeded.of(&["", "Services & costs, March 2026", "Fees"]);
    let names = [office, seeded.of(&["", "Saltmarsh Ferries <Ltd>"])];
    let reported = if seeded.below(2) == 0 { "" } else { "GBP" };
    for (at, b) in bodies.iter().enumerate() {
        let [
            units,
            adjustment,
            date,
            task,
            expense,
            activity,
            id,
            text,
            cost,
            name,
            class,
        ] = &b.cells;
        let _ = write!(
            out,
            "20260331|{number}|C&{}|M{}|{}|20260301|20260331|{description}|{}|{}|{units}|{adjustment}|{}|{date}|{task}|\
             {expense}|{activity}|{id}|{text}|{firm}|{cost}|{name}|{class}|CM-{}",
            number.len() % 3,
            b.matter,
            cents(net + tax),
            at + 1,
            b.kind,
            cents(b.net + b.tax),
            b.matter,
        );
        if international {
            let reported_total = if reported.is_empty() {
                String::new()
            } else {
                cents(tax)
            };
            let _ = write!(
                out,
                "|PO-7|GB1|Matter {}|{}|{}|GBP|{}|{}|O|{}|4 Quay||{city}|Avon|BS0|GBR|{}|1 Pier|Floor 2|Hull|||GBR|{}|{}|{}|{reported_total}|{reported}",
                b.matter,
                cents(tax),
                cents(net),
                b.names.0,
                b.names.1,
                names[0],
                names[1],
                format_args!("{}.{:03}", b.rate / 1000, b.rate % 1000),
                cents(b.tax),
                b.tax_type,
            );
        }
        out.push_str("[]\n");
    }
}

fn body(seeded: &mut Seeded, at: u64, matters: u64, taxed: bool) -> Body {
    // The first line is a fee, so that no invoice is adjustments alone.
    let kind = if at == 0 {
        "F"
    } else {
        seeded.of(&["F", "F", "F", "E", "E", "IF", "IE"])
    };
    let kind = match kind {
        "E" => "E",
        "IF" => "IF",
        "IE" => "IE",
        _ => "F",
    };
    let (rate, tax_type) = if taxed {
        [(200, "VAT"), (50, "VAT reduced"), (0, ""), (130, "H&T")][seeded.below(4) as usize]
    } else {
        (0, "")
    };
    let mut cells: [String; 11] = Default::default();
    let mut names = (String::new(), String::new());
    cells[2] = format!("202603{:02}", 1 + seeded.below(28));
    let net = if kind.starts_with('I') {
        let amount = seeded.below(9_000) as i64 - 8_000;
        cells[1] = cents(amount);
        cells[7] = seeded.of(&["", "Courtesy discount"]).to_owned();
        amount
    } else {
        let tenths = 1 + seeded.below(80) as i64;
        let price = 100 * (1 + seeded.below(600) as i64) + 10 * seeded.below(9) as i64;
        let base = tenths * price / 10;
        let adjustment = match seeded.below(6) {
            0 => -(seeded.below(base as u64 + 1) as i64),
            1 if kind == "F" && seeded.below(4) == 0 => seeded.below(5_000) as i64,
            _ => 0,
        };
        cells[0] = format!("{}.{}", tenths / 10, tenths % 10);
        if adjustment != 0 {
            cells[1] = cents(adjustment);
        }
        cells[7] = seeded.of(&NARRATIVES).to_owned();
        cells[8] = cents(price);
        let person = PEOPLE[seeded.below(PEOPLE.len() as u64) as usize];
        if kind == "F" {
            cells[3] = "L210".to_owned();
            cells[5] = "A103".to_owned();
        } else {
            cells[4] = "E101".to_owned();
        }
        if kind == "F" || seeded.below(3) == 0 {
            let (id, last, first, class) = person;
            cells[6] = id.to_owned();
            cells[9] = if first.is_empty() {
                last.to_owned()
            } else {
                format!("{last}, {first}")
            };
            cells[10] = class.to_owned();
            names = (last.to_owned(), first.to_owned());
        }
        base + adjustment
    };
    Body {
        matter: seeded.below(matters),
        kind,
        cells,
        names,
        net,
        rate,
        tax: tax(net, rate),
        tax_type,
    }
}
