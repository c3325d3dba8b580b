//! What the morning report says of money that is owed.

use crate::cli::receivables::terms;
use crate::workflow::Desk;
use crate::workflow::submission::MorningOwed;

/// What is owed and somebody should look at.
pub(super) async fn owed(desk: &Desk<'_>) -> anyhow::Result<MorningOwed> {
    Ok(desk.morning_owed(&terms()?).await?)
}
