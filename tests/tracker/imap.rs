//! The firm's mailbox on a real mail server, which the test starts. Debian: dovecot-imapd.

use crate::answers::{ACK, FROM, PROVEN, Practice, field, mail};
use crate::firm::Firm;
use crate::on_both;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, net};

on_both!(mails_of_portals_are_fetched_once_and_the_mailbox_stays_as_it_is);

/// Debian's user and group of mail, as which the server reads the mailbox.
const MAIL: u32 = 8;

/// A server of this test's own, with a folder as its mailbox.
struct Dovecot {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its processes end with it.
        let at = self.folder.path().join("dovecot.conf");
        let _ = Command::new("/usr/sbin/dovecot")
            .arg("-c")
            .arg(at)
            .arg("stop")
            .output();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The names of the mails in a folder of the mailbox, which hold their flags.
fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).expect("a folder");
    let mut all: Vec<String> = all
        .map(|e| e.expect("one").file_name().to_string_lossy().into_owned())
        .collect();
    all.sort();
    all
}

impl Dovecot {
    /// `None`, where no server is installed and nobody demands it, or where nobody may start one.
    fn started() -> Option<Self> {
        let program = Path::new("/usr/sbin/dovecot");
        let root = Command::new("id").arg("-u").output().expect("id");
        if !program.exists() || root.stdout != b"0\n" {
            assert!(
                env::var_os("CI").is_none(),
                "dovecot is missing (apt-get install dovecot-imapd), or this is not root"
            );
            println!("skipped: no dovecot (apt-get install dovecot-imapd), or not root");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        // The server reads as another user.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("opened");
        for name in [
            "mail",
            "mail/ebilling",
            "mail/ebilling/new",
            "mail/ebilling/cur",
            "mail/ebilling/tmp",
            "home",
        ] {
            fs::create_dir(path(name)).expect("made");
            chown(path(name), Some(MAIL), Some(MAIL)).expect("given");
        }
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
        let made = made.expect("a certificate");
        fs::write(path("cert.pem"), made.cert.pem()).expect("written");
        fs::write(path("key.pem"), made.signing_key.serialize_pem()).expect("written");
        fs::write(path("users"), "ebilling:{PLAIN}the right word:::::\n").expect("written");
        let port = free_port();
        let at = folder.path().display().to_string();
        let settings = format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {at}/run\nstate_dir = {at}/state\nlog_path = {at}/log\n\
             ssl = required\nssl_cert = <{at}/cert.pem\nssl_key = <{at}/key.pem\ndisable_plaintext_auth = yes\n\
             mail_location = maildir:{at}/mail/%u\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
             passdb {{\n driver = passwd-file\n args = {at}/users\n}}\n\
             userdb {{\n driver = static\n args = uid={MAIL} gid={MAIL} home={at}/home\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = 0\n }}\n inet_listener imaps {{\n port = {port}\n ssl = yes\n }}\n}}\n"
        );
        fs::write(path("dovecot.conf"), settings).expect("written");
        let child = Command::new(program)
            .args(["-F", "-c"])
            .arg(path("dovecot.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let server = Self {
            folder,
            port,
            child,
        };
        for _ in 0..200 {
            if net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("dovecot does not answer: {}", server.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn new_mails(&self) -> PathBuf {
        self.folder.path().join("mail/ebilling/new")
    }

    fn deliver(&self, name: &str, text: &str) {
        let path = self.new_mails().join(name);
        fs::write(&path, text).expect("delivered");
        chown(path, Some(MAIL), Some(MAIL)).expect("given");
    }

    /// What the accounts say of it.
    fn account(&self, firm: &Firm, authority: bool) -> String {
        let authority = match authority {
            true => format!(
                "authority = {:?}\n",
                self.folder.path().join("cert.pem").display().to_string()
            ),
            false => String::new(),
        };
        format!(
            "\n[mail.imap]\nurl = \"imaps://localhost:{}\"\n{authority}\
             sign_in = {{ kind = \"basic\", user = \"ebilling\", password = {{ file = {:?} }} }}\n",
            self.port,
            firm.path("mail-word").display().to_string()
        )
    }
}

fn mails_of_portals_are_fetched_once_and_the_mailbox_stays_as_it_is(mut firm: Firm) {
    let Some(server) = Dovecot::started() else {
        return;
    };
    firm.staff();
    let practice = Practice::new(&firm);
    practice.send(&firm, &[("H-1", "C3"), ("H-2", "C3"), ("H-3", "C3")]);
    let accounts = fs::read_to_string(&practice.accounts).expect("accounts");
    let with = |mailbox: &str| firm.file("with-mail.toml", &format!("{accounts}{mailbox}"));
    let fetch = |accounts: &str| firm.call("ann", &["answers", "fetch", "--accounts", accounts]);
    let state = |number: &str| field(&firm, number, "C3", "state");
    let table = format!(
        "{ACK}CounselLink,2026-04-01T00:00:00Z,H-1.txt,,H-1,M,accepted,,,\r\nCounselLink,2026-04-01T00:00:00Z,H-2.txt,,H-2,M,rejected,006,math error in line item 1,1\r\n"
    );
    let report = format!(
        "Authentication-Results: mx.firm.example; {PROVEN}\r\nFrom: {FROM}\r\nMessage-ID: <t@x>\r\nDate: Tue, 7 Apr 2026 10:00:00 -0500\r\n\
         Subject: Daily report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         The report is attached.\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"ack.csv\"\r\n\r\n\
         {table}\r\n--b--\r\n"
    );
    let rejected = |proof: &str, number: &str| {
        mail(
            FROM,
            proof,
            &format!("Invoice {number} rejected"),
            "Reject reason: missing task code",
        )
    };
    server.deliver("1.a", &report);
    // The same mail once more, and one of somebody no account knows.
    server.deliver("2.a", &report);
    let stranger = rejected("dkim=pass header.d=elsewhere.example", "H-3");
    server.deliver("3.a", &stranger.replace(FROM, "someone@elsewhere.example"));
    // Nobody is believed by his word: not the server, and not who signs in.
    firm.file("mail-word", "the wrong word\n");
    let said = fetch(&with(&server.account(&firm, true)));
    let said = said.refused("does not take them for ebilling");
    assert!(!said.contains("wrong word"), "{said}");
    firm.file("mail-word", "the right word\n");
    fetch(&with(&server.account(&firm, false))).refused("certificate");
    let plain = server.account(&firm, true).replace("imaps://", "imap://");
    fetch(&with(&plain)).refused("imaps://HOST");
    assert_eq!(state("H-2"), "in doubt");
    let accounts = with(&server.account(&firm, true));
    let said = fetch(&accounts).well();
    assert!(said.contains("1 mails fetched"), "{said} {}", server.log());
    assert!(
        said.contains("2 taken, 0 known before, 0 waiting"),
        "{said}"
    );
    assert_eq!(
        (state("H-1"), state("H-2"), state("H-3")),
        (
            "acknowledged".to_owned(),
            "rejected".to_owned(),
            "in doubt".to_owned()
        )
    );
    let said = fetch(&accounts).well();
    assert!(said.contains("0 mails fetched"), "{said}");
    // The night fetches too. A mail with the id of one that is known is another; what nobody has proven waits.
    server.deliver(
        "4.a",
        &rejected("dkim=fail", "H-3").replace("Invoice H-3 rejected@x", "t@x"),
    );
    let night = ["overnight", "--accounts", &accounts];
    let said = firm.call("nyx", &night);
    assert!(said.out.contains("not proven"), "{}{}", said.out, said.err);
    assert_eq!(state("H-3"), "in doubt");
    server.deliver("5.a", &rejected(PROVEN, "H-3"));
    let said = firm.call("nyx", &night);
    assert_eq!(state("H-3"), "rejected", "{}{}", said.out, said.err);
    // Nobody's mail program shows any of it as read.
    assert_eq!(
        names(&server.new_mails()),
        ["1.a", "2.a", "3.a", "4.a", "5.a"],
        "{}",
        server.log()
    );
    assert_eq!(
        names(&server.folder.path().join("mail/ebilling/cur")),
        [""; 0]
    );
    // A mailbox that is out of reach costs the night nothing else.
    drop(server);
    let said = firm.call("nyx", &night);
    assert!(said.out.contains("mails were not fetched"), "{}", said.out);
    firm.sound();
}
