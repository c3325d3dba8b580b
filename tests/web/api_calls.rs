//! The API as another program meets it: the work of a firm in calls, problems, keys, pages.

use crate::api_program::{Program, reader};
use crate::firm::{Backend, Firm, wait};
use crate::guest::{Guest, Server};
use crate::on_both;
use crate::second::{Desk, invoice};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

on_both!(
    from_a_file_to_an_appeal_in_calls,
    what_cannot_be_read_is_said_with_its_place,
    a_call_made_twice_is_done_once,
    pages_stay_while_rows_come_in,
    tokens_come_and_go,
    what_is_no_text_names_nothing,
    reports_and_lists_are_there,
);

/// The same with a line whose total is wrong.
fn wrong(number: &str, client: &str) -> String {
    invoice(number, client).replace("|300.00|20260915|", "|310.00|20260915|")
}

fn from_a_file_to_an_appeal_in_calls(firm: Firm) {
    let desk = Desk::new(firm);
    desk.firm
        .call("root", &["user", "timekeeper", "ada", "--ids", "AQ"])
        .well();
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let mut ren = Program::of(&server, &desk.firm, "ren");
    let me = ren.get("/me").is(200);
    assert_eq!(
        me.json,
        json!({ "name": "ren", "role": "partner", "scope": "write" })
    );
    // Checked, and nothing kept.
    let checked = pat
        .file("/check?name=first.txt", &wrong("R-1", "C1"))
        .is(200);
    assert_eq!(checked.json["file"]["path"], "first.txt");
    assert_eq!(checked.json["file"]["invoices"][0]["verdict"], "reject");
    assert_eq!(pat.get("/invoices").is(200).json["items"], json!([]));
    // Taken in.
    let taken = pat
        .file("/invoices?name=first.txt", &wrong("R-1", "C1"))
        .is(200);
    assert_eq!(taken.json["invoices"][0]["outcome"], "new");
    let id = taken.text("/invoices/0/invoice/id");
    let at = format!("/invoices/{id}");
    let again = pat.file("/invoices", &wrong("R-1", "C1")).is(200);
    assert_eq!(again.json["invoices"][0]["outcome"], "known");
    pat.file("/invoices", "no invoice").is(422);
    // Its findings, one of them set aside; the file as it is.
    let found = pat.get(&format!("{at}/findings")).is(200);
    let finding = found.text("/findings/items/0/finding/fingerprint");
    ren.post(
        &format!("{at}/clear"),
        json!({ "document": taken.text("/invoices/0/invoice/document") }),
    )
    .is(409)
    .says("would bounce");
    let aside = json!({ "finding": finding, "reason": "agreed with the <b>client</b>" });
    pat.post(&format!("{at}/overrides"), aside.clone()).is(201);
    pat.post(&format!("{at}/overrides"), aside)
        .is(409)
        .says("already");
    let found = pat.get(&format!("{at}/findings")).is(200);
    assert_eq!(
        found.text("/findings/items/0/set_aside/reason"),
        "agreed with the <b>client</b>"
    );
    let got = pat.get(&format!("{at}/file")).is(200).got;
    assert_eq!(got.text, wrong("R-1", "C1"));
    assert_eq!(got.headers["content-type"], "application/octet-stream");
    // A better version; a line goes to its timekeeper and is recalled; a comment.
    let taken = pat.file("/invoices", &invoice("R-1", "C1")).is(200);
    assert_eq!(taken.json["invoices"][0]["outcome"], "new-version");
    let seen = taken.text("/invoices/0/invoice/document");
    let old = pat.get(&format!("{at}/file?version=1")).is(200);
    assert_eq!(old.got.text, wrong("R-1", "C1"));
    pat.get(&format!("{at}/file?version=9")).is(404);
    let lines = pat.all(&format!("{at}/lines"), 2);
    let items: Vec<&Value> = lines.iter().map(|l| &l["item"]).collect();
    assert_eq!(items, ["1", "2", "3"]);
    assert_eq!(lines[1]["total"], "600.00");
    let back = json!({ "line_item": "1", "note": "which survey?" });
    let sent = pat.post(&format!("{at}/returns"), back).is(201);
    assert_eq!(sent.text("/to"), "ada");
    let shown = pat.get(&at).is(200);
    assert_eq!(shown.text("/returns/0/said"), "which survey?");
    assert_eq!(shown.text("/returns/0/state"), "open");
    pat.tell(&format!("/returns/{}/recall", sent.text("/id")))
        .is(204);
    pat.post(
        &format!("{at}/comments"),
        json!({ "line_item": "2", "text": "agreed on the telephone" }),
    )
    .is(200);
    // A write-down is another's to decide.
    let lower =
        json!({ "line_item": "3", "amount": "30.00", "code": "courtesy", "reason": "a courtesy" });
    let proposed = pat.post(&format!("{at}/write-downs"), lower);
    let one = proposed.is(201).text("/id");
    let decide = format!("/write-downs/{one}/decide");
    pat.post(&decide, json!({ "accept": false, "reason": "no" }))
        .is(403);
    ren.post(
        &decide,
        json!({ "accept": false, "reason": "the hour was worked" }),
    )
    .is(200);
    // Cleared as it was looked at, and queued.
    ren.post(&format!("{at}/clear"), json!({ "document": "0123456789" }))
        .is(409);
    let cleared = ren
        .post(&format!("{at}/clear"), json!({ "document": seen }))
        .is(200);
    assert_eq!(cleared.json["cleared"], true);
    ren.post(&format!("{at}/reopen"), json!({ "reason": "once more" }))
        .is(200);
    ren.post(&format!("{at}/clear"), json!({ "document": seen }))
        .is(200);
    pat.post(&format!("{at}/queue"), json!({ "account": "nobody" }))
        .is(409);
    let queued = pat.post(&format!("{at}/queue"), json!({})).is(200);
    assert_eq!(queued.text("/account"), "hand");
    pat.tell(&format!("{at}/unqueue"))
        .is(200)
        .says("\"cleared\"");
    pat.post(&format!("{at}/queue"), json!({})).is(200);
    let waiting = pat.all("/submissions?status=waiting", 10);
    assert_eq!(waiting.len(), 1);
    desk.night();
    let settle = format!("{at}/settle");
    pat.post(
        &settle,
        json!({ "arrived": false, "portal_id": "1", "reason": "x" }),
    )
    .is(422)
    .at("portal_id");
    pat.post(
        &settle,
        json!({ "arrived": true, "portal_id": "4711", "reason": "uploaded" }),
    )
    .is(200);
    let proof = pat.get(&format!("{at}/proof")).is(200);
    assert_eq!(proof.json["broken"], json!([]));
    assert_eq!(proof.json["attempts"].as_array().map(Vec::len), Some(1));
    // Cut, accepted in part, the rest appealed.
    desk.cut("R-1", "2", "200.00");
    let cut = pat.get(&format!("{at}/reductions")).is(200);
    assert_eq!(
        cut.text("/reductions/0/words"),
        "Block billing: <b>not</b> paid"
    );
    let reduction = cut.text("/reductions/0/id");
    let accept = format!("{at}/reductions/accept");
    let part = json!({ "reduction": reduction, "amount": "80", "reason": "half an hour" });
    pat.post(&accept, part.clone()).is(403);
    ren.post(&accept, json!({ "reduction": "nothing", "reason": "x" }))
        .is(422)
        .at("reduction");
    let did = ren.post(&accept, part).is(200);
    assert_eq!(
        (did.text("/amount"), &did.json["accepted"]),
        ("80".to_owned(), &json!(true))
    );
    let appeal = json!({ "reductions": [reduction], "why": "it lasted that long" });
    let appeal = pat.post(&format!("{at}/appeals"), appeal).is(201);
    assert_eq!(appeal.text("/claimed"), "120.00");
    assert_eq!(appeal.text("/deadline/window"), "until");
    let own = format!("/appeals/{}", appeal.text("/id"));
    let due = ren.get("/appeals/due").is(200);
    assert_eq!(due.text("/items/0/appeal"), appeal.text("/id"));
    ren.get("/appeals/calendar.ics")
        .is(200)
        .says("BEGIN:VEVENT");
    pat.post(
        &format!("{own}/decide"),
        json!({ "file": true, "reason": "x" }),
    )
    .is(403);
    ren.post(
        &format!("{own}/decide"),
        json!({ "file": true, "reason": "worth it" }),
    )
    .is(200)
    .says("\"decided\"");
    pat.post(&format!("{own}/filed"), json!({ "number": "D-9" }))
        .is(200)
        .says("\"filed\"");
    pat.post(
        &format!("{own}/outcome"),
        json!({ "outcome": "won", "lines": [{ "line": "2", "amount": "1" }], "reason": "x" }),
    )
    .is(422)
    .at("lines");
    let part = json!({ "outcome": "in-part", "lines": [{ "line": "2", "amount": "100.00" }], "reason": "mail" });
    pat.post(&format!("{own}/outcome"), part)
        .is(200)
        .says("\"partly won\"");
    assert_eq!(pat.get(&own).is(200).text("/recovered"), "100.00");
    pat.get("/appeals/0123abcd")
        .is(404)
        .says("o appeal 0123abcd");
    // What is owed, and what happened: numbers and hashes, no words.
    let owed = pat.all("/receivables", 5);
    assert_eq!(owed[0]["open"], "970.00");
    pat.get(&format!("{at}/payments")).is(200);
    let events = pat.all(&format!("{at}/events"), 4);
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event["event"], n + 1);
    }
    let text = serde_json::to_string(&events).expect("text");
    for words in [
        "worth it",
        "which survey",
        "agreed with",
        "telephone",
        "Brandt",
    ] {
        assert!(!text.contains(words), "{words}");
    }
    let withdrawn = pat.file("/invoices", &invoice("R-2", "C1")).is(200);
    let other = format!("/invoices/{}", withdrawn.text("/invoices/0/invoice/id"));
    pat.post(&format!("{other}/withdraw"), json!({ "reason": " " }))
        .is(409)
        .says("reason is needed");
    pat.post(
        &format!("{other}/withdraw"),
        json!({ "reason": "billed twice" }),
    )
    .is(200)
    .says("\"withdrawn\"");
    desk.firm.sound();
}

