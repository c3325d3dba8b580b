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

    /// Some number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.draw() % limit
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
        // No one has more than two entries a day, so that no day is too long.
        let day = 1 + (item / 4) % 28;
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
        let (id, name, class, rate) = PEOPLE[item % 4];
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

/// An XML 2.1 file without any defect: the same kind of bill, a matter an invoice.
#[allow(dead_code)]
pub fn ledes_xml_2_1(shape: Shape) -> String {
    let mut seeded = Seeded::new(0x0021);
    let mut file = String::with_capacity(shape.lines * 640 + 4096);
    let mut item = 0;
    let mut next = || {
        item += 1;
        item
    };
    let address = |number: u64| {
        format!(
            "<address_1>1 Quay Row</address_1><city>Bristol</city><state_province>Avon</state_province>\
             <zip_postal_code>BS0 0AA</zip_postal_code><country>GBR</country><phone>+44 0000 000000</phone>\
             <file_item_nbr>{number}</file_item_nbr>"
        )
    };
    let (firm_address, contact, firm, client_address, client) =
        (next(), next(), next(), next(), next());
    let _ = write!(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ledesxmlebilling2.1 xmlns=\"http://www.ledes.org/LEDES21.xsd\">\n<firm>\n\
         <lf_vendor_id>98-7654321</lf_vendor_id><lf_name>Alder and Wren LLP</lf_name>\n\
         <lf_address>{}</lf_address>\n<lf_billing_contact><contact_lname>Sorrel</contact_lname>\
         <contact_fname>Mina</contact_fname><contact_email>billing@alder.example</contact_email>\
         <file_item_nbr>{contact}</file_item_nbr></lf_billing_contact>\n\
         <source_app>Biller</source_app><app_version>1.0</app_version>\
         <file_item_nbr>{firm}</file_item_nbr>\n<client>\n<cl_id>SF01</cl_id><cl_lf_id>V-1</cl_lf_id>\
         <cl_name>Saltmarsh Ferries Ltd</cl_name><cl_address>{}</cl_address>\
         <file_item_nbr>{client}</file_item_nbr>\n",
        address(firm_address),
        address(client_address),
    );
    let mut written = 0;
    let mut number = 0;
    while written < shape.lines {
        number += 1;
        let lines = shape.per_invoice.min(shape.lines - written);
        written += lines;
        let (invoice, matter) = (next(), next());
        let mut items = String::new();
        let mut total = 0;
        let summaries: Vec<u64> = PEOPLE.iter().map(|_| next()).collect();
        for line in 1..=lines {
            let (id, _, class, rate) = PEOPLE[line % 4];
            let (task, activity) = TASKS[seeded.below(6) as usize];
            let tenths = 1 + seeded.below(60);
            let amount = tenths * rate / 10;
            total += amount;
            let day = 1 + (line / 4) % 28;
            let verb = seeded.of(&VERBS);
            let paper = seeded.of(&PAPERS);
            let _ = write!(
                items,
                "<fee>\n<charge_date>2026-03-{day:02}</charge_date><tk_id>{id}</tk_id><tk_level>{class}</tk_level>\n\
                 <charge_desc>{verb} {paper} for use in matter {number}-{line}</charge_desc>\n\
                 <task_code>{task}</task_code><task_activity>{activity}</task_activity>\n\
                 <charge_type>U</charge_type><units>{}.{}</units><rate>{}</rate>\n\
                 <base_amount>{}</base_amount><item_disc_cred_amount>0.00</item_disc_cred_amount>\
                 <total_amount>{}</total_amount><file_item_nbr>{}</file_item_nbr>\n</fee>\n",
                tenths / 10,
                tenths % 10,
                cents(rate),
                cents(amount),
                cents(amount),
                next(),
            );
        }
        let total = cents(total);
        let _ = write!(
            file,
            "<invoice>\n<inv_id>AW-{number:06}</inv_id><inv_date>2026-03-31</inv_date><inv_currency>USD</inv_currency>\
             <inv_start_date>2026-03-01</inv_start_date><inv_end_date>2026-03-31</inv_end_date>\
             <inv_total_net_due>{total}</inv_total_net_due><file_item_nbr>{invoice}</file_item_nbr>\n\
             <matter>\n<cl_matter_id>SF-{number}</cl_matter_id><lf_matter_id>M-{number}</lf_matter_id>\
             <matter_name>Matter {number}</matter_name><matter_final_bill>N</matter_final_bill>\
             <matter_total_detail_fees>{total}</matter_total_detail_fees>\
             <matter_total_detail_exp>0.00</matter_total_detail_exp><matter_net_fees>{total}</matter_net_fees>\
             <matter_net_exp>0.00</matter_net_exp><matter_total_due>{total}</matter_total_due>\
             <file_item_nbr>{matter}</file_item_nbr>\n",
        );
        for ((id, name, class, rate), item) in PEOPLE.iter().zip(summaries) {
            let (last, first) = name.split_once(", ").unwrap_or((name, ""));
            let _ = writeln!(
                file,
                "<tk_sum><tk_id>{id}</tk_id><tk_lname>{last}</tk_lname><tk_fname>{first}</tk_fname>\
                 <tk_level>{class}</tk_level><tk_rate>{}</tk_rate><file_item_nbr>{item}</file_item_nbr></tk_sum>",
                cents(*rate),
            );
        }
        file.push_str(&items);
        file.push_str("</matter>\n</invoice>\n");
    }
    file.push_str("</client>\n</firm>\n</ledesxmlebilling2.1>\n");
    file
}
