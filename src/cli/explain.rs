//! `cleanbill explain RULE`: what a rule looks for, how bad it is, why, and what to do.

use super::paragraph::{list_or, paragraph};
use crate::model::did_you_mean;
use crate::model::{LedesFormat, Level};
use crate::rules::pack::written::{Param, Scenario, WrittenRule};
use crate::rules::predicate::table;
use crate::rules::{Circumstances, Rule, Shelf, Variant};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// Explains a rule: its level, why it matters, what to do, where it comes from.
#[derive(clap::Args, Debug)]
#[command(before_help = "Example: cleanbill explain unknown-code")]
pub struct Args {
    /// The rule's name, as findings show it
    rule: String,
}

/// Writes the explanation.
///
/// # Errors
/// A rule that does not exist, or output that cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    let shelf = Shelf::shipped()?;
    let id = args.rule.trim().to_ascii_lowercase();
    let Some((pack, written)) = written_rule(&shelf, &id) else {
        anyhow::bail!(
            "there is no rule \"{}\"; {}",
            args.rule.trim(),
            nearest(&shelf, &id)
        );
    };
    let own = Rule::from_written(written, &Arc::from(pack))?;
    let (in_force, formats) = in_force(&shelf, &id)?;
    let rule = in_force.as_deref().unwrap_or(&own);

    writeln!(out, "{}: {}\n", rule.id, rule.title)?;
    writeln!(out, "  level       {}", level_line(&own, rule))?;
    writeln!(out, "  looks at    each {}", rule.each)?;
    writeln!(out, "  applies to  {}", list_or(&formats, "no format"))?;
    writeln!(out, "  pack        {pack}, group {}", rule.group)?;
    if let Some((family, rank)) = &rule.family {
        writeln!(
            out,
            "  family      {family}, rank {rank}: of rules of one family about the same thing the lowest rank speaks"
        )?;
    }
    if let Some(says) = table::sentence(rule) {
        writeln!(out, "\nWhat must hold\n{}", paragraph(&says, 2))?;
    }
    section(out, "It says", &rule.main.message)?;
    for (name, variant) in &rule.variants {
        writeln!(
            out,
            "{}",
            paragraph(&blanks(&variant_line(name, variant, rule.main.level)), 2)
        )?;
    }
    section(out, "Why", &rule.why)?;
    section(out, "What to do", &rule.main.help)?;
    section(out, "Source", &rule.source)?;
    if !rule.params.is_empty() {
        writeln!(
            out,
            "\nParameters (change them in a pack under [rules.{}])",
            rule.id
        )?;
        for (name, param) in &rule.params {
            writeln!(
                out,
                "{}",
                paragraph(&format!("{name} = {}", shown(param)), 2)
            )?;
        }
    }
    if let Some(example) = rule.bad.first() {
        section(out, "An invoice with this finding", &example_line(example))?;
    }
    Ok(())
}

/// The rule that was meant, or those that share a word with it, or where the list is.
fn nearest(shelf: &Shelf, id: &str) -> String {
    let packs = shelf.packs().iter();
    let ids: Vec<&str> = packs.flat_map(|p| &p.rule).map(|r| r.id.as_str()).collect();
    let meant = did_you_mean(id, ids.iter().copied());
    if meant.starts_with("did you mean") {
        return meant;
    }
    let words: Vec<&str> = id.split(['-', ' ', '_']).filter(|w| w.len() > 2).collect();
    let shares_a_word = |known: &&str| words.iter().any(|w| known.contains(w));
    let alike: Vec<&str> = ids.into_iter().filter(shares_a_word).collect();
    if alike.is_empty() {
        "`cleanbill rules list` shows every rule".to_owned()
    } else {
        format!("did you mean one of {}?", alike.join(", "))
    }
}

/// The rule as its pack has it, and the pack's name.
fn written_rule<'a>(shelf: &'a Shelf, id: &str) -> Option<(&'a str, &'a WrittenRule)> {
    shelf.packs().iter().find_map(|pack| {
        let rule = pack.rule.iter().find(|rule| rule.id == id)?;
        Some((pack.pack.as_str(), rule))
    })
}

/// The rule as the house pack leaves it, and the formats that have it. A rule of a portal or sector is off there:
/// its formats are those it has where its pack is in force.
pub(super) fn in_force(
    shelf: &Shelf,
    id: &str,
) -> anyhow::Result<(Option<Arc<Rule>>, Vec<&'static str>)> {
    let (house, formats) = in_force_with(shelf, id, &[])?;
    let (None, Some((pack, _))) = (&house, written_rule(shelf, id)) else {
        return Ok((house, formats));
    };
    let (own, formats) = in_force_with(shelf, id, &[pack.to_owned()])?;
    let off = own.map(|rule| {
        let mut off = Rule::clone(&rule);
        off.set_level(Level::Off);
        Arc::new(off)
    });
    Ok((off, formats))
}

