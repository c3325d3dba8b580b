//! The main path as people walk it, without a screen: a file is checked and taken in, a line returned and rewritten, a
//! partner clears; and nothing a file says becomes part of a page.

use crate::firm::{Firm, invoice};
use crate::guest::{Guest, Server, staff};
use crate::on_both;
use cleanbill::workflow::id_of;

on_both!(
    from_a_dropped_file_to_the_clearance,
    what_a_file_says_stays_text,
    a_write_down_is_another_partners_to_decide,
    documents_leave_with_an_event,
    a_thousand_lines_come_in_parts,
    many_at_once_each_by_itself,
    what_is_only_form_is_corrected_on_request,
    cleared_invoices_join_the_queue,
    a_substitute_clears_in_a_partners_place,
    a_partner_sees_what_is_wrong_before_they_clear,
    filters_are_kept_by_name_for_one_person,
);

const VAGUE: &str = "Attention to file; review documents; call with client re motion; draft letter";

fn from_a_dropped_file_to_the_clearance(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let text = invoice("INV-7", "C1", "310.00", VAGUE);
    ann.get("/check")
        .is(200)
        .says("Nothing is stored unless you ask for it");
    let led = ann
        .upload("/check", &[], &[("file", "march.txt", text.as_bytes())])
        .is(303);
    let at = led.to().to_owned();
    ann.get(&at)
        .is(200)
        .says("would be rejected")
        .says("line-math-mismatch")
        .says(VAGUE);
    ann.get(&format!("{at}?level=review")).is(200);
    // Nothing is stored, and nobody else sees it.
    ann.get("/find?invoice=INV-7").is(404);
    Guest::as_person(&server, "bob")
        .get(&at)
        .is(404)
        .says("no longer held");
    let kept = ann.post(&format!("{at}/keep"), &[]).is(303);
    let page = kept.to().to_owned();
    assert_eq!(page, format!("/invoices/{}", id_of("C1", "INV-7")));
    ann.get(&at).is(404);
    assert_eq!(ann.get("/find?invoice=INV-7").is(303).to(), page);
    let shown = ann.get(&page).is(200).says("would be rejected").says(VAGUE);
    let title = shown
        .text
        .split("<title>")
        .nth(1)
        .expect("a title")
        .split('<')
        .next()
        .expect("an end");
    assert_eq!(title, "Invoice INV-7 · cleanbill");
    // A corrected file becomes the next version.
    let text = invoice("INV-7", "C1", "300.00", VAGUE);
    let led = ann.upload("/check", &[("pasted", &text)], &[]).is(303);
    let at = led.to().to_owned();
    ann.post(&format!("{at}/keep"), &[]).is(303);
    // The line goes back.
    let line = format!("{page}/line?item=1");
    ann.get(&line).is(200).says("Send back to its timekeeper");
    ann.post(&format!("{page}/line/return"), &[("item", "1")])
        .is(409)
        .says("Say what is wrong with the line");
    let form = [("item", "1"), ("note", "which motion, which letter?")];
    assert_eq!(
        ann.post(&format!("{page}/line/return"), &form).is(303).to(),
        format!("{line}&done=returned")
    );
    ann.get(&line)
        .is(200)
        .says("which motion, which letter?")
        .says("Take it back");
    ann.get("/invoices/returned").is(200).says("INV-7");
    // Its timekeeper sees it, and nothing else.
    let mut ada = Guest::as_person(&server, "ada");
    let today = ada
        .get("/")
        .is(200)
        .says("Lines of yours that were sent back");
    let request = today.text.split("/rewrites/").nth(1).expect("a link")[..8].to_owned();
    ada.get(&page).is(403);
    ada.get("/invoices").is(403);
    let own = ada
        .get(&format!("/rewrites/{request}"))
        .is(200)
        .says("which motion, which letter?");
    assert!(!own.text.contains("300.00"), "no totals");
    let at = format!("/rewrites/{request}");
    let better = "Draft motion to compel production of the lease file";
    let tried = ada
        .post(&format!("{at}/try"), &[("as", "text"), ("text", better)])
        .is(200);
    assert!(tried.text.contains("One line"), "{}", tried.text);
    ada.get(&at).is(200).says("You wrote");
    ada.post(
        &at,
        &[("as", "parts"), ("hours", "soon"), ("part", "Draft letter")],
    )
    .is(422)
    .says("Hours are a number");
    assert_eq!(
        ada.post(&at, &[("as", "text"), ("text", better)])
            .is(303)
            .to(),
        "/rewrites?done=rewritten"
    );
    ada.post(&at, &[("as", "text"), ("text", "again")]).is(409);
    // A partner clears what was looked at, and nothing else.
    let mut bob = Guest::as_person(&server, "bob");
    let clearing = bob.get("/clearing").is(200).says("INV-7");
    let document = clearing
        .text
        .split("name=\"document\" value=\"")
        .nth(1)
        .expect("a hash")[..16]
        .to_owned();
    bob.post(&format!("{page}/clear"), &[])
        .is(422)
        .says("which file was looked at");
    bob.post(
        &format!("{page}/clear"),
        &[("document", "0123456789abcdef")],
    )
    .is(409)
    .says("look at it again");
    let form = [("document", document.as_str()), ("back", "/clearing")];
    assert_eq!(
        bob.post(&format!("{page}/clear"), &form).is(303).to(),
        "/clearing?done=cleared"
    );
    bob.get(&page).is(200).says("cleared").says(better);
    ann.post(&format!("{page}/queue"), &[])
        .is(409)
        .says("No accounts at portals");
    bob.post(&format!("{page}/reopen"), &[])
        .is(409)
        .says("reason is needed");
    bob.post(&format!("{page}/reopen"), &[("reason", "one more look")])
        .is(303);
    ann.post(
        &format!("{page}/withdraw"),
        &[("reason", "billed elsewhere")],
    )
    .is(303);
    ann.get(&page)
        .is(200)
        .says("withdrawn")
        .says("billed elsewhere");
    firm.sound();
    // The log names routes, and nothing that stands in invoices or was typed.
    let log = std::fs::read_to_string(firm.path("server.log")).expect("a log");
    assert!(log.contains("/invoices/{invoice}/line/return"), "{log}");
    for word in [
        "Attention to file",
        "which motion",
        better,
        "march.txt",
        "billed elsewhere",
        crate::guest::PASSWORD,
    ] {
        assert!(!log.contains(word), "{word} is in the log");
    }
}

