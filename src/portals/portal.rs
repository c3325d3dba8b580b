//! What every portal can be asked to do.

use super::PortalError;
use crate::model::{Evidence, Receipt, StatusReport, Submission};
use async_trait::async_trait;
use rust_decimal::Decimal;
use serde_json::Value;

/// What a portal's client can do by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Abilities {
    /// It can ask what became of an invoice by the portal's id.
    pub status: bool,
    /// It can ask whether the portal has an invoice of a number; without it, an invoice in doubt waits for a person.
    pub find: bool,
    /// Files can go with an invoice.
    pub attachments: bool,
    /// A person does the last step.
    pub by_hand: bool,
}

/// An invoice at a portal, as far as we can name it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Handle {
    /// The portal's id, where it gave one.
    pub portal_id: Option<String>,
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// The file's name at the portal.
    pub file_name: String,
    /// SHA-256 of the file that was sent, where it is known.
    pub file_sha256: Option<String>,
    /// CLIENT_ID.
    pub client_id: String,
    /// Invoice total.
    pub total: Option<Decimal>,
}

/// What asking for an invoice found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// The portal has it.
    Here(Box<StatusReport>),
    /// The portal proves that it does not have it.
    Absent,
    /// The portal cannot be asked; a person has to look.
    CannotSay,
}

/// A portal, through one account of the firm's.
#[async_trait]
pub trait Portal: Send + Sync {
    /// What it can do by itself.
    fn abilities(&self) -> Abilities;

    /// Sends an invoice, once: never again by itself, whatever happens.
    ///
    /// # Errors
    /// See [`PortalError`]; only [`PortalError::leaves_doubt`] errors can mean that the portal has it all the same.
    async fn submit(&self, submission: &Submission) -> Result<Receipt, PortalError>;

    /// Asks for an invoice: by the portal's id where it is known, else by number and total.
    ///
    /// # Errors
    /// The portal did not answer, or not what was asked.
    async fn ask(&self, handle: &Handle) -> Result<Asked, PortalError>;

    /// Puts a matter's accruals in the place of those the client has: the figures of LEDES API v1 (reference
    /// ledes-api.md section 5.1), names in lower case with `_`.
    ///
    /// # Errors
    /// The portal takes none, the figures do not add up, or the matter is not known there.
    async fn put_accruals(&self, _matter: &str, _figures: &Value) -> Result<Evidence, PortalError> {
        Err(no_accruals())
    }

    /// Takes a matter's accruals back: they are then not known, which is not zero.
    ///
    /// # Errors
    /// The portal takes none, or the matter is not known there.
    async fn delete_accruals(&self, _matter: &str) -> Result<Evidence, PortalError> {
        Err(no_accruals())
    }

    /// Connects and signs in, and changes nothing. Says in sentences what was found.
    ///
    /// # Errors
    /// What a person has to mend.
    async fn check(&self) -> Result<Vec<String>, PortalError>;
}

fn no_accruals() -> PortalError {
    PortalError::Setup(
        "this portal takes no accruals from a program; send them as the client says".to_owned(),
    )
}
