//! The ways files and questions get to a portal.
//! Not here: what a portal calls things.

pub(super) mod hook;
pub(super) mod http;
pub(super) mod smtp;
#[cfg(feature = "sftp")]
pub(super) mod ssh;

pub(super) use http::{Answer, Effect, Http, plain_remark};
