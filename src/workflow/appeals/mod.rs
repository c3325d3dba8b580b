//! Appeals against reductions: proposed, decided by a partner, filed in the portal's own form before the window closes, and what came of them; clocks of portals beside them.
//! Not here: the reductions themselves (`reductions`), the arithmetic of windows (`windows`), letters and calendars (`reports`).

mod decide;
mod due;
mod expiry;
mod file;
mod outcome;
mod packet;
mod propose;

pub use due::{AppealShown, Due};
pub use expiry::{Expiry, ExpiryKind};
pub use file::{Filing, Prepared};
pub use outcome::Outcome;
pub use packet::{Approved, EarlierWin, Packet, PacketLine};
pub use propose::NewAppeal;

use crate::store::{AppealFilter, AppealRow, InvoiceRow, StoreError, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::{WorkflowError, refused};
use rust_decimal::Decimal;

/// Words of an appeal's status.
pub(super) mod status {
    /// Somebody proposed it.
    pub const PROPOSED: &str = "proposed";
    /// A partner decided to file it.
    pub const DECIDED: &str = "decided";
    /// It is with the client.
    pub const FILED: &str = "filed";
    /// All came back.
    pub const WON: &str = "won";
    /// Some came back.
    pub const PARTLY_WON: &str = "partly won";
    /// Nothing came back.
    pub const LOST: &str = "lost";
    /// It was not filed in time.
    pub const MISSED: &str = "window missed";
    /// Dropped, or taken back.
    pub const WITHDRAWN: &str = "withdrawn";
}

/// How something ended of which so much was asked for and so much came back.
pub(super) fn ended(asked: Decimal, back: Decimal) -> &'static str {
    if back >= asked {
        status::WON
    } else if back > Decimal::ZERO {
        status::PARTLY_WON
    } else {
        status::LOST
    }
}

impl Desk<'_> {
    /// The appeal with an id, and its invoice.
    pub(super) async fn appeal(
        &self,
        tx: &mut Tx,
        id: &str,
    ) -> Result<(AppealRow, InvoiceRow), WorkflowError> {
        let filter = AppealFilter {
            id: Some(id.to_owned()),
            clients: self.person.clients.clone(),
            ..AppealFilter::default()
        };
        let Some(row) = tx.appeals(&filter).await?.into_iter().next() else {
            return refused(format!(
                "no appeal {id} of a client you serve; cleanbill appeals list shows those there are"
            ));
        };
        let Some(invoice) = tx.invoice(&row.invoice).await? else {
            let why = format!("appeal {id} has no invoice");
            return Err(StoreError::Unreadable(why).into());
        };
        Ok((row, invoice))
    }

    /// The appeals of an invoice.
    pub(super) async fn appeals_of(
        &self,
        tx: &mut Tx,
        invoice: &InvoiceRow,
    ) -> Result<Vec<AppealRow>, WorkflowError> {
        let filter = AppealFilter {
            invoice: Some(invoice.id.clone()),
            ..AppealFilter::default()
        };
        Ok(tx.appeals(&filter).await?)
    }
}

/// Refuses what is possible only in another status.
fn in_status(row: &AppealRow, wanted: &[&str], what: &str) -> Result<(), WorkflowError> {
    if wanted.contains(&row.status.as_str()) {
        return Ok(());
    }
    refused(format!(
        "appeal {} is {}: it can be {what} while it is {}",
        row.id,
        row.status,
        wanted.join(" or ")
    ))
}
