//! Appeals: what is lost if nobody acts, what ends first first; one appeal with all that speaks for it, and what is done with it.

use super::due::Due;
use super::reductions::{amount_of, ground, shown, sums};
use crate::portals::terms_of;
use crate::reports::{appeal, calendar};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::locale::Locale;
use crate::web::notice::done;
use crate::workflow::{
    Act, AppealOutcome, AppealShown, Filing, Packet, PacketLine, Step, WorkflowError,
};
use askama::Template;
use axum::response::Response;
use chrono::{DateTime, NaiveDate};
use rust_decimal::Decimal;

struct Row {
    due: Due,
    href: String,
    number: String,
    client: String,
    partner: String,
    lines: String,
    money: String,
    next: String,
    /// `waits for you` where it does.
    own: bool,
}

struct Ended {
    id: String,
    number: String,
    client: String,
    status: String,
    class: &'static str,
    claimed: String,
    back: String,
    filed: String,
}

#[derive(Template)]
#[template(path = "appeals.html", config = "src/web/askama.toml")]
struct List {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
    clocks: Vec<Row>,
    ended: Vec<Ended>,
    sum: String,
    client: String,
    partner: String,
    without: usize,
}

impl List {
    /// A column that would be empty is not shown.
    fn partners(&self) -> bool {
        self.rows.iter().any(|r| !r.partner.is_empty())
    }
}

fn lines_of(items: &[String]) -> String {
    match items {
        [] => "the invoice as a whole".to_owned(),
        [one] => format!("line {}", shown(one)),
        many => format!("lines {}", shown(&many.join(", "))),
    }
}

/// Colour of a status.
fn class_of(status: &str) -> &'static str {
    match status {
        "won" => "clean",
        "partly won" => "review",
        "lost" | "window missed" => "reject",
        _ => "note",
    }
}

/// What can still be appealed or has to be filed; every appeal there was, where that is asked for.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (basis, locale) = (asked.app.basis()?, asked.locale());
    let (lists, shelf) = (&basis.options.lists, &basis.options.shelf);
    let query = &asked.given.query;
    let (client, partner) = (query.get("client"), query.get("partner"));
    let fits = |c: &str, p: &str| {
        (client.is_empty() || c == client) && (partner.is_empty() || p == partner)
    };
    let (now, alarm) = ((asked.app.clock)(), asked.app.own.alarm_days);
    let all = query.get("which") == "all";
    let mut page = List {
        frame: asked.frame("Appeals", "appeals"),
        all,
        rows: Vec::new(),
        clocks: Vec::new(),
        ended: Vec::new(),
        sum: String::new(),
        client: client.to_owned(),
        partner: partner.to_owned(),
        without: 0,
    };
    if all {
        for one in asked.desk.all_appeals(lists).await? {
            if fits(&one.invoice.client, &one.invoice.partner) {
                page.ended.push(ended(&one, locale));
            }
        }
        return Ok(html(&page));
    }
    let mut found = asked.desk.due_appeals(lists).await?;
    found.retain(|d| fits(&d.invoice.client, &d.invoice.partner));
    page.sum = sums(found.iter().map(|d| (d.currency.clone(), d.amount)), locale);
    page.without = found
        .iter()
        .filter(|d| d.deadline.until_ms().is_none())
        .count();
    let decides = asked.desk.may(Act::Step(Step::DecideAppeal)).is_ok();
    for one in &found {
        let status = one.appeal.as_ref().map(|a| a.status.as_str());
        let proposed_by = one.appeal.as_ref().map_or("", |a| a.proposed_by.as_str());
        page.rows.push(Row {
            due: Due::of(&one.deadline, alarm, now, locale),
            href: match &one.appeal {
                Some(appeal) => format!("/appeals/{}", appeal.id),
                None => format!("/reductions/{}", one.invoice.id),
            },
            number: shown(&one.invoice.number),
            client: shown(&one.invoice.client),
            partner: shown(&one.invoice.partner),
            lines: lines_of(&one.items),
            money: locale.money(one.amount, &one.currency),
            next: one.next().to_owned(),
            own: match status {
                Some("proposed") => decides && proposed_by != asked.desk.person.name,
                _ => false,
            },
        });
    }
    // What nobody knows the end of comes before what ends last.
    page.rows.sort_by_key(|r| r.due.sort);
    for clock in asked.desk.expiries(lists, shelf).await? {
        if !fits(&clock.invoice.client, &clock.invoice.partner) {
            continue;
        }
        page.clocks.push(Row {
            due: Due::of(&clock.deadline, alarm, now, locale),
            href: format!("/invoices/{}", clock.invoice.id),
            number: shown(&clock.invoice.number),
            client: shown(&clock.invoice.client),
            partner: shown(&clock.invoice.partner),
            lines: String::new(),
            money: locale.money(
                clock.invoice.total.unwrap_or_default(),
                &clock.invoice.currency,
            ),
            next: clock.next().to_owned(),
            own: false,
        });
    }
    Ok(html(&page))
}

