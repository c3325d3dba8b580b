//! How one portal wants its files: encoding, line ends, spelling of the header, decimals, file names.

use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A portal's way of writing a format. Every field has a default: the standard's own way.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "snake_case")]
pub struct Dialect {
    /// Name of the dialect, for people.
    pub dialect: Option<String>,
    /// Characters of the file; UTF-8 where nothing is said. Plain ASCII files are the same in all three.
    pub encoding: Option<Encoding>,
    /// `lf` or `crlf`.
    pub line_end: LineEnd,
    /// Whether the last line has a line end.
    pub final_line_end: bool,
    /// Pipe formats: the first line.
    pub marker: Option<String>,
    /// Pipe formats: other spellings of column names, by the standard's name.
    pub header: BTreeMap<String, String>,
    /// XML: name of the outer element.
    pub root: Option<String>,
    /// XML: its namespace.
    pub namespace: Option<String>,
    /// Decimals that money, units and hourly rates have at least.
    pub amount_decimals: u32,
    /// Decimals that tax and exchange rates have at least.
    pub rate_decimals: u32,
    /// Decimals that money, units and hourly rates have at most. An amount with more is refused: nothing is rounded.
    pub most_decimals: Option<u32>,
    /// Name of each file: `{stem}`, `{extension}`, `{format}`, and, for a file an invoice, `{invoice_number}`,
    /// `{client_id}`, `{law_firm_matter_id}`, `{client_matter_id}`, `{invoice_date}`.
    pub file_name: Option<String>,
    /// False where the portal refuses negative lines and discounts beside the lines.
    pub negative_lines: bool,
    /// Two or three letters for countries; as they are where nothing is said.
    pub country: Option<CountryForm>,
    /// The date of an IF or IE line made of a matter's discount, which has none.
    pub adjustment_date: Option<AdjustmentDate>,
    /// Values that the source may lack and the firm gives, by column or by path of elements
    /// (`lf_address/city`). They are taken where the source has none, and nowhere else.
    pub given: BTreeMap<String, String>,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            dialect: None,
            encoding: None,
            line_end: LineEnd::Lf,
            final_line_end: true,
            marker: None,
            header: BTreeMap::new(),
            root: None,
            namespace: None,
            amount_decimals: 2,
            rate_decimals: 6,
            most_decimals: None,
            file_name: None,
            negative_lines: true,
            country: None,
            adjustment_date: None,
            given: BTreeMap::new(),
        }
    }
}

impl Dialect {
    /// Reads a dialect's TOML file.
    ///
    /// # Errors
    /// What is wrong with it, with the place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let dialect: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        for (name, most) in [
            ("amount_decimals", dialect.amount_decimals),
            ("rate_decimals", dialect.rate_decimals),
        ] {
            if most > 10 {
                return Err(format!(
                    "{name} is {most}; the formats have 10 decimals at most"
                ));
            }
        }
        if let Some(most) = dialect.most_decimals
            && most < dialect.amount_decimals
        {
            return Err(format!(
                "most_decimals is {most}, less than amount_decimals ({})",
                dialect.amount_decimals
            ));
        }
        Ok(dialect)
    }
}

/// Characters of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Encoding {
    /// Seven bits; what is not in it is refused.
    #[serde(rename = "ascii")]
    Ascii,
    /// What portals call ANSI.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// The default.
    #[serde(rename = "utf-8")]
    Utf8,
}

impl Encoding {
    /// The name in an XML declaration.
    pub fn xml_name(self) -> &'static str {
        match self {
            Self::Ascii => "US-ASCII",
            Self::Windows1252 => "windows-1252",
            Self::Utf8 => "UTF-8",
        }
    }

    /// The bytes of a text.
    ///
    /// # Errors
    /// The first character the encoding lacks, in words.
    pub fn encode(self, text: &str) -> Result<Cow<'_, [u8]>, String> {
        if self == Self::Utf8 || text.is_ascii() {
            return Ok(Cow::Borrowed(text.as_bytes()));
        }
        let lacking = |character: char, name: &str| {
            let before = text.split(character).next().unwrap_or("");
            let near: String = {
                let tail: Vec<char> = before.chars().rev().take(20).collect();
                tail.into_iter().rev().collect()
            };
            format!(
                "\"{character}\" (U+{:04X}), after \"{}\", is not in {name}; write it otherwise, or give the dialect \
                 another encoding",
                character as u32,
                near.trim_start()
            )
        };
        if self == Self::Ascii {
            let odd = text.chars().find(|c| !c.is_ascii());
            return Err(lacking(odd.unwrap_or('?'), "ASCII"));
        }
        let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(text);
        if !unmappable {
            return Ok(bytes);
        }
        let mut one = [0; 4];
        let odd = text
            .chars()
            .find(|c| encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut one)).2);
        Err(lacking(odd.unwrap_or('?'), "Windows-1252"))
    }
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    Crlf,
}

impl LineEnd {
    /// Its characters.
    pub fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::Crlf => "\r\n",
        }
    }
}

/// ISO 3166-1 in two or three letters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum CountryForm {
    /// GB
    #[serde(rename = "alpha-2")]
    Alpha2,
    /// GBR
    #[serde(rename = "alpha-3")]
    Alpha3,
}

/// Which day an adjustment line gets whose discount has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdjustmentDate {
    /// The invoice's own date.
    InvoiceDate,
    /// The last day of the billing period.
    BillingEnd,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_read_and_its_mistakes_are_named() {
        let dialect = Dialect::parse(
            "encoding = \"windows-1252\"\nline_end = \"crlf\"\namount_decimals = 2\nmost_decimals = 4\n\
             adjustment_date = \"billing-end\"\n[given]\n\"lf_address/city\" = \"Leeds\"\n",
        )
        .expect("a dialect");
        assert_eq!(dialect.encoding, Some(Encoding::Windows1252));
        assert_eq!(dialect.given["lf_address/city"], "Leeds");
        assert!(Dialect::parse("line_ends = \"lf\"").is_err());
        assert!(Dialect::parse("amount_decimals = 11").is_err());
        assert!(Dialect::parse("most_decimals = 1").is_err());
    }

    #[test]
    fn what_an_encoding_lacks_is_named() {
        let text = "caf\u{e9} \u{2603}";
        assert!(Encoding::Utf8.encode(text).is_ok());
        let ansi = Encoding::Windows1252.encode(text).expect_err("a snowman");
        assert!(ansi.contains("U+2603"), "{ansi}");
        let ascii = Encoding::Ascii.encode(text).expect_err("an accent");
        assert!(ascii.contains("U+00E9") && ascii.contains("caf"), "{ascii}");
        assert_eq!(
            &*Encoding::Windows1252.encode("\u{e9}").expect("ANSI"),
            b"\xe9"
        );
    }
}
