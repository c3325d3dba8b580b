//! What the firm's lists say of a row: ids by names, classes, approved rates.

use super::mapping::{Values, plain};
use crate::model::Lists;
use crate::model::lists::{ApprovedRate, FirmTimekeeper, holds_for, in_span};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// Fills fields that are blank from the lists.
///
/// # Errors
/// Two entries of a list have the name: field, value, why.
pub fn fill(values: &mut Values, lists: &Lists) -> Result<(), (&'static str, String)> {
    client(values, lists)?;
    matter(values, lists)?;
    timekeeper(values, lists)
}

fn get<'a>(values: &'a Values, field: &str) -> &'a str {
    values.get(field).map_or("", String::as_str)
}

fn put(values: &mut Values, field: &'static str, value: &str) {
    if get(values, field).is_empty() && !value.is_empty() {
        values.insert(field, value.to_owned());
    }
}

/// The only one of some entries; none of them is none.
fn one<'a, T>(
    field: &'static str,
    list: &str,
    mut found: impl Iterator<Item = &'a T>,
) -> Result<Option<&'a T>, (&'static str, String)> {
    let first = found.next();
    if found.next().is_some() {
        return Err((
            field,
            format!(
                "stands for several entries of the firm's {list}; name the id in the mapping: [lookup.{field}]"
            ),
        ));
    }
    Ok(first)
}

fn client(values: &mut Values, lists: &Lists) -> Result<(), (&'static str, String)> {
    let name = plain(get(values, "client_name"));
    if !get(values, "client_id").is_empty() || name.is_empty() {
        return Ok(());
    }
    let rows = lists.clients.rows().iter();
    let found = one(
        "client_name",
        "clients",
        rows.filter(|c| plain(&c.client_name) == name),
    )?;
    if let Some(client) = found {
        put(values, "client_id", &client.client_id);
    }
    Ok(())
}

fn matter(values: &mut Values, lists: &Lists) -> Result<(), (&'static str, String)> {
    for field in ["law_firm_matter_id", "client_matter_id", "matter_name"] {
        let wanted = plain(get(values, field));
        let client = get(values, "client_id").to_owned();
        if wanted.is_empty() {
            continue;
        }
        let rows = lists.matters.rows().iter().filter(|m| {
            let own = match field {
                "law_firm_matter_id" => &m.law_firm_matter_id,
                "client_matter_id" => &m.client_matter_id,
                _ => &m.matter_name,
            };
            plain(own) == wanted && (client.is_empty() || m.client_id == client)
        });
        if let Some(matter) = one(field, "matters", rows)? {
            put(values, "client_id", &matter.client_id);
            put(values, "law_firm_matter_id", &matter.law_firm_matter_id);
            put(values, "client_matter_id", &matter.client_matter_id);
            return Ok(());
        }
    }
    Ok(())
}

fn timekeeper(values: &mut Values, lists: &Lists) -> Result<(), (&'static str, String)> {
    let id = get(values, "timekeeper_id").to_owned();
    let name = plain(&get(values, "timekeeper_name").replace(',', " "));
    let rows = lists.timekeepers.rows().iter();
    let found = if id.is_empty() {
        if name.is_empty() {
            return Ok(());
        }
        let is_it = |t: &&FirmTimekeeper| {
            let (last, first) = (plain(&t.last_name), plain(&t.first_name));
            name == format!("{first} {last}") || name == format!("{last} {first}")
        };
        one("timekeeper_name", "timekeepers", rows.filter(is_it))?
    } else {
        rows.into_iter().find(|t| t.timekeeper_id == id)
    };
    if let Some(person) = found {
        put(values, "timekeeper_id", &person.timekeeper_id);
        put(
            values,
            "timekeeper_classification",
            &person.timekeeper_classification,
        );
        if !person.last_name.is_empty() {
            // As LEDES has it, however the export wrote it.
            let full = match person.first_name.is_empty() {
                true => person.last_name.clone(),
                false => format!("{}, {}", person.last_name, person.first_name),
            };
            values.insert("timekeeper_name", full);
        }
    }
    Ok(())
}

/// The approved rate of a row: of those that hold, the one that names the most.
///
/// # Errors
/// Two that name as much say different rates.
pub fn rate(values: &Values, day: NaiveDate, lists: &Lists) -> Result<Option<Decimal>, String> {
    // A rate for a person says more than one for a matter, and that more than one for a class.
    let names = |r: &ApprovedRate| {
        (
            !r.timekeeper_id.is_empty(),
            !r.law_firm_matter_id.is_empty(),
            !r.timekeeper_classification.is_empty(),
            !r.client_id.is_empty(),
        )
    };
    let class = get(values, "timekeeper_classification");
    let hold: Vec<&ApprovedRate> = lists
        .rates
        .of(get(values, "client_id"))
        .filter(|r| {
            holds_for(&r.law_firm_matter_id, get(values, "law_firm_matter_id"))
                && holds_for(&r.timekeeper_id, get(values, "timekeeper_id"))
                && holds_for(&r.timekeeper_classification, class)
                && in_span(day, r.from, r.until)
        })
        .filter(|r| !r.timekeeper_id.is_empty() || !r.timekeeper_classification.is_empty())
        .collect();
    let most = hold.iter().map(|r| names(r)).max();
    let mut best = hold.into_iter().filter(|r| Some(names(r)) == most);
    let Some(first) = best.next() else {
        return Ok(None);
    };
    match best.find(|r| r.rate != first.rate) {
        Some(other) => Err(format!(
            "has two approved rates on {day}, {} and {}; mend rates.csv or add a column",
            first.rate, other.rate
        )),
        None => Ok(Some(first.rate)),
    }
}
