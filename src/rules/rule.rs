//! A rule in force: its texts, its level, and how its hits are gathered.

use super::pack::written::Param;
use super::pack::written::{Change, OneOrMore, Scenarios, WrittenRule, WrittenVariant};
use super::pack::{PackMistake, Spot};
use crate::model::did_you_mean;
use crate::model::{Confidence, Level, RuleId, Safety, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which hits of a rule make one finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Gathering {
    /// All hits of a variant on an invoice.
    All,
    /// Those on the same field.
    Field,
    /// Those on the same field with the same value.
    Value,
    /// Those that say the same sentence.
    Message,
    /// None: each hit is a finding.
    None,
}

/// One of a rule's texts and levels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Variant {
    /// How bad.
    pub level: Level,
    /// What bounces.
    pub scope: Scope,
    /// One sentence; `{name}` stands for a value.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Variant {
    fn change(&mut self, new: &WrittenVariant, place: &Spot) -> Result<(), PackMistake> {
        if let Some(level) = &new.level {
            self.level = level_of(level, place)?;
        }
        if let Some(scope) = scope_of(new.scope.as_deref(), place)? {
            self.scope = scope;
        }
        for (own, new) in [
            (&mut self.message, &new.message),
            (&mut self.help, &new.help),
        ] {
            if let Some(new) = new {
                own.clone_from(new);
            }
        }
        Ok(())
    }
}

/// A rule in force.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it looks for, in one short line.
    pub title: String,
    /// Its group in the list of ids.
    pub group: String,
    /// The pack that put it in force.
    pub pack: Arc<str>,
    /// `line`, `matter`, `invoice` or `file`.
    pub each: String,
    /// Its main text and level.
    pub main: Variant,
    /// Its other texts and levels.
    pub variants: BTreeMap<String, Variant>,
    /// How sure.
    pub confidence: Confidence,
    /// Which hits make one finding.
    pub gathering: Gathering,
    /// Family and rank in it.
    pub family: Option<(Arc<str>, u8)>,
    /// Whether the expected value is offered as a fix.
    pub fix: Option<Safety>,
    /// Why it matters.
    pub why: String,
    /// Where it comes from.
    pub source: String,
    /// Predicate kinds that look for it; `reader` where reading finds it.
    pub kinds: Vec<String>,
    /// Parameters of the predicates.
    pub params: BTreeMap<String, Param>,
    /// What a rule without kinds says.
    pub table: Table,
    /// Each gives exactly this finding.
    pub bad: Scenarios,
    /// Each gives none.
    pub good: Scenarios,
    /// All that packs say of it is shipped with the program, and was looked through by its tests: patterns may
    /// wait until they are asked.
    pub(super) tried: bool,
}

/// A rule as a table says it: where it applies, and what must hold there.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Table {
    pub only: BTreeMap<String, OneOrMore>,
    pub min: BTreeMap<String, Param>,
    pub max: BTreeMap<String, Param>,
    pub one_of: BTreeMap<String, OneOrMore>,
    pub required: Vec<String>,
    pub matches: BTreeMap<String, String>,
    pub phrases: Vec<String>,
    pub when: Option<String>,
    pub check: Option<String>,
    pub as_of: Option<String>,
    pub at_risk: Option<String>,
}

impl Table {
    fn of(written: &WrittenRule) -> Self {
        let texts = |list: &Option<OneOrMore>| {
            list.iter()
                .flat_map(OneOrMore::iter)
                .map(str::to_owned)
                .collect()
        };
        Self {
            only: written.only.clone(),
            min: written.min.clone(),
            max: written.max.clone(),
            one_of: written.one_of.clone(),
            required: texts(&written.required),
            matches: written.matches.clone(),
            phrases: texts(&written.phrases),
            when: written.when.clone(),
            check: written.check.clone(),
            as_of: written.as_of.clone(),
            at_risk: written.at_risk.clone(),
        }
    }

    /// Takes a change over: entry by entry in tables, whole in lists and expressions.
    fn change(&mut self, change: &Change) {
        let pairs = |map: &BTreeMap<String, Param>| map.clone().into_iter();
        self.min.extend(pairs(&change.min));
        self.max.extend(pairs(&change.max));
        self.only.extend(change.only.clone());
        self.one_of.extend(change.one_of.clone());
        self.matches.extend(change.matches.clone());
        let texts = |list: &OneOrMore| list.iter().map(str::to_owned).collect();
        if let Some(required) = &change.required {
            self.required = texts(required);
        }
        if let Some(phrases) = &change.phrases {
            self.phrases = texts(phrases);
        }
        for (own, new) in [
            (&mut self.when, &change.when),
            (&mut self.check, &change.check),
            (&mut self.as_of, &change.as_of),
            (&mut self.at_risk, &change.at_risk),
        ] {
            if new.is_some() {
                own.clone_from(new);
            }
        }
    }