fn what_cannot_be_read_is_said_with_its_place(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let taken = pat.file("/invoices", &invoice("R-1", "C1")).is(200);
    let at = format!("/invoices/{}", taken.text("/invoices/0/invoice/id"));
    pat.get("/invoices?limit=0").is(400).at("limit");
    pat.get("/invoices?limit=many").is(400).at("limit");
    pat.get("/invoices?state=gone")
        .is(400)
        .at("state")
        .says("in review");
    pat.get("/invoices?order=best")
        .is(400)
        .at("order")
        .says("newest");
    pat.get("/invoices?at_risk=1e3").is(400).at("at_risk");
    pat.get("/invoices?cursor=%21").is(400).at("cursor");
    pat.get("/invoices?colour=red")
        .is(400)
        .at("colour")
        .says("older_than_days");
    pat.get("/me?colour=red").is(400).says("it has none");
    let send = |pat: &mut Program, kind: &str, body: &str| {
        let request = pat.request(Method::POST, &format!("{at}/write-downs"));
        pat.send(
            request
                .header("content-type", kind.to_owned())
                .body(body.to_owned()),
        )
    };
    let json = "application/json";
    send(&mut pat, json, "").is(400);
    send(&mut pat, json, "{\"line_item\": }")
        .is(400)
        .at("line 1, column 15");
    send(&mut pat, json, "[]").is(400);
    send(&mut pat, json, "{\"line_item\": 1}")
        .is(400)
        .at("line_item");
    send(&mut pat, json, "{\"line_item\": \"1\", \"amount\": 30.0}")
        .is(400)
        .at("amount");
    send(
        &mut pat,
        json,
        "{\"line_item\": \"1\", \"colour\": \"red\"}",
    )
    .is(400)
    .says("unknown field `colour`");
    send(&mut pat, json, "{\"line_item\": \"1\\u0000\"}")
        .is(400)
        .at("line_item")
        .says("U+0000");
    send(&mut pat, json, "{\"line_item\": \"\\ud800\"}").is(400);
    let deep = "[".repeat(100_000);
    send(&mut pat, json, &deep).is(400);
    send(&mut pat, "text/plain", "{}")
        .is(415)
        .says("application/json");
    send(&mut pat, "application/json; charset=utf-8", "{}")
        .is(400)
        .says("line_item");
    let both = "{\"line_item\": \"1\", \"amount\": \"1\", \"hours\": \"1\", \"code\": \"x\", \"reason\": \"x\"}";
    send(&mut pat, json, both).is(422).at("hours");
    send(
        &mut pat,
        json,
        &format!("{{\"reason\": \"{}\"}}", "x".repeat(300 << 10)),
    )
    .is(413)
    .says("256 kB");
    let form = pat.request(Method::POST, "/invoices").form(&[("a", "b")]);
    pat.send(form).is(415).says("application/octet-stream");
    let body = pat.request(Method::GET, "/me").body("x");
    pat.send(body).is(413);
    // What there is not, what is called otherwise, and who is nobody.
    pat.get("/nothing").is(404);
    pat.get("/invoices/0123").is(404);
    let said = pat.delete("/invoices").is(405);
    let allowed = said.got.headers["allow"].to_str().expect("text");
    assert!(
        allowed.contains("GET") && allowed.contains("POST"),
        "{allowed}"
    );
    for token in ["cb-0123", "x", ""] {
        let said = Program::with(&server, token).get("/me").is(401);
        let how = said.got.headers["www-authenticate"].to_str().expect("text");
        assert!(how.starts_with("Bearer"), "{how}");
    }
    let mut nobody = Program::with(&server, "");
    let basic = nobody
        .request(Method::GET, "/me")
        .header("authorization", "Basic YTpi");
    nobody.send(basic).is(401);
    // Whoever guesses waits.
    let mut guest = Guest::at(&server);
    let mut turned = 0;
    for _ in 0..1500 {
        let guess = guest
            .request(Method::GET, "/api/v1/me")
            .bearer_auth("cb-0123");
        if guest.send(guess).status == 429 {
            turned += 1;
            break;
        }
    }
    assert_eq!(turned, 1, "nobody stopped who guessed");
    pat.get("/me").is(200);
}

