//! The file as a whole, judged once its first pass is done: version, document type, encoding, the heads of firms
//! and clients, and numbers that repeat.

use super::bytes::Bytes;
use super::feed::Spot;
use super::load::{self, Gathered};
use super::names::Name;
use super::scan::{Head, Scan};
use super::trouble::{Trouble, Troubles, rule};
use super::version::{self, Told};
use super::{Places, again, build};
use crate::formats::{FileHits, Source};
use crate::model::LedesFormat;
use encoding_rs::Encoding;
use rustc_hash::FxHashSet;
use std::io;

/// What the file is, and what is wrong with it.
pub struct Outcome {
    pub format: Option<LedesFormat>,
    pub recognised: String,
    pub fragment: bool,
    pub file: FileHits,
    pub places: Places,
}

/// Judges the file.
///
/// # Errors
/// The file could not be read any more.
pub fn judge(source: &Source, seen: &Bytes, mut scan: Scan) -> io::Result<Outcome> {
    let (format, recognised) = recognise(&mut scan);
    doctype(&mut scan, format);
    encoding(source, seen, &mut scan)?;
    if let Some(format) = format {
        placement(&mut scan, format);
        if format != LedesFormat::L2000 {
            repeated(source, seen.utf8, &mut scan)?;
        }
    }
    let fragment = scan.fragment;
    let mut gathered = Gathered::new(source, seen.utf8);
    for trouble in std::mem::take(&mut scan.troubles).into_vec() {
        gathered.trouble(trouble)?;
    }
    if let Some(format) = format {
        heads(source, seen.utf8, &scan, format, &mut gathered)?;
    }
    Ok(Outcome {
        format,
        recognised,
        fragment,
        file: gathered.finish(),
        places: Places {
            top: scan.top,
            firms: scan.firms,
            clients: scan.clients,
            invoices: scan.invoices,
        },
    })
}

fn recognise(scan: &mut Scan) -> (Option<LedesFormat>, String) {
    let Some((root, span)) = scan.root.clone() else {
        if !scan.troubles.has_rule(rule::NOT_WELL_FORMED) {
            scan.troubles.raise(
                Trouble::new(rule::NOT_WELL_FORMED, "empty", Spot::FIRST, 0).with("column", 1),
            );
        }
        return (None, "XML without an element".to_owned());
    };
    let shown: String = root.name.chars().take(60).collect();
    let known = Name::of(&root.name);
    let raise = |scan: &mut Scan, variant| {
        let field = known.map_or("", Name::text);
        let trouble = Trouble::new(rule::VERSION, variant, span.start, span.len.min(200))
            .field(field)
            .with("element", &shown)
            .with("namespace", &root.namespace);
        scan.troubles.raise(trouble);
    };
    if scan.fragment && scan.invoices.is_empty() && known.is_none() {
        raise(scan, "");
        return (
            None,
            format!("XML with the root <{shown}>, which is no LEDES invoice"),
        );
    }
    if scan.fragment {
        raise(scan, "fragment");
        let found = version::recognise_fragment(&root, scan.evidence);
        return (Some(found.format), found.words);
    }
    let found = version::recognise(&root, scan.evidence);
    match found.told {
        Told::Plainly => {}
        Told::ByElements => raise(scan, "no-version"),
        Told::ForeignNamespace => raise(scan, "namespace"),
    }
    if scan.invoices.is_empty() && !scan.troubles.has_rule(rule::NOT_WELL_FORMED) {
        scan.troubles.raise(
            Trouble::new(
                rule::NO_LINE_ITEMS,
                "no-invoice",
                span.start,
                span.len.min(200),
            )
            .with("element", &shown),
        );
    }
    (Some(found.format), found.words)
}

/// LEDES 2000 has a document type, which is never fetched; nothing may be declared in the file itself.
fn doctype(scan: &mut Scan, format: Option<LedesFormat>) {
    let Some((declared, span)) = &scan.doctype else {
        return;
    };
    let variant = if declared.contains('[') || declared.contains("<!") {
        ""
    } else if format != Some(LedesFormat::L2000) {
        "doctype"
    } else {
        return;
    };
    let trouble = Trouble::new(rule::DTD, variant, span.start, span.len.min(200));
    scan.troubles.raise(trouble);
}

fn encoding(source: &Source, seen: &Bytes, scan: &mut Scan) -> io::Result<()> {
    let declared = scan.declared.as_ref();
    let label = declared.map_or("", |(name, _)| name.as_str());
    let known = Encoding::for_label(label.as_bytes()).map(Encoding::name);
    let is_ascii = label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii");
    let fits = match seen.encoding {
        "windows-1252" => known == Some("windows-1252") && !is_ascii,
        "utf-8" => known == Some("UTF-8"),
        _ => known.is_some_and(|k| !k.starts_with("UTF-16")),
    };
    let place = match (seen.first_wrong, declared) {
        (Some(offset), _) => Some((Spot::find(source, offset)?, 1)),
        (None, Some((_, span))) if !fits => Some((span.start, span.len)),
        _ => None,
    };
    let Some((spot, len)) = place else {
        return Ok(());
    };
    let found = match seen.encoding {
        "windows-1252" => "Windows-1252",
        "utf-8" => "UTF-8",
        _ => "ASCII",
    };
    let variant = if fits { "" } else { "contradicts" };
    let declared = if label.is_empty() { "UTF-8" } else { label };
    let trouble = Trouble::new(rule::ENCODING, variant, spot, len)
        .with("declared", declared)
        .with("encoding", found)
        .with("column", spot.column() + 1);
    scan.troubles.raise(trouble);
    Ok(())
}

fn placement(scan: &mut Scan, format: LedesFormat) {
    let (variant, place) = if format == LedesFormat::L2000 {
        ("client-in-firm", scan.client_inside)
    } else {
        ("client-outside-firm", scan.client_outside)
    };
    if let (Some(span), false) = (place, scan.fragment) {
        let trouble = Trouble::new(rule::ELEMENT_ORDER, variant, span.start, span.len)
            .field(Name::client.text());
        scan.troubles.raise(trouble);
    }
}

fn repeated(source: &Source, utf8: bool, scan: &mut Scan) -> io::Result<()> {
    if scan.repeated.is_empty() {
        return Ok(());
    }
    let numbers: FxHashSet<u64> = scan.repeated.iter().map(|(n, _)| *n).collect();
    let first = again::first_places(source, utf8, &numbers)?;
    for (number, span) in &scan.repeated {
        let mut trouble = Trouble::new(rule::ITEM_NUMBER, "repeated", span.start, span.len)
            .field(Name::file_item_nbr.text())
            .with("number", number);
        if let Some(first) = first.get(number) {
            trouble = trouble.with("first_line", first.start.line);
            trouble.places.push(*first);
        }
        scan.troubles.raise(trouble);
    }
    Ok(())
}

/// Firms and clients are judged once, however many invoices stand below them.
fn heads(
    source: &Source,
    utf8: bool,
    scan: &Scan,
    format: LedesFormat,
    gathered: &mut Gathered<'_>,
) -> io::Result<()> {
    let all = std::iter::once(&scan.top)
        .chain(&scan.firms)
        .chain(&scan.clients);
    let mut said = 0;
    for Head { pieces, .. } in all {
        if pieces.is_empty() || said > Troubles::MOST {
            continue;
        }
        let text = load::pieces(source, utf8, pieces)?;
        for hit in build::head(&text, format, scan.fragment) {
            said += 1;
            gathered.keep(&text, hit);
        }
    }
    Ok(())
}
