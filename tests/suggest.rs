//! Suggested codes against those of our own invoices, which are coded by hand.

use assert_cmd::Command;
use cleanbill::formats::{Source, survey};
use cleanbill::model::{Cell, Confidence, Invoice, LineKind};
use cleanbill::rules::narrative::{Roster, read};
use cleanbill::rules::suggest::{Suggestion, activity, expense, task};
use std::fs;
use std::path::Path;

fn invoices(folder: &str) -> Vec<Invoice> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if !path.is_file() {
            continue;
        }
        let source = Source::open(&path).expect("a fixture");
        let survey = survey(&source).expect("readable");
        for index in 0..survey.invoices.count() {
            all.push(survey.invoices.read(index).expect("readable").invoice);
        }
    }
    all
}

/// How many suggestions there were, how many were right, and the same of the sure ones.
#[derive(Default, Debug)]
struct Tally {
    lines: usize,
    made: usize,
    right: usize,
    sure: usize,
    sure_right: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn take(&mut self, text: &str, code: &str, suggestion: Option<Suggestion>) {
        self.lines += 1;
        let Some(found) = suggestion else {
            return;
        };
        let right = usize::from(found.code.code == code);
        self.made += 1;
        self.right += right;
        if found.confidence == Confidence::High {
            self.sure += 1;
            self.sure_right += right;
            if right == 0 {
                self.wrong
                    .push(format!("{code} {} {text}", found.code.code));
            }
        }
    }
}

#[test]
fn suggestions_agree_with_codes_given_by_hand() {
    let (mut tasks, mut activities, mut expenses) =
        (Tally::default(), Tally::default(), Tally::default());
    for invoice in invoices("fixtures/decent") {
        for line in &invoice.lines {
            let text = invoice.get(line.description).into_owned();
            let code = |cell: Cell| invoice.get(cell).into_owned();
            match line.kind.get() {
                Some(LineKind::Fee) => {
                    let own = code(line.task_code);
                    if own.starts_with('L') {
                        tasks.take(&text, &own, task(&text, &["litigation"]));
                    }
                    let own = code(line.activity_code);
                    if !own.is_empty() {
                        let reading = read(&text, &Roster::default());
                        activities.take(&text, &own, activity(&text, &reading));
                    }
                }
                Some(LineKind::Expense) => {
                    let own = code(line.expense_code);
                    if own.starts_with('E') {
                        expenses.take(&text, &own, expense(&text));
                    }
                }
                _ => {}
            }
        }
    }
    // Run with --nocapture for the figures.
    println!("tasks {tasks:#?}\nactivities {activities:#?}\nexpenses {expenses:#?}");
    for (tally, lines, made, sure) in [
        (&tasks, FLOORS[0][0], FLOORS[0][1], FLOORS[0][2]),
        (&activities, FLOORS[1][0], FLOORS[1][1], FLOORS[1][2]),
        (&expenses, FLOORS[2][0], FLOORS[2][1], FLOORS[2][2]),
    ] {
        assert!(tally.lines > lines, "{tally:#?}");
        assert!(tally.right * 100 >= tally.made * made, "{tally:#?}");
        assert!(tally.sure_right * 100 >= tally.sure * sure, "{tally:#?}");
    }
}

/// Lines there are at least; per cent right of all suggestions, and of the sure ones. Of tasks, activities, expenses.
const FLOORS: [[usize; 3]; 3] = [[100, 75, 80], [200, 88, 95], [50, 88, 95]];

#[test]
fn the_command_names_line_code_and_reason_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("march.txt");
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/examples/good-1998B.txt");
    let text = fs::read_to_string(good)
        .expect("a good invoice")
        .replace("|L210||A103|", "|||A103|")
        .replace("|E101|", "|E999|")
        .replace("|L320||A104|", "|L320||A101|");
    fs::write(&file, &text).expect("written");
    let done = Command::cargo_bin("cleanbill")
        .expect("the program")
        .args(["codes", "--suggest"])
        .arg(&file)
        .assert()
        .success();
    let said = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    for line in [
        "line 3, invoice AW-2041, line item 1: \"Draft answer to amended complaint of Harbour Line\"",
        "task      L210  Pleadings (high confidence, by \"answer to amended complaint\"; now empty)",
        "expense   E101  Copying (high confidence, by \"copying\"; now E999)",
        "Nothing was changed",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(fs::read_to_string(&file).expect("the file"), text);
    Command::cargo_bin("cleanbill")
        .expect("the program")
        .args(["codes", "--suggest"])
        .arg(folder.path().join("none.txt"))
        .assert()
        .code(3);
}

/// A check's help names the code the words suggest, from the sets the list of matters gives the matter; nothing is
/// changed, and a code that can be told from no words is not made up.
#[test]
fn the_help_of_a_finding_about_codes_tells_what_the_words_suggest() {
    use cleanbill::check::{Options, check_bytes};
    use cleanbill::rules::Shelf;
    use std::sync::Arc;
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/examples/good-1998B.txt");
    let good = fs::read_to_string(good).expect("a good invoice");
    let wrong = good
        .replace(
            "Draft answer to amended complaint of Harbour Line",
            "Review proof of claim of Harbour Line",
        )
        .replace("|L210||A103|", "|L211||A103|")
        .replace("|E101|", "|E199|");
    let lists = |sets: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(
            folder.path().join("matters.csv"),
            format!("client_id,law_firm_matter_id,code_sets\nSMF01,2026-0113,{sets}\n"),
        )
        .expect("written");
        cleanbill::firm::load(folder.path()).expect("lists").lists
    };
    let help = |text: &str, sets: &str| -> Vec<String> {
        let day = "2026-10-06".parse().expect("a day");
        let options = Options {
            lists: Arc::new(lists(sets)),
            ..Options::on(day, Shelf::shipped().expect("packs"))
        };
        let report = check_bytes("file", text.as_bytes(), &options).expect("checked");
        let all = report.invoices.iter().flat_map(|i| &i.findings);
        all.filter(|f| f.rule == "unknown-code")
            .map(|f| f.help.clone())
            .collect()
    };
    let with = help(&wrong, "bankruptcy");
    assert!(
        with.iter().any(|h| h.contains(
            "line item 1: B310 Claims Administration and Objections (high confidence, by \"proof of claim\")"
        )),
        "{with:?}"
    );
    assert!(
        with.iter()
            .any(|h| h.contains("line item 3: E101 Copying (high confidence, by \"copying\")")),
        "{with:?}"
    );
    let without = help(&wrong, "litigation");
    assert!(without.iter().all(|h| !h.contains("B310")), "{without:?}");
    // The same twice.
    assert_eq!(with, help(&wrong, "bankruptcy"));
}
