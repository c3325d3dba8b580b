//! What comes back from clients, and what goes out at night: reductions, appeals, rejections, submissions, as people meet
//! them in a browser.

use crate::firm::Firm;
use crate::guest::{Guest, Server, staff};
use crate::on_both;
use cleanbill::workflow::id_of;
use std::io::{BufRead, BufReader};

on_both!(
    a_cut_is_accepted_in_part_and_the_rest_is_appealed,
    a_rejection_is_corrected_and_goes_again,
    what_is_by_hand_is_settled_and_the_morning_says_so,
    a_live_page_hears_that_something_moved,
    other_peoples_clients_are_nobodys_business,
);

/// Ann, Bob, Cid, Ada and the night, an account whose files a person uploads, lists, and a pack of C1.
pub struct Desk {
    pub firm: Firm,
    pub accounts: String,
}

const WINDOWS: &str = "client_id,portal,kind,from,length,unit,starts_at,time_zone,cut_off,holidays,tries,numbering,if_holiday,source\n\
C1,,appeal,,60,calendar days,adjusted,America/New_York,,,2,suffix:A,,terms 7.2\n";

impl Desk {
    pub fn new(mut firm: Firm) -> Self {
        staff(&mut firm);
        // They call the program; whoever has a password has no token any more.
        firm.add("pat", &["--role", "specialist", "--all-clients"]);
        firm.add("ren", &["--role", "partner", "--all-clients"]);
        firm.add("nyx", &["--role", "service", "--all-clients"]);
        let accounts = format!(
            "[account.hand]\nportal = \"CounselLink\"\nway = \"assisted\"\nclients = [\"C1\", \"C2\"]\n\
             settings = {{ folder = {:?} }}\nlimits = {{ per_second = \"1000\" }}\n",
            firm.path("by-hand").display().to_string()
        );
        let accounts = firm.file("portals.toml", &accounts);
        firm.file(
            "lists/clients.csv",
            "client_id,client_name,portal\nC1,First Fund,CounselLink\nC2,Second Fund,CounselLink\n",
        );
        firm.file("lists/windows.csv", WINDOWS);
        firm.file(
            "packs/first.toml",
            "pack = \"first-fund\"\ntitle = \"First Fund\"\nversion = \"1\"\ngoverns = { client_id = [\"C1\"] }\n",
        );
        firm.file(
            "settings",
            "firm = \"lists\"\npacks = \"packs\"\nportals = \"portals.toml\"\n",
        );
        Self { firm, accounts }
    }

    /// Taken in, cleared, queued.
    pub fn queued(&self, number: &str, client: &str) -> String {
        let path = self
            .firm
            .file(&format!("{number}.txt"), &invoice(number, client));
        self.firm.intake("pat", &path).well();
        self.firm.call("ren", &["clear", number]).well();
        let args = ["submit", number, "--queue", "--accounts", &self.accounts];
        self.firm.call("pat", &args).well();
        id_of(client, number)
    }

    pub fn night(&self) {
        let said = self
            .firm
            .call("nyx", &["overnight", "--accounts", &self.accounts]);
        assert!(said.status < 2, "{}{}", said.out, said.err);
    }

    /// At the portal, by hand.
    pub fn arrived(&self, number: &str, client: &str) -> String {
        let id = self.queued(number, client);
        self.night();
        let args = ["settle", number, "--arrived", "--reason", "uploaded, 4711"];
        self.firm.call("pat", &args).well();
        id
    }

    pub fn cut(&self, number: &str, line: &str, by: &str) {
        let args = [
            "answers",
            "type",
            number,
            "--word",
            "reduced",
            "--line",
            line,
            "--cut",
            by,
            "--reason",
            "Block billing: <b>not</b> paid",
        ];
        self.firm.call("pat", &args).well();
    }
}

/// An invoice of three lines that nothing is wrong with.
pub fn invoice(number: &str, client: &str) -> String {
    let mut text = String::from(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n",
    );
    for (item, day, hours, total, words) in [
        (
            "1",
            "20260915",
            "1.0",
            "300.00",
            "Draft motion to compel production of the survey",
        ),
        (
            "2",
            "20260916",
            "2.0",
            "600.00",
            "Attend deposition of harbour master Ole Brandt",
        ),
        (
            "3",
            "20260917",
            "0.5",
            "150.00",
            "Prepare exhibit list for hearing on motion to compel",
        ),
    ] {
        text += &format!(
            "20260930|{number}|{client}|2026-0117|1050.00|20260901|20260930|Services rendered in September|{item}|F|{hours}|0.00|{total}|{day}|L120||A103|AQ|{words}|94-1111111|300.00|Quillfeather, Ada|PT|CM-7[]\n"
        );
    }
    text
}

