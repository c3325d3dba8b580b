//! `country-code`: in 1998BI, a country that is no ISO 3166-1 code. Three letters are the standard; two are
//! taken too, because some portals ask for them (ledes-1998bi.md section 4).

use super::{Judging, Params, Predicate};
use crate::model::{Anchor, Cell, Field, Hit, Hits, Invoice, RuleId, Safety};
use crate::rules::PackMistake;
use celes::Country;

struct CountryCode {
    rule: RuleId,
}

/// No parameters.
pub fn build(params: &mut Params<'_>) -> Result<Box<dyn Predicate>, PackMistake> {
    Ok(Box::new(CountryCode { rule: params.rule }))
}

impl Predicate for CountryCode {
    fn judge(&self, invoice: &Invoice, _: &Judging, hits: &mut Hits) {
        if !invoice.format.is_international() {
            return;
        }
        let firm = invoice.firm.address.country;
        let client = invoice.client.address.country;
        self.judge_code(invoice, Field::LawFirmCountry, firm, hits);
        self.judge_code(invoice, Field::ClientCountry, client, hits);
    }
}

fn country(code: &str) -> Option<Country> {
    match code.len() {
        2 => Country::from_alpha2(code).ok(),
        3 => Country::from_alpha3(code).ok(),
        _ => None,
    }
}

impl CountryCode {
    fn judge_code(&self, invoice: &Invoice, field: Field, cell: Cell, hits: &mut Hits) {
        if cell.is_blank() {
            return;
        }
        let code = invoice.get(cell);
        let known = country(&code);
        if known.is_some() && !code.contains(|c: char| c.is_ascii_lowercase()) {
            return;
        }
        let mut hit = Hit::new(self.rule, Anchor::Invoice)
            .everywhere(invoice.format, field, cell)
            .with("width", 3);
        if known.is_some() {
            hit = hit.variant("case").expecting(code.to_ascii_uppercase());
        } else if let Ok(meant) = Country::from_name(code.as_ref()) {
            hit = hit.expecting(meant.alpha3).with_safety(Safety::Unsafe);
        }
        hits.raise(hit);
    }
}
