//! What commands share by which a person decides something: of which invoice, whose, why, and in which store.

use super::tracker::StoreArgs;
use crate::store::InvoiceRow;
use crate::workflow::Step;

/// Why, and the store in which it is written down.
#[derive(Debug, clap::Args)]
pub struct Because {
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: String,

    #[command(flatten)]
    pub at: StoreArgs,
}

/// An invoice, and why something is done to it.
#[derive(Debug, clap::Args)]
pub struct Deed {
    /// The invoice: its number or id
    #[arg(value_name = "INVOICE")]
    invoice: String,

    #[command(flatten)]
    because: Because,
}

impl Deed {
    /// Takes back a clearance, or the invoice itself.
    pub fn take_back(&self, step: Step) -> anyhow::Result<InvoiceRow> {
        let Because { reason, at } = &self.because;
        at.at_desk(async |desk| Ok(desk.take_back(&self.invoice, step, reason).await?))
    }
}

/// Whose invoices.
#[derive(Debug, clap::Args)]
pub struct Whose {
    /// Of this client only
    #[arg(long, value_name = "ID")]
    client: Option<String>,

    /// Of matters of this partner only
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,
}

impl Whose {
    /// Whether an invoice is one of theirs.
    pub fn fits(&self, row: &InvoiceRow) -> bool {
        let is = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|w| w == own);
        is(&self.client, &row.client) && is(&self.partner, &row.partner)
    }
}