fn a_call_made_twice_is_done_once(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let mut ren = Program::of(&server, &desk.firm, "ren");
    let taken = pat.file("/invoices", &invoice("R-1", "C1")).is(200);
    let at = format!(
        "/invoices/{}/comments",
        taken.text("/invoices/0/invoice/id")
    );
    let body = json!({ "line_item": "1", "text": "agreed" });
    let first = pat.keyed(&at, "key-1", &body).is(200);
    assert!(!first.got.headers.contains_key("idempotency-replayed"));
    let again = pat.keyed(&at, "key-1", &body).is(200);
    assert_eq!(again.got.headers["idempotency-replayed"], "true");
    assert_eq!(first.got.text, again.got.text);
    assert_eq!(again.got.headers["content-type"], "application/json");
    // Without a key it is done again, and refused as the comment is there.
    pat.post(&at, body.clone())
        .is(409)
        .says("says that already");
    // The key is of this person and this call.
    let other = json!({ "line_item": "2", "text": "agreed" });
    pat.keyed(&at, "key-1", &other)
        .is(422)
        .at("Idempotency-Key");
    let elsewhere = at.replace("comments", "withdraw");
    pat.keyed(&elsewhere, "key-1", &json!({ "reason": "x" }))
        .is(422);
    let theirs = ren.keyed(&at, "key-1", &body).is(409);
    assert!(!theirs.got.headers.contains_key("idempotency-replayed"));
    // What was refused is refused alike.
    let none = json!({ "line_item": "9", "text": "agreed" });
    let first = pat.keyed(&at, "key-2", &none).is(409);
    let again = pat.keyed(&at, "key-2", &none).is(409);
    assert_eq!(first.got.text, again.got.text);
    assert_eq!(again.got.headers["idempotency-replayed"], "true");
    pat.keyed(&at, "a b", &body).is(400).at("Idempotency-Key");
    // The answer lies sealed; the key and what was asked as hashes.
    let (raw, kept) = wait(async {
        let store = desk.firm.store().await;
        let mut tx = store.db.read().await.expect("a transaction");
        let id = cleanbill::store::sha256("pat\u{1f}key-1".as_bytes());
        let row = tx.repeat(&id).await.expect("read").expect("a row");
        let kept = store.unseal(&row.answer).expect("ours");
        drop(tx);
        store.db.close().await;
        (row.answer, String::from_utf8(kept).expect("text"))
    });
    assert!(kept.contains("preparer") && !raw.contains("preparer"));
    // While it is worked on, a second one waits.
    wait(async {
        let store = desk.firm.store().await;
        let mut tx = store.db.write().await.expect("a transaction");
        let row = cleanbill::store::RepeatRow {
            id: cleanbill::store::sha256("pat\u{1f}key-3".as_bytes()),
            request: String::new(),
            until_ms: i64::MAX,
            ..Default::default()
        };
        tx.begin_repeat(&row).await.expect("written");
        tx.commit().await.expect("done");
        store.db.close().await;
    });
    pat.keyed(&at, "key-3", &body).is(422).at("Idempotency-Key");
    let same = wait(async {
        let store = desk.firm.store().await;
        let mut tx = store.db.write().await.expect("a transaction");
        // As if the first answer were not there yet.
        let id = cleanbill::store::sha256("pat\u{1f}key-1".as_bytes());
        let mut row = tx.repeat(&id).await.expect("read").expect("a row");
        let before = row.clone();
        row.status = None;
        row.answer = String::new();
        tx.end_repeat(&row).await.expect("written");
        tx.commit().await.expect("done");
        store.db.close().await;
        before
    });
    let waits = pat.keyed(&at, "key-1", &body).is(409).says("worked on");
    assert_eq!(waits.got.headers["retry-after"], "1");
    // After a day it is forgotten, and the call is made anew.
    wait(async {
        let store = desk.firm.store().await;
        let mut tx = store.db.write().await.expect("a transaction");
        let row = cleanbill::store::RepeatRow {
            until_ms: 1,
            ..same
        };
        tx.end_repeat(&row).await.expect("written");
        tx.commit().await.expect("done");
        store.db.close().await;
    });
    let anew = pat.keyed(&at, "key-1", &body).is(409);
    assert!(!anew.got.headers.contains_key("idempotency-replayed"));
    // Many at once: done once.
    let file = invoice("R-7", "C1");
    let statuses: Vec<(u16, bool)> = std::thread::scope(|scope| {
        let each: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut pat = Program::of(&server, &desk.firm, "pat");
                    let request = pat.request(Method::POST, "/invoices");
                    let request = request.header("content-type", "text/plain");
                    let request = request
                        .header("idempotency-key", "key-7")
                        .body(file.clone());
                    let said = pat.send(request);
                    let replayed = said.got.headers.contains_key("idempotency-replayed");
                    (said.got.status.as_u16(), replayed)
                })
            })
            .collect();
        each.into_iter().map(|t| t.join().expect("done")).collect()
    });
    let done = statuses.iter().filter(|s| **s == (200, false)).count();
    assert_eq!(done, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|(s, _)| [200, 409].contains(s)),
        "{statuses:?}"
    );
    desk.firm.sound();
}

