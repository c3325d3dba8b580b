//! How many requests are taken: by person, and by address from those who are not signed in.

use super::answer::Trouble;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

/// A person's page may ask for many parts at once.
const PERSON: (u32, u32) = (30, 200);
/// Signing in: names are locked by themselves; this is against many names, and each password costs time.
const ADDRESS: (u32, u32) = (1, 40);
/// The way to the identity provider and back, two requests a sign-in: a whole office may come from one address.
const PROVIDER: (u32, u32) = (2, 80);
/// Tokens that are nobody's: each costs a look into the store, and none can be guessed.
const STRANGER: (u32, u32) = (5, 100);
/// Keys above which those that have rested are forgotten.
const MOST_KEYS: usize = 10_000;

pub(super) struct Pace {
    people: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    to_provider: DefaultKeyedRateLimiter<IpAddr>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

fn quota((per_second, burst): (u32, u32)) -> Quota {
    let some = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(some(per_second)).allow_burst(some(burst))
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            people: RateLimiter::keyed(quota(PERSON)),
            addresses: RateLimiter::keyed(quota(ADDRESS)),
            to_provider: RateLimiter::keyed(quota(PROVIDER)),
            strangers: RateLimiter::keyed(quota(STRANGER)),
            clock: DefaultClock::default(),
        }
    }

    /// One request of a person.
    pub(super) fn person(&self, name: &str) -> Result<(), Trouble> {
        self.take(&self.people, &name.to_owned())
    }

    /// One request of somebody who is not known.
    pub(super) fn address(&self, address: IpAddr) -> Result<(), Trouble> {
        self.take(&self.addresses, &address)
    }

    /// One request on the way to the identity provider or back.
    pub(super) fn to_provider(&self, address: IpAddr) -> Result<(), Trouble> {
        self.take(&self.to_provider, &address)
    }

    /// One token that is nobody's.
    pub(super) fn stranger(&self, address: IpAddr) -> Result<(), Trouble> {
        self.take(&self.strangers, &address)
    }

    fn take<K: Clone + Eq + Hash>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), Trouble> {
        if limiter.len() > MOST_KEYS {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|not| {
            let wait = not.wait_time_from(self.clock.now());
            Trouble::Busy(wait.as_secs() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_asks_too_much_hinders_nobody_else() {
        let pace = Pace::new();
        let taken = (0..PERSON.1 * 2)
            .filter(|_| pace.person("ann").is_ok())
            .count();
        assert!(taken < PERSON.1 as usize * 2);
        assert!(matches!(pace.person("ann"), Err(Trouble::Busy(1))));
        assert_eq!(pace.person("bob"), Ok(()));
    }
}
