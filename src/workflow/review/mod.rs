//! Review and approval: lines sent back and rewritten, findings set aside, write-downs, the package, and the clearance.
//! Not here: the table of steps, who may take them, and the text of a file (`revise`).

mod authority;
mod clear;
mod content;
mod overriding;
mod own;
mod package;
mod record;
mod returning;
mod rewrite;
mod story;
mod taking_back;
mod version;
mod write_down;

pub use authority::{Authority, FIRM, Limit, Substitute};
pub use clear::Approved;
pub use content::Content;
pub use own::{OwnInvoice, OwnLine};
pub use package::{About, NewAttachment};
pub use record::{Approval, Attachment, Comment, End, Item, Review, Standing};
pub use returning::{Asked, NewReturn};
pub use rewrite::{Answer, OwnRequest, Trial};
pub use story::{Story, StoryOverride};
pub use write_down::{Lowered, NewWriteDown, Proposed, ReasonCode, reason_codes};
