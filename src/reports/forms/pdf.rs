//! Reports as PDF: tables on A4, the head of each on every page. Set in Helvetica, which every reader has: no font is
//! carried along, and letters outside Windows-1252 are printed as `?` and counted.

use super::{About, Beside, below, beside, invoice, texts};
use crate::reports::figures::Report;
use encoding_rs::WINDOWS_1252;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4 on its side, in points.
const WIDE: f32 = 842.0;
const HIGH: f32 = 595.0;
const MARGIN: f32 = 36.0;
/// Where a page's table begins, from below.
const TOP: f32 = HIGH - 62.0;
const BOTTOM: f32 = 42.0;
const SIZE: f32 = 8.0;
const LEADING: f32 = 10.5;
const GAP: f32 = 8.0;
/// No column of words is made narrower than that.
const NARROWEST: f32 = 44.0;
const INK: [f32; 3] = [0.11, 0.14, 0.19];
const SOFT: [f32; 3] = [0.36, 0.40, 0.46];
const RED: [f32; 3] = [0.64, 0.15, 0.17];
const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

/// Widths of Helvetica's letters from the blank to `~`, in thousandths of its size (Adobe's metrics of the 14 fonts).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// Bold letters are so much wider; its digits, points and commas are not.
const BOLDER: f32 = 1.08;

fn width_of(text: &str, bold: bool, size: f32) -> f32 {
    let letter = |c: char| {
        let at = (c as usize).checked_sub(32);
        let own = at.and_then(|at| WIDTHS.get(at)).copied().unwrap_or(667);
        let figure = c.is_ascii_digit() || [' ', '.', ',', '-', '%'].contains(&c);
        f32::from(own) * if bold && !figure { BOLDER } else { 1.0 }
    };
    text.chars().map(letter).sum::<f32>() / 1000.0 * size
}

/// Lines no wider than so many points, broken at blanks, a longer word inside.
fn broken(text: &str, room: f32, bold: bool, size: f32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last().map_or("", String::as_str);
        let more = format!("{last}{}{word}", if last.is_empty() { "" } else { " " });
        if width_of(&more, bold, size) <= room {
            lines.pop();
            lines.push(more);
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        let mut part = String::new();
        for letter in word.chars() {
            part.push(letter);
            if width_of(&part, bold, size) > room && part.chars().count() > 1 {
                part.pop();
                lines.pop();
                lines.push(std::mem::take(&mut part));
                lines.push(String::new());
                part.push(letter);
            }
        }
        lines.pop();
        lines.push(part);
    }
    lines
}

/// A column of a table.
struct Shown {
    head: String,
    right: bool,
    room: f32,
}

/// Pages as they are written.
struct Paper {
    pages: Vec<Content>,
    y: f32,
    lacking: usize,
}

impl Paper {
    fn put(&mut self, text: &str, x: f32, font: Name<'_>, size: f32, colour: [f32; 3]) {
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            let mut buffer = [0; 4];
            let (own, _, lacks) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
            if lacks {
                self.lacking += 1;
                bytes.push(b'?');
            } else {
                bytes.extend_from_slice(&own);
            }
        }
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.set_fill_rgb(colour[0], colour[1], colour[2]);
            page.begin_text();
            page.set_font(font, size);
            page.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
            page.show(Str(&bytes));
            page.end_text();
        }
    }

    fn rule(&mut self, thick: f32) {
        let y = self.y + LEADING - 2.0;
        if let Some(page) = self.pages.last_mut() {
            page.set_stroke_rgb(0.7, 0.72, 0.75);
            page.set_line_width(thick);
            page.move_to(MARGIN, y).line_to(WIDE - MARGIN, y).stroke();
        }
    }

    fn new_page(&mut self, report: &Report, when: &str, again: bool) {
        self.pages.push(Content::new());
        self.y = HIGH - 44.0;
        let title = match again {
            true => format!("{} (continued)", report.title),
            false => report.title.to_owned(),
        };
        self.put(&title, MARGIN, BOLD, 13.0, INK);
        let right = WIDE - MARGIN - width_of(when, false, 9.0);
        self.put(when, right, PLAIN, 9.0, SOFT);
        self.y = TOP - LEADING;
    }

    fn lines(&mut self, text: &str, at: (f32, Name<'_>, f32), colour: [f32; 3]) {
        let (x, font, size) = at;
        for line in broken(text, WIDE - MARGIN - x, font == BOLD, size) {
            self.put(&line, x, font, size, colour);
            self.y -= size * 1.3;
        }
    }
}

