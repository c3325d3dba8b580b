//! Cases C01 to C30 of the LEDES API (reference ledes-api.md section 10), our client against the practice portal.
//! The table is printed: `cargo test --test portals cases_c01 -- --nocapture`.

use super::practice::{STEP, by_id, file, firm, invoice, ledes_api, posts, report, started, taken};
use cleanbill::model::{InvoiceType, LedesFormat, Outcome, StatusReport};
use cleanbill::portals::{Asked, Polite, Portal, PortalError};
use cleanbill::sandbox::{Fault, Operation, Running, Verdict, What};
use rust_decimal::Decimal;
use serde_json::json;

/// What a case found.
type Found = (&'static str, String);

fn decided(outcome: &str) -> String {
    ledes_api(&format!("outcomes = {{ {outcome} = 1 }}"))
}

fn own(running: &Running) -> Polite {
    firm(running, "hv", "s1", "")
}

async fn sent(portal: &Polite, number: &str) -> String {
    let receipt = portal.submit(&invoice(number)).await.expect("taken");
    receipt.portal_id.expect("an id")
}

/// Sends an invoice, lets it go through its review, and asks.
async fn reviewed(outcome: &str, names: &str) -> StatusReport {
    let settings = decided(outcome);
    let running = started(&format!(
        "{settings}\nledes_api = {{ names = \"{names}\" }}"
    ))
    .await;
    let portal = firm(
        &running,
        "hv",
        "s1",
        &format!("settings = {{ names = \"{names}\" }}"),
    );
    let id = sent(&portal, "INV-1").await;
    running.advance(5 * STEP);
    report(&portal, &id, "INV-1").await
}

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/fixtures/clean/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a fixture")
}

async fn c01_to_c03(table: &mut Vec<Found>) {
    let running = started(&ledes_api("ledes_api = { async_over_bytes = 4000, formats = [\"LEDES98B\", \"LEDES98BIV2\", \"LEDES2000\", \"LEDESXML21\"] }")).await;
    let portal = own(&running);
    let receipt = portal.submit(&invoice("INV-1")).await.expect("taken");
    let id = receipt.portal_id.expect("an id");
    assert!(receipt.received.is_some() && receipt.remarks.is_empty());
    assert_eq!(receipt.evidence.status, Some(201));
    assert_eq!(report(&portal, &id, "INV-1").await.word, "RECEIVED");
    table.push(("C01", "201, an id, RECEIVED".into()));

    let mut large = invoice("INV-2");
    large.bytes = file("INV-2", "98-7654321", 40);
    let receipt = portal.submit(&large).await.expect("taken");
    assert_eq!(receipt.evidence.status, Some(202));
    running.advance(STEP);
    let later = report(&portal, &receipt.portal_id.expect("an id"), "INV-2").await;
    assert_eq!(later.outcome, Outcome::Acknowledged);
    table.push(("C02", format!("202, later {}", later.word)));

    let other = firm(&running, "other", "s2", "");
    let mut seen = Vec::new();
    for (format, name) in [
        (LedesFormat::L1998B, "1998b--fees-and-expenses.txt"),
        (LedesFormat::L1998BI, "1998b--fees-and-expenses.txt"),
        (LedesFormat::L1998BIV2, "1998bi-v2--vat.txt"),
        (LedesFormat::L2000, "2000--fees-and-expenses.xml"),
        (LedesFormat::Xml20, "xml-2.0--no-tax.xml"),
        (LedesFormat::Xml21, "xml-2.1--no-tax.xml"),
    ] {
        let mut one = invoice(name);
        one.format = format;
        one.bytes = fixture(name);
        let status = match other.submit(&one).await {
            Ok(receipt) => receipt.evidence.status,
            Err(PortalError::Refused { evidence, .. }) => evidence.status,
            Err(error) => panic!("{format:?}: {error}"),
        };
        let status = status.expect("a status");
        assert!(matches!(status, 201 | 202 | 415), "{format:?}: {status}");
        seen.push(format!("{format:?} {status}"));
    }
    assert!(seen.iter().any(|s| s.ends_with("415")) && seen.iter().any(|s| s.ends_with("201")));
    table.push(("C03", seen.join(", ")));
}

