//! Rules: those in force for a client, each with its sentence and examples; which client has which packs; a narrative tried.

mod packs;

pub use packs::{edit, offer, packs, save};

use super::reductions::{amount_of, of_client, shown};
use crate::check::examples::findings;
use crate::check::{Options, check_bytes};
use crate::model::{Finding, LedesFormat, Level};
use crate::rules::narrative::{Options as ReadBy, Roster, Verdict, explain, read, score};
use crate::rules::pack::written::Param;
use crate::rules::predicate::table;
use crate::rules::{Circumstances, Pack, Rule, RuleSet};
use crate::web::answer::{Trouble, html};
use crate::web::app::Basis;
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::wording::{counted, level};
use askama::Template;
use axum::response::Response;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

struct Row {
    id: String,
    class: &'static str,
    words: &'static str,
    says: String,
    pack: String,
    group: String,
}

#[derive(Template)]
#[template(path = "rules.html", config = "src/web/askama.toml")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    client: String,
    of_client: String,
    find: String,
    off: bool,
    of: Option<String>,
    packs: String,
    count: String,
}

/// Names and values that rules are asked for with, as packs write them.
fn words_of(param: &Param) -> String {
    match param {
        Param::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Param::Integer(n) => n.to_string(),
        Param::Text(text) => shown(text),
        Param::List(list) => shown(&list.join(", ")),
    }
}

/// The rules in force for a client, or in the house.
fn in_force(basis: &Basis, client: Option<&str>) -> Result<RuleSet, Trouble> {
    let portal = client.and_then(|c| basis.options.lists.placement(c, "").portal);
    let told = Circumstances {
        format: Some(LedesFormat::L1998B),
        client_id: client.map(str::to_owned),
        portal,
        ..Circumstances::default()
    };
    let set = basis
        .options
        .shelf
        .rules_on(&told, Some(basis.options.today));
    set.map_err(|mistake| Trouble::Refused(mistake.to_string()))
}

/// The client that was asked for, if it is one the person serves.
fn client_of<'a>(asked: &'a Asked<'_>) -> Result<Option<&'a str>, Trouble> {
    let client = asked
        .given
        .query
        .some("client")
        .or(asked.given.form.some("client"));
    match client {
        Some(client) if !asked.desk.person.serves(client) => Err(Trouble::NotFound(
            "there is no such client among those you serve".to_owned(),
        )),
        client => Ok(client),
    }
}

/// What must hold, in a sentence with the parameters in force.
fn sentence(rule: &Rule) -> String {
    if let Some(says) = table::sentence(rule) {
        return shown(&format!("{}. {says}", rule.title));
    }
    let short = |param: &Param| match param {
        Param::List(list) => !list.is_empty() && list.len() <= 6,
        _ => true,
    };
    let some = rule.params.iter().filter(|(_, p)| short(p));
    let params: Vec<String> = some
        .map(|(name, p)| format!("{} {}", name.replace('_', " "), words_of(p)))
        .collect();
    match params.is_empty() {
        true => rule.title.clone(),
        false => format!("{} ({})", rule.title, params.join(", ")),
    }
}

fn class_of(rule: &Rule) -> (&'static str, &'static str) {
    match rule.main.level {
        Level::Off => ("", "off"),
        own => (own.name(), level(own.name())),
    }
}

/// The rules in force.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let client = client_of(asked)?;
    let set = in_force(&basis, client)?;
    let find = asked.given.query.get("q").to_lowercase();
    let off = asked.given.query.has("off");
    let rules = set.rules().iter().filter(|rule| off || !rule.is_off());
    let rows = rules.map(|rule| {
        let (class, words) = class_of(rule);
        Row {
            id: rule.id.to_string(),
            class,
            words,
            says: sentence(rule),
            pack: rule.pack.to_string(),
            group: rule.group.clone(),
        }
    });
    let fits = |row: &Row| {
        find.is_empty()
            || [&row.id, &row.says, &row.pack, &row.group]
                .iter()
                .any(|text| text.to_lowercase().contains(&find))
    };
    let mut rows: Vec<Row> = rows.filter(fits).collect();
    let order = |row: &Row| {
        let levels = ["reject", "reduce", "review", "note", ""];
        levels.iter().position(|l| *l == row.class)
    };
    rows.sort_by_key(order);
    let names: Vec<String> = set
        .packs()
        .iter()
        .map(|p| format!("{} {}", p.pack, p.version))
        .collect();
    Ok(html(&List {
        frame: asked.frame("Rules", "rules"),
        count: counted(rows.len(), "rule"),
        rows,
        of_client: of_client(client),
        client: client.unwrap_or("").to_owned(),
        find: asked.given.query.get("q").to_owned(),
        off,
        of: client.filter(|_| !set.has_client_pack()).map(shown),
        packs: shown(&names.join(", ")),
    }))
}

