//! Files of the firm that somebody has sent and that were found to be good, until they say that they are to be used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long one is held.
const HOLDS: Duration = Duration::from_secs(30 * 60);
/// Files held at once; the oldest goes first.
const MOST: usize = 32;

/// A file that was sent.
pub(super) struct OfferedFile {
    /// What it is to replace.
    pub(super) what: String,
    /// What it holds.
    pub(super) bytes: Vec<u8>,
    person: String,
    since: Instant,
}

#[derive(Default)]
pub(super) struct Offered {
    all: Mutex<BTreeMap<String, Arc<OfferedFile>>>,
}

impl Offered {
    /// Holds a file; returns the name to ask for it by.
    pub(super) fn hold(
        &self,
        person: &str,
        what: &str,
        bytes: Vec<u8>,
    ) -> Result<String, getrandom::Error> {
        let mut chance = [0_u8; 16];
        getrandom::fill(&mut chance)?;
        let name = hex::encode(chance);
        let file = OfferedFile {
            what: what.to_owned(),
            bytes,
            person: person.to_owned(),
            since: Instant::now(),
        };
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, f| f.since.elapsed() < HOLDS);
        while all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, f)| f.since);
            let Some(oldest) = oldest.map(|(n, _)| n.clone()) else {
                break;
            };
            all.remove(&oldest);
        }
        all.insert(name.clone(), Arc::new(file));
        Ok(name)
    }

    /// What a person sent for this, taken out of hand.
    pub(super) fn take(&self, person: &str, what: &str, name: &str) -> Option<Arc<OfferedFile>> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |f: &Arc<OfferedFile>| {
            f.person == person && f.what == what && f.since.elapsed() < HOLDS
        };
        match all.get(name).is_some_and(own) {
            true => all.remove(name),
            false => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_sent_no_other_uses_and_once_only() {
        let offered = Offered::default();
        let name = offered
            .hold("ann", "clients", b"a".to_vec())
            .expect("chance");
        assert!(offered.take("bob", "clients", &name).is_none());
        assert!(offered.take("ann", "matters", &name).is_none());
        assert!(offered.take("ann", "clients", &name).is_some());
        assert!(offered.take("ann", "clients", &name).is_none());
    }
}
