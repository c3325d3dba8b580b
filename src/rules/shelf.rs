//! The shelf of packs, and which of them are in force for an invoice.

use super::circumstances::{Circumstances, GOVERNED_BY, portal_key};
use super::pack::written::{AttachmentTerms, Pack, Scenarios};
use super::pack::{PackMistake, Spot, read_pack};
use super::rule_set::{Look, RuleSet, Version};
use super::tier::{GUIDELINES, Tier};
use crate::model::LedesFormat;
use crate::model::did_you_mean;
use chrono::NaiveDate;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, sync::Arc};

/// The packs compiled into the program.
const SHIPPED: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));
/// Their hashes, and where the bad and then the good examples of each rule end.
const BESIDE: &str = include_str!(concat!(env!("OUT_DIR"), "/shipped.json"));
/// The examples of their rules, one list after another.
const SCENARIOS: &str = include_str!(concat!(env!("OUT_DIR"), "/scenarios.json"));

/// Every pack at hand: those shipped with the program and those of the firm.
#[derive(Clone)]
pub struct Shelf {
    packs: Vec<Arc<Pack>>,
    /// Names of the firm's own.
    own: BTreeSet<String>,
    /// The pack `guidelines` is in force.
    guidelines: bool,
}

impl Shelf {
    /// The packs shipped with the program.
    ///
    /// # Errors
    /// Never in a program that was built: the build script reads the same packs.
    pub fn shipped() -> Result<Self, PackMistake> {
        let unreadable = |e: serde_json::Error| PackMistake::Unreadable {
            place: Spot::file("packs shipped with the program", None),
            message: e.to_string(),
        };
        let mut packs: Vec<Pack> = serde_json::from_str(SHIPPED).map_err(unreadable)?;
        let (hashes, ends): (Vec<&'static str>, Vec<usize>) =
            serde_json::from_str(BESIDE).map_err(unreadable)?;
        let (mut start, mut ends) = (0, ends.into_iter());
        let mut next = || {
            let end = ends.next().unwrap_or(start);
            let json = SCENARIOS.get(start..end).unwrap_or("");
            start = end;
            Scenarios::shipped(json)
        };
        for (pack, hash) in packs.iter_mut().zip(hashes) {
            pack.sha256 = Cow::Borrowed(hash);
            pack.shipped = true;
            for rule in &mut pack.rule {
                rule.bad = next();
                rule.good = next();
            }
        }
        Ok(Self {
            packs: packs.into_iter().map(Arc::new).collect(),
            own: BTreeSet::new(),
            guidelines: true,
        })
    }

    /// Takes the rules of billing guidelines out, except for packs that extend them: what is left are the rules of
    /// formats and codes.
    pub fn without_guidelines(mut self) -> Self {
        self.guidelines = false;
        self
    }

    /// Adds a pack of the firm. It takes the place of a shipped one of the same name, and of one of the same
    /// version; versions in force on different days stand beside each other.
    pub fn add(&mut self, mut pack: Pack) {
        pack.shipped = false;
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
        for file in files_of(folder)? {
            self.add_file(&file)?;
        }
        self.verify()
    }

    /// Adds the packs of a folder, or the one pack of a file.
    ///
    /// # Errors
    /// As [`Self::add_folder`].
    pub fn add_from(&mut self, path: &Path) -> Result<(), PackMistake> {
        if path.is_dir() {
            return self.add_folder(path);
        }
        self.add_file(path)?;
        self.verify()
    }

    fn add_file(&mut self, file: &Path) -> Result<(), PackMistake> {
        self.add(read_pack(&file.display().to_string(), &read(file)?)?);
        Ok(())
    }

    /// Looks every pack of the firm through, whether or not an invoice asks for it.
    ///
    /// # Errors
    /// The first mistake.
    pub fn verify(&self) -> Result<(), PackMistake> {
        let packs = self.packs.iter();
        packs
            .filter(|p| self.own.contains(&p.pack))
            .try_for_each(|pack| self.look_through(pack))
    }

    /// Looks one pack through, with all that it changes.
    ///
    /// # Errors
    /// The first mistake.
    pub fn look_through(&self, pack: &Arc<Pack>) -> Result<(), PackMistake> {
        let located = |mistake: PackMistake| mistake.located(&self.packs);
        days(pack)?;
        governs(pack).map_err(located)?;
        let format = match pack.governs.get("ledes_format").and_then(|f| f.first()) {
            Some(name) => LedesFormat::ALL.into_iter().find(|f| f.name() == name),
            None => Some(LedesFormat::L1998B),
        };
        let told = Circumstances {
            format,
            packs: vec![GUIDELINES.to_owned()],
            ..Circumstances::default()
        };
        let mut chosen = self.in_force(&told, None).map_err(located)?;
        chosen.retain(|p| p.pack != pack.pack);
        let mut taken: Vec<Taken> = chosen.into_iter().map(Taken::of).collect();
        self.take(pack, Tier::Matter, &mut taken, &mut Vec::new(), None)
            .map_err(located)?;
        chosen = taken.into_iter().map(|t| t.pack).collect();
        let look = match pack.shipped {
            true => Look::Everything,
            false => Look::Untried,
        };
        RuleSet::laid(chosen, &self.packs, &[], look).map_err(located)?;
        Ok(())
    }

    /// Every pack.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// The portals that packs govern, as they write them.
    pub fn portals(&self) -> Vec<&str> {
        let lists = self.packs.iter().filter_map(|p| p.governs.get("portal"));
        let mut names: Vec<&str> = lists.flatten().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Which files a portal takes beside an invoice; nothing where that is not known.
    pub fn attachments(&self, portal: &str) -> Option<&AttachmentTerms> {
        let key = portal_key(portal);
        let governs = |pack: &&Arc<Pack>| {
            let named = pack.governs.get("portal");
            named.is_some_and(|all| all.iter().any(|name| portal_key(name) == key))
        };
        let told = self.packs.iter().filter(governs);
        told.filter(|p| p.attachments.is_some())
            .max_by_key(|p| effective(p))
            .and_then(|p| p.attachments.as_ref())
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

    /// The packs in force for an invoice on a day, earlier ones first: format, UTBMS, guidelines, house, sector,
    /// portal, client, matter.
    fn in_force(
        &self,
        told: &Circumstances,
        day: Option<NaiveDate>,
    ) -> Result<Vec<Arc<Pack>>, PackMistake> {
        let mut taken: Vec<Taken> = Vec::new();
        for name in &told.packs {
            self.pack(name, Spot::file("packs asked for by name", None))?;
            if let Some(pack) = self.version(name, day) {
                self.take(pack, Tier::Matter, &mut taken, &mut Vec::new(), day)?;
            }
        }
        for pack in &self.packs {
            let current = self.version(&pack.pack, day);
            if current.is_none_or(|current| !Arc::ptr_eq(current, pack)) {
                continue;
            }
            let always = match pack.pack.as_str() {
                "utbms" | "house" => true,
                GUIDELINES => self.guidelines,
                // A file that is no invoice is judged by the rules of every format.
                "ledes" => told.format.is_none(),
                _ => false,
            };
            if always || told.has(pack) {
                self.take(pack, Tier::Matter, &mut taken, &mut Vec::new(), day)?;
            }
        }
        taken.sort_by_key(|t| t.tier);
        Ok(taken.into_iter().map(|t| t.pack).collect())
    }

    /// The packs in force for an invoice of a day, earlier ones first: which rules there are, before any is put together.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn packs_on(
        &self,
        told: &Circumstances,
        day: Option<NaiveDate>,
    ) -> Result<Vec<Arc<Pack>>, PackMistake> {
        let located = |mistake: PackMistake| mistake.located(&self.packs);
        self.in_force(told, day).map_err(located)
    }

    /// Takes a pack after those it extends. What another pack extends comes no later than that.
    fn take(
        &self,
        pack: &Arc<Pack>,
        latest: Tier,
        taken: &mut Vec<Taken>,
        way: &mut Vec<String>,
        day: Option<NaiveDate>,
    ) -> Result<(), PackMistake> {
        let tier = Tier::of(pack).min(latest);
        let known = taken.iter().position(|t| t.pack.pack == pack.pack);
        if known.is_some_and(|at| taken[at].tier <= tier) {
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
            if let Some(base) = self.version(name, day) {
                self.take(base, tier, taken, way, day)?;
            }
        }
        way.pop();
        match known {
            Some(at) => taken[at].tier = tier,
            None => taken.push(Taken {
                pack: Arc::clone(pack),
                tier,
            }),
        }
        Ok(())
    }

    /// The rules in force for an invoice of a format and a client.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn rules_for(
        &self,
        format: Option<LedesFormat>,
        client_id: Option<&str>,
    ) -> Result<RuleSet, PackMistake> {
        let told = Circumstances {
            format,
            client_id: client_id.map(str::to_owned),
            ..Circumstances::default()
        };
        self.rules_on(&told, None)
    }

    /// The rules in force for an invoice of a day; without a day by the latest version of each pack.
    ///
    /// # Errors
    /// A mistake in a pack.
    pub fn rules_on(
        &self,
        told: &Circumstances,
        day: Option<NaiveDate>,
    ) -> Result<RuleSet, PackMistake> {
        let located = |mistake: PackMistake| mistake.located(&self.packs);
        let chosen = self.in_force(told, day).map_err(located)?;
        let mut versions = Vec::new();
        let turns = self.turns();
        if let (Some(day), false) = (day, turns.is_empty()) {
            let starts = std::iter::once(None).chain(turns.iter().copied().map(Some));
            let ends = turns.iter().map(|t| t.pred_opt()).chain([None]);
            for (from, until) in starts.zip(ends) {
                let inside = from.or(until).unwrap_or(day);
                versions.push(Version {
                    packs: self.in_force(told, Some(inside)).map_err(located)?,
                    own: from.is_none_or(|f| f <= day) && until.is_none_or(|u| day <= u),
                    from,
                    until,
                });
            }
        }
        RuleSet::laid(chosen, &self.packs, &versions, Look::InForce).map_err(located)
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

/// The files of a folder's packs.
pub(super) fn files_of(folder: &Path) -> Result<Vec<PathBuf>, PackMistake> {
    let entries = fs::read_dir(folder).map_err(|e| unreadable(folder, &e))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|x| x == "toml"))
        .collect();
    files.sort();
    Ok(files)
}

/// What stands in the file of a pack.
pub(super) fn read(file: &Path) -> Result<String, PackMistake> {
    fs::read_to_string(file).map_err(|e| unreadable(file, &e))
}

fn unreadable(path: &Path, error: &std::io::Error) -> PackMistake {
    PackMistake::wrong(
        Spot::file(&path.display().to_string(), None),
        error.to_string(),
    )
}

/// A pack in force, and the tier it is laid in.
struct Taken {
    pack: Arc<Pack>,
    tier: Tier,
}

impl Taken {
    fn of(pack: Arc<Pack>) -> Self {
        Self {
            tier: Tier::of(&pack),
            pack,
        }
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

/// What a pack governs is said by known keys, each with something in it, and formats by their names.
fn governs(pack: &Arc<Pack>) -> Result<(), PackMistake> {
    let place = |key: &str| Spot::pack(&pack.pack).section("governs").key(key);
    for (key, list) in &pack.governs {
        if !GOVERNED_BY.contains(&key.as_str()) {
            return Err(PackMistake::UnknownWord {
                place: place(key),
                found: key.clone(),
                what: "key of governs",
                remedy: did_you_mean(key, GOVERNED_BY),
            });
        }
        if list.is_empty() {
            let message = "the list is empty, so the pack would govern nothing; name what it governs, or take the key out";
            return Err(PackMistake::wrong(place(key), message));
        }
        let names = LedesFormat::ALL.map(LedesFormat::name);
        let unknown = list.iter().find(|n| !names.contains(&n.as_str()));
        if let Some(name) = unknown.filter(|_| key == "ledes_format") {
            return Err(PackMistake::UnknownWord {
                place: place(key),
                found: name.clone(),
                what: "format",
                remedy: did_you_mean(name, names),
            });
        }
    }
    Ok(())
}