fn what_a_file_says_stays_text(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let script = "<script>alert(1)</script>";
    let text = invoice(
        "<b>7</b>",
        "<i>C</i>",
        "310.00",
        &format!("Draft motion {script} \"><img src=x onerror=alert(1)>"),
    );
    let name = "\"><script>alert(2)</script>.txt";
    let led = ann
        .upload("/check", &[], &[("file", name, text.as_bytes())])
        .is(303);
    let at = led.to().to_owned();
    let sound = |text: &str, place: &str| {
        for word in [
            script,
            "<script>alert",
            "<img",
            "<b>7",
            "<i>C",
            "onerror=alert(1)>",
        ] {
            assert!(!text.contains(word), "{place}: {word}");
        }
    };
    let checked = ann.get(&at).is(200);
    sound(&checked.text, "check");
    assert!(checked.text.contains("alert(1)"), "the words are there");
    let page = ann.post(&format!("{at}/keep"), &[]).is(303).to().to_owned();
    ann.post(
        &format!("{page}/line/return"),
        &[("item", "1"), ("note", script)],
    )
    .is(303);
    ann.post(
        &format!("{page}/line/comment"),
        &[("item", "1"), ("text", script)],
    )
    .is(303);
    for path in [
        page.clone(),
        format!("{page}/line?item=1"),
        format!("{page}/proof"),
        "/invoices".to_owned(),
        "/invoices/returned".to_owned(),
        "/".to_owned(),
    ] {
        sound(&ann.get(&path).is(200).text, &path);
    }
    for path in [
        "/invoices?client=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/find?invoice=%3Cscript%3Ealert(1)%3C/script%3E",
        "/invoices?state=%3Cscript%3Ealert(1)%3C/script%3E",
        "/invoices?done=%3Cscript%3Ealert(1)%3C/script%3E",
        "/sign-in?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    ] {
        sound(&ann.get(path).text, path);
    }
    let mut ada = Guest::as_person(&server, "ada");
    let list = ada.get("/rewrites").is(200);
    sound(&list.text, "rewrites");
    let request = list.text.split("/rewrites/").nth(1).expect("a link")[..8].to_owned();
    sound(
        &ada.get(&format!("/rewrites/{request}")).is(200).text,
        "a rewrite",
    );
    let tried = ada
        .post(
            &format!("/rewrites/{request}/try"),
            &[("as", "text"), ("text", script)],
        )
        .is(200);
    sound(&tried.text, "a trial");
}

