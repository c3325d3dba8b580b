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
    (
        "cut-accepted",
        "Accepted. It is among the write-offs for the billing system.",
    ),
    (
        "cut-endorsed",
        "Noted. The sum is above the limit: a second partner has to accept the same amount.",
    ),
    (
        "appeal-proposed",
        "The appeal was proposed; a partner decides.",
    ),
    ("appeal-decided", "Decided: the appeal is to be filed."),
    (
        "appeal-dropped",
        "Dropped. What it asked for is open again.",
    ),
    (
        "appeal-file",
        "This invoice is the file of the appeal. A partner clears it; then it is queued and sent like any other.",
    ),
    (
        "appeal-by-hand",
        "A person files it inside the portal, and says here when it is done.",
    ),
    ("appeal-filed", "The appeal is filed."),
    (
        "appeal-ended",
        "What became of the appeal was written down.",
    ),
    (
        "appeal-withdrawn",
        "Withdrawn. What it asked for is open again.",
    ),
    ("replaced", "The corrected invoice stands in its place."),
    ("settled", "It was written down what became of it."),
    (
        "person-changed",
        "Changed. Their sessions and tokens have ended.",
    ),
    ("timekeeper", "Lines of these timekeepers are theirs."),
    (
        "no-second-factor",
        "The second factor is taken away; their sessions have ended, and they can set up another.",
    ),
    ("unlocked", "They may try to sign in again."),
    (
        "deactivated",
        "They may no longer work here; their sessions and tokens have ended.",
    ),
    (
        "linked",
        "The account is theirs. Where an address was given, their first sign-in by it makes it so.",
    ),
    (
        "unlinked",
        "The account is taken away; their sessions and tokens have ended.",
    ),
    ("limit", "The limit is set."),
    ("saved", "The filter is kept; only you see it."),
    ("dropped", "The filter was taken away."),
    (
        "paused",
        "The account is paused: nothing is sent through it until somebody resumes it.",
    ),
    ("resumed", "The account goes on."),
    ("assigned", "The payment was assigned."),
    ("aside", "The row was put aside."),
    (
        "drafted",
        "The reminder is drafted and kept below. Nothing was sent.",
    ),
    ("list", "The file is in use."),
    ("pack", "The pack is saved and in force."),
    ("signed-out", "You have signed out."),
    (
        "signed-out-here",
        "You have signed out of cleanbill. At the firm's identity provider you may still be signed in: whoever uses this \
         browser after you could come back by it.",
    ),
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
