//! What is said on the next page after something was done: `?done=WORD`, a word of this table and nothing else, so that
//! no link can put words of its own on a page.

use super::answer::see;
use axum::response::Response;

const NOTICES: &[(&str, &str)] = &[
    ("returned", "The line went back to its timekeeper."),
    ("recalled", "The request was taken back."),
    ("commented", "The comment for the client was kept."),
    ("uncommented", "The comment was taken away."),
    (
        "proposed",
        "The write-down was proposed; a partner decides.",
    ),
    (
        "accepted",
        "The write-down was accepted: the invoice has a new version.",
    ),
    ("refused", "The write-down was refused."),
    (
        "set-aside",
        "The finding was set aside. The partner who clears sees it.",
    ),
    ("attached", "The file was attached."),
    ("detached", "The file was taken out of the package."),
    ("cleared", "Cleared for sending."),
    (
        "endorsed",
        "Approved. The total is above the limit: a second partner has to clear it.",
    ),
    ("reopened", "The clearance was taken back."),
    ("withdrawn", "The invoice was withdrawn."),
    ("queued", "It waits for its portal."),
    (
        "unqueued",
        "It was taken out of the queue; it stays cleared.",
    ),
    (
        "rewritten",
        "Your words were recorded. The invoice is reviewed and cleared again.",
    ),
    ("substitute", "The substitute was named."),
    ("no-substitute", "The substitution was ended."),
    ("signed-out", "You have signed out."),
    (
        "recovery",
        "Few recovery codes are left. Make a new second factor soon: cleanbill user totp.",
    ),
];

/// The sentence of a word.
pub(super) fn notice(word: &str) -> Option<&'static str> {
    let own = NOTICES.iter().find(|(w, _)| *w == word);
    own.map(|(_, sentence)| *sentence)
}

/// Goes to a page and says there what was done.
pub(super) fn done(path: &str, word: &str) -> Response {
    debug_assert!(notice(word).is_some(), "{word} is in no table");
    let mark = if path.contains('?') { '&' } else { '?' };
    match path.split_once('#') {
        Some((page, place)) => see(&format!("{page}{mark}done={word}#{place}")),
        None => see(&format!("{path}{mark}done={word}")),
    }
}
