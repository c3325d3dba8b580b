//! Values of an element that are neither numbers nor dates: codes, countries, item numbers, characters.

use super::trouble::rule as xml;
use crate::formats::cells::At;
use crate::model::{Cell, Hits, RuleId, Safety, SourceText};
use celes::Country;

/// file_item_nbr must be a whole number.
pub fn item(text: &SourceText, cell: Cell, at: At, hits: &mut Hits) {
    let found = text.get(cell);
    if found.bytes().all(|b| b.is_ascii_digit()) && found.len() <= 19 {
        return;
    }
    hits.raise(at.hit(xml::ITEM_NUMBER, cell).variant("no-integer"));
}

/// ISO 3166-1, two or three letters.
pub fn country(text: &SourceText, cell: Cell, at: At, hits: &mut Hits) {
    let found = text.get(cell);
    let known = match found.len() {
        2 => Country::from_alpha2(&*found).is_ok(),
        3 => Country::from_alpha3(&*found).is_ok(),
        _ => false,
    };
    let capitals = found.bytes().all(|b| b.is_ascii_uppercase());
    if known && capitals {
        return;
    }
    let mut hit = at.hit(xml::COUNTRY, cell).with("width", "2 or 3");
    if known {
        hit = hit.variant("case").expecting(found.to_ascii_uppercase());
    } else if let Some(meant) = meant_country(&found) {
        hit = hit.expecting(meant).with_safety(Safety::Unsafe);
    }
    hits.raise(hit);
}

fn meant_country(found: &str) -> Option<String> {
    let plain = found.trim().to_ascii_lowercase();
    let usual = match plain.as_str() {
        "united states" | "united states of america" | "u.s." | "u.s.a." => Some("USA"),
        "united kingdom" | "great britain" | "england" | "uk" | "u.k." => Some("GBR"),
        _ => None,
    };
    let letters: String = plain.chars().filter(char::is_ascii_alphabetic).collect();
    usual.map(str::to_owned).or_else(|| {
        Country::from_name(letters)
            .ok()
            .map(|c| c.alpha3.to_owned())
    })
}

/// One of a list, `A|B|C`. Other capitals are a variant of their own.
pub fn list(
    text: &SourceText,
    cell: Cell,
    list: &'static str,
    rule: RuleId,
    variant: &'static str,
    at: At,
    hits: &mut Hits,
) {
    let found = text.get(cell);
    if list.split('|').any(|code| code == found) {
        return;
    }
    let meant = list
        .split('|')
        .find(|code| code.eq_ignore_ascii_case(&found));
    hits.raise(match meant {
        Some(meant) => at
            .hit(xml::CODE_LIST, cell)
            .variant("case")
            .expecting(meant),
        None => at
            .hit(rule, cell)
            .variant(variant)
            .with("list", list.replace('|', ", ")),
    });
}

/// Control characters are forbidden in XML; everything else may stand in a text.
pub fn characters(text: &SourceText, cell: Cell, at: At, hits: &mut Hits) {
    let raw = text.raw(cell);
    let forbidden = |b: &u8| *b < 0x20 && !matches!(*b, b'\t' | b'\n' | b'\r');
    let Some(byte) = raw.bytes().find(|b| forbidden(b)) else {
        return;
    };
    hits.raise(
        at.hit(xml::FORBIDDEN, cell)
            .variant("control")
            .with("character", format!("U+{byte:04X}")),
    );
}
