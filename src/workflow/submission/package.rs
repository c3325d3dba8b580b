//! What leaves: the cleared file, byte for byte, and what the portal is told beside it.

use super::dialect::Leaving;
use super::{Dialect, Parcel};
use crate::formats::{Source, survey};
use crate::model::{Attachment, Invoice, InvoiceType, LedesFormat, Submission};
use crate::portals::Handle;
use crate::revise::line::only;
use crate::revise::split::records::Records;
use crate::store::{InvoiceRow, StoreError, Tx, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::review::{About, Review};

impl Desk<'_> {
    /// The invoice's own file: bytes, format, the client's number of its first matter.
    fn own_file(&self, row: &InvoiceRow) -> Result<(Vec<u8>, LedesFormat, String), WorkflowError> {
        let kept = self.store.documents.get(&row.document)?;
        if sha256(&kept) != row.document {
            let why = format!(
                "the file of invoice {} is not the one that was cleared",
                row.number
            );
            return Err(StoreError::Unreadable(why).into());
        }
        let bytes = alone(&row.number, kept)?;
        let (format, client_matter_id) = told(&bytes)?;
        Ok((bytes, format, client_matter_id))
    }

    /// The name an invoice's file gets at a portal.
    ///
    /// # Errors
    /// The portal does not take it, or its document is missing.
    pub(super) fn name_at(
        &self,
        dialect: &Dialect,
        row: &InvoiceRow,
    ) -> Result<String, WorkflowError> {
        let (bytes, format, client_matter_id) = self.own_file(row)?;
        dialect.name(&Leaving {
            row,
            format,
            client_matter_id: &client_matter_id,
            bytes: bytes.len() as u64,
        })
    }

    /// The parcel as a portal gets it.
    pub(super) async fn package(
        &self,
        tx: &mut Tx,
        dialect: &Dialect,
        parcel: &Parcel,
        attempt: &str,
    ) -> Result<Submission, WorkflowError> {
        let row = &parcel.invoice;
        let (bytes, format, client_matter_id) = self.own_file(row)?;
        let file_name = dialect.name(&Leaving {
            row,
            format,
            client_matter_id: &client_matter_id,
            bytes: bytes.len() as u64,
        })?;
        let events = tx.events(&row.id).await?;
        let review = Review::of(&events).map_err(StoreError::Unreadable)?;
        let mut attachments = Vec::new();
        for attached in &review.attachments {
            let about: About = serde_json::from_slice(&self.store.documents.get(&attached.about)?)?;
            attachments.push(Attachment {
                name: about.name,
                media_type: about.media_type,
                bytes: self.store.documents.get(&attached.file)?,
                item: attached.line_item.clone(),
            });
        }
        let mut comments = Vec::new();
        let (invoice_type, follows) = match self.appealed_by(tx, row).await? {
            Some((first, why)) => {
                comments.extend(Some(why).filter(|w| !w.is_empty()));
                (InvoiceType::Appeal, first)
            }
            None => {
                let refused = self.refused_before(tx, row).await?;
                // A portal that never gave an id has not taken the first one up: to it, this is the first.
                match refused.and_then(|refused| refused.portal_id) {
                    Some(first) => (InvoiceType::Resubmit, Some(first)),
                    None => (InvoiceType::Invoice, None),
                }
            }
        };
        for comment in &review.comments {
            let text = self.store.documents.get(&comment.about)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            comments.push(format!("Line item {}: {text}", comment.line_item));
        }
        Ok(Submission {
            attempt: attempt.to_owned(),
            invoice_number: row.number.clone(),
            client_id: row.client.clone(),
            client_matter_id,
            law_firm_matter_id: row.matter.clone(),
            invoice_date: row.invoice_date.as_deref().and_then(|d| d.parse().ok()),
            total: row.total,
            currency: row.currency.clone(),
            format,
            invoice_type,
            follows,
            file_name,
            bytes,
            comment: (!comments.is_empty()).then(|| comments.join("\n")),
            attachments,
        })
    }
}

/// The invoice without the others of its file.
pub(super) fn alone(number: &str, bytes: Vec<u8>) -> Result<Vec<u8>, WorkflowError> {
    // XML has no records.
    let Some(records) = Records::of(&bytes).map_err(unreadable)? else {
        return only(&bytes, number).or_else(|refusal| refused(refusal.0));
    };
    let named = |invoice: &Invoice| invoice.get(invoice.number).trim() == number;
    let count = records.invoices().count();
    match records.invoices().position(named) {
        Some(_) if count == 1 => Ok(bytes),
        Some(index) => Ok(records.alone(index)),
        None => refused(format!("the file of invoice {number} does not hold it")),
    }
}

fn unreadable(error: std::io::Error) -> WorkflowError {
    WorkflowError::Check(crate::check::CheckError::Output(error))
}

/// The file's format, and the client's number of the first matter.
fn told(bytes: &[u8]) -> Result<(LedesFormat, String), WorkflowError> {
    let source = Source::of_bytes(bytes).map_err(unreadable)?;
    let survey = survey(&source).map_err(unreadable)?;
    let invoice = survey.invoices.read(0).map_err(unreadable)?.invoice;
    let matter = invoice.matters.first();
    let matter = matter.map(|m| invoice.get(m.client_matter_id).trim().to_owned());
    Ok((invoice.format, matter.unwrap_or_default()))
}

/// The invoice as the portal can be asked for it.
pub(super) fn handle(parcel: &Parcel) -> Handle {
    Handle {
        portal_id: parcel.submission.portal_id.clone(),
        invoice_number: parcel.invoice.number.clone(),
        file_name: parcel.submission.file_name.clone(),
        file_sha256: parcel.submission.sent.clone(),
        client_id: parcel.invoice.client.clone(),
        total: parcel.invoice.total,
    }
}
