//! Firm, client, their addresses and contacts, and what no table knows.

use super::text::Cell;

/// A postal address.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Address {
    pub record: Cell,
    pub address_1: Cell,
    pub address_2: Cell,
    pub address_3: Cell,
    pub city: Cell,
    pub state_province: Cell,
    pub postcode: Cell,
    pub country: Cell,
    pub phone: Cell,
    pub fax: Cell,
    pub item: Cell,
}

/// A person to write to.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Contact {
    pub record: Cell,
    pub last_name: Cell,
    pub first_name: Cell,
    pub id: Cell,
    pub phone: Cell,
    pub fax: Cell,
    pub email: Cell,
    pub item: Cell,
}

/// The firm that bills.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Firm {
    pub record: Cell,
    /// LAW_FIRM_ID, lf_vendor_id or lf_tax_id.
    pub law_firm_id: Cell,
    /// lf_id: the id the firm gives itself.
    pub own_id: Cell,
    pub name: Cell,
    pub address: Address,
    pub remit_address: Address,
    pub billing_contact: Contact,
    pub source_app: Cell,
    pub app_version: Cell,
    pub url: Cell,
    pub item: Cell,
    pub extensions: Vec<Extension>,
}

/// The client that is billed.
#[derive(Clone, Default, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct Client {
    pub record: Cell,
    /// CLIENT_ID or cl_id.
    pub client_id: Cell,
    /// cl_lf_id: the client's code for the firm.
    pub law_firm_code: Cell,
    pub name: Cell,
    pub address: Address,
    pub contact: Contact,
    pub email: Cell,
    pub tax_id: Cell,
    pub item: Cell,
    pub extensions: Vec<Extension>,
}

/// An element or column no table knows, an `extend_header` entry, or a regulatory statement: kept verbatim.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Extension {
    /// Element path below its segment, or the column's name, or `ext_name`.
    pub name: String,
    /// Its text.
    pub value: Cell,
}
