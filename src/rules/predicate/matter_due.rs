//! What an XML matter comes to, by every reading the published rules leave open (ledes-xml-2.md section 6
//! rules 10 and 13, ledes-other.md 1.3 rules 6 and 7).

use super::amount::near;
use super::discount_math::{Discounts, is_of, stands_apart};
use crate::model::{Cell, Discount, Field, Invoice, LedesFormat, Matter, TaxSummary, Value};
use rust_decimal::Decimal;

/// A total of a matter that fits no reading.
pub(super) struct Wrong {
    pub(super) variant: &'static str,
    pub(super) field: Field,
    pub(super) cell: Cell,
    /// By the main reading, and by the other.
    pub(super) expected: [Decimal; 2],
    /// No other reading gives another amount.
    pub(super) only: bool,
}

/// What is due for a matter.
#[derive(Default)]
pub(super) struct Due {
    /// As stated.
    pub(super) stated: Option<Decimal>,
    /// With the taxes added to the nets, and with the taxes inside them.
    pub(super) expected: [Option<Decimal>; 2],
    /// True where the stated one fits no reading.
    pub(super) doubted: bool,
    /// True where the taxes are certainly in it: it is the nets and the taxes, and not the nets alone.
    pub(super) holds_tax: bool,
    /// What is wrong.
    pub(super) wrong: Vec<Wrong>,
}

/// The parts of a net amount: fees or expenses.
struct Part<'a> {
    category: &'static str,
    field: Field,
    net: &'a Value<Decimal>,
    detail: &'a Value<Decimal>,
    /// Sum of the items.
    items: Option<Decimal>,
    discounts: &'a Value<Decimal>,
    share: &'a Value<Decimal>,
    discounted_bill: &'a Value<Decimal>,
    tax: &'a Value<Decimal>,
    /// Sum of the tax summaries, where there are any.
    summed_tax: Option<Decimal>,
    adjustment: &'a Value<Decimal>,
}

/// A share or percentage as a fraction: 10 and 0.10 both stand for 10 %.
fn fraction(value: Decimal) -> Decimal {
    match value.abs() > Decimal::ONE {
        true => value / Decimal::ONE_HUNDRED,
        false => value,
    }
}

fn plus(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_add(b)
}

/// Works out what is due for a matter. `items` are the sums of its fees and of its expenses.
pub(super) fn due_of(
    invoice: &Invoice,
    matter: &Matter,
    items: [Option<Decimal>; 2],
    tolerance: Decimal,
) -> Due {
    let parts = [
        Part {
            category: "Fee",
            field: Field::MatterNetFees,
            net: &matter.net_fees,
            detail: &matter.total_detail_fees,
            items: items[0],
            discounts: &matter.disc_credit_fees,
            share: &matter.share_of_fees,
            discounted_bill: &matter.discounted_bill_fees,
            tax: &matter.tax_on_fees,
            summed_tax: summed_tax(matter, |s| &s.tax_on_fees),
            adjustment: &matter.adjustment_of_fees,
        },
        Part {
            category: "Exp",
            field: Field::MatterNetExpenses,
            net: &matter.net_expenses,
            detail: &matter.total_detail_expenses,
            items: items[1],
            discounts: &matter.disc_credit_expenses,
            share: &matter.share_of_expenses,
            discounted_bill: &matter.discounted_bill_expenses,
            tax: &matter.tax_on_expenses,
            summed_tax: summed_tax(matter, |s| &s.tax_on_expenses),
            adjustment: &matter.adjustment_of_expenses,
        },
    ];
    let mut due = Due {
        stated: matter.total_due.get(),
        ..Due::default()
    };
    // What each net amount is, and what it should be where it is wrong.
    let mut nets = [[None; 2]; 2];
    for (part, net) in parts.iter().zip(&mut nets) {
        *net = [part.net.get(), part.net.get()];
        if let Some(wrong) = part.wrong_net(invoice, matter, tolerance) {
            net[1] = Some(wrong.expected[0]);
            due.wrong.push(wrong);
        }
    }
    let tax = [&matter.tax_on_fees, &matter.tax_on_expenses];
    if tax.iter().any(|t| t.is_unreadable()) {
        return due;
    }
    let [fees, expenses] = tax.map(|t| t.get().unwrap_or_default());
    let funds = matter
        .discounts
        .iter()
        .filter(|d| is_code(invoice, d, "MIFA"));
    let funds = Discounts::of(invoice, funds).corrected.unwrap_or_default();
    let summed = plus(
        parts[0].summed_tax.unwrap_or(fees),
        parts[1].summed_tax.unwrap_or(expenses),
    );
    // A total of tax that is wrong is said by its own rule: the tax summaries speak for it.
    let taxes = [plus(fees, expenses), summed];
    let sums = |which: usize| {
        let net = plus(nets[0][which]?, nets[1][which]?)?;
        Some([plus(net, taxes[which]?)?, net])
    };
    let (Some(plain), Some(corrected)) = (sums(0), sums(1)) else {
        return due;
    };
    let oldest = invoice.format == LedesFormat::L2000;
    let main = match oldest {
        true => [plain[1], plain[0]],
        false => [
            plus(plain[0], funds).unwrap_or(plain[0]),
            plus(plain[1], funds).unwrap_or(plain[1]),
        ],
    };
    due.expected = main.map(Some);
    let Some(stated) = due.stated else {
        return due;
    };
    let outside = !oldest && parts.iter().all(|p| p.is_without_tax(invoice, matter));
    let fits = |sum: Decimal| near(sum, stated, tolerance);
    let mixed = taxes[1].and_then(|tax| plus(plain[1], tax));
    let mut readings = plain.iter().chain(&corrected).chain(&mixed);
    let with_funds = |sum: &Decimal| fits(*sum) || plus(*sum, funds).is_some_and(fits);
    due.holds_tax = stated == main[0] && (main[0] != main[1] || taxes[0] == Some(Decimal::ZERO));
    if !readings.any(with_funds) {
        due.doubted = true;
        due.wrong.push(Wrong {
            variant: if oldest { "due-sum" } else { "weak" },
            field: Field::MatterTotalDue,
            cell: matter.total_due.cell,
            // With the taxes in the nets it would be the nets alone.
            only: due.wrong.is_empty() && funds.is_zero() && (main[0] == main[1] || outside),
            expected: main,
        });
    }
    due
}

