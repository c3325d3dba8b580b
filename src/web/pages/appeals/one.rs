//! One appeal with all that speaks for it.

use super::super::due::Due;
use super::super::reductions::{ground, shown};
use super::class_of;
use crate::portals::terms_of;
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::workflow::{Act, AppealShown, Packet, PacketLine, Step, WorkflowError};
use askama::Template;
use axum::response::Response;

/// A line of an appeal.
struct Line {
    id: String,
    what: String,
    cut: String,
    claimed: String,
    narrative: String,
    words: String,
    support: (&'static str, &'static str),
    clause: String,
    doubt: String,
    speaks: Vec<String>,
    status: String,
    back: String,
}

struct Route {
    name: String,
    what: String,
    file: bool,
}

#[derive(Template)]
#[template(path = "appeal.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    id: String,
    invoice: String,
    number: String,
    status: String,
    class: &'static str,
    facts: Vec<(&'static str, String)>,
    due: Due,
    ended: bool,
    why: String,
    lines: Vec<Line>,
    routes: Vec<Route>,
    /// The invoice that is its file.
    filed_as: Option<String>,
    own: bool,
    live: bool,
    can: Can,
}

/// What this person may do with it now.
struct Can {
    packet: bool,
    decide: bool,
    file: bool,
    confirm: bool,
    end: bool,
    withdraw: bool,
}

/// One appeal with all that speaks for it.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (basis, locale) = (asked.app.basis()?, asked.locale());
    let id = asked.given.param("appeal");
    let shown_one = match asked.desk.show_appeal(id, &basis.options.lists).await {
        Ok(one) => one,
        Err(WorkflowError::Refused(why)) => return Err(Trouble::NotFound(why)),
        Err(error) => return Err(error.into()),
    };
    let may = |step| asked.desk.may(Act::Step(step)).is_ok();
    let packet = match may(Step::PrepareAppeal) {
        true => Some(asked.desk.packet(id, &ground(&basis)).await?),
        false => None,
    };
    let (row, invoice) = (&shown_one.appeal, &shown_one.invoice);
    let is = |status: &str| row.status == status;
    let live = is("proposed") || is("decided");
    let money = |amount| locale.money(amount, &row.currency);
    let mut facts = vec![
        ("Client", shown(&invoice.client)),
        ("Matter", shown(&invoice.matter)),
        ("Asked for", money(row.claimed)),
    ];
    facts.push((
        "Proposed",
        format!("{}, {}", row.proposed_by, locale.instant(row.proposed_ms)),
    ));
    if let (Some(by), Some(ms)) = (&row.decided_by, row.decided_ms) {
        facts.push(("Decided", format!("{by}, {}", locale.instant(ms))));
    }
    if let Some(ms) = row.filed_ms {
        facts.push(("Filed", locale.instant(ms)));
    }
    if !row.number.is_empty() {
        facts.push(("Number", shown(&row.number)));
    }
    if !live {
        facts.push(("Came back", money(row.recovered)));
    }
    let portal = packet.as_ref().map_or("", |p| p.portal.as_str());
    let terms = terms_of(basis.options.shelf.packs(), portal).and_then(|t| t.appeal.as_ref());
    let routes = terms.map_or_else(Vec::new, |t| {
        let routes = t.routes.iter().map(|r| Route {
            name: r.name.clone(),
            what: r.what.clone(),
            file: r.file,
        });
        routes.collect()
    });
    let now = (asked.app.clock)();
    Ok(html(&Page {
        frame: asked.frame(
            format!("Appeal against invoice {}", shown(&invoice.number)),
            "appeals",
        ),
        id: row.id.clone(),
        invoice: invoice.id.clone(),
        number: shown(&invoice.number),
        class: class_of(&row.status),
        status: row.status.clone(),
        facts,
        due: Due::of(&shown_one.deadline, asked.app.own.alarm_days, now, locale),
        ended: !live && !is("filed"),
        why: packet.as_ref().map_or_else(String::new, |p| shown(&p.why)),
        lines: lines(&shown_one, packet.as_ref(), locale),
        routes,
        filed_as: row.filed_as.clone(),
        own: row.proposed_by == asked.desk.person.name,
        live,
        can: Can {
            packet: may(Step::PrepareAppeal) && (live || is("filed")),
            decide: may(Step::DecideAppeal) && is("proposed"),
            file: may(Step::PrepareAppeal) && is("decided") && row.filed_as.is_none(),
            confirm: may(Step::FileAppeal) && is("decided") && row.filed_as.is_none(),
            end: may(Step::EndAppeal) && is("filed"),
            withdraw: may(Step::WithdrawAppeal) && (live || is("filed")),
        },
    }))
}

fn lines(one: &AppealShown, packet: Option<&Packet>, locale: &Locale) -> Vec<Line> {
    let money = |amount| locale.money(amount, &one.appeal.currency);
    let of = |row: &crate::store::ReductionRow| {
        let known: Option<&PacketLine> =
            packet.and_then(|p| p.lines.iter().find(|l| l.reduction == row.id));
        let mut speaks = Vec::new();
        if let Some(line) = known {
            speaks.extend(line.approvals.iter().map(|a| {
                let on =
                    a.on.map_or_else(String::new, |d| format!(" on {}", locale.day(d)));
                let what = shown(&format!("{} {}", a.what, a.subject));
                let reference = match a.reference.as_str() {
                    "" => String::new(),
                    text => format!(" ({})", shown(text)),
                };
                format!(
                    "On file: {} approved by {}{on}{reference}",
                    what.trim_end(),
                    shown(&a.by)
                )
            }));
            speaks.extend(line.earlier_wins.iter().map(|w| {
                let item = match w.item.as_str() {
                    "" => String::new(),
                    item => format!(", line {}", shown(item)),
                };
                format!(
                    "Given back before for the same reason: {} of {} on invoice {}{item}, {}",
                    money(w.recovered),
                    money(w.cut),
                    shown(&w.invoice_number),
                    locale.day_of(&w.on)
                )
            }));
        }
        Line {
            id: row.id.clone(),
            what: match &row.item {
                Some(item) => format!("Line {}", shown(item)),
                None => "The invoice as a whole".to_owned(),
            },
            cut: money(row.cut),
            claimed: money(known.map_or(row.contested(), |l| l.claimed)),
            narrative: known
                .and_then(|l| l.line.as_ref())
                .map_or_else(String::new, |l| shown(&l.narrative)),
            words: known.map_or_else(String::new, |l| shown(&l.reason)),
            support: match row.supported.or(known.and_then(|l| l.supported)) {
                Some(true) => ("reduce", "the client's guidelines support the cut"),
                Some(false) => ("clean", "the client's guidelines have no rule that fits"),
                None => ("note", "the client's guidelines are not known here"),
            },
            clause: known.map_or_else(String::new, |l| shown(&l.clause)),
            doubt: shown(&row.doubt),
            speaks,
            status: row.status.clone(),
            back: money(row.recovered),
        }
    };
    one.reductions.iter().map(of).collect()
}