fn pages_stay_while_rows_come_in(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    for n in 0..7 {
        pat.file("/invoices", &invoice(&format!("P-{n}"), "C1"))
            .is(200);
    }
    let ids = |rows: &[Value]| -> Vec<String> {
        let each = rows
            .iter()
            .map(|r| r["id"].as_str().expect("an id").to_owned());
        each.collect()
    };
    for order in ["taken", "newest", "changed"] {
        let before = ids(&pat.all(&format!("/invoices?order={order}"), 200));
        let mut read = Vec::new();
        let mut next: Option<String> = None;
        let mut came = 0;
        loop {
            let cursor = next.map_or_else(String::new, |n| format!("&cursor={n}"));
            let page = pat
                .get(&format!("/invoices?order={order}&limit=2{cursor}"))
                .is(200);
            read.extend(ids(page.json["items"].as_array().expect("items")));
            // Another comes in between.
            if came < 3 {
                came += 1;
                pat.file("/invoices", &invoice(&format!("{order}-{came}"), "C1"))
                    .is(200);
            }
            match page.json["next"].as_str() {
                Some(place) => next = Some(place.to_owned()),
                None => break,
            }
        }
        let once: BTreeSet<&String> = read.iter().collect();
        assert_eq!(once.len(), read.len(), "{order}: one came twice");
        assert!(
            before.iter().all(|id| read.contains(id)),
            "{order}: one is missing"
        );
        if order != "newest" {
            assert_eq!(read.len(), before.len() + came, "{order}");
        }
    }
    // Who follows changes sees again what changed meanwhile, and misses nothing.
    let all = ids(&pat.all("/invoices?order=changed", 200));
    let first = pat.get("/invoices?order=changed&limit=4").is(200);
    pat.post(
        &format!("/invoices/{}/withdraw", all[1]),
        json!({ "reason": "twice" }),
    )
    .is(200);
    let rest = pat
        .get(&format!(
            "/invoices?order=changed&limit=200&cursor={}",
            first.text("/next")
        ))
        .is(200);
    let rest = ids(rest.json["items"].as_array().expect("items"));
    assert_eq!(rest.last(), Some(&all[1]));
    assert_eq!(rest.len(), all.len() - 4 + 1);
    let only = pat.all("/invoices?state=withdrawn&client=C1&number=P-1", 5);
    assert!(only.len() <= 1);
    assert!(pat.all("/invoices?client=C2", 5).is_empty());
}

