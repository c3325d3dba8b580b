//! Changes of whole lines: marker, header, terminators, breaks, blank lines, line ends, encodings.

use super::change::Change;
use super::wanted::Wanted;
use crate::formats::pipe;
use crate::model::{LedesFormat, Safety};
use crate::revise::document::{Document, DocumentLine, from_utf_16};
use std::collections::BTreeMap;

/// A file that cannot be read as it is, in a form that can: out of UTF-16, or with line ends for bare carriage
/// returns.
pub fn readable(bytes: &[u8]) -> Option<(Vec<u8>, Change)> {
    let change = |rule: &str, before: &str, after: &str| Change {
        rule: rule.to_owned(),
        safety: Safety::Safe,
        line: 1,
        invoice: String::new(),
        item: String::new(),
        field: String::new(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    if let Some(text) = from_utf_16(bytes) {
        let mut text = text;
        if text.starts_with("<?xml")
            && let Some(end) = text.find("?>")
        {
            let head = text[..end].replace("UTF-16", "UTF-8");
            text.replace_range(..end, &head.replace("utf-16", "utf-8"));
        }
        return Some((text.into_bytes(), change("not-ledes", "UTF-16", "UTF-8")));
    }
    let bare = bytes.contains(&b'\r') && !bytes.contains(&b'\n');
    bare.then(|| {
        let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\r').collect();
        let words = "line ends of a carriage return alone";
        (
            lines.join(&b"\r\n"[..]),
            change("not-ledes", words, "line ends CR LF"),
        )
    })
}

/// What no rule speaks of and portals stumble over all the same: a byte order mark before the first line, and two
/// kinds of line ends in one file.
pub fn tidied(document: &mut Document) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut note = |line: u32, before: &str, after: &str| {
        changes.push(Change {
            rule: "encoding".to_owned(),
            safety: Safety::Safe,
            line,
            invoice: String::new(),
            item: String::new(),
            field: String::new(),
            before: before.to_owned(),
            after: after.to_owned(),
        });
    };
    if std::mem::take(&mut document.marked) {
        note(1, "a byte order mark before the first line", "none");
    }
    let usual = document.usual_end();
    let other = |l: &DocumentLine| !l.end.is_empty() && l.end != usual;
    if let Some(first) = document.lines.iter().find(|l| other(l)) {
        let shown = |end: &str| if end == "\n" { "LF" } else { "CR LF" };
        note(
            first.original,
            &format!("line end {}", shown(first.end)),
            &format!("line end {}, as most lines have", shown(usual)),
        );
        for line in document.lines.iter_mut().filter(|l| other(l)) {
            line.end = usual;
        }
    }
    changes
}

/// Makes the changes of lines among what is wanted. Where there is one, nothing else is changed in the same round.
pub fn lines(document: &mut Document, format: LedesFormat, wanted: &[Wanted<'_>]) -> Vec<Change> {
    let mut round = Round {
        original: document.lines.len(),
        document,
        format,
        changes: Vec::new(),
        gone: BTreeMap::new(),
        put_in: BTreeMap::new(),
    };
    for one in wanted {
        round.one(one);
    }
    round.done()
}

struct Round<'a> {
    original: usize,
    document: &'a mut Document,
    format: LedesFormat,
    changes: Vec<Change>,
    /// Lines that go, by index.
    gone: BTreeMap<usize, ()>,
    /// Texts that stand before the line of this index.
    put_in: BTreeMap<usize, String>,
}

impl Round<'_> {
    fn one(&mut self, one: &Wanted<'_>) {
        let repair = one.repair;
        let index = (repair.line.max(1) - 1) as usize;
        if index >= self.original || self.gone.contains_key(&index) {
            return;
        }
        let (marker, header) = pipe::head(self.format);
        match (one.rule, repair.variant) {
            ("signature", "missing") => self.put_in(one, 0, marker),
            ("signature", _) => self.write(one, index, marker.to_owned()),
            ("header", "missing") => {
                let record = |text: &str| text.bytes().take(6).all(|b| b.is_ascii_digit());
                if record(&self.document.lines[index].text) {
                    self.put_in(one, index, &header);
                }
            }
            ("header", "case" | "names") => {
                let open = !self.document.lines[index].text.trim_end().ends_with("[]");
                let names = header.strip_suffix("[]").filter(|_| open);
                self.write(one, index, names.unwrap_or(&header).to_owned());
            }
            ("line-terminator", variant) => {
                let text = self.document.lines[index].text.trim_end();
                let text = match variant {
                    "trailing-pipe" => text.strip_suffix('|').unwrap_or(text),
                    _ => text,
                };
                let end = |text: &str| -> String {
                    let from = text.len().saturating_sub(20);
                    (from..text.len())
                        .find_map(|at| text.get(at..))
                        .map_or_else(String::new, |end| format!("... {end}"))
                };
                let written = format!("{text}[]");
                let before = end(self.document.lines[index].text.trim_end());
                self.change(one, &before, &end(&written));
                self.document.lines[index].text = written;
            }
            ("embedded-line-break", _) => self.join(one, index),
            ("trailing-blank-lines", _) => {
                let blank: Vec<usize> = (0..self.original)
                    .filter(|i| self.document.lines[*i].text.trim().is_empty())
                    .collect();
                self.change(one, &format!("{} blank lines", blank.len()), "none");
                self.gone.extend(blank.into_iter().map(|i| (i, ())));
            }
            ("encoding", "") => {
                self.change(one, "Windows-1252", "UTF-8");
                for line in &mut self.document.lines {
                    line.windows = false;
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, one: &Wanted<'_>, before: &str, after: &str) {
        self.changes.push(Change {
            line: self.document.original(one.repair.line),
            before: before.to_owned(),
            after: after.to_owned(),
            ..one.change()
        });
    }

    fn put_in(&mut self, one: &Wanted<'_>, index: usize, text: &str) {
        self.change(one, "", text);
        self.put_in.insert(index, text.to_owned());
    }

    fn write(&mut self, one: &Wanted<'_>, index: usize, text: String) {
        let before = self.document.lines[index].text.clone();
        if before != text {
            self.change(one, &before, &text);
            self.document.lines[index].text = text;
        }
    }

    /// Puts the pieces of a record together, a blank for each break.
    fn join(&mut self, one: &Wanted<'_>, index: usize) {
        let breaks = one.repair.before.matches('\n').count();
        if breaks == 0 || index + breaks >= self.original {
            return;
        }
        let last = index + breaks;
        let mut text = String::new();
        for piece in &self.document.lines[index..=last] {
            let piece = piece.text.as_str();
            let piece = if text.is_empty() {
                piece
            } else {
                piece.trim_start()
            };
            if !text.is_empty() && !text.ends_with('|') && !piece.starts_with('|') {
                text.push(' ');
            }
            text.push_str(piece.trim_end());
        }
        let joined: Vec<&str> = one.repair.before.split('\n').map(str::trim).collect();
        self.change(one, &joined.join(" \u{23ce} "), &joined.join(" "));
        self.document.lines[index].text = text;
        self.document.lines[index].end = self.document.lines[last].end;
        self.gone.extend((index + 1..=last).map(|i| (i, ())));
    }

    fn done(self) -> Vec<Change> {
        if self.gone.is_empty() && self.put_in.is_empty() {
            return self.changes;
        }
        let end = self.document.usual_end();
        let old = std::mem::take(&mut self.document.lines);
        let ended = old.last().is_none_or(|l| !l.end.is_empty());
        for (index, line) in old.into_iter().enumerate() {
            if let Some(text) = self.put_in.get(&index) {
                self.document.lines.push(DocumentLine {
                    original: line.original,
                    text: text.clone(),
                    end,
                    windows: false,
                });
            }
            if !self.gone.contains_key(&index) {
                self.document.lines.push(line);
            }
        }
        if let Some(last) = self.document.lines.last_mut()
            && ended
            && last.end.is_empty()
        {
            last.end = end;
        }
        self.changes
    }
}
