//! Plain values: text and its places, amounts, dates, the invoice and its parts, hits and findings.
//! Not here: reading or writing of any kind, the clock, rules, and anything that knows a file format's syntax.

pub mod field;
pub mod finding;
pub mod format;
pub mod history;
pub mod hit;
pub mod invoice;
pub mod line;
pub mod lists;
pub mod matter;
pub mod meant;
pub mod parties;
pub mod placement;
pub mod submission;
pub mod tax;
pub mod text;
pub mod value;

pub use field::Field;
pub use finding::{
    Confidence, Consequence, Edit, Finding, Fix, Level, Place, Repair, Safety, Scope,
};
pub use format::{Family, LedesFormat};
pub use history::{Days, EarlierInvoice, EarlierLine, History};
pub use hit::{Anchor, Hit, Hits, Lacking, Mark, RuleId, Unjudged};
pub use invoice::{Invoice, UnreadRecord, Variation};
pub use line::{Discount, Line, LineKind};
pub use lists::Lists;
pub use matter::{Matter, TaxSummary, TimekeeperSummary};
pub use meant::did_you_mean;
pub use parties::{Address, Client, Contact, Extension, Firm};
pub use placement::Placement;
pub use submission::{
    Attachment, Evidence, InvoiceType, Outcome, Payment, PortalRemark, Receipt, ReducedLine,
    Reduction, StatusReport, Submission,
};
pub use tax::{Tax, TaxTier, TaxTierSummary};
pub use text::{Cell, Position, SourceText};
pub use value::Value;
