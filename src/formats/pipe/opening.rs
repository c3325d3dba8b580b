//! The lines before the records: marker and header, and what the file is by them.

use super::header::{Header, format_of, header, looks_like_header};
use super::index::Index;
use super::layout::Layout;
use super::marker::{Marker, marker};
use super::physical::PhysicalLine;
use super::records::{End, end_of};
use super::survey::Surveyor;
use super::{marker as markers, order, rule};
use crate::formats::encoding;
use crate::model::{Anchor, Cell, Hit, LedesFormat};

impl Surveyor {
    /// A line before the records: marker or header, or a record where both are missing.
    pub(super) fn opening_line(&mut self, line: &PhysicalLine<'_>) {
        let text = encoding::decode(line.bytes).0;
        let text = text.trim_ascii_end().to_owned();
        if self.marker.is_none() {
            let found = marker(&text);
            let cell = self.show(line.number, line.bytes);
            self.marker = Some((found, cell));
            if found != Marker::None {
                return;
            }
        }
        if looks_like_header(&text) || (self.is_after_marker() && !is_record(&text)) {
            self.header_line(line, &text);
            return;
        }
        let wide = text.matches('|').count() >= 40;
        let format = self.marked_format().unwrap_or(if wide {
            LedesFormat::L1998BIV2
        } else {
            LedesFormat::L1998B
        });
        let cell = self.show(line.number, line.bytes);
        self.file.hits.push(
            Hit::new(rule::HEADER, Anchor::Invoice)
                .variant("missing")
                .at_name("", cell),
        );
        self.start(
            Layout::standard(format),
            "its marker, without a header line",
        );
        self.record_line(line);
    }

    fn is_after_marker(&self) -> bool {
        !matches!(self.marker, None | Some((Marker::None, _)))
    }

    pub(super) fn marked_format(&self) -> Option<LedesFormat> {
        match self.marker {
            Some((Marker::Exact(format) | Marker::Spelling(format), _)) => Some(format),
            _ => None,
        }
    }

    fn header_line(&mut self, line: &PhysicalLine<'_>, text: &str) {
        let (end, body) = end_of(text.as_bytes());
        let body = &text[..body.len()];
        let cell = self.show(line.number, line.bytes);
        self.header_end = Cell::new(cell.end(), cell.end());
        let mut names = Vec::new();
        let mut cells = Vec::new();
        let mut at = cell.start();
        for part in body.split('|') {
            let lead = part.len() - part.trim_ascii_start().len();
            let name = part.trim_ascii();
            names.push(name);
            // Of a very long line only the beginning is kept.
            let within = |offset: usize| offset.min(cell.end());
            cells.push(Cell::new(within(at + lead), within(at + lead + name.len())));
            at += part.len() + 1;
        }
        let by_columns = format_of(&names);
        let marked = self.marked_format();
        let format = match (marked, by_columns) {
            (Some(m), Some(c)) if m.is_international() == c.is_international() => m,
            (_, Some(c)) => c,
            (Some(m), None) => m,
            (None, None) if names.len() > 40 => LedesFormat::L1998BIV2,
            (None, None) => LedesFormat::L1998B,
        };
        if end != End::Terminated {
            let variant = if end == End::TrailingPipe {
                "trailing-pipe"
            } else {
                ""
            };
            let at = Cell::new(cell.end(), cell.end());
            self.file.hits.push(
                Hit::new(rule::LINE_TERMINATOR, Anchor::Invoice)
                    .variant(variant)
                    .at_name("", at),
            );
        }
        let Header { layout, hits } = header(format, &names, &cells, cell);
        let disagrees = marked
            .filter(|m| by_columns.is_some_and(|c| c.is_international() != m.is_international()));
        self.judge_marker(format, disagrees, names.len());
        self.order_in_doubt = hits.iter().any(|h| h.variant == "order");
        self.file.hits.extend(hits);
        let how = match (&self.marker, by_columns) {
            (Some((Marker::Exact(_), _)), Some(_)) => "its marker and its header",
            (_, Some(_)) => "its header",
            (Some((Marker::Exact(_) | Marker::Spelling(_), _)), None) => "its marker",
            _ => "the column names it has",
        };
        self.start(layout, how);
    }

    /// Raises what is wrong with the first line, now that the header has shown what the file is.
    pub(super) fn judge_marker(
        &mut self,
        format: LedesFormat,
        disagrees: Option<LedesFormat>,
        columns: usize,
    ) {
        let Some((found, cell)) = self.marker else {
            return;
        };
        let wanted = if format.is_international() {
            markers::MARKER_BI
        } else {
            markers::MARKER_B
        };
        let hit = Hit::new(rule::SIGNATURE, Anchor::Invoice)
            .at_name("", cell)
            .expecting(wanted);
        let hit = match (found, disagrees) {
            (_, Some(marked)) => hit
                .variant("disagrees")
                .with("marker", marked)
                .with("columns", columns)
                .with("marker_columns", Layout::standard(marked).width()),
            (Marker::Exact(_), None) => return,
            (Marker::Spelling(_), None) => hit.variant("variant"),
            (Marker::Unknown, None) => hit,
            (Marker::None, None) => hit.variant("missing"),
        };
        self.file.hits.push(hit);
    }

    pub(super) fn start(&mut self, layout: Layout, how: &str) {
        if self.file.hits.iter().all(|h| h.rule != rule::SIGNATURE) && layout_missing(&self.marker)
        {
            self.judge_marker(layout.format, None, layout.width());
        }
        self.recognised = how.to_owned();
        self.begun = Some((Index::new(&layout), layout));
    }

    /// With the first whole record: where its values stand in the format's own order, only the header's names
    /// are in another.
    pub(super) fn decide_order(&mut self, record: &[u8]) {
        let Some((_, layout)) = &self.begun else {
            return;
        };
        let text = String::from_utf8_lossy(end_of(record).1);
        let values: Vec<&str> = text.split('|').map(str::trim).collect();
        if values.len() != layout.width() {
            return;
        }
        self.order_in_doubt = false;
        let standard = Layout::standard(layout.format);
        if order::misfits(&standard, &values) >= order::misfits(layout, &values) {
            return;
        }
        for hit in &mut self.file.hits {
            if hit.rule == rule::HEADER && hit.variant == "order" {
                hit.variant = "names";
            }
        }
        self.begun = Some((Index::new(&standard), standard));
    }
}

fn layout_missing(marker: &Option<(Marker, Cell)>) -> bool {
    matches!(
        marker,
        Some((Marker::None | Marker::Unknown | Marker::Spelling(_), _))
    )
}

fn is_record(text: &str) -> bool {
    text.split('|')
        .next()
        .is_some_and(|first| first.len() >= 6 && first.bytes().all(|b| b.is_ascii_digit()))
}