fn a_write_down_is_another_partners_to_decide(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    firm.intake(
        "eve",
        &firm.file(
            "a.txt",
            &invoice("INV-8", "C1", "300.00", "Draft motion to compel"),
        ),
    )
    .well();
    let page = format!("/invoices/{}", id_of("C1", "INV-8"));
    let form = |amount| {
        [
            ("item", "1"),
            ("amount", amount),
            ("code", "courtesy"),
            ("reason", "long since agreed"),
        ]
    };
    ann.post(&format!("{page}/line/write-down"), &form("ten"))
        .is(422)
        .says("no number");
    ann.post(&format!("{page}/line/write-down"), &form("10"))
        .is(303);
    let mut bob = Guest::as_person(&server, "bob");
    let clearing = bob
        .get("/clearing")
        .is(200)
        .says("long since agreed")
        .says("10.00");
    let id = clearing
        .text
        .split("name=\"id\" value=\"")
        .nth(1)
        .expect("an id")[..8]
        .to_owned();
    ann.post(
        &format!("{page}/accept-write-down"),
        &[("id", &id), ("reason", "yes")],
    )
    .is(403);
    bob.post(&format!("{page}/accept-write-down"), &[("id", &id)])
        .is(409)
        .says("reason is needed");
    bob.post(
        &format!("{page}/accept-write-down"),
        &[("id", &id), ("reason", "agreed")],
    )
    .is(303);
    bob.get(&page).is(200).says("290.00").says("agreed");
    bob.get(&format!("{page}/line?item=1"))
        .is(200)
        .says("accepted");
    firm.sound();
}

fn documents_leave_with_an_event(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let text = invoice("INV-9", "C1", "300.00", "Draft motion to compel");
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    firm.intake("eve", &firm.file("a.txt", &text)).well();
    let page = format!("/invoices/{}", id_of("C1", "INV-9"));
    let pdf = b"%PDF-1.7\n1 0 obj\n";
    ann.upload(
        &format!("{page}/attach"),
        &[("kind", "backup")],
        &[("file", "../../evil.pdf", pdf)],
    )
    .is(303);
    // A program is no backup of an invoice.
    ann.upload(
        &format!("{page}/attach"),
        &[("kind", "backup")],
        &[("file", "run.exe", b"MZ\x90\x00")],
    )
    .is(409)
    .says("is a program");
    let shown = ann.get(&page).is(200).says("evil.pdf");
    let id = shown.text.split("/attachments/").nth(1).expect("a link")[..8].to_owned();
    let got = ann.get(&format!("{page}/attachments/{id}")).is(200);
    let disposition = got.headers["content-disposition"].to_str().expect("text");
    assert!(
        disposition.starts_with("attachment; filename=\"evil.pdf\""),
        "{disposition}"
    );
    assert_eq!(got.headers["cache-control"], "no-store");
    let got = ann.get(&format!("{page}/file")).is(200);
    assert_eq!(got.text, text);
    for hostile in [
        "../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "0",
    ] {
        let got = ann.get(&format!("{page}/attachments/{hostile}"));
        assert!(got.status == 404, "{hostile}: {}", got.status);
    }
    ann.get(&format!("{page}/file?version=2")).is(404);
    ann.get(&format!("{page}/proof"))
        .is(200)
        .says("Everything is as it was written")
        .says("It was never sent");
    ann.get(&format!("{page}/proof.json"))
        .is(200)
        .says("\"broken\": []");
    let reads = events::reads(&firm);
    assert_eq!(
        reads,
        [
            ("ann".to_owned(), "attachment".to_owned()),
            ("ann".to_owned(), "file".to_owned())
        ]
    );
    firm.sound();
}

mod events {
    use crate::firm::{Firm, wait};

