//! What the API's document says of the whole, and the page that lists its calls.

use super::operation::who;
use super::problem::KINDS;
use super::table::CALLS;
use crate::web::route::Verb;
use crate::workflow::webhooks::type_names;
use std::fmt::Write as _;

/// Subjects, and what is done there.
pub(super) const SUBJECTS: &[(&str, &str)] = &[
    (
        "Access",
        "Who calls and by which tokens, and by which accounts people sign in.",
    ),
    ("Check", "Files are judged, and nothing is kept."),
    (
        "Invoices",
        "Invoices as they stand, and all that is known of them.",
    ),
    (
        "Review",
        "Lines sent back, findings set aside, write-downs, the clearance.",
    ),
    (
        "Submission",
        "The way to the portals, and what they refuse.",
    ),
    (
        "Money",
        "What clients cut, what is said against it, what they owe and paid.",
    ),
    ("Firm", "Readiness of matters, and reports."),
    (
        "Webhooks",
        "Who outside is told of what happens to invoices.",
    ),
];

/// What stands at the head of both.
pub(super) const ABOUT: &str = "What the pages of cleanbill do, for other programs.\n\n\
    Every call but this document needs a token: `Authorization: Bearer cb-...`. A token is a person's (or a service's) and may \
    what that person may, of the clients they serve; with the scope `read` it changes nothing. Cookies are nothing here.\n\n\
    Amounts are text, as numbers of JSON are not exact everywhere; days are ISO 8601, instants RFC 3339. What is absent is not \
    known. Fields and parameters that are not documented are refused.\n\n\
    Lists come a page at a time: give `next` as `cursor`. Rows that come in meanwhile move nothing.\n\n\
    A call that changes something may be given an `Idempotency-Key`: made again within a day it is done once and answered \
    alike. Problems are `application/problem+json` (RFC 9457).\n\n\
    Messages to webhooks are signed after Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. Those of \
    one invoice come in order; one may come twice, with the same id. Whoever takes one answers 2xx within ten seconds; else it \
    comes again, for three days.";

pub(super) fn quoted(names: &[String]) -> String {
    let each: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    each.join(", ")
}

/// The page that lists the calls, as Markdown.
pub fn guide() -> String {
    let mut out = format!(
        "# The API\n\nMade from the table of calls (`src/web/api/table.rs`); `UPDATE=1 cargo test --test generated` writes it anew. \
         The whole document (OpenAPI 3.1) is `openapi.json` beside this page, and what `cleanbill serve` answers at \
         `/api/v1/openapi.json`.\n\n{ABOUT}\n\n\
         ```sh\n\
         curl -H \"Authorization: Bearer $CLEANBILL_TOKEN\" --data-binary @march.txt -H 'Content-Type: text/plain' \\\n  \
         'http://127.0.0.1:8347/api/v1/check?name=march.txt'\n\
         ```\n"
    );
    for (subject, about) in SUBJECTS {
        let _ = write!(
            out,
            "\n## {subject}\n\n{about}\n\n| | | who |\n| --- | --- | --- |\n"
        );
        for call in CALLS.iter().filter(|c| c.subject == *subject) {
            let verb = match call.route.verb {
                Verb::Get => "GET",
                Verb::Post => "POST",
                Verb::Delete => "DELETE",
            };
            let _ = writeln!(
                out,
                "| `{verb} {}` | {} | {} |",
                call.route.path,
                call.about,
                who(call)
            );
        }
    }
    out += "\n## Problems\n\n| status | kind | what it means |\n| --- | --- | --- |\n";
    for (word, status, title, about) in KINDS {
        let _ = writeln!(
            out,
            "| {status} | `urn:cleanbill:problem:{word}` | {title}. {about} |"
        );
    }
    let _ = write!(
        out,
        "\n## Messages to webhooks\n\nTypes: {}, and `webhook.test`.\n",
        quoted(&type_names())
    );
    out
}
