//! The run in sentences a person without a technical trade reads.

use super::wording::{amount, counted, listed, money, printable};
use crate::check::{ListUsed, NotChecked, Run, RunError, Summary, Verdict};

/// `Checked 3 files with 3 invoices and 47 lines; 1 file holds no invoice.`
pub(super) fn scope(summary: &Summary) -> String {
    let mut text = format!(
        "Checked {} with {} and {}",
        counted(summary.files, "file"),
        counted(summary.invoices, "invoice"),
        counted(summary.lines, "line"),
    );
    let judged = summary.clean + summary.note + summary.review + summary.reduce + summary.reject;
    let without = judged.saturating_sub(summary.invoices);
    if without > 0 {
        let verb = if without == 1 { "holds" } else { "hold" };
        text += &format!("; {} {verb} no invoice", counted(without, "file"));
    }
    text + "."
}

/// How many invoices (and files without one) have which verdict, the worst first; what does not occur is left out.
pub(super) fn verdicts(summary: &Summary) -> Vec<(usize, Verdict)> {
    let mut verdicts = vec![
        (summary.reject, Verdict::Reject),
        (summary.reduce, Verdict::Reduce),
        (summary.review, Verdict::Review),
        (summary.note, Verdict::Note),
        (summary.clean, Verdict::Clean),
    ];
    verdicts.retain(|(count, _)| *count > 0);
    verdicts
}

/// A verdict as the end of a count: `3 would be rejected`.
pub(super) fn verdict_of_many(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reject => "would be rejected",
        Verdict::Reduce => "would be cut",
        Verdict::Review => "may be questioned",
        Verdict::Note => "can be sent, with a note",
        Verdict::Clean => "clean",
    }
}

/// What is wrong with a file as a whole holds for every invoice in it, clean ones included.
pub(super) fn whole_file(run: &Run) -> Option<&'static str> {
    if run.summary.invoices == 0 {
        return None;
    }
    match run.worst_file {
        Verdict::Reject => Some(
            "A file would be rejected as a whole, and with it every invoice in it, clean or not.",
        ),
        Verdict::Reduce | Verdict::Review => {
            Some("A file may be questioned as a whole, and with it every invoice in it.")
        }
        Verdict::Note | Verdict::Clean => None,
    }
}

/// `1,403.60 USD and 12,000.00 in a currency the file does not name`; `None` where no money is in doubt.
pub(super) fn at_risk(summary: &Summary) -> Option<String> {
    let sums: Vec<String> = summary
        .at_risk
        .iter()
        .rev()
        .filter(|(_, sum)| !sum.is_zero())
        .map(|(currency, sum)| match currency.as_str() {
            "" | "?" => format!("{} in a currency the file does not name", money(sum)),
            _ => amount(sum, currency),
        })
        .collect();
    (!sums.is_empty()).then(|| listed(&sums))
}

/// Which lists of the firm were used and of which day they are; then one sentence for each that may not hold any more.
pub(super) fn lists(lists: &[ListUsed]) -> Vec<String> {
    if lists.is_empty() {
        return Vec::new();
    }
    let named = lists.iter().map(|list| {
        let of = list
            .as_of
            .map_or("of no day".to_owned(), |day| format!("of {day}"));
        let complete = if list.complete { ", complete" } else { "" };
        format!(
            "{} ({of}, {}{complete})",
            list.list,
            counted(list.rows, "row")
        )
    });
    let named: Vec<String> = named.collect();
    let mut sentences = vec![format!("Lists of the firm: {}.", named.join(", "))];
    let stale = |list: &ListUsed| Some(format!("List {}: {}.", list.list, list.warning.as_ref()?));
    sentences.extend(lists.iter().filter_map(stale));
    sentences
}

/// What was not loaded with the rules that needed it, in one sentence; then one for each other reason.
pub(super) fn not_checked(not_checked: &[NotChecked]) -> Vec<String> {
    let mut missing: Reasons<'_> = Vec::new();
    let mut others: Reasons<'_> = Vec::new();
    let mut exceptions = Vec::new();
    for not in not_checked {
        if not.because.starts_with("its exception") {
            exceptions.push(format!("{}: {}.", not.rule, printable(&not.because)));
            continue;
        }
        let list = not
            .because
            .strip_prefix("no ")
            .and_then(|rest| rest.strip_suffix(" loaded"))
            .map(|list| list.strip_prefix("list of ").unwrap_or(list));
        match list {
            Some(list) => add(&mut missing, list, &not.rule),
            None => add(&mut others, &not.because, &not.rule),
        }
    }
    let mut sentences = Vec::new();
    if !missing.is_empty() {
        let named = missing
            .iter()
            .map(|(list, rules)| format!("{} ({})", printable(list), rules.join(", ")));
        let named: Vec<String> = named.collect();
        sentences.push(format!(
            "Not loaded, so not checked: {}. See cleanbill init.",
            named.join("; ")
        ));
    }
    let sentence = |(because, rules): (&str, Vec<&str>)| {
        format!(
            "Not checked, as {}: {}.",
            printable(because),
            rules.join(", ")
        )
    };
    sentences.extend(others.into_iter().map(sentence));
    sentences.extend(exceptions);
    sentences
}

/// Reasons, each with the rules it holds for.
type Reasons<'a> = Vec<(&'a str, Vec<&'a str>)>;

fn add<'a>(reasons: &mut Reasons<'a>, because: &'a str, rule: &'a str) {
    match reasons.iter_mut().find(|(known, _)| *known == because) {
        Some((_, rules)) => rules.push(rule),
        None => reasons.push((because, vec![rule])),
    }
}

/// One sentence for each file that could not be read.
pub(super) fn not_read(run: &Run) -> Vec<String> {
    run.errors
        .iter()
        .map(|RunError { path, message }| {
            format!(
                "Could not be read: {}: {}.",
                printable(path),
                printable(message)
            )
        })
        .collect()
}
