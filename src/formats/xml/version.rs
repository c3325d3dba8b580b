//! Which format and version a file is: by the root's name, then its namespace, then schemaLocation, then the
//! document type, then the elements (ledes-xml-2.md section 2, ledes-other.md section 1.1).

use super::names::Name;
use crate::model::LedesFormat;
use quick_xml::events::BytesStart;

/// What the root element says of itself.
#[derive(Clone, Debug, Default)]
pub struct Root {
    /// Its local name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its schemaLocation.
    pub schema: String,
    /// What the document type declaration holds; empty where there is none.
    pub doctype: String,
}

impl Root {
    /// Reads the opening tag.
    pub fn of(tag: &BytesStart<'_>, doctype: String) -> Self {
        let mut root = Self {
            name: tag.local_name().into_inner().to_owned(),
            doctype,
            ..Self::default()
        };
        let qualified = tag.name();
        let prefix = qualified
            .into_inner()
            .split_once(':')
            .map(|(p, _)| format!("xmlns:{p}"));
        let space = prefix.as_deref().unwrap_or("xmlns");
        for attribute in tag.attributes().flatten() {
            let key = attribute.key.into_inner();
            let value = String::from_utf8_lossy(attribute.value.as_ref().as_ref())
                .trim()
                .to_owned();
            if key == space {
                root.namespace = value;
            } else if key.ends_with("chemaLocation") {
                root.schema = value;
            }
        }
        root
    }

    /// True where the name is that of an invoice's root.
    pub fn is_ledes(&self) -> bool {
        self.name == "ledesxml" || self.name.starts_with("ledesxmlebilling")
    }
}

/// Elements that tell versions apart, seen anywhere in the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence {
    /// Only LEDES 2000 has it.
    pub of_2000: bool,
    /// Only 2.x has it.
    pub of_2: bool,
    /// From 2.1 on.
    pub of_21: bool,
    /// From 2.2 on.
    pub of_22: bool,
    /// A client that stands beside its firm.
    pub client_beside_firm: bool,
}

impl Evidence {
    /// Notes an element.
    pub fn see(&mut self, name: Name) {
        use Name::*;
        match name {
            acca_task | acca_activity | acca_expense | lf_tax_id | if_tax_id
            | inv_generic_discount | cl_email | tk_hours | tk_cost | discount_type
            | eft_agreement_number => self.of_2000 = true,
            lf_vendor_id
            | file_item_nbr
            | cl_lf_id
            | item_disc_cred_amount
            | matter_disc_cred
            | tax_summary
            | task_activity
            | tx_id
            | inv_total_tax => self.of_2 = true,
            tx_id_number
            | taxing_jurisdiction_country
            | tax_on_tax
            | work_location_country
            | tax_invoice
            | credit_note
            | inv_reference
            | rejected_inv_replacement
            | regulatory_statement
            | tax_authority_ref
            | tax_matter_disc_cred => self.of_21 = true,
            tax_tiers | tax_tier_detail | tax_tier_summary => self.of_22 = true,
            _ => {}
        }
    }

    fn format(self) -> LedesFormat {
        if self.of_22 {
            LedesFormat::Xml22
        } else if self.of_21 {
            LedesFormat::Xml21
        } else if self.of_2 {
            LedesFormat::Xml20
        } else if self.of_2000 || self.client_beside_firm {
            LedesFormat::L2000
        } else {
            LedesFormat::Xml20
        }
    }
}

/// What a file is, and how that was recognised.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// What it is read as.
    pub format: LedesFormat,
    /// In words.
    pub words: String,
    /// How far the root itself tells.
    pub told: Told,
}

/// How far the root tells what the file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// It does.
    Plainly,
    /// It names no version; the elements do.
    ByElements,
    /// Its namespace is not one of LEDES.
    ForeignNamespace,
}

