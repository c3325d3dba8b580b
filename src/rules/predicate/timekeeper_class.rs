//! `timekeeper-class`: a timekeeper class that stands in no list, or not in the client's
//! (ledes-1998b.md section 6). Blank ones are `required-field`'s.

use super::code_cells::{filled, in_lower_case, too_long};
use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, LineKind, RuleId, Safety};
use crate::rules::PackMistake;
use crate::rules::utbms::{Status, classes};

/// Characters of TIMEKEEPER_CLASSIFICATION; longer values are `field-too-long`'s.
const WIDTH: usize = 10;

struct TimekeeperClass {
    rule: RuleId,
    /// The client's list; empty: every class that is not one portal's own.
    accepted: Vec<String>,
}

/// Parameter: `accepted`, the classes the client takes.
pub(super) fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(TimekeeperClass {
        rule: params.rule,
        accepted: params.list("accepted")?,
    }))
}

impl Predicate for TimekeeperClass {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        for (index, line) in invoice.lines.iter().enumerate() {
            let adjusts = line.kind.get().is_some_and(LineKind::is_adjustment);
            if !adjusts && !in_lower_case(invoice, line) {
                let anchor = Anchor::Line(index as u32);
                self.judge_cell(invoice, anchor, line.timekeeper_classification, hits);
            }
        }
        for (index, matter) in invoice.matters.iter().enumerate() {
            for timekeeper in &matter.timekeepers {
                let anchor = Anchor::Matter(index as u32);
                self.judge_cell(invoice, anchor, timekeeper.level, hits);
            }
        }
    }
}

impl TimekeeperClass {
    fn judge_cell(&self, invoice: &Invoice, anchor: Anchor, cell: Cell, hits: &mut Hits) {
        if !filled(invoice, cell) {
            return;
        }
        let written = invoice.get(cell);
        let known = classes().find(&written).map(|class| class.status);
        let variant = if !self.accepted.is_empty() {
            if self.accepted.iter().any(|class| *class == written) {
                return;
            }
            "list"
        } else {
            match known {
                Some(Status::Dialect) => "dialect",
                Some(_) => return,
                None => "",
            }
        };
        if too_long(invoice, cell, WIDTH) {
            return;
        }
        let mut hit = Hit::new(self.rule, anchor).variant(variant).at(
            invoice.format,
            Field::TimekeeperClassification,
            cell,
        );
        // The client's own code for the same class; what is no code of a list is a guess.
        let mut own = self
            .accepted
            .iter()
            .filter(|class| known.is_some() && classes().same(class, &written));
        if let (Some(class), None) = (own.next(), own.next()) {
            hits.raise(
                hit.with_safety(Safety::Safe)
                    .with("hint", format!("; the same class is {class} there"))
                    .with("accepted", self.accepted.join(", "))
                    .expecting(class),
            );
            return;
        }
        let meant = classes()
            .meant(&written, writes_two_letters(invoice))
            .filter(|m| m.code != *written)
            .filter(|m| self.accepted.is_empty() || self.accepted.contains(&m.code));
        hit = match meant {
            Some(class) => hit
                .with(
                    "hint",
                    format!("; {} ({}) was probably meant", class.code, class.label),
                )
                .expecting(&class.code),
            None => hit.with("hint", ""),
        };
        hits.raise(hit.with("accepted", self.accepted.join(", ")));
    }
}

/// True where the invoice's first known class is a two-letter one.
fn writes_two_letters(invoice: &Invoice) -> bool {
    invoice
        .lines
        .iter()
        .map(|line| invoice.get(line.timekeeper_classification))
        .find(|written| classes().find(written).is_some())
        .is_some_and(|written| written.len() == 2)
}
