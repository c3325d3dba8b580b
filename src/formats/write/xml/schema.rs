//! The XML schema (XSD 1.0) of LEDES XML 2.0 to 2.2, as the field table has them: names, order, how often, and what may
//! stand in an element.

use super::root_of;
use crate::formats::xml::names::Name;
use crate::formats::xml::table::{Kind, Row, Table, index_of};
use crate::model::{Family, LedesFormat};
use std::collections::BTreeSet;
use std::fmt::Write;

/// What is said at the top of each schema.
const NOTE: &str = "Written by `cleanbill convert --schema {format}` from rules/formats/ledes-xml-2.csv; \
`UPDATE=1 cargo test --test generated` writes it anew. Do not edit. It is no schema of the LEDES Oversight Committee: \
elements whose place in the published order is not known stand where cleanbill writes them.";

/// The schema of a version; `None` of another format.
pub fn schema(format: LedesFormat) -> Option<String> {
    if format.family() != Family::Xml2 {
        return None;
    }
    let (root, namespace) = root_of(format);
    let mut text = String::new();
    let note = NOTE.replace("{format}", format.name());
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"{namespace}\"\n    \
         targetNamespace=\"{namespace}\" elementFormDefault=\"qualified\">\n\n  \
         <xs:annotation>\n    <xs:documentation>{format}. {note}</xs:documentation>\n  </xs:annotation>\n\n  \
         <xs:element name=\"{root}\" type=\"ledesxml\">\n    \
         <!-- An item number is given once in a file. -->\n    \
         <xs:unique name=\"item\" xmlns:l=\"{namespace}\">\n      \
         <xs:selector xpath=\".//*\"/>\n      <xs:field xpath=\"l:file_item_nbr\"/>\n    \
         </xs:unique>\n  </xs:element>\n",
        format = format.name()
    );
    let mut seen = BTreeSet::from([Name::ledesxml.text()]);
    let mut due = vec![Name::ledesxml];
    while let Some(name) = due.pop() {
        for inner in segment(&mut text, format, name) {
            if seen.insert(inner.text()) {
                due.insert(0, inner);
            }
        }
    }
    text.push_str(SIMPLE);
    text.push_str("</xs:schema>\n");
    Some(text)
}

/// What stands in elements without elements of their own. Decimals as in the dialects cleanbill writes: 4 of an amount,
/// 10 of a rate.
const SIMPLE: &str = r#"
  <xs:simpleType name="words">
    <xs:restriction base="xs:string">
      <xs:minLength value="1"/>
      <xs:pattern value="(.|\n)*\S(.|\n)*"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="number">
    <xs:restriction base="xs:decimal"/>
  </xs:simpleType>

  <xs:simpleType name="rate">
    <xs:restriction base="xs:decimal">
      <xs:fractionDigits value="10"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="item">
    <xs:restriction base="xs:nonNegativeInteger"/>
  </xs:simpleType>

  <xs:simpleType name="country">
    <xs:restriction base="xs:string">
      <xs:pattern value="[A-Z]{2,3}"/>
    </xs:restriction>
  </xs:simpleType>
"#;

/// Writes the type of a segment, and returns the segments it holds.
fn segment(text: &mut String, format: LedesFormat, name: Name) -> Vec<Name> {
    let Some(segment) = Table::of(format).segment(name) else {
        return Vec::new();
    };
    let version = index_of(format);
    let _ = write!(
        text,
        "\n  <xs:complexType name=\"{}\">\n    <xs:sequence>\n",
        name.text()
    );
    let own: Vec<&Row> = segment
        .rows
        .iter()
        .filter(|row| usize::from(row.since) <= version)
        .collect();
    // A segment of which only the item number is known, as a regulatory statement, may hold anything.
    let anything = segment.open && own.iter().all(|row| row.kind == Kind::Item);
    let mut inner = Vec::new();
    if anything {
        text.push_str(
            "      <xs:any minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"skip\"/>\n",
        );
    }
    for row in own.iter().filter(|_| !anything) {
        if let Kind::Segment(of) = row.kind {
            inner.push(of);
        }
        element(text, format, name, row);
    }
    text.push_str("    </xs:sequence>\n");
    if name == Name::extend_header {
        text.push_str("    <xs:anyAttribute processContents=\"skip\"/>\n");
    }
    text.push_str("  </xs:complexType>\n");
    inner
}

fn element(text: &mut String, format: LedesFormat, segment: Name, row: &Row) {
    let version = index_of(format);
    let name = match row.spelt_in_20 {
        Some(other) if format == LedesFormat::Xml20 => other,
        _ => row.name,
    };
    let least = match row.required[version] || (segment, row.name) == (Name::ledesxml, Name::firm) {
        // A header may have attributes alone.
        true if segment != Name::extend_header => "",
        _ => " minOccurs=\"0\"",
    };
    let most = match row.many {
        true => " maxOccurs=\"unbounded\"",
        false => "",
    };
    let head = format!("      <xs:element name=\"{}\"", name.text());
    let restricted = |text: &mut String, base: &str, facets: &[String]| {
        let _ = write!(
            text,
            "{head}{least}{most}>\n        <xs:simpleType>\n          <xs:restriction base=\"{base}\">\n"
        );
        for facet in facets {
            let _ = writeln!(text, "            {facet}");
        }
        text.push_str(
            "          </xs:restriction>\n        </xs:simpleType>\n      </xs:element>\n",
        );
    };
    let kind = match row.kind {
        Kind::Text | Kind::OpenList(_) => match row.width[version] {
            0 => "words",
            width => {
                let facet = format!("<xs:maxLength value=\"{width}\"/>");
                return restricted(text, "words", &[facet]);
            }
        },
        Kind::Number => "number",
        Kind::Rate => "rate",
        Kind::Item => "item",
        Kind::Date => "xs:date",
        Kind::Country => "country",
        Kind::List(list) | Kind::Charge(list) => {
            let facets: Vec<String> = list
                .split('|')
                .map(|word| format!("<xs:enumeration value=\"{word}\"/>"))
                .collect();
            return restricted(text, "xs:string", &facets);
        }
        Kind::Segment(of) => of.text(),
    };
    let _ = writeln!(text, "{head} type=\"{kind}\"{least}{most}/>");
}
