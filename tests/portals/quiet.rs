//! No credential and no narrative in what is logged, in what is said of an error, and in what debugging shows.

use super::server::{Act, Server, say};
use super::{practice::secret, submission, try_open, wait};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cleanbill::model::{Attachment, Submission};
use cleanbill::portals::{Accounts, Handle, Portal};
use std::io::Write;
use std::sync::{Arc, Mutex};

const SECRET: &str = "S3CRETMARKER";
const TOKEN: &str = "T0KENMARKER";
const NARRATIVE: &str = "Narrativemarker with opposing counsel";

/// Everything that was logged in this process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Libraries that log in the older way.
impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0
            .lock()
            .expect("whole")
            .extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

fn confidential() -> Submission {
    let mut one = submission();
    one.bytes = format!("LEDES1998B[]\nINVOICE_DATE|...\n...|{NARRATIVE}|[]").into_bytes();
    one.comment = Some(NARRATIVE.to_owned());
    one
}

/// Tries a client in every way, and keeps all that is said about it.
fn tried(account: &str, said: &mut String) {
    let portal = try_open(account).unwrap_or_else(|e| panic!("{account}: {e}"));
    let with_id = Handle {
        portal_id: Some("78".to_owned()),
        invoice_number: "AW-2041".to_owned(),
        file_name: "AW-2041.txt".to_owned(),
        ..Handle::default()
    };
    for _ in 0..4 {
        match wait(portal.submit(&confidential())) {
            Ok(receipt) => *said += &format!("{receipt:?}\n"),
            Err(error) => *said += &format!("{error} {error:?}\n"),
        }
    }
    for handle in [
        with_id.clone(),
        Handle {
            portal_id: None,
            ..with_id
        },
    ] {
        if let Err(error) = wait(portal.ask(&handle)) {
            *said += &format!("{error} {error:?}\n");
        }
    }
    if let Err(error) = wait(portal.check()) {
        *said += &format!("{error} {error:?}\n");
    }
    let accounts: Accounts =
        toml::from_str(&format!("[account.one]\n{account}")).expect("accounts");
    *said += &format!("{accounts:?}\n");
}

/// Takes it, refuses it with the narrative repeated, breaks off, fails, and answers what nobody expects.
fn answers() -> Vec<Act> {
    let echo =
        format!(r#"{{"errors":[{{"error":"line 1: {NARRATIVE}"}}],"message":"{NARRATIVE}"}}"#);
    let page = format!("<html>{NARRATIVE}</html>");
    vec![
        say(201, r#"{"invoiceid":"78","id":78,"InvoiceId":"78"}"#),
        say(400, &echo),
        Act::BreakOff,
        say(500, &page),
        say(200, &page),
        say(200, &echo),
        say(401, &echo),
        say(418, &page),
    ]
}

#[test]
fn nothing_confidential_is_told() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    log::set_logger(Box::leak(Box::new(log.clone()))).expect("the only one");
    log::set_max_level(log::LevelFilter::Trace);

    let mut said = format!("{:?}\n", confidential());
    let mut with = confidential();
    with.attachments.push(Attachment {
        name: "receipt.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: NARRATIVE.as_bytes().to_vec(),
        item: None,
    });
    said += &format!("{with:?}\n");

    let tokens = Server::new(
        (0..20)
            .map(|_| {
                say(
                    200,
                    format!(r#"{{"access_token":"{TOKEN}","expires_in":"3600"}}"#),
                )
            })
            .collect(),
    );
    let ways = [
        "{ kind = \"basic\", user = \"firm\", password = SECRET }".to_owned(),
        "{ kind = \"bearer\", token = SECRET }".to_owned(),
        "{ kind = \"headers\", headers = { ProviderKey = SECRET } }".to_owned(),
        format!(
            "{{ kind = \"oauth2\", token_url = \"{}/token\", client_id = \"firm\", client_secret = SECRET }}",
            tokens.url
        ),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("AW-2041.xml"),
        format!("<ubf>AW-2041 {NARRATIVE}</ubf>"),
    )
    .expect("written");
    let agreed = "settings = { submit = { path = \"u\", file_field = \"f\", fields = { word = \"{comment}\" }, id = \"/id\" }, find = { path = \"f\", word = \"/w\" } }";
    let clients = [
        ("LEDES API", "api", String::new()),
        ("Collaborati", "agreed", agreed.to_owned()),
        ("Legal Tracker", "api", "settings = { company_id = 1, firm_id = 1, firm_office_id = 1, type_id = 1, content_field = \"c\" }".to_owned()),
        ("eBillingHub", "api", format!("settings = {{ files = {:?} }}", folder.path().display().to_string())),
    ];
    for sign_in in &ways {
        let sign_in = sign_in.replace("SECRET", &secret(SECRET));
        for (portal, way, settings) in &clients {
            let server = Server::new(answers());
            tried(
                &format!(
                    "portal = \"{portal}\"\nway = \"{way}\"\nurl = \"{}\"\nsign_in = {sign_in}\n{settings}\n",
                    server.url
                ),
                &mut said,
            );
        }
    }
    let basic = ways[0].replace("SECRET", &secret(SECRET));
    let smtp = super::mail::scripted(&[("AUTH", "535 no")]);
    let drop = super::mail::scripted(&[(".", "cut")]);
    for port in [smtp, drop] {
        tried(
            &format!(
                "portal = \"CounselLink\"\nway = \"mail\"\nurl = \"smtp://127.0.0.1:{port}\"\nsign_in = {basic}\nsettings = {{ from = \"a@firm.example\" }}\n"
            ),
            &mut said,
        );
    }
    #[cfg(feature = "sftp")]
    super::sftp::quietly(&basic, &mut said, tried);

    let logged = String::from_utf8_lossy(&log.0.lock().expect("whole")).into_owned();
    assert!(
        logged.contains("reqwest") || logged.contains("hyper"),
        "the libraries do log"
    );
    let encoded = [
        STANDARD.encode(format!("firm:{SECRET}")),
        STANDARD.encode(format!("\0firm\0{SECRET}")),
        STANDARD.encode(confidential().bytes),
    ];
    let numbers: Vec<String> = NARRATIVE.bytes().take(12).map(|b| b.to_string()).collect();
    let numbers = numbers.join(", ");
    let markers = [SECRET, TOKEN, "Narrativemarker", &numbers];
    for marker in markers
        .into_iter()
        .chain(encoded.iter().map(String::as_str))
    {
        for (what, text) in [("log", &logged), ("errors", &said)] {
            if let Some(at) = text.find(marker) {
                let from = text[..at].rfind('\n').map_or(0, |n| n + 1);
                panic!(
                    "{marker} in {what}: {}",
                    &text[from..(at + marker.len()).min(from + 600).max(at)]
                );
            }
        }
    }
}
