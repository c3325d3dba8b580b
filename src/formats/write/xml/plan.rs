//! For each segment the elements to write, in order, with their tags ready: from the field tables.

use crate::formats::parts::{self, Content, Owner, Slot};
use crate::formats::xml::names::Name;
use crate::formats::xml::table::{Kind, Table, index_of};
use crate::model::{
    Address, Cell, Client, Contact, Discount, Firm, Invoice, LedesFormat, Line, Matter, Tax,
    TaxSummary, TaxTier, TaxTierSummary, TimekeeperSummary,
};
use std::collections::BTreeMap;

/// An element of 2.1 that the model keeps among a line's extensions.
pub const LOCALITY: &str = "work_location_locality";

/// The attribute of `extend_header` an extension stands for.
pub fn attribute(name: &str) -> Option<&str> {
    let name = name.strip_prefix("extend_header/")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// An element of a segment.
pub struct Step<T: 'static> {
    pub name: Name,
    pub what: What<T>,
    /// Line break, indent and opening tag.
    pub open: Box<str>,
    pub close: Box<str>,
    pub required: bool,
    /// A tax or exchange rate.
    pub rate: bool,
    /// The dialect's value, where the invoice has none.
    pub given: Option<Box<str>>,
}

/// What stands in an element.
pub enum What<T: 'static> {
    Value(fn(&T) -> Content),
    Item,
    Inner,
}

impl<T> Clone for What<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for What<T> {}

/// The elements of a segment.
pub struct Plan<T: 'static> {
    pub steps: Vec<Step<T>>,
    pub open: Box<str>,
    pub close: Box<str>,
    /// Line break and indent of what stands in it.
    pub inner: Box<str>,
    pub owner: Owner,
}

/// The segments of a format.
pub struct Plans {
    pub firm: Plan<Firm>,
    pub firm_address: Plan<Address>,
    pub remit_address: Plan<Address>,
    pub billing_contact: Plan<Contact>,
    pub tax: Plan<Tax>,
    pub client: Plan<Client>,
    pub client_address: Plan<Address>,
    pub client_contact: Plan<Contact>,
    pub invoice: Plan<Invoice>,
    pub tier_summary: Plan<TaxTierSummary>,
    pub tier: Plan<TaxTier>,
    pub matter: Plan<Matter>,
    pub managing_contact: Plan<Contact>,
    pub matter_contact: Plan<Contact>,
    pub matter_discount: Plan<Discount>,
    pub discount_tax: Plan<Cell>,
    pub tax_summary: Plan<TaxSummary>,
    pub timekeeper: Plan<TimekeeperSummary>,
    pub fee: Plan<Line>,
    pub fee_discount: Plan<Discount>,
    pub fee_tax: Plan<Cell>,
    pub expense: Plan<Line>,
    pub expense_discount: Plan<Discount>,
    pub expense_tax: Plan<Cell>,
    /// The format has an element of its own for the locality of the work.
    pub locality: bool,
}

struct Maker<'a> {
    format: LedesFormat,
    given: &'a BTreeMap<String, String>,
}

impl Maker<'_> {
    fn plan<T>(&self, owner: Owner, depth: usize, slots: &[&'static [Slot<T>]]) -> Plan<T> {
        let l2000 = self.format == LedesFormat::L2000;
        let version = index_of(self.format);
        let indent = |depth: usize| format!("\n{}", "  ".repeat(depth));
        let path = owner.path();
        let mut element = if path.is_empty() { "invoice" } else { path };
        let row_of_owner = Name::of(element);
        if self.format == LedesFormat::Xml20
            && owner == Owner::Timekeeper
            && let Some(name) = row_of_owner
        {
            let table = Table::of(self.format).segment(Name::matter);
            let row = table.and_then(|s| s.rows.iter().find(|r| r.name == name));
            element = row.and_then(|r| r.spelt_in_20).map_or(element, Name::text);
        }
        // LEDES 2000 wraps addresses.
        let wrapped = l2000 && owner.segment() == "address_info";
        let (wrap_open, wrap_close, below) = if wrapped {
            (
                format!("{}<address_info>", indent(depth + 1)),
                format!("{}</address_info>", indent(depth + 1)),
                depth + 2,
            )
        } else {
            (String::new(), String::new(), depth + 1)
        };
        let segment = Name::of(owner.segment()).and_then(|n| Table::of(self.format).segment(n));
        let mut steps = Vec::new();
        for row in segment.iter().flat_map(|s| &s.rows) {
            if usize::from(row.since) > version {
                continue;
            }
            let name = row.name.text();
            let place = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            };
            let what = match row.kind {
                Kind::Segment(_) => What::Inner,
                Kind::Item => What::Item,
                _ => {
                    let slot = slots.iter().flat_map(|s| s.iter()).find(|s| {
                        if l2000 {
                            s.names.l2000 == name
                        } else {
                            s.names.xml2 == name
                        }
                    });
                    match slot {
                        Some(slot) => What::Value(slot.get),
                        None => continue,
                    }
                }
            };
            let spelt = match row.spelt_in_20 {
                Some(other) if self.format == LedesFormat::Xml20 => other.text(),
                _ => name,
            };
            steps.push(Step {
                name: row.name,
                what,
                open: format!("{}<{spelt}>", indent(below)).into(),
                close: format!("</{spelt}>").into(),
                required: row.required[version],
                rate: row.kind == Kind::Rate,
                given: self.given.get(&place).map(|v| v.as_str().into()),
            });
        }
        Plan {
            steps,
            open: format!("{}<{element}>{wrap_open}", indent(depth)).into(),
            close: format!("{wrap_close}{}</{element}>", indent(depth)).into(),
            inner: indent(below).into(),
            owner,
        }
    }
}

