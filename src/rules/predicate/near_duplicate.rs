//! `near-duplicate-entry`: nearly the same text on several dates or by several persons on one matter, on this
//! invoice or on this and earlier ones (guideline-rules.csv); and the same entry on an earlier invoice.

use super::earlier::{NO_HISTORY, Own, lines};
use super::entries::{Entries, Entry, matters, meeting_line};
use super::matters::number_of;
use super::places::PLACES;
use super::similar::{Cluster, Similar};
use super::{Judging, Params, Predicate, repeats};
use crate::model::{EarlierInvoice, EarlierLine, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

struct NearDuplicate {
    rule: RuleId,
    similar: Similar,
    window_days: i64,
}

/// Parameters: `similarity`, words in common of all words of both, 0.5 to 1; `window_days`, from one entry to
/// the next; `min_words`, different words a text must have: shorter ones come back by
/// themselves when one piece of work takes several days.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let similarity = params.decimal("similarity", Decimal::new(9, 1))?;
    let window_days = params.integer("window_days", 31)?;
    let min_words = params.integer("min_words", 12)?;
    Ok(Box::new(NearDuplicate {
        rule: params.rule,
        similar: Similar::new(
            similarity,
            window_days,
            usize::try_from(min_words).unwrap_or(0),
        ),
        window_days,
    }))
}

impl Predicate for NearDuplicate {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let now = judging.entries(invoice);
        if now.iter().next().is_none() {
            return;
        }
        if !judging.history.is_loaded() {
            hits.lacking(self.rule, NO_HISTORY);
        }
        let before = self.before(invoice, judging, now);
        let earlier = Entries::of_earlier(before.iter().map(|b| (b.matter, b.line)));
        let mut clusters = self.similar.clusters(now, &earlier);
        clusters.extend(billed_again(now, &earlier, &clusters));
        clusters.sort_unstable_by_key(|c| c.now.first().map(|e| e.line));
        for cluster in clusters {
            self.raise(invoice, &cluster, &before, hits);
        }
    }
}

/// A line of an earlier invoice on a matter of this one.
struct Before<'a> {
    invoice: &'a EarlierInvoice,
    line: &'a EarlierLine,
    matter: u64,
}

/// Entries too short for likeness to mean anything that stand on an earlier invoice word for word, of the same day
/// and person, and in no cluster yet.
fn billed_again<'a>(
    now: &'a Entries,
    earlier: &'a Entries,
    known: &[Cluster<'_>],
) -> Vec<Cluster<'a>> {
    let billed: FxHashMap<u64, &Entry> = earlier
        .iter()
        .filter_map(|e| Some((e.identity()?, e)))
        .collect();
    if billed.is_empty() {
        return Vec::new();
    }
    let known: FxHashSet<u32> = known.iter().flat_map(|c| &c.now).map(|e| e.line).collect();
    now.iter()
        .filter(|entry| !known.contains(&entry.line))
        .filter_map(|entry| {
            let twin = *billed.get(&entry.identity()?)?;
            (twin.hours == entry.hours).then(|| Cluster {
                now: vec![entry],
                earlier: vec![twin],
            })
        })
        .collect()
}

impl NearDuplicate {
    /// Lines of earlier invoices near enough in time to be the same work.
    fn before<'a>(
        &self,
        invoice: &Invoice,
        judging: &'a Judging,
        now: &Entries,
    ) -> Vec<Before<'a>> {
        let Some(own) = Own::of(invoice) else {
            return Vec::new();
        };
        let days = || now.iter().filter_map(|e| e.date);
        let Some((first, last)) = days().min().zip(days().max()) else {
            return Vec::new();
        };
        let window = Days::new(u64::try_from(self.window_days).unwrap_or(0));
        let first = first.checked_sub_days(window).unwrap_or(NaiveDate::MIN);
        let last = last.checked_add_days(window).unwrap_or(NaiveDate::MAX);
        let near = |line: &&EarlierLine| line.date.is_some_and(|d| (first..=last).contains(&d));
        let mut before = Vec::new();
        for (matter, hashed) in invoice.matters.iter().zip(matters(invoice)) {
            let Some(number) = number_of(invoice, matter) else {
                continue;
            };
            for (invoice, at) in own.standing(&judging.history, number) {
                before.extend(lines(invoice, at).filter(near).map(|line| Before {
                    invoice,
                    line,
                    matter: hashed,
                }));
            }
        }
        before
    }

    fn raise(
        &self,
        invoice: &Invoice,
        cluster: &Cluster<'_>,
        before: &[Before<'_>],
        hits: &mut Hits,
    ) {
        let Some(first) = meeting_line(&cluster.now) else {
            return;
        };
        let lines = || cluster.now.iter().map(|e| e.line);
        let others: Vec<u32> = lines().filter(|l| *l != first).take(PLACES).collect();
        let dates = cluster.now.iter().chain(&cluster.earlier);
        let mut dates: Vec<_> = dates.filter_map(|e| e.date).collect();
        dates.sort_unstable();
        dates.dedup();
        let days = match dates.as_slice() {
            [one] => format!("on {one}"),
            [first, .., last] => format!("from {first} to {last}"),
            [] => String::new(),
        };
        let hit = repeats::hit(self.rule, invoice, first, &others)
            .with("times", cluster.now.len() + cluster.earlier.len())
            .with("days", days);
        let mut numbers: Vec<&str> = Vec::new();
        for before in cluster
            .earlier
            .iter()
            .filter_map(|e| before.get(e.line as usize))
        {
            if !numbers.contains(&before.invoice.number.as_str()) {
                numbers.push(&before.invoice.number);
            }
        }
        hits.raise(match numbers.len() {
            0 => hit.with("people", repeats::people(invoice, lines())),
            several => hit
                .variant("earlier")
                .with(
                    "invoices",
                    if several == 1 { "invoice" } else { "invoices" },
                )
                .with("has", if several == 1 { "has" } else { "have" })
                .with(
                    "earlier",
                    repeats::listed(numbers.into_iter().map(str::to_owned)),
                ),
        });
    }
}
