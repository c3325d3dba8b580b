//! Seeded invoices for the benches: the same seed gives the same bytes.

use std::fmt::Write;

/// The header line of 1998B.
const HEADER: &str = "INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]";

/// What an invented bill is made of.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Lines in the file.
    pub lines: usize,
    /// Lines an invoice.
    pub per_invoice: usize,
    /// Lines of all invoices in any order.
    pub shuffled: bool,
}

/// A small generator of numbers (SplitMix64).
pub struct Seeded(u64);

impl Seeded {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const TASKS: [(&str, &str); 6] = [
    ("L110", "A104"),
    ("L120", "A102"),
    ("L210", "A103"),
    ("L240", "A103"),
    ("L330", "A101"),
    ("L160", "A106"),
];
const VERBS: [&str; 5] = ["Draft", "Revise", "Review", "Analyze", "Outline"];
const PAPERS: [&str; 6] = [
    "answer to the amended complaint",
    "motion to compel production of survey records",
    "expert report on hull stability",
    "responses to second set of interrogatories",
    "deposition outline for the harbour master",
    "settlement proposal of 3 March",
];
const PEOPLE: [(&str, &str, &str, u64); 4] = [
    ("AB01", "Birch, Ada", "PARTNR", 48_000),
    ("CM02", "Marsh, Colin", "ASSOC", 31_500),
    ("DP03", "Pell, Dora", "ASSOC", 29_000),
    ("ET04", "Thorne, Edwin", "PARALG", 15_000),
];

fn cents(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// One invoice: its records, ready but for the invoice total.
fn invoice(number: usize, lines: usize, seeded: &mut Seeded, out: &mut Vec<String>) {
    let mut bodies = Vec::with_capacity(lines);
    let mut total = 0;
    for item in 1..=lines {
        let day = 1 + seeded.below(28);
        if item % 20 == 0 {
            let pages = 1 + seeded.below(200);
            let amount = pages * 10;
            total += amount;
            bodies.push((
                format!(
                    "{item}|E|{pages}||{}|202603{day:02}||E101|||Copying of production set, volume {item}",
                    cents(amount)
                ),
                "0.10|||".to_owned(),
            ));
            continue;
        }
        let (id, name, class, rate) = PEOPLE[seeded.below(4) as usize];
        let (task, activity) = TASKS[seeded.below(6) as usize];
        let tenths = 1 + seeded.below(60);
        let amount = tenths * rate / 10;
        total += amount;
        let verb = seeded.of(&VERBS);
        let paper = seeded.of(&PAPERS);
        bodies.push((
            format!(
                "{item}|F|{}.{}||{}|202603{day:02}|{task}||{activity}|{id}|{verb} {paper} for use in matter {number}-{item}",
                tenths / 10,
                tenths % 10,
                cents(amount)
            ),
            format!("{}|{name}|{class}|", cents(rate)),
        ));
    }
    let total = cents(total);
    for (body, tail) in bodies {
        out.push(format!(
            "20260331|AW-{number:06}|SF01|2026-{:04}|{total}|20260301|20260331|Professional services March 2026|{body}|98-7654321|{tail}SF-{:03}[]",
            number % 977,
            number % 977,
        ));
    }
}

/// A 1998B file without any defect.
pub fn ledes_1998b(shape: Shape) -> String {
    let mut seeded = Seeded::new(0x1998_000B);
    let mut records = Vec::with_capacity(shape.lines);
    let mut number = 0;
    while records.len() < shape.lines {
        number += 1;
        let lines = shape.per_invoice.min(shape.lines - records.len());
        invoice(number, lines, &mut seeded, &mut records);
    }
    if shape.shuffled {
        for at in (1..records.len()).rev() {
            records.swap(at, seeded.below(at as u64 + 1) as usize);
        }
    }
    let mut file = String::with_capacity(records.len() * 260 + 600);
    let _ = writeln!(file, "LEDES1998B[]\n{HEADER}");
    for record in records {
        file.push_str(&record);
        file.push('\n');
    }
    file
}
