//! The invoice with its bill, as its pages lay it out: findings beside lines, marks on lines, who set what aside.

use super::super::bill::{Card, Laid, Look};
use super::super::invoices::line_at;
use crate::check::{Bill, bill_of};
use crate::model::{Finding, LedesFormat};
use crate::render::printable;
use crate::web::answer::Trouble;
use crate::web::asked::Asked;
use crate::web::locale::Locale;
use crate::workflow::{Act, State, Step, Story, next};
use std::collections::BTreeMap;

/// The invoice with its bill.
pub(super) struct Seen {
    pub(super) story: Story,
    pub(super) bill: Bill,
    pub(super) format: Option<LedesFormat>,
}

pub(super) async fn seen(asked: &Asked<'_>) -> Result<Seen, Trouble> {
    let story = asked.desk.story(asked.given.param("invoice")).await?;
    let bytes = asked.desk.file_to_show(&story.row)?;
    let bill = bill_of(&bytes, &story.row.number).map_err(|e| Trouble::Failed(e.to_string()))?;
    let (bill, format) = bill.unwrap_or_default();
    Ok(Seen {
        story,
        bill,
        format,
    })
}

impl Seen {
    pub(super) fn laid(&self, look: &Look, locale: &Locale) -> Laid {
        let row = &self.story.row;
        let findings: Vec<&Finding> = self.story.report.findings().collect();
        let findings = findings.iter().copied();
        let mut laid = Laid::out(
            &self.bill.lines,
            self.format,
            findings,
            &row.currency,
            locale,
            look,
        );
        let review = &self.story.review;
        let mut marks: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        let mut mark = |item: &'_ str, word| {
            let own = self.bill.lines.iter().find(|l| l.item == item);
            if let Some(line) = own {
                marks.entry(&line.item).or_default().push(word);
            }
        };
        for request in review.open_requests() {
            mark(&request.line_item, "returned");
        }
        for write_down in review.open_write_downs() {
            mark(&write_down.line_item, "write-down proposed");
        }
        for comment in &review.comments {
            mark(&comment.line_item, "comment");
        }
        for item in review
            .attachments
            .iter()
            .filter_map(|a| a.line_item.as_deref())
        {
            mark(item, "attachment");
        }
        for line in &mut laid.rows {
            line.href = line_at(&row.id, &line.item);
            line.marks = marks.get(line.item.as_str()).cloned().unwrap_or_default();
        }
        for card in laid
            .head
            .iter_mut()
            .chain(laid.rows.iter_mut().flat_map(|r| &mut r.cards))
        {
            set_aside(card, &self.story, locale);
        }
        laid
    }
}

/// Says on a card who set the finding aside.
pub(super) fn set_aside(card: &mut Card, story: &Story, locale: &Locale) {
    let own = story
        .overrides
        .iter()
        .find(|o| o.fingerprint == card.fingerprint);
    card.aside = own.map(|o| {
        (
            o.by.clone(),
            locale.instant(o.at_ms),
            printable(&o.reason).into_owned(),
        )
    });
}

/// Whether this person may take a step with the invoice as it stands.
pub(super) fn may(asked: &Asked<'_>, story: &Story, step: Step) -> bool {
    let there = next(State::named(&story.row.state), step).is_some();
    there && asked.desk.may(Act::Step(step)).is_ok()
}
