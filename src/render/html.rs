//! The report as one page: nothing is loaded from elsewhere, nothing runs, everything is escaped.
//! Invoices become their part of the page as they come, so that no more than the page is kept.

use super::Look;
use super::page::{FilePart, InvoicePart, Overview, Page};
use crate::check::report::Wants;
use crate::check::{FileReport, InvoiceReport, Run, Sink};
use askama::Template;
use std::io::{self, Write};

/// Collects the parts of the page and writes it at the end, as the summary stands on top.
pub(super) struct HtmlReport {
    out: Box<dyn Write + Send>,
    version: String,
    overview: Vec<Overview>,
    body: String,
    /// Rows of the overview before the file at hand.
    before: usize,
}

impl HtmlReport {
    pub(super) fn new(out: Box<dyn Write + Send>, look: &Look) -> Self {
        Self {
            out,
            version: look.version.clone(),
            overview: Vec::new(),
            body: String::new(),
            before: 0,
        }
    }

    /// The name of the next part of the page, for links.
    fn anchor(&self) -> String {
        format!("i{}", self.overview.len() + 1)
    }

    fn add(&mut self, part: &impl Template, row: Overview) -> io::Result<()> {
        self.overview.push(row);
        part.render_into(&mut self.body).map_err(io::Error::other)
    }

    fn add_file(&mut self, file: &FileReport) -> io::Result<()> {
        let anchor = self.anchor();
        let row = Overview::of_file(&anchor, file);
        self.add(&FilePart::new(anchor, file), row)
    }
}

impl Sink for HtmlReport {
    fn wants(&self) -> Wants {
        Wants {
            bill: true,
            sha256: true,
            excerpts: true,
            ..Wants::default()
        }
    }

    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        self.before = self.overview.len();
        if file.findings.is_empty() {
            return Ok(());
        }
        self.add_file(file)
    }

    fn invoice(&mut self, file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        let anchor = self.anchor();
        let row = Overview::of_invoice(&anchor, file, &invoice);
        self.add(&InvoicePart::new(anchor, file, &invoice), row)
    }

    fn file_done(&mut self, file: &FileReport) -> io::Result<()> {
        if self.overview.len() > self.before {
            return Ok(());
        }
        self.add_file(file)
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        let mut page = Page::new(run);
        page.version = std::mem::take(&mut self.version);
        page.overview = std::mem::take(&mut self.overview);
        page.body = std::mem::take(&mut self.body);
        page.write_into(&mut self.out)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use crate::render::{OutputFormat, sample};

    fn page() -> String {
        sample::rendered(OutputFormat::Html, &sample::look())
    }

    /// `SAMPLE_PAGE=path` keeps the page, to be looked at.
    #[test]
    fn the_page() {
        let page = page();
        if let Some(path) = std::env::var_os("SAMPLE_PAGE") {
            std::fs::write(path, &page).expect("a path that can be written");
        }
        let body = page.split_once("</style>").expect("a style").1;
        insta::assert_snapshot!(body);
    }

    #[test]
    fn what_the_file_holds_is_escaped() {
        let page = page();
        assert!(!page.contains("<b>of the lease"), "markup of the narrative");
        assert!(page.contains("of the lease"));
    }

    #[test]
    fn nothing_is_loaded_and_nothing_runs() {
        let page = page();
        for word in [
            "<script", "http://", "https://", "url(", "@import", " src=", "onclick",
        ] {
            assert!(!page.contains(word), "{word}");
        }
    }

    #[test]
    fn every_link_has_its_anchor() {
        let page = page();
        let mut links = 0;
        for link in page.split("href=\"#").skip(1) {
            let anchor = link.split('"').next().expect("a quoted name");
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
            links += 1;
        }
        assert!(links >= 4);
    }
}