/// The table of one report, page after page.
struct Table<'a> {
    report: &'a Report,
    columns: Vec<Shown>,
    when: String,
}

impl Table<'_> {
    fn head(&self, paper: &mut Paper) {
        let heads: Vec<String> = self.columns.iter().map(|c| c.head.clone()).collect();
        self.print(paper, &heads, BOLD, SOFT);
        paper.rule(0.8);
        paper.y -= 2.0;
    }

    /// Begins another page where so much has no room.
    fn room(&self, paper: &mut Paper, high: f32) {
        if paper.y - high < BOTTOM {
            paper.new_page(self.report, &self.when, true);
            self.head(paper);
        }
    }

    fn print(&self, paper: &mut Paper, cells: &[String], font: Name<'_>, colour: [f32; 3]) {
        let bold = font == BOLD;
        let cells: Vec<Vec<String>> = self
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| broken(cell, column.room, bold, SIZE))
            .collect();
        let high = cells.iter().map(Vec::len).max().unwrap_or(1);
        for at in 0..high {
            let mut x = MARGIN;
            for (column, lines) in self.columns.iter().zip(&cells) {
                if let Some(line) = lines.get(at) {
                    let left = match column.right {
                        true => x + column.room - width_of(line, bold, SIZE),
                        false => x,
                    };
                    paper.put(line, left, font, SIZE, colour);
                }
                x += column.room + GAP;
            }
            paper.y -= LEADING;
        }
    }

    fn high(&self, cells: &[String]) -> f32 {
        let lines = self.columns.iter().zip(cells);
        let lines = lines.map(|(c, cell)| broken(cell, c.room, true, SIZE).len());
        lines.max().unwrap_or(1) as f32 * LEADING
    }
}

