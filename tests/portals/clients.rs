//! Agreed upload, Legal Tracker and eBillingHub against the practice portals of `fixtures/sandbox/eight.toml`: two
//! readings of the same references.

use super::practice::{self, STEP, by_id, invoice, oauth2, posts, secret, taken};
use super::{open, practice::report};
use cleanbill::model::{Outcome, StatusReport};
use cleanbill::portals::{Asked, Handle, Polite, Portal, PortalError};
use cleanbill::sandbox::{self, Fault, Operation, Running, Settings, What};
use std::path::Path;

/// The eight portals with what they write below a folder, and one outcome for all.
async fn eight(folder: &Path, outcome: &str) -> Running {
    practice::provider();
    let path = format!("{}/fixtures/sandbox/eight.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the eight portals");
    let text = text.replace("practice/", &format!("{}/practice/", folder.display()));
    // The limits are `politeness`'s business, and tried there.
    let kept = text.lines().filter(|line| !line.starts_with("limit = "));
    let text: String = kept.map(|line| format!("{line}\n")).collect();
    let text = text.replace(
        "\nkind = ",
        &format!("\noutcomes = {{ {outcome} = 1 }}\nkind = "),
    );
    // Legal Tracker numbers matters, so it has to know some.
    let text = text.replace(
        "client = \"Halcyon Mutual\"",
        "client = \"Halcyon Mutual\"\nmatters = [\"XX-9\", \"BW-1\"]",
    );
    let settings = Settings::parse(&text).expect("settings");
    sandbox::start(settings).await.expect("a sandbox")
}

fn halcyon(running: &Running) -> Polite {
    open(&format!(
        "portal = \"Legal Tracker\"\nway = \"api\"\nurl = \"{}\"\n{}\n\
         settings = {{ company_id = 4711, firm_id = 21, firm_office_id = 3, type_id = 1, content_field = \"invoiceFileContent\" }}",
        running.base("halcyon").expect("the portal"),
        oauth2(running, "halcyon", "firm", "practice-halcyon"),
    ))
}

fn hub(running: &Running, files: &Path) -> Polite {
    open(&format!(
        "portal = \"eBillingHub\"\nway = \"api\"\nurl = \"{}\"\n\
         sign_in = {{ kind = \"headers\", headers = {{ ProducerId = {}, ProviderKey = {} }} }}\n\
         settings = {{ files = {:?}, submit_path = \"submissions/api/v2/SubmissionRequests\", search_path = \"statuses/api/v2/search\", details_path = \"statuses/api/v2/details\" }}",
        running.base("hub").expect("the portal"),
        secret("1001"),
        secret("practice-hub"),
        files.display().to_string(),
    ))
}

const QUESTIONS: &str = r#"
[account.one.settings.status]
path = "uploads/{portal_id}"
word = "/status"
id = "/confirmation"
number = "/number"
note = "/message"
original_total = "/total"
approved_total = "/approved_total"
time = "/at"
reductions = { at = "/adjustments", text = "/reason", item = "/line", amount = "/amount" }
errors = { at = "/errors", text = "/text", item = "/line" }
[account.one.settings.find]
path = "uploads?number={invoice_number}"
at = ""
word = "/status"
id = "/confirmation"
number = "/number"
original_total = "/total"
"#;

/// TyMetrix 360's words, a form, basic.
fn brightwater(running: &Running) -> Polite {
    open(&format!(
        "portal = \"TyMetrix 360\"\nway = \"agreed\"\nurl = \"{}\"\n\
         sign_in = {{ kind = \"basic\", user = \"firm\", password = {} }}\n\
         [account.one.settings.submit]\npath = \"upload\"\nfile_field = \"invoice\"\nfields = {{ network = \"{{client_id}}\" }}\n\
         id = \"/confirmation\"\nerrors = \"/message\"\n{QUESTIONS}",
        running.base("brightwater").expect("the portal"),
        secret("practice-brightwater"),
    ))
}

