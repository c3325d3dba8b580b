//! `cleanbill rules list`: every rule with its level, pack and one sentence; `cleanbill rules reference`: all
//! there is to say about each.

use super::Outcome;
use super::explain::shown;
use crate::check::examples;
use crate::model::did_you_mean;
use crate::model::{Confidence, LedesFormat, Level, Scope};
use crate::rules::condition;
use crate::rules::pack::written::Param;
use crate::rules::predicate::table;
use crate::rules::{Circumstances, Rule, RuleSet, Shelf};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Shows the rules in force.
#[derive(clap::Args, Debug)]
#[command(before_help = "Example: cleanbill rules list")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Lists every rule with its level, its pack and what it looks for
    List(List),
    /// Writes the reference of all rules, as Markdown
    #[command(before_help = "Example: cleanbill rules reference > rules.md")]
    Reference,
    /// Writes the page on the condition language: every field and function, as Markdown
    #[command(before_help = "Example: cleanbill rules conditions > conditions.md")]
    Conditions,
    /// Runs the bad and good examples of every rule, or of one pack's
    Test(Test),
    /// Writes a rule to begin with, which passes its own examples
    New(super::rules_new::Args),
    /// Shows which invoices would get other findings under other packs
    Diff(super::rules_diff::Args),
}

#[derive(clap::Args, Debug)]
#[command(before_help = "Example: cleanbill rules test --packs our-packs client-northgate")]
struct Test {
    /// The pack whose examples are run [default: all of --packs, or all that are shipped]
    pack: Option<String>,

    /// Add the packs of this folder (one .toml file a pack) to those of the program
    #[arg(long, value_name = "DIR")]
    packs: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
#[command(before_help = "Example: cleanbill rules list --format json")]
struct List {
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// One JSON document
    Json,
}

/// A rule in the list.
#[derive(Serialize)]
struct Listed {
    rule: String,
    group: String,
    /// As the house pack leaves it.
    level: Level,
    /// As the rule's own pack has it.
    own_level: String,
    scope: Scope,
    confidence: Confidence,
    pack: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<String>,
    /// What it looks for.
    title: String,
    ledes_formats: Vec<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: BTreeMap<String, Param>,
    /// What must hold, in a sentence, where the rule is a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    source: String,
}

/// Writes the list.
///
/// # Errors
/// Output that cannot be written.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let list = match &args.command {
        Command::List(list) => list,
        Command::Reference => return super::reference::run(out).map(|()| Outcome::Clean),
        Command::Conditions => {
            out.write_all(condition::page().as_bytes())?;
            return Ok(Outcome::Clean);
        }
        Command::Test(test) => return tested(test, out),
        Command::New(new) => return super::rules_new::run(new, out),
        Command::Diff(diff) => return super::rules_diff::run(diff, out),
    };
    let rules = listed()?;
    match list.format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &rules)?;
            writeln!(out)?;
        }
        Format::Text => text(&rules, out)?,
    }
    Ok(Outcome::Clean)
}

/// Runs examples and prints how many there are, by pack and group, and those that fail.
fn tested(args: &Test, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut shelf = Shelf::shipped()?;
    let mut only: Vec<String> = Vec::new();
    if let Some(folder) = &args.packs {
        shelf.add_folder(folder)?;
        let own = shelf.packs().iter().filter(|p| !p.places.file.is_empty());
        only = own.map(|p| p.pack.clone()).collect();
    }
    if let Some(pack) = &args.pack {
        if !shelf.packs().iter().any(|p| p.pack == *pack) {
            let known = shelf.packs().iter().map(|p| p.pack.as_str());
            anyhow::bail!("there is no pack \"{pack}\"; {}", did_you_mean(pack, known));
        }
        only = vec![pack.clone()];
    }
    let groups = if only.is_empty() {
        examples::run(&shelf, None)
    } else {
        only.iter()
            .flat_map(|pack| examples::run(&shelf, Some(pack)))
            .collect()
    };
    for group in &groups {
        writeln!(
            out,
            "{:<26}  {:<10}  {:>3} rules  {:>3} bad  {:>3} good  {}",
            group.pack,
            group.group,
            group.rules,
            group.bad,
            group.good,
            match group.failed.len() {
                0 => "all pass".to_owned(),
                failed => format!("{failed} FAIL"),
            }
        )?;
    }
    for pack in shelf.packs() {
        let asked = only.is_empty() || only.contains(&pack.pack);
        if asked && !pack.rules.is_empty() {
            shelf.look_through(pack)?;
            let (name, count) = (&pack.pack, pack.rules.len());
            writeln!(
                out,
                "{name:<26}  {:<10}  {count:>3} rules  looked through",
                "changes"
            )?;
        }
    }
    let failed: Vec<_> = groups.iter().flat_map(|g| &g.failed).collect();
    for f in &failed {
        writeln!(out, "\n{}, {}: {}", f.rule, f.example, f.what)?;
    }
    let sum = |of: fn(&examples::Tested) -> usize| groups.iter().map(of).sum::<usize>();
    writeln!(
        out,
        "\n{} rules with {} examples, {} of them fail",
        sum(|g| g.rules),
        sum(|g| g.bad + g.good),
        failed.len()
    )?;
    Ok(if failed.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Findings
    })
}

