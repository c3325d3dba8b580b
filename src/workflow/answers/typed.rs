//! An answer that a person types in: read on a portal's page, or heard on the telephone.

use super::bring::Ways;
use super::kept::Standing;
use crate::model::{Evidence, Outcome, PortalRemark, ReducedLine, Reduction, StatusReport};
use crate::portals::answers::Told;
use crate::revise::line::line;
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::refusal::{WorkflowError, refused};
use rust_decimal::Decimal;

/// What a person types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typed {
    /// What became of the invoice.
    pub outcome: Outcome,
    /// The portal's word.
    pub word: String,
    /// Why, in the client's words.
    pub reason: String,
    /// LINE_ITEM_NUMBER of the line it is about.
    pub item: Option<String>,
    /// What was cut.
    pub cut: Option<Decimal>,
    /// What came of the whole, where that was said.
    pub approved: Option<Decimal>,
}

impl Desk<'_> {
    /// Takes what a person types of an invoice; returns its state.
    ///
    /// # Errors
    /// Not allowed, no reason, a cut larger than its line, or what cannot follow after what is known.
    pub async fn type_answer(&self, named: &str, typed: &Typed) -> Result<String, WorkflowError> {
        self.may(Act::DecideAnswers)?;
        let reason = given(&typed.reason)?;
        let parcel = self.sent_parcel(named).await?;
        let row = &parcel.invoice;
        let mut outcome = typed.outcome;
        let mut reductions = Vec::new();
        if let Some(cut) = typed.cut {
            let billed = match &typed.item {
                Some(item) => {
                    let bytes = self.store.documents.get(&row.document)?;
                    line(&bytes, &row.number, item)
                        .or_else(|r| refused(r.0))?
                        .total
                }
                None => row.total,
            };
            let what = typed
                .item
                .as_ref()
                .map_or_else(|| "the invoice".to_owned(), |i| format!("line {i}"));
            if cut <= Decimal::ZERO || billed.is_some_and(|b| cut > b) {
                return refused(format!(
                    "--cut {cut}: {what} is {}; a cut is above nothing and at most that",
                    billed.unwrap_or_default()
                ));
            }
            if outcome == Outcome::Approved {
                outcome = Outcome::Reduced;
            }
            if outcome != Outcome::Reduced {
                return refused(format!(
                    "--cut goes with reduced, not with {}",
                    outcome.name()
                ));
            }
            reductions.push(Reduction {
                amount: cut,
                currency: Some(row.currency.clone()).filter(|c| c != "?"),
                reason: reason.to_owned(),
                line: typed.item.as_ref().map(|item| ReducedLine {
                    item: Some(item.clone()),
                    total: billed,
                    ..ReducedLine::default()
                }),
                reviewer: None,
                at: None,
            });
        }
        let refuses = matches!(outcome, Outcome::Rejected | Outcome::ActionRequired);
        // What is cut of one line says nothing of the others.
        let cut = typed.cut.filter(|_| typed.item.is_none());
        let approved = typed
            .approved
            .or_else(|| row.total.zip(cut).and_then(|(t, c)| t.checked_sub(c)));
        let text = format!("{}: {reason}", typed.word);
        let report = StatusReport {
            invoice_number: Some(row.number.clone()),
            outcome,
            word: typed.word.clone(),
            note: (!refuses && reductions.is_empty()).then(|| reason.to_owned()),
            original_total: row.total,
            approved_total: approved,
            errors: refuses
                .then(|| PortalRemark {
                    kind: None,
                    code: None,
                    text: reason.to_owned(),
                    item: typed.item.clone(),
                })
                .into_iter()
                .collect(),
            reductions,
            evidence: Evidence {
                asked: format!("typed in by {}", self.person.name),
                status: None,
                body: text.clone().into_bytes(),
            },
            ..StatusReport::default()
        };
        let told = Told {
            source: "typed".to_owned(),
            place: format!("typed in by {}", self.person.name),
            portal: None,
            client: Some(row.client.clone()),
            mark: format!(
                "{}\n{}\n{:?}\n{:?}\n{text}",
                row.id, parcel.submission.id, typed.item, typed.cut
            ),
            report,
            doubts: Vec::new(),
        };
        let mut why = Vec::new();
        if self.standing_of(&parcel, &told.report, &mut why) != Standing::Taken {
            return refused(format!("not possible: {}", why.join("; ")));
        }
        let brought = self
            .hear(std::slice::from_ref(&told), &Ways::default())
            .await?;
        match brought.first() {
            Some(b) if b.standing == Standing::Taken => {
                Ok(self.sent_parcel(&row.id).await?.invoice.state)
            }
            Some(b) => refused(format!("it waits in the queue: {}", b.why.join("; "))),
            None => refused("nothing was typed"),
        }
    }
}
