//! `cleanbill rules new ID`: a rule to begin with, which passes its own examples as it stands.

use super::Outcome;
use crate::rules::Shelf;
use crate::rules::pack::read_pack;
use anyhow::Context;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

#[derive(clap::Args, Debug)]
#[command(
    before_help = "Example: cleanbill rules new --kind limit --pack our-packs/northgate.toml partner-rate-cap"
)]
pub(super) struct Args {
    /// The rule's name: small letters, digits and hyphens
    id: String,

    /// Write it to the end of this pack, which is made where there is none [default: standard output]
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,

    /// What the rule looks for
    #[arg(long, value_enum, default_value_t = Kind::Limit)]
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Kind {
    /// Words in narratives
    Phrases,
    /// A field with a most or a least
    Limit,
    /// Whatever a condition can say
    Condition,
}

const PHRASES: &str = r#"phrases = ["courtesy copy", "rush"]              # whole words; "train*" takes any ending
message = "line item {item}: \"{found}\" is a phrase this client does not take"
why     = "The client's reviewers stop lines with these words."
help    = "Say in other words what was done."
bad     = [{ line = { line_description = "Draft answer to amended complaint of Harbour Line, courtesy copy" } }]
good    = [{ line = { line_description = "Draft answer to amended complaint of Harbour Line" } }]
"#;

const LIMIT: &str = r#"max     = { unit_cost = "max_rate" }             # or min; the limit is a parameter, so that packs can change it
max_rate = "500"
at_risk = "(unit_cost - max.unit_cost) * units"  # the money in doubt; without it the whole line
message = "line item {item}: {unit_cost} an hour; the client pays {max.unit_cost}"
why     = "The client has agreed to rates up to this one."
help    = "Bill {max.unit_cost} an hour."
bad     = [{ line = { unit_cost = "510.00" } }]
good    = [{ line = { unit_cost = "500.00" } }]
"#;

const CONDITION: &str = r#"when    = 'task_code == "L330"'                  # where it applies, if `only` cannot say it
check   = 'units <= max_hours'                   # what must hold; `cleanbill rules conditions` lists fields and functions
max_hours = "8"
message = "line item {item}: {units} hours on a deposition, more than {max_hours}"
why     = "The client pays so many hours of a deposition and no more without consent."
help    = "Name the consent in the narrative, or bill {max_hours} hours."
bad     = [{ line = { task_code = "L330", activity_code = "A109", units = "8.50", line_description = "Attend deposition of harbour pilot Moss" } }]
good    = [{ line = { task_code = "L330", activity_code = "A109", units = "8.00", line_description = "Attend deposition of harbour pilot Moss" } }]
"#;

/// The rule, with a comment where something is to be decided.
fn skeleton(id: &str, kind: Kind) -> String {
    let rest = match kind {
        Kind::Phrases => PHRASES,
        Kind::Limit => LIMIT,
        Kind::Condition => CONDITION,
    };
    format!(
        r#"[[rule]]
id      = "{id}"
title   = "what it looks for, in a few words"
group   = "guideline"
level   = "review"                               # reject, reduce, review, note
scope   = "line"                                 # what bounces or is cut: the line, or the invoice
each    = "line"                                 # line, timekeeper-day, timekeeper, matter, invoice
only    = {{ type = "F" }}                         # where it applies: F fees, E expenses; other fields as well
source  = "guidelines, clause"                   # findings cite it
{rest}"#
    )
}

fn head(file: &Path) -> String {
    let name = file
        .file_stem()
        .map_or("client", |n| n.to_str().unwrap_or("client"));
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    format!(
        r#"pack    = "{name}"
title   = "Client, outside counsel guidelines"
version = "1"
governs = {{ client_id = ["CLIENT"] }}             # the CLIENT_ID of its invoices
"#
    )
}

/// Writes the rule.
///
/// # Errors
/// A name that is none or is taken, a pack with a mistake, a file that cannot be written.
pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let id = args.id.as_str();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edges = id.starts_with('-') || id.ends_with('-') || id.contains("--");
    if id.is_empty() || !id.chars().all(plain) || edges {
        anyhow::bail!(
            "\"{id}\" is no name of a rule; write small letters, digits and hyphens, as in partner-rate-cap"
        );
    }
    let shelf = Shelf::shipped()?;
    if shelf
        .packs()
        .iter()
        .any(|p| p.rule.iter().any(|r| r.id == id))
    {
        anyhow::bail!(
            "there is a rule \"{id}\" already; to change it, write [rules.{id}] into your pack (`cleanbill explain {id}` shows its parameters)"
        );
    }
    let rule = skeleton(id, args.kind);
    let Some(file) = &args.pack else {
        out.write_all(rule.as_bytes())?;
        return Ok(Outcome::Clean);
    };
    let before = match fs::read_to_string(file) {
        Ok(text) => {
            let pack = read_pack(&file.display().to_string(), &text)?;
            if pack.rule.iter().any(|r| r.id == id) {
                anyhow::bail!("{} has a rule \"{id}\" already", file.display());
            }
            text
        }
        Err(error) if error.kind() == ErrorKind::NotFound => head(file),
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let text = format!("{}\n\n{rule}", before.trim_end());
    // What follows a section belongs to it: the rule may not land inside of one.
    read_pack(&file.display().to_string(), &text)?;
    fs::write(file, text).with_context(|| file.display().to_string())?;
    writeln!(
        out,
        "{}: rule \"{id}\" written; fill it in, then run `cleanbill rules test`",
        file.display()
    )?;
    Ok(Outcome::Clean)
}
