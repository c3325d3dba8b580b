//! LEDES 2000 and LEDES XML 2.0 to 2.2: the elements of each segment in the order of the field tables.

mod plan;
pub mod schema;

use super::characters::push_escaped;
use super::{Dialect, Missing, Sheet};
use crate::formats::parts::{Content, Owner};
use crate::formats::xml::names::Name;
use crate::model::{
    Address, Cell, Client, Contact, Discount, Extension, Firm, Invoice, LedesFormat, Line,
    LineKind, Matter,
};
use plan::{Plan, Plans, Step, What};
use std::sync::Arc;

/// Writes elements. Firm and client are written once for invoices of the same that follow one another.
pub struct Elements {
    plans: Arc<Plans>,
    format: LedesFormat,
    head: String,
    foot: String,
    final_line_end: bool,
    now: State,
    /// As before the invoice that is being written, should it be refused.
    before: State,
}

#[derive(Clone, Default)]
struct State {
    items: u64,
    firm: Option<Arc<str>>,
    client: Option<Arc<str>>,
}

/// What writes elements now: onto the sheet, or onto a scratch text to compare heads with, without item numbers.
struct Pen<'a, 'b> {
    sheet: &'a mut Sheet<'b>,
    invoice: &'a Invoice,
    missing: &'a mut Missing,
    items: Option<&'a mut u64>,
}

/// The outer element and its namespace, as in real files (ledes-xml-2.md section 0, ledes-other.md section 1.1).
fn root_of(format: LedesFormat) -> (&'static str, &'static str) {
    match format {
        LedesFormat::Xml20 => ("ledesxml", "http://www.ledes.org/ledes20.xsd"),
        LedesFormat::Xml21 => ("ledesxml", "http://www.ledes.org/LEDES21.xsd"),
        LedesFormat::Xml22 => ("ledesxmlebilling2.2", "http://www.ledes.org/LEDES22.xsd"),
        _ => ("ledesxml", ""),
    }
}

impl Elements {
    pub fn new(format: LedesFormat, dialect: &Dialect) -> Self {
        let (root, namespace) = root_of(format);
        let root = dialect.root.as_deref().unwrap_or(root);
        let namespace = dialect.namespace.as_deref().unwrap_or(namespace);
        let encoding = dialect.encoding.unwrap_or(super::Encoding::Utf8).xml_name();
        let mut head = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n");
        if format == LedesFormat::L2000 {
            head.push_str("<!DOCTYPE ledesxml SYSTEM \"http://www.ledes.org/ledes2000.dtd\">\n");
        }
        head.push_str(&format!("<{root}"));
        if !namespace.is_empty() {
            head.push_str(&format!(" xmlns=\"{namespace}\""));
        }
        head.push('>');
        Self {
            plans: Arc::new(Plans::of(format, &dialect.given)),
            format,
            head,
            foot: format!("\n</{root}>"),
            final_line_end: dialect.final_line_end,
            now: State::default(),
            before: State::default(),
        }
    }

    /// The invoice was refused: the file is as before it.
    pub fn forget(&mut self) {
        self.now = self.before.clone();
    }

    /// The invoice was written.
    pub fn keep(&mut self) {
        self.before = self.now.clone();
    }

    pub fn invoice(
        &mut self,
        invoice: &Invoice,
        first: bool,
        sheet: &mut Sheet<'_>,
        missing: &mut Missing,
    ) {
        sheet.sign(invoice);
        if first {
            sheet.out.push_str(&self.head);
        }
        let firm = self.text_of(invoice, sheet, |pen, plans| pen.firm(plans));
        let client = self.text_of(invoice, sheet, |pen, plans| pen.client(plans));
        let same_firm = self.now.firm.as_deref() == Some(&*firm);
        let same_client = same_firm && self.now.client.as_deref() == Some(&*client);
        let plans = Arc::clone(&self.plans);
        if self.format == LedesFormat::L2000 && !same_firm && self.now.firm.is_some() {
            sheet.refuse(
                "a LEDES 2000 file has one firm, and this invoice is of another than those before it; convert it \
                 into a file of its own"
                    .to_owned(),
            );
            return;
        }
        if !same_client && self.now.client.is_some() {
            sheet.out.push_str(&plans.client.close);
        }
        if !same_firm && self.now.firm.is_some() {
            sheet.out.push_str(&plans.firm.close);
        }
        let mut pen = Pen {
            sheet,
            invoice,
            missing,
            items: Some(&mut self.now.items),
        };
        if !same_firm {
            pen.firm(&plans);
            if self.format == LedesFormat::L2000 {
                pen.sheet.out.push_str(&plans.firm.close);
            }
        }
        if !same_client {
            pen.client(&plans);
        }
        pen.bill(&plans);
        self.now.firm = Some(firm);
        self.now.client = Some(client);
        if sheet.form.line_end != "\n" {
            let text = sheet.out.replace('\n', sheet.form.line_end);
            sheet.out = text;
        }
    }