fn tokens_come_and_go(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let mut root = Program::of(&server, &desk.firm, "root");
    let new = json!({ "label": "more", "days": 3, "scope": "write" });
    pat.post("/tokens", new)
        .is(409)
        .says("oken makes no other tokens");
    let night = json!({ "person": "nyx", "label": "server", "days": 3, "scope": "read" });
    pat.post("/tokens", night.clone()).is(409);
    let made = root.post("/tokens", night.clone()).is(201).text("/token");
    root.post("/tokens", night).is(409).says("has a token");
    root.post(
        "/tokens",
        json!({ "person": "nyx", "label": "x", "days": 9999, "scope": "read" }),
    )
    .is(422)
    .at("days")
    .says("366");
    let mut nyx = Program::with(&server, &made);
    assert_eq!(nyx.get("/me").is(200).text("/scope"), "read");
    let all = nyx.get("/tokens").is(200);
    assert_eq!(all.json["items"].as_array().map(Vec::len), Some(2));
    assert!(!all.got.text.contains(&made));
    nyx.file("/invoices", &invoice("R-1", "C1"))
        .is(403)
        .says("scope read");
    nyx.file("/check", &invoice("R-1", "C1")).is(200);
    root.delete("/tokens/nothing?person=nyx").is(404);
    root.delete("/tokens/server?person=nyx").is(204);
    nyx.get("/me").is(401);
    // Everything of somebody who goes ends at once.
    let mut looking = Program::with(&server, &reader(&desk.firm, "ren"));
    looking.get("/me").is(200);
    desk.firm
        .call("root", &["user", "deactivate", "ren"])
        .well();
    looking.get("/me").is(401);
    desk.firm.sound();
}

