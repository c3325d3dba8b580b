//! Expressions against what they should say, and against another reader of the same language.

use super::check::{Scope, read};
use super::eval::weekdays;
use super::parser::parse;
use super::subject::{Gathered, Level, Needs, Subject};
use super::value::{Type, Value, number};
use crate::model::Lists;
use crate::model::lists::{Holiday, List, ListHead};
use crate::model::{Invoice, LedesFormat, Line, LineKind, Matter, SourceText, Value as Read};
use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// One fee of 2.4 hours on Wednesday 4 March 2026; the activity code is blank, the expense code absent.
fn invoice() -> Invoice {
    let mut text = SourceText::default();
    let start = text.push_line(3, "20260304|2.40|Draft answer||042");
    let cell = |from: usize, to: usize| crate::model::Cell::new(start + from, start + to);
    let mut invoice = Invoice::new(LedesFormat::L1998B, text);
    invoice.date = Read::new(cell(0, 8), Some(day("2026-03-31")));
    invoice.matters.push(Matter::default());
    invoice.lines.push(Line {
        kind: Read::new(cell(0, 1), Some(LineKind::Fee)),
        date: Read::new(cell(0, 8), Some(day("2026-03-04"))),
        units: Read::new(cell(9, 13), Some(Decimal::new(240, 2))),
        // Something stands there that could not be read.
        unit_cost: Read::new(cell(14, 19), None),
        total: Read::new(cell(9, 13), Some(Decimal::new(108_000, 2))),
        description: cell(14, 26),
        activity_code: cell(27, 27),
        timekeeper_id: cell(28, 31),
        ..Line::default()
    });
    invoice
}

fn holds_at(text: &str, level: Level) -> Option<bool> {
    let params = BTreeMap::new();
    let scope = Scope {
        level,
        params: &params,
        may_wait: false,
    };
    let condition = read(text, Type::Bool, &scope).unwrap_or_else(|m| panic!("{text}: {m:?}"));
    let invoice = invoice();
    let gathered = Gathered::new(
        &invoice,
        Needs {
            days: true,
            timekeepers: true,
            matters: true,
        },
    );
    match level {
        Level::Line => condition.holds(&Subject::of_line(&invoice, 0, &gathered)),
        _ => condition.holds(&Subject::of_lines(&invoice, level, &[0], &gathered)),
    }
}

fn holds(text: &str) -> Option<bool> {
    holds_at(text, Level::Line)
}

#[test]
fn fields_and_functions_have_their_values() {
    for text in [
        "type == \"F\" && units == 2.4 && hours > 2",
        "narrative == 'Draft answer' && size(narrative) == 12",
        "narrative.startsWith(\"Draft\") && endsWith(narrative, \"answer\")",
        "lower(narrative).contains(\"draft\") && matches(narrative, r'^D\\w+ a')",
        "days_between(line_date, invoice_date) == 27 && invoice_date - line_date > 26",
        "line_date + 27 == invoice_date && invoice_date - 27 == line_date",
        "business_days_between(line_date, invoice_date) == 19",
        "line_date < date(\"2026-03-05\") && line_date in [date('2026-03-04')]",
        "type in [\"F\", \"E\"] && !(type in [\"IF\"])",
        "abs(0 - 5) == 5 && round(2.345, 2) == 2.35 && round(2.5) == 3",
        "(units > 2 ? 1 : 2) == 1",
        "50 % == 0.5 && 1 - 0.5 * 1 == 50 %",
        "is_multiple(units, 0.1) && !is_multiple(units, 0.25)",
        "hours_today == 2.4 && lines_today == 1 && hours_on_matter == 2.4 && amount_on_matter == 1080",
        "day_of_week(line_date) == 3 && days_in_month(line_date) == 31 && day_of_month(line_date) == 4",
        "has(units) && !has(activity_code) && !has(expense_code) && !has(unit_cost)",
    ] {
        assert_eq!(holds(text), Some(true), "{text}");
    }
}

#[test]
fn what_is_absent_blank_or_unreadable_has_no_value() {
    for text in [
        "expense_code == \"E101\"",
        "activity_code != \"A103\"",
        "!(activity_code in [\"A109\"])",
        "unit_cost > 100",
        "unit_cost * units > 100",
        "unit_cost > 1 && true",
        "unit_cost > 1 || false",
    ] {
        assert_eq!(holds(text), None, "{text}");
    }
    assert_eq!(holds("unit_cost > 1 || true"), Some(true));
    assert_eq!(holds("unit_cost > 1 && false"), Some(false));
}

#[test]
fn shares_and_counts_belong_to_groups() {
    for level in [
        Level::TimekeeperDay,
        Level::Timekeeper,
        Level::Matter,
        Level::Invoice,
    ] {
        let text = "share_of(units > 2) == 100 % && count == 1";
        assert_eq!(holds_at(text, level), Some(true), "{}", level.name());
    }
    assert_eq!(
        holds_at("hours_on_matter == 2.4", Level::Invoice),
        Some(true)
    );
}

