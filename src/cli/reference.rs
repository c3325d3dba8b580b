//! `cleanbill rules reference`: every rule with all its texts, as Markdown. `rules/REFERENCE.md` is its output.

use super::explain::{example_line, in_force, level_line, shown};
use crate::model::{LedesFormat, Level};
use crate::rules::pack::written::WrittenRule;
use crate::rules::predicate::table;
use crate::rules::{Rule, Shelf, Variant};
use std::io::Write;
use std::sync::Arc;

const INTRODUCTION: &str = "# Rules

Written by `cleanbill rules reference`; `UPDATE=1 cargo test --test generated` writes it anew. Do not edit.

A rule's level says what a finding of it means for the bill: `reject` (a portal would send the invoice back), \
`reduce` (money would be cut), `review` (a person may question it), `note` (worth knowing), `off` (not looked for \
unless a client's or portal's pack asks for it). The levels are those of the house pack; where the rule by itself \
says something else, that is named. In a message `{name}` stands for a value of the finding. Of the rules of one \
family that speak about the same thing only the one with the lowest rank does.
";

/// One rule with what is known of it.
struct Entry<'a> {
    written: &'a WrittenRule,
    own: Rule,
    /// As the house pack leaves it.
    rule: Arc<Rule>,
    formats: Vec<&'static str>,
    pack: &'a str,
}

/// Writes the reference.
///
/// # Errors
/// Output that cannot be written.
pub(super) fn run(out: &mut dyn Write) -> anyhow::Result<()> {
    let shelf = Shelf::shipped()?;
    let mut groups: Vec<(&str, Vec<Entry<'_>>)> = Vec::new();
    for pack in shelf.packs() {
        for written in &pack.rule {
            let own = Rule::from_written(written, &Arc::from(pack.pack.as_str()))?;
            let (house, formats) = in_force(&shelf, &written.id)?;
            let entry = Entry {
                rule: house.unwrap_or_else(|| Arc::new(own.clone())),
                own,
                written,
                formats,
                pack: &pack.pack,
            };
            match groups.iter_mut().find(|(group, _)| *group == written.group) {
                Some((_, entries)) => entries.push(entry),
                None => groups.push((&written.group, vec![entry])),
            }
        }
    }
    for (_, entries) in &mut groups {
        entries.sort_by(|a, b| a.written.id.cmp(&b.written.id));
    }
    writeln!(out, "{INTRODUCTION}")?;
    for (group, entries) in &groups {
        contents(out, group, entries)?;
    }
    for (group, entries) in &groups {
        writeln!(out, "## Group `{group}`\n")?;
        for entry in entries {
            section(out, entry)?;
        }
    }
    Ok(())
}

fn contents(out: &mut dyn Write, group: &str, entries: &[Entry<'_>]) -> std::io::Result<()> {
    writeln!(out, "| `{group}` | level | looks for |\n|---|---|---|")?;
    for entry in entries {
        let id = entry.rule.id.as_str();
        writeln!(
            out,
            "| [{id}](#{id}) | {} | {} |",
            entry.rule.main.level,
            text(&entry.rule.title).replace('|', "\\|")
        )?;
    }
    writeln!(out)
}

fn section(out: &mut dyn Write, entry: &Entry<'_>) -> std::io::Result<()> {
    let rule = &entry.rule;
    writeln!(out, "### {}\n\n{}.\n", rule.id, capital(&text(&rule.title)))?;
    writeln!(out, "- Level: {}", level_line(&entry.own, rule))?;
    writeln!(out, "- Looks at: each {}; pack `{}`", rule.each, entry.pack)?;
    if entry.formats.len() < LedesFormat::ALL.len() {
        writeln!(out, "- Formats: {}", entry.formats.join(", "))?;
    }
    if let Some((family, rank)) = &rule.family {
        writeln!(out, "- Family: {family}, rank {rank}")?;
    }
    if let Some(says) = table::sentence(rule) {
        writeln!(out, "- Must hold: {}", text(&says))?;
    }
    writeln!(out, "- Message: {}", text(&rule.main.message))?;
    writeln!(out, "- Why: {}", text(&rule.why))?;
    writeln!(out, "- What to do: {}", text(&rule.main.help))?;
    for (name, variant) in &rule.variants {
        writeln!(out, "- Variant {}", variant_line(name, variant, &rule.main))?;
    }
    for (name, param) in &rule.params {
        writeln!(out, "- Parameter `{name}`: `{}`", shown(param))?;
    }
    if let Some(example) = entry.written.bad.first() {
        writeln!(
            out,
            "- Gives this finding: {}",
            text(&example_line(example))
        )?;
    }
    writeln!(out, "- Source: {}\n", text(&rule.source))
}

fn variant_line(name: &str, variant: &Variant, main: &Variant) -> String {
    let level = match variant.level {
        level if level == main.level => String::new(),
        Level::Off => ", off unless a pack asks for it".to_owned(),
        level => format!(", {level}"),
    };
    let mut line = format!("`{name}`{level}: {}", text(&variant.message));
    if variant.help != main.help {
        line.push_str(&format!(". What to do: {}", text(&variant.help)));
    }
    line
}

/// A text in which Markdown sees no markup but code between backticks.
fn text(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    let mut code = false;
    for character in plain.chars() {
        code ^= character == '`';
        match character {
            '<' | '*' if !code => out.extend(['\\', character]),
            '\n' => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

fn capital(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_outside_of_code() {
        assert_eq!(text("<fee> a*b `<x>`"), "\\<fee> a\\*b `<x>`");
        assert_eq!(capital("a title"), "A title");
    }

    #[test]
    fn every_rule_has_its_section() {
        let mut out = Vec::new();
        run(&mut out).expect("written");
        let reference = String::from_utf8(out).expect("text");
        let shelf = Shelf::shipped().expect("packs");
        for rule in shelf.packs().iter().flat_map(|p| &p.rule) {
            let heading = format!("\n### {}\n", rule.id);
            assert_eq!(reference.matches(&heading).count(), 1, "{}", rule.id);
        }
    }
}
