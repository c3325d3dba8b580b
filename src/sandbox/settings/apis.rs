//! Settings of the portals whose interfaces are documented.

use serde::Deserialize;

/// Names on the wire of the LEDES API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `invoice_status`, `PENDING_CLIENT`: as the published illustration.
    #[default]
    Snake,
    /// `invoiceStatus`, `PendingClient`: as the standard.
    Camel,
}

/// LEDES Software API v1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LedesApi {
    /// The business in the base address.
    pub business: String,
    /// Spelling.
    pub names: Names,
    /// Formats taken; others get 415.
    pub formats: Vec<String>,
    /// Files above this get 202 and are read later.
    pub async_over_bytes: usize,
    /// Longest `ledes_filename`.
    pub file_name_limit: usize,
    /// Whether accruals are there at all; without them 501.
    pub accruals: bool,
    /// A refusal carries an invoiceid too, as the standard allows.
    pub id_on_refusal: bool,
    /// An extension that no standard has: `GET /invoices?vendor_invoice_number=`.
    pub search: bool,
}

impl Default for LedesApi {
    fn default() -> Self {
        let formats = [
            "LEDES98B",
            "LEDES98BI",
            "LEDES98BIV2",
            "LEDES2000",
            "LEDESXML20",
            "LEDESXML21",
        ];
        Self {
            business: "practice".to_owned(),
            names: Names::Snake,
            formats: formats.map(str::to_owned).to_vec(),
            async_over_bytes: 1_048_576,
            file_name_limit: 120,
            accruals: true,
            id_on_refusal: false,
            search: false,
        }
    }
}

/// Legal Tracker. Paths that its public pages do not show are settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LegalTracker {
    /// Before every path.
    pub base_path: String,
    /// The client's number in the `Company-ID` header.
    pub company_id: u64,
    /// `firmId` to be given with an invoice.
    pub firm_id: u64,
    /// `firmOfficeId` to be given with an invoice.
    pub firm_office_id: u64,
    /// `typeId` values known.
    pub type_ids: Vec<u64>,
    /// Undocumented: list of attachment types.
    pub attachment_types_path: String,
    /// Undocumented: asks for an upload link.
    pub files_path: String,
    /// Undocumented: field of an invoice that holds the file itself, in base64.
    pub inline_field: String,
    /// Undocumented: field of an answer that holds a list; empty: the answer is the list.
    pub list_field: String,
}

impl Default for LegalTracker {
    fn default() -> Self {
        Self {
            base_path: "/legal-tracker/billing-api/v1".to_owned(),
            company_id: 4_711,
            firm_id: 21,
            firm_office_id: 3,
            type_ids: vec![1, 2],
            attachment_types_path: "/attachmentTypes".to_owned(),
            files_path: "/efiles".to_owned(),
            inline_field: "invoiceFileContent".to_owned(),
            list_field: "value".to_owned(),
        }
    }
}

/// eBillingHub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EBillingHub {
    /// v1 or v2, as it stands in the paths.
    pub version: String,
    /// The client's organisation.
    pub payor_org_id: String,
    /// Invoices that say they have attachments wait in `new` until this status is set. Undocumented path.
    pub status_path: String,
    /// Undocumented: uploads an attachment.
    pub attachment_path: String,
}

impl Default for EBillingHub {
    fn default() -> Self {
        Self {
            version: "v2".to_owned(),
            payor_org_id: "4100".to_owned(),
            status_path: "/ebh/statuses/{v}/update".to_owned(),
            attachment_path: "/ebh/attachments/{v}/upload".to_owned(),
        }
    }
}
