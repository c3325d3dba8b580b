//! The rules in force for an invoice, and the shelf of packs they are put together from.

use super::pack::mistake::did_you_mean;
use super::pack::written::Pack;
use super::pack::{PackMistake, Spot, read_pack};
use super::predicate::table::{self, Excuse, TableRules};
use super::predicate::{self, Judging, Predicate};
use super::rule::Rule;
use crate::model::{Hits, Invoice, LedesFormat, RuleId};
use chrono::NaiveDate;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, sync::Arc};

/// The packs compiled into the program.
const SHIPPED: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));

/// The rules in force for one kind of invoice.
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    by_id: HashMap<RuleId, usize>,
    predicates: Vec<Box<dyn Predicate>>,
    packs: Vec<Arc<Pack>>,
    excuses: Vec<Excuse>,
}

impl RuleSet {
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
        Self::laid(packs, &[], &[], Off::LookedThrough).map_err(|mistake| mistake.located(&located))
    }

    /// As [`Self::from_packs`]. A change to a rule that only a pack of `shelf` has, because it is another
    /// format's, is left aside.
    fn laid(
        packs: Vec<Arc<Pack>>,
        shelf: &[Arc<Pack>],
        others: &[Version],
        off: Off,
    ) -> Result<Self, PackMistake> {
        let mut made = Self::put_together(packs, shelf)?;
        let mut tables = Vec::new();
        for rule in &made.rules {
            if !rule.kinds.is_empty() {
                let found = predicate::build(rule)?;
                if !rule.is_off() {
                    made.predicates.extend(found);
                }
                continue;
            }
            if rule.is_off() && off == Off::LeftAside {
                continue;
            }
            let ready = table::compile(rule)?;
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
                tables.push(table::compile(rule)?.on_days(version.from, version.until));
            }
        }
        let tables = TableRules::new(tables);
        if !tables.is_empty() {
            made.predicates.push(Box::new(tables));
        }
        for pack in &made.packs {
            let known = || {
                let packs = made.packs.iter().chain(shelf);
                packs.flat_map(|p| &p.rule).map(|r| r.id.as_str()).collect()
            };
            made.excuses.extend(table::excuses(pack, known)?);
        }
        Ok(made)
    }

    /// Lays packs over one another, without looking into their rules.
    fn put_together(packs: Vec<Arc<Pack>>, shelf: &[Arc<Pack>]) -> Result<Self, PackMistake> {
        let mut rules: Vec<Rule> = Vec::new();
        let mut by_id: HashMap<RuleId, usize> = HashMap::new();
        for pack in &packs {
            let name: Arc<str> = Arc::from(pack.pack.as_str());
            if pack.governs.contains_key("ledes_format") {
                for rule in &mut rules {
                    if pack.extends.iter().any(|base| **base == *rule.pack) {
                        rule.pack = Arc::clone(&name);
                    }
                }
            }
            for written in &pack.rule {
                let rule = Rule::from_written(written, &name)?;
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
            }
        }
        Ok(Self {
            rules: rules.into_iter().map(Arc::new).collect(),
            by_id,
            predicates: Vec::new(),
            packs,
            excuses: Vec::new(),
        })
    }
}

/// What becomes of table rules that are off: making their patterns ready takes time a check need not spend.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Off {
    LookedThrough,
    LeftAside,
}

/// The packs in force in a span of days.
struct Version {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    packs: Vec<Arc<Pack>>,
    /// The one the invoice's date is in.
    own: bool,
}

fn by_line(rule: &Rule) -> bool {
    rule.table.as_of.as_deref() == Some("line")
}

/// Every pack at hand: those shipped with the program and those of the firm.
#[derive(Clone)]
pub struct Shelf {
    packs: Vec<Arc<Pack>>,
    /// Names of the firm's own.
    own: BTreeSet<String>,
    /// The pack `guidelines` is in force for every client.
    guidelines: bool,
}

impl Shelf {
    /// The packs shipped with the program.
    ///
    /// # Errors
    /// Never in a program that was built: the build script reads the same packs.
    pub fn shipped() -> Result<Self, PackMistake> {
        let packs: Vec<Pack> =
            serde_json::from_str(SHIPPED).map_err(|e| PackMistake::Unreadable {
                place: Spot::file("packs shipped with the program", None),
                message: e.to_string(),
            })?;
        Ok(Self {
            packs: packs.into_iter().map(Arc::new).collect(),
            own: BTreeSet::new(),
            guidelines: false,
        })
    }

