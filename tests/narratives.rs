//! Labelled narratives, scored as the reference says (guidelines section 8). They are not part of the project:
//! `CLEANBILL_SAMPLES` names their folder, and without it the tests say "skipped".
//!
//! The figures of each third of the file are printed beside those of the whole. What the reader has as numbers, the
//! terms of block billing and the share of a line that must be vague, is fitted on each third and tried on the rest.
//! Its words and patterns were written with the whole file at hand; no fold can undo that.

use cleanbill::rules::narrative::{NarrativeReading, Options, Roster, Verdict, read, score};
use rust_decimal::Decimal;
use std::path::PathBuf;
use std::{env, fmt};

fn samples() -> Option<PathBuf> {
    let folder = env::var_os("CLEANBILL_SAMPLES").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: CLEANBILL_SAMPLES is not set");
    }
    folder
}

/// Right and wrong answers to one question.
#[derive(Clone, Copy, Default)]
struct Tally {
    hit: u32,
    false_alarm: u32,
    missed: u32,
    quiet: u32,
}

impl Tally {
    fn add(&mut self, said: bool, right: bool) {
        match (said, right) {
            (true, true) => self.hit += 1,
            (true, false) => self.false_alarm += 1,
            (false, true) => self.missed += 1,
            (false, false) => self.quiet += 1,
        }
    }

    fn precision(self) -> f64 {
        share(self.hit, self.hit + self.false_alarm)
    }

    fn recall(self) -> f64 {
        share(self.hit, self.hit + self.missed)
    }

    /// The harmonic mean of both.
    fn f1(self) -> f64 {
        share(2 * self.hit, 2 * self.hit + self.false_alarm + self.missed)
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        1.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "precision {:.3}  recall {:.3}  ({} right, {} false, {} missed, {} quiet)",
            self.precision(),
            self.recall(),
            self.hit,
            self.false_alarm,
            self.missed,
            self.quiet
        )
    }
}

#[derive(Clone, Copy, Default)]
struct Figures {
    block: Tally,
    /// "no" entries called block billed or borderline.
    flagged: (u32, u32),
    vague: Tally,
    clerical: Tally,
    /// First activity of the line.
    first: (u32, u32),
    /// All activities in their order.
    all: (u32, u32),
}

fn classes(reading: &NarrativeReading) -> Vec<&'static str> {
    let mut codes: Vec<&str> = reading.tasks().map(|s| s.class.code()).collect();
    codes.dedup();
    codes
}

/// Whether an activity is one of those the label takes: `A106/A108`.
fn takes(label: &str, code: &str) -> bool {
    label.split('/').any(|l| l == code)
}

fn rows(file: &std::path::Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(file).expect("a list of narratives");
    reader.records().map(|r| r.expect("a row")).collect()
}

