//! The rules in force for one kind of invoice, put together from its packs.

use super::pack::written::Pack;
use super::pack::{PackMistake, Spot};
use super::predicate::table::{self, Excuse, TableRules};
use super::predicate::{self, Judging, Predicate};
use super::rule::Rule;
use super::tier::Tier;
use crate::model::did_you_mean;
use crate::model::{Hit, Hits, Invoice, RuleId};
use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The rules in force for one kind of invoice.
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    by_id: FxHashMap<RuleId, usize>,
    predicates: Vec<Box<dyn Predicate>>,
    packs: Vec<Arc<Pack>>,
    excuses: Vec<Excuse>,
    /// Rules that go by the line's date, as packs of other days have them, where the packs of the invoice's date have
    /// them too.
    of_other_days: Vec<Arc<Rule>>,
}

impl RuleSet {
    /// The rule a hit is of, with the level and texts of the version that judged it.
    pub fn rule_of(&self, hit: &Hit) -> Option<&Arc<Rule>> {
        match hit.version.checked_sub(1) {
            Some(index) => self.of_other_days.get(usize::from(index)),
            None => self.rule(hit.rule),
        }
    }

    /// The rule with this id.
    pub fn rule(&self, id: RuleId) -> Option<&Arc<Rule>> {
        self.by_id.get(&id).map(|index| &self.rules[*index])
    }

    /// Every rule, in the order of the packs, those that are off included.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The packs it was put together from, first to last.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// True where one of them governs a client.
    pub fn has_client_pack(&self) -> bool {
        self.packs
            .iter()
            .any(|pack| pack.governs.contains_key("client_id"))
    }