    /// Puts the shipped billing guidelines in force for every client, not only for those that have a pack of
    /// their own.
    pub fn with_guidelines(mut self) -> Self {
        self.guidelines = true;
        self
    }

    /// Adds a pack of the firm. It takes the place of a shipped one of the same name, and of one of the same
    /// version; versions in force on different days stand beside each other.
    pub fn add(&mut self, pack: Pack) {
        if self.own.insert(pack.pack.clone()) {
            self.packs.retain(|p| p.pack != pack.pack);
        }
        self.packs
            .retain(|p| p.pack != pack.pack || p.version != pack.version);
        self.packs.push(Arc::new(pack));
    }

    /// Adds the packs of a folder: its `.toml` files, one pack each. All of them are looked through.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or a pack with a mistake; with its place.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), PackMistake> {
        let unreadable = |path: &Path, message: String| {
            PackMistake::wrong(Spot::file(&path.display().to_string(), None), message)
        };
        let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, e.to_string()))?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|x| x == "toml"))
            .collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).map_err(|e| unreadable(&file, e.to_string()))?;
            self.add(read_pack(&file.display().to_string(), &text)?);
        }
        self.verify()
    }

    /// Looks every pack of the firm through, whether or not an invoice asks for it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn verify(&self) -> Result<(), PackMistake> {
        let located = |mistake: PackMistake| mistake.located(&self.packs);
        for pack in self.packs.iter().filter(|p| self.own.contains(&p.pack)) {
            days(pack)?;
            let format = match pack.governs.get("ledes_format").and_then(|f| f.first()) {
                Some(name) => LedesFormat::ALL.into_iter().find(|f| f.name() == name),
                None => Some(LedesFormat::L1998B),
            };
            let mut chosen = self.in_force(format, None)?;
            chosen.retain(|p| p.pack != pack.pack);
            self.take(pack, &mut chosen, &mut Vec::new(), None)
                .map_err(located)?;
            RuleSet::laid(chosen, &self.packs, &[], Off::LookedThrough).map_err(located)?;
        }
        Ok(())
    }

    /// Every pack.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// The version of a pack in force on a day; without a day the latest.
    fn version(&self, name: &str, day: Option<NaiveDate>) -> Option<&Arc<Pack>> {
        let named = self.packs.iter().filter(|p| p.pack == name);
        named
            .filter(|p| in_force_on(p, day))
            .max_by_key(|p| effective(p))
    }

    fn pack(&self, name: &str, place: Spot) -> Result<(), PackMistake> {
        if self.packs.iter().any(|p| p.pack == name) {
            return Ok(());
        }
        Err(PackMistake::UnknownWord {
            place,
            found: name.to_owned(),
            what: "pack",
            remedy: did_you_mean(name, self.packs.iter().map(|p| p.pack.as_str())),
        })
    }

    /// The packs in force for an invoice, earlier ones first: format, UTBMS, guidelines, house, then what governs
    /// the client. The guidelines are for clients that have a pack, or for all where they were asked for.
    /// Without a format, for a file that is no invoice, the rules of every format stand in for those of one.
    ///
    /// # Errors
    /// An `extends` that names no pack or leads back to itself.
    pub fn in_force(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
    ) -> Result<Vec<Arc<Pack>>, PackMistake> {
        self.in_force_on(format, client_id, None)
    }

    /// As [`Self::in_force`], on a day.
    fn in_force_on(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
        day: Option<NaiveDate>,
    ) -> Result<Vec<Arc<Pack>>, PackMistake> {
        let mut chosen = Vec::new();
        let names = |pack: &Pack, key: &str, value: Option<&str>| {
            let list = pack.governs.get(key);
            list.is_some_and(|list| value.is_some_and(|v| list.iter().any(|l| l == v)))
        };
        let has_pack = self.packs.iter().any(|p| names(p, "client_id", client_id));
        for pack in &self.packs {
            let current = self.version(&pack.pack, day);
            if current.is_none_or(|current| !Arc::ptr_eq(current, pack)) {
                continue;
            }
            let governs = |key, value| names(pack, key, value);
            let by_format = match format {
                Some(format) => governs("ledes_format", Some(format.name())),
                None => pack.pack == "ledes",
            };
            let by_client = governs("client_id", client_id);
            let always = match pack.pack.as_str() {
                "utbms" | "house" => true,
                "guidelines" => self.guidelines || has_pack,
                _ => false,
            };
            if by_format || by_client || always {
                self.take(pack, &mut chosen, &mut Vec::new(), day)
                    .map_err(|mistake| mistake.located(&self.packs))?;
            }
        }
        Ok(chosen)
    }

    fn take(
        &self,
        pack: &Arc<Pack>,
        chosen: &mut Vec<Arc<Pack>>,
        way: &mut Vec<String>,
        day: Option<NaiveDate>,
    ) -> Result<(), PackMistake> {
        if chosen.iter().any(|p| p.pack == pack.pack) {
            return Ok(());
        }
        if way.contains(&pack.pack) {
            return Err(PackMistake::Circle {
                place: Spot::pack(&pack.pack).key("extends"),
                pack: pack.pack.clone(),
                through: way.join(", "),
            });
        }
        way.push(pack.pack.clone());
        for name in &pack.extends {
            self.pack(name, Spot::pack(&pack.pack).key("extends"))?;
            if let Some(base) = self.version(name, day).cloned() {
                self.take(&base, chosen, way, day)?;
            }
        }
        way.pop();
        chosen.push(Arc::clone(pack));
        Ok(())
    }

    /// The rules in force for an invoice.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn rules_for(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
    ) -> Result<RuleSet, PackMistake> {
        self.rules_on(format, client_id, None)
    }

    /// The rules in force for an invoice of a day; without a day by the latest version of each pack.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn rules_on(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
        day: Option<NaiveDate>,
    ) -> Result<RuleSet, PackMistake> {
        let packs = self.in_force_on(format, client_id, day)?;
        let mut versions = Vec::new();
        if let (Some(day), false) = (day, self.turns().is_empty()) {
            let turns = self.turns();
            let starts = std::iter::once(None).chain(turns.iter().copied().map(Some));
            let ends = turns.iter().map(|t| t.pred_opt()).chain([None]);
            for (from, until) in starts.zip(ends) {
                let inside = from.or(until).unwrap_or(day);
                versions.push(Version {
                    packs: self.in_force_on(format, client_id, Some(inside))?,
                    own: from.is_none_or(|f| f <= day) && until.is_none_or(|u| day <= u),
                    from,
                    until,
                });
            }
        }
        RuleSet::laid(packs, &self.packs, &versions, Off::LeftAside)
            .map_err(|m| m.located(&self.packs))
    }

    /// The days on which a version of some pack begins, or is over, earliest first. Between two of them the
    /// rules of one client stay the same.
    pub fn turns(&self) -> Vec<NaiveDate> {
        let begins = self.packs.iter().filter_map(|p| effective(p));
        let over = self.packs.iter().filter_map(|p| until(p)?.succ_opt());
        let days: BTreeSet<NaiveDate> = begins.chain(over).collect();
        days.into_iter().collect()
    }
}

