//! Where the firm's lists place a client and matter.

/// The portal a client's invoices go to and the packs that are in force for them, as the firm's lists say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// The portal, by any of its names; `None` where the lists do not say.
    pub portal: Option<String>,
    /// Names of packs in force beside those that govern the invoice by themselves.
    pub packs: Vec<String>,
}