fn ended(one: &AppealShown, locale: &Locale) -> Ended {
    let row = &one.appeal;
    Ended {
        id: row.id.clone(),
        number: shown(&one.invoice.number),
        client: shown(&one.invoice.client),
        class: class_of(&row.status),
        status: row.status.clone(),
        claimed: locale.money(row.claimed, &row.currency),
        back: locale.money(row.recovered, &row.currency),
        filed: row
            .filed_ms
            .map_or_else(String::new, |ms| locale.instant(ms)),
    }
}

/// The windows for a calendar program.
pub async fn ics(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let found = asked.desk.due_appeals(&basis.options.lists).await?;
    let now = DateTime::from_timestamp_millis((asked.app.clock)()).unwrap_or_default();
    let text = calendar::calendar(&found, asked.app.own.alarm_days, now);
    Ok(download("appeals.ics", "text/calendar", text.into_bytes()))
}

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

fn page(asked: &Asked<'_>) -> String {
    format!("/appeals/{}", asked.given.param("appeal"))
}

/// A partner decides whether it is filed or dropped.
pub async fn decide(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let file = match form.get("do") {
        "file" => true,
        "drop" => false,
        _ => return Err(Trouble::wrong("say whether the appeal is filed or dropped")),
    };
    asked
        .desk
        .decide_appeal(asked.given.param("appeal"), file, form.get("reason"))
        .await?;
    let word = if file {
        "appeal-decided"
    } else {
        "appeal-dropped"
    };
    Ok(done(&page(asked), word))
}

/// The packet or the draft of the letter to keep. What was put together is kept with the appeal.
pub async fn packet(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let id = asked.given.param("appeal");
    let own = asked.app.own.letter()?;
    let packet = asked.desk.packet(id, &ground(&basis)).await?;
    let letter = appeal::letter(&packet, own.as_deref());
    let letter = letter.map_err(|error| Trouble::Failed(error.to_string()))?;
    asked.desk.keep_packet(&packet, &letter).await?;
    let (name, text) = match asked.given.form.get("what") {
        "letter" => (format!("letter-{id}.txt"), letter),
        _ => (format!("packet-{id}.txt"), appeal::text(&packet)),
    };
    Ok(download(
        &name,
        "text/plain; charset=utf-8",
        text.into_bytes(),
    ))
}

/// Makes the portal's own form: an invoice of its own, or a person files it inside the portal.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let form = &asked.given.form;
    let date = form.some("date").map(|text| {
        text.parse::<NaiveDate>()
            .map_err(|_| Trouble::wrong(format!("\"{text}\" is no day; write it as 2026-07-31")))
    });
    let filing = Filing {
        route: form.some("route"),
        number: form.some("number"),
        date: date.transpose()?,
    };
    let id = asked.given.param("appeal");
    let made = asked
        .desk
        .prepare_appeal(id, filing, &ground(&basis), &basis.checker)
        .await?;
    match made.invoice {
        Some(own) => Ok(done(&format!("/invoices/{}", own.id), "appeal-file")),
        None => Ok(done(&page(asked), "appeal-by-hand")),
    }
}

/// A person has filed it inside the portal.
pub async fn filed(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    asked
        .desk
        .confirm_filed(
            asked.given.param("appeal"),
            asked.given.form.some("number"),
            &basis.options.lists,
        )
        .await?;
    Ok(done(&page(asked), "appeal-filed"))
}

/// What became of it.
pub async fn outcome(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let outcome = match form.get("do") {
        "won" => AppealOutcome::Won,
        "lost" => AppealOutcome::Lost,
        "part" => {
            let amounts = form.each("line").zip(form.each("amount"));
            let given = amounts.filter(|(_, amount)| !amount.trim().is_empty());
            let lines: Vec<(String, Decimal)> = given
                .map(|(line, amount)| Ok((line.to_owned(), amount_of(amount.trim())?)))
                .collect::<Result<_, Trouble>>()?;
            if lines.is_empty() {
                return Err(Trouble::wrong("write beside a line what came back of it"));
            }
            AppealOutcome::Lines(lines)
        }
        _ => return Err(Trouble::wrong("say what became of the appeal")),
    };
    asked
        .desk
        .end_appeal(asked.given.param("appeal"), &outcome, form.get("reason"))
        .await?;
    Ok(done(&page(asked), "appeal-ended"))
}

/// Taken back; what it asked for is open again.
pub async fn withdraw(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked
        .desk
        .withdraw_appeal(asked.given.param("appeal"), asked.given.form.get("reason"))
        .await?;
    Ok(done(&page(asked), "appeal-withdrawn"))
}