    /// Judges an invoice by every rule that is not off.
    pub fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for predicate in &self.predicates {
            predicate.judge(invoice, judging, hits);
        }
        if self.excuses.is_empty() {
            return;
        }
        for hit in &mut hits.hits {
            let covers = |excuse: &Excuse| excuse.covers(hit, invoice, judging.today);
            hit.excused = self
                .excuses
                .iter()
                .position(covers)
                .map(|index| index as u32);
        }
    }

    /// The exceptions in force.
    pub fn excuses(&self) -> &[Excuse] {
        &self.excuses
    }

    /// Puts packs over one another, later ones changing what earlier ones say. What a format's pack takes over
    /// from those it extends is in force by its word, and carries its name.
    ///
    /// # Errors
    /// A change to a rule no pack has, or a mistake in a rule.
    pub fn from_packs(packs: Vec<Arc<Pack>>) -> Result<Self, PackMistake> {
        let located = packs.clone();
        Self::laid(packs, &[], &[], Look::Everything).map_err(|mistake| mistake.located(&located))
    }

    /// As [`Self::from_packs`]. A change to a rule that only a pack of `shelf` has, because it is another
    /// format's, is left aside.
    pub(super) fn laid(
        packs: Vec<Arc<Pack>>,
        shelf: &[Arc<Pack>],
        others: &[Version],
        look: Look,
    ) -> Result<Self, PackMistake> {
        let mut made = Self::put_together(packs, shelf)?;
        let mut tables = Vec::new();
        for rule in &made.rules {
            if rule.tried && look == Look::Untried {
                continue;
            }
            if !rule.kinds.is_empty() {
                let found = predicate::build(rule)?;
                if !rule.is_off() {
                    made.predicates.extend(found);
                }
                continue;
            }
            if rule.is_off() && look == Look::InForce {
                continue;
            }
            let ready = table::compile(rule, look != Look::Everything)?;
            if rule.is_off() {
                continue;
            }
            let (from, until) = match others.iter().find(|v| v.own) {
                Some(own) if by_line(rule) => (own.from, own.until),
                _ => (None, None),
            };
            tables.push(ready.on_days(from, until));
        }
        // Rules judged by the line's date: lines of other days are judged as the packs were, or will be, then.
        for version in others.iter().filter(|v| !v.own) {
            let then = Self::put_together(version.packs.clone(), shelf)?;
            for rule in then.rules.iter().filter(|r| by_line(r) && !r.is_off()) {
                if made.speaks_by_invoice(rule.id) {
                    continue;
                }
                let number = made.speaks(rule);
                let ready = table::compile(rule, true)?.on_days(version.from, version.until);
                tables.push(ready.of_version(number));
            }
        }
        for pack in &made.packs {
            let known = || {
                let packs = made.packs.iter().chain(shelf);
                packs.flat_map(|p| &p.rule).map(|r| r.id.as_str()).collect()
            };
            made.excuses.extend(table::excuses(pack, known)?);
        }
        // Nothing is judged by what was only looked at.
        if look != Look::Untried && !tables.is_empty() {
            made.predicates.push(Box::new(TableRules::new(tables)));
        }
        Ok(made)
    }

    /// True where the rule is on and goes by the date of the invoice.
    fn speaks_by_invoice(&self, id: RuleId) -> bool {
        self.rule(id).is_some_and(|r| !by_line(r) && !r.is_off())
    }

    /// Gives a rule of packs of other days its level and texts; returns the number of its version.
    fn speaks(&mut self, rule: &Arc<Rule>) -> u16 {
        match self.by_id.get(&rule.id) {
            Some(index) if self.rules[*index].is_off() => self.rules[*index] = Arc::clone(rule),
            Some(_) => {
                self.of_other_days.push(Arc::clone(rule));
                return u16::try_from(self.of_other_days.len()).unwrap_or_default();
            }
            None => {
                self.by_id.insert(rule.id, self.rules.len());
                self.rules.push(Arc::clone(rule));
            }
        }
        0
    }

    /// Lays packs over one another, without looking into their rules.
    fn put_together(packs: Vec<Arc<Pack>>, shelf: &[Arc<Pack>]) -> Result<Self, PackMistake> {
        let most = packs.iter().map(|pack| pack.rule.len()).sum();
        let mut rules: Vec<Rule> = Vec::with_capacity(most);
        let mut by_id: FxHashMap<RuleId, usize> = FxHashMap::default();
        for pack in &packs {
            let name: Arc<str> = Arc::from(pack.pack.as_str());
            if Tier::of(pack) == Tier::Format {
                for rule in &mut rules {
                    if pack.extends.iter().any(|base| **base == *rule.pack) {
                        rule.pack = Arc::clone(&name);
                    }
                }
            }
            for written in &pack.rule {
                let mut rule = Rule::from_written(written, &name)?;
                rule.tried = pack.shipped;
                match by_id.get(&rule.id) {
                    Some(index) => rules[*index] = rule,
                    None => {
                        by_id.insert(rule.id, rules.len());
                        rules.push(rule);
                    }
                }
            }
            for (id, change) in &pack.rules {
                let Some(index) = by_id.get(&RuleId::intern(id)) else {
                    if shelf.iter().any(|p| p.rule.iter().any(|r| r.id == *id)) {
                        continue;
                    }
                    return Err(PackMistake::UnknownWord {
                        place: Spot::rule(&name, id),
                        found: id.clone(),
                        what: "rule",
                        remedy: did_you_mean(id, by_id.keys().map(|k| k.as_str())),
                    });
                };
                rules[*index].change(change, &name)?;
                rules[*index].tried &= pack.shipped;
            }
        }
        Ok(Self {
            rules: rules.into_iter().map(Arc::new).collect(),
            by_id,
            predicates: Vec::new(),
            packs,
            excuses: Vec::new(),
            of_other_days: Vec::new(),
        })
    }
}

/// How closely rules are looked at: making them ready takes time a check need not spend.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// At all there is.
    Everything,
    /// At all but what is shipped with the program and left as it is; the rule set judges nothing.
    Untried,
    /// At rules that are not off, but for their patterns.
    InForce,
}

/// The packs in force in a span of days.
pub(super) struct Version {
    pub(super) from: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
    pub(super) packs: Vec<Arc<Pack>>,
    /// The one the invoice's date is in.
    pub(super) own: bool,
}

fn by_line(rule: &Rule) -> bool {
    rule.table.as_of.as_deref() == Some("line")
}