#[derive(Template)]
#[template(path = "rule.html", config = "src/web/askama.toml")]
struct One {
    frame: Frame,
    id: String,
    class: &'static str,
    words: &'static str,
    says: String,
    message: String,
    help: String,
    why: String,
    source: String,
    facts: Vec<(&'static str, String)>,
    params: Vec<(String, String)>,
    bad: Vec<String>,
    good: Vec<String>,
    client: String,
    of_client: String,
}

/// An example in words: what is changed in an invoice that nothing is wrong with.
fn example(scenario: &crate::rules::pack::written::Scenario) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut fields = |place: &str, fields: &std::collections::BTreeMap<String, String>| {
        for (field, value) in fields {
            let value = if value.is_empty() {
                "empty".to_owned()
            } else {
                format!("\"{value}\"")
            };
            parts.push(format!("{field} {value} {place}"));
        }
    };
    fields("on the first fee line", &scenario.line);
    for (index, line) in scenario.lines.iter().enumerate() {
        fields(&format!("on line item {}", index + 1), line);
    }
    fields("on every line", &scenario.invoice);
    for [from, to] in &scenario.replace {
        parts.push(format!("\"{to}\" in place of \"{from}\""));
    }
    for (name, value) in &scenario.params {
        parts.push(format!("with {name} = {}", words_of(value)));
    }
    if let Some(file) = &scenario.file {
        let first = file.lines().find(|l| !l.is_empty()).unwrap_or("");
        let first: String = first.chars().take(80).collect();
        parts.push(format!("a file that begins \"{first}\""));
    }
    match parts.is_empty() {
        true => "the invoice as it is".to_owned(),
        false => shown(&parts.join("; ")),
    }
}

/// One rule, as it is in force.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let client = client_of(asked)?;
    let id = asked.given.param("rule");
    let missing = || Trouble::NotFound(format!("there is no rule {}", shown(id)));
    let set = in_force(&basis, client)?;
    let found = set.rules().iter().find(|r| r.id.as_str() == id).cloned();
    let rule = match found {
        Some(rule) => rule,
        None => {
            let packs = basis.options.shelf.packs().iter();
            let mut seen = packs.filter(|p| is_seen(p, asked));
            let own = seen.find_map(|p| Some((p, p.rule.iter().find(|r| r.id == id)?)));
            let (pack, written) = own.ok_or_else(missing)?;
            let made = Rule::from_written(written, &pack.pack.as_str().into());
            std::sync::Arc::new(made.map_err(|m| Trouble::Refused(m.to_string()))?)
        }
    };
    let (class, words) = class_of(&rule);
    let mut facts = vec![
        ("Pack", rule.pack.to_string()),
        ("Group", rule.group.clone()),
        ("Looks at", format!("each {}", rule.each)),
        ("Sure", format!("{:?}", rule.confidence).to_lowercase()),
    ];
    if let Some((family, rank)) = &rule.family {
        facts.push(("Family", format!("{family}, rank {rank}")));
    }
    Ok(html(&One {
        frame: asked.frame(format!("Rule {}", rule.id), "rules"),
        id: rule.id.to_string(),
        class,
        words,
        says: sentence(&rule),
        message: shown(&rule.main.message),
        help: shown(&rule.main.help),
        why: shown(&rule.why),
        source: shown(&rule.source),
        facts,
        params: rule
            .params
            .iter()
            .map(|(name, p)| (name.clone(), words_of(p)))
            .collect(),
        bad: rule.bad.iter().map(example).collect(),
        good: rule.good.iter().map(example).collect(),
        of_client: of_client(client),
        client: client.unwrap_or("").to_owned(),
    }))
}

/// Whether a person may look into a pack: those of clients they do not serve are nobody's business.
fn is_seen(pack: &Pack, asked: &Asked<'_>) -> bool {
    let clients = pack.governs.get("client_id");
    clients.is_none_or(|all| all.iter().any(|c| asked.desk.person.serves(c)))
}

struct Covered {
    client: String,
    href: String,
    name: String,
    portal: String,
    own: bool,
    packs: String,
    on: [usize; 3],
    wrong: String,
}

#[derive(Template)]
#[template(path = "coverage.html", config = "src/web/askama.toml")]
struct Coverage {
    frame: Frame,
    rows: Vec<Covered>,
    without: usize,
}

/// Which client has which packs.
pub async fn coverage(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let lists = &basis.options.lists;
    let mut clients: BTreeSet<String> = BTreeSet::new();
    clients.extend(lists.clients.rows().iter().map(|c| c.client_id.clone()));
    for pack in basis.options.shelf.packs() {
        clients.extend(pack.governs.get("client_id").into_iter().flatten().cloned());
    }
    clients.retain(|c| asked.desk.person.serves(c));
    let mut rows = Vec::new();
    for client in clients {
        let listed = lists.clients.rows().iter().find(|c| c.client_id == client);
        let portal = lists.placement(&client, "").portal;
        let set = in_force(&basis, Some(&client));
        let count = |set: &RuleSet, level: Level| {
            set.rules().iter().filter(|r| r.main.level == level).count()
        };
        let query: String = url::form_urlencoded::byte_serialize(client.as_bytes()).collect();
        rows.push(Covered {
            href: format!("/rules?client={query}"),
            name: listed.map_or_else(String::new, |c| shown(&c.client_name)),
            portal: portal.as_deref().map_or_else(String::new, shown),
            own: set.as_ref().is_ok_and(RuleSet::has_client_pack),
            packs: set.as_ref().map_or_else(
                |_| String::new(),
                |set| {
                    let names: Vec<&str> = set
                        .packs()
                        .iter()
                        .filter(|p| p.governs.contains_key("client_id"))
                        .map(|p| p.pack.as_str())
                        .collect();
                    shown(&names.join(", "))
                },
            ),
            on: set.as_ref().map_or([0; 3], |set| {
                [Level::Reject, Level::Reduce, Level::Review].map(|l| count(set, l))
            }),
            wrong: set.err().map_or_else(String::new, |t| t.why()),
            client: shown(&client),
        });
    }
    Ok(html(&Coverage {
        frame: asked.frame("Rules by client", "rules"),
        without: rows.iter().filter(|r| !r.own).count(),
        rows,
    }))
}

