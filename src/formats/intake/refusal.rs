//! Hits of rule `not-ledes`: what a file is instead of an invoice file, or what stands round the invoice.

use super::binary;
use super::kind::Refused;
use super::mail_found::Found;
use super::opening::Opening;
use crate::formats::{FileHits, LineNumbers, NoInvoices, Survey, encoding};
use crate::model::{Anchor, Cell, Hit, RuleId, SourceText};

/// The rule about files that are something else.
const NOT_LEDES: RuleId = RuleId::new("not-ledes");

/// Characters of a line that are shown at most.
const SHOWN: usize = 500;

/// The survey of a file that is no invoice.
pub fn survey(opening: &Opening, refused: Refused) -> Survey {
    let mut seen = encoding::Seen::default();
    let mut file = FileHits::default();
    let cell = if refused.text {
        seen.note(&opening.head);
        first_line(opening, &mut file.text)
    } else {
        let shown = binary::rendering(&opening.head);
        let start = file.text.push_part(opening.line, opening.column, &shown);
        Cell::new(start, start + shown.len())
    };
    file.hits.push(
        Hit::new(NOT_LEDES, Anchor::Invoice)
            .variant(refused.variant)
            .at_name("", cell)
            .with("seen", &refused.seen),
    );
    Survey {
        format: None,
        recognised: described(&refused),
        encoding: match refused.text && refused.variant != "empty" {
            true => seen.name(),
            false => "",
        },
        file,
        invoices: Box::new(NoInvoices),
        numbers: LineNumbers::Same,
    }
}

/// What the file is, in words that stand alone.
fn described(refused: &Refused) -> String {
    match refused.variant {
        "empty" => "an empty file".to_owned(),
        "separators" => format!("LEDES columns separated by {}", refused.seen),
        "spreadsheet" => "a spreadsheet re-save, separated by commas".to_owned(),
        _ => refused.seen.clone().into_owned(),
    }
}

/// Says of an invoice that it stands inside a mail.
pub fn wrapped(survey: &mut Survey, opening: &Opening, found: &Found, starts: u32) {
    let kind = if found.signed { "signed mail" } else { "mail" };
    survey.recognised = format!("{}, inside {kind}", survey.recognised);
    let cell = first_line(opening, &mut survey.file.text);
    let about = |variant| {
        Hit::new(NOT_LEDES, Anchor::Invoice)
            .variant(variant)
            .at_name("", cell)
            .with("seen", kind)
            .with("starts", starts)
    };
    let mut hits = vec![about("mail-wrapped")];
    if found.more > 0 {
        hits.push(about("mail-more").with("more", found.more));
    }
    hits.append(&mut survey.file.hits);
    survey.file.hits = hits;
}

/// Adds the first line that is not blank, cut to what can be shown.
fn first_line(opening: &Opening, text: &mut SourceText) -> Cell {
    let line = opening.head.split(|b| matches!(b, b'\n' | b'\r')).next();
    let (line, _) = encoding::decode(line.unwrap_or(&[]));
    let cut = line
        .char_indices()
        .nth(SHOWN)
        .map_or(line.len(), |(at, _)| at);
    let (number, column) = match line.is_empty() {
        true => (1, 0),
        false => (opening.line, opening.column),
    };
    let start = text.push_part(number, column, &line[..cut]);
    Cell::new(start, start + cut)
}
