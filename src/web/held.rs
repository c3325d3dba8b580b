//! Files that somebody checks without keeping them: in memory, for their eyes, for a while, and nowhere else.

use crate::check::{FileReport, NotChecked};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a file is held.
const HOLDS: Duration = Duration::from_secs(30 * 60);
/// Bytes held of all together; the oldest go first.
const MOST_BYTES: usize = 256 << 20;

/// A file with what the check says of it.
pub(super) struct HeldFile {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) report: FileReport,
    pub(super) not_checked: Vec<NotChecked>,
}

/// Files that were given together.
pub(super) struct Held {
    pub(super) files: Vec<HeldFile>,
    /// The client whose pack was asked for.
    pub(super) client: Option<String>,
    person: String,
    since: Instant,
}

#[derive(Default)]
pub(super) struct Hands {
    all: Mutex<BTreeMap<String, Arc<Held>>>,
}

impl Hands {
    /// Holds files for a person; returns the name to ask for them by.
    pub(super) fn hold(
        &self,
        person: &str,
        files: Vec<HeldFile>,
        client: Option<String>,
    ) -> Result<String, getrandom::Error> {
        let mut chance = [0_u8; 16];
        getrandom::fill(&mut chance)?;
        let name = hex::encode(chance);
        let held = Held {
            files,
            client,
            person: person.to_owned(),
            since: Instant::now(),
        };
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, h| h.since.elapsed() < HOLDS);
        all.insert(name.clone(), Arc::new(held));
        let size = |h: &Held| h.files.iter().map(|f| f.bytes.len()).sum::<usize>();
        while all.len() > 1 && all.values().map(|h| size(h)).sum::<usize>() > MOST_BYTES {
            let oldest = all
                .iter()
                .min_by_key(|(_, h)| h.since)
                .map(|(n, _)| n.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        Ok(name)
    }

    /// What a person holds under a name.
    pub(super) fn of(&self, person: &str, name: &str) -> Option<Arc<Held>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |h: &&Arc<Held>| h.person == person && h.since.elapsed() < HOLDS;
        all.get(name).filter(own).cloned()
    }

    /// Lets go of it.
    pub(super) fn drop_it(&self, person: &str, name: &str) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(name).is_some_and(|h| h.person == person) {
            all.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: usize) -> HeldFile {
        HeldFile {
            name: "a.txt".to_owned(),
            bytes: vec![0; bytes],
            report: FileReport::default(),
            not_checked: Vec::new(),
        }
    }

    #[test]
    fn what_one_holds_no_other_sees_and_the_oldest_go() {
        let hands = Hands::default();
        let first = hands
            .hold("ann", vec![file(200 << 20)], None)
            .expect("held");
        assert!(hands.of("ann", &first).is_some());
        assert!(hands.of("bob", &first).is_none());
        hands.drop_it("bob", &first);
        let second = hands
            .hold("bob", vec![file(100 << 20)], None)
            .expect("held");
        assert!(hands.of("ann", &first).is_none(), "too much together");
        assert!(hands.of("bob", &second).is_some());
        hands.drop_it("bob", &second);
        assert!(hands.of("bob", &second).is_none());
    }
}