/// The value of a hidden or marked field that follows some words of a page.
fn field(text: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = text.find(&mark).expect("the field") + mark.len();
    text[at..].split('"').next().expect("its value").to_owned()
}

fn a_cut_is_accepted_in_part_and_the_rest_is_appealed(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut bob = Guest::as_person(&server, "bob");
    let page = format!("/reductions/{id}");
    ann.get("/reductions")
        .is(200)
        .says("R-1")
        .says("200.00")
        .says("days left");
    // The client's words are text, and the narrative is beside them.
    let shown = ann
        .get(&page)
        .is(200)
        .says("Block billing: &#60;b&#62;not&#60;/b&#62; paid")
        .says("Attend deposition of harbour master")
        .says("terms 7.2");
    assert!(!shown.text.contains("Accept this cut"), "ann is no partner");
    ann.post(&format!("{page}/accept"), &[("reason", "let it go")])
        .is(403);
    let shown = bob.get(&page).is(200).says("Accept this cut");
    let cut = field(&shown.text, "id");
    bob.post(&format!("{page}/accept"), &[("id", &cut), ("amount", "80")])
        .is(409)
        .says("A reason is needed");
    let form = [
        ("id", cut.as_str()),
        ("amount", "1,5"),
        ("reason", "agreed"),
    ];
    bob.post(&format!("{page}/accept"), &form)
        .is(422)
        .says("is no amount");
    let form = [
        ("id", cut.as_str()),
        ("amount", "500"),
        ("reason", "agreed"),
    ];
    bob.post(&format!("{page}/accept"), &form)
        .is(409)
        .says("200");
    let form = [
        ("id", cut.as_str()),
        ("amount", "80"),
        ("reason", "half an hour of it"),
    ];
    let led = bob.post(&format!("{page}/accept"), &form).is(303);
    assert_eq!(led.to(), format!("{page}?done=cut-accepted"));
    bob.get(&page)
        .is(200)
        .says("accepted in part")
        .says("half an hour of it");
    let sheet = bob.get("/reductions/write-offs.csv").is(200).says("80");
    let kind = sheet.headers["content-disposition"].to_str().expect("text");
    assert!(kind.contains("write-offs.csv"), "{kind}");
    // The rest is appealed: ann proposes, bob decides, cid has no part in it.
    ann.post(&format!("{page}/appeal"), &[("why", "it lasted that long")])
        .is(422)
        .says("Mark what the appeal is against");
    let form = [
        ("item", cut.as_str()),
        ("why", "The deposition lasted that long."),
    ];
    let led = ann.post(&format!("{page}/appeal"), &form).is(303);
    let at = led.to().split('?').next().expect("a path").to_owned();
    assert!(at.starts_with("/appeals/"), "{at}");
    ann.get("/appeals")
        .is(200)
        .says(&at)
        .says("a partner decides");
    let shown = ann
        .get(&at)
        .is(200)
        .says("The deposition lasted that long.");
    assert!(!shown.text.contains("Drop it"), "ann is no partner");
    bob.get(&at).is(200).says("File it").says("120.00");
    bob.post(&format!("{at}/decide"), &[("do", "file"), ("reason", "")])
        .is(409)
        .says("A reason is needed");
    let form = [("do", "file"), ("reason", "worth it")];
    bob.post(&format!("{at}/decide"), &form).is(303);
    bob.post(&format!("{at}/decide"), &form).is(409);
    let paper = ann
        .post(&format!("{at}/packet"), &[("what", "packet")])
        .is(200)
        .says("Attend deposition");
    let kind = paper.headers["content-disposition"].to_str().expect("text");
    assert!(kind.starts_with("attachment"), "{kind}");
    ann.post(&format!("{at}/packet"), &[("what", "letter")])
        .is(200)
        .says("The deposition lasted that long.");
    let dates = ann
        .get("/appeals/calendar.ics")
        .is(200)
        .says("BEGIN:VEVENT");
    assert_eq!(dates.headers["content-type"], "text/calendar");
    ann.post(&format!("{at}/filed"), &[("number", "D-9")])
        .is(303);
    ann.get(&at).is(200).says("D-9").says("All came back");
    let form = [("do", "won"), ("reason", "mail of the adjuster")];
    ann.post(&format!("{at}/outcome"), &form).is(303);
    ann.get(&at).is(200).says("won");
    ann.get("/appeals?which=all")
        .is(200)
        .says("won")
        .says("120.00");
    ann.get("/appeals/0123abcd")
        .is(404)
        .says("No appeal 0123abcd of a client you serve");
    desk.firm.sound();
}

