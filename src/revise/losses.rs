//! What a conversion could not keep, by field.

use crate::formats::parts::{Names, Owner, shown};
use crate::model::LedesFormat;
use rustc_hash::FxHashMap;

/// Why a value was lost.
pub mod why {
    /// The target has no field for it.
    pub const NO_PLACE: &str = "no place in the target";
    /// The target's items are numbered by whoever writes the file.
    pub const NUMBERED: &str = "items are numbered anew";
    /// The target's adjustments have no such field.
    pub const ADJUSTMENT: &str = "adjustments have no such field in the target";
    /// Characters were replaced.
    pub const CHARACTERS: &str = "characters the target cannot hold were replaced";
    /// The target has the value once for the invoice or the timekeeper.
    pub const VARIES: &str = "the target has it once, and it differs between lines";
    /// A flat charge becomes one piece at its price.
    pub const FLAT: &str = "a flat charge becomes 1 x its amount";
    /// A matter or timekeeper nothing is billed for.
    pub const UNUSED: &str = "nothing is billed for it";
    /// There is no place for a name without a timekeeper summary.
    pub const NO_SUMMARY: &str = "the target has names only of those who bill time";
    /// A tax of nothing is not written.
    pub const UNTAXED: &str = "the line bears no tax";
}

/// Values lost, by field and reason, with how often.
#[derive(Clone, Default, Debug)]
pub struct Losses {
    fields: FxHashMap<(LedesFormat, Owner, Names2, &'static str), u64>,
    named: FxHashMap<(Owner, String), u64>,
}

type Names2 = [&'static str; 3];

/// One line of the list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Loss {
    /// The field, as the source calls it.
    pub field: String,
    /// Why.
    pub why: &'static str,
    /// How many values.
    pub count: u64,
}

impl Losses {
    /// Notes a value of an invoice in `source`.
    pub fn note(&mut self, source: LedesFormat, owner: Owner, names: &Names, why: &'static str) {
        let key = (source, owner, [names.xml2, names.l2000, names.pipe], why);
        *self.fields.entry(key).or_default() += 1;
    }

    /// Notes an extension: a column or element no table knows.
    pub fn note_extension(&mut self, owner: Owner, name: &str) {
        *self.named.entry((owner, name.to_owned())).or_default() += 1;
    }

    /// Adds those of another invoice.
    pub fn add(&mut self, other: Self) {
        for (key, count) in other.fields {
            *self.fields.entry(key).or_default() += count;
        }
        for (key, count) in other.named {
            *self.named.entry(key).or_default() += count;
        }
    }

    /// True where nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.named.is_empty()
    }

    /// The fields, with the part they belong to.
    pub fn fields(&self) -> impl Iterator<Item = (Owner, Names, &'static str)> {
        self.fields
            .keys()
            .map(|(_, owner, [xml2, l2000, pipe], why)| (*owner, Names { xml2, l2000, pipe }, *why))
    }

    /// The list, by field.
    pub fn list(&self) -> Vec<Loss> {
        let mut merged: std::collections::BTreeMap<(String, &'static str), u64> =
            std::collections::BTreeMap::new();
        for ((source, owner, [xml2, l2000, pipe], why), count) in &self.fields {
            let names = Names { xml2, l2000, pipe };
            let field = shown(*source, *owner, &names);
            *merged.entry((field, why)).or_default() += count;
        }
        for ((owner, name), count) in &self.named {
            let field = match owner.path() {
                "" => name.clone(),
                path => format!("{path}/{name}"),
            };
            *merged.entry((field, why::NO_PLACE)).or_default() += count;
        }
        merged
            .into_iter()
            .map(|((field, why), count)| Loss { field, why, count })
            .collect()
    }
}
