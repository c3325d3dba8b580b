//! The report as SARIF 2.1.0, for tools that show findings of many programs.
//! Not here: any of our own shapes. Source: OASIS, Static Analysis Results Interchange Format (SARIF) 2.1.0.

mod wire;

use super::Look;
use super::wording::amount;
use crate::check::report::{RuleUsed, Wants};
use crate::check::{FileReport, InvoiceReport, Run, Sink};
use crate::model::{Finding, Level, Place};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::io::{self, Write};
use wire::{
    Artifact, ArtifactLocation, Descriptor, DescriptorProperties, Driver, Invocation, Location,
    Log, LogicalLocation, Message, Notification, PhysicalLocation, Region, ReportingConfiguration,
    ResultEntry, ResultProperties, RunEntry, Tool,
};

/// Collects the results and writes the log at the end, when the rules are known.
pub(super) struct SarifReport {
    out: Box<dyn Write + Send>,
    version: String,
    artifacts: Vec<Artifact>,
    results: Vec<ResultEntry>,
}

impl SarifReport {
    pub(super) fn new(out: Box<dyn Write + Send>, look: &Look) -> Self {
        Self {
            out,
            version: look.version.clone(),
            artifacts: Vec::new(),
            results: Vec::new(),
        }
    }

    fn add(&mut self, file: &FileReport, invoice: Option<&InvoiceReport>, finding: &Finding) {
        let mut locations: Vec<Location> = finding
            .places
            .iter()
            .map(|place| location(&file.path, Some(place), invoice))
            .collect();
        if locations.is_empty() {
            locations.push(location(&file.path, None, invoice));
        }
        // A viewer takes several `locations` as one place; the others are related to the first.
        let related_locations = locations
            .split_off(1)
            .into_iter()
            .enumerate()
            .map(|(at, location)| Location {
                id: Some(at + 1),
                ..location
            })
            .collect();
        self.results.push(ResultEntry {
            rule_id: finding.rule.clone(),
            rule_index: None,
            level: level(finding.level),
            message: Message::of(message(finding)),
            locations,
            related_locations,
            partial_fingerprints: BTreeMap::from([(
                "cleanbill/1".to_owned(),
                finding.fingerprint.clone(),
            )]),
            properties: ResultProperties {
                level: finding.level,
                scope: finding.scope,
                confidence: finding.confidence,
                expected: finding.expected.clone(),
                at_risk: finding.at_risk,
                invoice: invoice.map(|i| i.number.clone()),
                client: invoice.and_then(|i| i.client.clone()),
                places_total: finding.places_total,
                consequences: finding.consequences.clone(),
            },
        });
        // The money is told in words too, as few viewers show properties.
        if let (Some(result), Some(at_risk)) = (self.results.last_mut(), finding.at_risk) {
            let currency = invoice.map_or("?", |i| &i.currency);
            result.message.text += &format!(" At risk: {}.", amount(&at_risk, currency));
        }
    }
}

/// The finding's sentence, and what to do.
fn message(finding: &Finding) -> String {
    let mut text = finding.message.clone();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    if !finding.help.is_empty() {
        text.push(' ');
        text += &finding.help;
    }
    text
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Reject | Level::Reduce => "error",
        Level::Review => "warning",
        Level::Note => "note",
        Level::Off => "none",
    }
}

fn location(path: &str, place: Option<&Place>, invoice: Option<&InvoiceReport>) -> Location {
    let mut logical_locations = Vec::new();
    if let Some(invoice) = invoice.filter(|i| !i.number.is_empty()) {
        let mut name = format!("invoice {}", invoice.number);
        if let Some(item) = place.and_then(|p| p.item.as_deref()) {
            name += &format!(", item {item}");
        }
        if let Some(field) = place.and_then(|p| p.field.as_deref()) {
            name += &format!(", {field}");
        }
        logical_locations.push(LogicalLocation {
            fully_qualified_name: name,
        });
    }
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(path) },
            region: place.map(|place| Region {
                start_line: place.line.max(1),
                start_column: place.column.max(1),
                end_column: place.end_column.max(place.column).max(1),
            }),
        },
        logical_locations,
    }
}

