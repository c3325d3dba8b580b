//! The last step of a conversion: what the target has no field for is taken away and listed, and texts are put into
//! characters it can hold.

use super::losses::{Losses, why};
use crate::formats::parts::{self, ContentMut, DETAIL, LINE, Names, Owner, has_place};
use crate::formats::write::{CountryForm, in_order, plain_text, xml_text};
use crate::model::{Cell, Extension, Invoice, LedesFormat, SourceText};
use celes::Country;
use std::borrow::Cow;

/// What a target has no place for.
pub struct Strip {
    target: LedesFormat,
    country: Option<CountryForm>,
    /// For each kind of line, the slots the target has a place for.
    line: [(Vec<bool>, Vec<bool>); 3],
}

fn kind_index(owner: Owner) -> usize {
    match owner {
        Owner::Expense => 1,
        Owner::Adjustment => 2,
        _ => 0,
    }
}

impl Strip {
    /// For one target.
    pub fn new(target: LedesFormat, country: Option<CountryForm>) -> Self {
        let places = |owner: Owner| {
            // In pipe formats adjustments are lines like others.
            let has = |names: &Names| has_place(target, owner, names);
            (
                LINE.iter().map(|s| has(&s.names)).collect(),
                DETAIL.iter().map(|s| has(&s.names)).collect(),
            )
        };
        Self {
            target,
            country,
            line: [
                places(Owner::Fee),
                places(Owner::Expense),
                places(Owner::Adjustment),
            ],
        }
    }

    /// Takes away what has no place, and notes it.
    pub fn strip(&self, invoice: &mut Invoice, source: LedesFormat, losses: &mut Losses) {
        let mut text = std::mem::take(&mut invoice.text);
        let lines = std::mem::take(&mut invoice.lines);
        parts::visit_mut(invoice, &mut |owner, names, content| {
            let place = has_place(self.target, owner, names);
            self.slot(&mut text, source, owner, names, content, place, losses);
        });
        self.lists(invoice);
        invoice.lines = lines;
        for line in &mut invoice.lines {
            let owner = parts::owner_of(line);
            let (own, rest) = &self.line[kind_index(owner)];
            let has_detail = line.detail.is_some();
            let details = DETAIL.iter().zip(rest).filter(|_| has_detail);
            for (slot, place) in LINE.iter().zip(own).chain(details) {
                let content = (slot.get_mut)(line);
                let numbers = slot.names.xml2 == "file_item_nbr" && self.target.is_xml();
                if numbers && source.is_xml() {
                    content.clear();
                    continue;
                }
                self.slot(
                    &mut text,
                    source,
                    owner,
                    &slot.names,
                    content,
                    *place,
                    losses,
                );
            }
            if has_detail {
                self.detail(&mut text, source, owner, line, losses);
            }
        }
        self.extensions(&mut text, invoice, losses);
        invoice.text = text;
    }

    #[allow(clippy::too_many_arguments)]
    fn slot(
        &self,
        text: &mut SourceText,
        source: LedesFormat,
        owner: Owner,
        names: &Names,
        content: ContentMut<'_>,
        place: bool,
        losses: &mut Losses,
    ) {
        if content.content().is_blank() {
            return;
        }
        if !place {
            losses.note(source, owner, names, why::NO_PLACE);
            content.clear();
            return;
        }
        if let ContentMut::Text(cell) = content {
            if self.country.is_some() && is_country(names) {
                self.spell_country(text, cell);
            }
            if self.characters(text, cell) {
                losses.note(source, owner, names, why::CHARACTERS);
            }
        }
    }

    /// Puts a text into the target's characters; true where it is another one then.
    fn characters(&self, text: &mut SourceText, cell: &mut Cell) -> bool {
        let found = text.get(*cell);
        let held = if self.target.is_xml() {
            xml_text(&found)
        } else {
            plain_text(&found)
        };
        if held.len() == found.len() && *held == *found {
            return false;
        }
        // Blanks round a value say nothing.
        let says_more = held.trim() != found.trim();
        let held = held.into_owned();
        *cell = text.push_value(&held);
        says_more
    }