#[test]
fn narratives_of_the_reference() {
    let Some(samples) = samples() else { return };
    let rows = rows(&samples.join("narratives-dev.csv"));
    let mut whole = Figures::default();
    let mut thirds = [Figures::default(); 3];
    let mut wrong = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let get = |at: usize| row.get(at).unwrap_or("");
        let hours: Option<Decimal> = get(2).parse().ok();
        let reading = read(get(1), &Roster::default());
        let scored = score(&reading, hours, &Options::default());
        let (blocked, vague, clerical) = (
            scored.verdict == Verdict::BlockBilled,
            reading.vague().is_some(),
            reading.clerical(),
        );
        let labels: Vec<&str> = get(6).split('|').collect();
        let said = classes(&reading);
        let first = takes(labels[0], reading.class().code());
        let all = labels.len() == said.len() && labels.iter().zip(&said).all(|(l, s)| takes(l, s));
        for figures in [&mut whole, &mut thirds[index % 3]] {
            if get(3) != "borderline" {
                figures.block.add(blocked, get(3) == "yes");
            }
            if get(3) == "no" {
                figures.flagged.0 += u32::from(scored.verdict != Verdict::Clear);
                figures.flagged.1 += 1;
            }
            figures.vague.add(vague, get(4) == "yes");
            figures.clerical.add(clerical, get(5) == "yes");
            figures.first.0 += u32::from(first);
            figures.first.1 += 1;
            figures.all.0 += u32::from(all);
            figures.all.1 += 1;
        }
        let mut what = String::new();
        let verdict = match scored.verdict {
            Verdict::BlockBilled => "yes",
            Verdict::Borderline => "borderline",
            Verdict::Clear => "no",
        };
        if get(3) != "borderline" && blocked != (get(3) == "yes")
            || get(3) == "no" && verdict != "no"
        {
            what.push_str(&format!(" block:{verdict}({})", get(3)));
        }
        if vague != (get(4) == "yes") {
            what.push_str(&format!(" vague:{vague}"));
        }
        if clerical != (get(5) == "yes") {
            what.push_str(&format!(" clerical:{clerical}"));
        }
        if !all {
            what.push_str(&format!(" activity:{}({})", said.join("|"), get(6)));
        }
        if !what.is_empty() {
            wrong.push(format!("{}{what}: {} {}", get(0), get(1), get(2)));
        }
    }
    for (name, figures) in [
        ("whole", whole),
        ("third 1", thirds[0]),
        ("third 2", thirds[1]),
        ("third 3", thirds[2]),
    ] {
        println!("{name}");
        println!("  block billing  {}", figures.block);
        println!(
            "  \"no\" flagged   {} of {}",
            figures.flagged.0, figures.flagged.1
        );
        println!("  vague          {}", figures.vague);
        println!("  clerical       {}", figures.clerical);
        println!(
            "  activity       first {:.3}  all {:.3}",
            share(figures.first.0, figures.first.1),
            share(figures.all.0, figures.all.1)
        );
    }
    println!("what is still wrong:\n{}", wrong.join("\n"));
    // Reached with margin; a change that falls below has broken something.
    assert!(whole.block.precision() >= 0.95 && whole.block.recall() >= 0.95);
    assert!(whole.flagged.0 * 20 <= whole.flagged.1);
    assert!(whole.vague.precision() >= 0.85 && whole.vague.recall() >= 0.88);
    assert!(whole.clerical.precision() >= 0.92 && whole.clerical.recall() >= 0.90);
    assert!(share(whole.first.0, whole.first.1) >= 0.93 && share(whole.all.0, whole.all.1) >= 0.85);
}

/// A narrative of the reference: its reading, hours, and labels for block billing (none where borderline) and vague.
struct Labelled {
    reading: NarrativeReading,
    hours: Option<Decimal>,
    block: Option<bool>,
    vague: bool,
}

fn tallied(rows: &[&Labelled], said: impl Fn(&Labelled) -> Option<(bool, bool)>) -> Tally {
    let mut tally = Tally::default();
    for (said, right) in rows.iter().filter_map(|row| said(row)) {
        tally.add(said, right);
    }
    tally
}

fn blocks(rows: &[&Labelled], options: &Options) -> Tally {
    tallied(rows, |row| {
        let verdict = score(&row.reading, row.hours, options).verdict;
        Some((verdict == Verdict::BlockBilled, row.block?))
    })
}

fn vagues(rows: &[&Labelled], hundredths: usize) -> Tally {
    tallied(rows, |row| {
        Some((row.reading.vague_from(hundredths).is_some(), row.vague))
    })
}

/// The terms of block billing that are tried, those in force first.
fn terms() -> Vec<Options> {
    let mut all = vec![Options::default()];
    for score_threshold in 1..=6 {
        for de_minimis in [0, 3, 5, 10] {
            for pairs_and_talk in 0..4 {
                all.push(Options {
                    score_threshold,
                    de_minimis_hours: Decimal::new(de_minimis, 1),
                    linked_pairs: pairs_and_talk & 1 == 0,
                    group_communications: pairs_and_talk & 2 == 0,
                    ..Options::default()
                });
            }
        }
    }
    all
}

/// The first of those with the best figure.
fn fitted<T: Copy>(tried: &[T], figure: impl Fn(T) -> f64) -> T {
    let mut best = tried[0];
    for one in &tried[1..] {
        if figure(*one) > figure(best) {
            best = *one;
        }
    }
    best
}

