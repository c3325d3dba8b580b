//! A fee or an expense.

use super::Builder;
use crate::formats::xml::names::Name;
use crate::model::line::LineDetail;
use crate::model::{Anchor, Line, LineKind, Value};

impl Builder<'_> {
    pub(super) fn line(&mut self, node: usize, segment: Name, matter: usize) {
        let anchor = Anchor::Line(self.invoice.lines.len() as u32);
        self.judge.read(node, segment, anchor);
        let j = &self.judge;
        let fee = segment == Name::fee;
        let kind = if fee {
            LineKind::Fee
        } else {
            LineKind::Expense
        };
        let either = |two: Name, one: Name| {
            let cell = j.cell(two);
            if cell.is_absent() { j.cell(one) } else { cell }
        };
        let record = j.tree.tag(node);
        let mut line = Line {
            record,
            item: j.cell(Name::file_item_nbr),
            kind: Value::new(record, Some(kind)),
            matter: matter as u32,
            date: j.date(Name::charge_date),
            units: j.number(Name::units),
            unit_cost: j.number(Name::rate),
            adjustment: j.number(Name::item_disc_cred_amount),
            total: j.number(Name::total_amount),
            base_amount: j.number(Name::base_amount),
            task_code: either(Name::task_code, Name::acca_task),
            activity_code: either(Name::task_activity, Name::acca_activity),
            expense_code: either(Name::expense_code, Name::acca_expense),
            timekeeper_id: j.cell(Name::tk_id),
            timekeeper_classification: j.cell(Name::tk_level),
            description: j.cell(Name::charge_desc),
            charge_type: j.cell(Name::charge_type),
            ..Line::default()
        };
        let mut detail = LineDetail {
            work_location: j.cell(Name::work_location_country),
            discount_type: j.cell(Name::discount_type),
            discount_percent: j.number(Name::discount_percent),
            client_code_1: j.cell(Name::cl_code_1),
            client_code_2: j.cell(Name::cl_code_2),
            ..LineDetail::default()
        };
        let locality = j.cell(Name::work_location_locality);
        detail.extensions = self.judge.take_extensions();
        if !locality.is_absent() {
            detail.extensions.push(crate::model::Extension {
                name: Name::work_location_locality.text().to_owned(),
                value: locality,
            });
        }
        for (child, name, inner) in self.judge.segments(node, segment) {
            match name {
                Name::fee_item_disc_cred | Name::expense_item_disc_cred => {
                    let discount = self.discount(child, inner, anchor);
                    detail.discounts.push(discount);
                }
                Name::tax_item_fee | Name::tax_item_expense => {
                    detail.tax_ids.push(self.tax_id(child, inner, anchor));
                }
                Name::extend_header => detail.extensions.extend(self.extend_header(child, anchor)),
                _ => {}
            }
            detail.extensions.append(&mut self.judge.extensions);
        }
        if detail != LineDetail::default() {
            line.detail = Some(Box::new(detail));
        }
        self.invoice.lines.push(line);
    }
}