async fn c04_to_c07(table: &mut Vec<Found>) {
    let running = started(&ledes_api("duplicates = \"take\"")).await;
    let portal = own(&running);
    // Names in the wrong spelling are fields that are not there.
    let wrong = firm(&running, "hv", "s1", "settings = { names = \"camel\" }");
    let Err(PortalError::Refused { remarks, .. }) = wrong.submit(&invoice("INV-0")).await else {
        panic!("fields are missing");
    };
    assert!(
        remarks.iter().any(|r| r.text == "Missing ledes_format"),
        "{remarks:?}"
    );
    let first = sent(&portal, "INV-1").await;
    table.push((
        "C04",
        "all five always sent; under other names 400, each field told".into(),
    ));

    for kind in [
        InvoiceType::Appeal,
        InvoiceType::Resubmit,
        InvoiceType::Replacement,
    ] {
        let before = posts(&running, "p");
        let mut one = invoice("INV-1");
        one.invoice_type = kind;
        let error = portal.submit(&one).await.expect_err("no id");
        assert!(matches!(error, PortalError::Setup(_)), "{error}");
        assert_eq!(posts(&running, "p"), before, "nothing leaves");
        one.follows = Some("123".to_owned());
        let error = portal.submit(&one).await.expect_err("an id of nothing");
        assert!(matches!(error, PortalError::Refused { .. }), "{error}");
    }
    table.push((
        "C05",
        "not sent without an id; 400 with an id of nothing".into(),
    ));

    let as_number = firm(
        &running,
        "hv",
        "s1",
        "settings = { related_id = \"number\" }",
    );
    for portal in [&portal, &as_number] {
        let mut resubmit = invoice("INV-1");
        resubmit.invoice_type = InvoiceType::Resubmit;
        resubmit.follows = Some(first.clone());
        portal.submit(&resubmit).await.expect("taken");
    }
    table.push((
        "C06",
        "201 as text, 201 as number (settings.related_id)".into(),
    ));

    for kind in InvoiceType::ALL {
        let mut one = invoice("INV-1");
        one.invoice_type = kind;
        one.follows = kind.follows().then(|| first.clone());
        portal.submit(&one).await.expect("a type that is known");
    }
    table.push((
        "C07",
        "no other type can be said; each of the six 201".into(),
    ));
}

async fn c08_and_c09(table: &mut Vec<Found>) {
    let running = started(&ledes_api("token_seconds = 600")).await;
    let nobody = firm(&running, "hv", "wrong", "");
    let error = nobody
        .submit(&invoice("INV-1"))
        .await
        .expect_err("no token");
    assert!(matches!(error, PortalError::Credentials(_)), "{error}");
    let bare = super::open(&format!(
        "portal = \"LEDES API\"\nway = \"api\"\nurl = \"{}\"",
        running.base("p").expect("the portal")
    ));
    let error = bare.submit(&invoice("INV-1")).await.expect_err("401");
    assert!(matches!(error, PortalError::Credentials(_)), "{error}");
    let portal = own(&running);
    sent(&portal, "INV-1").await;
    running.advance(601);
    sent(&portal, "INV-2").await;
    for (id, key) in [("away", "s3"), ("mute", "s4")] {
        let error = firm(&running, id, key, "").submit(&invoice("INV-3")).await;
        let error = error.expect_err("403");
        assert!(matches!(error, PortalError::Credentials(_)), "{error}");
    }
    table.push((
        "C08",
        "missing: credentials; expired: renewed once, 201; other tenant, may not post: credentials"
            .into(),
    ));

    let mut theirs = invoice("INV-9");
    theirs.bytes = file("INV-9", "11-1111111", 0);
    let error = portal.submit(&theirs).await.expect_err("another firm's");
    assert!(
        error.stops_the_account() && !error.leaves_doubt(),
        "{error}"
    );
    assert_eq!(taken(&running, "p", "INV-9"), 0);
    table.push(("C09", "403: credentials, nothing kept".into()));
}

