//! Why portals and clients refuse and cut: their words, brought to one of the reasons in `rules/reasons.csv`.

use crate::model::Confidence;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A reason.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// Its name, in snake case; never changed.
    pub slug: String,
    /// Codes portals are known to use for it.
    pub codes: Vec<String>,
    /// A wording that was seen, or that is typical.
    pub wording: String,
    /// The wording is a portal's own.
    pub quoted: bool,
    /// Ids of the rules that could have said so before, the likeliest first.
    pub rules: Vec<String>,
    /// `biller`, `timekeeper`, `partner`, or `client`: then the firm has to ask.
    pub fixable_by: String,
    /// Whether a client listens to an appeal.
    pub appealable: bool,
    /// What is mostly done about it.
    pub typical_fix: String,
    phrases: Vec<Phrase>,
}

/// Words that stand for a reason.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Phrase {
    /// As it is compared.
    plain: String,
    /// Any ending may follow.
    any_ending: bool,
    /// Stems of the words that carry it.
    stems: BTreeSet<String>,
    /// The one rule of the reason's that these words are about.
    rule: Option<String>,
}

/// A reason found for somebody's words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known<'a> {
    /// The reason.
    pub reason: &'a Reason,
    /// High for a code or a wording that is known, medium for a phrase in the words, low where only single words are alike.
    pub confidence: Confidence,
    rule: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// Ids of the rules that could have said so before, the likeliest first: the one the words are about, where they name it.
    pub fn rules(&self) -> Vec<&'a str> {
        match self.rule {
            Some(rule) => vec![rule],
            None => self.reason.rules.iter().map(String::as_str).collect(),
        }
    }
}

/// All reasons.
#[derive(Clone, Debug)]
pub struct Reasons {
    all: Vec<Reason>,
}

static SHIPPED: LazyLock<Reasons> =
    LazyLock::new(|| Reasons::read(include_str!("../../rules/reasons.csv")));

/// Words that say nothing by themselves.
const EMPTY: [&str; 30] = [
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "by", "for", "from", "has", "have",
    "in", "is", "it", "of", "on", "or", "our", "per", "that", "the", "this", "to", "was", "were",
    "with", "your",
];
/// Stems of a phrase stand within so many words of each other.
const WINDOW: usize = 7;

impl Reasons {
    /// The reasons of the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// A row that cannot be read is left out; a test reads them all.
    fn read(text: &str) -> Self {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let reasons = reader.records().filter_map(|record| {
            let record = record.ok()?;
            let cell = |n: usize| record.get(n).map(str::trim);
            let list = |n: usize| -> Option<Vec<String>> {
                let parts = cell(n)?.split(';').map(str::trim).filter(|p| !p.is_empty());
                Some(parts.map(str::to_owned).collect())
            };
            Some(Reason {
                slug: cell(0)?.to_owned(),
                codes: list(1)?,
                wording: cell(2)?.to_owned(),
                quoted: cell(3)? == "yes",
                phrases: list(4)?.iter().map(|p| Phrase::new(p)).collect(),
                rules: list(5)?,
                fixable_by: cell(6)?.to_owned(),
                appealable: cell(7)? == "yes",
                typical_fix: cell(8)?.to_owned(),
            })
        });
        Self {
            all: reasons.collect(),
        }
    }

    /// Every reason, in the order of the table.
    pub fn all(&self) -> &[Reason] {
        &self.all
    }

    /// The reason of a name.
    pub fn named(&self, slug: &str) -> Option<&Reason> {
        self.all.iter().find(|r| r.slug == slug)
    }

    /// The rules that could have foreseen what a code (blank where there is none) and words say, the likeliest first; none
    /// where nobody knows it, or only by words that are alike: a rule is not blamed on a guess.
    pub fn rules_for(&self, code: &str, words: &str) -> Vec<&str> {
        let known = self.of(code, words);
        let known = known.filter(|k| k.confidence != Confidence::Low);
        known.map(|k| k.rules()).unwrap_or_default()
    }