    /// Who took which kind of document out.
    pub fn reads(firm: &Firm) -> Vec<(String, String)> {
        wait(async {
            let store = firm.store().await;
            let mut tx = store.db.read().await.expect("the store");
            let events = tx.events("reads").await.expect("events");
            let what = |facts: &str| {
                let facts: serde_json::Value = serde_json::from_str(facts).expect("facts");
                facts["what"].as_str().expect("a word").to_owned()
            };
            events
                .iter()
                .map(|e| (e.actor.clone(), what(&e.facts)))
                .collect()
        })
    }
}

fn a_thousand_lines_come_in_parts(mut firm: Firm) {
    staff(&mut firm);
    let one = invoice("INV-1000", "C1", "300.00", "NARRATIVE");
    let (head, line) = one.trim_end().rsplit_once('\n').expect("a line");
    let lines: String = (1..=1000)
        .map(|n| {
            let line = line.replace("|1|F|", &format!("|{n}|F|")).replace("|300.00|20260901", "|300000.00|20260901");
            line.replace("NARRATIVE", &format!("Draft section {n} of the motion to compel production of the lease file, with exhibits and declarations")) + "\n"
        })
        .collect();
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    firm.intake("eve", &firm.file("long.txt", &format!("{head}\n{lines}")))
        .well();
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let page = format!("/invoices/{}", id_of("C1", "INV-1000"));
    let first = ann
        .get(&page)
        .is(200)
        .says("Draft section 100 ")
        .says("900 more lines");
    assert!(first.text.len() < 300_000, "{}", first.text.len());
    assert!(!first.text.contains("Draft section 101 "));
    let more = format!("{page}/lines?from=100");
    ann.get(&more)
        .is(200)
        .says("Draft section 101 ")
        .says("Back to the whole");
    let request = ann
        .request(reqwest::Method::GET, &more)
        .header("hx-request", "true");
    let part = ann
        .send(request)
        .is(200)
        .says("Draft section 200 ")
        .says("800 more lines");
    assert!(!part.text.contains("<html"));
    ann.get(&format!("{page}/line?item=777"))
        .is(200)
        .says("Draft section 777 ")
        .says("Next line");
    ann.get(&format!("{page}/line?item=1001")).is(404);
    // With something wrong on every line it is no larger.
    let lines: String = (1..=1000)
        .map(|n| {
            let line = line.replace("|1|F|1.0|0.00|", &format!("|{n}|F|11.5|0.00|"));
            let words = format!("Attention to file {n}; call with client re rent review; draft letter to the landlord; review of lease file {n}");
            line.replace("NARRATIVE", &words) + "\n"
        })
        .collect();
    let lines = lines.replace("INV-1000", "INV-1001");
    firm.intake("eve", &firm.file("wrong.txt", &format!("{head}\n{lines}")));
    let page = format!("/invoices/{}", id_of("C1", "INV-1001"));
    let first = ann.get(&page).is(200).says("more lines");
    let cards = first.text.matches("data-finding").count();
    assert!(cards >= 50, "{cards} findings stand beside the first lines");
    assert!(
        first.text.len() < 300_000,
        "{} of {cards} findings",
        first.text.len()
    );
}

