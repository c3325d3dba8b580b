//! Invoices by mail: against a real mail server (aiosmtpd; Debian: python3-aiosmtpd) that runs in a process of its own,
//! and against answers of a server word by word.

use super::papers::Papers;
use super::{open, practice, submission, unreached, wait};
use base64::Engine;
use cleanbill::model::Attachment;
use cleanbill::portals::{Asked, Handle, Portal, PortalError};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

/// A mail server, and the folder its mails lie in.
struct Smtpd {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Drop for Smtpd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python that has it: the system's own, which Debian's package is for, or the first on the path.
fn python() -> Option<&'static str> {
    let knows = |python: &&str| {
        let tried = Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .stderr(Stdio::null())
            .status();
        tried.is_ok_and(|status| status.success())
    };
    let found = ["/usr/bin/python3", "python3"].into_iter().find(knows);
    if found.is_none() {
        assert!(
            env::var_os("CI").is_none(),
            "aiosmtpd is missing: apt-get install python3-aiosmtpd"
        );
        println!("skipped: no aiosmtpd; apt-get install python3-aiosmtpd");
    }
    found
}

impl Smtpd {
    fn started(more: &[String]) -> Option<Self> {
        let python = python()?;
        let folder = tempfile::tempdir().expect("a folder");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let child = Command::new(python)
            .args([
                "-m",
                "aiosmtpd",
                "-n",
                "-l",
                &format!("127.0.0.1:{port}"),
                "-c",
                "aiosmtpd.handlers.Mailbox",
            ])
            .args(more)
            .arg(folder.path().join("mails"))
            .stderr(Stdio::null())
            .spawn()
            .expect("aiosmtpd");
        let server = Self {
            folder,
            port,
            child,
        };
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(25));
        }
        panic!("the mail server does not answer");
    }

    fn mails(&self) -> Vec<Vec<u8>> {
        let folder: PathBuf = self.folder.path().join("mails").join("new");
        let Ok(all) = fs::read_dir(folder) else {
            return Vec::new();
        };
        all.map(|entry| fs::read(entry.expect("an entry").path()).expect("a mail"))
            .collect()
    }
}

fn account(url: &str, more: &str) -> String {
    format!(
        "portal = \"CounselLink\"\nway = \"mail\"\nurl = \"{url}\"\nsettings = {{ from = \"Billing <billing@firm.example>\", to = \"in@portal.example\" }}\n{more}"
    )
}

#[test]
fn one_invoice_a_mail_byte_by_byte() {
    let Some(server) = Smtpd::started(&[]) else {
        return;
    };
    let portal = open(&account(&format!("smtp://127.0.0.1:{}", server.port), ""));
    let found = wait(portal.check()).expect("it answers");
    assert!(
        found[0].contains("no mail was sent") && server.mails().is_empty(),
        "{found:?}"
    );
    let receipt = wait(portal.submit(&submission())).expect("taken");
    assert!(receipt.by_hand && receipt.portal_id.is_none());
    assert_eq!(receipt.evidence.status, Some(250));
    assert!(
        receipt.remarks[0].contains("in@portal.example") && receipt.remarks[1].contains("paper")
    );
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let mail = mail_parser::MessageParser::default()
        .parse(&mails[0])
        .expect("a mail");
    assert_eq!(mail.subject(), Some("Invoice AW-2041"));
    assert_eq!(mail.message_id(), Some("attempt-1@firm.example"));
    let parts: Vec<_> = mail.attachments().collect();
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].contents(), submission().bytes);
    assert!(String::from_utf8_lossy(&mails[0]).contains("AW-2041.txt"));
    // Nobody at the portal can be asked.
    assert_eq!(
        wait(portal.ask(&Handle::default())).expect("an answer"),
        Asked::CannotSay
    );
}

#[test]
fn what_a_portal_does_not_take_by_mail_is_not_sent() {
    let Some(server) = Smtpd::started(&[]) else {
        return;
    };
    let portal = open(&account(&format!("smtp://127.0.0.1:{}", server.port), ""));
    let mut large = submission();
    large.bytes = vec![b'x'; 5_000_001];
    let mut xml = submission();
    xml.file_name = "AW-2041.xml".to_owned();
    let mut with = submission();
    with.attachments.push(Attachment {
        name: "receipt.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7".to_vec(),
        item: None,
    });
    for (one, told) in [
        (large, "5000000"),
        (xml, "doc, txt, xls"),
        (with, "taken for an invoice"),
    ] {
        let error = wait(portal.submit(&one)).expect_err("not by mail");
        assert!(
            matches!(error, PortalError::Setup(_)) && error.to_string().contains(told),
            "{error}"
        );
    }
    assert!(server.mails().is_empty());
}

