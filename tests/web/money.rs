//! Money after the invoice left, as people meet it in a browser: reports with what stands behind their figures, payments,
//! receivables; and what holds an account up.

use crate::firm::Firm;
use crate::guest::{Guest, Server, password};
use crate::on_both;
use crate::second::Desk;

on_both!(
    each_figure_leads_to_its_invoices,
    a_report_leaves_in_every_form,
    reports_are_of_ones_own_clients,
    a_remittance_is_brought_in_and_a_person_decides_the_rest,
    what_is_owed_is_seen_by_age_and_by_whoever_pays_short,
    what_is_owed_and_what_was_paid_leave_as_tables,
    a_reminder_is_drafted_once_and_read_again,
    a_paused_account_sends_nothing,
);

/// The address of a link that holds these words.
fn link(text: &str, words: &str) -> String {
    let all = text.split("href=\"").skip(1);
    let mut all = all.map(|rest| rest.split('"').next().expect("an end"));
    let found = all.find(|href| words.split(' ').all(|w| href.contains(w)));
    let found = found.unwrap_or_else(|| panic!("no link with {words} in {text}"));
    found
        .split('#')
        .next()
        .expect("a part")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

fn each_figure_leads_to_its_invoices(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    desk.arrived("R-2", "C1");
    desk.cut("R-2", "1", "31.50");
    let server = Server::of(&desk.firm);
    let mut bob = Guest::as_person(&server, "bob");
    // What is lost if nobody acts, before anything is chosen.
    bob.get("/reports")
        .is(200)
        .says("lost this week")
        .says("R-1")
        .says("200.00")
        .says(&format!("/invoices/{id}"));
    let shown = bob.get("/reports/reductions").is(200).says("231.50");
    assert!(shown.text.contains("<svg"), "it has a chart");
    assert!(!shown.text.contains(" style="), "the policy allows none");
    let behind = link(&shown.text, "row=C1 figure=cut");
    bob.get(&behind)
        .is(200)
        .says("R-1")
        .says("R-2")
        .says("231.50")
        .says("200.00")
        .says("31.50");
    let total = bob.get("/reports/reductions?figure=cut");
    total.is(200).says("Together").says("R-2");
    // Another grouping, other days, one client.
    bob.get("/reports/reductions?by=matter")
        .is(200)
        .says("2026-0117");
    let none = bob.get("/reports/reductions?from=2020-01-01&to=2020-12-31");
    none.is(200).says("Nothing to show");
    bob.get("/reports/reductions?client=C2")
        .is(200)
        .says("Nothing to show");
    bob.get("/reports/all")
        .is(200)
        .says("report-rework")
        .says("R-1");
    for (path, status, words) in [
        ("/reports/nothing", 404, "there is no report nothing"),
        ("/reports/days?from=2026-13-01", 422, "no day"),
        (
            "/reports/days?from=2026-02-01&to=2026-01-01",
            422,
            "the first day comes first",
        ),
        ("/reports/days?by=king", 422, "rows may be by"),
        ("/reports/at-risk?by=client", 422, "rows of its own"),
        ("/reports/reductions?row=C9&figure=cut", 404, "no longer"),
        ("/reports/reductions?figure=size", 422, "no such figure"),
    ] {
        let got = bob.get(path).is(status);
        assert!(
            got.text.to_lowercase().contains(&words.to_lowercase()),
            "{path}: {}",
            got.text
        );
    }
    desk.firm.sound();
}

fn a_report_leaves_in_every_form(firm: Firm) {
    let desk = Desk::new(firm);
    desk.arrived("=R-1", "C1");
    desk.cut("=R-1", "2", "200.00");
    let server = Server::of(&desk.firm);
    let mut bob = Guest::as_person(&server, "bob");
    for (form, begins, kind) in [
        ("csv", "\u{feff}row,currency", "text/csv; charset=utf-8"),
        ("json", "{", "application/json"),
        (
            "xlsx",
            "PK",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("pdf", "%PDF", "application/pdf"),
    ] {
        for name in ["reductions", "at-risk", "all"] {
            let got = bob.get(&format!("/reports/{name}/file?form={form}"));
            if (name, form) == ("all", "csv") {
                got.is(422).says("Several reports are several tables");
                continue;
            }
            let got = got.is(200);
            assert!(got.text.starts_with(begins), "{name}.{form}: {}", got.text);
            assert_eq!(got.headers["content-type"], kind);
            let place = got.headers["content-disposition"].to_str().expect("text");
            assert!(place.starts_with("attachment"), "{place}");
        }
    }
    // With the invoices behind it; nothing that a spreadsheet would compute.
    let got = bob.get("/reports/reductions/file?form=csv&row=C1").is(200);
    assert!(got.text.contains("'=R-1"), "{}", got.text);
    bob.get("/reports/reductions/file?form=csv&row=C9").is(422);
    bob.get("/reports/reductions/file?form=exe").is(422);
    desk.firm.sound();
}

fn reports_are_of_ones_own_clients(mut firm: Firm) {
    firm.add("tom", &["--role", "partner", "--client", "C2"]);
    password(&firm, "tom");
    let desk = Desk::new(firm);
    let id = desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    desk.arrived("R-2", "C2");
    desk.cut("R-2", "1", "50.00");
    let server = Server::of(&desk.firm);
    let mut tom = Guest::as_person(&server, "tom");
    tom.get("/reports/reductions?figure=cut")
        .is(200)
        .says("R-2");
    for path in [
        "/reports",
        "/reports/all",
        "/reports/reductions?client=C1",
        "/reports/reductions?figure=cut",
        "/reports/all/file?form=json&invoices=1",
        "/reports/reductions/file?form=csv&invoices=1",
        "/receivables",
        "/receivables?view=invoices",
        "/receivables?view=invoices&client=C1",
        "/receivables/reminders",
        "/receivables/file?view=client",
        "/receivables/file?view=invoices&client=C1",
        "/receivables/file?view=escalate",
        "/payments",
        "/payments?client=C1",
        "/payments/file",
        "/payments/file?client=C1",
        "/payments/file?which=waiting",
    ] {
        let got = tom.get(path).is(200);
        assert!(!got.text.contains("R-1"), "{path}: {}", got.text);
    }
    tom.get(&format!("/invoices/{id}/payments")).is(404);
    desk.firm.sound();
}

const HEAD: &str = "invoice_number,client_invoice_number,client_id,line_number,amount,currency,paid_on,kind,reference\n";

fn bring(guest: &mut Guest, rows: &str) -> crate::guest::Got {
    let text = format!("{HEAD}{rows}");
    guest.upload(
        "/payments/import",
        &[("mapping", "")],
        &[("file", "april.csv", text.as_bytes())],
    )
}

fn a_remittance_is_brought_in_and_a_person_decides_the_rest(mut firm: Firm) {
    firm.add("tom", &["--role", "specialist", "--client", "C2"]);
    password(&firm, "tom");
    let desk = Desk::new(firm);
    let id = desk.arrived("P-1", "C1");
    desk.arrived("P-2", "C2");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut tom = Guest::as_person(&server, "tom");
    ann.get("/payments").is(200).says("No payment is known");
    ann.get("/payments/template").is(200).says("invoice_number");
    ann.upload("/payments/import", &[("mapping", "")], &[])
        .is(422)
        .says("No file was chosen");
    ann.upload(
        "/payments/import",
        &[("mapping", "columns = 7")],
        &[("file", "a.csv", b"x")],
    )
    .is(422);
    let rows = "P-1,,,,300.00,USD,2026-11-02,ACH,T-1\n\
                X-9,,,,100.00,USD,2026-11-02,ACH,<b>T-2</b>\n\
                P-1,,,,5000.00,USD,2026-11-03,ACH,T-3\n\
                P-1,,,,soon,USD,2026-11-03,ACH,T-4\n";
    bring(&mut ann, rows)
        .is(200)
        .says("1 row taken, 2 waiting for a person, 1 not read")
        .says("soon");
    // Brought in again it changes nothing.
    bring(&mut ann, rows)
        .is(200)
        .says("0 rows taken, 1 known before");
    let queue = ann
        .get("/payments")
        .is(200)
        .says("&#60;b&#62;T-2")
        .says("P-1");
    assert!(!queue.text.contains("<b>T-2"), "words stay words");
    ann.get(&format!("/invoices/{id}/payments"))
        .is(200)
        .says("300.00")
        .says("750.00");
    // Rows that nobody matched may be another client's.
    let seen = tom.get("/payments").is(200);
    assert!(!seen.text.contains("T-2") && !seen.text.contains("T-1"));
    let at = |text: &str, reference: &str| {
        let row = text
            .split("<tr data-row>")
            .find(|r| r.contains(reference))
            .expect("a row");
        link(row, "/payments/")
    };
    let (unknown, larger) = (at(&queue.text, "T-2"), at(&queue.text, "T-3"));
    tom.get(&unknown).is(404);
    tom.post(
        &format!("{unknown}/assign"),
        &[("invoice", "P-2"), ("amount", "")],
    )
    .is(404);
    ann.get(&unknown).is(200).says("Say what it is for");
    let assign = format!("{unknown}/assign");
    ann.post(&assign, &[("invoice", ""), ("amount", "")])
        .is(422)
        .says("Write the number");
    ann.post(&assign, &[("invoice", "P-1"), ("amount", "1,5")])
        .is(422)
        .says("is no amount");
    ann.post(&assign, &[("invoice", "P-1"), ("amount", "60")])
        .is(409)
        .says("have to come to the same");
    let parts = [
        ("invoice", "P-1"),
        ("amount", "60"),
        ("invoice", "P-2"),
        ("amount", "40"),
    ];
    ann.post(&assign, &parts).is(303);
    ann.post(&assign, &parts).is(409).says("taken already");
    ann.get(&unknown).is(200).says("Decided by ann");
    let refused = ann
        .post(
            &format!("{larger}/assign"),
            &[("invoice", "P-1"), ("amount", "")],
        )
        .is(409)
        .says("A reason is needed for more than is open");
    assert!(!refused.text.contains("--reason"), "{}", refused.text);
    let aside = format!("{larger}/aside");
    ann.post(&aside, &[("reason", "")]).is(409);
    ann.post(&aside, &[("reason", "of the office in Leeds")])
        .is(303);
    ann.get(&larger).is(200).says("of the office in Leeds");
    ann.get("/payments")
        .is(200)
        .says("No payment waits for a person")
        .says("40.00");
    tom.get("/payments").is(200).says("40.00");
    desk.firm.sound();
}

fn what_is_owed_is_seen_by_age_and_by_whoever_pays_short(firm: Firm) {
    let desk = Desk::new(firm);
    let id = desk.arrived("P-1", "C1");
    let approve = [
        "answers",
        "type",
        "P-1",
        "--word",
        "approved",
        "--reason",
        "mail of Ms Ito",
    ];
    desk.firm.call("pat", &approve).well();
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/receivables").is(200).says("C1").says("1,050.00");
    let short = ann.get("/receivables?view=short").is(200);
    assert!(short.text.contains("Nothing is paid short"));
    bring(&mut ann, "P-1,,,,1000.00,USD,2026-11-02,ACH,T-1\n").is(200);
    ann.get("/receivables?view=short")
        .is(200)
        .says("50.00")
        .says("missing in all")
        .says(&format!("/invoices/{id}/payments"));
    ann.get(&format!("/invoices/{id}/payments"))
        .is(200)
        .says("Paid short");
    ann.get(&format!("/invoices/{id}"))
        .is(200)
        .says("/payments");
    ann.get("/receivables?view=invoices&client=C9")
        .is(200)
        .says("Nothing is open");
    ann.get("/receivables?view=escalate")
        .is(200)
        .says("Nothing is for a partner");
    for view in ["matter", "partner"] {
        ann.get(&format!("/receivables?view={view}"))
            .is(200)
            .says("50.00");
    }
    ann.get("/receivables?view=moon").is(422);
    // Who prepares and who decides sees it in the morning.
    for path in ["/", "/morning"] {
        ann.get(path).is(200).says("paid short").says("missing");
    }
    desk.firm.sound();
}

fn what_is_owed_and_what_was_paid_leave_as_tables(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    // Of nothing, the names of the columns.
    let empty = ann.get("/receivables/file").is(200);
    let heads = "\u{feff}by,of,currency,invoices,open,0-30,31-60,61-90,over 90,credit\n";
    assert_eq!(empty.text, heads);
    desk.arrived("=P-1", "C1");
    desk.arrived("P-2", "C2");
    let approve = [
        "answers", "type", "=P-1", "--word", "approved", "--reason", "mail",
    ];
    desk.firm.call("pat", &approve).well();
    let rows = "=P-1,,,,1000.00,USD,2026-11-02,ACH,=HYPERLINK(A1)\n\
                X-9,,,,100.00,USD,2026-11-02,+wire,T-2\n";
    bring(&mut ann, rows).is(200);
    let mut table = |path: &str, name: &str| {
        let got = ann.get(path).is(200);
        assert_eq!(got.headers["content-type"], "text/csv; charset=utf-8");
        let place = got.headers["content-disposition"].to_str().expect("text");
        assert!(
            place.starts_with(&format!("attachment; filename=\"{name}\"")),
            "{place}"
        );
        let rows: Vec<String> = got.text.lines().skip(1).map(str::to_owned).collect();
        rows
    };
    let clients = table("/receivables/file?view=client", "receivables-client.csv");
    assert!(
        clients[0].starts_with("client,C1,?,1,50.00,"),
        "{clients:?}"
    );
    assert!(
        clients[1].starts_with("client,C2,?,1,1050.00,"),
        "{clients:?}"
    );
    let invoices = table(
        "/receivables/file?view=invoices",
        "receivables-invoices.csv",
    );
    assert_eq!(invoices.len(), 2);
    assert!(
        invoices
            .iter()
            .any(|r| r.starts_with("'=P-1,C1,2026-0117,")),
        "{invoices:?}"
    );
    let own = table(
        "/receivables/file?view=invoices&client=C2",
        "receivables-invoices.csv",
    );
    assert_eq!(own.len(), 1);
    let short = table("/receivables/file?view=short", "receivables-short.csv");
    assert!(
        short[0].contains(",1050.00,1000.00,50.00,2026-11-02"),
        "{short:?}"
    );
    assert!(
        table(
            "/receivables/file?view=escalate",
            "receivables-escalate.csv"
        )
        .is_empty()
    );
    let paid = table("/payments/file", "payments.csv");
    assert!(paid[0].starts_with("'=P-1,C1,"), "{paid:?}");
    assert!(paid[0].contains(",'=HYPERLINK(A1),remittance"), "{paid:?}");
    assert!(table("/payments/file?client=C2", "payments.csv").is_empty());
    let waiting = table("/payments/file?which=waiting", "payments-waiting.csv");
    assert_eq!(waiting.len(), 1);
    assert!(waiting[0].contains(",'+wire,T-2,unmatched,"), "{waiting:?}");
    ann.get("/receivables/file?view=moon").is(422);
    ann.get("/payments/file?which=moon").is(422);
    // The page leads to the table of what it shows.
    let seen = ann.get("/receivables?view=invoices&client=C1").is(200);
    let sheet = link(&seen.text, "/receivables/file view=invoices client=C1");
    ann.get(&sheet).is(200).says("'=P-1");
    desk.firm.sound();
}

fn a_reminder_is_drafted_once_and_read_again(mut firm: Firm) {
    firm.add("tom", &["--role", "specialist", "--client", "C2"]);
    password(&firm, "tom");
    let desk = Desk::new(firm);
    let old = crate::second::invoice("D-1", "C1").replace("202609", "202601");
    let path = desk.firm.file("old.txt", &old);
    desk.firm.intake("pat", &path).well();
    desk.firm.call("ren", &["clear", "D-1"]).well();
    let args = ["submit", "D-1", "--queue", "--accounts", &desk.accounts];
    desk.firm.call("pat", &args).well();
    desk.night();
    let args = ["settle", "D-1", "--arrived", "--reason", "uploaded"];
    desk.firm.call("pat", &args).well();
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    ann.get("/receivables?view=escalate")
        .is(200)
        .says("open for");
    ann.get("/receivables/reminders")
        .is(200)
        .says("First Fund")
        .says("90 days")
        .says("Reminder of invoices open for more than 90 days")
        .says("None yet");
    // The file names no currency.
    let form = [("client", "C1"), ("currency", ""), ("rung", "90")];
    let wrong = [("client", "C1"), ("currency", ""), ("rung", "60")];
    ann.post("/receivables/reminders", &wrong)
        .is(409)
        .says("no longer to be drafted");
    ann.post("/receivables/reminders", &form).is(303);
    ann.post("/receivables/reminders", &form).is(409);
    let shown = ann
        .get("/receivables/reminders")
        .is(200)
        .says("No reminder is to be drafted");
    let letter = link(&shown.text, "/receivables/reminders/");
    let text = ann.get(&letter).is(200).says("D-1").says("1050.00");
    assert_eq!(text.headers["content-type"], "text/plain; charset=utf-8");
    let mut tom = Guest::as_person(&server, "tom");
    tom.get(&letter).is(404);
    let seen = tom.get("/receivables/reminders").is(200);
    assert!(!seen.text.contains("D-1"), "{}", seen.text);
    desk.firm.sound();
}

fn a_paused_account_sends_nothing(mut firm: Firm) {
    firm.add("tom", &["--role", "specialist", "--client", "C2"]);
    password(&firm, "tom");
    let desk = Desk::new(firm);
    desk.queued("S-1", "C1");
    let server = Server::of(&desk.firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut tom = Guest::as_person(&server, "tom");
    let form = [("reason", "their bank changes on <Monday>")];
    tom.post("/portals/hand/pause", &form)
        .is(409)
        .says("does not serve");
    ann.post("/portals/nobody/pause", &form).is(404);
    ann.post("/portals/hand/pause", &[("reason", "")])
        .is(409)
        .says("A reason is needed");
    ann.post("/portals/hand/resume", &[])
        .is(409)
        .says("not paused");
    ann.post("/portals/hand/pause", &form).is(303);
    ann.post("/portals/hand/pause", &form)
        .is(409)
        .says("paused already, by ann");
    for path in ["/portals", "/submissions", "/morning"] {
        let got = ann.get(path).is(200).says("&#60;Monday&#62;");
        assert!(got.text.to_lowercase().contains("paused"), "{path}");
    }
    desk.night();
    ann.get("/submissions").is(200).says("Waiting").says("S-1");
    // The command line says so too, and does not send either.
    let args = ["submit", "S-1", "--accounts", &desk.accounts];
    let said = desk.firm.call("pat", &args);
    assert!(
        said.out.contains("paused by ann"),
        "{}{}",
        said.out,
        said.err
    );
    ann.get("/submissions").is(200).says("Waiting");
    ann.post("/portals/hand/resume", &[]).is(303);
    desk.night();
    ann.get("/submissions").is(200).says("To upload by hand");
    let at = ["--accounts", &desk.accounts];
    let call = |words: &[&str]| desk.firm.call("pat", &[words, &at[..]].concat());
    call(&["portals", "pause", "hand", "--reason", "a new key"]).well();
    call(&["portals", "pause", "elsewhere", "--reason", "so"]).refused("there is no account");
    ann.get("/portals").is(200).says("a new key");
    call(&["portals", "resume", "hand"]).well();
    call(&["portals", "resume", "hand"]).refused("is not paused");
    desk.firm.sound();
}
