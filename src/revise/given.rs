//! Values the firm gives because its source has no field for them.

use crate::model::Invoice;

/// The currency, where the invoice names none.
pub fn currency(invoice: &mut Invoice, currency: Option<&str>) {
    if let Some(code) = currency
        && invoice.currency.is_blank()
    {
        invoice.currency = invoice.text.push_value(code);
    }
}
