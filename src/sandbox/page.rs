//! The page that lists what each portal has, for people. Everything that came from outside is escaped.

use super::portal::{Portal, lock};
use super::words;
use chrono::{DateTime, Utc};
use std::fmt::Write;
use std::sync::Arc;

const SHOWN: usize = 200;

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The page.
pub(super) fn page(now: DateTime<Utc>, portals: &[&(Arc<Portal>, String)]) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>cleanbill sandbox</title><style>\
         body{font:15px/1.45 system-ui,sans-serif;margin:2rem;max-width:80rem;color:#1b1b1b}\
         table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}\
         td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}h2{margin-top:2rem}code{font-size:.9em}\
         .duplicate,.refused{color:#a40000}p.m{color:#555}</style></head><body><h1>Practice portals</h1>",
    );
    let _ = write!(
        html,
        "<p class=\"m\">Nothing here reaches a client. The sandbox's clock says {}.</p>",
        now.format("%Y-%m-%d %H:%M:%S UTC")
    );
    for (portal, base) in portals {
        one(&mut html, portal, base);
    }
    html.push_str("</body></html>");
    html
}

fn one(html: &mut String, portal: &Portal, base: &str) {
    let settings = &portal.settings;
    let rows = portal.rows();
    let too_fast = lock(&portal.pace).too_fast();
    let _ = write!(
        html,
        "<h2>{}</h2><p>{} {}<br><code>{}</code></p><p class=\"m\">{} rows in the ledger, {too_fast} requests \
         answered with 429 for coming too fast.</p>",
        escaped(&settings.name),
        settings.kind.name(),
        if settings.client.is_empty() {
            String::new()
        } else {
            format!("for {}", escaped(&settings.client))
        },
        escaped(base),
        rows.len(),
    );
    if rows.is_empty() {
        return;
    }
    html.push_str(
        "<table><thead><tr><th>Received</th><th>Number</th><th>Client</th><th class=\"n\">Total</th><th class=\"n\">Attempt</th>\
         <th>Verdict</th><th>Now</th><th>Why, or fault</th></tr></thead><tbody>",
    );
    for row in rows.iter().rev().take(SHOWN) {
        let verdict = serde_json::to_value(row.verdict).unwrap_or_default();
        let verdict = verdict.as_str().unwrap_or_default().to_owned();
        let held = row.id.as_deref().and_then(|id| portal.invoice(id));
        let state =
            held.map(|h| words::key(portal.state(&h), !h.story.cuts.is_empty()).replace('_', " "));
        let why = row.reason.as_deref().or(row.fault.as_deref());
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"{verdict}\">{verdict}</td><td>{}</td><td>{}</td></tr>",
            row.at.format("%m-%d %H:%M:%S"),
            escaped(&row.number),
            escaped(&row.client_id),
            escaped(row.total.as_deref().unwrap_or("")),
            row.attempt,
            state.unwrap_or_default(),
            escaped(why.unwrap_or("")),
        );
    }
    html.push_str("</tbody></table>");
    if rows.len() > SHOWN {
        let _ = write!(html, "<p class=\"m\">The newest {SHOWN} are shown.</p>");
    }
}