#[test]
fn fitted_on_a_third_and_tried_on_the_rest() {
    let Some(samples) = samples() else { return };
    let rows = rows(&samples.join("narratives-dev.csv"));
    let labelled: Vec<Labelled> = rows
        .iter()
        .map(|row| {
            let get = |at: usize| row.get(at).unwrap_or("");
            Labelled {
                reading: read(get(1), &Roster::default()),
                hours: get(2).parse().ok(),
                block: (get(3) != "borderline").then(|| get(3) == "yes"),
                vague: get(4) == "yes",
            }
        })
        .collect();
    // The share in force first.
    let shares = [50, 1, 34, 67, 100];
    // F1 on the rest over the three folds, as shipped and as fitted.
    let (mut block, mut vague) = ([0.0_f64; 2], [0.0_f64; 2]);
    for third in 0..3 {
        let side = |own: bool| -> Vec<&Labelled> {
            let rows = labelled.iter().enumerate();
            rows.filter(|(at, _)| (at % 3 == third) == own)
                .map(|(_, row)| row)
                .collect()
        };
        let (fit, rest) = (side(true), side(false));
        let options = fitted(&terms(), |o| blocks(&fit, &o).f1());
        let share = fitted(&shares, |share| vagues(&fit, share).f1());
        println!("fitted on third {}", third + 1);
        println!(
            "  block billing  score_threshold {}, de_minimis_hours {}, linked_pairs {}, group_communications {}",
            options.score_threshold,
            options.de_minimis_hours,
            options.linked_pairs,
            options.group_communications,
        );
        let (on_fit, on_rest) = (blocks(&fit, &options), blocks(&rest, &options));
        let usual = blocks(&rest, &Options::default());
        println!("    there        {on_fit}  F1 {:.3}", on_fit.f1());
        println!("    on the rest  {on_rest}  F1 {:.3}", on_rest.f1());
        println!("    as shipped   {usual}  F1 {:.3}", usual.f1());
        block = [block[0] + usual.f1(), block[1] + on_rest.f1()];
        println!("  vague          {share} % of the tasks");
        let (on_fit, on_rest) = (vagues(&fit, share), vagues(&rest, share));
        let usual = vagues(&rest, shares[0]);
        println!("    there        {on_fit}  F1 {:.3}", on_fit.f1());
        println!("    on the rest  {on_rest}  F1 {:.3}", on_rest.f1());
        println!("    as shipped   {usual}  F1 {:.3}", usual.f1());
        vague = [vague[0] + usual.f1(), vague[1] + on_rest.f1()];
    }
    // What is shipped is no worse on rows it was not fitted on than what was fitted elsewhere, but for chance.
    assert!(block[0] + 0.06 >= block[1] && vague[0] + 0.06 >= vague[1]);
}

#[test]
fn narratives_of_a_public_set() {
    let Some(samples) = samples() else { return };
    let rows = rows(&samples.join("time-entries/bkattenburg--labelled-narratives.csv"));
    let (mut block, mut vague) = (Tally::default(), Tally::default());
    for row in &rows {
        let get = |at: usize| row.get(at).unwrap_or("");
        let reading = read(get(2), &Roster::default());
        let scored = score(&reading, None, &Options::default());
        let (blocked, vaguely) = (
            scored.verdict == Verdict::BlockBilled,
            reading.vague().is_some(),
        );
        block.add(blocked, get(4) == "Y");
        vague.add(vaguely, get(5) == "Y");
        if blocked != (get(4) == "Y") || vaguely != (get(5) == "Y") {
            println!(
                "block:{blocked} vague:{vaguely} {:?}: {} {}",
                classes(&reading),
                get(2),
                get(5)
            );
        }
    }
    println!("block billing  {block}\nvague          {vague}");
    assert!(block.precision() >= 0.95 && block.recall() >= 0.95);
    assert!(vague.precision() >= 0.85 && vague.recall() >= 0.85);
}
