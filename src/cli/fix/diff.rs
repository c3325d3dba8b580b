//! The changes of a fix, before and after, one a place. The same change on many lines is shown once.

use crate::revise::fix::Change;
use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Lines a change names.
const MOST_LINES: usize = 12;
/// Characters kept on either side of what differs in a long value.
const AROUND: usize = 30;

/// Writes the changes.
pub fn write(out: &mut dyn Write, file: &str, changes: &[Change]) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let red = Style::new().fg_color(Some(AnsiColor::Red.into()));
    let green = Style::new().fg_color(Some(AnsiColor::Green.into()));
    let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
    let bold = Style::new().effects(Effects::BOLD);
    writeln!(
        out,
        "{bold}--- {file}{bold:#}\n{bold}+++ {file}, fixed{bold:#}"
    )?;
    for (first, all) in alike(changes) {
        let place = place(first, &all);
        writeln!(out, "{cyan}@@ {place} [{}]{cyan:#}", first.rule)?;
        let (before, after) = shortened(&first.before, &first.after);
        for (style, sign, text) in [(red, '-', before), (green, '+', after)] {
            if text.iter().all(String::is_empty) {
                writeln!(out, "{style}{sign} (nothing){style:#}")?;
                continue;
            }
            let [lead, core, tail] = text;
            let strong = style.effects(Effects::BOLD | Effects::UNDERLINE);
            write!(out, "{style}{sign} {lead}{style:#}")?;
            if !core.is_empty() {
                write!(out, "{strong}{core}{strong:#}")?;
            }
            writeln!(out, "{style}{tail}{style:#}")?;
        }
    }
    Ok(())
}

/// Changes that put the same in the place of the same, in the order of their first lines.
fn alike(changes: &[Change]) -> Vec<(&Change, Vec<&Change>)> {
    let mut groups: Vec<(&Change, Vec<&Change>)> = Vec::new();
    let mut by_key: BTreeMap<[&str; 5], usize> = BTreeMap::new();
    for change in changes {
        let key = [
            change.invoice.as_str(),
            &change.rule,
            &change.field,
            &change.before,
            &change.after,
        ];
        let at = *by_key.entry(key).or_insert_with(|| {
            groups.push((change, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(change);
    }
    groups
}

/// "line 6, invoice AW-2041, line item 4: LINE_ITEM_UNIT_COST".
fn place(first: &Change, all: &[&Change]) -> String {
    let numbers: Vec<String> = all
        .iter()
        .take(MOST_LINES)
        .map(|c| c.line.to_string())
        .collect();
    let mut place = match all.len() {
        1 => format!("line {}", first.line),
        n if n > MOST_LINES => format!("lines {} and {} more", numbers.join(", "), n - MOST_LINES),
        _ => format!("lines {}", numbers.join(", ")),
    };
    if !first.invoice.is_empty() {
        place.push_str(&format!(", invoice {}", first.invoice));
    }
    if all.len() == 1 && !first.item.is_empty() {
        place.push_str(&format!(", line item {}", first.item));
    }
    if !first.field.is_empty() {
        place.push_str(&format!(": {}", first.field));
    }
    place
}

type Parts = [String; 3];

/// Both texts as what is the same in front, what differs, and what is the same behind; of long ones only what stands
/// round the difference. Blanks that come or go are shown as dots.
fn shortened(before: &str, after: &str) -> (Parts, Parts) {
    let (a, b): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let front = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - front;
    let back = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(most)
        .take_while(|(x, y)| x == y)
        .count();
    let parts = |text: &[char]| {
        let (lead, rest) = text.split_at(front);
        let (core, tail) = rest.split_at(rest.len() - back);
        let lead: String = match lead.len().checked_sub(AROUND) {
            Some(cut) if cut > 3 => format!("...{}", lead[cut..].iter().collect::<String>()),
            _ => lead.iter().collect(),
        };
        let tail: String = match tail.len() > AROUND + 3 {
            true => format!("{}...", tail[..AROUND].iter().collect::<String>()),
            false => tail.iter().collect(),
        };
        let blanks = !core.is_empty() && core.iter().all(|c| c.is_whitespace());
        let core: String = match blanks {
            true => core
                .iter()
                .map(|c| if *c == ' ' { '\u{b7}' } else { '\u{2192}' })
                .collect(),
            false => core.iter().filter(|c| !c.is_control()).collect(),
        };
        [lead, core, tail]
    };
    (parts(&a), parts(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> (String, String) {
        let (a, b) = shortened(before, after);
        (a.join("~"), b.join("~"))
    }

    #[test]
    fn what_differs_is_set_apart() {
        assert_eq!(
            shown("$450.00", "450.00"),
            ("~$~450.00".into(), "~~450.00".into())
        );
        assert_eq!(shown("", "x"), ("~~".into(), "~x~".into()));
        assert_eq!(shown("aa", "aaa"), ("aa~~".into(), "aa~a~".into()));
        assert_eq!(shown("x ", "x"), ("x~\u{b7}~".into(), "x~~".into()));
        let long = "word ".repeat(40);
        let (before, _) = shown(&format!("{long}\u{2019}{long}"), &format!("{long}'{long}"));
        assert!(before.starts_with("...") && before.ends_with("...") && before.len() < 80);
    }
}
