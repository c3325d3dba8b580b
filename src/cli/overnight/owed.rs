//! What the morning report says of money that is owed.

use crate::cli::receivables::terms;
use crate::workflow::submission::MorningOwed;
use crate::workflow::{Bucket, Desk};
use rust_decimal::Decimal;

/// What is owed and somebody should look at.
pub(super) async fn owed(desk: &Desk<'_>) -> anyhow::Result<MorningOwed> {
    let terms = terms()?;
    let all = desk.receivables(&terms).await?;
    let mut owed = MorningOwed {
        waiting: desk.remittances(true, i64::from(u32::MAX)).await?.len(),
        ..MorningOwed::default()
    };
    for one in &all.all {
        let currency = &one.invoice.currency;
        if let Some(missing) = one.short() {
            owed.short += 1;
            *owed.missing.entry(currency.clone()).or_default() += missing;
        }
        if one.bucket == Bucket::Over90 && one.open > Decimal::ZERO {
            owed.old += 1;
            *owed.open.entry(currency.clone()).or_default() += one.open;
        }
    }
    Ok(owed)
}
