//! What an invoice says, whatever file it was read from: for the comparison of two.

use super::owner::{Owner, owner_of};
use super::slot::Content;
use super::visit::{extensions, visit};
use crate::model::Invoice;
use rustc_hash::FxHasher;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// The text of a value, one way for each value: a number without closing zeros, a date as ISO has it.
pub fn plain(invoice: &Invoice, content: Content) -> Cow<'_, str> {
    match content {
        Content::Text(cell) => invoice.get(cell),
        Content::Date(value) => value
            .get()
            .map_or(Cow::Borrowed(""), |d| Cow::Owned(d.to_string())),
        Content::Number(value) => value
            .get()
            .map_or(Cow::Borrowed(""), |n| Cow::Owned(n.normalize().to_string())),
    }
}

/// Every value of an invoice that is not empty, with the part and the name it has there; places in the text do not
/// matter, nor do the item numbers of XML files, which whoever writes a file gives anew. Two invoices that say the
/// same have the same values, whatever files they were read from.
pub fn values(invoice: &Invoice) -> Vec<(Owner, String, String)> {
    let mut all = Vec::new();
    let numbered = !invoice.format.is_xml();
    visit(invoice, &mut |owner, names, content| {
        if content.is_blank() || (names.xml2 == "file_item_nbr" && !numbered) {
            return;
        }
        let name = [names.xml2, names.l2000, names.pipe];
        let name = name.iter().find(|n| !n.is_empty());
        all.push((
            owner,
            name.map_or_else(String::new, |n| (*n).to_owned()),
            plain(invoice, content).into_owned(),
        ));
    });
    for line in &invoice.lines {
        let matter = invoice.matter_of(line);
        let id = matter.map_or(Cow::Borrowed(""), |m| invoice.get(m.law_firm_matter_id));
        let kind = line.kind.get().map_or("", |k| k.code());
        all.push((owner_of(line), "line".to_owned(), format!("{kind} of {id}")));
    }
    for (owner, extension) in extensions(invoice) {
        if !extension.value.is_blank() {
            all.push((
                owner,
                extension.name.clone(),
                invoice.get(extension.value).into_owned(),
            ));
        }
    }
    all
}

/// One number for all an invoice says: the same for invoices of the same [`values`] in the same order.
pub fn fingerprint(invoice: &Invoice) -> u64 {
    let mut hasher = FxHasher::default();
    let numbered = !invoice.format.is_xml();
    visit(invoice, &mut |owner, names, content| {
        if content.is_blank() || (names.xml2 == "file_item_nbr" && !numbered) {
            return;
        }
        owner.hash(&mut hasher);
        (names.xml2, names.l2000).hash(&mut hasher);
        match content {
            Content::Text(cell) => invoice.get(cell).hash(&mut hasher),
            Content::Date(value) => value.get().hash(&mut hasher),
            // Equal numbers have equal hashes, whatever their closing zeros.
            Content::Number(value) => value.get().hash(&mut hasher),
        }
    });
    for line in &invoice.lines {
        let matter = invoice.matter_of(line);
        matter
            .map(|m| invoice.get(m.law_firm_matter_id))
            .hash(&mut hasher);
        line.kind.get().hash(&mut hasher);
    }
    for (owner, extension) in extensions(invoice) {
        if !extension.value.is_blank() {
            owner.hash(&mut hasher);
            extension.name.hash(&mut hasher);
            invoice.get(extension.value).hash(&mut hasher);
        }
    }
    hasher.finish()
}