struct Said {
    class: &'static str,
    words: &'static str,
    message: String,
    help: String,
    rule: String,
}

#[derive(Template)]
#[template(path = "try.html", config = "src/web/askama.toml")]
struct Tried {
    frame: Frame,
    text: String,
    hours: String,
    client: String,
    tried: bool,
    verdict: &'static str,
    class: &'static str,
    reason: String,
    tasks: Vec<(String, String, String)>,
    said: Vec<Said>,
}

/// A narrative nothing is wrong with: what is said of a line with it is about the rest of the line.
const PLAIN: &str = "Draft motion to compel production of the survey";

/// An invoice of one line with a narrative.
fn invoice(text: &str, hours: Decimal, client: &str, day: chrono::NaiveDate) -> String {
    let clean = |text: &str| -> String {
        let of = |c: char| {
            if c.is_control() || c == '|' || c == '[' || c == ']' {
                ' '
            } else {
                c
            }
        };
        text.chars().map(of).collect()
    };
    let (total, day) = (
        (hours * Decimal::from(300)).round_dp(2),
        day.format("%Y%m%d"),
    );
    format!(
        "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n\
         {day}|TRY-1|{}|TRY|{total:.2}|{day}|{day}|Services rendered|1|F|{hours}|0.00|{total:.2}|{day}|L120||A103|TRY|{}|00-0000000|300.00|Doe, Jane|PT|TRY[]\n",
        clean(client),
        clean(text)
    )
}

/// What rules say of a narrative that they do not say of a plain one.
fn said(text: &str, hours: Decimal, client: &str, options: &Options) -> Result<Vec<Said>, Trouble> {
    let found = |text: &str| -> Result<Vec<Finding>, Trouble> {
        let bytes = invoice(text, hours, client, options.today);
        let report = check_bytes("narrative.txt", bytes.as_bytes(), options)?;
        Ok(findings(&report).cloned().collect())
    };
    let always: BTreeSet<String> = found(PLAIN)?.into_iter().map(|f| f.rule).collect();
    let own = found(text)?
        .into_iter()
        .filter(|f| !always.contains(&f.rule));
    let said = own.map(|f| Said {
        class: f.level.name(),
        words: level(f.level.name()),
        message: shown(&f.message),
        help: shown(&f.help),
        rule: f.rule,
    });
    Ok(said.collect())
}

/// A narrative is tried. Nothing is kept.
pub async fn attempt(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let form = &asked.given.form;
    let text = form.get("text");
    let mut page = Tried {
        frame: asked.frame("Try a narrative", "rules"),
        text: text.to_owned(),
        hours: form.get("hours").to_owned(),
        client: form.get("client").to_owned(),
        tried: !text.is_empty(),
        verdict: "",
        class: "note",
        reason: String::new(),
        tasks: Vec::new(),
        said: Vec::new(),
    };
    if text.is_empty() {
        return Ok(html(&page));
    }
    let client = client_of(asked)?;
    let hours = form.some("hours").map(amount_of).transpose()?;
    if hours.is_some_and(|h| h <= Decimal::ZERO || h > Decimal::from(24)) {
        return Err(Trouble::wrong("hours are above 0 and at most 24"));
    }
    let reading = read(text, &Roster::default());
    let scored = score(&reading, hours, &ReadBy::default());
    (page.class, page.verdict) = match scored.verdict {
        Verdict::BlockBilled => ("reduce", "Block billed"),
        Verdict::Borderline => ("review", "Borderline"),
        Verdict::Clear => ("clean", "One line"),
    };
    if !reading.segments.is_empty() {
        page.reason = explain::reason(&reading, &scored);
    }
    let tasks = reading.segments.iter().map(|s| {
        let lacks = s
            .missing
            .map_or_else(String::new, |m| format!("does not say {}", m.words()));
        (
            format!("{} {}", s.class.code(), s.class.words()),
            shown(text.get(s.text.clone()).unwrap_or("")),
            lacks,
        )
    });
    page.tasks = tasks.collect();
    let basis = asked.app.basis()?;
    let hours = hours.unwrap_or(Decimal::ONE);
    page.said = said(text, hours, client.unwrap_or("TRY"), &basis.options)?;
    Ok(html(&page))
}
