//! The other portals: each asked the way its public pages show.

use crate::{client, files, said, started};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cleanbill::sandbox::{self, Settings, Verdict};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;

#[tokio::test]
async fn the_sample_settings_start_eight_portals() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sandbox/eight.toml");
    let mut settings = Settings::read(&path).expect("settings");
    for portal in &mut settings.portals {
        if let Some(drop) = &mut portal.drop {
            drop.incoming = folder.path().join("in");
            drop.outgoing = folder.path().join("out");
        }
        if let Some(mail) = &mut portal.mail {
            mail.folder = folder.path().join("mail");
        }
        portal.details_csv = portal
            .details_csv
            .as_ref()
            .map(|_| folder.path().join("details.csv"));
    }
    let running = sandbox::start(settings).await.expect("a sandbox");
    let http = client();
    let mut answers = Vec::new();
    for (_, kind, base) in running.portals() {
        let answer = http.get(format!("{base}/invoices/1")).send().await;
        answers.push((kind.name(), answer.expect("an answer").status().as_u16()));
    }
    let closed = ["ledes-api", "ledes-api", "legal-tracker", "ebillinghub"].map(|kind| (kind, 401));
    let agreed = ["agreed-upload"; 3].map(|kind| (kind, 401));
    assert_eq!(
        answers,
        [&closed[..], &agreed[..], &[("file-drop", 404)]].concat()
    );
    assert_eq!(Settings::usual().portals.len(), 4);
}

/// The program says where its portals are, and ends well when it is told to.
#[cfg(unix)]
#[test]
fn the_program_runs_until_it_is_told_to_end() {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_cleanbill"))
        .args(["sandbox", "--port", "0"])
        .stdout(std::process::Stdio::piped())
        .spawn();
    let mut program = program.expect("the program");
    let mut lines = BufReader::new(program.stdout.take().expect("output")).lines();
    let mut bases = Vec::new();
    for line in lines.by_ref().map_while(Result::ok) {
        if line.starts_with("Stop") {
            break;
        }
        bases.extend(
            line.split_whitespace()
                .find(|w| w.starts_with("http"))
                .map(str::to_owned),
        );
    }
    assert_eq!(bases.len(), 5, "{bases:?}");
    let id = program.id().to_string();
    let told = std::process::Command::new("kill").arg(id).status();
    assert!(told.expect("kill").success());
    assert_eq!(program.wait().expect("an end").code(), Some(0));
}

