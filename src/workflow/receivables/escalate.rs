//! What a partner should take up. The list is all: what is done about it is a person's decision.

use super::ageing::Bucket;
use super::owed::{Receivable, Terms};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use rust_decimal::Decimal;
use serde::Serialize;

/// Reminders after which it is no more a matter of reminding.
const REMINDED_ENOUGH: usize = 3;

/// An open invoice for a partner, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Escalation {
    /// The invoice.
    #[serde(flatten)]
    pub account: Receivable,
    /// Why, in sentences.
    pub why: Vec<String>,
}

impl Receivable {
    /// Why a partner should take it up; nothing where there is no reason.
    pub fn escalated(&self) -> Vec<String> {
        let mut why = Vec::new();
        if self.open <= Decimal::ZERO {
            return why;
        }
        if self.bucket == Bucket::Over90 {
            why.push(format!("open for {} days", self.days));
        }
        if self.reminded.len() >= REMINDED_ENOUGH {
            why.push(format!("{} reminders were drafted", self.reminded.len()));
        }
        if State::named(&self.invoice.state) == Some(State::ActionRequired) {
            why.push("disputed: the client wants something done first".to_owned());
        }
        if self.appeal_open {
            why.push("disputed: an appeal has no answer".to_owned());
        }
        why
    }
}

impl Desk<'_> {
    /// Open invoices for a partner, or for all: over 90 days, reminded three times, or disputed; by partner, the largest
    /// first.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn escalations(
        &self,
        terms: &Terms,
        partner: Option<&str>,
    ) -> Result<Vec<Escalation>, WorkflowError> {
        let owed = self.receivables(terms).await?;
        let mut all: Vec<Escalation> = owed
            .all
            .into_iter()
            .filter(|r| partner.is_none_or(|p| p == r.invoice.partner))
            .map(|account| Escalation {
                why: account.escalated(),
                account,
            })
            .filter(|e| !e.why.is_empty())
            .collect();
        all.sort_by(|a, b| {
            let key = |e: &Escalation| {
                let row = &e.account.invoice;
                (row.partner.clone(), row.currency.clone(), -e.account.open)
            };
            key(a).cmp(&key(b))
        });
        Ok(all)
    }
}
