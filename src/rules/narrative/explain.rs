//! The reading in words: why a line is block billed, and how it could be split.

use super::reading::NarrativeReading;
use super::score::{Score, Verdict};
use std::fmt::Write;

/// The tasks, each with its activity and what opened it: `"Review lease" (A104); "confer with client" (A106,
/// after "and")`.
pub fn tasks(text: &str, reading: &NarrativeReading) -> String {
    let mut out = String::new();
    for segment in reading.tasks() {
        if !out.is_empty() {
            out.push_str("; ");
        }
        let part = &text[segment.text.clone()];
        let _ = write!(out, "\"{part}\" ({}", segment.class.code());
        if !out.ends_with(':') && segment.text.start > 0 {
            let _ = write!(out, ", after {}", segment.separator.words());
        }
        out.push(')');
    }
    out
}

/// Lines that would stand in place of this one, with blank hours: one a task, merged parts with their task.
pub fn split(text: &str, reading: &NarrativeReading) -> Vec<String> {
    let mut lines: Vec<std::ops::Range<usize>> = Vec::new();
    for segment in &reading.segments {
        match lines.last_mut() {
            Some(line) if segment.link == super::reading::Link::Same => line.end = segment.text.end,
            _ => lines.push(segment.text.clone()),
        }
    }
    lines
        .into_iter()
        .map(|line| sentence(text.get(line).unwrap_or("")))
        .collect()
}

/// The proposed lines in one sentence.
pub fn proposal(text: &str, reading: &NarrativeReading) -> String {
    let lines: Vec<String> = split(text, reading)
        .into_iter()
        .map(|line| format!("__ h \"{line}\""))
        .collect();
    lines.join("; ")
}

/// A part as a line of its own: with a capital, without the mark that ended it.
fn sentence(part: &str) -> String {
    let part = part
        .trim()
        .trim_end_matches([',', ';', '.', '/', '-'])
        .trim_end();
    let mut letters = part.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Why the verdict is what it is.
pub fn reason(reading: &NarrativeReading, score: &Score) -> String {
    if score.itemised {
        return format!("each of the {} tasks carries its own time", score.tasks);
    }
    match (score.verdict, score.tasks) {
        (Verdict::Clear, 0 | 1) => "one task".to_owned(),
        (Verdict::Clear, _) => "small steps under very little time".to_owned(),
        (Verdict::Borderline, _) if reading.times.count >= 2 => {
            "each task carries its own time, but they do not make the hours of the line".to_owned()
        }
        (Verdict::Borderline, tasks) if score.pairs > 0 => {
            format!("{tasks} tasks that go together; strict clients want a line for each")
        }
        (Verdict::Borderline, tasks) => format!("{tasks} small tasks under one time"),
        (Verdict::BlockBilled, tasks) => format!(
            "{tasks} tasks{} under one undivided time",
            if score.classes > 1 {
                format!(" of {} different activities", score.classes)
            } else {
                String::new()
            }
        ),
    }
}
