//! Signing in as a machine does it, with a clock of the test's own.

use crate::firm::Firm;
use cleanbill::store::Store;
use cleanbill::workflow::{
    Admission, Credentials, Desk, Passwords, Person, SignIn, Signed, Terms, identify, sign_in,
    system_clock,
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub const MINUTE: i64 = 60_000;
pub const PASSWORD: &str = "seven lamps of architecture";

/// One machine with the store open.
pub struct Gate {
    pub store: Store,
    now: Arc<AtomicI64>,
}

pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(work)
}

/// What somebody gives.
#[derive(Clone, Copy, Default)]
pub struct Given<'a> {
    pub name: &'a str,
    pub password: &'a str,
    pub code: Option<&'a str>,
    pub new_password: Option<&'a str>,
    pub offered: Option<&'a str>,
    pub passwords: Passwords<'a>,
}

impl Gate {
    pub async fn of(firm: &Firm) -> Self {
        Self {
            store: firm.store().await,
            now: Arc::new(AtomicI64::new(system_clock())),
        }
    }

    /// Another machine whose clock is the same.
    pub async fn another(&self, firm: &Firm) -> Self {
        Self {
            store: firm.store().await,
            now: self.now.clone(),
        }
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// The clock, which goes on without the machine.
    pub fn clock(&self) -> impl Fn() -> i64 + Send + Sync + 'static {
        let now = self.now.clone();
        move || now.load(Ordering::SeqCst)
    }

    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn knock(&self, given: Given<'_>) -> Result<Admission, String> {
        let secret = |text: Option<&str>| text.map(SecretString::from);
        let (code, new) = (secret(given.code), secret(given.new_password));
        let (password, offered) = (SecretString::from(given.password), secret(given.offered));
        let who = SignIn {
            name: given.name,
            password: &password,
            code: code.as_ref(),
            new_password: new.as_ref(),
            offered: offered.as_ref(),
            passwords: given.passwords,
        };
        let clock = self.clock();
        let answer = sign_in(&self.store, &who, &Terms::of(60, 12), &clock).await;
        answer.map_err(|e| e.to_string())
    }

    pub async fn enter(&self, given: Given<'_>) -> Signed {
        match self.knock(given).await {
            Ok(Admission::SignedIn(signed)) => signed,
            other => panic!("{} was not let in: {other:?}", given.name),
        }
    }

    pub async fn identify(&self, session: &SecretString) -> Result<Person, String> {
        let who = Credentials {
            session: Some(session.clone()),
            ..Credentials::default()
        };
        let found = identify(&self.store, &who, self.now()).await;
        found.map_err(|e| e.to_string())
    }

    /// Everything the events of the people say.
    pub async fn said(&self) -> String {
        let mut tx = self.store.db.read().await.expect("a transaction");
        let events = tx.events("people").await.expect("events");
        events
            .iter()
            .map(|e| format!("{} {} {}\n", e.actor, e.step, e.facts))
            .collect()
    }

    /// Gives somebody who is signed in a second factor: its secret and recovery codes.
    pub async fn second_factor(&self, signed: &Signed, password: &str) -> (String, Vec<String>) {
        let clock = self.clock();
        let desk = Desk {
            store: &self.store,
            person: signed.person.clone(),
            clock: &clock,
        };
        let password = SecretString::from(password);
        let offer = desk.offer_second_factor(Some(&password)).await;
        let secret = offer.expect("offered").secret.expose_secret().to_owned();
        let wrong = desk.prove_second_factor("000000x").await;
        assert!(wrong.is_err());
        let codes = desk.prove_second_factor(&code(&secret, self.now())).await;
        let codes = codes.expect("proven");
        let codes = codes.iter().map(|c| c.expose_secret().to_owned());
        (secret, codes.collect())
    }
}

/// The code a telephone shows.
pub fn code(secret: &str, now_ms: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let seconds = u64::try_from(now_ms / 1000).expect("after 1970");
    totp.expect("a second factor").generate(seconds).to_string()
}

/// Adds somebody who signs in, and returns the one-time password.
pub fn newcomer(firm: &Firm, name: &str, role: &str) -> String {
    let args = [
        "user",
        "add",
        name,
        "--role",
        role,
        "--all-clients",
        "--password",
    ];
    let out = firm.call("root", &args).well();
    out.lines().last().expect("a password").to_owned()
}

/// Adds somebody who signs in with [`PASSWORD`].
pub fn resident(firm: &Firm, name: &str, role: &str) {
    let given = newcomer(firm, name, role);
    let lines = format!("{given}\n{PASSWORD}\n");
    let args = ["sign-in", name, "--password-stdin"];
    firm.type_in(name, &args, &lines).well();
}