fn in_force_with(
    shelf: &Shelf,
    id: &str,
    packs: &[String],
) -> anyhow::Result<(Option<Arc<Rule>>, Vec<&'static str>)> {
    let mut found = None;
    let mut formats = Vec::new();
    for format in LedesFormat::ALL {
        let told = Circumstances {
            format: Some(format),
            packs: packs.to_vec(),
            ..Circumstances::default()
        };
        let set = shelf.rules_on(&told, None)?;
        if let Some(rule) = set.rules().iter().find(|rule| rule.id.as_str() == id) {
            found.get_or_insert_with(|| Arc::clone(rule));
            formats.push(format.name());
        }
    }
    Ok((found, formats))
}

pub(super) fn level_line(own: &Rule, in_force: &Rule) -> String {
    let written = own.main.level;
    match in_force.main.level {
        level if level == written => written.to_string(),
        Level::Off => format!("off; {written} where a client's or portal's pack asks for it"),
        level => format!("{level} (the house pack; the rule by itself says {written})"),
    }
}

fn variant_line(name: &str, variant: &Variant, main: Level) -> String {
    let level = if variant.level == main {
        String::new()
    } else {
        format!(", {}", variant.level)
    };
    format!("({name}{level}) {}", variant.message)
}

fn section(out: &mut dyn Write, title: &str, text: &str) -> std::io::Result<()> {
    writeln!(out, "\n{title}\n{}", paragraph(&blanks(text), 2))
}

/// A sentence whose `{name}`s, filled in a finding, are shown as what they stand for.
fn blanks(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        let Some((name, after)) = tail.split_once('}') else {
            break;
        };
        shown.push_str(before);
        shown.push_str(&format!("<{}>", name.replace('_', " ")));
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// A parameter as it is written in a pack.
pub(super) fn shown(param: &Param) -> String {
    match param {
        Param::Bool(yes) => yes.to_string(),
        Param::Integer(number) => number.to_string(),
        Param::Text(text) => format!("\"{text}\""),
        Param::List(list) => {
            let quoted: Vec<String> = list.iter().map(|text| format!("\"{text}\"")).collect();
            format!("[{}]", quoted.join(", "))
        }
    }
}

/// An example in words: which fields of a good invoice it changes.
pub(super) fn example_line(example: &Scenario) -> String {
    let mut parts = Vec::new();
    let mut changes = |place: String, fields: &BTreeMap<String, String>| {
        for (field, value) in fields {
            let value = if value.is_empty() { "empty" } else { value };
            parts.push(format!("{field} {value:?} {place}").replace("\"empty\"", "empty"));
        }
    };
    changes("on the first fee line".to_owned(), &example.line);
    for (index, fields) in example.lines.iter().enumerate() {
        changes(format!("on line item {}", index + 1), fields);
    }
    changes("on every line".to_owned(), &example.invoice);
    for [from, to] in &example.replace {
        parts.push(format!("{to:?} in place of {from:?}"));
    }
    for (name, value) in &example.params {
        parts.push(format!("with {name} = {}", shown(value)));
    }
    if let Some(file) = &example.file {
        let first: String = file
            .lines()
            .find(|l| !l.is_empty())
            .unwrap_or("")
            .chars()
            .take(60)
            .collect();
        parts.push(match first.is_empty() {
            true => "an empty file".to_owned(),
            false => format!("a file that begins {:?}", first.escape_debug().to_string()),
        });
    }
    match parts.is_empty() {
        true => "the good invoice as it is".to_owned(),
        false => parts.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(rule: &str) -> anyhow::Result<String> {
        let mut out = Vec::new();
        let args = Args {
            rule: rule.to_owned(),
        };
        run(&args, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn a_rule_is_explained_with_what_the_house_does() {
        let text = explained("jcode-use").expect("a rule");
        for part in [
            "jcode-use: ",
            "off; review where",
            "Why\n",
            "What to do\n",
            "allowed = false",
            "JE30",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 110),
            "{text}"
        );
    }

    #[test]
    fn a_mistyped_rule_gets_the_right_name() {
        let error = explained("unknwon-code")
            .expect_err("no such rule")
            .to_string();
        assert!(error.contains("did you mean \"unknown-code\"?"), "{error}");
        let error = explained("tax").expect_err("no such rule").to_string();
        assert!(error.contains("tax-math-mismatch"), "{error}");
    }
}
