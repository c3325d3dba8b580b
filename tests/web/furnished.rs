//! A firm with something at every place of an invoice's way, for whoever looks at pages: long names, long narratives,
//! large sums, the sample month of `fixtures/month`, and people to whom nothing belongs yet.

use crate::browser::{desk, march};
use crate::firm::Firm;
use crate::guest::{password, second_factor};
use crate::second::{self, Desk};

/// The firm, and the password an administrator gave to Eve.
pub fn furnished() -> (Desk, String) {
    let mut desk = desk();
    people(&mut desk.firm);
    let given = desk.firm.call("root", &["user", "password", "eve"]).well();
    let given = given.lines().last().expect("a password").trim().to_owned();
    lists(&desk.firm);
    month(&desk.firm);
    in_review(&desk.firm);
    at_the_client(&desk);
    (desk, given)
}

fn people(firm: &mut Firm) {
    firm.add("ira", &["--role", "administrator", "--all-clients"]);
    firm.add("tom", &["--role", "partner", "--client", "C9"]);
    firm.add("eve", &["--role", "auditor", "--all-clients"]);
    firm.add("kim", &["--role", "partner", "--all-clients"]);
    for name in ["ira", "tom", "kim"] {
        password(firm, name);
    }
    let _ = second_factor(firm, "kim");
}

