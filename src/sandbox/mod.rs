//! Practice portals on localhost: what a firm's client would answer, without a client.
//! Not here: anything of the rest of the crate. Shapes, words and checks are written a second time from the public
//! references, so that it means something when the clients in `portals` agree with them.

#![allow(
    clippy::result_large_err,
    reason = "an answer that ends a request early is axum's own type, and made once a request"
)]

mod agreed;
mod asked;
mod book;
mod clock;
mod control;
mod details;
mod drop;
mod ebillinghub;
mod faults;
mod ledes;
mod ledes_api;
mod ledger;
mod legal_tracker;
mod mails;
mod money;
mod oauth;
mod outgoing;
mod pace;
mod page;
mod portal;
mod reasons;
mod review;
mod seed;
mod server;
mod settings;
mod start;
mod tls;
mod words;

pub use faults::{Fault, Operation, What};
pub use ledger::{Row, Verdict};
pub use money::{Cause, Money, Paid, Stood};
pub use pace::Request;
pub use settings::{
    Account, Agreed, Auth, Body, ByNumber, Drop, Duplicates, EBillingHub, Kind, LedesApi,
    LegalTracker, Like, Limit, Mail, Mistake, Names, Outcome, PortalSettings, Settings, Tls,
};
pub use start::{Running, start};