/// Columns in the room there is: words are given less, figures are not.
fn fitted(beside: &[Beside<'_>], rows: &[Vec<String>]) -> Vec<Shown> {
    let mut columns: Vec<Shown> = beside
        .iter()
        .map(|one| Shown {
            head: one.short().to_owned(),
            right: one.right(),
            room: 0.0,
        })
        .collect();
    for (at, column) in columns.iter_mut().enumerate() {
        let words = column.head.split(' ').map(|w| width_of(w, true, SIZE));
        let cells = rows.iter().map(|r| width_of(&r[at], true, SIZE));
        column.room = words.chain(cells).fold(0.0, f32::max) + 1.0;
    }
    let most = WIDE - 2.0 * MARGIN;
    loop {
        let all: f32 = columns.iter().map(|c| c.room + GAP).sum::<f32>() - GAP;
        if all <= most {
            // What is left is shared out, so that figures do not crowd at one side.
            let more = (most - all) / columns.len() as f32;
            columns.iter_mut().for_each(|c| c.room += more.min(60.0));
            return columns;
        }
        let words = columns
            .iter_mut()
            .filter(|c| !c.right && c.room > NARROWEST);
        let Some(widest) = words.max_by(|a, b| a.room.total_cmp(&b.room)) else {
            return columns;
        };
        widest.room = (widest.room - (all - most).clamp(1.0, 12.0)).max(NARROWEST);
    }
}

fn write(report: &Report, about: &About, paper: &mut Paper) {
    let when = match report.period {
        Some(period) => period.words(),
        None => format!("as of {}", about.made),
    };
    let when = match about.whose.as_str() {
        "" => when,
        whose => format!("{when}, {whose}"),
    };
    let beside = beside(report);
    let rows: Vec<Vec<String>> = report
        .rows
        .iter()
        .map(|row| texts(&beside, &row.cells, &row.currency))
        .collect();
    let totals: Vec<Vec<String>> = report
        .totals
        .iter()
        .map(|sum| {
            let mut line = texts(&beside, &sum.cells, &sum.currency);
            line[0] = "Total".to_owned();
            line
        })
        .collect();
    let all: Vec<Vec<String>> = rows.iter().chain(&totals).cloned().collect();
    let table = Table {
        columns: fitted(&beside, &all),
        report,
        when,
    };
    paper.new_page(report, &table.when, false);
    for lead in &report.lead {
        let colour = if lead.alarm { RED } else { INK };
        paper.lines(&lead.text, (MARGIN, BOLD, 10.0), colour);
    }
    paper.y -= 6.0;
    if rows.is_empty() {
        paper.lines("Nothing to show.", (MARGIN, PLAIN, 9.0), INK);
    } else {
        table.head(paper);
    }
    for (row, line) in report.rows.iter().zip(&rows) {
        let under = below(report, row);
        table.room(paper, table.high(line) + under.len() as f32 * LEADING);
        let colour = if row.alarm { RED } else { INK };
        table.print(paper, line, PLAIN, colour);
        for text in under {
            paper.lines(&text, (MARGIN + 10.0, PLAIN, 7.0), SOFT);
        }
        for one in row.invoices.iter().filter(|_| about.invoices) {
            table.room(paper, LEADING);
            let text = invoice(report, one);
            paper.lines(&text, (MARGIN + 10.0, PLAIN, 7.0), SOFT);
        }
        paper.y -= 2.0;
        paper.rule(0.3);
        paper.y -= 1.5;
    }
    for line in &totals {
        table.room(paper, table.high(line));
        table.print(paper, line, BOLD, INK);
    }
    paper.y -= 8.0;
    for note in std::iter::once(&report.counts).chain(&report.notes) {
        table.room(paper, 3.0 * LEADING);
        paper.lines(note, (MARGIN, PLAIN, 7.5), SOFT);
    }
}

/// The document.
pub fn pdf(reports: &[Report], about: &About) -> Vec<u8> {
    let mut paper = Paper {
        pages: Vec::new(),
        y: 0.0,
        lacking: 0,
    };
    for report in reports {
        write(report, about, &mut paper);
    }
    if paper.lacking > 0 {
        let text = format!(
            "{} letters that this form cannot show stand here as \"?\"; the page and the workbook have them.",
            paper.lacking
        );
        paper.lines(&text, (MARGIN, PLAIN, 7.5), RED);
    }
    let count = paper.pages.len();
    for at in 0..count {
        let text = format!("{} of {count}", at + 1);
        let x = WIDE - MARGIN - width_of(&text, false, 8.0);
        let page = &mut paper.pages[at];
        page.set_fill_rgb(SOFT[0], SOFT[1], SOFT[2]);
        for (text, x) in [(text.as_str(), x), (about.made.as_str(), MARGIN)] {
            page.begin_text();
            page.set_font(PLAIN, 8.0);
            page.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, 24.0]);
            page.show(Str(text.as_bytes()));
            page.end_text();
        }
    }
    bound(paper.pages, reports)
}

/// Pages put together.
fn bound(pages: Vec<Content>, reports: &[Report]) -> Vec<u8> {
    let mut next = 1;
    let mut new = || {
        next += 1;
        Ref::new(next - 1)
    };
    let (catalog, tree, plain, bold, info) = (new(), new(), new(), new(), new());
    let places: Vec<(Ref, Ref)> = pages.iter().map(|_| (new(), new())).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr("en"));
    let title = match reports {
        [one] => one.title,
        _ => "Reports",
    };
    pdf.document_info(info)
        .title(TextStr(title))
        .creator(TextStr("cleanbill"));
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree)
        .kids(places.iter().map(|(page, _)| *page))
        .count(count);
    for (font, name) in [(plain, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
        pdf.type1_font(font)
            .base_font(Name(name))
            .encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    for ((page, content), drawn) in places.into_iter().zip(pages) {
        let mut made = pdf.page(page);
        made.media_box(Rect::new(0.0, 0.0, WIDE, HIGH))
            .parent(tree)
            .contents(content);
        made.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
        made.finish();
        pdf.stream(content, &drawn.finish());
    }
    pdf.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_broken_where_they_end() {
        // Helvetica at 10 points: a digit is 5.56 points wide, in bold too.
        assert!(
            (width_of("1,234.50", false, 10.0) - width_of("1,234.50", true, 10.0)).abs() < 1e-3
        );
        assert!((width_of("10", false, 10.0) - 11.12).abs() < 1e-3);
        assert_eq!(broken("12 34", 12.0, false, 10.0), ["12", "34"]);
        assert_eq!(broken("1234", 12.0, false, 10.0), ["12", "34"]);
        assert_eq!(broken("", 12.0, false, 10.0), [""]);
    }
}
