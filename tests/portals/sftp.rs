//! SFTP against a real OpenSSH server, which the test starts. Debian: openssh-server.

use super::practice::{self, STEP, file};
use super::{open, submission, unreached};
use cleanbill::model::Outcome;
use cleanbill::portals::{Asked, Handle, Polite, Portal, PortalError};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, net};

/// A server of this test's own, with a folder as its files.
struct Sshd {
    folder: tempfile::TempDir,
    port: u16,
    fingerprint: String,
    child: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(program: &str, args: &[&str]) -> String {
    let done = Command::new(program).args(args).output().expect(program);
    assert!(
        done.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// A free port. Somebody else may take it before the server does; then the test fails and says so.
fn free_port() -> u16 {
    let listener = net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

impl Sshd {
    /// `None`, where no server is installed and nobody demands it.
    fn started() -> Option<Self> {
        let program = ["/usr/sbin/sshd", "/usr/bin/sshd"]
            .into_iter()
            .find(|p| Path::new(p).exists());
        let Some(program) = program else {
            assert!(
                env::var_os("CI").is_none(),
                "sshd is missing: apt-get install openssh-server"
            );
            println!("skipped: no sshd; apt-get install openssh-server");
            return None;
        };
        // The server wants it, whoever starts it as root.
        let _ = fs::create_dir_all("/run/sshd");
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        for name in ["host", "firm"] {
            run(
                "ssh-keygen",
                &["-q", "-t", "ed25519", "-N", "", "-f", &at(name)],
            );
        }
        run(
            "ssh-keygen",
            &[
                "-q",
                "-t",
                "rsa",
                "-b",
                "2048",
                "-N",
                "a word",
                "-f",
                &at("rsa"),
            ],
        );
        let keys = fs::read_to_string(at("firm.pub")).expect("a key")
            + &fs::read_to_string(at("rsa.pub")).expect("a key");
        fs::write(at("authorized"), keys).expect("written");
        for name in ["in", "out"] {
            fs::create_dir_all(folder.path().join("home").join(name)).expect("a folder");
        }
        let port = free_port();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\nForceCommand internal-sftp -d {}\n",
            at("host"),
            at("authorized"),
            at("home")
        );
        fs::write(at("config"), config).expect("written");
        let child = Command::new(program)
            .args(["-D", "-e", "-f", &at("config")])
            .stderr(Stdio::from(fs::File::create(at("log")).expect("a log")))
            .spawn()
            .expect("sshd");
        let told = run("ssh-keygen", &["-l", "-f", &at("host.pub")]);
        let fingerprint = told
            .split_whitespace()
            .nth(1)
            .expect("a fingerprint")
            .to_owned();
        let server = Self {
            folder,
            port,
            fingerprint,
            child,
        };
        for _ in 0..200 {
            if net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!(
            "sshd does not answer: {}",
            fs::read_to_string(server.at("log")).unwrap_or_default()
        );
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn account(&self, key: &str, host_key: &str) -> Polite {
        let user = run("id", &["-un"]);
        open(&format!(
            "portal = \"Pinehurst\"\nway = \"sftp\"\nurl = \"sftp://127.0.0.1:{}\"\n\
             sign_in = {{ kind = \"ssh-key\", user = {:?}, key = {:?}{} }}\n\
             settings = {{ host_key = \"{host_key}\", incoming = \"in\", answers = \"out\" }}",
            self.port,
            user.trim(),
            self.at(key).display().to_string(),
            if key == "rsa" {
                format!(", passphrase = {}", practice::secret("a word"))
            } else {
                String::new()
            },
        ))
    }
}

fn handle(number: &str) -> Handle {
    Handle {
        invoice_number: number.to_owned(),
        file_name: format!("{number}.txt"),
        ..Handle::default()
    }
}

#[tokio::test]
async fn keys_are_pinned_and_credentials_named() {
    let Some(server) = Sshd::started() else {
        return;
    };
    for (pinned, told) in [
        ("", "is not pinned"),
        ("SHA256:another", "whether their key changed"),
    ] {
        let error = server
            .account("firm", pinned)
            .submit(&submission())
            .await
            .expect_err("not pinned");
        let text = error.to_string();
        assert!(matches!(error, PortalError::Setup(_)), "{text}");
        assert!(
            text.contains(&server.fingerprint) && text.contains(told),
            "{text}"
        );
    }
    let stranger = server.at("host");
    fs::copy(&stranger, server.at("stranger")).expect("copied");
    let error = server
        .account("stranger", &server.fingerprint)
        .check()
        .await
        .expect_err("unknown");
    assert!(matches!(error, PortalError::Credentials(_)), "{error}");
    for key in ["firm", "rsa"] {
        let found = server
            .account(key, &server.fingerprint)
            .check()
            .await
            .expect("all is well");
        assert!(
            found.iter().any(|f| f.contains("0 rows of answers")),
            "{found:?}"
        );
    }
    assert_eq!(
        fs::read_dir(server.at("home/in"))
            .expect("a folder")
            .count(),
        0,
        "nothing was left"
    );
}

#[tokio::test]
async fn a_file_gets_its_name_when_it_is_whole() {
    let Some(server) = Sshd::started() else {
        return;
    };
    let portal = server.account("firm", &server.fingerprint);
    let mut large = submission();
    large.bytes = file("AW-2041", "98-7654321", 20_000);
    let receipt = portal.submit(&large).await.expect("put");
    assert!(receipt.portal_id.is_none() && !receipt.by_hand);
    assert_eq!(
        fs::read(server.at("home/in/AW-2041.txt")).expect("the file"),
        large.bytes
    );
    assert!(!server.at("home/in/.AW-2041.txt.part").exists());
    // The portal has not read it yet: nothing is put over it.
    let error = portal
        .submit(&submission())
        .await
        .expect_err("there already");
    assert!(
        error.to_string().contains("is there already") && !error.leaves_doubt(),
        "{error}"
    );
    let Asked::Here(report) = portal.ask(&handle("AW-2041")).await.expect("an answer") else {
        panic!("it lies there");
    };
    assert_eq!(report.outcome, Outcome::Received);
    // Taken, and not a word about it.
    fs::remove_file(server.at("home/in/AW-2041.txt")).expect("taken");
    assert_eq!(
        portal.ask(&handle("AW-2041")).await.expect("an answer"),
        Asked::CannotSay
    );
    // Cut off while it was written: it never had its name.
    fs::write(server.at("home/in/.AW-2042.txt.part"), "LEDES1998B[").expect("written");
    assert_eq!(
        portal.ask(&handle("AW-2042")).await.expect("an answer"),
        Asked::Absent
    );
    let mut hostile = submission();
    hostile.file_name = "../out/ack.csv".to_owned();
    let error = portal.submit(&hostile).await.expect_err("leads elsewhere");
    assert!(matches!(error, PortalError::Setup(_)), "{error}");
}

#[tokio::test]
async fn a_server_that_is_gone_leaves_no_doubt() {
    let Some(server) = Sshd::started() else {
        return;
    };
    let portal = server.account("firm", &server.fingerprint);
    portal.submit(&submission()).await.expect("put");
    drop(server);
    let error = portal.submit(&submission()).await.expect_err("gone");
    unreached(&error);
}

/// The practice portal reads the folder the server shows, and writes its answers there.
#[tokio::test]
async fn from_the_drop_to_the_answer() {
    let Some(server) = Sshd::started() else {
        return;
    };
    let running = practice::started(&format!(
        "seed = 7\n[[portal]]\nname = \"pinehurst\"\nkind = \"file-drop\"\noutcomes = {{ reduced = 1 }}\n\
         drop = {{ incoming = {:?}, outgoing = {:?} }}\n",
        server.at("home/in").display().to_string(),
        server.at("home/out").display().to_string(),
    ))
    .await;
    let portal = server.account("firm", &server.fingerprint);
    portal
        .submit(&practice::invoice("INV-1"))
        .await
        .expect("put");
    running.advance(1);
    assert_eq!(practice::taken(&running, "pinehurst", "INV-1"), 1);
    let Asked::Here(report) = portal.ask(&handle("INV-1")).await.expect("an answer") else {
        panic!("it was acknowledged");
    };
    assert_eq!(
        (report.outcome, report.word.as_str()),
        (Outcome::Acknowledged, "accepted")
    );
    running.advance(5 * STEP);
    let Asked::Here(report) = portal.ask(&handle("INV-1")).await.expect("an answer") else {
        panic!("it was reviewed");
    };
    assert_eq!(report.outcome, Outcome::Reduced);
    assert!(
        !report.reductions.is_empty() && report.doubts.is_empty(),
        "{:?}",
        report.doubts
    );
    assert!(
        report
            .reductions
            .iter()
            .all(|r| r.amount.is_sign_positive())
    );
    // A second copy is refused there, and the first stays what it is.
    portal
        .submit(&practice::invoice("INV-1"))
        .await
        .expect("put");
    running.advance(1);
    let Asked::Here(report) = portal.ask(&handle("INV-1")).await.expect("an answer") else {
        panic!("it is there");
    };
    assert_eq!((report.outcome, report.doubts.len()), (Outcome::Reduced, 1));
}

/// For `quiet`: a key that is accepted, and a password that is not.
pub fn quietly(basic: &str, said: &mut String, tried: impl Fn(&str, &mut String)) {
    let Some(server) = Sshd::started() else {
        return;
    };
    let user = run("id", &["-un"]);
    let key = format!(
        "{{ kind = \"ssh-key\", user = {:?}, key = {:?} }}",
        user.trim(),
        server.at("firm").display().to_string()
    );
    for sign_in in [key.as_str(), basic] {
        tried(
            &format!(
                "portal = \"Pinehurst\"\nway = \"sftp\"\nurl = \"sftp://127.0.0.1:{}\"\nsign_in = {sign_in}\nsettings = {{ host_key = \"{}\", incoming = \"in\", answers = \"out\" }}\n",
                server.port, server.fingerprint
            ),
            said,
        );
    }
}
