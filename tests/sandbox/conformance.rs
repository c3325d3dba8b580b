//! Cases C01 to C30 of the LEDES API's conformance server. The table is printed: `--nocapture`.

use crate::{Firm, about, client, files, ledes_api, said, started};
use cleanbill::sandbox::{Fault, Operation, Running, Verdict, What};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::str::FromStr;

/// What a case found.
type Found = (&'static str, String);

/// Steps of a review, in seconds of the sandbox's clock.
const STEP: u64 = 60;

fn decided(outcome: &str) -> String {
    ledes_api(&format!("outcomes = {{ {outcome} = 1 }}"))
}

fn errors(answer: &Value) -> Vec<String> {
    let list = answer["errors"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|e| e["error"].as_str().unwrap_or("").to_owned())
        .collect()
}

fn money(value: &Value) -> Decimal {
    Decimal::from_str(value.as_str().expect("a decimal string")).expect("an amount")
}

fn sum(list: &Value, field: &str) -> Decimal {
    let list = list.as_array().expect("a list");
    list.iter().map(|item| money(&item[field])).sum()
}

/// Sends an invoice, lets it go through its review, and asks.
async fn reviewed(running: &Running, firm: &Firm, steps: u64) -> Value {
    let (status, receipt) = firm.send("INV-1").await;
    assert_eq!(status, 201, "{receipt}");
    running.advance(steps * STEP);
    let id = receipt["invoiceid"].as_str().expect("an id");
    let (status, answer) = firm.get(id).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn c01_to_c03(table: &mut Vec<Found>) {
    let running = started(&ledes_api("ledes_api = { async_over_bytes = 4000, formats = [\"LEDES98B\", \"LEDES98BIV2\", \"LEDES2000\", \"LEDESXML21\"] }")).await;
    let firm = Firm::of(&running).await;
    let (status, answer) = firm.send("INV-1").await;
    assert_eq!(
        (status, &answer["invoice_status"]),
        (201, &json!("RECEIVED"))
    );
    assert!(answer["invoiceid"].is_string() && answer["received_time"].is_string());
    table.push(("C01", "201 RECEIVED, with an id".into()));

    let large = files::with("INV-2", "98-7654321", "BW-1", "1270.00", 40);
    let (status, answer) = firm.post(&about("LEDES98B"), large.as_bytes()).await;
    assert_eq!(status, 202);
    running.advance(STEP);
    let id = answer["invoiceid"].as_str().expect("an id");
    let (_, later) = firm.get(id).await;
    assert_eq!(later["invoice_status"], "DELIVERED_TO_CLIENT");
    table.push(("C02", "202, later DELIVERED_TO_CLIENT".into()));

    let other = Firm::new(client(), &running, "other", "s2").await;
    let mut seen = Vec::new();
    for (format, file) in [
        ("LEDES98B", "1998b--fees-and-expenses.txt"),
        ("LEDES98BI", "1998b--fees-and-expenses.txt"),
        ("LEDES98BIV2", "1998bi-v2--vat.txt"),
        ("LEDES2000", "2000--fees-and-expenses.xml"),
        ("LEDESXML20", "xml-2.0--no-tax.xml"),
        ("LEDESXML21", "xml-2.1--no-tax.xml"),
    ] {
        let (status, answer) = other.post(&about(format), &files::fixture(file)).await;
        assert!(matches!(status, 201 | 415 | 202), "{format}: {answer}");
        seen.push(format!("{format} {status}"));
    }
    assert!(seen.iter().any(|s| s.ends_with("415")) && seen.iter().any(|s| s.ends_with("201")));
    table.push(("C03", seen.join(", ")));
}

async fn c04_to_c07(table: &mut Vec<Found>) {
    let running = started(&ledes_api("duplicates = \"take\"")).await;
    let firm = Firm::of(&running).await;
    let file = files::pipe("INV-1");
    for name in [
        "ledes_format",
        "encrypted",
        "ledes_filename",
        "ledes_file_media_type",
        "invoice_type",
    ] {
        let mut about = about("LEDES98B");
        about.as_object_mut().expect("an object").remove(name);
        let (status, answer) = firm.post(&about, file.as_bytes()).await;
        assert_eq!(status, 400);
        assert_eq!(errors(&answer), [format!("Missing {name}")]);
    }
    table.push(("C04", "five times 400, each with its field".into()));

    let (_, receipt) = firm.send("INV-1").await;
    let id = receipt["invoiceid"].as_str().expect("an id").to_owned();
    for kind in ["APPEAL", "RESUBMIT", "REPLACEMENT"] {
        let mut about = about("LEDES98B");
        about["invoice_type"] = json!(kind);
        let (status, answer) = firm.post(&about, file.as_bytes()).await;
        assert_eq!(status, 400, "{kind}: {answer}");
        about["related_invoice_id"] = json!("123");
        assert_eq!(firm.post(&about, file.as_bytes()).await.0, 400);
    }
    table.push(("C05", "400 without an id, and with an unknown one".into()));

    let mut resubmit = about("LEDES98B");
    resubmit["invoice_type"] = json!("RESUBMIT");
    resubmit["related_invoice_id"] = json!(id);
    assert_eq!(firm.post(&resubmit, file.as_bytes()).await.0, 201);
    resubmit["related_invoice_id"] = json!(id.parse::<u64>().expect("digits"));
    assert_eq!(firm.post(&resubmit, file.as_bytes()).await.0, 201);
    table.push(("C06", "201 as text and as number".into()));

    let mut wrong = about("LEDES98B");
    wrong["invoice_type"] = json!("LEDES99B");
    let (status, answer) = firm.post(&wrong, file.as_bytes()).await;
    assert_eq!(status, 400);
    assert_eq!(errors(&answer), ["Invalid invoice_type : LEDES99B"]);
    table.push(("C07", "400 Invalid invoice_type : LEDES99B".into()));
}

async fn c08_and_c09(table: &mut Vec<Found>) {
    let running = started(&ledes_api("token_seconds = 600")).await;
    let mut firm = Firm::of(&running).await;
    let url = format!("{}/invoices/1", firm.base);
    let bare = firm.http.get(&url).send().await.expect("an answer");
    assert_eq!(bare.status(), 401);
    assert!(bare.headers().contains_key("www-authenticate"));
    assert_eq!(firm.get("1").await.0, 404);
    running.advance(601);
    assert_eq!(firm.get("1").await.0, 401);
    firm = Firm::new(client(), &running, "away", "s3").await;
    assert_eq!(firm.send("INV-1").await.0, 403);
    firm = Firm::new(client(), &running, "mute", "s4").await;
    assert_eq!(firm.send("INV-1").await.0, 403);
    table.push(("C08", "401 missing, 401 expired, 403 other tenant".into()));

    firm = Firm::of(&running).await;
    let file = files::with("INV-9", "11-1111111", "BW-1", "1270.00", 0);
    let (status, _) = firm.post(&about("LEDES98B"), file.as_bytes()).await;
    assert_eq!(status, 403);
    let taken = running
        .ledger("p")
        .iter()
        .any(|r| r.verdict == Verdict::Accepted);
    assert!(!taken, "no record is made");
    table.push(("C09", "403, nothing kept".into()));
}

async fn c10_to_c13(table: &mut Vec<Found>) {
    let running = started(&ledes_api("ledes_api = { file_name_limit = 20 }")).await;
    let firm = Firm::of(&running).await;
    let file = files::pipe("INV-1");
    for name in [
        "folder/INV-1.txt",
        "C:\\out\\INV-1.txt",
        "a-name-of-more-than-twenty.txt",
    ] {
        let mut about = about("LEDES98B");
        about["ledes_filename"] = json!(name);
        assert_eq!(firm.post(&about, file.as_bytes()).await.0, 400, "{name}");
    }
    table.push(("C10", "400 for /, \\ and too long".into()));

    let mut as_xml = about("LEDES98B");
    as_xml["ledes_file_media_type"] = json!("application/xml");
    assert_eq!(firm.post(&as_xml, file.as_bytes()).await.0, 400);
    let answer = firm
        .try_post(&about("LEDES98B"), file.as_bytes(), "application/xml")
        .await;
    assert_eq!(answer.expect("an answer").status(), 400);
    assert_eq!(firm.post(&about("LEDES98BI"), file.as_bytes()).await.0, 400);
    table.push(("C11", "400 for media type, part type and format".into()));

    let mut encrypted = about("LEDES98B");
    encrypted["encrypted"] = json!(true);
    assert_eq!(firm.post(&encrypted, file.as_bytes()).await.0, 400);
    table.push(("C12", "400".into()));

    let (_, receipt) = firm.send("INV-1").await;
    let id = receipt["invoiceid"].as_str().expect("an id");
    let other = Firm::new(client(), &running, "other", "s2").await;
    assert_eq!(firm.get("no-such-id").await.0, 404);
    assert_eq!((firm.get(id).await.0, other.get(id).await.0), (200, 404));
    table.push(("C13", "404 unknown, 404 another vendor's".into()));
}

async fn c14_to_c16(table: &mut Vec<Found>) {
    let running = started(&decided("approved")).await;
    let firm = Firm::of(&running).await;
    let (_, receipt) = firm.send("INV-1").await;
    let id = receipt["invoiceid"].as_str().expect("an id");
    let mut seen = Vec::new();
    let mut before = String::new();
    for step in 0..6 {
        if step > 0 {
            running.advance(STEP);
        }
        let (_, answer) = firm.get(id).await;
        let at = answer["invoice_status_time"]
            .as_str()
            .expect("a time")
            .to_owned();
        assert!(at > before, "{at} is after {before}");
        before = at;
        seen.push(
            answer["invoice_status"]
                .as_str()
                .expect("a status")
                .to_owned(),
        );
        assert_eq!(money(&answer["original_total"]), Decimal::from(1270));
    }
    let way = [
        "RECEIVED",
        "DELIVERED_TO_CLIENT",
        "PENDING_CLIENT",
        "APPROVED",
        "SENT_TO_AP",
        "PAID",
    ];
    assert_eq!(seen, way);
    table.push(("C14", seen.join(" > ")));

    let (status, receipt) = firm
        .post(&about("LEDES98B"), b"LEDES1998B[]\r\nno columns")
        .await;
    assert_eq!(status, 201);
    running.advance(STEP);
    let (_, answer) = firm
        .get(receipt["invoiceid"].as_str().expect("an id"))
        .await;
    assert_eq!(answer["invoice_status"], "FILE_ERROR");
    assert!(answer.get("original_total").is_none() && answer.get("approved_total").is_none());
    assert_eq!(answer["invoice_errors"][0]["error_type"], "FILE_STRUCTURE");
    table.push(("C15", "FILE_ERROR without totals".into()));

    let running = started(&decided("rejected-three")).await;
    let firm = Firm::of(&running).await;
    let answer = reviewed(&running, &firm, 3).await;
    assert_eq!(answer["invoice_status"], "REJECTED");
    assert_eq!(
        answer["rejection_note"],
        "Too many billing guideline violations"
    );
    let list = answer["invoice_errors"].as_array().expect("a list");
    let lines: Vec<_> = list
        .iter()
        .map(|e| e["line_item"]["line_item_ref"].clone())
        .collect();
    assert_eq!(lines, [json!("1"), json!("2"), json!("3")]);
    table.push(("C16", "a note and three errors, lines 1, 2, 3".into()));
}

async fn c17_to_c21(table: &mut Vec<Found>) {
    let ask = async |outcome: &str| {
        let running = started(&decided(outcome)).await;
        let firm = Firm::of(&running).await;
        reviewed(&running, &firm, 5).await
    };
    let gap = |a: &Value| money(&a["original_total"]) - money(&a["approved_total"]);
    let answer = ask("reduced").await;
    let cut = sum(&answer["adjustments"], "adjustment_amount");
    assert!(cut > Decimal::ZERO && cut == gap(&answer));
    let wrong = ask("reduced-wrong-sum").await;
    assert_ne!(sum(&wrong["adjustments"], "adjustment_amount"), gap(&wrong));
    table.push((
        "C17",
        format!("{cut} cut; and a portal whose sums disagree"),
    ));

    let answer = ask("reduced-unmatched").await;
    let line = &answer["adjustments"][0]["original_line_item"];
    assert_eq!(line["line_item_ref"], "-9999");
    for name in ["line_item_date", "line_item_total", "line_item_description"] {
        assert!(line[name].as_str().is_some_and(|t| !t.is_empty()), "{line}");
    }
    table.push((
        "C18",
        format!(
            "-9999 with date {} and amount {}",
            line["line_item_date"], line["line_item_total"]
        ),
    ));

    let answer = ask("reduced-whole").await;
    let adjustment = &answer["adjustments"][0];
    assert_eq!(adjustment["adjustment_type"], "INVOICE_LEVEL_ADJUSTMENT");
    assert!(adjustment.get("original_line_item").is_none());
    table.push(("C19", "an adjustment without line".into()));

    let answer = ask("paid-twice").await;
    assert_eq!(answer["payments"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        sum(&answer["payments"], "payment_amount"),
        money(&answer["approved_total"])
    );
    table.push(("C20", "two payments, their sum is what was approved".into()));

    let answer = ask("paid-wrong").await;
    assert_ne!(
        sum(&answer["payments"], "payment_amount"),
        money(&answer["approved_total"])
    );
    table.push(("C21", "paid and approved differ".into()));
}

async fn c22(table: &mut Vec<Found>) {
    let camel_about = json!({
        "ledesFormat": "LEDES98B", "encrypted": false, "ledesFilename": "INV-1", "ledesFileMediaType": "text/plain",
        "invoiceType": "Invoice",
    });
    let mut compared = 0;
    for outcome in [
        "approved",
        "reduced",
        "reduced-unmatched",
        "reduced-whole",
        "rejected-three",
        "paid-twice",
    ] {
        let settings = format!("outcomes = {{ {outcome} = 1 }}");
        let running = started(&ledes_api(&format!(
            "{settings}\nledes_api = {{ names = \"camel\" }}"
        )))
        .await;
        let firm = Firm::of(&running).await;
        assert_eq!(
            firm.send("INV-0").await.0,
            400,
            "the other spelling is not taken"
        );
        let (status, receipt) = firm
            .post(&camel_about, files::pipe("INV-1").as_bytes())
            .await;
        assert_eq!(status, 201, "{receipt}");
        assert!(receipt["receivedDateTime"].is_string());
        let twin = started(&ledes_api(&settings)).await;
        let other = Firm::of(&twin).await;
        running.advance(5 * STEP);
        let (_, camel) = firm
            .get(receipt["invoiceID"].as_str().expect("an id"))
            .await;
        let snake = reviewed(&twin, &other, 5).await;
        let plain = |v: &Value| v.as_str().unwrap_or("").replace('_', "").to_lowercase();
        assert_eq!(
            plain(&camel["invoiceStatus"]),
            plain(&snake["invoice_status"])
        );
        assert_eq!(camel["approvedTotal"], snake["approved_total"]);
        for (new, old) in [
            ("invoiceAdjustments", "adjustments"),
            ("invoicePayment", "payments"),
            ("invoiceErrors", "invoice_errors"),
        ] {
            let count = |v: &Value| v.as_array().map(Vec::len);
            assert!(count(&camel[new]).is_some());
            assert_eq!(count(&camel[new]), count(&snake[old]));
        }
        compared += 1;
    }
    table.push((
        "C22",
        format!("{compared} outcomes the same under both spellings"),
    ));
}

async fn c23_and_c24(table: &mut Vec<Found>) {
    let running = started(&decided("strange")).await;
    let firm = Firm::of(&running).await;
    let answer = reviewed(&running, &firm, 2).await;
    assert_eq!(answer["invoice_status"], "ESCALATED_TO_PANEL");
    assert!(answer["workflow"].is_object());
    table.push(("C23", "a status and fields of no list".into()));

    let running = started(&decided("odd-times")).await;
    let firm = Firm::of(&running).await;
    let (_, receipt) = firm.send("INV-1").await;
    let id = receipt["invoiceid"].as_str().expect("an id");
    let mut ends = Vec::new();
    for _ in 0..3 {
        let (_, answer) = firm.get(id).await;
        let at = answer["invoice_status_time"]
            .as_str()
            .expect("a time")
            .to_owned();
        chrono::DateTime::parse_from_rfc3339(&at).expect("a time");
        ends.push(at.get(19..).expect("an offset").to_owned());
        running.advance(STEP);
    }
    assert_eq!(ends, ["Z", "+02:00", "-04:00"]);
    let running = started(&decided("bad-time")).await;
    let firm = Firm::of(&running).await;
    let answer = reviewed(&running, &firm, 3).await;
    let at = answer["invoice_status_time"].as_str().expect("a time");
    assert!(at.contains("-14-") && chrono::DateTime::parse_from_rfc3339(at).is_err());
    table.push(("C24", "Z, +02:00, -04:00, and a month 14".into()));
}

async fn c25_and_c26(table: &mut Vec<Found>) {
    let running = started(&ledes_api("")).await;
    let firm = Firm::of(&running).await;
    assert!(running.fault("p", Fault::new(What::Error500, Operation::Submit).times(1)));
    assert_eq!(
        (firm.send("INV-1").await.0, firm.send("INV-1").await.0),
        (500, 201)
    );
    assert!(
        running.fault(
            "p",
            Fault::new(What::Busy, Operation::Submit)
                .times(1)
                .retry_after(2)
        )
    );
    let file = files::pipe("INV-2");
    let busy = firm
        .try_post(&about("LEDES98B"), file.as_bytes(), "text/plain")
        .await;
    let busy = busy.expect("an answer");
    assert_eq!(
        busy.headers()
            .get("retry-after")
            .and_then(|v| v.to_str().ok()),
        Some("2")
    );
    assert_eq!(
        (busy.status().as_u16(), firm.send("INV-2").await.0),
        (429, 201)
    );
    let kept = |number: &str| {
        let rows = running.ledger("p");
        rows.iter()
            .filter(|r| r.number == number && r.verdict == Verdict::Accepted)
            .count()
    };
    assert_eq!((kept("INV-1"), kept("INV-2")), (1, 1));
    table.push((
        "C25",
        "500 then 201, 429 with Retry-After then 201, one record each".into(),
    ));

    for (number, fault, there) in [
        (
            "INV-3",
            Fault::new(What::CutAfterBody, Operation::Submit).times(1),
            0,
        ),
        (
            "INV-4",
            Fault::new(What::CutAfterBody, Operation::Submit)
                .times(1)
                .kept(),
            1,
        ),
        (
            "INV-5",
            Fault::new(What::CutBeforeBody, Operation::Submit).times(1),
            0,
        ),
        (
            "INV-6",
            Fault::new(What::CutAnswer, Operation::Submit).times(1),
            1,
        ),
    ] {
        running.no_faults("p");
        assert!(running.fault("p", fault));
        let file = files::pipe(number);
        let answer = firm
            .try_post(&about("LEDES98B"), file.as_bytes(), "text/plain")
            .await;
        let read = match answer {
            Ok(answer) => answer.bytes().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(read.is_err(), "{number}: no whole answer comes");
        assert_eq!(kept(number), there, "{number}");
    }
    let came = running.requests("p");
    let submits = came
        .iter()
        .filter(|r| r.operation == Operation::Submit)
        .count();
    assert_eq!(submits, 8, "nothing was sent again by itself");
    table.push(("C26", "cut: kept and not kept, nothing sent again".into()));
}

async fn c27_and_c28(table: &mut Vec<Found>) {
    let running = started(&ledes_api("matters = [\"BW-1\"]")).await;
    let firm = Firm::of(&running).await;
    let at = |path: &str| format!("{}/matter/{path}/accruals", firm.base);
    let body = |total: &str| {
        json!({"accrual_currency": "USD", "accrual_net_total": total, "line_items": [{
            "line_item_number": "1", "line_item_type": "F", "line_item_unit_cost": "300.00",
            "line_item_number_of_units": "2.00", "line_item_total": "600.00", "line_item_date": "20260304"}]})
    };
    let put = async |path: &str, body: &Value| {
        let put = firm.http.put(at(path)).bearer_auth(&firm.token).json(body);
        said(put.send().await.expect("an answer")).await
    };
    let get = async || {
        let get = firm.http.get(at("BW-1")).bearer_auth(&firm.token);
        said(get.send().await.expect("an answer")).await
    };
    assert_eq!(put("BW-1", &body("600.00")).await.0, 200);
    assert_eq!(put("BW-1", &body("700.00")).await.0, 200);
    assert_eq!(get().await.1["accruals"]["accrual_net_total"], "700.00");
    let delete = firm.http.delete(at("BW-1")).bearer_auth(&firm.token);
    assert_eq!(delete.send().await.expect("an answer").status(), 200);
    assert_eq!(get().await, (200, json!({"accruals": null})));
    let mut wrong = body("600.00");
    wrong["line_items"][0]["line_item_total"] = Value::Null;
    assert_eq!(put("BW-1", &wrong).await.0, 400);
    table.push(("C27", "put, replaced, deleted, null".into()));

    assert_eq!(put("BW-2", &body("600.00")).await.0, 404);
    assert_eq!(put("law_firm_matter_id/BW-1", &body("600.00")).await.0, 501);
    table.push((
        "C28",
        "404 unknown matter, 501 unsupported discriminator".into(),
    ));
}

async fn c29(table: &mut Vec<Found>) {
    let folder = tempfile::tempdir().expect("a folder");
    let papers = crate::tls::Papers::written(folder.path());
    let tls = papers.settings();
    let running = started(&ledes_api(&format!("tls = {tls}"))).await;
    let bare = papers.client(false);
    let url = format!("{}/invoices/1", running.base("p").expect("the portal"));
    assert!(bare.get(&url).send().await.is_err(), "the handshake fails");
    let firm = Firm::new(papers.client(true), &running, "hv", "s1").await;
    assert_eq!(firm.send("INV-1").await.0, 201);
    table.push((
        "C29",
        "no handshake without a certificate, 201 with it".into(),
    ));
}

async fn c30(table: &mut Vec<Found>) {
    let running = started(&ledes_api("")).await;
    let firm = Firm::of(&running).await;
    assert_eq!(firm.send("INV-1").await.0, 201);
    let (status, answer) = firm.send("INV-1").await;
    assert_eq!(status, 400);
    assert!(errors(&answer)[0].starts_with("An invoice with this number has already been posted"));
    let attempts: Vec<_> = running
        .ledger("p")
        .iter()
        .map(|r| (r.attempt, r.verdict))
        .collect();
    assert_eq!(attempts, [(1, Verdict::Accepted), (2, Verdict::Duplicate)]);
    let running = started(&ledes_api("duplicates = \"take\"")).await;
    let firm = Firm::of(&running).await;
    assert_eq!(
        (firm.send("INV-1").await.0, firm.send("INV-1").await.0),
        (201, 201)
    );
    table.push(("C30", "400 or 201, as configured".into()));
}

#[tokio::test]
async fn cases_c01_to_c30() {
    let mut table = Vec::new();
    c01_to_c03(&mut table).await;
    c04_to_c07(&mut table).await;
    c08_and_c09(&mut table).await;
    c10_to_c13(&mut table).await;
    c14_to_c16(&mut table).await;
    c17_to_c21(&mut table).await;
    c22(&mut table).await;
    c23_and_c24(&mut table).await;
    c25_and_c26(&mut table).await;
    c27_and_c28(&mut table).await;
    c29(&mut table).await;
    c30(&mut table).await;
    println!("LEDES API v1, practice portal and a plain client");
    for (case, found) in &table {
        println!("{case}  pass  {found}");
    }
    let cases: Vec<_> = table.iter().map(|(case, _)| (*case).to_owned()).collect();
    let all: Vec<_> = (1..=30).map(|n| format!("C{n:02}")).collect();
    assert_eq!(cases, all);
}
