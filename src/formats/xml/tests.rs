//! Whole files read through [`survey`].

use super::*;
use crate::model::{Hit, Invoice, LedesFormat, LineKind};

const GOOD: [(&str, LedesFormat); 4] = [
    (
        include_str!("../../../rules/examples/good-2000.xml"),
        LedesFormat::L2000,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.0.xml"),
        LedesFormat::Xml20,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.1.xml"),
        LedesFormat::Xml21,
    ),
    (
        include_str!("../../../rules/examples/good-XML-2.2.xml"),
        LedesFormat::Xml22,
    ),
];

struct Seen {
    survey: Survey,
    readings: Vec<Reading>,
}

impl Seen {
    fn of(bytes: &[u8]) -> Self {
        let source = Source::of_bytes(bytes).expect("a temporary file");
        let survey = survey(&source).expect("readable");
        let readings = (0..survey.invoices.count())
            .map(|i| survey.invoices.read(i).expect("readable"))
            .collect();
        Self { survey, readings }
    }

    fn invoice(&self) -> &Invoice {
        &self.readings[0].invoice
    }

    /// Every hit as `rule/variant line:column value`.
    fn said(&self) -> Vec<String> {
        let show = |text: &crate::model::SourceText, hit: &Hit| {
            let cell = hit.marks[0].cell;
            let at = text.position(cell).expect("a place in the text");
            let value: String = text.get(cell).chars().take(40).collect();
            format!(
                "{}/{} {}:{} {value}",
                hit.rule, hit.variant, at.line, at.column
            )
        };
        let file = &self.survey.file;
        let mut all: Vec<String> = file.hits.iter().map(|h| show(&file.text, h)).collect();
        for reading in &self.readings {
            all.extend(
                reading
                    .hits
                    .hits
                    .iter()
                    .map(|h| show(&reading.invoice.text, h)),
            );
        }
        all
    }
}

fn base(format: LedesFormat) -> &'static str {
    GOOD.iter().find(|(_, f)| *f == format).expect("a base").0
}

fn patched(format: LedesFormat, patches: &[(&str, &str)]) -> Seen {
    let mut text = base(format).to_owned();
    for (from, to) in patches {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    Seen::of(text.as_bytes())
}

#[test]
fn correct_files_give_no_hit() {
    for (text, format) in GOOD {
        let seen = Seen::of(text.as_bytes());
        assert_eq!(seen.survey.format, Some(format));
        assert_eq!(seen.said(), Vec::<String>::new(), "{format}");
        let invoice = seen.invoice();
        assert!(invoice.whole && invoice.matters[0].complete);
        assert_eq!(invoice.get(invoice.firm.name), "Alder & Wren LLP");
        assert_eq!(invoice.get(invoice.client.client_id), "SMF01");
        let kinds: Vec<_> = invoice.lines.iter().filter_map(|l| l.kind.get()).collect();
        assert_eq!(kinds, [LineKind::Fee, LineKind::Fee, LineKind::Expense]);
        assert_eq!(invoice.matters[0].timekeepers.len(), 2);
        let windows = text.replace('\n', "\r\n");
        assert_eq!(
            Seen::of(windows.as_bytes()).said(),
            Vec::<String>::new(),
            "{format} CRLF"
        );
        let one_line = text.replace('\n', "");
        assert_eq!(
            Seen::of(one_line.as_bytes()).said(),
            Vec::<String>::new(),
            "{format} one line"
        );
    }
}

/// Looks at files named in the environment; for people, during development.
#[test]
fn show_files() {
    for path in std::env::var("CLEANBILL_SHOW")
        .unwrap_or_default()
        .split(':')
    {
        if let Ok(bytes) = std::fs::read(path) {
            let seen = Seen::of(&bytes);
            println!(
                "{path}: {:?} {} {}",
                seen.survey.format, seen.survey.recognised, seen.survey.encoding
            );
            for line in seen.said() {
                println!("  {line}");
            }
        }
    }
}