fn what_is_no_text_names_nothing(firm: Firm) {
    let desk = Desk::new(firm);
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    let odd = "Draft <script>alert(1)</script> \u{202e}gpj.exe \u{1f4a5} O\u{308}";
    let text = invoice("O-1", "C1").replace("Draft motion to compel production of the survey", odd);
    let taken = pat
        .file("/invoices?name=..%2F..%2Fetc%2Fpasswd", &text)
        .is(200);
    let id = taken.text("/invoices/0/invoice/id");
    let lines = pat.all(&format!("/invoices/{id}/lines"), 10);
    assert_eq!(lines[0]["narrative"], odd.trim());
    let got = pat.get(&format!("/invoices/{id}/lines")).is(200).got;
    assert_eq!(got.headers["x-content-type-options"], "nosniff");
    assert_eq!(got.headers["cache-control"], "no-store");
    for path in [
        "/invoices/%00",
        "/invoices/%ff",
        "/invoices/..%2f..%2fetc",
        "/invoices/a%2fb",
        "/appeals/%00",
        "/reports/%00",
        "/invoices/%F0%9F%92%A5/file",
    ] {
        pat.get(path).is(404);
    }
    pat.delete("/tokens/%00").is(404);
    for path in [
        "/invoices?client=%00",
        "/reports/rejections?client=%00",
        "/payments?client=%00",
    ] {
        pat.get(path).is(400).at("client");
    }
    // A key that is no key, and texts at the edge of what a database takes.
    let path = format!("/invoices/{id}/comments");
    pat.post(
        &path,
        json!({ "line_item": "1", "text": "\u{ffff}\u{1}\u{7f}" }),
    )
    .is(200);
    let shown = pat.get(&format!("/invoices/{id}")).is(200);
    assert_eq!(shown.text("/comments/0/text"), "\u{ffff}\u{1}\u{7f}");
    // No word of it stands in the log.
    let log = std::fs::read_to_string(desk.firm.path("server.log")).expect("a log");
    for words in ["script", "O-1", &id] {
        assert!(!log.contains(words), "{words} is in the log");
    }
    let mut guest = Guest::at(&server);
    guest.get("/api/v1/%ff").is(404);
    guest.get("/api/").is(404);
}

