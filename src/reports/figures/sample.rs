//! An invoice to be counted in tests.

use crate::workflow::{Life, Round, State};
use rust_decimal::dec;

/// An invoice of client C1 over 100.00 USD that was sent and approved.
pub(super) fn life(number: &str) -> Life {
    Life {
        id: format!("id-{number}"),
        number: number.to_owned(),
        client: "C1".to_owned(),
        matter: "M1".to_owned(),
        partner: "bob".to_owned(),
        portal: "Acuity".to_owned(),
        preparer: "ann".to_owned(),
        date: "1970-01-01".parse().ok(),
        currency: "USD".to_owned(),
        total: Some(dec!(100.00)),
        state: State::Approved,
        taken_ms: 0,
        rounds: vec![Round {
            version: 1,
            account: "one".to_owned(),
            sent_ms: 1,
            accepted_ms: Some(2),
            ..Round::default()
        }],
        decided_ms: Some(2),
        approved: Some(dec!(100.00)),
        unexplained: dec!(0),
        paid_ms: None,
        appeal_of: None,
        replaces: None,
        practice: false,
        lines: Vec::new(),
        versions: 1,
        returns: 0,
        notes: 0,
    }
}