async fn c10_to_c13(table: &mut Vec<Found>) {
    let running = started(&ledes_api("ledes_api = { file_name_limit = 20 }")).await;
    let portal = own(&running);
    for name in ["folder/INV-1.txt", "C:\\out\\INV-1.txt"] {
        let mut one = invoice("INV-1");
        one.file_name = name.to_owned();
        let error = portal.submit(&one).await.expect_err("a folder");
        assert!(matches!(error, PortalError::Setup(_)), "{error}");
    }
    let knows = firm(&running, "hv", "s1", "settings = { most_name = 20 }");
    let mut long = invoice("INV-1");
    long.file_name = "a-name-of-more-than-twenty.txt".to_owned();
    let error = knows.submit(&long).await.expect_err("too long");
    assert!(matches!(error, PortalError::Setup(_)), "{error}");
    assert_eq!(posts(&running, "p"), 0, "nothing leaves");
    let error = portal.submit(&long).await.expect_err("too long");
    assert!(matches!(error, PortalError::Refused { .. }), "{error}");
    table.push((
        "C10",
        "folders not sent; too long not sent where the limit is set, else 400".into(),
    ));

    let mut as_xml = invoice("INV-1");
    as_xml.format = LedesFormat::Xml21;
    let error = portal.submit(&as_xml).await.expect_err("no XML");
    assert!(matches!(error, PortalError::Refused { .. }), "{error}");
    table.push(("C11", "400: refused".into()));

    // What is said is always that it is not encrypted; an encrypted file cannot be sent.
    let id = sent(&portal, "INV-1").await;
    let row = running.ledger("p");
    assert!(row.iter().any(|r| r.verdict == Verdict::Accepted));
    table.push((
        "C12",
        "encrypted=true is never said (wire test: encrypted is false)".into(),
    ));

    let none = portal.ask(&by_id("no-such-id", "INV-1")).await;
    assert_eq!(none.expect("an answer"), Asked::Absent);
    let other = firm(&running, "other", "s2", "");
    let theirs = other.ask(&by_id(&id, "INV-1")).await;
    assert_eq!(theirs.expect("an answer"), Asked::Absent);
    table.push(("C13", "404 unknown, 404 another vendor's: absent".into()));
}

async fn c14_to_c16(table: &mut Vec<Found>) {
    let running = started(&decided("approved")).await;
    let portal = own(&running);
    let id = sent(&portal, "INV-1").await;
    let mut seen = Vec::new();
    let mut before = None;
    for step in 0..6 {
        if step > 0 {
            running.advance(STEP);
        }
        let said = report(&portal, &id, "INV-1").await;
        assert!(said.at > before, "{:?} is after {before:?}", said.at);
        assert!(said.doubts.is_empty(), "{:?}", said.doubts);
        assert_eq!(said.original_total, Some(Decimal::from(1270)));
        before = said.at;
        seen.push(said.outcome);
    }
    let way = [
        Outcome::Received,
        Outcome::Acknowledged,
        Outcome::InReview,
        Outcome::Approved,
        Outcome::Approved,
        Outcome::Paid,
    ];
    assert_eq!(seen, way);
    let way: Vec<_> = seen.iter().map(|o| o.name()).collect();
    table.push(("C14", way.join(" > ")));

    let mut broken = invoice("INV-2");
    broken.bytes = b"LEDES1998B[]\r\nno columns".to_vec();
    let receipt = portal.submit(&broken).await.expect("taken");
    running.advance(STEP);
    let said = report(&portal, &receipt.portal_id.expect("an id"), "INV-2").await;
    assert_eq!(
        (said.word.as_str(), said.outcome),
        ("FILE_ERROR", Outcome::Rejected)
    );
    assert_eq!((said.original_total, said.approved_total), (None, None));
    assert!(said.doubts.is_empty() && !said.errors.is_empty());
    assert_eq!(said.errors[0].kind.as_deref(), Some("FILE_STRUCTURE"));
    table.push(("C15", "rejected, no totals, no complaint about it".into()));

    let said = reviewed("rejected-three", "snake").await;
    assert_eq!(said.outcome, Outcome::Rejected);
    assert!(said.note.is_some());
    let items: Vec<_> = said.errors.iter().map(|e| e.item.as_deref()).collect();
    assert_eq!(items, [Some("1"), Some("2"), Some("3")]);
    assert!(said.errors.iter().all(|e| !e.text.is_empty()));
    table.push(("C16", "note and three errors, lines 1, 2, 3".into()));
}

