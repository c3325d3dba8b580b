//! Starts and stops a sandbox.

use super::clock::Clock;
use super::control::{self, Sandbox};
use super::faults::Fault;
use super::ledger::Row;
use super::money::Money;
use super::pace::Request;
use super::portal::{Portal, lock};
use super::server::{self, Door};
use super::settings::{Kind, Mistake, PortalSettings, Settings};
use super::tls;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A sandbox that runs. Dropped, it stops.
pub struct Running {
    sandbox: Arc<Sandbox>,
    home: String,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts every portal of the settings on 127.0.0.1, on the runtime that calls. Ports of 0 are chosen by the system.
///
/// # Errors
/// Settings that contradict themselves, certificates that cannot be read, a ledger that cannot be written, a port
/// that is taken.
pub async fn start(settings: Settings) -> Result<Running, Mistake> {
    settings.sound()?;
    let clock = settings
        .starts_at
        .map_or_else(Clock::default, Clock::starting);
    let clock = Arc::new(clock);
    let home_door = bind(settings.port).await?;
    let home_port = port(&home_door);
    let home = format!("http://127.0.0.1:{home_port}");
    let mut portals = Vec::new();
    let mut doors = Vec::new();
    for (place, mut of_portal) in (1..).zip(settings.portals) {
        if of_portal.port == 0 && settings.port != 0 {
            of_portal.port = settings.port.saturating_add(place);
        }
        let acceptor = match &of_portal.tls {
            None => None,
            Some(tls) => Some(tls::acceptor(&of_portal.name, tls)?),
        };
        let listener = bind(of_portal.port).await?;
        let scheme = if acceptor.is_some() { "https" } else { "http" };
        let base = base(&of_portal, scheme, port(&listener));
        let folder = settings.ledger.as_deref();
        let portal = Portal::new(of_portal, settings.seed, Arc::clone(&clock), folder)?;
        let portal = Arc::new(portal);
        portals.push((Arc::clone(&portal), base));
        doors.push((listener, acceptor, portal));
    }
    let sandbox = Arc::new(Sandbox { clock, portals });
    let (stop, told) = watch::channel(false);
    let mut tasks = Vec::new();
    for (place, (listener, tls, portal)) in doors.into_iter().enumerate() {
        tasks.push(tokio::spawn(outgoing(Arc::clone(&portal), told.clone())));
        let door = Door {
            listener,
            tls,
            portal: Some(portal),
            control: server::control_of(&sandbox, place),
        };
        tasks.push(tokio::spawn(server::serve(door, told.clone())));
    }
    let door = Door {
        listener: home_door,
        tls: None,
        portal: None,
        control: control::router(Arc::clone(&sandbox), None),
    };
    tasks.push(tokio::spawn(server::serve(door, told)));
    Ok(Running {
        sandbox,
        home,
        stop,
        tasks,
    })
}

async fn bind(port: u16) -> Result<TcpListener, Mistake> {
    let bound = TcpListener::bind(("127.0.0.1", port)).await;
    bound.map_err(|source| Mistake::Port { port, source })
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().map_or(0, |address| address.port())
}

/// The address a client is given.
fn base(portal: &PortalSettings, scheme: &str, port: u16) -> String {
    let path = match portal.kind {
        Kind::LedesApi => format!("/api/v1/businesses/{}", portal.ledes_api.business),
        Kind::LegalTracker => portal.legal_tracker.base_path.clone(),
        _ => String::new(),
    };
    // A certificate for practice names localhost.
    let host = if scheme == "https" {
        "localhost"
    } else {
        "127.0.0.1"
    };
    format!("{scheme}://{host}:{port}{path}")
}

/// Looks at folders, and sends out what became due.
async fn outgoing(portal: Arc<Portal>, mut stop: watch::Receiver<bool>) {
    let look = portal.settings.drop.as_ref().map_or(250, |d| d.look_ms);
    let look = Duration::from_millis(look.clamp(10, 60_000));
    if !portal.sends_out() {
        return;
    }
    loop {
        tokio::select! {
            () = server::told(&mut stop) => break,
            () = tokio::time::sleep(look) => {
                let portal = Arc::clone(&portal);
                let _ = tokio::task::spawn_blocking(move || portal.tell()).await;
            }
        }
    }
}

impl Running {
    /// Address of the sandbox's own page.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Names, kinds and base addresses of the portals.
    pub fn portals(&self) -> impl Iterator<Item = (&str, Kind, &str)> {
        self.sandbox.portals.iter().map(|(portal, base)| {
            let settings = &portal.settings;
            (settings.name.as_str(), settings.kind, base.as_str())
        })
    }

    /// Base address of a portal: for the LEDES API and Legal Tracker with the path before theirs.
    pub fn base(&self, portal: &str) -> Option<&str> {
        let named = |(name, _, _): &(&str, Kind, &str)| *name == portal;
        self.portals().find(named).map(|(_, _, base)| base)
    }

    /// Scheme, host and port of a portal, without a path.
    pub fn origin(&self, portal: &str) -> Option<&str> {
        let base = self.base(portal)?;
        let host = base.find("://")? + 3;
        let end = base.get(host..)?.find('/').map_or(base.len(), |n| host + n);
        base.get(..end)
    }

    /// The ledger of a portal, oldest row first; empty if there is no such portal.
    pub fn ledger(&self, portal: &str) -> Vec<Row> {
        let found = self.sandbox.portal(portal);
        found.map(|portal| portal.rows()).unwrap_or_default()
    }

    /// What a portal knows of each invoice's money at this moment of its clock, the oldest first; empty if there is no such
    /// portal.
    pub fn money(&self, portal: &str) -> Vec<Money> {
        let found = self.sandbox.portal(portal);
        found.map(|portal| portal.money()).unwrap_or_default()
    }

    /// The requests that came to a portal, oldest first; the newest 200,000 are kept.
    pub fn requests(&self, portal: &str) -> Vec<Request> {
        let found = self.sandbox.portal(portal);
        found
            .map(|portal| lock(&portal.pace).log())
            .unwrap_or_default()
    }

    /// Puts the clock ahead: reviews go on, tokens end. Mails and files that became due are written when this returns.
    pub fn advance(&self, seconds: u64) {
        self.sandbox.advance(seconds);
    }

    /// Adds a fault to a portal; false if there is no such portal or the fault contradicts itself.
    pub fn fault(&self, portal: &str, fault: Fault) -> bool {
        let found = self
            .sandbox
            .portal(portal)
            .filter(|_| fault.sound().is_ok());
        found
            .map(|portal| lock(&portal.faults).add(fault))
            .is_some()
    }

    /// Takes back every fault of a portal.
    pub fn no_faults(&self, portal: &str) {
        if let Some(portal) = self.sandbox.portal(portal) {
            lock(&portal.faults).clear();
        }
    }

    /// Stops: no more connections, and those that are open are dropped.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for task in self.tasks.drain(..) {
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