#[tokio::test]
async fn legal_tracker_takes_an_uploaded_file_and_shows_what_was_cut() {
    let running = started(
        "[[portal]]\nname = \"p\"\nkind = \"legal-tracker\"\nmatters = [\"BW-1\"]\noutcomes = { reduced = 1 }\n\
         account = [{ id = \"firm\", secret = \"s\" }]",
    )
    .await;
    let http = client();
    let origin = running.origin("p").expect("the portal");
    let base = running.base("p").expect("the portal");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "firm"),
        ("client_secret", "s"),
    ];
    let token = http
        .post(format!("{origin}/oauth2/token"))
        .form(&form)
        .send()
        .await;
    let (_, token) = said(token.expect("an answer")).await;
    let token = token["access_token"].as_str().expect("a token");
    let get = async |path: &str| {
        let get = http
            .get(format!("{base}{path}"))
            .bearer_auth(token)
            .header("Company-ID", "4711");
        said(get.send().await.expect("an answer")).await
    };
    let bare = http
        .get(format!("{base}/matters?$select=id"))
        .bearer_auth(token)
        .send()
        .await;
    assert_eq!(
        bare.expect("an answer").status(),
        400,
        "Company-ID is missing"
    );
    assert_eq!(get("/matters").await.0, 400, "$select is missing");
    let (_, matters) = get("/matters?$select=id,clientMatterNumber").await;
    assert_eq!(
        matters["value"],
        json!([{"id": 1, "clientMatterNumber": "BW-1"}])
    );

    let post = async |path: &str, body: Value| {
        let post = http
            .post(format!("{base}{path}"))
            .bearer_auth(token)
            .header("Company-ID", "4711");
        said(post.json(&body).send().await.expect("an answer")).await
    };
    let (_, link) = post("/efiles", json!({"fileName": "INV-1.txt"})).await;
    let put = http
        .put(link["uploadLink"].as_str().expect("a link"))
        .body(files::pipe("INV-1"));
    assert_eq!(put.send().await.expect("an answer").status(), 201);
    let mut invoice = json!({"firmId": 21, "firmOfficeId": 3, "matterId": 1, "typeId": 1, "isLedes": true,
        "invoiceFileKey": link["fileKey"]});
    let (status, posted) = post("/invoices", invoice.clone()).await;
    assert_eq!(status, 201, "{posted}");
    let (status, again) = post("/invoices", invoice.clone()).await;
    assert_eq!(
        (status, &again["errors"][0]["code"]),
        (400, &json!("duplicate"))
    );
    let wrong = files::pipe("INV-2").replacen("1270.00", "1271.00", 1);
    invoice
        .as_object_mut()
        .expect("an object")
        .remove("invoiceFileKey");
    invoice["invoiceFileContent"] = json!(STANDARD.encode(wrong));
    let (status, refused) = post("/invoices", invoice).await;
    assert_eq!(
        (status, &refused["errors"][0]["code"]),
        (400, &json!("007"))
    );

    running.advance(180);
    let (_, shown) = get(&format!(
        "/invoices/{}?$expand=adjustments,invoiceFileInfo",
        posted["id"]
    ))
    .await;
    assert_eq!(shown["status"], "reduced");
    let cut = shown["adjustments"][0]["amount"]
        .as_str()
        .map(str::to_owned);
    let cut = cut.unwrap_or_else(|| shown["adjustments"][0]["amount"].to_string());
    assert!(cut.starts_with('-'), "{shown}");
    let (_, found) = get("/invoices?$filter=invoiceNumber%20eq%20'INV-1'").await;
    assert_eq!(found["value"][0]["id"], posted["id"]);
    let verdicts: Vec<_> = running.ledger("p").iter().map(|r| r.verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::Accepted, Verdict::Duplicate, Verdict::Refused]
    );
}

#[tokio::test]
async fn ebillinghub_submits_searches_and_tells_the_history() {
    let running = started(
        "[[portal]]\nname = \"p\"\nkind = \"ebillinghub\"\noutcomes = { approved = 1 }\n\
         account = [{ id = \"1001\", secret = \"key\" }]",
    )
    .await;
    let http = client();
    let base = running.base("p").expect("the portal");
    let file = files::fixture("xml-2.1--no-tax.xml");
    let post = async |path: &str, media: &str, key: &str, body: Vec<u8>| {
        let post = http
            .post(format!("{base}{path}"))
            .header("ProducerId", "1001");
        let post = post
            .header("ProviderKey", key)
            .header("Content-Type", media)
            .body(body);
        post.send().await.expect("an answer")
    };
    let submit = "/submissions/api/v2/SubmissionRequests";
    let xml = "application/xml";
    assert_eq!(post(submit, xml, "no", file.clone()).await.status(), 401);
    assert_eq!(
        post(submit, "text/plain", "key", file.clone())
            .await
            .status(),
        415
    );
    assert_eq!(
        post(submit, xml, "key", b"<a>".to_vec()).await.status(),
        400
    );
    let checked = post(
        "/ebh/validations/v2/ValidationRequest",
        xml,
        "key",
        file.clone(),
    )
    .await;
    assert!(
        checked.headers().contains_key("location") && checked.headers().contains_key("operationid")
    );
    assert_eq!(checked.status(), 201);
    let (status, receipt) = said(post(submit, xml, "key", file).await).await;
    assert_eq!((status, &receipt["InvoiceId"]), (201, &json!("KR-3101")));

    running.advance(60);
    let search = json!({"InvoiceId": ["KR-3101"], "IsActive": true}).to_string();
    let found = post(
        "/statuses/api/v2/search",
        "application/json",
        "key",
        search.into_bytes(),
    )
    .await;
    let (_, found) = said(found).await;
    assert_eq!(found[0]["CurrentHubStatus"], "ebilled");
    running.advance(600);
    let history = format!(
        "{base}/ebh/statuses/v2/history?SubmissionId={}",
        receipt["SubmissionId"].as_str().expect("an id")
    );
    let get = http
        .get(history)
        .header("ProducerId", "1001")
        .header("ProviderKey", "key");
    let (_, history) = said(get.send().await.expect("an answer")).await;
    let told: Vec<_> = history["History"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|h| h["Status"].clone())
        .collect();
    assert_eq!(
        told,
        [
            "new",
            "received",
            "ebilled",
            "in review",
            "approved",
            "payment sent",
            "paid"
        ]
    );
}