    /// A head as it would be written, without item numbers: heads are the same where their texts are.
    fn text_of(
        &self,
        invoice: &Invoice,
        sheet: &mut Sheet<'_>,
        write: impl FnOnce(&mut Pen<'_, '_>, &Plans),
    ) -> Arc<str> {
        let start = sheet.out.len();
        let mut missing = Vec::new();
        let mut pen = Pen {
            sheet,
            invoice,
            missing: &mut missing,
            items: None,
        };
        write(&mut pen, &self.plans);
        let text = Arc::from(&sheet.out[start..]);
        sheet.out.truncate(start);
        text
    }

    pub fn finish(&self, out: &mut String, line_end: &str) {
        if self.now.client.is_some() {
            out.push_str(&self.plans.client.close);
        }
        if self.now.firm.is_some() && self.format != LedesFormat::L2000 {
            out.push_str(&self.plans.firm.close);
        }
        out.push_str(&self.foot);
        if self.final_line_end {
            out.push('\n');
        }
        if line_end != "\n" {
            *out = out.replace('\n', line_end);
        }
    }
}

impl Pen<'_, '_> {
    /// The elements of a part; `inner` writes its segments.
    fn part<T>(&mut self, plan: &Plan<T>, part: &T, mut inner: impl FnMut(&mut Self, &Step<T>)) {
        self.sheet.out.push_str(&plan.open);
        for step in &plan.steps {
            match step.what {
                What::Value(get) => self.value(plan.owner, step, get(part)),
                What::Item => {
                    if let Some(items) = &mut self.items {
                        **items += 1;
                        let number = **items;
                        let out = &mut self.sheet.out;
                        out.push_str(&step.open);
                        super::push_number(out, number.into(), 0);
                        out.push_str(&step.close);
                    }
                }
                What::Inner => inner(self, step),
            }
        }
    }

    fn whole<T>(&mut self, plan: &Plan<T>, part: &T, inner: impl FnMut(&mut Self, &Step<T>)) {
        self.part(plan, part, inner);
        self.sheet.out.push_str(&plan.close);
    }

    fn value<T>(&mut self, owner: Owner, step: &Step<T>, content: Content) {
        let out = &mut self.sheet.out;
        if content.is_blank() {
            if let Some(given) = &step.given {
                out.push_str(&step.open);
                push_escaped(out, given);
                out.push_str(&step.close);
            } else if step.required {
                self.missing.push((owner, step.name.text()));
            }
            return;
        }
        out.push_str(&step.open);
        match content {
            Content::Text(cell) => push_escaped(out, &self.invoice.get(cell)),
            other => {
                let name = step.name.text();
                self.sheet.content(self.invoice, other, step.rate, name);
            }
        }
        self.sheet.out.push_str(&step.close);
    }

    /// A segment that may be missing altogether.
    fn group<T: PartialEq + Default>(&mut self, plan: &Plan<T>, part: &T, required: bool) {
        let blank = plan.steps.iter().all(|step| match step.what {
            What::Value(get) => get(part).is_blank() && step.given.is_none(),
            _ => true,
        });
        if blank {
            if required {
                self.missing.push((plan.owner, ""));
            }
            return;
        }
        self.whole(plan, part, |_, _| {});
    }

    fn address(&mut self, plan: &Plan<Address>, part: &Address, required: bool) {
        self.group(plan, part, required);
    }