async fn c17_to_c21(table: &mut Vec<Found>) {
    let gap =
        |r: &StatusReport| r.original_total.expect("a total") - r.approved_total.expect("a total");
    let said = reviewed("reduced", "snake").await;
    let cut: Decimal = said.reductions.iter().map(|r| r.amount.abs()).sum();
    assert!(cut > Decimal::ZERO && cut == gap(&said) && said.doubts.is_empty());
    let wrong = reviewed("reduced-wrong-sum", "snake").await;
    assert!(
        wrong
            .doubts
            .iter()
            .any(|d| d.starts_with("the adjustments make"))
    );
    table.push(("C17", format!("{cut} cut; sums that disagree are said")));

    let said = reviewed("reduced-unmatched", "snake").await;
    let line = said.reductions[0].line.as_ref().expect("a line");
    assert_eq!(line.item, None);
    // Day, person and amount name one line of the file.
    let text = String::from_utf8(file("INV-1", "98-7654321", 0)).expect("text");
    let day = line.date.expect("a day").format("%Y%m%d").to_string();
    let who = line.timekeeper_id.as_deref().expect("a person");
    let total = format!("{:.2}", line.total.expect("an amount"));
    let fits = |l: &&str| {
        let f: Vec<&str> = l.split('|').collect();
        f.len() == 24 && f[13] == day && f[17] == who && f[12] == total
    };
    assert_eq!(text.lines().filter(fits).count(), 1);
    table.push(("C18", format!("no item; {day}, {who}, {total} is one line")));

    let said = reviewed("reduced-whole", "snake").await;
    assert!(said.reductions.len() == 1 && said.reductions[0].line.is_none());
    table.push(("C19", "a reduction without line".into()));

    let said = reviewed("paid-twice", "snake").await;
    let paid: Decimal = said.payments.iter().map(|p| p.amount).sum();
    assert_eq!((said.payments.len(), Some(paid)), (2, said.approved_total));
    assert!(said.outcome == Outcome::Paid && said.doubts.is_empty());
    table.push(("C20", format!("two payments, {paid} as approved")));

    let said = reviewed("paid-wrong", "snake").await;
    assert!(
        said.doubts
            .iter()
            .any(|d| d.starts_with("the payments make"))
    );
    table.push(("C21", said.doubts.join("; ")));
}

async fn c22(table: &mut Vec<Found>) {
    let outcomes = [
        "approved",
        "reduced",
        "reduced-unmatched",
        "reduced-whole",
        "rejected-three",
        "paid-twice",
    ];
    for outcome in outcomes {
        let (snake, camel) = (
            reviewed(outcome, "snake").await,
            reviewed(outcome, "camel").await,
        );
        assert_eq!(snake.outcome, camel.outcome);
        assert_eq!(snake.note, camel.note);
        assert_eq!(
            (snake.original_total, snake.approved_total),
            (camel.original_total, camel.approved_total)
        );
        // Kinds are words of the portal's own spelling, and the two reviews began at two times.
        let texts = |r: &StatusReport| -> Vec<_> {
            r.errors
                .iter()
                .map(|e| (e.text.clone(), e.code.clone(), e.item.clone()))
                .collect()
        };
        assert_eq!(texts(&snake), texts(&camel));
        let cuts = |r: &StatusReport| -> Vec<_> {
            let cut = r.reductions.iter();
            cut.map(|c| {
                (
                    c.amount,
                    c.reason.clone(),
                    c.line.clone(),
                    c.currency.clone(),
                )
            })
            .collect()
        };
        assert_eq!(cuts(&snake), cuts(&camel));
        let paid = |r: &StatusReport| -> Vec<_> { r.payments.iter().map(|p| p.amount).collect() };
        assert_eq!(paid(&snake), paid(&camel));
        assert_eq!((&snake.doubts, &camel.doubts), (&vec![], &vec![]));
    }
    table.push(("C22", format!("{} outcomes the same", outcomes.len())));
}