fn many_at_once_each_by_itself(mut firm: Firm) {
    staff(&mut firm);
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    for (number, total) in [
        ("INV-1", "300.00"),
        ("INV-2", "310.00"),
        ("INV-3", "300.00"),
    ] {
        let text = invoice(number, "C1", total, "Draft motion to compel production");
        firm.intake("eve", &firm.file(&format!("{number}.txt"), &text))
            .well();
    }
    let server = Server::of(&firm);
    let mut bob = Guest::as_person(&server, "bob");
    let list = bob.get("/invoices").is(200).says("Clear for sending");
    let marks: Vec<String> = list
        .text
        .split("name=\"invoice\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("an end").to_owned())
        .filter(|v| v.contains(' '))
        .collect();
    assert_eq!(marks.len(), 3);
    let mut form: Vec<(&str, &str)> = marks.iter().map(|m| ("invoice", m.as_str())).collect();
    bob.post("/invoices/many", &form)
        .is(422)
        .says("Choose what is to be done");
    form.push(("do", "clear"));
    let done = bob
        .post("/invoices/many", &form)
        .is(200)
        .says("2 of 3 invoices cleared");
    assert!(done.text.contains("would bounce"), "{}", done.text);
    bob.get("/invoices?state=cleared")
        .is(200)
        .says("INV-1")
        .says("INV-3");
    let mut ann = Guest::as_person(&server, "ann");
    ann.post("/invoices/many", &form).is(403);
    bob.get("/invoices?state=checked&verdict=reject")
        .is(200)
        .says("INV-2");
    bob.get("/invoices?risk=abc").is(422).says("is no number");
    firm.sound();
}

fn what_is_only_form_is_corrected_on_request(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let text = invoice("INV-5", "C1", "300.00", "Draft motion to compel production")
        .replace("|20260915|", "|2026-09-15|");
    let led = ann
        .upload("/check", &[], &[("file", "may.txt", text.as_bytes())])
        .is(303);
    let at = led.to().to_owned();
    ann.get(&at)
        .is(200)
        .says("Download with its form corrected");
    let got = ann
        .get(&format!("{at}/corrected/0"))
        .is(200)
        .says("|20260915|");
    let disposition = got.headers["content-disposition"].to_str().expect("text");
    assert!(disposition.contains("may-corrected.txt"), "{disposition}");
    ann.get(&format!("{at}/corrected/1")).is(404);
    // What changes money is for a person, with a reason.
    let text = invoice("INV-6", "C1", "310.00", "Draft motion to compel production");
    let led = ann
        .upload("/check", &[], &[("file", "june.txt", text.as_bytes())])
        .is(303);
    let at = led.to().to_owned();
    ann.get(&format!("{at}/corrected/0"))
        .is(409)
        .says("is for a person");
    ann.upload("/check", &[("pasted", " ")], &[])
        .is(422)
        .says("Choose a file");
    let led = ann
        .upload("/check", &[], &[("file", "no.txt", b"plain words")])
        .is(303);
    let at = led.to().to_owned();
    let page = ann.get(&at).is(200).says("no.txt");
    assert!(!page.text.contains("Take in"), "there is no invoice in it");
}

fn cleared_invoices_join_the_queue(mut firm: Firm) {
    staff(&mut firm);
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    firm.add("dan", &["--role", "partner", "--all-clients"]);
    let text = invoice("INV-4", "C1", "300.00", "Draft motion to compel production");
    firm.intake("eve", &firm.file("a.txt", &text)).well();
    firm.call("dan", &["clear", "INV-4"]).well();
    let accounts = format!(
        "[account.hand]\nportal = \"CounselLink\"\nway = \"assisted\"\nclients = [\"C1\"]\nsettings = {{ folder = {:?} }}\n",
        firm.path("by-hand").display().to_string()
    );
    let accounts = firm.file("portals.toml", &accounts);
    let server = Server::with(&firm, &["--accounts", &accounts]);
    let mut ann = Guest::as_person(&server, "ann");
    let page = format!("/invoices/{}", id_of("C1", "INV-4"));
    ann.get(&page).is(200).says("Queue for its portal");
    assert_eq!(
        ann.post(&format!("{page}/queue"), &[]).is(303).to(),
        format!("{page}?done=queued")
    );
    ann.get(&page).is(200).says("Take out of the queue");
    ann.get("/invoices?state=queued").is(200).says("INV-4");
    ann.post(&format!("{page}/unqueue"), &[]).is(303);
    ann.get("/").is(200).says("cleared, not queued");
    firm.sound();
}

fn a_substitute_clears_in_a_partners_place(mut firm: Firm) {
    staff(&mut firm);
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    let text = invoice("INV-3", "C1", "300.00", "Draft motion to compel production");
    firm.intake("eve", &firm.file("a.txt", &text)).well();
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let page = format!("/invoices/{}", id_of("C1", "INV-3"));
    let hash = cleanbill::store::sha256(text.as_bytes());
    let form = [("document", hash.as_str())];
    let seen = ann.get("/clearing").is(200).says("INV-3");
    assert!(!seen.text.contains("Clear for sending"));
    ann.post(&format!("{page}/clear"), &form).is(403);
    let mut bob = Guest::as_person(&server, "bob");
    let named = [
        ("partner", "bob"),
        ("by", "ann"),
        ("from", "2020-01-01"),
        ("until", "2099-12-31"),
    ];
    ann.post("/clearing/substitutes", &named).is(403);
    bob.post(
        "/clearing/substitutes",
        &[("partner", "bob"), ("by", "ann"), ("from", "soon")],
    )
    .is(422);
    bob.post("/clearing/substitutes", &named).is(303);
    ann.get("/clearing")
        .is(200)
        .says("ann stands in for bob")
        .says("Clear for sending");
    ann.post(&format!("{page}/clear"), &form).is(303);
    ann.get(&page).is(200).says("ann for bob");
    let ended = bob.get("/clearing").is(200).says("End it");
    let id = ended
        .text
        .split("name=\"id\" value=\"")
        .nth(1)
        .expect("an id");
    let id = id.split('"').next().expect("an end").to_owned();
    bob.post("/clearing/substitutes/end", &[("id", &id)])
        .is(303);
    ann.post(&format!("{page}/clear"), &form).is(403);
    firm.sound();
}

fn a_partner_sees_what_is_wrong_before_they_clear(mut firm: Firm) {
    staff(&mut firm);
    firm.add("eve", &["--role", "specialist", "--all-clients"]);
    let text = invoice("INV-8", "C1", "300.00", VAGUE);
    firm.intake("eve", &firm.file("a.txt", &text)).well();
    let clean = invoice("INV-9", "C1", "300.00", "Draft motion to compel production");
    firm.intake("eve", &firm.file("b.txt", &clean)).well();
    let server = Server::of(&firm);
    let mut bob = Guest::as_person(&server, "bob");
    let shown = bob.get("/clearing").is(200);
    let card = |number: &str| {
        let cards = shown.text.split("<article");
        let mut own = cards.filter(|c| c.contains(&format!("Invoice {number}<")));
        own.next().expect("a card").to_owned()
    };
    let id = id_of("C1", "INV-8");
    let vague = card("INV-8");
    assert!(vague.contains("2 may be questioned"), "{vague}");
    assert!(vague.contains("does not say what was done"), "{vague}");
    assert!(
        vague.contains(&format!("/invoices/{id}/line?item=1")),
        "{vague}"
    );
    assert!(
        !card("INV-9").contains("does not say what was done"),
        "nothing is wrong with it"
    );
}

fn filters_are_kept_by_name_for_one_person(mut firm: Firm) {
    staff(&mut firm);
    let server = Server::of(&firm);
    let mut ann = Guest::as_person(&server, "ann");
    let mut bob = Guest::as_person(&server, "bob");
    let save = "/invoices/filters";
    ann.post(save, &[("name", "All"), ("query", "")])
        .is(422)
        .says("Nothing is filtered");
    ann.post(save, &[("name", "x"), ("query", "state=nowhere")])
        .is(422)
        .says("is no state");
    ann.post(save, &[("name", " "), ("query", "client=C1")])
        .is(409)
        .says("Give the filter a name");
    let form = [
        ("name", "Harbour <b>cases</b>"),
        ("query", "client=C1&state=checked&skip=100&other=1"),
    ];
    let led = ann.post(save, &form).is(303);
    assert_eq!(led.to(), "/invoices?state=checked&client=C1&done=saved");
    let shown = ann
        .get("/invoices")
        .is(200)
        .says("Harbour &#60;b&#62;cases")
        .says("/invoices?state=checked&#38;client=C1");
    assert!(!shown.text.contains("<b>cases"));
    assert!(!bob.get("/invoices").is(200).text.contains("Harbour"));
    // The same name again is another filter.
    let form = [("name", "Harbour <b>cases</b>"), ("query", "client=C2")];
    ann.post(save, &form).is(303);
    let shown = ann.get("/invoices").is(200).says("/invoices?client=C2");
    assert!(!shown.text.contains("state=checked&#38;client=C1"));
    let gone = [("name", "Harbour <b>cases</b>")];
    bob.post("/invoices/filters/drop", &gone)
        .is(409)
        .says("You have no filter");
    ann.post("/invoices/filters/drop", &gone).is(303);
    assert!(!ann.get("/invoices").is(200).text.contains("Harbour"));
    for n in 0..40 {
        let name = format!("f{n}");
        ann.post(save, &[("name", name.as_str()), ("query", "client=C1")])
            .is(303);
    }
    ann.post(save, &[("name", "one more"), ("query", "client=C1")])
        .is(409)
        .says("You have 40 filters");
    firm.sound();
}