    fn contact(&mut self, plan: &Plan<Contact>, part: &Contact, required: bool) {
        self.group(plan, part, required);
    }

    fn firm(&mut self, plans: &Plans) {
        let invoice = self.invoice;
        self.part(&plans.firm, &invoice.firm, |pen, step: &Step<Firm>| {
            let firm = &invoice.firm;
            match step.name {
                Name::lf_address => pen.address(&plans.firm_address, &firm.address, step.required),
                Name::lf_remit_address => {
                    pen.address(&plans.remit_address, &firm.remit_address, step.required);
                }
                Name::lf_billing_contact => {
                    pen.contact(&plans.billing_contact, &firm.billing_contact, step.required);
                }
                Name::extend_header => pen.extensions(plans, &plans.firm.inner, &firm.extensions),
                Name::tax => {
                    for tax in &invoice.taxes {
                        pen.whole(&plans.tax, tax, |_, _| {});
                    }
                }
                _ => {}
            }
        });
    }

    fn client(&mut self, plans: &Plans) {
        let invoice = self.invoice;
        self.part(
            &plans.client,
            &invoice.client,
            |pen, step: &Step<Client>| {
                let client = &invoice.client;
                match step.name {
                    Name::cl_address => {
                        pen.address(&plans.client_address, &client.address, step.required);
                    }
                    Name::client_contact => {
                        pen.contact(&plans.client_contact, &client.contact, step.required);
                    }
                    Name::extend_header => {
                        pen.extensions(plans, &plans.client.inner, &client.extensions);
                    }
                    _ => {}
                }
            },
        );
    }

    fn bill(&mut self, plans: &Plans) {
        let invoice = self.invoice;
        self.whole(
            &plans.invoice,
            invoice,
            |pen, step: &Step<Invoice>| match step.name {
                Name::extend_header => {
                    pen.extensions(plans, &plans.invoice.inner, &invoice.extensions);
                }
                Name::regulatory_statement => {
                    for statement in &invoice.regulatory_statements {
                        pen.statement(plans, statement);
                    }
                }
                Name::tax_tier_summary => {
                    for summary in &invoice.tax_tier_summaries {
                        pen.whole(&plans.tier_summary, summary, |_, _| {});
                    }
                }
                Name::tax_tier_detail => {
                    for tier in &invoice.tax_tiers {
                        pen.whole(&plans.tier, tier, |_, _| {});
                    }
                }
                Name::matter => {
                    let mut from = 0;
                    for (index, matter) in invoice.matters.iter().enumerate() {
                        // Lines stand by matter; see `revise`.
                        let rest = &invoice.lines[from..];
                        let own = rest.iter().take_while(|l| l.matter as usize == index);
                        let until = from + own.count();
                        pen.matter(plans, matter, &invoice.lines[from..until]);
                        from = until;
                    }
                }
                _ => {}
            },
        );
    }

    fn matter(&mut self, plans: &Plans, matter: &Matter, lines: &[Line]) {
        self.whole(
            &plans.matter,
            matter,
            |pen, step: &Step<Matter>| match step.name {
                Name::lf_managing_contact => {
                    pen.contact(&plans.managing_contact, &matter.firm_contact, step.required);
                }
                Name::cl_contact => {
                    pen.contact(&plans.matter_contact, &matter.client_contact, step.required);
                }
                Name::extend_header => {
                    pen.extensions(plans, &plans.matter.inner, &matter.extensions)
                }
                Name::matter_disc_cred => {
                    for discount in &matter.discounts {
                        pen.whole(
                            &plans.matter_discount,
                            discount,
                            |pen, _: &Step<Discount>| {
                                pen.taxes(&plans.discount_tax, &discount.tax_ids);
                            },
                        );
                    }
                }
                Name::tax_summary => {
                    for summary in &matter.tax_summaries {
                        pen.whole(&plans.tax_summary, summary, |_, _| {});
                    }
                }
                Name::tk_sum => {
                    for person in &matter.timekeepers {
                        pen.whole(&plans.timekeeper, person, |_, _| {});
                    }
                }
                Name::fee => pen.lines(plans, lines, LineKind::Fee),
                Name::expense => pen.lines(plans, lines, LineKind::Expense),
                _ => {}
            },
        );
    }