fn a_rejection_is_corrected_and_goes_again(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.arrived("J-1", "C1");
    let args = [
        "answers",
        "type",
        "J-1",
        "--word",
        "rejected",
        "--reason",
        "no match for the matter number",
    ];
    desk.firm.call("pat", &args).well();
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/rejections")
        .is(200)
        .says("J-1")
        .says("no match for the matter number")
        .says("nothing was done yet")
        .says("days since the invoice date");
    let again = format!("/rejections/{id}/resubmit");
    ann.post(&again, &[])
        .is(409)
        .says("Nothing that invoice J-1 follows");
    // The corrected file comes under the same number; another partner's clearance lets it go.
    let text = invoice("J-1", "C1").replace("CM-7", "CM-8");
    let path = desk.firm.file("corrected.txt", &text);
    desk.firm.intake("pat", &path).well();
    ann.get("/rejections")
        .is(200)
        .says("version 2 is being corrected");
    desk.firm.call("ren", &["clear", "J-1"]).well();
    ann.get("/rejections").is(200).says("Resubmit");
    let form = [("any-number", "yes")];
    ann.post(&again, &form).is(303);
    ann.get("/rejections").is(200).says("Nothing refused waits");
    ann.get("/submissions").is(200).says("Waiting").says("J-1");
    desk.firm.sound();
}

fn what_is_by_hand_is_settled_and_the_morning_says_so(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.queued("S-1", "C1");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/submissions").is(200).says("Waiting").says("S-1");
    desk.night();
    ann.get("/submissions").is(200).says("To upload by hand");
    ann.get("/morning")
        .is(200)
        .says("1 thing needs a person")
        .says("S-1");
    let settle = format!("/submissions/{id}/settle");
    ann.post(&settle, &[("do", "arrived")])
        .is(409)
        .says("A reason is needed");
    ann.post(&settle, &[("reason", "uploaded")]).is(422);
    let form = [
        ("do", "arrived"),
        ("portal-id", "4711"),
        ("reason", "uploaded"),
    ];
    ann.post(&settle, &form).is(303);
    ann.post(&settle, &form)
        .is(409)
        .says("there is no doubt to settle");
    ann.get("/submissions").is(200).says("arrived");
    ann.get("/morning").is(200).says("Nothing needs a person");
    ann.get("/morning?since=yesterday").is(422);
    desk.firm.sound();
}

fn a_live_page_hears_that_something_moved(firm: Firm) {
    let desk = Desk::new(firm);
    desk.queued("S-2", "C1");
    let server = Server::of(&desk.firm);
    let ann = Guest::as_person(&server, "ann");
    // Without a script it is a page like any other; with one, a part of it.
    let cookie: Vec<String> = ann
        .cookies
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut wire = std::net::TcpStream::connect(&address).expect("connected");
    use std::io::Write;
    write!(
        wire,
        "GET /submissions/live?follow=1 HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\n\r\n",
        cookie.join("; ")
    )
    .expect("sent");
    wire.set_read_timeout(Some(std::time::Duration::from_secs(60)))
        .expect("set");
    let mut lines = BufReader::new(wire).lines().map(|l| l.expect("a line"));
    assert!(lines.any(|l| l.contains("text/event-stream")));
    assert!(lines.any(|l| l.contains("retry")));
    desk.night();
    assert!(lines.any(|l| l == "event: moved"));
}

fn other_peoples_clients_are_nobodys_business(mut firm: Firm) {
    firm.add("tom", &["--role", "partner", "--client", "C2"]);
    crate::guest::password(&firm, "tom");
    let desk = Desk::new(firm);
    let id = desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    let other = desk.arrived("R-2", "C2");
    desk.cut("R-2", "1", "50.00");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut tom = Guest::as_person(&server, "tom");
    let shown = ann.get(&format!("/reductions/{id}")).is(200);
    let cut = field(&shown.text, "item");
    let form = [("item", cut.as_str()), ("why", "it lasted that long")];
    let led = ann.post(&format!("/reductions/{id}/appeal"), &form).is(303);
    let appeal = led.to().split('?').next().expect("a path").to_owned();
    for path in [
        "/reductions?which=all",
        "/appeals",
        "/appeals?which=all",
        "/rejections",
        "/submissions",
        "/morning",
        "/appeals/calendar.ics",
    ] {
        let got = tom.get(path).is(200);
        assert!(!got.text.contains("R-1"), "{path}: {}", got.text);
    }
    tom.get(&format!("/reductions/{id}")).is(404);
    tom.get(&appeal).is(404);
    tom.post(
        &format!("{appeal}/decide"),
        &[("do", "file"), ("reason", "mine")],
    )
    .is(409)
    .says("of a client you serve");
    // An invoice of their own in the path opens no reduction of another's.
    let form = [("id", cut.as_str()), ("amount", "1"), ("reason", "mine")];
    tom.post(&format!("/reductions/{other}/accept"), &form)
        .is(404);
    tom.post(&format!("/submissions/{id}/settle"), &[]).is(403);
    desk.firm.sound();
}
