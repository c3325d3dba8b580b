//! `phase-code-posted` and `heading-code-posted`: work or costs billed under a heading.

use super::{Judging, Params, Predicate};
use crate::model::{Hits, Invoice, RuleId};
use crate::rules::PackMistake;
use crate::rules::utbms::{Code, CodeLevel, catalogue};

struct PostedHeading {
    rule: RuleId,
    level: CodeLevel,
}

/// A phase such as L100. No parameters.
pub(super) fn phase(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PostedHeading {
        rule: params.rule,
        level: CodeLevel::Phase,
    }))
}

/// The heading of a list: A100, E100. No parameters.
pub(super) fn group(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(PostedHeading {
        rule: params.rule,
        level: CodeLevel::Group,
    }))
}

impl Predicate for PostedHeading {
    fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        let headings = judging.codes(invoice).judged(|written| {
            let heading = written.in_its_field().filter(|c| c.level == self.level)?;
            Some((heading, below(heading)))
        });
        for (posting, (heading, below)) in headings {
            hits.raise(
                posting
                    .hit(self.rule, invoice)
                    .with("label", &heading.label)
                    .with("set", &catalogue().set_of(heading).title)
                    .with("below", below),
            );
        }
    }
}

/// The first codes under a heading.
fn below(heading: &Code) -> String {
    let codes = catalogue().codes().iter();
    let below = codes.filter(|c| c.parent == heading.code).take(4);
    let below: Vec<&str> = below.map(|c| c.code.as_str()).collect();
    below.join(", ")
}