    /// The reason behind a code (blank where there is none) and words; `None` where nobody knows it.
    pub fn of(&self, code: &str, words: &str) -> Option<Known<'_>> {
        let code = code.trim();
        let text = plain(words);
        let known = |reason, rule, confidence| {
            Some(Known {
                reason,
                confidence,
                rule,
            })
        };
        // Tables and portals put the code before the words: "BLOCK: ...", "003 invoice ...". Some codes are words too: there
        // only the code itself is written in capitals.
        let first = words.trim().split([':', ' ']).next().unwrap_or("");
        let own = |r: &&Reason| {
            let mut codes = r.codes.iter();
            match code.is_empty() {
                true => codes.any(|c| c == first),
                false => codes.any(|c| c.eq_ignore_ascii_case(code)),
            }
        };
        if let Some(reason) = self.all.iter().find(own) {
            return known(reason, None, Confidence::High);
        }
        if let Some(reason) = self.worded(&text) {
            return known(reason, None, Confidence::High);
        }
        if let Some((reason, phrase)) = self.phrased(&text) {
            return known(reason, phrase.rule.as_deref(), Confidence::Medium);
        }
        let (reason, phrase) = self.alike(&text)?;
        known(reason, phrase.rule.as_deref(), Confidence::Low)
    }

    /// A known wording that is all of the words or stands in them; of several the longest.
    fn worded(&self, text: &str) -> Option<&Reason> {
        let fits = |wording: &str| {
            // One or two words of a wording mean something else in a sentence.
            text == wording || wording.split(' ').count() > 2 && holds(text, wording, false)
        };
        let all = self.all.iter().map(|r| (r, plain(&r.wording)));
        let fitting = all.filter(|(_, wording)| !wording.is_empty() && fits(wording));
        // The first of equals: the order of the table decides.
        fitting
            .rev()
            .max_by_key(|(_, wording)| wording.len())
            .map(|(r, _)| r)
    }

    /// The longest phrase that stands in the words.
    fn phrased(&self, text: &str) -> Option<(&Reason, &Phrase)> {
        let all = self
            .all
            .iter()
            .flat_map(|r| r.phrases.iter().map(move |p| (r, p)));
        let fitting = all.filter(|(_, p)| holds(text, &p.plain, p.any_ending));
        fitting.rev().max_by_key(|(_, p)| p.plain.len())
    }

    /// The phrase whose words all stand near each other, in whatever order and with whatever endings.
    fn alike(&self, text: &str) -> Option<(&Reason, &Phrase)> {
        let stems: Vec<String> = text
            .split(' ')
            .filter(|w| !EMPTY.contains(w))
            .map(stem)
            .collect();
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut best: Option<(usize, &Reason, &Phrase)> = None;
        let all = self
            .all
            .iter()
            .flat_map(|r| r.phrases.iter().map(move |p| (r, p)));
        for (reason, phrase) in all {
            if phrase.stems.len() < 2 {
                continue;
            }
            let near = stems.windows(WINDOW.min(stems.len()).max(1)).any(|window| {
                phrase
                    .stems
                    .iter()
                    .all(|s| window.iter().any(|w| same(w, s)))
            });
            if !near {
                continue;
            }
            let weight: usize = phrase.stems.iter().map(String::len).sum();
            match best {
                Some((most, ..)) if most > weight => {}
                Some((most, other, _)) if most == weight => {
                    found.extend([other.slug.as_str(), reason.slug.as_str()]);
                }
                _ => {
                    found = BTreeSet::from([reason.slug.as_str()]);
                    best = Some((weight, reason, phrase));
                }
            }
        }
        // Two that fit as well are none.
        let best = best.filter(|_| found.len() == 1);
        best.map(|(_, reason, phrase)| (reason, phrase))
    }
}

impl Phrase {
    /// `photocop*=photocopy-rate-cap`: any ending may follow; of the reason's rules this one is meant.
    fn new(text: &str) -> Self {
        let (text, rule) = match text.split_once('=') {
            Some((text, rule)) => (text.trim(), Some(rule.trim().to_owned())),
            None => (text, None),
        };
        let words = plain(text.trim_end_matches('*'));
        let stems = words.split(' ').filter(|w| !EMPTY.contains(w));
        Self {
            stems: stems.map(stem).filter(|s| !s.is_empty()).collect(),
            any_ending: text.ends_with('*'),
            plain: words,
            rule,
        }
    }
}