fn summed_tax(matter: &Matter, of: fn(&TaxSummary) -> &Value<Decimal>) -> Option<Decimal> {
    let mut summaries = matter.tax_summaries.iter().peekable();
    summaries.peek()?;
    summaries.try_fold(Decimal::ZERO, |sum, s| {
        sum.checked_add(of(s).get().unwrap_or_default())
    })
}

fn is_code(invoice: &Invoice, discount: &Discount, code: &str) -> bool {
    invoice
        .text
        .raw(discount.disc_cred)
        .eq_ignore_ascii_case(code)
}

impl Part<'_> {
    /// True where nothing is shared or taken off the bill, and discounts are what they say: then the net is the items
    /// with their discounts, and only a tax may be in it or not.
    fn is_plain(&self, invoice: &Invoice, matter: &Matter) -> bool {
        let whole = self.share.get().is_none_or(|s| s == Decimal::ONE)
            && self.discounted_bill.get().is_none_or(|b| b.is_zero())
            && self.adjustment.get().is_none_or(|a| a.is_zero());
        let own = matter.discounts.iter();
        let mut own = own.filter(|d| is_of(invoice, d, self.category)).peekable();
        let none = own.peek().is_none();
        let apart = own.clone().any(|d| stands_apart(invoice, d));
        let discounts = Discounts::of(invoice, own);
        let agree = discounts.stated.is_some()
            && discounts.stated == discounts.corrected
            && match self.discounts.get() {
                Some(stated) => discounts.stated == Some(stated),
                None => none || self.discounts.is_blank(),
            };
        whole && !apart && agree && self.items.is_some() && self.detail.get() == self.items
    }

    /// True where the net amount is plainly the items with their discounts, and the tax is not in it.
    fn is_without_tax(&self, invoice: &Invoice, matter: &Matter) -> bool {
        let net = || {
            let own = matter.discounts.iter();
            let own = own.filter(|d| is_of(invoice, d, self.category));
            plus(self.items?, Discounts::of(invoice, own).stated?)
        };
        self.is_plain(invoice, matter) && net() == self.net.get()
    }

    /// The net amount where it fits no reading.
    fn wrong_net(&self, invoice: &Invoice, matter: &Matter, tolerance: Decimal) -> Option<Wrong> {
        let stated = self.net.get()?;
        let needed = [
            self.detail,
            self.discounts,
            self.share,
            self.discounted_bill,
            self.tax,
            self.adjustment,
        ];
        if needed.iter().any(|value| value.is_unreadable()) {
            return None;
        }
        let own = || {
            matter
                .discounts
                .iter()
                .filter(|d| is_of(invoice, d, self.category))
        };
        let sum_of = |wanted: &dyn Fn(&Discount) -> bool| {
            Discounts::of(invoice, own().filter(|d| wanted(d))).corrected
        };
        let post = |d: &Discount| {
            let split = invoice.text.raw(d.pre_post_split);
            split.eq_ignore_ascii_case("Post-Split")
        };
        let before = sum_of(&|d| !stands_apart(invoice, d) && !post(d))?;
        let after = sum_of(&|d| !stands_apart(invoice, d) && post(d))?;
        // Shared and discounted bills as amounts, for writers that state them so and no share.
        let apart = sum_of(&|d| is_code(invoice, d, "MIDB") || is_code(invoice, d, "MISF"));
        let stated_discounts = self.discounts.get().unwrap_or_default();
        let tax = self.tax.get().unwrap_or_default();
        let adjustment = self.adjustment.get().unwrap_or_default();
        let share = fraction(self.share.get().unwrap_or(Decimal::ONE));
        let percent_off = own()
            .find(|d| is_code(invoice, d, "MIDB"))
            .and_then(|d| d.percent.get());
        let off = self
            .discounted_bill
            .get()
            .or(percent_off)
            .unwrap_or_default();
        let rest = Decimal::ONE.checked_sub(fraction(off).abs())?;
        let details = [self.detail.get(), self.items];
        let mut first = None;
        for detail in details.into_iter().flatten() {
            for (pre, post) in [(before, after), (stated_discounts, Decimal::ZERO)] {
                let scaled = plus(detail, pre)?.checked_mul(share)?.checked_mul(rest)?;
                let net = plus(plus(scaled, post)?, adjustment)?;
                let flat = plus(plus(plus(detail, pre)?, post)?, apart.unwrap_or_default())?;
                let unadjusted = net.checked_sub(adjustment)?;
                first = first.or(Some(net));
                for reading in [net, flat, unadjusted] {
                    let taxed = [Decimal::ZERO, tax, self.summed_tax.unwrap_or(tax)];
                    for tax in taxed {
                        if near(plus(reading, tax)?, stated, tolerance) {
                            return None;
                        }
                    }
                }
            }
        }
        let net = first?.round_dp(2);
        Some(Wrong {
            variant: "weak",
            field: self.field,
            cell: self.net.cell,
            only: tax.is_zero() && self.is_plain(invoice, matter),
            expected: [net, plus(net, tax)?],
        })
    }
}