/// The month's lists, and those of the other clients with them.
fn lists(firm: &Firm) {
    let month = |name: &str| {
        let path = format!("{}/fixtures/month/lists/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).expect("a list");
        // Nobody here says that the lists are complete.
        text.replace("# complete: yes\n", "")
    };
    let clients = month("clients.csv")
        + "C1,\"Northgate Mutual Insurance Company of the Middle Atlantic States, Reciprocal Exchange\",CounselLink,USD,\n\
           C2,Second Fund,CounselLink,USD,\n";
    firm.file("lists/clients.csv", &clients);
    let matters = month("matters.csv")
        + "C1,2026-0117,CM-7,\"Harbour Line v. Stillwater Marine Terminals and others, coverage and defence\",2026-01-02,,hourly,\n";
    firm.file("lists/matters.csv", &matters);
    firm.file("lists/readiness.csv", &month("readiness.csv"));
    let windows = month("windows.csv")
        + "C1,,appeal,,60,calendar days,adjusted,America/New_York,,,2,suffix:A,,terms 7.2\n";
    firm.file("lists/windows.csv", &windows);
}

fn month(firm: &Firm) {
    for pack in ["brightwater-foods", "halcyon-mutual", "meridian-fund"] {
        let path = format!(
            "{}/fixtures/month/packs/{pack}.toml",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = std::fs::read_to_string(path).expect("a pack");
        firm.file(&format!("packs/{pack}.toml"), &text);
    }
    let invoices = format!("{}/fixtures/month/invoices", env!("CARGO_MANIFEST_DIR"));
    firm.intake("pat", &invoices);
}

/// An invoice of many long lines and of a large sum.
fn long(number: &str, lines: usize) -> String {
    let one = second::invoice(number, "C1");
    let mut parts = one.trim_end().lines();
    let (mark, head) = (parts.next().expect("a mark"), parts.next().expect("a head"));
    let line = parts
        .next()
        .expect("a line")
        .replace("|1050.00|", &format!("|{lines}950.00|"));
    let what = [
        "Telephone conference with claims adjuster regarding reserve recommendation after the deposition of the harbour \
         master, and with co-counsel regarding the order of witnesses",
        "Prepare exhibits to the declaration of the terminal's operations manager in opposition to the motion for partial \
         summary judgment on the indemnity counts, with citations to the lease and its three amendments",
        "Draft section of the opposition to the motion to compel production of the survey",
        "Attention to file",
    ];
    let lines: String = (1..=lines)
        .map(|n| {
            let line = line.replace(
                "|1|F|1.0|0.00|300.00|",
                &format!("|{n}|F|3.5|-100.00|950.00|"),
            );
            let words = what[n % what.len()];
            line.replace(
                "Draft motion to compel production of the survey",
                &format!("{words} ({n})"),
            ) + "\n"
        })
        .collect();
    format!("{mark}\n{head}\n{lines}")
}

fn in_review(firm: &Firm) {
    // With pictures to be looked at there is more than a page of them.
    let many = if std::env::var_os("SHOTS").is_some() {
        60
    } else {
        12
    };
    for n in 1..=many {
        let text = march(&format!("2026-04{n:02}"), n % 3 == 0);
        firm.intake("pat", &firm.file(&format!("april-{n}.txt"), &text))
            .well();
    }
    firm.file("may.txt", &march("2026-0501", true));
    for client in ["C1", "C2"] {
        let path = firm.file(
            &format!("two-{client}.txt"),
            &second::invoice("TWO-1", client),
        );
        firm.intake("pat", &path).well();
    }
    firm.intake("pat", &firm.file("long.txt", &long("LONG-1", 250)))
        .well();
    let returned = [
        "return",
        "2026-0401",
        "1",
        "--note",
        "one task a line, please",
    ];
    firm.call("pat", &returned).well();
    let again = [
        "return",
        "2026-0404",
        "1",
        "--note",
        "which lease, and what was said?",
    ];
    firm.call("pat", &again).well();
    let lower = [
        "write-down",
        "2026-0402",
        "2",
        "--amount",
        "50",
        "--reason-code",
        "courtesy",
        "--reason",
        "long since agreed",
    ];
    firm.call("pat", &lower).well();
    let comment = [
        "comment",
        "2026-0401",
        "2",
        "Agreed with Ms Ito on 3 September.",
    ];
    firm.call("pat", &comment).well();
}

fn at_the_client(desk: &Desk) {
    let firm = &desk.firm;
    for number in ["R-1", "R-2", "J-1", "P-1", "P-2"] {
        desk.arrived(number, "C1");
    }
    // Long open: somebody is reminded, and a partner should look.
    let old = second::invoice("D-1", "C1").replace("202609", "202601");
    firm.intake("pat", &firm.file("old.txt", &old)).well();
    firm.call("ren", &["clear", "D-1"]).well();
    let queue = ["submit", "D-1", "--queue", "--accounts", &desk.accounts];
    firm.call("pat", &queue).well();
    desk.night();
    firm.call(
        "pat",
        &["settle", "D-1", "--arrived", "--reason", "uploaded"],
    )
    .well();
    desk.cut("R-1", "2", "200.00");
    desk.cut("R-2", "1", "90.00");
    let answer = |number: &str, word: &str, why: &str| {
        let args = ["answers", "type", number, "--word", word, "--reason", why];
        firm.call("pat", &args).well();
    };
    answer("J-1", "rejected", "no match for the matter number");
    answer("P-1", "approved", "mail of Ms Ito");
    answer("P-2", "approved", "mail of Ms Ito");
    let paid = "invoice_number,client_invoice_number,client_id,line_number,amount,currency,paid_on,kind,reference\n\
                P-1,,,,1000.00,USD,2026-11-02,ACH,T-1\nX-9,,,,100.00,USD,2026-11-02,ACH,T-2\n\
                P-2,,,,5000.00,USD,2026-11-03,WIRE,REFERENCE-OF-THE-CORRESPONDENT-BANK-2026-11-03-000177125\n";
    firm.call(
        "pat",
        &["payments", "import", &firm.file("april.csv", paid)],
    );
    desk.queued("S-1", "C1");
    desk.night();
    desk.queued("S-2", "C2");
    let reason = ["--reason", "new bank details from Monday"];
    let pause = ["portals", "pause", "hand", "--accounts", &desk.accounts];
    firm.call("pat", &[&pause[..], &reason].concat()).well();
}
