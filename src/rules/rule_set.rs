//! The rules in force for an invoice, and the shelf of packs they are put together from.

use super::pack::PackMistake;
use super::pack::mistake::did_you_mean;
use super::pack::written::Pack;
use super::predicate::{self, Judging, Predicate};
use super::rule::{Rule, level_of};
use crate::model::{Hits, Invoice, LedesFormat, RuleId};
use std::collections::HashMap;
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

    /// Judges an invoice by every rule that is not off.
    pub fn judge(&self, invoice: &Invoice, judging: &Judging, hits: &mut Hits) {
        for predicate in &self.predicates {
            predicate.judge(invoice, judging, hits);
        }
    }

    /// Puts packs over one another, later ones changing what earlier ones say. What a format's pack takes over
    /// from those it extends is in force by its word, and carries its name.
    ///
    /// # Errors
    /// A change to a rule no pack has, or a mistake in a rule.
    pub fn from_packs(packs: Vec<Arc<Pack>>) -> Result<Self, PackMistake> {
        Self::laid(packs, &[])
    }

    /// As [`Self::from_packs`]. A change to a rule that only a pack of `shelf` has, because it is another
    /// format's, is left aside.
    fn laid(packs: Vec<Arc<Pack>>, shelf: &[Arc<Pack>]) -> Result<Self, PackMistake> {
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
                let place = format!("pack \"{name}\", rules.{id}");
                let Some(index) = by_id.get(&RuleId::intern(id)) else {
                    if shelf.iter().any(|p| p.rule.iter().any(|r| r.id == *id)) {
                        continue;
                    }
                    return Err(PackMistake::UnknownWord {
                        place,
                        found: id.clone(),
                        what: "rule",
                        remedy: did_you_mean(id, by_id.keys().map(|k| k.as_str())),
                    });
                };
                let rule = &mut rules[*index];
                if let Some(level) = &change.level {
                    rule.set_level(level_of(level, &place)?);
                }
                if let Some(source) = &change.source {
                    rule.source = source.clone();
                }
                rule.params
                    .extend(change.params.iter().map(|(k, v)| (k.clone(), v.clone())));
                rule.pack = Arc::clone(&name);
            }
        }
        let mut predicates = Vec::new();
        for rule in &rules {
            let made = predicate::build(rule)?;
            if !rule.is_off() {
                predicates.extend(made);
            }
        }
        Ok(Self {
            rules: rules.into_iter().map(Arc::new).collect(),
            by_id,
            predicates,
            packs,
        })
    }
}

/// Every pack at hand: those shipped with the program and those of the firm.
#[derive(Clone)]
pub struct Shelf {
    packs: Vec<Arc<Pack>>,
}

impl Shelf {
    /// The packs shipped with the program.
    ///
    /// # Errors
    /// Never in a program that was built: the build script reads the same packs.
    pub fn shipped() -> Result<Self, PackMistake> {
        let packs: Vec<Pack> =
            serde_json::from_str(SHIPPED).map_err(|e| PackMistake::Unreadable {
                place: "packs shipped with the program".to_owned(),
                message: e.to_string(),
            })?;
        Ok(Self {
            packs: packs.into_iter().map(Arc::new).collect(),
        })
    }

    /// Adds a pack of the firm, which takes the place of a shipped one of the same name.
    pub fn add(&mut self, pack: Pack) {
        self.packs.retain(|p| p.pack != pack.pack);
        self.packs.push(Arc::new(pack));
    }

    /// Adds the packs of a folder: its `.toml` files, one pack each.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or a file that is no pack; with its place.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), PackMistake> {
        let unreadable = |path: &Path, message: String| PackMistake::Unreadable {
            place: path.display().to_string(),
            message,
        };
        let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, e.to_string()))?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|x| x == "toml"))
            .collect();
        files.sort();
        for file in files {
            let text = fs::read_to_string(&file).map_err(|e| unreadable(&file, e.to_string()))?;
            let pack = toml::from_str(&text).map_err(|e| unreadable(&file, e.to_string()))?;
            self.add(pack);
        }
        Ok(())
    }

    /// Every pack.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    fn pack(&self, name: &str, place: &str) -> Result<&Arc<Pack>, PackMistake> {
        self.packs
            .iter()
            .find(|p| p.pack == name)
            .ok_or_else(|| PackMistake::UnknownWord {
                place: place.to_owned(),
                found: name.to_owned(),
                what: "pack",
                remedy: did_you_mean(name, self.packs.iter().map(|p| p.pack.as_str())),
            })
    }

    /// The packs in force for an invoice, earlier ones first: format, UTBMS, guidelines, house, then what governs the client.
    /// Without a format, for a file that is no invoice, the rules of every format stand in for those of one.
    ///
    /// # Errors
    /// An `extends` that names no pack or leads back to itself.
    pub fn in_force(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
    ) -> Result<Vec<Arc<Pack>>, PackMistake> {
        let mut chosen = Vec::new();
        for pack in &self.packs {
            let governs = |key: &str, value: Option<&str>| {
                pack.governs
                    .get(key)
                    .is_some_and(|list| value.is_some_and(|v| list.iter().any(|l| l == v)))
            };
            let by_format = match format {
                Some(format) => governs("ledes_format", Some(format.name())),
                None => pack.pack == "ledes",
            };
            let by_client = governs("client_id", client_id);
            let always = matches!(pack.pack.as_str(), "utbms" | "guidelines" | "house");
            if by_format || by_client || always {
                self.take(pack, &mut chosen, &mut Vec::new())?;
            }
        }
        Ok(chosen)
    }

    fn take(
        &self,
        pack: &Arc<Pack>,
        chosen: &mut Vec<Arc<Pack>>,
        way: &mut Vec<String>,
    ) -> Result<(), PackMistake> {
        if chosen.iter().any(|p| p.pack == pack.pack) {
            return Ok(());
        }
        if way.contains(&pack.pack) {
            return Err(PackMistake::Circle {
                pack: pack.pack.clone(),
                through: way.join(", "),
            });
        }
        way.push(pack.pack.clone());
        for name in &pack.extends {
            let place = format!("pack \"{}\", extends", pack.pack);
            let base = Arc::clone(self.pack(name, &place)?);
            self.take(&base, chosen, way)?;
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
        RuleSet::laid(self.in_force(format, client_id)?, &self.packs)
    }
}
