//! What is on its way, account by account, for who looks at it while it goes.

use super::{Parcel, status};
use crate::store::{Filter, InvoiceRow, SubmissionFilter, SubmissionRow};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::state::State;
use std::collections::BTreeMap;

/// Where invoices are that have not yet arrived.
const ON_ITS_WAY: [State; 3] = [State::Queued, State::Sending, State::InDoubt];

/// What is on its way, of clients a person serves.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Waiting, sending, in doubt, or for a person to upload; in the order of sending.
    pub live: Vec<Parcel>,
    /// What arrived or was refused since then, the last first.
    pub lately: Vec<Parcel>,
    /// Accounts that a process drives at this moment.
    pub driven: Vec<String>,
}

impl Desk<'_> {
    /// What is on its way, and at most `most` of what arrived or was refused since an instant.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn board(&self, since_ms: i64, most: usize) -> Result<Board, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = Filter {
            states: ON_ITS_WAY.iter().map(|s| s.name().to_owned()).collect(),
            clients: self.person.clients.clone(),
            ..Filter::default()
        };
        let mut by_id: BTreeMap<String, InvoiceRow> = BTreeMap::new();
        for row in tx.invoices(&filter).await? {
            by_id.insert(row.id.clone(), row);
        }
        let mut board = Board {
            driven: tx.driven((self.clock)()).await?,
            ..Board::default()
        };
        for word in [
            status::WAITING,
            status::SENDING,
            status::IN_DOUBT,
            status::BY_HAND,
        ] {
            let filter = SubmissionFilter {
                status: Some(word),
                ..SubmissionFilter::default()
            };
            for submission in tx.submissions(&filter).await? {
                let own = by_id.get(&submission.invoice);
                // An old version is its invoice's past.
                if let Some(invoice) = own.filter(|i| i.version == submission.version) {
                    board.live.push(Parcel {
                        invoice: invoice.clone(),
                        submission,
                    });
                }
            }
        }
        let mut lately: Vec<SubmissionRow> = Vec::new();
        for word in [status::SENT, status::REFUSED] {
            let filter = SubmissionFilter {
                status: Some(word),
                changed_since_ms: Some(since_ms),
                ..SubmissionFilter::default()
            };
            lately.extend(tx.submissions(&filter).await?);
        }
        lately.sort_by_key(|s| std::cmp::Reverse(s.changed_ms));
        for submission in lately {
            if board.lately.len() >= most {
                break;
            }
            if let Some(invoice) = tx.invoice(&submission.invoice).await?
                && self.person.serves(&invoice.client)
            {
                board.lately.push(Parcel {
                    invoice,
                    submission,
                });
            }
        }
        Ok(board)
    }

    /// Whether a submission of a client this person serves changed since an instant.
    ///
    /// # Errors
    /// Not allowed, or the store fails.
    pub async fn moved_since(&self, since_ms: i64) -> Result<bool, WorkflowError> {
        self.may(Act::Read)?;
        let mut tx = self.store.db.read().await?;
        let filter = SubmissionFilter {
            changed_since_ms: Some(since_ms),
            ..SubmissionFilter::default()
        };
        for submission in tx.submissions(&filter).await? {
            if self.person.clients.is_none() {
                return Ok(true);
            }
            if let Some(invoice) = tx.invoice(&submission.invoice).await?
                && self.person.serves(&invoice.client)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
