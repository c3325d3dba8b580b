//! A provider of other people's making, in a real browser.

use crate::browser::{modules, run};
use crate::firm::{Backend, Firm};
use crate::guest::{Server, password, staff};
use crate::identity::SECRET;
use crate::provider::{KEY, link};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A provider of other people's making, which ends with the test.
struct Peer {
    issuer: String,
    child: Child,
    /// Held, so that it may go on writing.
    _out: BufReader<ChildStdout>,
}

impl Peer {
    /// Nothing where it is not to be had.
    fn new(public: &str, alg: &str) -> Option<Self> {
        let modules = modules().filter(|m| m.join("oidc-provider/package.json").exists());
        let Some(modules) = modules else {
            assert!(
                std::env::var_os("CI").is_none(),
                "an identity provider is missing: install oidc-provider by npm (see .ci/run)"
            );
            println!("skipped: no oidc-provider on this machine");
            return None;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/web/peer.mjs");
        let child = Command::new("node")
            .arg(script)
            .env("MODULES", modules)
            .env("PUBLIC", public)
            .env("SECRET", SECRET)
            .env("ALG", alg)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut child = child.expect("node runs");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("a line");
        let issuer = line.trim().to_owned();
        assert!(issuer.starts_with("http"), "it did not start: {line}");
        Some(Self {
            issuer,
            child,
            _out: out,
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// By a certified provider, in a real browser, signed in two ways.
#[test]
fn a_real_provider_in_a_real_browser() {
    for alg in ["RS256", "ES256"] {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let public = format!("http://{address}");
        let Some(peer) = Peer::new(&public, alg) else {
            return;
        };
        let mut firm = Firm::on(Backend::Sqlite).expect("SQLite");
        let settings = format!(
            "public_address = \"{public}\"\noidc_issuer = \"{}\"\noidc_client = \"cleanbill\"\noidc_name = \"Northwind ID\"\n",
            peer.issuer
        );
        firm.file("settings", &settings);
        staff(&mut firm);
        link(&firm, "ann", &["--account", "ann@firm.example"]);
        password(&firm, "root");
        let server = Server::given(&firm, &["--listen", &address], &[KEY]);
        if run(
            "provider.mjs",
            &firm,
            &server,
            &[("PROVIDER", &peer.issuer)],
        ) {
            firm.sound();
        }
    }
}