#[test]
fn encrypted_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let papers = Papers::written(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let tls = [
        "--smtpscert".to_owned(),
        path("server.pem"),
        "--smtpskey".to_owned(),
        path("server.key"),
    ];
    let Some(server) = Smtpd::started(&tls) else {
        return;
    };
    let url = format!("smtps://localhost:{}", server.port);
    let error =
        wait(open(&account(&url, "")).submit(&submission())).expect_err("an unknown authority");
    unreached(&error);
    wait(open(&account(&url, &papers.authority())).submit(&submission())).expect("taken");
    assert_eq!(server.mails().len(), 1);
}

#[test]
fn a_server_that_begins_in_the_clear_has_to_offer_encryption() {
    let folder = tempfile::tempdir().expect("a folder");
    let papers = Papers::written(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let tls = [
        "--tlscert".to_owned(),
        path("server.pem"),
        "--tlskey".to_owned(),
        path("server.key"),
    ];
    let (Some(server), Some(bare)) = (Smtpd::started(&tls), Smtpd::started(&[])) else {
        return;
    };
    let send = |server: &Smtpd| {
        let url = format!("smtp://localhost:{}", server.port);
        wait(open(&account(&url, &papers.authority())).submit(&submission()))
    };
    // This one requires STARTTLS before it takes anything (RFC 3207).
    send(&server).expect("taken");
    assert_eq!(server.mails().len(), 1);
    let error = send(&bare).expect_err("not encrypted");
    assert!(!error.leaves_doubt() && bare.mails().is_empty(), "{error}");
}

/// What a server says to each command; what is not named is taken.
pub fn scripted(says: &'static [(&'static str, &'static str)]) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            let _ = converse(&stream, says);
        }
    });
    port
}

fn converse(mut stream: &TcpStream, says: &[(&str, &str)]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    stream.write_all(b"220 practice\r\n")?;
    let mut in_mail = false;
    while reader.read_line(&mut line)? > 0 {
        let said = line.trim_end().to_owned();
        line.clear();
        let command = match said.as_str() {
            "." if in_mail => ".",
            _ if in_mail => continue,
            other => other.split([' ', ':']).next().unwrap_or(""),
        };
        let own = says
            .iter()
            .find(|(c, _)| *c == command)
            .map(|(_, answer)| *answer);
        let answer = match (own, command) {
            (Some("cut"), _) => return Ok(()),
            (Some(answer), _) => answer,
            (None, "EHLO") => "250-practice\r\n250 AUTH PLAIN LOGIN",
            (None, "AUTH") => "235 known",
            (None, "DATA") => "354 go on",
            (None, _) => "250 taken",
        };
        in_mail = answer.starts_with("354");
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

#[test]
fn what_each_answer_of_a_mail_server_means() {
    let sign_in = format!(
        "sign_in = {{ kind = \"basic\", user = \"firm\", password = {} }}",
        practice::secret("pass-marker")
    );
    let send = |says| {
        let url = format!("smtp://127.0.0.1:{}", scripted(says));
        wait(open(&account(&url, &sign_in)).submit(&submission()))
    };
    assert!(send(&[]).is_ok());
    let error = send(&[("AUTH", "535 no")]).expect_err("535");
    assert!(matches!(error, PortalError::Credentials(_)), "{error}");
    for says in [&[("RCPT", "550 nobody")] as &[_], &[(".", "552 too large")]] {
        let error = send(says).expect_err("refused");
        assert!(
            matches!(error, PortalError::Setup(_)) && !error.leaves_doubt(),
            "{error}"
        );
    }
    let error = send(&[("MAIL", "451 later")]).expect_err("451");
    assert!(matches!(error, PortalError::Busy { .. }), "{error}");
    let error = send(&[("EHLO", "cut")]).expect_err("cut");
    assert!(!error.leaves_doubt(), "{error}");
    let error = send(&[(".", "cut")]).expect_err("cut after the mail");
    assert!(error.leaves_doubt(), "{error}");
    let plain = base64::engine::general_purpose::STANDARD.encode("\0firm\0pass-marker");
    for error in [send(&[("AUTH", "535 no")]), send(&[(".", "cut")])] {
        let text = format!("{0} {0:?}", error.expect_err("an error"));
        assert!(
            !text.contains("pass-marker") && !text.contains(&plain),
            "{text}"
        );
    }
}

#[test]
fn an_address_and_a_way_to_it_are_needed() {
    let told = |text: &str| super::try_open(text).err().expect("not set up").to_string();
    let bare =
        "portal = \"TyMetrix 360\"\nway = \"mail\"\nsettings = { from = \"a@firm.example\" }\n";
    assert!(told(bare).contains("settings.to"), "{}", told(bare));
    assert!(told(&account("https://mail.firm.example", "")).contains("smtps://HOST"));
    let inside = told(&account("smtps://firm:word@mail.firm.example", ""));
    assert!(
        inside.contains("sign_in") && !inside.contains("word@"),
        "{inside}"
    );
}
