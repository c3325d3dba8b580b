//! What every request is answered from: the store, the basis of checks, and how the program is reached.

use super::held::Hands;
use super::offered::Offered;
use super::owed::OwedNow;
use super::own::Own;
use super::pace::Pace;
use crate::check::{Checker, Options};
use crate::store::Store;
use crate::workflow::submission::Doors;
use crate::workflow::{Clock, Passwords, Terms};
use chrono::NaiveDate;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// Requests that are worked on at once; others wait their turn.
const AT_ONCE: usize = 16;
/// The longest a request may take to arrive, where nobody says.
const PATIENCE: Duration = Duration::from_secs(90);
/// Packs and lists on the disk are read again after this time.
const BASIS_HOLDS: Duration = Duration::from_secs(60);

/// Reads the firm's packs and lists.
pub type Load = Box<dyn Fn(NaiveDate) -> anyhow::Result<Options> + Send + Sync>;

/// What invoices are checked by.
pub struct Basis {
    /// Packs, lists and earlier invoices.
    pub options: Options,
    /// Checks by them.
    pub checker: Checker,
}

struct Loaded {
    basis: Arc<Basis>,
    at: Instant,
}

/// How the program is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// It speaks TLS itself.
    pub tls: bool,
    /// A proxy before it does, and says from whom a request is.
    pub behind_proxy: bool,
}

/// What every request is answered from.
pub struct App {
    /// Invoices, people, documents.
    pub store: Store,
    /// What time it is.
    pub clock: Box<Clock>,
    /// How long sessions hold.
    pub terms: Terms,
    /// The firm's accounts at portals, where there are any.
    pub doors: Option<Doors>,
    /// What of the firm's lies on the disk beside the store.
    pub own: Own,
    /// The longest a request may take to arrive.
    pub patience: Duration,
    /// Those who may sign in with a password, where not everybody may.
    pub passwords_only_for: Option<Vec<String>>,
    /// The firm's identity provider, where people sign in by one.
    #[cfg(feature = "oidc")]
    pub provider: Option<super::provider::Provider>,
    pub(super) reach: Reach,
    pub(super) pace: Pace,
    pub(super) hands: Hands,
    pub(super) offered: Offered,
    pub(super) owed: OwedNow,
    pub(super) work: Arc<Semaphore>,
    load: Load,
    loaded: Mutex<Option<Loaded>>,
}

impl App {
    /// Over an open store. The basis of checks is read now, so that a mistake in it is told at once.
    ///
    /// # Errors
    /// Packs or lists with mistakes.
    pub fn new(
        store: Store,
        clock: Box<Clock>,
        terms: Terms,
        doors: Option<Doors>,
        reach: Reach,
        load: Load,
    ) -> anyhow::Result<Self> {
        let app = Self {
            store,
            clock,
            terms,
            doors,
            own: Own::default(),
            patience: PATIENCE,
            passwords_only_for: None,
            #[cfg(feature = "oidc")]
            provider: None,
            reach,
            pace: Pace::new(),
            hands: Hands::default(),
            offered: Offered::default(),
            owed: OwedNow::default(),
            work: Arc::new(Semaphore::new(AT_ONCE)),
            load,
            loaded: Mutex::default(),
        };
        app.read_basis(app.today())?;
        Ok(app)
    }

    /// Whom passwords are for.
    pub(super) fn passwords(&self) -> Passwords<'_> {
        match &self.passwords_only_for {
            Some(names) => Passwords::Only(names),
            None => Passwords::Everybody,
        }
    }

    /// Whether what browsers send travels encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.reach.tls || self.reach.behind_proxy
    }

    /// The day, where this machine is.
    pub fn today(&self) -> NaiveDate {
        let at = chrono::DateTime::from_timestamp_millis((self.clock)());
        at.map(|at| at.with_timezone(&chrono::Local).date_naive())
            .unwrap_or_default()
    }

    fn read_basis(&self, today: NaiveDate) -> anyhow::Result<Arc<Basis>> {
        let options = (self.load)(today)?;
        let basis = Arc::new(Basis {
            checker: Checker::new(options.clone()),
            options,
        });
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        *loaded = Some(Loaded {
            basis: Arc::clone(&basis),
            at: Instant::now(),
        });
        Ok(basis)
    }

    /// What invoices are checked by today. Where the firm's files have a mistake by now, what was read before holds.
    pub fn basis(&self) -> Result<Arc<Basis>, super::answer::Trouble> {
        let today = self.today();
        let known = {
            let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
            loaded
                .as_ref()
                .map(|l| (Arc::clone(&l.basis), l.at.elapsed() < BASIS_HOLDS))
        };
        if let Some((basis, true)) = &known
            && basis.checker.today() == today
        {
            return Ok(Arc::clone(basis));
        }
        match (self.read_basis(today), known) {
            (Ok(basis), _) => Ok(basis),
            (Err(error), Some((basis, _))) if basis.checker.today() == today => {
                tracing::warn!(error = %format!("{error:#}"), "packs and lists cannot be read; those read before hold");
                Ok(basis)
            }
            (Err(error), _) => Err(super::answer::Trouble::Failed(format!("{error:#}"))),
        }
    }

    /// Has packs and lists read again before they are used next.
    pub fn forget_basis(&self) {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = loaded.as_mut() {
            loaded.at = Instant::now().checked_sub(BASIS_HOLDS).unwrap_or(loaded.at);
        }
    }
}