    /// True where there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Rule {
    /// Takes over what another pack changes.
    ///
    /// # Errors
    /// A word that is no level.
    pub fn change(&mut self, change: &Change, pack: &Arc<str>) -> Result<(), PackMistake> {
        if let Some(level) = &change.level {
            let place = Spot::rule(pack, self.id.as_str());
            self.set_level(level_of(level, &place)?);
        }
        for (name, new) in &change.variant {
            let known = self.variants.keys().map(String::as_str);
            let remedy = did_you_mean(name, known);
            let place = Spot::rule(pack, self.id.as_str());
            let place = place.key(format!("variant.{name}"));
            let Some(variant) = self.variants.get_mut(name) else {
                return Err(PackMistake::UnknownWord {
                    place,
                    found: name.clone(),
                    what: "variant of this rule",
                    remedy,
                });
            };
            variant.change(new, &place)?;
        }
        if let Some(source) = &change.source {
            self.source.clone_from(source);
        }
        let params = change.params.iter().map(|(k, v)| (k.clone(), v.clone()));
        self.params.extend(params);
        self.table.change(change);
        self.pack = Arc::clone(pack);
        Ok(())
    }

    /// The variant of this name, or the main one where there is none.
    pub fn variant(&self, name: &str) -> &Variant {
        self.variants.get(name).unwrap_or(&self.main)
    }

    /// True where no variant can speak.
    pub fn is_off(&self) -> bool {
        self.main.level == Level::Off && self.variants.values().all(|v| v.level == Level::Off)
    }

    /// Sets the level. Variants that were at the old level follow; `off` silences all.
    pub fn set_level(&mut self, level: Level) {
        let old = self.main.level;
        for variant in self.variants.values_mut() {
            if variant.level == old || level == Level::Off {
                variant.level = level;
            }
        }
        self.main.level = level;
    }

    /// Takes a rule from its pack, checking its words.
    ///
    /// # Errors
    /// A word that is no level, scope, confidence or gathering.
    pub fn from_written(written: &WrittenRule, pack: &Arc<str>) -> Result<Self, PackMistake> {
        let place = Spot::rule(pack, &written.id);
        let level = level_of(&written.level, &place)?;
        let scope = scope_of(written.scope.as_deref(), &place)?.unwrap_or(Scope::Invoice);
        let main = Variant {
            level,
            scope,
            message: written.message.clone(),
            help: written.help.clone(),
        };
        let mut variants = BTreeMap::new();
        for (name, v) in &written.variant {
            let place = place.clone().note(format!("variant \"{name}\""));
            let level = match &v.level {
                Some(word) => level_of(word, &place)?,
                None => level,
            };
            variants.insert(
                name.clone(),
                Variant {
                    level,
                    scope: scope_of(v.scope.as_deref(), &place)?.unwrap_or(scope),
                    message: v.message.clone().unwrap_or_else(|| written.message.clone()),
                    help: v.help.clone().unwrap_or_else(|| written.help.clone()),
                },
            );
        }
        Ok(Self {
            id: RuleId::intern(&written.id),
            title: written.title.clone(),
            group: written.group.clone(),
            pack: Arc::clone(pack),
            each: written.each.clone(),
            main,
            variants,
            confidence: word(
                written.confidence.as_deref().unwrap_or("high"),
                "confidence",
                &place,
                &[
                    ("high", Confidence::High),
                    ("medium", Confidence::Medium),
                    ("low", Confidence::Low),
                ],
            )?,
            gathering: word(
                written.gather.as_deref().unwrap_or("field"),
                "gathering",
                &place,
                &[
                    ("field", Gathering::Field),
                    ("value", Gathering::Value),
                    ("message", Gathering::Message),
                    ("all", Gathering::All),
                    ("none", Gathering::None),
                ],
            )?,
            family: written
                .family
                .as_ref()
                .map(|f| (Arc::from(f.as_str()), written.rank)),
            fix: match written.fix.as_deref() {
                None => None,
                Some(w) => Some(word(
                    w,
                    "safety",
                    &place,
                    &[("safe", Safety::Safe), ("unsafe", Safety::Unsafe)],
                )?),
            },
            why: written.why.clone(),
            source: written.source.clone(),
            kinds: written.kind.iter().map(str::to_owned).collect(),
            params: written.params.clone(),
            table: Table::of(written),
            bad: written.bad.clone(),
            good: written.good.clone(),
            tried: false,
        })
    }
}

/// The level a word names.
///
/// # Errors
/// A word that is no level.
pub fn level_of(found: &str, place: &Spot) -> Result<Level, PackMistake> {
    word(
        found,
        "level",
        place,
        &[
            ("reject", Level::Reject),
            ("reduce", Level::Reduce),
            ("review", Level::Review),
            ("note", Level::Note),
            ("off", Level::Off),
        ],
    )
}

fn scope_of(found: Option<&str>, place: &Spot) -> Result<Option<Scope>, PackMistake> {
    found
        .map(|w| {
            word(
                w,
                "scope",
                place,
                &[("invoice", Scope::Invoice), ("line", Scope::Line)],
            )
        })
        .transpose()
}

/// The key that holds such a word.
fn key_of(what: &str) -> &str {
    match what {
        "gathering" => "gather",
        "safety" => "fix",
        other => other,
    }
}

fn word<T: Copy>(
    found: &str,
    what: &'static str,
    place: &Spot,
    known: &[(&str, T)],
) -> Result<T, PackMistake> {
    known
        .iter()
        .find(|(word, _)| *word == found)
        .map(|(_, value)| *value)
        .ok_or_else(|| PackMistake::UnknownWord {
            place: place.key(key_of(what)),
            found: found.to_owned(),
            what,
            remedy: did_you_mean(found, known.iter().map(|(word, _)| *word)),
        })
}
