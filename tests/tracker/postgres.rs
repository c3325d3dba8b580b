//! A PostgreSQL server for the tests: the one of `CLEANBILL_TEST_POSTGRES`, or one of our own that ends with them.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A server that runs.
pub struct Server {
    url: String,
    own: Option<Own>,
}

struct Own {
    folder: tempfile::TempDir,
    bin: PathBuf,
    port: u16,
}

impl Own {
    fn start(&self) {
        let (port, folder) = (self.port, self.folder.path());
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={} -c fsync=off -c max_connections=60",
            folder.display()
        );
        done(
            as_postgres(&self.bin.join("pg_ctl"))
                .args(["-w", "-t", "60", "-D"])
                .arg(folder.join("data"))
                .arg("-l")
                .arg(folder.join("log"))
                .args(["-o", &options, "start"]),
        );
    }
}

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The server all tests share; nothing where there is none and none is demanded.
pub fn server() -> Option<Arc<Server>> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return Some(server);
    }
    let server = match std::env::var("CLEANBILL_TEST_POSTGRES") {
        Ok(url) => Server { url, own: None },
        Err(_) => match installed() {
            Some(bin) => Server::start(bin),
            None => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "PostgreSQL is missing: install the package postgresql or set CLEANBILL_TEST_POSTGRES"
                );
                println!("skipped: no PostgreSQL on this machine");
                return None;
            }
        },
    };
    let server = Arc::new(server);
    *running = Arc::downgrade(&server);
    Some(server)
}

/// The newest installed server's programs.
fn installed() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(Result::ok)
        .map(|v| {
            (
                v.file_name().to_string_lossy().parse().unwrap_or(0),
                v.path().join("bin"),
            )
        })
        .filter(|(_, bin)| bin.join("initdb").exists() && bin.join("pg_ctl").exists())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.starts_with(b"0\n")
}

/// A command, as the user postgres where we are root: the server refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn done(command: &mut Command) {
    let output = command.current_dir("/").output().expect("it runs");
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Server {
    /// A server nobody else uses; nothing where there are no programs for one.
    pub fn own() -> Option<Arc<Self>> {
        match installed() {
            Some(bin) => Some(Arc::new(Self::start(bin))),
            None => {
                // A server that was named cannot be stopped.
                let named = std::env::var_os("CLEANBILL_TEST_POSTGRES").is_some();
                assert!(
                    named || std::env::var_os("CI").is_none(),
                    "PostgreSQL is missing: install the package postgresql"
                );
                println!("skipped: no PostgreSQL on this machine that could be stopped");
                None
            }
        }
    }

    /// Ends it at once, as a crash does.
    pub fn crash(&self) {
        let own = self.own.as_ref().expect("a server of our own");
        done(
            as_postgres(&own.bin.join("pg_ctl"))
                .args(["-m", "immediate", "-D"])
                .arg(own.folder.path().join("data"))
                .arg("stop"),
        );
    }

    /// Starts it again where it was.
    pub fn again(&self) {
        let own = self.own.as_ref().expect("a server of our own");
        own.start();
    }

    fn start(bin: PathBuf) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cleanbill-pg-")
            .tempdir()
            .expect("a folder");
        if is_root() {
            done(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let data = folder.path().join("data");
        done(
            as_postgres(&bin.join("initdb"))
                .args([
                    "-A",
                    "trust",
                    "-U",
                    "cleanbill",
                    "--no-sync",
                    "-E",
                    "UTF8",
                    "--locale=C",
                    "-D",
                ])
                .arg(&data),
        );
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let own = Own { folder, bin, port };
        own.start();
        Self {
            url: format!("postgres://cleanbill@127.0.0.1:{port}/postgres"),
            own: Some(own),
        }
    }

    /// A database that nobody else uses, by its URL.
    pub fn database(&self) -> String {
        let name = format!(
            "cleanbill_test_{}_{}",
            std::process::id(),
            DATABASES.fetch_add(1, Ordering::Relaxed)
        );
        super::query(&self.url, &format!("CREATE DATABASE {name}"));
        let (server, _) = self.url.rsplit_once('/').expect("a database in the URL");
        format!("{server}/{name}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            let _ = as_postgres(&own.bin.join("pg_ctl"))
                .args(["-m", "immediate", "-D"])
                .arg(own.folder.path().join("data"))
                .arg("stop")
                .current_dir("/")
                .output();
        }
    }
}
