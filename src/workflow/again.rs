//! What is tried again when somebody else writes at the same moment.

/// How often.
pub(super) const TRIES: usize = 8;

/// Does something again when somebody else wrote at the same moment. No function, because what one takes could not
/// move between threads.
macro_rules! again {
    ($work:expr) => {{
        let mut left = $crate::workflow::again::TRIES;
        loop {
            left -= 1;
            match $work.await {
                Err($crate::workflow::refusal::WorkflowError::Store(
                    $crate::store::StoreError::Conflict,
                )) if left > 0 => {}
                done => break done,
            }
        }
    }};
}
