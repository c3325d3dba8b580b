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

/// Work of one kind: task code, activity code, verbs, papers or people. Each verb goes with each paper, and codes fit
/// the words, so that no rule about codes and narratives has anything to say.
struct Work {
    task: &'static str,
    activity: &'static str,
    verbs: [&'static str; 3],
    objects: [&'static str; 8],
}

const WORK: [Work; 5] = [
    Work {
        task: "L110",
        activity: "A104",
        verbs: ["Review", "Analyze", "Review and analyze"],
        objects: [
            "survey report of the harbour pilots",
            "engine room log of the Margit",
            "witness statement of chief engineer",
            "class certificates of the vessel",
            "tide tables and weather records",
            "repair invoices of the Bremen yard",
            "radio transcripts of the coast guard",
            "crew contracts of the second watch",
        ],
    },
    Work {
        task: "L120",
        activity: "A102",
        verbs: [
            "Research",
            "Conduct legal research on",
            "Research case law on",
        ],
        objects: [
            "limitation of liability for cargo claims",
            "burden of proof in salvage disputes",
            "priority of maritime liens",
            "duty of care of tug operators",
            "demurrage under voyage charters",
            "forum clauses in bills of lading",
            "contribution among joint tortfeasors",
            "admissibility of black box data",
        ],
    },
    Work {
        task: "L240",
        activity: "A103",
        verbs: ["Draft", "Revise", "Draft and revise"],
        objects: [
            "motion for partial summary judgment",
            "motion to dismiss third-party claim",
            "brief in support of motion to dismiss",
            "statement of undisputed facts",
            "reply brief on jurisdiction",
            "opposition to motion to strike",
            "proposed order on summary judgment",
            "affidavit of fleet superintendent",
        ],
    },
    Work {
        task: "L310",
        activity: "A103",
        verbs: ["Draft", "Revise", "Prepare"],
        objects: [
            "interrogatories to the charterer",
            "requests for admission to the yard",
            "responses to second set of interrogatories",
            "objections to document requests",
            "subpoena to the classification society",
            "letter brief on overdue production",
            "stipulation on electronic records",
            "supplemental responses on crew training",
        ],
    },
    Work {
        task: "L320",
        activity: "A104",
        verbs: ["Review", "Analyze", "Review and analyze"],
        objects: [
            "documents produced by the ship broker",
            "carrier production of voyage files",
            "privilege log of the port authority",
            "maintenance records of the steering gear",
            "emails of the port captain",
            "photographs of the damaged bulkhead",
            "underwriting file of the hull insurer",
            "cargo manifests of the return voyage",
        ],
    },
];
const TOPICS: [&str; 24] = [
    "grounding of the Margit",
    "collision off the north pier",
    "loss of deck cargo",
    "fire in the engine room",
    "delay at the river lock",
    "damage to the quay wall",
    "failure of the mooring lines",
    "spill of bunker oil",
    "seizure by customs officers",
    "breakdown of the bow thruster",
    "contamination of grain holds",
    "unpaid freight for spring voyages",
    "dispute over dry dock charges",
    "claim of the injured stevedore",
    "salvage of the barge Hedvig",
    "rejection of the pilot ladder",
    "shortage of steel coils",
    "wrongful arrest of the vessel",
    "misdelivery of containers",
    "defects of the stern ramp",
    "wetting of paper reels",
    "cancellation of the ferry charter",
    "heavy weather in November",
    "crane accident at berth four",
];
const PARTIES: [&str; 12] = [
    "Harbour Line",
    "Norwick Towage",
    "Ostrava Steel",
    "Pellworm Shipping",
    "Kestrel Insurance",
    "Dunmore Yard",
    "Alba Pilots",
    "Tarn Logistics",
    "Sund Ferries",
    "Lindholm Cranes",
    "Varga Commodities",
    "Brack Underwriters",
];

/// Task code, activity code and a narrative that no other line of the file has: the item and the number of the invoice
/// pick the words, and the exhibit has both.
fn work(number: usize, item: usize, seeded: &mut Seeded) -> (&'static str, &'static str, String) {
    let work = &WORK[seeded.below(WORK.len() as u64) as usize];
    let verb = seeded.of(&work.verbs);
    let object = seeded.of(&work.objects);
    let (topic, party) = (seeded.of(&TOPICS), seeded.of(&PARTIES));
    let text = format!("{verb} {object} regarding {topic}, {party} claim {number}-{item}");
    (work.task, work.activity, text)
}

const PEOPLE: [(&str, &str, &str, u64); 4] = [
    ("AB01", "Birch, Ada", "PARTNR", 48_000),
    ("CM02", "Marsh, Colin", "ASSOC", 31_500),
    ("DP03", "Pell, Dora", "ASSOC", 29_000),
    ("ET04", "Thorne, Edwin", "PARALG", 15_000),
];

fn cents(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// Hours in tenths, fewer of them round than chance would have it: a timekeeper who bills half hours is found out.
fn tenths(drawn: u64, item: usize) -> u64 {
    let tenths = 1 + drawn;
    if tenths.is_multiple_of(5) && !item.is_multiple_of(3) {
        tenths - 1
    } else {
        tenths
    }
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
                    "{item}|E|{pages}||{}|202603{day:02}||E101|||Copying of production set, volume {number}-{item}",
                    cents(amount)
                ),
                "0.10|||".to_owned(),
            ));
            continue;
        }
        let (id, name, class, rate) = PEOPLE[item % 4];
        let (task, activity, narrative) = work(number, item, seeded);
        let tenths = tenths(seeded.below(60), item);
        let amount = tenths * rate / 10;
        total += amount;
        bodies.push((
            format!(
                "{item}|F|{}.{}||{}|202603{day:02}|{task}||{activity}|{id}|{narrative}",
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
            let (task, activity, narrative) = work(number, line, &mut seeded);
            let tenths = tenths(seeded.below(60), line);
            let amount = tenths * rate / 10;
            total += amount;
            let day = 1 + (line / 4) % 28;
            let _ = write!(
                items,
                "<fee>\n<charge_date>2026-03-{day:02}</charge_date><tk_id>{id}</tk_id><tk_level>{class}</tk_level>\n\
                 <charge_desc>{narrative}</charge_desc>\n\
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

/// A client's pack: rules of every kind a table can say, in turn, and phrases that no narrative has, shared out
/// among those that look for phrases. None has anything to say about these bills.
#[allow(dead_code)]
pub fn client_pack(rules: usize, phrases: usize) -> String {
    let mut pack = String::from(
        "pack = \"saltmarsh\"\ntitle = \"Saltmarsh Ferries, outside counsel guidelines\"\nversion = \"1\"\n\
         governs = { client_id = [\"SF01\"] }\n",
    );
    let looking = rules.div_ceil(4);
    for rule in 0..rules {
        let says = match rule % 4 {
            0 => {
                let own = (rule / 4..phrases).step_by(looking);
                let words: Vec<String> = own.map(|p| format!("\"{}\"", phrase(p))).collect();
                format!(
                    "only = {{ type = \"F\" }}\nphrases = [{}]",
                    words.join(", ")
                )
            }
            1 => format!(
                "only = {{ expense_code = \"E101\" }}\nmax = {{ unit_cost = \"{}.25\" }}",
                rule + 1
            ),
            2 => format!(
                "only = {{ type = \"F\", timekeeper_id = [\"XX{rule}\", \"XY{rule}\"] }}\nmax = {{ units = \"6\" }}"
            ),
            _ => format!(
                "only = {{ type = \"F\" }}\nmax = {{ unit_cost = \"{}\" }}",
                700 + rule
            ),
        };
        let _ = write!(
            pack,
            "\n[[rule]]\nid = \"saltmarsh-{rule}\"\ntitle = \"Term {rule}\"\ngroup = \"guideline\"\nlevel = \"reduce\"\n\
             each = \"line\"\nscope = \"line\"\n{says}\nmessage = \"line item {{item}} is against term {rule}\"\n\
             why = \"The client pays no such thing.\"\nhelp = \"Write it off.\"\nsource = \"guidelines {rule}\"\n\
             bad = [{{}}]\ngood = [{{}}]\n"
        );
    }
    pack
}

/// Words of trades that no law firm bills.
#[allow(dead_code)]
fn phrase(number: usize) -> String {
    const MAKERS: [&str; 10] = [
        "baker", "cooper", "dyer", "farrier", "glazier", "hatter", "joiner", "miller", "potter",
        "weaver",
    ];
    const DOES: [&str; 10] = [
        "bakes", "binds", "burns", "carves", "dips", "folds", "grinds", "planes", "spins", "trims",
    ];
    const GOODS: [&str; 10] = [
        "apples", "barrels", "candles", "doublets", "felts", "gaiters", "hinges", "kettles",
        "ladles", "mittens",
    ];
    const DAYS: [&str; 10] = [
        "at dawn",
        "at dusk",
        "at noon",
        "by candle",
        "by moonlight",
        "in autumn",
        "in frost",
        "in june",
        "on sundays",
        "under eaves",
    ];
    let digit = |place: u32| number / 10_usize.pow(place) % 10;
    format!(
        "{} {} {} {}",
        MAKERS[digit(0)],
        DOES[digit(1)],
        GOODS[digit(2)],
        DAYS[digit(3)]
    )
}
