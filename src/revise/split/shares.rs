//! An invoice divided among payors by shares.

use super::number::NumberPattern;
use super::{divisible, line_shares, matter_shares, proven, sum_up};
use crate::model::Invoice;
use crate::revise::money::Refusal;
use rust_decimal::Decimal;

/// A payor's share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    /// CLIENT_ID of the payor.
    pub payor: String,
    /// Per cent.
    pub percent: Decimal,
}

/// Shares that make exactly 100 %.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shares(Vec<Share>);

const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

impl Shares {
    /// Reads `NGM01=60,SMF02=40`.
    ///
    /// # Errors
    /// What is no share; a payor named twice; shares that do not make exactly 100 %.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut shares: Vec<Share> = Vec::new();
        for part in text.split(',') {
            let wrong = |what: &str| {
                Refusal::new(format!(
                    "\"{}\": {what}; write the payor's client id and the share, as in NGM01=60,SMF02=40",
                    part.trim()
                ))
            };
            let (payor, share) = part
                .split_once('=')
                .ok_or_else(|| wrong("there is no share"))?;
            let payor = payor.trim();
            let number = share.trim().trim_end_matches('%').trim_end();
            let percent: Decimal = number
                .parse()
                .map_err(|_| wrong("the share is no number"))?;
            if payor.is_empty() || payor.contains(['|', '[', ']']) {
                return Err(wrong("there is no payor"));
            }
            if percent <= Decimal::ZERO || percent > HUNDRED {
                return Err(wrong("a share is more than 0 % and at most 100 %"));
            }
            if shares.iter().any(|s| s.payor == payor) {
                return Err(wrong("the payor is named twice"));
            }
            shares.push(Share {
                payor: payor.to_owned(),
                percent,
            });
        }
        let sum: Decimal = shares.iter().map(|s| s.percent).sum();
        let difference = (HUNDRED - sum).normalize();
        if !difference.is_zero() {
            let what = if difference.is_sign_positive() {
                "are missing"
            } else {
                "are too much"
            };
            return Err(Refusal::new(format!(
                "the shares make {} %, and must make exactly 100 %: {} % {what}",
                sum.normalize(),
                difference.abs()
            )));
        }
        if shares.len() < 2 {
            return Err(Refusal::new(
                "one payor with 100 % is no division; name at least two",
            ));
        }
        Ok(Self(shares))
    }

    /// The shares, in the order given.
    pub fn all(&self) -> &[Share] {
        &self.0
    }
}

/// One invoice for each payor. Every line keeps its hours, rate and narrative. In the pipe formats what others pay of a
/// line is its adjustment; in the XML formats each matter says its share, as the formats have it for split billing. The
/// description says which share it is and how it was divided.
///
/// # Errors
/// Something in it could not be read or does not add up; amounts that are no whole cents; numbers that are not new.
pub fn by_shares(
    invoice: &Invoice,
    shares: &Shares,
    numbers: &NumberPattern,
) -> Result<Vec<Invoice>, Refusal> {
    let whole = divisible(invoice)?;
    let places = places(invoice);
    let original = invoice.get(invoice.number).into_owned();
    let mut parts: Vec<Invoice> = vec![invoice.clone(); shares.0.len()];
    let rule = if invoice.format.is_xml() {
        matter_shares::divide(invoice, &mut parts, &shares.0, places)?;
        "each matter divided to the cent by largest remainder"
    } else {
        line_shares::divide(invoice, &mut parts, &shares.0, places)?;
        "each line divided to the cent by largest remainder"
    };
    for (part, share) in parts.iter_mut().zip(&shares.0) {
        part.client.client_id = part.text.push_value(&share.payor);
        let own = invoice.get(invoice.description);
        let said = format!(
            "{}{}{} % of invoice {original}, payor {}; {rule}",
            own.trim_end(),
            if own.trim().is_empty() { "" } else { "; " },
            share.percent.normalize(),
            share.payor
        );
        part.description = part.text.push_value(&said);
        part.variations.clear();
        sum_up(part)?;
    }
    numbers.number(&original, &mut parts)?;
    proven(whole, &parts)?;
    Ok(parts)
}

/// Decimals of the invoice's currency; cents where it names none.
fn places(invoice: &Invoice) -> u32 {
    let code = invoice.get(invoice.currency);
    iso_currency::Currency::from_code(code.trim())
        .and_then(iso_currency::Currency::exponent)
        .map_or(2, u32::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_exactly_a_hundred() {
        assert_eq!(
            Shares::parse("A=60, B=40 %").expect("shares").all().len(),
            2
        );
        assert!(Shares::parse("A=33.34,B=33.33,C=33.33").is_ok());
        for (text, words) in [
            ("A=60,B=39.9", "99.9 %"),
            ("A=60,B=40.1", "100.1 %"),
            ("A=60,A=40", "twice"),
            ("A=60,B", "no share"),
            ("A=x,B=40", "no number"),
            ("A=-10,B=110", "more than 0"),
            ("=50,B=50", "no payor"),
            ("A=100", "no division"),
        ] {
            let error = Shares::parse(text).expect_err(text).0;
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
