//! The first line: which format the file says it is (ledes-1998b.md section 2, ledes-1998bi.md section 1).

use crate::model::LedesFormat;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case};
use nom::character::complete::{alphanumeric0, space0};
use nom::combinator::{all_consuming, opt, rest, value};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

/// The exact marker of 1998B.
pub const MARKER_B: &str = "LEDES1998B[]";
/// The exact marker of 1998BI.
pub const MARKER_BI: &str = "LEDES98BI V2[]";

/// What a first line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Marker {
    /// Exactly as the format wants it.
    Exact(LedesFormat),
    /// A spelling people use for the same format.
    Spelling(LedesFormat),
    /// It names a LEDES format nobody knows.
    Unknown,
    /// It is no marker at all.
    None,
}

fn name(text: &str) -> IResult<&str, LedesFormat> {
    let year = || alt((tag_no_case("1998"), tag_no_case("98")));
    let version = alt((
        value(
            LedesFormat::L1998BIV2,
            (tag_no_case("BI"), space0, tag_no_case("V2")),
        ),
        value(LedesFormat::L1998BI, tag_no_case("BI")),
        value(LedesFormat::L1998B, tag_no_case("B")),
    ));
    preceded((tag_no_case("LEDES"), space0, year()), version).parse(text)
}

fn spelling(text: &str) -> IResult<&str, LedesFormat> {
    all_consuming(terminated(name, (space0, opt(tag("[]")), space0))).parse(text)
}

fn any_ledes(text: &str) -> IResult<&str, &str> {
    preceded((tag_no_case("LEDES"), alphanumeric0), rest).parse(text)
}

/// Reads a first line, without its line end.
pub fn marker(line: &str) -> Marker {
    match line {
        MARKER_B => return Marker::Exact(LedesFormat::L1998B),
        MARKER_BI => return Marker::Exact(LedesFormat::L1998BIV2),
        _ => {}
    }
    if let Ok((_, format)) = spelling(line.trim()) {
        return Marker::Spelling(format);
    }
    // A marker has no field names behind it and few pipes.
    if any_ledes(line.trim()).is_ok() && line.matches('|').count() < 4 {
        return Marker::Unknown;
    }
    let short = line.trim();
    if short.ends_with("[]") && !short.contains('|') {
        return Marker::Unknown;
    }
    Marker::None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_apart() {
        use LedesFormat::{L1998B, L1998BI, L1998BIV2};
        for (line, expected) in [
            ("LEDES1998B[]", Marker::Exact(L1998B)),
            ("LEDES98BI V2[]", Marker::Exact(L1998BIV2)),
            ("LEDES1998BI V2[]", Marker::Spelling(L1998BIV2)),
            ("LEDES98BI[]", Marker::Spelling(L1998BI)),
            ("LEDES1998BI[]", Marker::Spelling(L1998BI)),
            ("LEDES98B[]", Marker::Spelling(L1998B)),
            ("LEDES1998B", Marker::Spelling(L1998B)),
            ("LEDES1998B []", Marker::Spelling(L1998B)),
            ("ledes1998b[]", Marker::Spelling(L1998B)),
            ("LEDES1998B[] ", Marker::Spelling(L1998B)),
            ("LEDES1998Z[]", Marker::Unknown),
            ("LEDES1998BB[]", Marker::Unknown),
            ("LEDES1337B[]", Marker::Unknown),
            ("LEDES98B[]|[]|", Marker::Unknown),
            ("WRONG_HEADER[]", Marker::Unknown),
            ("INVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|A|B[]", Marker::None),
            ("20260331|HV-10422|BWC01[]", Marker::None),
            ("", Marker::None),
        ] {
            assert_eq!(marker(line), expected, "{line}");
        }
    }
}