/// Every rule of the shelf, in the order of the packs.
fn listed() -> anyhow::Result<Vec<Listed>> {
    let shelf = Shelf::shipped()?;
    let house = sets(&shelf, &[])?;
    let mut rules: Vec<Listed> = Vec::new();
    for pack in shelf.packs() {
        // The rules of a portal or sector are not in force in the house.
        let own = match pack.rule.iter().all(|r| find(&house, &r.id).is_none()) {
            true if !pack.rule.is_empty() => sets(&shelf, std::slice::from_ref(&pack.pack))?,
            _ => Vec::new(),
        };
        for written in &pack.rule {
            if rules.iter().any(|r| r.rule == written.id) {
                continue;
            }
            let (of_house, at_portal) = (find(&house, &written.id), find(&own, &written.id));
            let sets = if of_house.is_some() { &house } else { &own };
            let Some(rule) = of_house.as_ref().or(at_portal.as_ref()) else {
                continue;
            };
            let has = |set: &RuleSet| set.rules().iter().any(|r| r.id.as_str() == written.id);
            let formats = sets.iter().filter(|(_, set)| has(set));
            let formats = formats.map(|(f, _)| f.name()).collect();
            let mut listed = entry(rule, &written.level, &pack.pack, formats);
            if of_house.is_none() {
                listed.level = Level::Off;
            }
            rules.push(listed);
        }
    }
    Ok(rules)
}

/// The rules of each format, with packs in force by their names.
fn sets(shelf: &Shelf, packs: &[String]) -> anyhow::Result<Vec<(LedesFormat, RuleSet)>> {
    let of = |format| {
        let told = Circumstances {
            format: Some(format),
            packs: packs.to_vec(),
            ..Circumstances::default()
        };
        Ok((format, shelf.rules_on(&told, None)?))
    };
    LedesFormat::ALL.into_iter().map(of).collect()
}

fn find(sets: &[(LedesFormat, RuleSet)], id: &str) -> Option<Arc<Rule>> {
    let of = |set: &RuleSet| {
        let rule = set.rules().iter().find(|r| r.id.as_str() == id);
        rule.cloned()
    };
    sets.iter().find_map(|(_, set)| of(set))
}

fn entry(rule: &Rule, own_level: &str, pack: &str, ledes_formats: Vec<&'static str>) -> Listed {
    Listed {
        rule: rule.id.to_string(),
        group: rule.group.clone(),
        level: rule.main.level,
        own_level: own_level.to_owned(),
        scope: rule.main.scope,
        confidence: rule.confidence,
        pack: pack.to_owned(),
        family: rule.family.as_ref().map(|(family, _)| family.to_string()),
        title: rule.title.clone(),
        ledes_formats,
        params: rule.params.clone(),
        says: table::sentence(rule),
        source: rule.source.clone(),
    }
}

fn text(rules: &[Listed], out: &mut dyn Write) -> std::io::Result<()> {
    let width = |of: fn(&Listed) -> &str| rules.iter().map(|r| of(r).len()).max().unwrap_or(0);
    let names = width(|r| &r.rule);
    let packs = width(|r| &r.pack);
    for rule in rules {
        let (level, name, pack) = (rule.level.name(), &rule.rule, &rule.pack);
        writeln!(
            out,
            "{level:<6}  {name:<names$}  {pack:<packs$}  {}",
            sentence(rule)
        )?;
    }
    let off = rules.iter().filter(|r| r.level == Level::Off).count();
    writeln!(
        out,
        "\n{} rules, {off} of them off until a client's or portal's pack asks for them. \
         `cleanbill explain RULE` says more about one.",
        rules.len()
    )
}

/// What the rule looks for, with the parameters that say something.
fn sentence(rule: &Listed) -> String {
    if let Some(says) = &rule.says {
        return format!("{}. {says}", rule.title);
    }
    let said = |param: &Param| match param {
        Param::List(list) => !list.is_empty() && list.len() <= 6,
        Param::Bool(_) | Param::Integer(_) | Param::Text(_) => true,
    };
    let params: Vec<String> = rule
        .params
        .iter()
        .filter(|(_, param)| said(param))
        .map(|(name, param)| format!("{} {}", name.replace('_', " "), shown(param)))
        .collect();
    if params.is_empty() {
        rule.title.clone()
    } else {
        format!("{} ({})", rule.title, params.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(format: Format) -> String {
        let mut out = Vec::new();
        let args = Args {
            command: Command::List(List { format }),
        };
        run(&args, &mut out).expect("printed");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn every_rule_stands_in_the_list_once() {
        let json: serde_json::Value = serde_json::from_str(&printed(Format::Json)).expect("json");
        let list = json.as_array().expect("a list");
        let find = |id: &str| -> Vec<&serde_json::Value> {
            list.iter().filter(|r| r["rule"] == id).collect()
        };
        assert_eq!(find("unknown-code").len(), 1);
        let jcode = find("jcode-use")[0];
        assert_eq!(
            (jcode["level"].as_str(), jcode["own_level"].as_str()),
            (Some("off"), Some("review"))
        );
        let text = printed(Format::Text);
        assert_eq!(text.lines().count(), list.len() + 2);
    }
}
