//! `near-duplicate-entry`: nearly the same text on several dates or by several persons on one matter
//! (guideline-rules.csv). Earlier invoices, where they are known, are a second list of entries.

use super::entries::{Entries, meeting_line};
use super::places::PLACES;
use super::similar::{Cluster, Similar};
use super::{Judging, Params, Predicate, repeats};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use rust_decimal::Decimal;

struct NearDuplicate {
    rule: RuleId,
    similar: Similar,
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
    }))
}

impl Predicate for NearDuplicate {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let earlier = Entries::default();
        let now = judging.entries(invoice);
        for cluster in self.similar.clusters(now, &earlier) {
            self.raise(invoice, &cluster, hits);
        }
    }
}

impl NearDuplicate {
    fn raise(&self, invoice: &Invoice, cluster: &Cluster<'_>, hits: &mut Hits) {
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
        hits.raise(
            repeats::hit(self.rule, invoice, first, &others)
                .with("times", cluster.now.len() + cluster.earlier.len())
                .with("days", days)
                .with("people", repeats::people(invoice, lines())),
        );
    }
}
