//! The page that documents every field and function.

use super::functions::{Aggregate, FUNCTIONS};
use super::glossary::{Entry, FIELDS, LINE_TYPE};
use super::subject::Level;
use super::syntax::Op;
use std::fmt::Write;

const INTRODUCTION: &str = "# Conditions

Written by `cleanbill rules conditions`; `UPDATE=1 cargo test --test generated` writes it anew. Do not edit.

A rule may say `when` it applies, what to `check`, and what is `at_risk`, in a small language with the syntax of CEL. \
`when` and `check` must hold or not; a rule gives a finding where `when` holds and `check` does not. `at_risk` is an \
amount. Names and types are looked at when the pack is loaded. There are no loops, and length and depth are limited.

A field that is absent, blank or unreadable has no value, and neither has what is worked out from it: then nothing \
is found. `has(field)` asks for it. With `&&` and `||` one side decides where it can.

Texts stand between quotes (`\"E101\"` or `'E101'`; patterns as `r'^[A-Z]+$'`), numbers are exact (`0.10`), a percentage is \
written `50 %`, a list `[\"E101\", \"E102\"]`. A plain number beside days counts as days. Functions of a text may be \
written behind it: `narrative.contains(\"fax\")`. The rule's own parameters are named like fields; those of its `min` and \
`max` are `max.unit_cost` and so on.
";

/// The page, as Markdown.
pub fn page() -> String {
    let mut out = String::from(INTRODUCTION);
    out.push_str("\n## Operators\n\n");
    out.push_str("From weakest to strongest: `? :`, `||`, `&&`, then the comparisons and `in`, `+ -`, `*`, `! -`. All of them: ");
    let signs: Vec<String> = Op::ALL
        .iter()
        .map(|op| format!("`{}`", op.sign()))
        .collect();
    let _ = writeln!(out, "{}, `!`, `? :` and brackets.", signs.join(", "));
    out.push_str("\n## Fields\n\nA field can be used in rules about each of what it belongs to, and of what is smaller.\n\n");
    out.push_str("| field | also | type | of a | 1998B, 1998BI | XML 2.x | LEDES 2000 |\n|---|---|---|---|---|---|---|\n");
    for entry in std::iter::once(&LINE_TYPE).chain(FIELDS) {
        field(&mut out, entry);
    }
    out.push_str(
        "\n`line_type` is `F` (fee), `E` (expense), `IF` or `IE` (adjustments) in every format.\n",
    );
    out.push_str(
        "\n## Values over lines\n\n| name | says | in rules about each |\n|---|---|---|\n",
    );
    for sum in Aggregate::ALL {
        let levels: Vec<&str> = Level::ALL
            .into_iter()
            .filter(|level| sum.is_known_at(*level))
            .map(Level::name)
            .collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            sum.name(),
            sum.says(),
            levels.join(", ")
        );
    }
    out.push_str("\n## Functions\n\n| function | gives | says |\n|---|---|---|\n");
    for function in &FUNCTIONS {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            function.form,
            function.gives.name(),
            function.says
        );
    }
    out
}

fn field(out: &mut String, entry: &Entry) {
    use crate::model::LedesFormat::{L1998BIV2, L2000, Xml21};
    let code = |names: &[&str]| {
        let names: Vec<String> = names
            .iter()
            .filter(|n| !n.is_empty())
            .map(|n| format!("`{n}`"))
            .collect();
        names.join(", ")
    };
    let name = |format| code(&[entry.field.name_in(format)]);
    let _ = writeln!(
        out,
        "| `{}` | {} | {} | {} | {} | {} | {} |",
        entry.field.canonical(),
        code(entry.aliases),
        entry.kind().name(),
        entry.of.name(),
        name(L1998BIV2),
        name(Xml21),
        name(L2000)
    );
}