#[test]
fn mistakes_are_named_with_their_place() {
    let params = BTreeMap::new();
    let scope = Scope {
        level: Level::Line,
        params: &params,
        may_wait: false,
    };
    for (text, at, part) in [
        ("unts > 1", 0, "did you mean \"units\"?"),
        ("type == \"F\" && matter == \"1\"", 15, "law_firm_matter_id"),
        (
            "units > \"1\"",
            8,
            "does not go between a decimal and a text",
        ),
        ("units", 0, "gives a decimal"),
        ("units >", 7, "ends where a value"),
        ("(units > 1", 10, "close the bracket"),
        ("units = 1", 6, "write =="),
        ("type in \"F\"", 8, "a list stands"),
        ("type in [1]", 8, "does not hold"),
        ("narrative.match('x')", 0, "did you mean \"matches\"?"),
        ("matches(narrative, '[')", 19, "is no pattern"),
        ("matches(narrative, '(a{1000}){1000}')", 19, "too large"),
        ("date('2026-02-30') == line_date", 5, "is no day"),
        ("count > 1", 0, "not known about each line"),
        ("share_of(units > 1) > 1", 0, "not known about each line"),
        ("units > 1 units", 10, "not expected here"),
        ("units > 'x", 8, "not closed"),
        ("!units", 1, "where true or false"),
        ("units / 2 > 1", 6, "no division"),
    ] {
        let mistake = read(text, Type::Bool, &scope).err().expect(text);
        assert_eq!(mistake.at, at, "{text}: {mistake:?}");
        assert!(mistake.message.contains(part), "{text}: {mistake:?}");
    }
    let scope = Scope {
        level: Level::Matter,
        params: &params,
        may_wait: false,
    };
    let mistake = read("units > 1", Type::Bool, &scope)
        .err()
        .expect("a field of a line");
    assert!(mistake.message.contains("belongs to a line"), "{mistake:?}");
}

#[test]
fn length_and_depth_are_bounded() {
    let deep = format!("{}true{}", "(".repeat(5_000 / 3), ")".repeat(5_000 / 3));
    let long = vec!["true"; 400].join(" && ");
    let nots = format!("{}true", "!".repeat(500));
    let wide = format!("units == 1{}", " || units == 1".repeat(3_000));
    for text in [deep, long, nots, wide] {
        assert!(parse(&text).is_err(), "{} characters", text.len());
    }
}

#[test]
fn numbers_are_read_as_packs_write_them() {
    assert_eq!(number("50 %"), Some(Decimal::new(5, 1)));
    assert_eq!(number("0.10"), Some(Decimal::new(10, 2)));
    assert_eq!(number("ten"), None);
    assert_eq!(Value::Decimal(Decimal::new(1000, 2)).shown(), "10");
    assert_eq!(Value::Decimal(Decimal::new(10, 2)).shown(), "0.10");
}

#[test]
fn business_days_leave_weekends_out() {
    // Friday 6 March 2026 to Monday 9 March 2026.
    assert_eq!(weekdays(day("2026-03-06"), day("2026-03-09")), 1);
    assert_eq!(weekdays(day("2026-03-09"), day("2026-03-06")), -1);
    assert_eq!(weekdays(day("2026-03-02"), day("2026-03-16")), 10);
    assert_eq!(weekdays(day("2026-03-07"), day("2026-03-08")), 0);
}

#[test]
fn holidays_are_no_days_of_work() {
    let holiday = |date: &str| Holiday {
        date: day(date),
        ..Holiday::default()
    };
    // A Thursday, a Saturday, and the Thursday again in another calendar.
    let all = ["2026-03-12", "2026-03-14", "2026-03-12"].map(holiday);
    let mut gathered = Gathered::default();
    gathered.lists = Arc::new(Lists {
        holidays: List::new(ListHead::default(), all.to_vec()),
        ..Lists::default()
    });
    assert!(gathered.is_holiday(day("2026-03-12")) && !gathered.is_holiday(day("2026-03-13")));
    assert_eq!(
        gathered.business_days(day("2026-03-02"), day("2026-03-16")),
        9
    );
    assert_eq!(
        gathered.business_days(day("2026-03-16"), day("2026-03-02")),
        -9
    );
    assert_eq!(
        gathered.business_days(day("2026-03-12"), day("2026-03-13")),
        1
    );
}

/// Expressions of whole numbers, texts, truth and comparisons, which CEL has too.
fn whole() -> impl Strategy<Value = String> {
    let leaf = (0..50_i32).prop_map(|n| n.to_string());
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop_oneof!["\\+", "-", "\\*"], inner.clone())
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{0,3}".prop_map(|t| format!("\"{t}\"")),
        "[a-c]{0,3}".prop_map(|t| format!("'{t}'"))
    ]
}

fn truth() -> impl Strategy<Value = String> {
    let comparison = prop_oneof!["==", "!=", "<", "<=", ">", ">="];
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("false".to_owned()),
        (whole(), comparison.clone(), whole()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (text(), comparison, text()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (whole(), whole(), whole()).prop_map(|(a, b, c)| format!("{a} in [{b}, {c}]")),
        (text(), text()).prop_map(|(a, b)| format!("{a}.startsWith({b})")),
        (text(), text()).prop_map(|(a, b)| format!("{a}.contains({b})")),
        (text(), text()).prop_map(|(a, b)| format!("size({a}) < size({b})")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} || {b}")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

proptest! {
    #[test]
    fn the_common_part_means_what_it_means_in_cel(text in truth()) {
        let program = cel::Program::compile(&text).expect("CEL reads it");
        let wanted = program.execute(&cel::Context::default()).expect("it has a value");
        let wanted = match wanted {
            cel::Value::Bool(yes) => Some(yes),
            other => panic!("{text} is {other:?}"),
        };
        prop_assert_eq!(holds(&text), wanted, "{}", text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}") {
        let params = BTreeMap::new();
        let scope = Scope { level: Level::Line, params: &params, may_wait: false };
        if let Err(mistake) = read(&text, Type::Bool, &scope) {
            prop_assert!(mistake.at <= text.len() && text.is_char_boundary(mistake.at));
        }
    }
}