/// CounselLink's words, the file as the body, an answer in plain text; it cannot be asked.
fn larkfield(running: &Running) -> Polite {
    open(&format!(
        "portal = \"CounselLink\"\nway = \"agreed\"\nurl = \"{}\"\n\
         sign_in = {{ kind = \"bearer\", token = {} }}\n\
         [account.one.settings.submit]\npath = \"upload\"\nid = \"text:Confirmation number\"\nerrors = \"text:message\"\n",
        running.base("larkfield").expect("the portal"),
        secret("practice-larkfield"),
    ))
}

/// Collaborati's words, PUT under the number, OAuth 2.
fn tarn(running: &Running) -> Polite {
    open(&format!(
        "portal = \"Collaborati\"\nway = \"agreed\"\nurl = \"{}\"\n{}\n\
         [account.one.settings.submit]\npath = \"invoices/{{invoice_number}}\"\nmethod = \"PUT\"\ntaken = [201]\nrefused = [400]\n\
         id = \"/confirmation\"\nerrors = \"/message\"\n{QUESTIONS}",
        running.base("tarn").expect("the portal"),
        oauth2(running, "tarn", "firm", "practice-tarn"),
    ))
}

/// A recent invoice: Collaborati's client takes none older than 90 days.
fn recent(number: &str) -> cleanbill::model::Submission {
    let mut one = invoice(number);
    let today = chrono::Utc::now().date_naive().format("%Y%m%d").to_string();
    let text = String::from_utf8(one.bytes).expect("text");
    one.bytes = text
        .replace("\r\n20260331|", &format!("\r\n{today}|"))
        .into_bytes();
    one
}

async fn went(
    running: &Running,
    portal: &Polite,
    name: &str,
    number: &str,
) -> (Handle, Vec<StatusReport>) {
    let receipt = portal.submit(&recent(number)).await;
    let receipt = receipt.unwrap_or_else(|e| panic!("{name}: {e}"));
    let id = receipt.portal_id.unwrap_or_else(|| panic!("{name}: no id"));
    assert_eq!(taken(running, name, number), 1, "{name}");
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(report(portal, &id, number).await);
        running.advance(STEP);
    }
    (by_id(&id, number), seen)
}

fn outcomes(seen: &[StatusReport]) -> Vec<Outcome> {
    let mut all: Vec<Outcome> = seen.iter().map(|r| r.outcome).collect();
    all.dedup();
    all
}

#[tokio::test]
async fn from_receipt_to_reduction() {
    use Outcome::{Acknowledged, InReview, Paid, Received, Reduced};
    let folder = tempfile::tempdir().expect("a folder");
    let running = eight(folder.path(), "reduced").await;
    let files = folder.path().join("hub");
    std::fs::create_dir_all(&files).expect("a folder");
    // The hub's own XML is not public: the practice hub reads what it is given.
    std::fs::write(files.join("INV-1.xml"), recent("INV-1").bytes).expect("written");
    let clients: [(&str, Polite, &[Outcome]); 4] = [
        ("halcyon", halcyon(&running), &[InReview, Reduced]),
        (
            "hub",
            hub(&running, &files),
            &[Received, Acknowledged, InReview, Reduced, Paid],
        ),
        (
            "brightwater",
            brightwater(&running),
            &[Received, Acknowledged, Reduced],
        ),
        ("tarn", tarn(&running), &[Received, InReview, Reduced, Paid]),
    ];
    for (name, portal, way) in clients {
        let (handle, seen) = went(&running, &portal, name, "INV-1").await;
        assert_eq!(outcomes(&seen), way, "{name}");
        let last = &seen[5];
        assert!(last.doubts.is_empty(), "{name}: {:?}", last.doubts);
        assert!(last.at.is_some(), "{name} says since when");
        // What is proven not to be there, and what was lost sight of and is found again.
        let nothing = Handle {
            portal_id: Some("77777".to_owned()),
            ..handle.clone()
        };
        let none = portal.ask(&nothing).await;
        if name != "hub" {
            assert_eq!(none.expect("an answer"), Asked::Absent, "{name}");
        }
        if portal.abilities().find {
            let lost = Handle {
                portal_id: None,
                ..handle.clone()
            };
            let Asked::Here(found) = portal.ask(&lost).await.expect("an answer") else {
                panic!("{name}: it is there");
            };
            assert_eq!(found.portal_id, handle.portal_id, "{name}");
            let other = Handle {
                portal_id: None,
                invoice_number: "INV-2".to_owned(),
                ..handle
            };
            assert_eq!(
                portal.ask(&other).await.expect("an answer"),
                Asked::Absent,
                "{name}"
            );
        }
        assert_eq!(posts(&running, name), 1, "{name}");
    }
}