    fn spell_country(&self, text: &mut SourceText, cell: &mut Cell) {
        let found = text.get(*cell).into_owned();
        let country = match found.len() {
            2 => Country::from_alpha2(&found).ok(),
            3 => Country::from_alpha3(&found).ok(),
            _ => None,
        };
        let spelt = match (self.country, country) {
            (Some(CountryForm::Alpha2), Some(c)) => c.alpha2,
            (Some(CountryForm::Alpha3), Some(c)) => c.alpha3,
            _ => return,
        };
        if spelt != found {
            *cell = text.push_value(spelt);
        }
    }

    /// Segments of which the target has none; their values are gone already.
    fn lists(&self, invoice: &mut Invoice) {
        let target = self.target;
        let gone = |owner: Owner, names: &Names| !has_place(target, owner, names);
        if gone(Owner::Tax, &parts::TAX[0].names) {
            invoice.taxes.clear();
        }
        if gone(Owner::TaxTier, &parts::TIER[1].names) {
            invoice.tax_tiers.clear();
            invoice.tax_tier_summaries.clear();
        }
        if gone(Owner::Statement, &parts::TAX_REFERENCE) {
            invoice.regulatory_statements.clear();
        }
        for matter in &mut invoice.matters {
            if gone(Owner::Timekeeper, &parts::TIMEKEEPER[0].names) {
                matter.timekeepers.clear();
            }
            if gone(Owner::TaxSummary, &parts::TAX_SUMMARY[0].names) {
                matter.tax_summaries.clear();
            }
            if gone(Owner::MatterDiscount, &parts::DISCOUNT[0].names) {
                matter.discounts.clear();
            }
            if gone(Owner::DiscountTax, &parts::TAX_REFERENCE) {
                for discount in &mut matter.discounts {
                    discount.tax_ids.clear();
                }
            }
            if gone(Owner::Matter, &parts::CLIENT_VARIABLE) {
                matter.client_variables.clear();
            }
        }
    }

    /// Discounts and taxes of an item.
    fn detail(
        &self,
        text: &mut SourceText,
        source: LedesFormat,
        owner: Owner,
        line: &mut crate::model::Line,
        losses: &mut Losses,
    ) {
        let (discount, tax) = match owner {
            Owner::Expense => (Owner::ExpenseDiscount, Owner::ExpenseTax),
            _ => (Owner::FeeDiscount, Owner::FeeTax),
        };
        let Some(detail) = &mut line.detail else {
            return;
        };
        for part in &mut detail.discounts {
            for slot in parts::DISCOUNT {
                let place = has_place(self.target, discount, &slot.names);
                let content = (slot.get_mut)(part);
                self.slot(text, source, discount, &slot.names, content, place, losses);
            }
        }
        if !has_place(self.target, discount, &parts::DISCOUNT[0].names) {
            detail.discounts.clear();
        }
        if !has_place(self.target, tax, &parts::TAX_REFERENCE) {
            for _ in detail.tax_ids.drain(..) {
                losses.note(source, tax, &parts::TAX_REFERENCE, why::NO_PLACE);
            }
        }
    }

    /// What no table knows: XML has `extend_header` for it, a pipe file nothing.
    fn extensions(&self, text: &mut SourceText, invoice: &mut Invoice, losses: &mut Losses) {
        let xml = self.target.is_xml();
        let mut each = |owner: Owner, extensions: &mut Vec<Extension>| {
            if extensions.is_empty() {
                return;
            }
            extensions.retain(|e| !e.value.is_blank());
            if !xml {
                for extension in extensions.drain(..) {
                    losses.note_extension(owner, &extension.name);
                }
                return;
            }
            for extension in extensions.iter_mut() {
                self.characters(text, &mut extension.value);
                if let Cow::Owned(name) = xml_text(&extension.name) {
                    extension.name = name;
                }
            }
            in_order(extensions);
        };
        each(Owner::Invoice, &mut invoice.extensions);
        each(Owner::Firm, &mut invoice.firm.extensions);
        each(Owner::Client, &mut invoice.client.extensions);
        for matter in &mut invoice.matters {
            each(Owner::Matter, &mut matter.extensions);
        }
        for line in &mut invoice.lines {
            let owner = parts::owner_of(line);
            if let Some(detail) = &mut line.detail {
                each(owner, &mut detail.extensions);
            }
        }
    }
}

fn is_country(names: &Names) -> bool {
    matches!(
        names.xml2,
        "country" | "work_location_country" | "taxing_jurisdiction_country"
    )
}
