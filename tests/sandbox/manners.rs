//! Limits, faults, hostile requests, and the routes for people.

use crate::{Firm, about, client, files, ledes_api, said, started};
use cleanbill::sandbox::{Fault, Operation, Settings, Verdict, What, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn requests_beyond_the_limit_get_429_and_are_logged() {
    let running = started(&ledes_api("limit = { requests = 3, seconds = 3600 }")).await;
    let firm = Firm::of(&running).await;
    let statuses = [
        firm.get("1").await.0,
        firm.get("1").await.0,
        firm.get("1").await.0,
    ];
    assert_eq!(statuses, [404, 404, 429]);
    let log = running.requests("p");
    assert_eq!(
        log.iter().map(|r| r.status).collect::<Vec<_>>(),
        [Some(200), Some(404), Some(404), Some(429)]
    );
    assert!(log.windows(2).all(|w| w[0].at <= w[1].at));
}

#[tokio::test]
async fn answers_can_be_spoiled_and_the_ledger_still_knows() {
    let running = started(&ledes_api("")).await;
    let firm = Firm::of(&running).await;
    let mut number = 0;
    for (what, status, valid, rows) in [
        (What::WrongJson, 201, true, 1),
        (What::TruncatedJson, 201, false, 1),
        (What::NoJson, 201, false, 1),
        (What::Error503, 503, false, 0),
        (What::CertificateRequired, 403, false, 0),
        (What::DuplicateRefusal, 400, true, 0),
    ] {
        number += 1;
        let number = format!("INV-{number}");
        running.no_faults("p");
        assert!(running.fault("p", Fault::new(what, Operation::Submit)));
        let (said, body) = firm.send(&number).await;
        assert_eq!(said, status, "{what:?}");
        assert_eq!(!body.is_string(), valid, "{what:?} {body}");
        assert!(body["invoiceid"].is_null(), "{what:?}");
        let kept = running.ledger("p");
        let kept = kept
            .iter()
            .filter(|r| r.number == number && r.verdict == Verdict::Accepted);
        assert_eq!(kept.count(), rows, "{what:?}");
    }
    running.no_faults("p");
    running.fault(
        "p",
        Fault::new(What::ExpiredToken, Operation::Submit).times(1),
    );
    assert_eq!(firm.send("INV-9").await.0, 401);
    assert_eq!(
        firm.send("INV-9").await.0,
        401,
        "the token itself has ended"
    );
    assert_eq!(Firm::of(&running).await.send("INV-9").await.0, 201);
}

#[tokio::test]
async fn people_see_the_ledger_and_give_faults() {
    let running = started(&ledes_api("client = \"<script>alert(1)</script>\"")).await;
    let firm = Firm::of(&running).await;
    let file = files::pipe("<b>&\"'");
    assert_eq!(firm.post(&about("LEDES98B"), file.as_bytes()).await.0, 201);
    let home = running.home();
    let page = said(firm.http.get(home).send().await.expect("an answer"))
        .await
        .1;
    let page = page.as_str().expect("a page");
    assert!(!page.contains("<script>") && !page.contains("<b>") && page.contains("&lt;b&gt;&amp;"));
    let rows = said(
        firm.http
            .get(format!("{home}/sandbox/ledger?portal=p"))
            .send()
            .await
            .expect("an answer"),
    )
    .await
    .1;
    assert_eq!(
        (&rows[0]["verdict"], &rows[0]["attempt"]),
        (&json!("accepted"), &json!(1))
    );
    let post = async |body: Value| {
        let post = firm
            .http
            .post(format!("{home}/sandbox/faults?portal=p"))
            .json(&body);
        said(post.send().await.expect("an answer")).await.0
    };
    assert_eq!(
        post(json!({"what": "error500", "on": "submit", "times": 1})).await,
        200
    );
    assert_eq!(post(json!({"what": "nonsense"})).await, 400);
    assert_eq!(post(json!({"what": "busy", "share": 2.0})).await, 400);
    assert_eq!(
        (firm.send("INV-1").await.0, firm.send("INV-1").await.0),
        (500, 201)
    );
    let delete = firm
        .http
        .delete(format!("{home}/sandbox/faults"))
        .send()
        .await;
    assert_eq!(delete.expect("an answer").status(), 200);
    let none = firm
        .http
        .get(format!("{home}/sandbox/ledger?portal=none"))
        .send()
        .await;
    assert_eq!(none.expect("an answer").status(), 404);
}

#[tokio::test]
async fn hostile_requests_get_an_answer_or_an_end_and_the_next_one_is_served() {
    let kinds = ["ledes-api", "legal-tracker", "ebillinghub", "agreed-upload"];
    let portal = |kind: &str| {
        format!(
            "[[portal]]\nname = \"{kind}\"\nkind = \"{kind}\"\nbody_limit = 5000\naccount = [{{ id = \"a\", secret = \"b\" }}]\n"
        )
    };
    let running = started(&kinds.map(portal).concat()).await;
    let large = format!(
        "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{}",
        "a".repeat(9000)
    );
    let requests: [&[u8]; 9] = [
        b"\0\xff\xfe garbage\r\n\r\n",
        b"GET /%ff%00%zz/../..//{id}?a=%&&=&$filter=%27%27 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n%%%",
        b"POST /api/v1/businesses/practice/invoices HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: 0\r\n\r\n",
        b"POST /upload HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n--b\r\n\r\n\r\n",
        b"POST /submissions/api/v2/SubmissionRequests HTTP/1.1\r\nHost: x\r\nProducerId: a\r\nProviderKey: b\r\nContent-Type: application/xml\r\nContent-Length: 8\r\n\r\n<a><b>&c",
        b"POST /sandbox/advance HTTP/1.1\r\nHost: x\r\nContent-Length: 34\r\n\r\n{\"seconds\": 18446744073709551615 }",
        b"POST /sandbox/faults HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n[[[[[",
        large.as_bytes(),
    ];
    for kind in kinds {
        let origin = running.origin(kind).expect("the portal");
        let address = origin.trim_start_matches("http://");
        for request in requests {
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            let _ = stream.write_all(request).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let text = String::from_utf8_lossy(&answer);
            assert!(answer.is_empty() || text.starts_with("HTTP/1.1 "), "{text}");
            assert!(!text.starts_with("HTTP/1.1 500"), "{text}");
        }
        let served = client()
            .get(format!("{origin}/sandbox/ledger"))
            .send()
            .await;
        assert_eq!(served.expect("an answer").status(), 200, "{kind}");
    }
}

#[tokio::test]
async fn settings_that_contradict_themselves_are_refused_with_a_remedy() {
    let cases = [
        ("name = \"a b\"\nkind = \"ledes-api\"", "rename it"),
        (
            "name = \"p\"\nkind = \"ledes-api\"",
            "add [[portal.account]]",
        ),
        ("name = \"p\"\nkind = \"file-drop\"", "drop = {"),
        (
            "name = \"p\"\nkind = \"ledes-api\"\nlimit = { requests = 0 }",
            "at least 1 request",
        ),
        (
            "name = \"p\"\nkind = \"agreed-upload\"\nagreed = { auth = \"certificate\" }",
            "tls.client_authority",
        ),
        (
            "name = \"p\"\nkind = \"ledes-api\"\naccount = [{ id = \"a\", secret = \"b\" }]\ntoken_path = \"/{*x}\"",
            "token_path",
        ),
    ];
    for (text, remedy) in cases {
        let settings = Settings::parse(&format!("[[portal]]\n{text}")).expect("settings");
        let error = start(settings)
            .await
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default();
        assert!(error.contains(remedy), "{text}: {error}");
    }
    let error = Settings::parse("[[portal]]\nname = \"p\"\nkind = \"ledes\"").expect_err("no kind");
    assert!(
        error.contains("line 3") && error.contains("ledes-api"),
        "{error}"
    );
}
