//! `work-below-class`: work that a cheaper person usually does, billed by one of the named classes. Secretarial
//! work is `clerical-task`'s whoever bills it.

use super::approved_rate::ApprovedRates;
use super::engagement::engagements;
use super::fee::{Fee, fees, priced};
use super::words::Words;
use crate::model::{Field, Hit, Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::predicate::{Judging, Params, Predicate};
use crate::rules::utbms::{catalogue, classes};
use rustc_hash::FxHashSet;

struct WorkBelowClass {
    rule: RuleId,
    classes: Vec<String>,
    words: Words,
    task_codes: Vec<String>,
    rerate: Vec<String>,
}

/// Parameters: the `classes` it is not for; the work, by `words` of the narrative or by `task_codes`; and
/// `rerated_as`, the classes whose approved rate the client would pay instead, the first on file counting.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    let words = Words::of(params.list("words")?);
    Ok(Box::new(WorkBelowClass {
        rule: params.rule,
        classes: params.list("classes")?,
        words,
        task_codes: params.list("task_codes")?,
        rerate: params.list("rerated_as")?,
    }))
}

impl Predicate for WorkBelowClass {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let lists = &judging.lists;
        let engagements = engagements(invoice, lists);
        let office: FxHashSet<usize> = judging
            .narratives(invoice)
            .iter(invoice)
            .filter(|told| told.reading.clerical())
            .map(|told| told.index)
            .collect();
        let rates = ApprovedRates::of(lists);
        for fee in fees(invoice, &engagements) {
            let class = fee.class(invoice, lists);
            if !self.classes.iter().any(|c| classes().same(c, &class)) {
                continue;
            }
            let Some((hit, work)) = self.found(invoice, &fee, office.contains(&fee.index)) else {
                continue;
            };
            let mut hit = hit
                .with("who", fee.who(invoice, lists))
                .with("class", &class)
                .with("work", work);
            let junior = self.rerate.iter().find_map(|c| rates.of_class(&fee, c));
            if let Some(((units, rate), junior)) = priced(fee.line).zip(junior) {
                let excess = rate.checked_sub(junior.rate);
                let amount = excess.and_then(|excess| excess.checked_mul(units));
                hit.amount = amount.map(|amount| amount.round_dp(2));
            }
            hits.raise(hit);
        }
    }
}

impl WorkBelowClass {
    fn found(&self, invoice: &Invoice, fee: &Fee<'_>, office: bool) -> Option<(Hit, String)> {
        let line = fee.line;
        let narrative = invoice.get(line.description);
        let hit = Hit::on_line(self.rule, fee.index);
        if let Some((_, place)) = self.words.first(&narrative).filter(|_| !office) {
            let words = narrative.get(place).unwrap_or("");
            let hit = hit.at(invoice.format, Field::LineDescription, line.description);
            return Some((hit, format!("\"{words}\"")));
        }
        let code = invoice.get(line.task_code);
        let listed = self.task_codes.iter().any(|c| **c == *code);
        listed.then(|| {
            let label = catalogue()
                .find(&code)
                .map_or("", |code| code.label.as_str());
            let hit = hit.at(invoice.format, Field::TaskCode, line.task_code);
            (hit, format!("{code} {label}").trim_end().to_owned())
        })
    }
}