static REFERENCE: &[Slot<Cell>] = &[Slot {
    names: parts::TAX_REFERENCE,
    get: |cell| Content::Text(*cell),
    get_mut: |cell| parts::ContentMut::Text(cell),
}];

fn locality(line: &Line) -> Content {
    let all = line.detail.iter().flat_map(|d| &d.extensions);
    let mut found = all.filter(|e| e.name == LOCALITY).map(|e| e.value);
    Content::Text(found.next().unwrap_or(Cell::ABSENT))
}

static LOCALITIES: &[Slot<Line>] = &[Slot {
    names: parts::Names {
        xml2: LOCALITY,
        l2000: "",
        pipe: "",
    },
    get: locality,
    get_mut: |_| parts::ContentMut::None,
}];

fn variable(matter: &Matter, index: usize) -> Content {
    Content::Text(
        matter
            .client_variables
            .get(index)
            .copied()
            .unwrap_or_default(),
    )
}

static VARIABLES: &[Slot<Matter>] = &[
    Slot {
        names: parts::CLIENT_VARIABLE,
        get: |matter| variable(matter, 0),
        get_mut: |_| parts::ContentMut::None,
    },
    Slot {
        names: parts::Names {
            xml2: "",
            l2000: "cl_matter_var_2",
            pipe: "",
        },
        get: |matter| variable(matter, 1),
        get_mut: |_| parts::ContentMut::None,
    },
];

impl Plans {
    /// The segments of a format, with a dialect's own values.
    pub fn of(format: LedesFormat, given: &BTreeMap<String, String>) -> Self {
        let make = Maker { format, given };
        // Clients stand beside their firm in LEDES 2000, and in it since.
        let client = if format == LedesFormat::L2000 { 1 } else { 2 };
        let item = client + 3;
        let contact = |owner, depth, slots| make.plan(owner, depth, &[slots]);
        Self {
            firm: make.plan(Owner::Firm, 1, &[parts::FIRM, parts::FIRM_INLINE]),
            firm_address: make.plan(Owner::FirmAddress, 2, &[parts::FIRM_ADDRESS]),
            remit_address: make.plan(Owner::RemitAddress, 2, &[parts::REMIT_ADDRESS]),
            billing_contact: contact(Owner::BillingContact, 2, parts::BILLING_CONTACT),
            tax: make.plan(Owner::Tax, 2, &[parts::TAX]),
            client: make.plan(
                Owner::Client,
                client,
                &[parts::CLIENT, parts::CLIENT_INLINE],
            ),
            client_address: make.plan(Owner::ClientAddress, client + 1, &[parts::CLIENT_ADDRESS]),
            client_contact: contact(Owner::ClientContact, client + 1, parts::CLIENT_CONTACT),
            invoice: make.plan(Owner::Invoice, client + 1, &[parts::INVOICE]),
            tier_summary: make.plan(Owner::TaxTierSummary, client + 2, &[parts::TIER_SUMMARY]),
            tier: make.plan(Owner::TaxTier, client + 2, &[parts::TIER]),
            matter: make.plan(
                Owner::Matter,
                client + 2,
                &[
                    parts::MATTER,
                    parts::MANAGING_INLINE,
                    parts::MATTER_INLINE,
                    VARIABLES,
                ],
            ),
            managing_contact: contact(Owner::ManagingContact, item, parts::MANAGING_CONTACT),
            matter_contact: contact(Owner::MatterContact, item, parts::MATTER_CONTACT),
            matter_discount: make.plan(Owner::MatterDiscount, item, &[parts::DISCOUNT]),
            discount_tax: make.plan(Owner::DiscountTax, item + 1, &[REFERENCE]),
            tax_summary: make.plan(Owner::TaxSummary, item, &[parts::TAX_SUMMARY]),
            timekeeper: make.plan(Owner::Timekeeper, item, &[parts::TIMEKEEPER]),
            fee: make.plan(Owner::Fee, item, &[parts::LINE, parts::DETAIL, LOCALITIES]),
            fee_discount: make.plan(Owner::FeeDiscount, item + 1, &[parts::DISCOUNT]),
            fee_tax: make.plan(Owner::FeeTax, item + 1, &[REFERENCE]),
            expense: make.plan(
                Owner::Expense,
                item,
                &[parts::LINE, parts::DETAIL, LOCALITIES],
            ),
            expense_discount: make.plan(Owner::ExpenseDiscount, item + 1, &[parts::DISCOUNT]),
            expense_tax: make.plan(Owner::ExpenseTax, item + 1, &[REFERENCE]),
            locality: crate::formats::xml::has_element(format, "fee", LOCALITY),
        }
    }
}
