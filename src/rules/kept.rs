//! A firm's packs, kept as they were when they were last looked through: to read a large pack and look it through takes
//! as long as to judge an invoice of 200 lines by it (DESIGN section 8: packs are checked when the program is built, or
//! cached, not at every start).

use super::pack::written::Pack;
use super::pack::{PackMistake, read_pack};
use super::shelf::{Shelf, files_of, read};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use std::{env, fs, iter};
use tempfile::NamedTempFile;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is kept of the folder that was last asked for.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The program that looked the packs through, the packs beside them, and the files they were read from.
    of: String,
    packs: Vec<Pack>,
}

impl Shelf {
    /// As [`Self::add_folder`], but packs that this program looked through last time, and that have not changed since,
    /// are taken from the file `place`, where others are put. It may be thrown away at any time.
    ///
    /// # Errors
    /// As [`Self::add_folder`]. That nothing can be kept is none.
    pub fn add_folder_once(&mut self, folder: &Path, place: &Path) -> Result<(), PackMistake> {
        let files = files_of(folder)?;
        let texts = files.into_iter().map(|file| Ok((read(&file)?, file)));
        let texts: Vec<(String, PathBuf)> = texts.collect::<Result<_, PackMistake>>()?;
        let Some(of) = self.made_of(&texts) else {
            return self.add_folder(folder);
        };
        if let Some(packs) = known(place, &of) {
            for (mut pack, (text, file)) in packs.into_iter().zip(&texts) {
                pack.stands_in(&file.display().to_string(), text);
                self.add(pack);
            }
            return Ok(());
        }
        let packs = texts.iter();
        let packs = packs.map(|(text, file)| read_pack(&file.display().to_string(), text));
        let kept = Kept {
            of,
            packs: packs.collect::<Result<_, _>>()?,
        };
        let json = serde_json::to_vec(&kept).map_err(io::Error::from);
        kept.packs.into_iter().for_each(|pack| self.add(pack));
        self.verify()?;
        if let Err(error) = json.and_then(|json| keep(place, &json)) {
            tracing::debug!(%error, place = %place.display(), "packs are not kept");
        }
        Ok(())
    }

    /// This very program, since another build may look for other mistakes, the packs they were looked through with,
    /// and the names and digests of the files; `None` where the program cannot be told.
    fn made_of(&self, texts: &[(String, PathBuf)]) -> Option<String> {
        let program = env::current_exe().ok()?.metadata().ok()?;
        let built = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let program = format!("{VERSION} {} {}", program.len(), built.as_nanos());
        let files = texts.iter().map(|(text, file)| {
            let name = file.file_name().unwrap_or_default().display();
            format!("{} {name}", hex::encode(Sha256::digest(text)))
        });
        let others = self.packs().iter().map(|pack| pack.sha256.to_string());
        let all = iter::once(program).chain(others).chain(files);
        Some(all.collect::<Vec<_>>().join("\n"))
    }
}

/// The packs kept in a file, where they are those asked for and can be read.
fn known(place: &Path, of: &str) -> Option<Vec<Pack>> {
    let kept: Kept = serde_json::from_slice(&fs::read(place).ok()?).ok()?;
    (kept.of == of).then_some(kept.packs)
}

/// Puts packs into a file, whole or not at all; only their owner may read what clients ask of the firm.
fn keep(place: &Path, json: &[u8]) -> io::Result<()> {
    let Some(folder) = place.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(json)?;
    file.persist(place)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACK: &str = r#"
pack = "harbour"
title = "Harbour Mutual"
version = "1"
extends = ["house"]

[governs]
client_id = ["HM-1"]

[rules.max-hours-per-day]
level = "reduce"
max_hours = "9.00"

[[rule]]
id = "harbour-no-faxes"
title = "Fax charges"
group = "guideline"
level = "reduce"
each = "line"
phrases = ["fax", "facsimile*"]
message = "faxes are not paid"
why = "Clause 7."
help = "Take the charge off."
source = "Harbour guidelines, 7"
bad = [{ line = { line_item_description = "Fax of the draft lease to the surveyor" } }]
good = [{ line = { line_item_description = "Draft letter to the surveyor about the lease" } }]
"#;

    fn added(folder: &Path, place: &Path) -> Result<Pack, PackMistake> {
        let mut shelf = Shelf::shipped()?;
        shelf.add_folder_once(folder, place)?;
        let own = shelf.packs().iter().find(|p| p.pack == "harbour");
        Ok(Pack::clone(own.expect("the pack")))
    }

    fn json(pack: &Pack) -> String {
        serde_json::to_string(pack).expect("plain data")
    }

    #[test]
    fn packs_that_were_kept_are_those_that_were_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("cache/packs.json");
        fs::write(folder.path().join("harbour.toml"), PACK).expect("written");
        let read = added(folder.path(), &place).expect("a good pack");
        let kept = added(folder.path(), &place).expect("a good pack");
        assert_eq!(json(&kept), json(&read));
        assert_eq!(kept.sha256, hex::encode(Sha256::digest(PACK)));
        assert_eq!(
            (
                kept.places.at("rules.max-hours-per-day.max_hours"),
                kept.shipped
            ),
            (read.places.at("rules.max-hours-per-day.max_hours"), false)
        );
        assert_eq!(kept.rule[0].bad.len(), 1);
    }

    #[test]
    fn what_is_kept_holds_for_the_same_files_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, place) = (
            folder.path().join("harbour.toml"),
            folder.path().join("kept"),
        );
        fs::write(&file, PACK).expect("written");
        added(folder.path(), &place).expect("a good pack");
        // Only who reads the kept file sees this title.
        let kept = fs::read_to_string(&place).expect("kept");
        fs::write(&place, kept.replace("Harbour Mutual", "Kept")).expect("written");
        assert_eq!(
            added(folder.path(), &place).expect("a good pack").title,
            "Kept"
        );
        fs::write(&file, PACK.replace("9.00", "8.00")).expect("written");
        assert_eq!(
            added(folder.path(), &place).expect("a good pack").title,
            "Harbour Mutual"
        );
        fs::write(&file, PACK.replace("max_hours", "max_ours")).expect("written");
        for _ in 0..2 {
            let mistake = added(folder.path(), &place).expect_err("a mistake");
            assert!(mistake.to_string().contains("max_ours"), "{mistake}");
        }
    }

    #[test]
    fn packs_are_read_where_nothing_can_be_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("harbour.toml"), PACK).expect("written");
        let broken = folder.path().join("broken");
        fs::write(&broken, "{").expect("written");
        added(folder.path(), &broken.join("packs.json")).expect("no folder to keep in");
        added(folder.path(), &broken).expect("what was kept is broken");
        assert!(
            fs::read_to_string(&broken)
                .expect("kept")
                .contains("Harbour")
        );
    }
}
