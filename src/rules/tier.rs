//! Which packs come over which (DESIGN section 4): format, UTBMS and house, sector, portal, client, matter.

use super::pack::written::Pack;

/// The pack that holds the rules of billing guidelines.
pub(super) const GUIDELINES: &str = "guidelines";

/// Where a pack is laid: later tiers change what earlier ones say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Tier {
    /// A LEDES format.
    Format,
    /// The code sets.
    Utbms,
    /// What clients' guidelines usually ask.
    Guidelines,
    /// What this house makes of them.
    House,
    /// A pack that governs nothing: taken where another extends it, or where the firm's lists name it.
    Sector,
    /// A portal.
    Portal,
    /// A client.
    Client,
    /// A matter.
    Matter,
}

impl Tier {
    /// The tier of a pack, by the narrowest thing it governs.
    pub(super) fn of(pack: &Pack) -> Self {
        let by = |key: &str| pack.governs.contains_key(key);
        match pack.pack.as_str() {
            "ledes" => Self::Format,
            "utbms" => Self::Utbms,
            GUIDELINES => Self::Guidelines,
            "house" => Self::House,
            _ if by("law_firm_matter_id") || by("client_matter_id") => Self::Matter,
            _ if by("client_id") => Self::Client,
            _ if by("portal") => Self::Portal,
            _ if by("ledes_format") => Self::Format,
            _ => Self::Sector,
        }
    }
}
