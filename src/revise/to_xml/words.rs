//! Words of XML 2.x that a converted invoice needs.

use crate::model::{Cell, SourceText};
use rust_decimal::Decimal;

/// Words of the target, put into the invoice's text once.
pub(super) struct Words {
    pub unit: Cell,
    pub item_code: Cell,
    pub matter_code: Cell,
    pub flat: Cell,
    pub decrease: Cell,
    pub increase: Cell,
    pub fee: Cell,
    pub expense: Cell,
    pub pre_split: Cell,
    pub no: Cell,
}

impl Words {
    pub(super) fn new(text: &mut SourceText) -> Self {
        Self {
            unit: text.push_value("U"),
            // By analogy with MIA, the plain adjustment of a matter (ledes-xml-2.md section 5).
            item_code: text.push_value("IA"),
            matter_code: text.push_value("MIA"),
            flat: text.push_value("Flat"),
            decrease: text.push_value("Decrease"),
            increase: text.push_value("Increase"),
            fee: text.push_value("Fee"),
            expense: text.push_value("Exp"),
            pre_split: text.push_value("Pre-Split"),
            no: text.push_value("N"),
        }
    }

    pub(super) fn direction(&self, amount: Decimal) -> Cell {
        if amount.is_sign_negative() {
            self.decrease
        } else {
            self.increase
        }
    }
}