#[tokio::test]
async fn cuts_come_with_their_lines_where_a_portal_tells_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = eight(folder.path(), "reduced").await;
    for (name, portal) in [("halcyon", halcyon(&running)), ("tarn", tarn(&running))] {
        let (_, seen) = went(&running, &portal, name, "INV-1").await;
        let last = &seen[5];
        assert!(!last.reductions.is_empty(), "{name}");
        for cut in &last.reductions {
            assert!(
                cut.amount.is_sign_positive() && !cut.reason.is_empty(),
                "{name}"
            );
            assert!(
                cut.line.as_ref().is_some_and(|l| l.item.is_some()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_portal_that_cannot_be_asked_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = eight(folder.path(), "approved").await;
    let portal = larkfield(&running);
    let receipt = portal.submit(&recent("INV-1")).await.expect("taken");
    let id = receipt.portal_id.expect("the confirmation number");
    assert_eq!(
        running.ledger("larkfield")[0].id.as_deref(),
        Some(id.as_str())
    );
    assert_eq!(
        portal.ask(&by_id(&id, "INV-1")).await.expect("an answer"),
        Asked::CannotSay
    );
    let Err(PortalError::Refused { remarks, .. }) = portal.submit(&recent("INV-1")).await else {
        panic!("a duplicate");
    };
    assert!(
        remarks[0].text.contains("already been posted") && !remarks[0].text.contains("status:"),
        "{remarks:?}"
    );
}

#[tokio::test]
async fn refusals_credentials_and_cuts_mean_the_same_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = eight(folder.path(), "approved").await;
    let files = folder.path().join("hub");
    std::fs::create_dir_all(&files).expect("a folder");
    for number in ["INV-1", "INV-2", "INV-3"] {
        std::fs::write(files.join(format!("{number}.xml")), recent(number).bytes).expect("written");
    }
    for (name, open) in [
        (
            "halcyon",
            Box::new(|| halcyon(&running)) as Box<dyn Fn() -> Polite>,
        ),
        ("hub", Box::new(|| hub(&running, &files))),
        ("brightwater", Box::new(|| brightwater(&running))),
        ("tarn", Box::new(|| tarn(&running))),
    ] {
        let portal = open();
        portal
            .submit(&recent("INV-1"))
            .await
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let Err(PortalError::Refused { remarks, .. }) = portal.submit(&recent("INV-1")).await
        else {
            panic!("{name}: a duplicate");
        };
        assert!(
            remarks[0].text.contains("already been posted"),
            "{name}: {remarks:?}"
        );
        for (number, what, kept) in [
            ("INV-2", What::CutAnswer, 1),
            ("INV-3", What::CutBeforeBody, 0),
        ] {
            let portal = open();
            running.no_faults(name);
            assert!(running.fault(name, Fault::new(what, Operation::Submit).times(1)));
            let error = portal.submit(&recent(number)).await.expect_err("cut");
            assert!(error.leaves_doubt(), "{name}: {error}");
            assert_eq!(taken(&running, name, number), kept, "{name} {number}");
            if !portal.abilities().find {
                continue;
            }
            let lost = Handle {
                portal_id: None,
                ..by_id("", number)
            };
            let found = portal.ask(&lost).await.expect("an answer");
            assert_eq!(
                matches!(found, Asked::Here(_)),
                kept == 1,
                "{name} {number}"
            );
            assert_eq!(matches!(found, Asked::Absent), kept == 0, "{name} {number}");
        }
        let found = open()
            .check()
            .await
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(!found.is_empty());
    }
}
