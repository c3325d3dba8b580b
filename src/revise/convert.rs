//! An invoice of one format in the shape of another.

use super::losses::Losses;
use super::money::Refusal;
use super::strip::Strip;
use super::{given, international, readable, to_2000, to_pipe, to_xml};
use crate::formats::parts::{Names, Owner};
use crate::formats::pipe::has_column;
use crate::formats::write::Dialect;
use crate::formats::write::given::is_field;
use crate::model::{Family, Invoice, LedesFormat, Line, LineKind};

/// What invoices are converted to.
pub struct Target {
    /// The format.
    pub format: LedesFormat,
    dialect: Dialect,
    currency: Option<String>,
    strip: Strip,
}

impl Target {
    /// A format as a portal wants it. `currency` is taken for invoices that name none.
    ///
    /// # Errors
    /// 1998BI without a version, which is read but never written (ledes-1998bi.md section 1); a dialect that names a
    /// field no format has.
    pub fn new(
        format: LedesFormat,
        dialect: Dialect,
        currency: Option<String>,
    ) -> Result<Self, Refusal> {
        if format == LedesFormat::L1998BI {
            return Err(Refusal::new(
                "1998BI without a version is not written; write 1998BI-V2",
            ));
        }
        for (key, value) in &dialect.given {
            if value.contains(['\r', '\n']) || (!format.is_xml() && value.contains(['|', '[', ']']))
            {
                return Err(Refusal::new(format!(
                    "[given] \"{key}\": \"{}\" has a character that ends a field or a record; write it without",
                    value.escape_debug()
                )));
            }
            if !is_field(key) {
                return Err(Refusal::new(format!(
                    "[given] \"{key}\": no format has this field; write a column (MATTER_NAME) or an element with its \
                     part (firm/lf_name, lf_address/city, inv_currency)"
                )));
            }
        }
        if let Some(key) = dialect
            .header
            .keys()
            .find(|k| !has_column(LedesFormat::L1998BIV2, k))
        {
            return Err(Refusal::new(format!(
                "[header] \"{key}\": no pipe format has this column; write the standard's name and then the portal's"
            )));
        }
        Ok(Self {
            strip: Strip::new(format, dialect.country),
            format,
            dialect,
            currency,
        })
    }

    /// How the portal writes it.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }
}

/// Converts an invoice. What is lost is noted in `losses`, unless the invoice is refused.
///
/// # Errors
/// Something in it could not be read, or the target cannot hold its money.
pub fn convert(
    mut invoice: Invoice,
    target: &Target,
    losses: &mut Losses,
) -> Result<Invoice, Refusal> {
    readable::readable(&invoice)?;
    let source = invoice.format;
    let mut own = Losses::default();
    varied(&invoice, &mut own);
    let format = target.format;
    match (source.family(), format.family()) {
        (Family::Pipe, Family::Pipe) => {
            if !format.is_international() {
                international::to_1998b(&mut invoice, source, &mut own)?;
            } else if !source.is_international() {
                international::to_1998bi(&mut invoice)?;
            }
        }
        (Family::Pipe, Family::Xml2) => to_xml::reshape(&mut invoice, true, &mut own)?,
        (Family::Pipe, Family::Xml2000) => {
            to_xml::reshape(&mut invoice, false, &mut own)?;
            to_2000::reshape(&mut invoice, source, &mut own)?;
        }
        (Family::Xml2, Family::Xml2) => taxes_fit(&invoice, format)?,
        (Family::Xml2, Family::Xml2000) => to_2000::reshape(&mut invoice, source, &mut own)?,
        (Family::Xml2000, Family::Xml2) => to_2000::to_xml_2(&mut invoice, None)?,
        (Family::Xml2000, Family::Xml2000) => {}
        (Family::Xml2 | Family::Xml2000, Family::Pipe) => {
            if source.family() == Family::Xml2000 {
                to_2000::to_xml_2(&mut invoice, Some(&mut own))?;
            }
            let date = target.dialect.adjustment_date;
            to_pipe::reshape(&mut invoice, source, format, date, &mut own)?;
        }
    }
    given::currency(&mut invoice, target.currency.as_deref());
    if format.is_xml() {
        let place = |l: &Line| (l.matter, l.kind.get() == Some(LineKind::Expense));
        if !invoice.lines.is_sorted_by_key(place) {
            invoice.lines.sort_by_key(place);
        }
    }
    target.strip.strip(&mut invoice, source, &mut own);
    invoice.format = format;
    invoice.whole = true;
    losses.add(own);
    Ok(invoice)
}

/// Fields that have one value for the invoice or the matter, and another on some lines.
fn varied(invoice: &Invoice, losses: &mut Losses) {
    for variation in &invoice.variations {
        let names = Names {
            xml2: "",
            l2000: "",
            pipe: invoice.name(variation.field),
        };
        losses.note(
            invoice.format,
            Owner::Invoice,
            &names,
            super::losses::why::VARIES,
        );
    }
}

/// What a version of 2.x cannot say of a tax changes what its amounts mean.
fn taxes_fit(invoice: &Invoice, target: LedesFormat) -> Result<(), Refusal> {
    let tiered = !invoice.tax_tiers.is_empty() || !invoice.tax_tier_summaries.is_empty();
    if tiered && target != LedesFormat::Xml22 {
        return Err(Refusal::new(format!(
            "it bears a tiered tax (tax_tier_summary), and {target} has no place for one; convert it to XML-2.2"
        )));
    }
    let is = |cell, word: &str| invoice.get(cell).eq_ignore_ascii_case(word);
    let odd = invoice
        .taxes
        .iter()
        .find(|t| is(t.increase_decrease, "Decrease") || is(t.on_tax, "Y"));
    if let (Some(tax), LedesFormat::Xml20) = (odd, target) {
        return Err(Refusal::new(format!(
            "the tax \"{}\" is withheld or on another tax, and XML-2.0 cannot say so; convert it to XML-2.1",
            invoice.get(tax.id)
        )));
    }
    Ok(())
}
