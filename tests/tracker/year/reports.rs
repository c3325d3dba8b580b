//! Every report at the end of the year, figure by figure, against what the portals' own ledgers say. What no portal can know
//! (what reviewers wrote, whether our check had foreseen something, exceptions) is held against what the year itself wrote
//! down, and against a check of the same files made anew.

use super::ledger::{Entry, Held};
use super::{BEGINS, PORTALS, Year, invoice};
use chrono::{DateTime, Local, NaiveDate};
use cleanbill::check::Options;
use cleanbill::model::{Finding, Scope};
use cleanbill::reports::figures::{
    self, Asked, By, Cell, KEPT, Period, Report, ageing, at_risk, exceptions,
};
use cleanbill::reports::gather::{self, Whose};
use cleanbill::rules::portal_key;
use cleanbill::store::Filter;
use cleanbill::workflow::{Chronicle, Depth, ReceivableTerms};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A figure: rows by what, the row's key (empty: in all), currency, column.
type Place = (&'static str, String, &'static str, &'static str);
/// What is not 0.
type Figures = BTreeMap<Place, Decimal>;

const USD: &str = "USD";
/// By what rows are held against the ledgers.
const WAYS: [By; 3] = [By::Client, By::Portal, By::Month];

/// Adds up, as the ledgers have it.
#[derive(Default)]
struct Ledger {
    sums: Figures,
    days: BTreeMap<Place, Vec<i64>>,
}

impl Ledger {
    fn add(&mut self, own: &Keys, currency: &'static str, column: &'static str, value: Decimal) {
        for (by, key) in own.all() {
            let place = (by, key, currency, column);
            *self.sums.entry(place).or_default() += value;
        }
    }

    fn count(&mut self, own: &Keys, currency: &'static str, column: &'static str) {
        self.add(own, currency, column, Decimal::ONE);
    }

    fn span(&mut self, own: &Keys, columns: [&'static str; 2], days: i64) {
        for column in columns {
            for (by, key) in own.all() {
                self.days
                    .entry((by, key, "", column))
                    .or_default()
                    .push(days);
            }
        }
    }

    /// With medians, and without what is 0.
    fn figures(mut self) -> Figures {
        for (place, mut all) in self.days {
            all.sort_unstable();
            let percent = if place.3.ends_with("_p90") { 90 } else { 50 };
            // By nearest rank.
            let rank = (all.len() * percent).div_ceil(100);
            self.sums.insert(place, Decimal::from(all[rank - 1]));
        }
        self.sums.retain(|_, value| !value.is_zero());
        self.sums
    }
}

/// In which rows something stands.
struct Keys {
    client: String,
    portal: String,
    day: NaiveDate,
}

impl Keys {
    fn of(client: &str, day: NaiveDate) -> Self {
        let (_, _, named, _, _) = Year::place(client);
        Self {
            client: client.to_owned(),
            portal: portal_key(named),
            day,
        }
    }

    fn all(&self) -> [(&'static str, String); 4] {
        let month = self.day.format("%Y-%m").to_string();
        [
            ("client", self.client.clone()),
            ("portal", self.portal.clone()),
            ("month", month),
            ("", String::new()),
        ]
    }
}

impl Entry {
    fn keys(&self) -> Keys {
        Keys::of(&self.held.client_id, self.sent())
    }

    fn refused(&self) -> bool {
        self.heard.refused.is_some()
    }

    fn is_first(&self) -> bool {
        !self.number().ends_with('R')
    }

    /// Why it was refused, as its portal shows it: Legal Tracker has one comment for all of it.
    fn refused_for(&self) -> BTreeSet<(Option<String>, String)> {
        let of_whole = |note: &String| (None, note.clone());
        let of_lines = self.held.refused_for.iter();
        match self.portal {
            "tracker" => self.held.note.iter().map(of_whole).collect(),
            _ => of_lines
                .map(|c| (c.line.clone(), c.reason.clone()))
                .collect(),
        }
    }
}

/// The figures of a report, but for rates, which are worked out of them; in all by the first of the ways.
fn ours(reports: &[(&'static str, Report)]) -> Figures {
    let held = |c: &&figures::Column| {
        let kinds = [
            figures::Kind::Count,
            figures::Kind::Money,
            figures::Kind::Days,
        ];
        kinds.contains(&c.kind) && c.total != figures::Total::None
    };
    let of_all = reports.iter().flat_map(|(_, r)| &r.columns);
    let columns: BTreeSet<&'static str> = of_all.filter(held).map(|c| c.name).collect();
    let mut figures = Figures::new();
    for (nth, (by, report)) in reports.iter().enumerate() {
        let mut take = |by: &'static str, key: &str, currency: &str, cells: &[Cell]| {
            for (column, cell) in report.columns.iter().zip(cells) {
                let Some(name) = columns.get(column.name) else {
                    continue;
                };
                let currency = if currency == USD { USD } else { "" };
                let value = cell.number().unwrap_or_default();
                if !value.is_zero() {
                    let place = (by, key.to_owned(), currency, *name);
                    assert_eq!(figures.insert(place, value), None, "twice");
                }
            }
        };
        for row in &report.rows {
            assert!([USD, ""].contains(&row.currency.as_str()), "{row:?}");
            take(by, &row.key, &row.currency, &row.cells);
            // What stands behind a row comes to it.
            for (at, column) in report.columns.iter().enumerate() {
                if column.total == figures::Total::Sum {
                    let behind = row.invoices.iter().filter_map(|i| i.cells[at].number());
                    let own = row.cells[at].number().unwrap_or_default();
                    assert_eq!(behind.sum::<Decimal>(), own, "{} {}", report.name, row.key);
                }
            }
        }
        if nth == 0 {
            for sum in &report.totals {
                take("", "", &sum.currency, &sum.cells);
            }
        }
    }
    figures
}

/// Every figure that was held against another.
#[derive(Default)]
struct Table {
    rows: Vec<(String, &'static str, Decimal, Decimal, usize)>,
    wrong: Vec<String>,
}

impl Table {
    fn hold(&mut self, report: &str, by: &str, ours: &Figures, ledger: &Figures) {
        let places: BTreeSet<&Place> = ours.keys().chain(ledger.keys()).collect();
        let mut compared: BTreeMap<&'static str, usize> = BTreeMap::new();
        for place in places {
            *compared.entry(place.3).or_default() += 1;
            let one = |all: &Figures| all.get(place).copied().unwrap_or_default();
            if one(ours) != one(ledger) {
                let (o, l) = (one(ours), one(ledger));
                self.wrong
                    .push(format!("{report} {place:?}: ours {o}, ledger {l}"));
            }
        }
        for (column, count) in compared {
            let all = |all: &Figures| {
                let whole = all.iter().filter(|(p, _)| p.3 == column && p.0.is_empty());
                let sum: Decimal = whole.map(|(_, v)| *v).sum();
                match sum.is_zero() {
                    // Rows without a total of their own.
                    true => all
                        .iter()
                        .filter(|(p, _)| p.3 == column)
                        .map(|(_, v)| *v)
                        .sum(),
                    false => sum,
                }
            };
            let name = format!("{report}{by}");
            self.rows
                .push((name, column, all(ours), all(ledger), count));
        }
    }

    fn print(&self, backend: &str) {
        println!("{backend}: report, figure, ours, ledger, rows held");
        for (report, figure, ours, ledger, count) in &self.rows {
            println!("{backend}: {report:<24} {figure:<30} {ours:>14} {ledger:>14} {count:>5}");
        }
    }
}

/// Everything there is to be compared.
struct Asker<'a> {
    year: &'a Year,
    entries: Vec<Entry>,
    told: Chronicle,
    period: Period,
    table: Table,
}

/// Holds every figure of every report against the ledgers.
pub async fn reconcile(year: &Year) {
    let depth = Depth {
        lines: true,
        outcomes: true,
        exceptions: true,
    };
    let odd = year.desk("odd");
    let all = Filter::default();
    let told = odd.chronicle(&all, &|_| true, depth, &|_| false).await;
    let begins: DateTime<Local> = BEGINS.parse().expect("a time");
    let mut asker = Asker {
        year,
        entries: year.entries(),
        told: told.expect("a chronicle"),
        period: Period {
            from: begins.date_naive(),
            to: year.today(),
        },
        table: Table::default(),
    };
    asker.kept("rejections", rejections);
    asker.kept("reductions", reductions);
    asker.kept("appeals", appeals);
    asker.kept("acceptance", acceptance);
    asker.kept("realization", realization);
    asker.kept("days", days);
    asker.kept("rework", rework);
    asker.reasons();
    asker.foresight().await;
    asker.practice().await;
    asker.exceptions();
    asker.ageing().await;
    asker.at_risk().await;
    asker.table.print(&format!("{:?}", year.firm.backend()));
    let wrong = &asker.table.wrong;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: BTreeSet<&str> = asker.table.rows.iter().map(|r| r.0.as_str()).collect();
    for (name, _) in figures::names() {
        let held = names.iter().any(|n| n.split(' ').next() == Some(name));
        assert!(held, "{name} was held against nothing");
    }
}

impl Asker<'_> {
    fn report(&self, name: &str, by: By) -> Report {
        let kept = KEPT.iter().find(|k| k.name == name).expect("a report");
        let asked = Asked {
            period: self.period,
            by,
            lists: &self.year.lists,
        };
        (kept.figures)(&self.told, &asked)
    }

    /// A report by client, portal and month.
    fn kept(&mut self, name: &'static str, ledger: fn(&Self, &mut Ledger)) {
        let mut own = Ledger::default();
        ledger(self, &mut own);
        let ledger = own.figures();
        let made: Vec<(&'static str, Report)> = WAYS
            .into_iter()
            .map(|by| (by.name(), self.report(name, by)))
            .collect();
        self.table.hold(name, "", &ours(&made), &ledger);
    }

    /// Refusals and cuts by the reasons the portals drew.
    fn reasons(&mut self) {
        let (mut refused, mut cut) = (Figures::new(), Figures::new());
        let place = |reason: &str, column| ("reason", reason.to_owned(), USD, column);
        for own in &self.entries {
            if own.refused() {
                let named: BTreeSet<String> =
                    own.refused_for().into_iter().map(|(_, r)| r).collect();
                for reason in &named {
                    *refused.entry(place(reason, "refusals")).or_default() += Decimal::ONE;
                    *refused.entry(place(reason, "refused")).or_default() += own.held.billed;
                }
            }
            for cause in &own.held.cut_for {
                *cut.entry(place(&cause.reason, "cuts")).or_default() += Decimal::ONE;
                *cut.entry(place(&cause.reason, "cut")).or_default() += cause.amount;
            }
        }
        let held = [
            ("rejections", refused, ["refusals", "refused"]),
            ("reductions", cut, ["cuts", "cut"]),
        ];
        for (name, ledger, columns) in held {
            let mut report = self.report(name, By::Reason);
            report.totals.clear();
            let made = [("reason", report)];
            let mut found = ours(&made);
            found.retain(|place, _| columns.contains(&place.3));
            self.table.hold(name, " by reason", &found, &ledger);
        }
    }

    /// Whether our check had foreseen what came, by what it found when the invoice came in and the table of reasons.
    async fn foresight(&mut self) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/reasons.csv");
        let mut reader = csv::Reader::from_path(path).expect("the table of reasons");
        let mut rules: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in reader.records() {
            let record = record.expect("a row");
            let named = record[5].split(';').map(|r| r.trim().to_owned());
            let named = named.filter(|r| !r.is_empty()).collect();
            rules.insert(record[0].to_owned(), named);
        }
        let mut ledger = Ledger::default();
        for own in &self.entries {
            let mut causes: Vec<(Option<String>, String, Option<Decimal>)> = Vec::new();
            if own.refused() {
                let whys = own.refused_for().into_iter();
                causes.extend(whys.map(|(line, reason)| (line, reason, None)));
            }
            let cuts = own.held.cut_for.iter();
            causes.extend(cuts.map(|c| (c.line.clone(), c.reason.clone(), Some(c.amount))));
            if causes.is_empty() {
                continue;
            }
            let (findings, keys) = (self.found(own).await, own.keys());
            for (line, reason, cut) in causes {
                ledger.count(&keys, USD, "outcomes");
                let about = &rules[&reason];
                let there = |f: &Finding| {
                    let on_line = f.places.iter().any(|p| p.item == line);
                    line.is_none() || f.scope == Scope::Invoice || on_line
                };
                let spoke = findings.iter().any(|f| about.contains(&f.rule) && there(f));
                if !about.is_empty() {
                    ledger.count(&keys, USD, "judged");
                }
                match (about.is_empty(), spoke) {
                    (true, _) => ledger.count(&keys, USD, "cannot_be_said"),
                    (false, true) => ledger.count(&keys, USD, "foreseen"),
                    (false, false) => {
                        ledger.count(&keys, USD, "not_foreseen");
                        ledger.add(&keys, USD, "cut_not_foreseen", cut.unwrap_or_default());
                    }
                }
            }
        }
        let ledger = ledger.figures();
        let made: Vec<(&'static str, Report)> = WAYS
            .into_iter()
            .map(|by| (by.name(), self.report("foresight", by)))
            .collect();
        let found = ours(&made);
        self.table
            .hold("foresight", " (our own check)", &found, &ledger);
    }

    async fn found(&self, own: &Entry) -> Vec<Finding> {
        let story = self.year.desk("odd").story(own.number()).await;
        let report = story.expect("an invoice").report;
        report.findings().cloned().collect()
    }

    /// What practice portals said is no evidence of foresight: it is only counted.
    async fn practice(&mut self) {
        let depth = Depth {
            outcomes: true,
            ..Depth::default()
        };
        let odd = self.year.desk("odd");
        let all = Filter::default();
        let told = odd.chronicle(&all, &|_| true, depth, &|_| true).await;
        let told = told.expect("a chronicle");
        let kept = KEPT.iter().find(|k| k.name == "foresight").expect("it");
        let asked = Asked {
            period: self.period,
            by: By::Client,
            lists: &self.year.lists,
        };
        let report = (kept.figures)(&told, &asked);
        assert!(report.rows.is_empty(), "{:?}", report.rows);
        let count = |own: &Entry| {
            let refused = if own.refused() {
                own.refused_for().len()
            } else {
                0
            };
            refused + own.held.cut_for.len()
        };
        let wanted: usize = self.entries.iter().map(count).sum();
        let note = format!("{wanted} outcomes come from practice portals");
        assert!(
            report.notes.iter().any(|n| n.starts_with(&note)),
            "{note}: {:?}",
            report.notes
        );
    }

    fn exceptions(&mut self) {
        let year = self.year;
        let packs = exceptions::of_packs(&year.shelf, &year.lists);
        let report = exceptions::report(&self.told, &packs, self.period, year.today(), None);
        let shown = |report: &Report| -> Vec<(String, String)> {
            let own = report.rows.iter().map(|r| match &r.cells[3] {
                Cell::Text(state) => (r.key.clone(), state.clone()),
                other => panic!("{other:?}"),
            });
            own.collect()
        };
        // The first exception of year-one set something aside, and holds.
        let mut wanted = vec![
            ("year-one.2".to_owned(), "over".to_owned()),
            ("year-one.3".to_owned(), "unused".to_owned()),
        ];
        if year.set_aside.len() >= exceptions::REPEATED {
            let key = "Y2.photocopy-rate-cap".to_owned();
            wanted.push((key, "repeated".to_owned()));
        }
        assert_eq!(shown(&report), wanted);
        let made = [("exception", report)];
        let mut found = ours(&made);
        found.retain(|place, _| !place.0.is_empty());
        let count = Decimal::from(year.set_aside.len());
        let key = "Y2.photocopy-rate-cap".to_owned();
        let ledger = Figures::from([(("exception", key, "", "invoices"), count)]);
        self.table
            .hold("exceptions", " (our own year)", &found, &ledger);
    }

    async fn ageing(&mut self) {
        let year = self.year;
        let (odd, terms) = (year.desk("odd"), ReceivableTerms::default());
        let owed = odd.receivables(&terms).await.expect("books");
        let mut ledger = Ledger::default();
        for own in self.entries.iter().filter(|e| !e.refused()) {
            let keys = own.keys();
            let mut add = |column, value| ledger.add(&keys, USD, column, value);
            let accepted = year.accepted.get(own.number()).copied();
            let paid = own.paid();
            let open = own.held.billed - paid - accepted.unwrap_or_default();
            if open > Decimal::ZERO {
                let days = (year.today() - year.dated[own.number()]).num_days();
                add("invoices", Decimal::ONE);
                add("open", open);
                let bucket = match days {
                    ..=30 => "0-30",
                    31..=60 => "31-60",
                    61..=90 => "61-90",
                    _ => "over 90",
                };
                add(bucket, open);
            } else {
                add("overpaid", -open);
            }
            let approved = own.held.approved.map(|a| a + own.back());
            if let Some(approved) = approved.filter(|a| !paid.is_zero() && paid < *a) {
                add("short_paid", Decimal::ONE);
                add("missing", approved - paid);
            }
        }
        let mut ledger = ledger.figures();
        // It is about today: there are no months.
        ledger.retain(|place, _| place.0 != "month");
        let made =
            [By::Client, By::Portal].map(|by| (by.name(), ageing::report(&owed, by, &year.lists)));
        self.table.hold("ageing", "", &ours(&made), &ledger);
    }

    async fn at_risk(&mut self) {
        let year = self.year;
        let options = Options {
            lists: Arc::clone(&year.lists),
            ..Options::on(year.today(), year.shelf.clone())
        };
        let named = |account: &str| {
            let own = PORTALS.iter().find(|p| p.0 == account);
            own.map(|p| p.2.to_owned())
        };
        let odd = year.desk("odd");
        let risks = gather::risks(&odd, &options, &named, Whose::default()).await;
        let report = at_risk::report(risks.expect("risks"), (year.clock)());
        let mut found = Figures::new();
        for row in &report.rows {
            let Cell::Text(what) = &row.cells[5] else {
                panic!("{row:?}");
            };
            let what = what.split(':').next().unwrap_or_default();
            let own = &row.invoices[0];
            let amount = row.cells[3].number().expect("an amount");
            let portal = portal_key(&own.portal);
            for key in [&own.number, &own.client, &portal] {
                let place = ("what", format!("{what} {key}"), USD, "at_risk");
                *found.entry(place).or_default() += amount;
            }
        }
        let mut ledger = Figures::new();
        let mut add = |what: &str, number: &str, client: &str, amount: Decimal| {
            let (_, _, portal, _, _) = Year::place(client);
            let portal = portal_key(portal);
            for key in [number, client, portal.as_str()] {
                let place = ("what", format!("{what} {key}"), USD, "at_risk");
                *ledger.entry(place).or_default() += amount;
            }
        };
        let sent: BTreeSet<String> = self.entries.iter().map(|e| e.number().to_owned()).collect();
        for own in &self.entries {
            let (number, client) = (own.number(), own.held.client_id.as_str());
            let accepted = year.accepted.get(number).copied().unwrap_or_default();
            let appealed = year.appealed.iter().any(|a| a.number == number);
            let contested = own.held.cut - accepted;
            if !appealed && !contested.is_zero() {
                add("reduction", number, client, contested);
            }
            // What was billed anew and sent is no longer at risk, and what was given up is lost.
            let again = sent.contains(&format!("{number}R"));
            if own.refused() && !again && !number.ends_with("RR") {
                add("rejection", number, client, own.held.billed);
            }
            let files = own.files.iter().map(|(held, heard)| (held, heard));
            for (held, heard) in files.chain([(&own.held, &own.heard)]) {
                if heard.in_question {
                    add("question", &held.number, client, held.billed);
                }
            }
        }
        for number in &year.unsent {
            add(
                "late billing",
                number,
                "Y1",
                total(number, year.dated[number]),
            );
        }
        self.table.hold("at-risk", "", &found, &ledger);
        let in_all: Decimal = report
            .totals
            .iter()
            .map(|t| t.cells[3].number().expect("a sum"))
            .sum();
        // Each stands under its number, its client and its portal.
        assert_eq!(found.values().sum::<Decimal>(), in_all * Decimal::from(3));
    }
}

/// What the invoice of a number bills, by its own lines.
fn total(number: &str, day: NaiveDate) -> Decimal {
    let bytes = invoice(number, number, "Y1", day);
    let text = String::from_utf8(bytes).expect("text");
    let lines = text.lines().skip(2);
    lines
        .map(|l| {
            l.split('|')
                .nth(12)
                .expect("a total")
                .parse::<Decimal>()
                .expect("one")
        })
        .sum()
}

fn rejections(asker: &Asker<'_>, ledger: &mut Ledger) {
    for own in asker.entries.iter().filter(|e| e.heard.answered()) {
        let keys = own.keys();
        ledger.count(&keys, USD, "invoices_answered");
        ledger.add(&keys, USD, "billed", own.held.billed);
        if own.refused() {
            ledger.count(&keys, USD, "invoices_refused");
            ledger.count(&keys, USD, "refusals");
            ledger.add(&keys, USD, "refused", own.held.billed);
        }
    }
}

fn reductions(asker: &Asker<'_>, ledger: &mut Ledger) {
    let decided = |e: &&Entry| e.heard.decided.is_some();
    for own in asker.entries.iter().filter(decided) {
        let (keys, held) = (own.keys(), &own.held);
        ledger.add(&keys, USD, "billed", held.billed);
        let Some(accepted) =
            (!held.cut_for.is_empty()).then(|| asker.year.accepted.get(own.number()))
        else {
            continue;
        };
        let accepted = accepted.copied().unwrap_or_default();
        ledger.count(&keys, USD, "invoices_cut");
        ledger.add(&keys, USD, "cuts", Decimal::from(held.cut_for.len()));
        ledger.add(&keys, USD, "cut", held.cut);
        ledger.add(&keys, USD, "accepted", accepted);
        ledger.add(&keys, USD, "recovered", own.back());
        ledger.add(&keys, USD, "left", held.cut - accepted - own.back());
    }
}

fn appeals(asker: &Asker<'_>, ledger: &mut Ledger) {
    for appeal in &asker.year.appealed {
        let keys = Keys::of(&appeal.client, appeal.on);
        let own = asker.entries.iter().find(|e| e.number() == appeal.number);
        let own = own.expect("its invoice");
        let claimed = own.held.cut - appeal.accepted;
        let file: Option<&(Held, _)> = own.files.first();
        ledger.count(&keys, USD, "appeals");
        ledger.add(&keys, USD, "claimed", claimed);
        let ended = match (&appeal.file, file) {
            (None, _) => Some(Decimal::ZERO),
            (Some(_), None) => None,
            (Some(_), Some((held, heard))) => {
                assert_eq!(held.billed, claimed, "only the unpaid difference");
                if heard.refused.is_some() {
                    Some(Decimal::ZERO)
                } else {
                    held.approved.filter(|_| heard.decided.is_some())
                }
            }
        };
        if appeal.file.is_none() || file.is_some() {
            ledger.count(&keys, USD, "filed");
        }
        let Some(back) = ended else {
            ledger.count(&keys, USD, "open");
            continue;
        };
        ledger.add(&keys, USD, "answered", claimed);
        ledger.add(&keys, USD, "recovered", back);
        let became = match back {
            none if none.is_zero() => "lost",
            all if all == claimed => "won",
            _ => "partly_won",
        };
        ledger.count(&keys, USD, became);
    }
}

fn acceptance(asker: &Asker<'_>, ledger: &mut Ledger) {
    for own in asker.entries.iter().filter(|e| e.is_first()) {
        let (keys, heard) = (own.keys(), own.heard);
        ledger.count(&keys, USD, "invoices_sent");
        if !heard.answered() {
            continue;
        }
        ledger.count(&keys, USD, "answered");
        ledger.add(&keys, USD, "billed", own.held.billed);
        if heard.refused.is_some() {
            ledger.count(&keys, USD, "refused_at_first");
        } else if heard.asked.is_some() {
            ledger.count(&keys, USD, "questioned_at_first");
        } else {
            ledger.count(&keys, USD, "taken_at_first");
            ledger.add(&keys, USD, "billed_taken_at_first", own.held.billed);
        }
    }
}

fn realization(asker: &Asker<'_>, ledger: &mut Ledger) {
    for own in &asker.entries {
        let Some(approved) = own.held.approved.filter(|_| own.heard.decided.is_some()) else {
            continue;
        };
        let (keys, approved) = (own.keys(), approved + own.back());
        ledger.count(&keys, USD, "invoices");
        ledger.add(&keys, USD, "billed", own.held.billed);
        ledger.add(&keys, USD, "approved", approved);
        ledger.add(&keys, USD, "paid", own.paid());
        ledger.add(&keys, USD, "open", approved - own.paid());
    }
}

fn local(ms: i64) -> NaiveDate {
    let at = DateTime::from_timestamp_millis(ms).expect("an instant");
    at.with_timezone(&Local).date_naive()
}

fn days(asker: &Asker<'_>, ledger: &mut Ledger) {
    for own in &asker.entries {
        let (keys, held) = (own.keys(), &own.held);
        let dated = asker.year.dated[own.number()];
        ledger.count(&keys, "", "invoices");
        // Every invoice begins 24 days before its date.
        let spans = ["work_to_invoice_median", "work_to_invoice_p90"];
        ledger.span(&keys, spans, 24);
        if let Some(taken) = own.heard.taken {
            let spans = ["invoice_to_acceptance_median", "invoice_to_acceptance_p90"];
            ledger.span(&keys, spans, (local(taken) - dated).num_days());
        }
        // Legal Tracker does not say that it paid: then all of what was approved has come.
        let came = held.paid > Decimal::ZERO && held.approved.is_some_and(|a| held.paid >= a);
        let is_paid = own.heard.paid.is_some() || came;
        let known = own.payments().next().is_some();
        if !is_paid || known && own.paid() <= Decimal::ZERO {
            continue;
        }
        let last = own.payments().filter(|p| p.amount > Decimal::ZERO);
        let last = last.map(|p| p.at.date_naive()).max();
        let paid = last.or(own.heard.paid.map(local)).expect("a day");
        let days = (paid - dated).num_days();
        let spans = ["invoice_to_payment_median", "invoice_to_payment_p90"];
        ledger.span(&keys, spans, days);
        let spans = ["work_to_payment_median", "work_to_payment_p90"];
        ledger.span(&keys, spans, days + 24);
    }
}

/// What came in, and what was written on it, is what the year itself wrote down; how often it was sent is the ledgers'.
fn rework(asker: &Asker<'_>, ledger: &mut Ledger) {
    let year = asker.year;
    let sent: BTreeSet<&str> = asker.entries.iter().map(Entry::number).collect();
    for (number, day) in &year.dated {
        let own = asker.entries.iter().find(|e| e.number() == number);
        let client = own.map_or("Y1", |e| e.held.client_id.as_str());
        let keys = Keys::of(client, *day);
        ledger.count(&keys, "", "invoices");
        ledger.count(&keys, "", "versions");
        let (returns, notes) = year.rework.get(number).copied().unwrap_or_default();
        ledger.add(&keys, "", "returns", Decimal::from(returns));
        ledger.add(&keys, "", "review_notes", Decimal::from(notes));
        if sent.contains(number.as_str()) {
            ledger.count(&keys, "", "times_sent");
        }
    }
}