fn effective(pack: &Pack) -> Option<NaiveDate> {
    pack.effective.as_ref()?.0.parse().ok()
}

fn until(pack: &Pack) -> Option<NaiveDate> {
    pack.until.as_ref()?.0.parse().ok()
}

fn in_force_on(pack: &Pack, day: Option<NaiveDate>) -> bool {
    let Some(day) = day else { return true };
    effective(pack).is_none_or(|from| from <= day) && until(pack).is_none_or(|until| day <= until)
}

/// The days a pack is in force must be days, in their order.
fn days(pack: &Arc<Pack>) -> Result<(), PackMistake> {
    let wrong = |key: &str, message: String| {
        PackMistake::wrong(Spot::pack(&pack.pack).key(key), message)
            .located(std::slice::from_ref(pack))
    };
    for (key, day) in [("effective", &pack.effective), ("until", &pack.until)] {
        if let Some(day) = day.as_ref().filter(|d| d.0.parse::<NaiveDate>().is_err()) {
            let message = format!(
                "\"{}\" is no day; write year-month-day, as in 2026-01-31",
                day.0
            );
            return Err(wrong(key, message));
        }
    }
    match (effective(pack), until(pack)) {
        (Some(from), Some(until)) if until < from => Err(wrong(
            "until",
            format!("the pack ends on {until}, before it begins on {from}; change one of the days"),
        )),
        _ => Ok(()),
    }
}
