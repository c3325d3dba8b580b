//! How old open money is, in the four buckets of an ageing report. Pure.

use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// How old an open amount is, in days since its clock began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub enum Bucket {
    /// Up to 30 days, and what has no age yet.
    #[serde(rename = "0-30")]
    UpTo30,
    /// 31 to 60.
    #[serde(rename = "31-60")]
    UpTo60,
    /// 61 to 90.
    #[serde(rename = "61-90")]
    UpTo90,
    /// 91 and more.
    #[serde(rename = "over 90")]
    Over90,
}

impl Bucket {
    /// All of them, the youngest first.
    pub const ALL: [Self; 4] = [Self::UpTo30, Self::UpTo60, Self::UpTo90, Self::Over90];

    /// The bucket of an age in days. A day that lies ahead has the youngest.
    pub fn of(days: i64) -> Self {
        match days {
            ..=30 => Self::UpTo30,
            31..=60 => Self::UpTo60,
            61..=90 => Self::UpTo90,
            _ => Self::Over90,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UpTo30 => "0-30",
            Self::UpTo60 => "31-60",
            Self::UpTo90 => "61-90",
            Self::Over90 => "over 90",
        }
    }
}

/// Something open: who it is counted for, in which currency, how old, how much.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open<'a> {
    /// Client, matter or partner.
    pub of: &'a str,
    /// ISO 4217, or `?`.
    pub currency: &'a str,
    /// Its age.
    pub bucket: Bucket,
    /// How much; below nothing is a credit.
    pub amount: Decimal,
}

/// What is open of one client, matter or partner in one currency.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Aged {
    /// Invoices something is open of.
    pub invoices: usize,
    /// All that is open, credits left out.
    pub open: Decimal,
    /// Of it by age, in the order of [`Bucket::ALL`].
    pub buckets: [Decimal; 4],
    /// What was paid beyond what is owed; above nothing. It is never set off against other invoices.
    pub credit: Decimal,
}

impl Aged {
    fn add(&mut self, one: &Open<'_>) {
        if one.amount < Decimal::ZERO {
            self.credit = self.credit.saturating_sub(one.amount);
            return;
        }
        if one.amount.is_zero() {
            return;
        }
        self.invoices += 1;
        self.open = self.open.saturating_add(one.amount);
        let bucket = &mut self.buckets[one.bucket as usize];
        *bucket = bucket.saturating_add(one.amount);
    }
}

/// Sums by whom and by currency; currencies are never added up.
pub fn aged<'a>(all: impl Iterator<Item = Open<'a>>) -> BTreeMap<(String, String), Aged> {
    let mut sums: BTreeMap<(String, String), Aged> = BTreeMap::new();
    for one in all {
        let key = (one.of.to_owned(), one.currency.to_owned());
        sums.entry(key).or_default().add(&one);
    }
    sums.retain(|_, sum| *sum != Aged::default());
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn a_bucket_ends_with_its_last_day() {
        for (days, bucket) in [
            (i64::MIN, Bucket::UpTo30),
            (-1, Bucket::UpTo30),
            (0, Bucket::UpTo30),
            (30, Bucket::UpTo30),
            (31, Bucket::UpTo60),
            (60, Bucket::UpTo60),
            (61, Bucket::UpTo90),
            (90, Bucket::UpTo90),
            (91, Bucket::Over90),
            (i64::MAX, Bucket::Over90),
        ] {
            assert_eq!(Bucket::of(days), bucket, "{days}");
        }
    }

    #[test]
    fn currencies_are_kept_apart_and_credits_set_nothing_off() {
        let one = |of, currency, days, amount| Open {
            of,
            currency,
            bucket: Bucket::of(days),
            amount,
        };
        let all = [
            one("C1", "USD", 5, dec!(10.10)),
            one("C1", "USD", 95, dec!(20.20)),
            one("C1", "USD", 95, dec!(-5)),
            one("C1", "GBP", 40, dec!(7)),
            one("C2", "USD", 61, dec!(0.01)),
            one("C3", "USD", 61, dec!(0)),
        ];
        let sums = aged(all.into_iter());
        let of =
            |client: &str, currency: &str| sums[&(client.to_owned(), currency.to_owned())].clone();
        assert_eq!(
            of("C1", "USD"),
            Aged {
                invoices: 2,
                open: dec!(30.30),
                buckets: [dec!(10.10), dec!(0), dec!(0), dec!(20.20)],
                credit: dec!(5),
            }
        );
        assert_eq!(of("C1", "GBP").buckets[1], dec!(7));
        assert_eq!(of("C2", "USD").buckets[2], dec!(0.01));
        assert_eq!(sums.len(), 3, "nothing is open of C3");
        // The buckets are the whole.
        assert!(
            sums.values()
                .all(|a| a.buckets.iter().sum::<Decimal>() == a.open)
        );
    }
}
