//! Who outside is told of what happens to invoices: addresses that an administrator named, and signed messages to them.
//! Not here: connections (`portals`), SQL (`store`), and anything an event does not say itself.

mod courier;
mod notice;
mod roster;

pub use courier::{Round, deliver, disabled};
pub use notice::{Notice, NoticeData, NoticeInvoice, type_names};
pub use roster::{NewWebhook, Tried, WebhookShown};

/// Failed tries in a row until the next, in milliseconds: three days in all. After the last the webhook is disabled.
const PAUSES_MS: [i64; 10] = [
    5_000,
    60_000,
    5 * 60_000,
    30 * 60_000,
    2 * HOUR_MS,
    5 * HOUR_MS,
    10 * HOUR_MS,
    14 * HOUR_MS,
    20 * HOUR_MS,
    24 * HOUR_MS,
];
const HOUR_MS: i64 = 3_600_000;