/// A path as a relative or `file` URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    } else if path.as_bytes().get(1) == Some(&b':') {
        out.push_str("file:///");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

fn descriptor(rule: &RuleUsed) -> Descriptor {
    Descriptor {
        id: rule.id.clone(),
        short_description: Message::of(rule.title.clone()),
        full_description: Message::unless_empty(&rule.why),
        help: Message::unless_empty(&rule.help),
        default_configuration: ReportingConfiguration {
            enabled: rule.level != Level::Off,
            level: level(rule.level),
        },
        properties: DescriptorProperties {
            pack: rule.pack.clone(),
            level: rule.level,
            source: rule.source.clone(),
        },
    }
}

impl Sink for SarifReport {
    fn wants(&self) -> Wants {
        Wants {
            sha256: true,
            ..Wants::default()
        }
    }

    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        for finding in &file.findings {
            self.add(file, None, finding);
        }
        Ok(())
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        for finding in &invoice.findings {
            self.add(file, Some(&invoice), finding);
        }
        Ok(())
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        let hash = file.sha256.clone().map(|hash| ("sha-256".to_owned(), hash));
        self.artifacts.push(Artifact {
            location: ArtifactLocation {
                uri: uri(&file.path),
            },
            hashes: hash.into_iter().collect(),
        });
        Ok(())
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        let index: FxHashMap<&str, usize> = run
            .rules
            .iter()
            .enumerate()
            .map(|(at, rule)| (&*rule.id, at))
            .collect();
        for result in &mut self.results {
            result.rule_index = index.get(&*result.rule_id).copied();
        }
        let log = Log {
            schema: wire::SCHEMA,
            version: wire::VERSION,
            runs: [RunEntry {
                tool: Tool {
                    driver: Driver {
                        name: "cleanbill",
                        semantic_version: std::mem::take(&mut self.version),
                        rules: run.rules.iter().map(descriptor).collect(),
                    },
                },
                invocations: [invocation(run)],
                artifacts: std::mem::take(&mut self.artifacts),
                results: std::mem::take(&mut self.results),
                column_kind: "unicodeCodePoints",
            }],
        };
        serde_json::to_writer_pretty(&mut self.out, &log)?;
        writeln!(self.out)?;
        self.out.flush()
    }
}

fn invocation(run: &Run) -> Invocation {
    Invocation {
        execution_successful: run.errors.is_empty(),
        tool_execution_notifications: run
            .errors
            .iter()
            .map(|error| Notification {
                level: "error",
                message: Message::of(error.message.clone()),
                locations: vec![location(&error.path, None, None)],
            })
            .collect(),
        tool_configuration_notifications: run
            .not_checked
            .iter()
            .map(|not| Notification {
                level: "note",
                message: Message::of(format!("{} was not checked: {}", not.rule, not.because)),
                locations: Vec::new(),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{OutputFormat, sample};
    use serde_json::Value;

    fn log() -> Value {
        let text = sample::rendered(OutputFormat::Sarif, &sample::look());
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn the_log() {
        insta::assert_snapshot!(sample::rendered(OutputFormat::Sarif, &sample::look()));
    }

    #[test]
    fn results_point_at_their_rules() {
        let log = log();
        let rules = &log["runs"][0]["tool"]["driver"]["rules"];
        for result in log["runs"][0]["results"].as_array().expect("results") {
            let at = result["ruleIndex"].as_u64().expect("an index") as usize;
            assert_eq!(rules[at]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_rule_without_result_is_listed() {
        let log = log();
        let has = |list: &Value, key: &str| {
            list.as_array()
                .expect("a list")
                .iter()
                .any(|entry| entry[key] == "duplicate-line-number")
        };
        assert!(has(&log["runs"][0]["tool"]["driver"]["rules"], "id"));
        assert!(!has(&log["runs"][0]["results"], "ruleId"));
    }

    #[test]
    fn paths_become_uris() {
        let cases = [
            ("march/a b.txt", "march/a%20b.txt"),
            ("/srv/é.txt", "file:///srv/%C3%A9.txt"),
            ("C:/bills/x.txt", "file:///C%3A/bills/x.txt"),
            ("-", "-"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
    }
}