async fn c23_and_c24(table: &mut Vec<Found>) {
    let running = started(&decided("strange")).await;
    let portal = own(&running);
    let id = sent(&portal, "INV-1").await;
    running.advance(2 * STEP);
    let said = report(&portal, &id, "INV-1").await;
    assert_eq!((said.outcome, said.doubts.len()), (Outcome::Unknown, 1));
    table.push(("C23", format!("{}: unknown, and said", said.word)));

    let running = started(&decided("odd-times")).await;
    let portal = own(&running);
    let id = sent(&portal, "INV-1").await;
    let mut offsets = Vec::new();
    for _ in 0..3 {
        let said = report(&portal, &id, "INV-1").await;
        offsets.push(said.at.expect("a time").offset().local_minus_utc() / 3600);
        running.advance(STEP);
    }
    assert_eq!(offsets, [0, 2, -4]);
    let said = reviewed("bad-time", "snake").await;
    assert!(said.at.is_none() || !said.doubts.is_empty());
    let told = said.doubts.iter().any(|d| d.contains("-14-"));
    assert!(told, "the month is reported: {:?}", said.doubts);
    assert_ne!(said.outcome, Outcome::Unknown, "the record is kept");
    table.push((
        "C24",
        "offsets 0, +2, -4; month 14 reported, record kept".into(),
    ));
}

async fn c25_and_c26(table: &mut Vec<Found>) {
    let running = started(&ledes_api("")).await;
    let portal = own(&running);
    assert!(running.fault("p", Fault::new(What::Error500, Operation::Submit).times(1)));
    let error = portal.submit(&invoice("INV-1")).await.expect_err("500");
    assert!(error.leaves_doubt(), "{error}");
    assert_eq!(
        (posts(&running, "p"), taken(&running, "p", "INV-1")),
        (1, 0)
    );
    sent(&portal, "INV-1").await;
    let busy = Fault::new(What::Busy, Operation::Submit)
        .times(1)
        .retry_after(1);
    assert!(running.fault("p", busy));
    let error = portal.submit(&invoice("INV-2")).await.expect_err("429");
    let PortalError::Busy {
        retry_after: Some(wait),
    } = error
    else {
        panic!("{error}");
    };
    let error = portal.submit(&invoice("INV-2")).await.expect_err("a pause");
    assert!(matches!(error, PortalError::Busy { .. }), "{error}");
    assert_eq!(posts(&running, "p"), 3, "nothing is sent in a pause");
    tokio::time::sleep(wait + std::time::Duration::from_millis(50)).await;
    sent(&portal, "INV-2").await;
    assert_eq!(
        (taken(&running, "p", "INV-1"), taken(&running, "p", "INV-2")),
        (1, 1)
    );
    table.push((
        "C25",
        "500: in doubt, 201 when told again; 429: waits as long as asked, then 201; one record each".into(),
    ));

    for (number, fault, there) in [
        (
            "INV-3",
            Fault::new(What::CutAfterBody, Operation::Submit),
            0,
        ),
        (
            "INV-4",
            Fault::new(What::CutAfterBody, Operation::Submit).kept(),
            1,
        ),
        (
            "INV-5",
            Fault::new(What::CutBeforeBody, Operation::Submit),
            0,
        ),
        ("INV-6", Fault::new(What::CutAnswer, Operation::Submit), 1),
        ("INV-7", Fault::new(What::WrongJson, Operation::Submit), 1),
        ("INV-8", Fault::new(What::NoJson, Operation::Submit), 1),
        (
            "INV-9",
            Fault::new(What::TruncatedJson, Operation::Submit),
            1,
        ),
    ] {
        let portal = own(&running);
        running.no_faults("p");
        assert!(running.fault("p", fault.times(1)));
        let before = posts(&running, "p");
        let error = portal
            .submit(&invoice(number))
            .await
            .expect_err("no answer");
        assert!(error.leaves_doubt(), "{number}: {error}");
        assert_eq!(taken(&running, "p", number), there, "{number}");
        assert_eq!(
            posts(&running, "p"),
            before + 1,
            "{number} is not sent again"
        );
        // Version 1 has no search: only a person can say.
        let unknown = cleanbill::portals::Handle {
            portal_id: None,
            ..by_id("", number)
        };
        assert_eq!(
            portal.ask(&unknown).await.expect("an answer"),
            Asked::CannotSay
        );
    }
    table.push((
        "C26",
        "cut before, after, in the answer, wrong JSON: in doubt, sent once".into(),
    ));
}