    fn lines(&mut self, plans: &Plans, lines: &[Line], kind: LineKind) {
        let (plan, discounts, taxes) = if kind == LineKind::Fee {
            (&plans.fee, &plans.fee_discount, &plans.fee_tax)
        } else {
            (&plans.expense, &plans.expense_discount, &plans.expense_tax)
        };
        for line in lines.iter().filter(|l| l.kind.get() == Some(kind)) {
            let detail = line.detail.as_deref();
            self.whole(plan, line, |pen, step: &Step<Line>| {
                let Some(detail) = detail else {
                    return;
                };
                match step.name {
                    Name::fee_item_disc_cred | Name::expense_item_disc_cred => {
                        for discount in &detail.discounts {
                            pen.whole(discounts, discount, |_, _| {});
                        }
                    }
                    Name::tax_item_fee | Name::tax_item_expense => {
                        pen.taxes(taxes, &detail.tax_ids);
                    }
                    Name::extend_header => pen.extensions(plans, &plan.inner, &detail.extensions),
                    _ => {}
                }
            });
        }
    }

    fn taxes(&mut self, plan: &Plan<Cell>, ids: &[Cell]) {
        for id in ids {
            self.whole(plan, id, |_, _| {});
        }
    }

    /// What no table knows, as `extend_header`: attributes first, then names and values.
    fn extensions(&mut self, plans: &Plans, indent: &str, extensions: &[Extension]) {
        let own_element = |e: &Extension| plans.locality && e.name == plan::LOCALITY;
        let held = || {
            let all = extensions.iter();
            all.filter(|e| !e.value.is_blank() && !own_element(e))
        };
        if held().next().is_none() {
            return;
        }
        let out = &mut self.sheet.out;
        out.push_str(indent);
        out.push_str("<extend_header");
        // A second attribute of the same name, from a second header, stands among the data.
        let mut seen = Vec::new();
        let attributes = held()
            .take_while(|e| {
                let name = plan::attribute(&e.name);
                let new = name.is_some() && !seen.contains(&name);
                seen.push(name);
                new
            })
            .count();
        for extension in held().take(attributes) {
            let name = plan::attribute(&extension.name).unwrap_or_default();
            let value = self.invoice.text.raw(extension.value);
            out.push_str(&format!(" {name}=\""));
            out.extend(value.chars().filter(|c| !matches!(c, '"' | '<')));
            out.push('"');
        }
        out.push('>');
        for extension in held().skip(attributes) {
            out.push_str(indent);
            out.push_str("  <extend_data>");
            out.push_str(indent);
            out.push_str("    <ext_name>");
            push_escaped(out, &extension.name);
            out.push_str("</ext_name>");
            out.push_str(indent);
            out.push_str("    <ext_value>");
            push_escaped(out, &self.invoice.get(extension.value));
            out.push_str("</ext_value>");
            out.push_str(indent);
            out.push_str("  </extend_data>");
        }
        out.push_str(indent);
        out.push_str("</extend_header>");
    }

    /// A statement a country's law demands, verbatim.
    fn statement(&mut self, plans: &Plans, statement: &[Extension]) {
        let indent = &plans.invoice.inner;
        let out = &mut self.sheet.out;
        out.push_str(indent);
        out.push_str("<regulatory_statement>");
        for part in statement {
            if part.name == Name::file_item_nbr.text() || part.value.is_blank() {
                continue;
            }
            out.push_str(indent);
            out.push_str("  ");
            let names = || part.name.split('/');
            for name in names() {
                out.push_str(&format!("<{name}>"));
            }
            push_escaped(out, &self.invoice.get(part.value));
            for name in names().rev() {
                out.push_str(&format!("</{name}>"));
            }
        }
        if let Some(items) = &mut self.items {
            **items += 1;
            out.push_str(indent);
            out.push_str(&format!("  <file_item_nbr>{items}</file_item_nbr>"));
        }
        out.push_str(indent);
        out.push_str("</regulatory_statement>");
    }
}

/// Puts extensions into the order they are written in: attributes of `extend_header` before its data.
pub fn in_order(extensions: &mut [Extension]) {
    extensions.sort_by_key(|e| plan::attribute(&e.name).is_none());
}
