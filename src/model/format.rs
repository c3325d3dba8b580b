//! The LEDES invoice formats.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An invoice format and version, as the report names it.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum LedesFormat {
    /// LEDES 1998B: 24 fields, pipes.
    #[serde(rename = "1998B")]
    L1998B,
    /// LEDES 1998BI without a version in its marker.
    #[serde(rename = "1998BI")]
    L1998BI,
    /// LEDES 1998BI V2: 52 fields, pipes, taxes.
    #[serde(rename = "1998BI-V2")]
    L1998BIV2,
    /// LEDES 2000, the first XML format.
    #[serde(rename = "2000")]
    L2000,
    /// LEDES XML 2.0.x.
    #[serde(rename = "XML-2.0")]
    Xml20,
    /// LEDES XML 2.1.x.
    #[serde(rename = "XML-2.1")]
    Xml21,
    /// LEDES XML 2.2.x.
    #[serde(rename = "XML-2.2")]
    Xml22,
}

/// Formats that share their field names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Family {
    /// 1998B and 1998BI.
    Pipe,
    /// LEDES 2000.
    Xml2000,
    /// LEDES XML 2.0 to 2.2.
    Xml2,
}

impl LedesFormat {
    /// Every format, oldest first.
    pub const ALL: [Self; 7] = [
        Self::L1998B,
        Self::L1998BI,
        Self::L1998BIV2,
        Self::L2000,
        Self::Xml20,
        Self::Xml21,
        Self::Xml22,
    ];

    /// The name used in reports and packs.
    pub fn name(self) -> &'static str {
        match self {
            Self::L1998B => "1998B",
            Self::L1998BI => "1998BI",
            Self::L1998BIV2 => "1998BI-V2",
            Self::L2000 => "2000",
            Self::Xml20 => "XML-2.0",
            Self::Xml21 => "XML-2.1",
            Self::Xml22 => "XML-2.2",
        }
    }

    /// The family whose field names it uses.
    pub fn family(self) -> Family {
        match self {
            Self::L1998B | Self::L1998BI | Self::L1998BIV2 => Family::Pipe,
            Self::L2000 => Family::Xml2000,
            Self::Xml20 | Self::Xml21 | Self::Xml22 => Family::Xml2,
        }
    }

    /// True for both layouts of 1998BI, the pipe formats that carry taxes and a currency.
    pub fn is_international(self) -> bool {
        matches!(self, Self::L1998BI | Self::L1998BIV2)
    }

    /// True for the XML formats, LEDES 2000 included.
    pub fn is_xml(self) -> bool {
        self.family() != Family::Pipe
    }
}

impl fmt::Display for LedesFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