fn reports_and_lists_are_there(firm: Firm) {
    let desk = Desk::new(firm);
    let _id = desk.arrived("R-1", "C1");
    desk.cut("R-1", "2", "200.00");
    let server = Server::of(&desk.firm);
    let mut odd = Program::of(&server, &desk.firm, "odd");
    let all = odd.get("/reports").is(200);
    let names = all.json["items"].as_array().expect("items").clone();
    assert!(names.len() >= 10);
    for one in &names {
        let name = one["name"].as_str().expect("a name");
        let shown = odd.get(&format!("/reports/{name}?invoices=true")).is(200);
        assert_eq!(shown.text("/name"), name);
    }
    // The same figures as the command's.
    let shown = odd
        .get("/reports/reductions?by=reason&invoices=true")
        .is(200);
    let said = desk
        .firm
        .call(
            "odd",
            &["report", "reductions", "--by", "reason", "--format", "json"],
        )
        .well();
    let said: Value = serde_json::from_str(&said).expect("JSON");
    let theirs = &said["reports"][0];
    assert_eq!(
        shown.json["totals"][0]["cells"]["cut"],
        theirs["totals"][0]["cells"]["cut"]
    );
    assert_eq!(shown.json["rows"][0]["key"], theirs["rows"][0]["key"]);
    assert_eq!(shown.json["rows"][0]["invoices"][0]["number"], "R-1");
    odd.get("/reports/reductions?by=weather")
        .is(400)
        .at("by")
        .says("reason");
    odd.get("/reports/at-risk?by=client")
        .is(400)
        .at("by")
        .says("rows of its own");
    odd.get("/reports/reductions?from=2026-02-30")
        .is(400)
        .at("from");
    odd.get("/reports/reductions?from=2026-05-01&to=2026-04-01")
        .is(400)
        .at("from");
    odd.get("/reports/reduction").is(404).says("reductions");
    odd.get("/reductions?all=true").is(200).says("R-1");
    odd.get("/reductions?client=C2").is(200);
    odd.get("/rejections").is(200);
    odd.get("/payments").is(200);
    odd.get("/readiness?missing=true").is(200);
    odd.get("/submissions").is(200).says("hand");
    // The document is there for whoever comes, and is the one in the repository.
    let mut guest = Guest::at(&server);
    let got = guest.get("/api/v1/openapi.json").is(200);
    let made: Value = serde_json::from_str(&got.text).expect("JSON");
    assert_eq!(made, cleanbill::web::document());
    assert_eq!(made["openapi"], "3.1.0");
}

/// What a dead process left does not stop a call for ever.
#[test]
fn a_call_that_was_cut_off_may_be_made_again() {
    let desk = Desk::new(Firm::on(Backend::Sqlite).expect("SQLite"));
    let server = Server::of(&desk.firm);
    let mut pat = Program::of(&server, &desk.firm, "pat");
    wait(async {
        let store = desk.firm.store().await;
        let mut tx = store.db.write().await.expect("a transaction");
        let row = cleanbill::store::RepeatRow {
            id: cleanbill::store::sha256("pat\u{1f}key-1".as_bytes()),
            request: "of another".to_owned(),
            until_ms: 1,
            ..Default::default()
        };
        tx.begin_repeat(&row).await.expect("written");
        tx.commit().await.expect("done");
        store.db.close().await;
    });
    std::thread::sleep(Duration::from_millis(5));
    let request = pat
        .request(Method::POST, "/invoices")
        .header("content-type", "text/plain");
    let request = request
        .header("idempotency-key", "key-1")
        .body(invoice("R-1", "C1"));
    pat.send(request).is(200);
}