async fn c27_and_c28(table: &mut Vec<Found>) {
    let running = started(&ledes_api("matters = [\"BW-1\"]")).await;
    let portal = own(&running);
    let body = |total: &str| {
        json!({"accrual_currency": "USD", "accrual_net_total": total, "line_items": [{
            "line_item_number": "1", "line_item_type": "F", "line_item_unit_cost": "300.00",
            "line_item_number_of_units": "2.00", "line_item_total": total, "line_item_date": "20260304",
            "line_item_adjustment_amount": if total == "700.00" { "100.00" } else { "0.00" }}]})
    };
    for total in ["600.00", "700.00"] {
        let answer = portal.put_accruals("BW-1", &body(total)).await;
        assert_eq!(answer.expect("taken").status, Some(200));
    }
    assert!(accruals(&running).await.contains("700.00"));
    let answer = portal.delete_accruals("BW-1").await.expect("deleted");
    assert_eq!(answer.status, Some(200));
    assert!(accruals(&running).await.contains("null"));
    let before = running.requests("p").len();
    let mut wrong = body("600.00");
    wrong["line_items"][0]["line_item_total"] = json!("1.00");
    let error = portal.put_accruals("BW-1", &wrong).await.expect_err("sums");
    assert!(error.to_string().contains("line 1"), "{error}");
    assert_eq!(running.requests("p").len(), before, "nothing leaves");
    table.push((
        "C27",
        "200, replaced, deleted, null; wrong sums not sent".into(),
    ));

    let error = portal.put_accruals("BW-2", &body("600.00")).await;
    let error = error.expect_err("no such matter");
    assert!(error.to_string().contains("BW-2"), "{error}");
    let none = started(&ledes_api("ledes_api = { accruals = false }")).await;
    let error = own(&none).put_accruals("BW-1", &body("600.00")).await;
    let error = error.expect_err("never there");
    assert!(error.to_string().contains("501"), "{error}");
    table.push(("C28", "404 and 501, each with its remedy".into()));
}

/// The matter as the portal shows it, asked by a plain client.
async fn accruals(running: &Running) -> String {
    let http = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let origin = running.origin("p").expect("the portal");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "hv"),
        ("client_secret", "s1"),
    ];
    let token = http
        .post(format!("{origin}/oauth2/token"))
        .form(&form)
        .send()
        .await;
    let token: serde_json::Value = token.expect("an answer").json().await.expect("JSON");
    let base = running.base("p").expect("the portal");
    let get = http
        .get(format!("{base}/matter/BW-1/accruals"))
        .bearer_auth(token["access_token"].as_str().expect("a token"));
    get.send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text")
}

async fn c29(table: &mut Vec<Found>) {
    let folder = tempfile::tempdir().expect("a folder");
    let papers = super::papers::Papers::written(folder.path());
    let running = started(&ledes_api(&format!("tls = {}", papers.server()))).await;
    let bare = firm(&running, "hv", "s1", &papers.authority());
    let error = bare
        .submit(&invoice("INV-1"))
        .await
        .expect_err("no certificate");
    assert!(
        !error.leaves_doubt() && matches!(error, PortalError::Unreachable { .. }),
        "{error}"
    );
    let web = firm(&running, "hv", "s1", "");
    let error = web
        .submit(&invoice("INV-1"))
        .await
        .expect_err("an unknown authority");
    assert!(matches!(error, PortalError::Unreachable { .. }), "{error}");
    let with = firm(&running, "hv", "s1", &papers.identity());
    sent(&with, "INV-1").await;
    table.push((
        "C29",
        "no handshake without a certificate, nor with an unknown authority; 201 with both".into(),
    ));
}

async fn c30(table: &mut Vec<Found>) {
    let running = started(&ledes_api("")).await;
    let portal = own(&running);
    sent(&portal, "INV-1").await;
    let Err(PortalError::Refused { remarks, .. }) = portal.submit(&invoice("INV-1")).await else {
        panic!("a duplicate");
    };
    assert!(
        remarks[0].text.contains("already been posted"),
        "{remarks:?}"
    );
    assert_eq!(taken(&running, "p", "INV-1"), 1);
    let running = started(&ledes_api("duplicates = \"take\"")).await;
    let portal = own(&running);
    sent(&portal, "INV-1").await;
    sent(&portal, "INV-1").await;
    table.push(("C30", "400: refused with the portal's words; or 201".into()));
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
    println!("LEDES API v1, practice portal and our client");
    for (case, found) in &table {
        println!("{case}  pass  {found}");
    }
    let cases: Vec<_> = table.iter().map(|(case, _)| (*case).to_owned()).collect();
    let all: Vec<_> = (1..=30).map(|n| format!("C{n:02}")).collect();
    assert_eq!(cases, all);
}
