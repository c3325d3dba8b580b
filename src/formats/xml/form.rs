//! What makes a file no XML, in words a reader of the report understands.

use super::feed::Spot;
use super::trouble::{Trouble, Troubles, rule};
use quick_xml::Error;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::BytesStart;

/// Why reading ends before the file does.
#[derive(Clone, Debug)]
pub struct Stop {
    variant: &'static str,
    at: Option<(Spot, u64)>,
    args: Vec<(&'static str, String)>,
}

impl Stop {
    /// Reading stops at a place.
    pub fn at(spot: Spot, len: u64, variant: &'static str) -> Self {
        Self {
            variant,
            at: Some((spot, len)),
            args: Vec::new(),
        }
    }

    fn because(variant: &'static str) -> Self {
        Self {
            variant,
            at: None,
            args: Vec::new(),
        }
    }

    /// Names a value for the message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The same at a place.
    pub fn moved(mut self, spot: Spot, len: u64) -> Self {
        self.at = Some((spot, len));
        self
    }

    /// As trouble of the file; `open` is the innermost element that was not closed.
    pub fn into_trouble(self, open: Option<&str>) -> Trouble {
        let (spot, len) = self.at.unwrap_or((Spot::FIRST, 0));
        let mut trouble = Trouble::new(rule::NOT_WELL_FORMED, self.variant, spot, len)
            .with("column", spot.column() + 1)
            .with("element", open.unwrap_or(""));
        trouble.args.extend(self.args);
        trouble
    }
}

/// The reason of an error of the parser.
pub fn stop(error: &Error, too_long: bool) -> Stop {
    if too_long {
        return Stop::because("too-long");
    }
    match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            Stop::because("end-tag")
                .with("due", short(expected))
                .with("found", short(found))
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            Stop::because("end-without-start").with("found", short(found))
        }
        Error::Syntax(syntax) => match syntax {
            SyntaxError::InvalidBangMarkup => Stop::because("less-than"),
            SyntaxError::UnclosedComment => cut_off("a comment"),
            SyntaxError::UnclosedCData => cut_off("a CDATA section"),
            SyntaxError::UnclosedDoctype => cut_off("the document type declaration"),
            SyntaxError::UnclosedPI | SyntaxError::UnclosedXmlDecl => {
                cut_off("the XML declaration")
            }
            SyntaxError::UnclosedTag => cut_off("a tag"),
            SyntaxError::UnclosedSingleQuotedAttributeValue
            | SyntaxError::UnclosedDoubleQuotedAttributeValue => {
                cut_off("the quoted value of an attribute")
            }
        },
        other => Stop::because("").with("reason", other),
    }
}

fn cut_off(what: &str) -> Stop {
    Stop::because("cut-off").with("what", what)
}

fn short(name: &str) -> String {
    name.chars().take(60).collect()
}

/// Checks what the parser lets pass in an opening tag: its name and its attributes. Returns the variant that
/// stops the reading; a wrong attribute is raised and does not stop it.
pub fn wrong_tag(
    tag: &BytesStart<'_>,
    troubles: &mut Troubles,
    place: impl FnOnce() -> (Spot, u64),
) -> Option<&'static str> {
    let whole: &str = tag;
    let name = tag.name().into_inner();
    let mut bytes = name.bytes();
    let first = bytes.next();
    if !first.is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' || b == b':' || !b.is_ascii()) {
        return Some("less-than");
    }
    if !bytes.all(|b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':') || !b.is_ascii()
    }) {
        return Some("less-than");
    }
    if whole.len() == name.len() || whole[name.len()..].trim_ascii().is_empty() {
        return None;
    }
    if whole[name.len()..].contains('<') {
        return Some("less-than");
    }
    if tag.attributes().any(|a| a.is_err()) && !troubles.has(rule::NOT_WELL_FORMED, "attribute") {
        let (spot, len) = place();
        troubles.raise(
            Trouble::new(rule::NOT_WELL_FORMED, "attribute", spot, len.min(200))
                .with("column", spot.column() + 1)
                .with("element", short(name)),
        );
    }
    None
}

/// The five entities every XML file has, and numbers of characters.
pub fn is_known_reference(name: &str) -> bool {
    matches!(name, "amp" | "lt" | "gt" | "quot" | "apos")
        || name
            .strip_prefix('#')
            .is_some_and(|n| match n.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .is_some(),
                None => n.parse().ok().and_then(char::from_u32).is_some(),
            })
}

/// The encoding an XML declaration names.
pub fn declared_encoding(declaration: &str) -> Option<String> {
    let at = declaration.find("encoding")?;
    let rest = declaration[at + "encoding".len()..]
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = rest[1..].split(quote).next()?;
    Some(short(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_encoding_is_found_in_either_quotes() {
        assert_eq!(
            declared_encoding("xml version=\"1.0\" encoding = 'ISO-8859-1'").as_deref(),
            Some("ISO-8859-1")
        );
        assert_eq!(declared_encoding("xml version=\"1.0\""), None);
    }

    #[test]
    fn only_references_every_xml_file_has_are_known() {
        for name in ["amp", "#8217", "#x2019"] {
            assert!(is_known_reference(name), "{name}");
        }
        for name in ["nbsp", "#", "#xD800", "lol9", ""] {
            assert!(!is_known_reference(name), "{name}");
        }
    }
}