/// Recognises a file by its root and its elements.
pub fn recognise(root: &Root, evidence: Evidence) -> Recognised {
    let plainly = |format, words: String| Recognised {
        format,
        words,
        told: Told::Plainly,
    };
    let named = format!("root <{}>", root.name);
    if let Some(format) = root
        .name
        .strip_prefix("ledesxmlebilling")
        .and_then(|v| by_digits(&v.replace('.', "")))
    {
        return plainly(format, named);
    }
    if let Some(format) = by_address(&root.namespace) {
        return plainly(format, format!("{named} in namespace {}", root.namespace));
    }
    if let Some(format) = by_address(&root.schema) {
        return plainly(
            format,
            format!("{named} with schemaLocation {}", root.schema),
        );
    }
    if root.doctype.to_ascii_lowercase().contains("ledes2000") {
        return plainly(
            LedesFormat::L2000,
            format!("{named} with the document type ledes2000.dtd"),
        );
    }
    let format = evidence.format();
    if format == LedesFormat::L2000 && root.namespace.is_empty() {
        let words = if evidence.of_2000 {
            "elements that only LEDES 2000 has"
        } else {
            "clients beside their firm"
        };
        return plainly(format, format!("{named} without namespace, {words}"));
    }
    let words = format!("{named}, version {format} by its elements");
    Recognised {
        format,
        words,
        told: if root.namespace.is_empty() {
            Told::ByElements
        } else {
            Told::ForeignNamespace
        },
    }
}

/// Recognises a piece of an invoice without its root.
pub fn recognise_fragment(root: &Root, evidence: Evidence) -> Recognised {
    let format = evidence.format();
    Recognised {
        format,
        words: format!(
            "a part of an invoice that begins at <{}>, {format} by its elements",
            root.name
        ),
        told: Told::ByElements,
    }
}

/// `http://www.ledes.org/LEDES214`, `.../ledes20.xsd`, `LEDES 2.1`.
fn by_address(address: &str) -> Option<LedesFormat> {
    let plain: String = address
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !matches!(c, '.' | ' ' | '-' | '_'))
        .collect();
    plain
        .match_indices("ledes")
        .find_map(|(at, word)| by_digits(&plain[at + word.len()..]))
}

fn by_digits(digits: &str) -> Option<LedesFormat> {
    if digits.starts_with("2000") {
        Some(LedesFormat::L2000)
    } else if digits.starts_with("20") {
        Some(LedesFormat::Xml20)
    } else if digits.starts_with("21") {
        Some(LedesFormat::Xml21)
    } else if digits.starts_with("22") {
        Some(LedesFormat::Xml22)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(name: &str, namespace: &str, schema: &str, doctype: &str) -> Root {
        Root {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            schema: schema.to_owned(),
            doctype: doctype.to_owned(),
        }
    }

    #[test]
    fn the_root_tells_the_version_in_every_way_seen() {
        for (root, format) in [
            (
                root("ledesxml", "http://www.ledes.org/ledes20.xsd", "", ""),
                LedesFormat::Xml20,
            ),
            (
                root("ledesxml", "http://www.ledes.org/LEDES21.xsd", "", ""),
                LedesFormat::Xml21,
            ),
            (
                root("ledesxml", "http://www.ledes.org/LEDES214", "", ""),
                LedesFormat::Xml21,
            ),
            (
                root(
                    "ledesxmlebilling2.2",
                    "http://www.ledes.org/LEDES22.xsd",
                    "",
                    "",
                ),
                LedesFormat::Xml22,
            ),
            (root("ledesxmlebilling2.1", "", "", ""), LedesFormat::Xml21),
            (root("ledesxml", "", "LEDES22.xsd", ""), LedesFormat::Xml22),
            (
                root("ledesxml", "", "", "ledesxml SYSTEM \"ledes2000.dtd\""),
                LedesFormat::L2000,
            ),
        ] {
            let found = recognise(&root, Evidence::default());
            assert_eq!(
                (found.format, found.told),
                (format, Told::Plainly),
                "{root:?}"
            );
        }
    }

    #[test]
    fn without_a_word_of_the_root_the_elements_tell() {
        let bare = root("ledesxml", "", "", "");
        let mut seen = Evidence::default();
        seen.see(Name::acca_task);
        assert_eq!(recognise(&bare, seen).format, LedesFormat::L2000);
        seen.see(Name::file_item_nbr);
        let found = recognise(&bare, seen);
        assert_eq!(
            (found.format, found.told),
            (LedesFormat::Xml20, Told::ByElements)
        );
        seen.see(Name::tax_tiers);
        let foreign = root("ledesxml", "urn:example:bill", "", "");
        let found = recognise(&foreign, seen);
        assert_eq!(
            (found.format, found.told),
            (LedesFormat::Xml22, Told::ForeignNamespace)
        );
    }
}
