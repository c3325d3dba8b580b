//! Reads the rule packs once, when the program is built: a mistake in one stops the build with its place,
//! and the program starts without parsing TOML.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "src/rules/narrative/class.rs"]
#[allow(dead_code)]
mod class;
#[path = "build/lexicon.rs"]
mod lexicon;
#[path = "build/tables.rs"]
mod tables;
#[path = "src/rules/pack/terms.rs"]
#[allow(dead_code)]
mod terms;
#[path = "src/rules/narrative/word.rs"]
#[allow(dead_code)]
mod word;
#[path = "src/rules/pack/written.rs"]
#[allow(dead_code)]
mod written;

/// Packs in the order they are laid over one another.
const ORDER: [&str; 8] = [
    "ledes",
    "ledes-1998b",
    "ledes-1998bi",
    "ledes-2000",
    "ledes-xml-2",
    "utbms",
    "guidelines",
    "house",
];

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    for file in [
        "pack/terms.rs",
        "pack/written.rs",
        "narrative/class.rs",
        "narrative/word.rs",
    ] {
        println!("cargo::rerun-if-changed=src/rules/{file}");
    }
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("rules");
    let packs: Vec<written::Pack> = ORDER
        .iter()
        .map(|name| root.join(name))
        .filter(|folder| folder.join("pack.toml").is_file())
        .map(|folder| pack(&folder))
        .collect();
    let packs: Vec<written::Pack> = packs
        .into_iter()
        .chain(folder_of_packs(&root.join("sectors")))
        .chain(folder_of_packs(&root.join("portals")))
        .collect();
    ship(packs);
    let list = |name: &str| text(&root.join("narrative").join(name));
    let lexicon = lexicon::source(&list("activity-verbs.csv"), &list("words.csv"));
    write_text("lexicon.rs", &lexicon);
    let folder = root.join("utbms");
    for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("a folder that can be listed").path();
        if let Some((name, written)) = tables::table(&path, &text(&path)) {
            write_text(&name, &written);
        }
    }
    write("examples.json", &examples(&root.join("examples")));
}

/// Writes the packs, and apart from them what a check does not read: the examples of their rules, where in that
/// text those of each rule stand, and the packs' hashes.
fn ship(mut packs: Vec<written::Pack>) {
    let mut scenarios = String::new();
    let mut places: Vec<usize> = Vec::new();
    let mut hashes = Vec::new();
    for pack in &mut packs {
        let json = serde_json::to_vec(pack).expect("packs are plain data");
        let digits = Sha256::digest(&json);
        hashes.push(
            digits
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>(),
        );
        for rule in &mut pack.rule {
            for list in [&mut rule.bad, &mut rule.good] {
                let json = serde_json::to_string(&std::mem::take(list));
                scenarios.push_str(&json.expect("scenarios are plain data"));
                places.push(scenarios.len());
            }
        }
    }
    write("packs.json", &packs);
    write("shipped.json", &(hashes, places));
    write_text("scenarios.json", &scenarios);
}

/// Writes a file the program is built with.
fn write(name: &str, data: &impl serde::Serialize) {
    write_text(
        name,
        &serde_json::to_string(data).expect("packs are plain data"),
    );
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn write_text(name: &str, text: &str) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join(name);
    fs::write(&out, text).unwrap_or_else(|e| panic!("{}: {e}", out.display()));
}

/// The good invoices that rules' examples start from: `good-1998B.txt` is the base `1998B`.
fn examples(folder: &Path) -> BTreeMap<String, String> {
    let mut bases = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder that can be listed").path();
        let name = path.file_stem().map(|n| n.to_string_lossy().into_owned());
        let Some(base) = name.as_deref().and_then(|n| n.strip_prefix("good-")) else {
            continue;
        };
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        bases.insert(base.to_owned(), text);
    }
    bases
}

/// Packs of one file each, in the order of their names.
fn folder_of_packs(folder: &Path) -> Vec<written::Pack> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a folder that can be listed").path())
        .filter(|p| p.extension().is_some_and(|x| x == "toml"))
        .collect();
    files.sort();
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    };
    files.iter().map(read).collect()
}

/// A pack: `pack.toml` is its head, the other files of the folder hold more of its rules.
fn pack(folder: &Path) -> written::Pack {
    let read = |path: &Path| {
        fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let head = folder.join("pack.toml");
    let mut pack: written::Pack =
        toml::from_str(&read(&head)).unwrap_or_else(|e| panic!("{}: {e}", head.display()));
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.expect("a folder that can be listed").path())
        .filter(|p| p.extension().is_some_and(|x| x == "toml") && *p != head)
        .collect();
    files.sort();
    for file in files {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct More {
            rule: Vec<written::WrittenRule>,
        }
        let more: More =
            toml::from_str(&read(&file)).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        pack.rule.extend(more.rule);
    }
    pack
}
