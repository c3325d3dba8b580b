//! Texts that begin with `<`: invoices in XML, other XML, web pages, spreadsheets saved as XML.

use super::kind::{Kind, Refused};

/// Says what a text is that begins with `<`. `None` where it is no markup.
pub fn recognise(text: &str) -> Option<Kind> {
    if text.contains("progid=\"Excel.Sheet\"") || text.contains("office:spreadsheet\"") {
        let seen = "a spreadsheet saved as XML";
        return Some(Refused::text("workbook", seen).into());
    }
    let (doctype, element) = first_names(text);
    let is = |name: &str| {
        doctype.eq_ignore_ascii_case(name)
            || (doctype.is_empty() && element.eq_ignore_ascii_case(name))
    };
    if is("html") || is("head") || is("body") {
        return Some(Refused::text("", "a web page (HTML)").into());
    }
    if is("svg") {
        return Some(Refused::text("", "a picture (SVG)").into());
    }
    let markup = text.len() == 1
        || text[1..].starts_with(name_start)
        || text[1..].starts_with(['?', '!', '/']);
    markup.then(|| Kind::Xml {
        invoice: is_invoice(text, doctype, element),
    })
}

fn name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == ':'
}

/// The name in the document type declaration, and the name of the first element; empty where there is none.
fn first_names(text: &str) -> (&str, &str) {
    let mut doctype = "";
    let mut rest = text;
    // Declarations, comments and instructions before the first element; more than a few are no invoice's.
    for _ in 0..64 {
        let Some(at) = rest.find('<') else { break };
        rest = &rest[at..];
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if let Some(declared) = rest.strip_prefix("<!") {
            let mut words = declared.split(|c: char| c.is_whitespace() || "[>".contains(c));
            if words
                .next()
                .is_some_and(|w| w.eq_ignore_ascii_case("doctype"))
            {
                doctype = words.find(|w| !w.is_empty()).unwrap_or("");
            }
            ">"
        } else {
            let name = &rest[1..];
            let length = name
                .find(|c: char| c.is_whitespace() || "/><".contains(c))
                .unwrap_or(name.len());
            return (doctype, &name[..length]);
        };
        let Some(at) = rest.find(end) else { break };
        rest = &rest[at + end.len()..];
    }
    (doctype, "")
}

/// True where the elements are those of a LEDES invoice, whole or a fragment.
fn is_invoice(text: &str, doctype: &str, element: &str) -> bool {
    let ledes = |name: &str| {
        name.get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("ledes"))
    };
    let known = ["firm", "client", "invoice", "matter", "fee", "expense"];
    ledes(doctype)
        || ledes(element)
        || known.contains(&element)
        || [
            "<inv_id",
            "<lf_tax_id",
            "<lf_vendor_id",
            "<lf_matter_id",
            "<cl_id",
        ]
        .iter()
        .any(|tag| text.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_element_is_found_behind_declarations() {
        let text = "<?xml version='1.0'?>\n<!-- <html> -->\n<!DOCTYPE ledesxml SYSTEM \"l.dtd\" [\n<!ENTITY a \"b\">]>\n<ledesxml>";
        assert_eq!(first_names(text), ("ledesxml", "ledesxml"));
        assert_eq!(first_names("<!doctype HTML>"), ("HTML", ""));
        assert_eq!(first_names("<firm/>"), ("", "firm"));
        assert_eq!(first_names("<!-- open"), ("", ""));
        assert_eq!(first_names("<"), ("", ""));
    }

    #[test]
    fn pages_and_spreadsheets_are_no_invoices() {
        let page = Some(Refused::text("", "a web page (HTML)").into());
        assert_eq!(recognise("<html>"), page);
        assert_eq!(
            recognise("<?xml version=\"1.0\"?><!DOCTYPE html><html>"),
            page
        );
        let sheet = "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>";
        assert_eq!(
            recognise(sheet),
            Some(Refused::text("workbook", "a spreadsheet saved as XML").into())
        );
        assert_eq!(recognise("< 5 hours"), None);
        assert_eq!(
            recognise("<ledesxmlebilling2.2>"),
            Some(Kind::Xml { invoice: true })
        );
    }
}