#[tokio::test]
async fn an_agreed_upload_is_what_the_agreement_says() {
    let running = started(
        "[[portal]]\nname = \"p\"\nkind = \"agreed-upload\"\noutcomes = { reduced = 1 }\n\
         account = [{ id = \"firm\", secret = \"s\" }]\n\
         agreed = { like = \"tymetrix-360\", file_field = \"invoice\", fields = { office = \"TX-1\" }, words = { reduced = \"cut\" } }\n\
         [[portal]]\nname = \"q\"\nkind = \"agreed-upload\"\naccount = [{ id = \"firm\", secret = \"s\" }]\n\
         agreed = { like = \"counsellink\", auth = \"bearer\", body = \"raw\", method = \"PUT\", upload_path = \"/in/{number}\", \
         accepted_status = 202, text_answers = true, confirmation_field = \"Confirmation number\" }",
    )
    .await;
    let http = client();
    let base = running.base("p").expect("the portal");
    let send = async |office: Option<&str>, number: &str| {
        let file = Part::text(files::pipe(number)).file_name("INV-1.txt");
        let mut form = Form::new().part("invoice", file);
        if let Some(office) = office {
            form = form.text("office", office.to_owned());
        }
        let post = http
            .post(format!("{base}/upload"))
            .basic_auth("firm", Some("s"));
        said(post.multipart(form).send().await.expect("an answer")).await
    };
    let bare = http
        .get(format!("{base}/uploads/1"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(bare.status(), 401);
    assert_eq!(send(None, "INV-1").await.0, 422);
    assert_eq!(send(Some("TX-2"), "INV-1").await.0, 422);
    let (status, receipt) = send(Some("TX-1"), "INV-1").await;
    assert_eq!((status, &receipt["status"]), (200, &json!("uploaded")));
    let (status, twice) = send(Some("TX-1"), "INV-1").await;
    assert!(
        status == 422
            && twice["message"]
                .as_str()
                .is_some_and(|m| m.contains("already been posted"))
    );
    running.advance(180);
    let id = receipt["confirmation"].as_str().expect("a number");
    for path in [format!("/uploads/{id}"), "/uploads?number=INV-1".to_owned()] {
        let get = http
            .get(format!("{base}{path}"))
            .basic_auth("firm", Some("s"));
        let (_, found) = said(get.send().await.expect("an answer")).await;
        let found = if found.is_array() {
            found[0].clone()
        } else {
            found
        };
        assert_eq!(found["status"], "cut", "{found}");
        assert!(
            found["adjustments"][0]["amount"]
                .as_str()
                .is_some_and(|a| a.starts_with('-'))
        );
    }

    let base = running.base("q").expect("the portal");
    let put = http
        .put(format!("{base}/in/INV-1"))
        .bearer_auth("s")
        .body(files::pipe("INV-1"));
    let (status, text) = said(put.send().await.expect("an answer")).await;
    let text = text.as_str().expect("text").to_owned();
    assert!(
        status == 202 && text.contains("Confirmation number: 7000001\n"),
        "{status} {text}"
    );
}

#[tokio::test]
async fn a_file_drop_acknowledges_and_tells_what_was_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let text = |name: &str| format!("{:?}", path(name).display().to_string());
    let running = started(&format!(
        "[[portal]]\nname = \"p\"\nkind = \"file-drop\"\noutcomes = {{ reduced = 1 }}\nmatters = [\"BW-1\"]\n\
         drop = {{ incoming = {}, outgoing = {}, look_ms = 60000 }}\n\
         mail = {{ folder = {}, like = \"tymetrix-360\", firm = \"Firm\" }}\ndetails_csv = {}",
        text("in"),
        text("out"),
        text("mail"),
        text("details.csv")
    ))
    .await;
    std::fs::create_dir_all(path("in")).expect("a folder");
    std::fs::write(path("in/b.txt.tmp"), files::pipe("INV-0")).expect("written");
    std::fs::write(path("in/INV-1.txt"), files::pipe("INV-1")).expect("written");
    let unknown = files::with("INV-2", "98-7654321", "OTHER", "1270.00", 0);
    std::fs::write(path("in/INV-2.txt"), unknown).expect("written");
    running.advance(0);
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap_or_default();
    let names = |folder: &str| {
        let mut names: Vec<_> = std::fs::read_dir(path(folder))
            .expect("a folder")
            .map(|e| {
                e.expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("in"), ["b.txt.tmp", "taken"]);
    assert_eq!(names("out"), ["ack-000001.csv", "ack-000002.csv"]);
    assert!(read("out/ack-000001.csv").contains(",INV-1,BW-1,accepted,,,"));
    assert!(read("out/ack-000002.csv").contains("rejected,matter_unmatched"));
    running.advance(60);
    let first = read(&format!("mail/{}", names("mail")[0]));
    assert!(
        first.contains("From: tymetrixbilling@tymetrix.com")
            && first.contains("Subject: TyMetrix Invoice Submission")
    );
    running.advance(180);
    let cut = names("out")
        .into_iter()
        .find(|n| n.starts_with("adjustments-"))
        .expect("adjustments");
    assert!(read(&format!("out/{cut}")).starts_with("portal,invoice_number,line_number,line_date"));
    assert!(read("details.csv").contains("INV-1,Approved,"));
    let mails: Vec<_> = names("mail")
        .iter()
        .map(|n| read(&format!("mail/{n}")))
        .collect();
    assert!(
        mails
            .iter()
            .any(|m| m.contains("approved with adjustments")),
        "{mails:?}"
    );
    assert!(
        mails
            .iter()
            .any(|m| m.contains("failed") && m.contains("INV-2"))
    );
}

#[tokio::test]
async fn a_ledger_outlives_the_sandbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = format!("ledger = {:?}\n", folder.path().display().to_string());
    let settings = format!(
        "{ledger}{}",
        crate::ledes_api("outcomes = { approved = 1 }")
    );
    let running = started(&settings).await;
    let (_, receipt) = crate::Firm::of(&running).await.send("INV-1").await;
    running.stop().await;
    let running = started(&settings).await;
    let firm = crate::Firm::of(&running).await;
    assert_eq!(firm.send("INV-1").await.0, 400, "the number is known");
    let (status, shown) = firm
        .get(receipt["invoiceid"].as_str().expect("an id"))
        .await;
    assert_eq!((status, &shown["original_total"]), (200, &json!("1270.00")));
    let text = std::fs::read_to_string(folder.path().join("p.jsonl")).expect("the ledger");
    assert_eq!(text.lines().count(), 2);
}

#[tokio::test]
async fn a_rejected_number_may_come_again_and_an_appeal_once() {
    let settings =
        "number = [{ starts = \"BAD\", outcome = \"rejected\" }]\noutcomes = { reduced = 1 }";
    let running = started(&crate::ledes_api(settings)).await;
    let firm = crate::Firm::of(&running).await;
    let again = async |number: &str, kind: &str, related: &Value| {
        let mut about = crate::about("LEDES98B");
        about["invoice_type"] = json!(kind);
        about["related_invoice_id"] = related.clone();
        firm.post(&about, files::pipe(number).as_bytes()).await
    };
    let (_, bad) = firm.send("BAD-1").await;
    assert_eq!(firm.send("BAD-1").await.0, 400, "it is not rejected yet");
    running.advance(180);
    assert_eq!(again("BAD-1", "RESUBMIT", &bad["invoiceid"]).await.0, 201);

    let (_, cut) = firm.send("INV-1").await;
    running.advance(180);
    assert_eq!(
        again("INV-1 appeal", "APPEAL", &cut["invoiceid"]).await.0,
        201
    );
    let (status, answer) = again("INV-1 appeal 2", "APPEAL", &cut["invoiceid"]).await;
    assert_eq!(
        (status, &answer["errors"][0]["error"]),
        (400, &json!("Only one appeal per invoice"))
    );
    let other = crate::Firm::new(client(), &running, "other", "s2").await;
    let mut about = crate::about("LEDES98B");
    about["invoice_type"] = json!("REPLACEMENT");
    about["related_invoice_id"] = cut["invoiceid"].clone();
    let (status, _) = other.post(&about, files::pipe("INV-2").as_bytes()).await;
    assert_eq!(status, 400, "the invoice is another firm's");
}