/// Words in small letters with one blank between them, other signs left out: what is compared, and what is remembered.
pub fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '%') {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a phrase stands in a text as whole words.
fn holds(text: &str, phrase: &str, any_ending: bool) -> bool {
    if phrase.is_empty() {
        return false;
    }
    text.match_indices(phrase).any(|(at, _)| {
        let begins = at == 0 || text[..at].ends_with(' ');
        let rest = &text[at + phrase.len()..];
        begins && (any_ending || rest.is_empty() || rest.starts_with(' '))
    })
}

/// A word without the endings of number and tense.
fn stem(word: &str) -> String {
    for (ending, instead) in [
        ("ations", ""),
        ("ation", ""),
        ("ies", "y"),
        ("ing", ""),
        ("ed", ""),
        ("es", ""),
        ("s", ""),
        ("al", ""),
        ("e", ""),
    ] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.chars().count() >= 4
        {
            return format!("{rest}{instead}");
        }
    }
    word.to_owned()
}

/// The same stem, or one letter away from it in a long one.
fn same(a: &str, b: &str) -> bool {
    a == b || a.len() > 6 && b.len() > 6 && strsim::damerau_levenshtein(a, b) == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Shelf;

    fn slug(code: &str, words: &str) -> &'static str {
        let known = Reasons::shipped().of(code, words);
        known.map_or("", |k| &k.reason.slug)
    }

    #[test]
    fn every_row_is_read_and_names_rules_there_are() {
        let reasons = Reasons::shipped();
        let rows = include_str!("../../rules/reasons.csv").lines().count() - 1;
        assert_eq!(reasons.all().len(), rows);
        let shelf = Shelf::shipped().expect("the packs");
        let known: Vec<&str> = shelf
            .packs()
            .iter()
            .flat_map(|p| p.rule.iter().map(|r| r.id.as_str()))
            .collect();
        let mut slugs = BTreeSet::new();
        let mut phrases = BTreeSet::new();
        for reason in reasons.all() {
            assert!(slugs.insert(&reason.slug), "{} twice", reason.slug);
            let people = ["biller", "timekeeper", "partner", "client"];
            assert!(people.contains(&reason.fixable_by.as_str()), "{reason:?}");
            for rule in &reason.rules {
                assert!(known.contains(&rule.as_str()), "{}: {rule}", reason.slug);
            }
            for phrase in &reason.phrases {
                let own = phrase.rule.as_ref();
                assert!(own.is_none_or(|r| reason.rules.contains(r)), "{phrase:?}");
                assert!(phrases.insert(&phrase.plain), "{} twice", phrase.plain);
            }
        }
    }

    #[test]
    fn known_codes_and_wordings_are_certain() {
        for reason in Reasons::shipped().all() {
            let found = Reasons::shipped().of("", &reason.wording);
            let found = found.map(|k| (k.reason.slug.as_str(), k.confidence));
            assert_eq!(found, Some((reason.slug.as_str(), Confidence::High)));
            for code in &reason.codes {
                assert_eq!(slug(code, "whatever"), reason.slug);
            }
        }
        assert_eq!(slug("", "BLOCK: see section 4"), "block_billing");
        assert_eq!(slug("006", ""), "line_math");
    }

    /// Wordings as reviewers and portals write them, none of which stands in the table.
    #[test]
    fn other_portals_words_find_their_reason() {
        for (words, expected) in [
            (
                "Entry contains block-billed tasks; break out each task with its own time.",
                "block_billing",
            ),
            (
                "Time entries lumped together. Reduced 50%.",
                "block_billing",
            ),
            (
                "Narrative lacks sufficient specificity to evaluate the service.",
                "vague_description",
            ),
            (
                "Descriptions too vague to determine what was done",
                "vague_description",
            ),
            (
                "Please provide more detail about the subject of the call",
                "vague_description",
            ),
            (
                "Billed rate of 425 exceeds the rate of 395 on the rate card",
                "rate_exceeds_approved",
            ),
            (
                "Timekeeper J. Doe has no rate on file for this client",
                "rate_not_approved",
            ),
            (
                "TK 0042 not found in timekeeper table",
                "timekeeper_unknown",
            ),
            (
                "Timekeeper has not been approved by client",
                "timekeeper_not_authorized",
            ),
            (
                "Charge for secretarial work is not payable",
                "administrative_clerical",
            ),
            (
                "Two attorneys attended the deposition; only one will be paid",
                "multiple_attendance",
            ),
            (
                "Intra-office conference between associates",
                "internal_conference",
            ),
            ("Lexis searches were not authorized", "research_unapproved"),
            (
                "No receipt attached for airfare over $75",
                "receipt_missing",
            ),
            ("Photocopying charged at 25 cents", "copy_scan_fax"),
            (
                "Mileage billed above the federal reimbursement rate",
                "expense_rate_cap",
            ),
            (
                "Expert retained without prior written consent of the adjuster",
                "prior_approval_missing",
            ),
            (
                "Approval was not requested prior to travel",
                "prior_approval_missing",
            ),
            ("Invoice is 4,200 over budget", "budget_exceeded"),
            (
                "Over the budget for this phase by 310.00",
                "phase_budget_exceeded",
            ),
            (
                "No budget has been submitted for this matter",
                "budget_missing",
            ),
            (
                "Duplicate invoice: number already exists for vendor",
                "duplicate_invoice_number",
            ),
            (
                "This charge was previously billed on invoice 1182",
                "duplicate_across_invoices",
            ),
            (
                "Appears to be a duplicate entry of line 12",
                "duplicate_line",
            ),
            (
                "Date of service is more than 90 days old: stale time",
                "time_entry_stale",
            ),
            (
                "Invoice is late per section 3 of our terms of engagement",
                "invoice_too_old",
            ),
            ("The matter is closed in our system", "matter_closed"),
            ("Matter number not found", "matter_unmatched"),
            ("Line 14: missing UTBMS task code", "task_code_missing"),
            ("Task code is missing on 3 lines", "task_code_missing"),
            (
                "A104 is an invalid activity code for this matter",
                "activity_code_invalid",
            ),
            (
                "Row 7: 1.2 units times rate 300 does not equal 350",
                "line_math",
            ),
            (
                "Sum of the line items is 4,310.00 but invoice total says 4,301.00",
                "invoice_total_sum",
            ),
            (
                "Invoice dated in the future: future-dated invoices are not accepted",
                "invoice_date_future",
            ),
            ("Field BILLING_START_DATE empty", "billing_period_missing"),
            (
                "Time must be recorded in tenths of an hour",
                "increment_rule",
            ),
            ("14.5 hours in a day by one biller", "daily_hours_limit"),
            (
                "Work could have been delegated to a paralegal",
                "paralegal_task",
            ),
            (
                "Excessive time for drafting a two-page letter",
                "excessive_time",
            ),
            (
                "Travel time is reimbursed at half the hourly rate",
                "travel_rule",
            ),
            (
                "Agreed discount of 10% missing from invoice",
                "blended_rate_mismatch",
            ),
            ("VAT number of the firm is missing", "tax_id_missing"),
            ("PO number expired", "po_missing"),
        ] {
            assert_eq!(slug("", words), expected, "{words}");
        }
    }

    #[test]
    fn what_nobody_knows_stays_unknown() {
        for words in [
            "",
            "see attached",
            "per our call with Jim",
            "roadblocks in disinterested work",
            "Reviewer decision",
            "4711",
        ] {
            assert_eq!(slug("", words), "", "{words}");
        }
        assert_eq!(slug("XQ7", "house rule nine"), "");
    }

    #[test]
    fn a_phrase_is_surer_than_single_words() {
        let sure = |words| Reasons::shipped().of("", words).map(|k| k.confidence);
        assert_eq!(sure("this is vague"), Some(Confidence::Medium));
        assert_eq!(
            sure("the budget of the matter was exceeded"),
            Some(Confidence::Low)
        );
    }

    #[test]
    fn the_rule_the_words_are_about_comes_first() {
        let reasons = Reasons::shipped();
        let first = |code, text| reasons.rules_for(code, text).first().copied();
        for (code, text, rule) in [
            (
                "",
                "Entry is BLOCK BILLED, please split",
                Some("block-billing"),
            ),
            ("block", "", Some("block-billing")),
            ("", "Photocopying at 25 cents", Some("photocopy-rate-cap")),
            ("", "Dinner: meal not allowed", Some("meal-cap")),
            (
                "",
                "Rate exceeds the approved rate",
                Some("rate-over-approved"),
            ),
            (
                "",
                "invoice exceeds the approved budget",
                Some("budget-exceeded"),
            ),
            ("", "roadblocks in disinterested work", None),
            ("", "We do not pay for weekends", None),
        ] {
            assert_eq!(first(code, text), rule, "{code} {text}");
        }
    }
}
