//! A bill's table, so many lines at once.

use super::Laid;
use super::row::Row;
use askama::Template;

/// The most lines of a bill that are sent at once; the others come when they are needed.
const LINES: usize = 100;
/// The most bytes of them, more or less: with findings on every line a hundred would weigh more than a page may.
const BYTES: usize = 200_000;

/// Some of a bill's lines, as rows of its table.
#[derive(Template)]
#[template(path = "bill_rows.html", config = "src/web/askama.toml")]
pub(in crate::web::pages) struct Rows<'a> {
    rows: &'a [Row],
    adjustments: bool,
    taxes: bool,
    columns: usize,
    /// Where the next lines are, and how many are left.
    more: Option<(String, usize)>,
    /// The invoice whose findings this person may set aside.
    aside: Option<&'a str>,
}

impl Laid {
    /// Columns of the table.
    pub(in crate::web::pages) fn columns(&self) -> usize {
        8 + usize::from(self.adjustments) + usize::from(self.taxes)
    }

    /// The end of what is sent at once from a line on.
    pub(in crate::web::pages) fn end_of(&self, from: usize) -> usize {
        let mut bytes = 0;
        let rest = self.rows.iter().skip(from).take(LINES);
        let fits = rest.take_while(|row| {
            let first = bytes == 0;
            bytes += row.bytes();
            first || bytes <= BYTES
        });
        from + fits.count()
    }

    /// More lines than are sent at once.
    pub(in crate::web::pages) fn is_long(&self) -> bool {
        self.rows.len() > self.end_of(0)
    }

    /// Every line, as they are printed.
    pub(in crate::web::pages) fn every_row(&self) -> String {
        self.some_rows(&self.rows, None, None)
    }

    fn some_rows(
        &self,
        rows: &[Row],
        more: Option<(String, usize)>,
        aside: Option<&str>,
    ) -> String {
        let rows = Rows {
            rows,
            adjustments: self.adjustments,
            taxes: self.taxes,
            columns: self.columns(),
            more,
            aside,
        };
        rows.render().unwrap_or_default()
    }

    /// The lines from one on; `at` is the address of the lines, without what is behind the question mark.
    pub(in crate::web::pages) fn rows_from(
        &self,
        from: usize,
        at: &str,
        query: &str,
        aside: Option<&str>,
    ) -> String {
        let from = from.min(self.rows.len());
        let to = self.end_of(from);
        let mark = if query.is_empty() { "" } else { "&" };
        let more = (to < self.rows.len())
            .then(|| (format!("{at}?{query}{mark}from={to}"), self.rows.len() - to));
        self.some_rows(&self.rows[from..to], more, aside)
    }
}

/// Further lines as a page of their own, where no script puts them under the first.
#[derive(Template)]
#[template(path = "lines.html", config = "src/web/askama.toml")]
pub(in crate::web::pages) struct Alone {
    pub(in crate::web::pages) frame: crate::web::frame::Frame,
    pub(in crate::web::pages) heading: String,
    pub(in crate::web::pages) back: String,
    pub(in crate::web::pages) table: String,
}

/// The whole table of a bill.
#[derive(Template)]
#[template(path = "bill.html", config = "src/web/askama.toml")]
struct Table<'a> {
    bill: &'a Laid,
    rows: String,
    total: &'a str,
    line_count: &'a str,
}

impl Laid {
    /// Its table, with these rows in it.
    pub(in crate::web::pages) fn table(
        &self,
        rows: String,
        total: &str,
        line_count: &str,
    ) -> String {
        let table = Table {
            bill: self,
            rows,
            total,
            line_count,
        };
        table.render().unwrap_or_default()
    }
}
