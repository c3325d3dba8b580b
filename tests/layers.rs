//! The tiers of the design: a module uses only lower ones, never sideways or upwards.

use std::fs;
use std::path::{Path, PathBuf};

/// Module and tier.
const TIERS: &[(&str, u8)] = &[
    ("model", 0),
    ("formats", 1),
    ("rules", 1),
    ("firm", 1),
    ("check", 2),
    ("render", 3),
    ("portals", 3),
    ("revise", 3),
    ("store", 3),
    ("workflow", 4),
    ("reports", 5),
    ("config", 6),
    ("sandbox", 6),
    ("web", 6),
    ("cli", 7),
    // The crate itself: `crate::` without a module.
    ("lib", 8),
];

fn tier(module: &str) -> Option<u8> {
    TIERS.iter().find(|(m, _)| *m == module).map(|(_, t)| *t)
}

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|x| x == "rs") {
            all.push(path);
        }
    }
}

/// Modules named by `crate::NAME` or in `use crate::{NAME...}`.
fn named(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        let list = rest.strip_prefix('{').map_or(rest, |inner| {
            let end = inner.find('}').unwrap_or(inner.len());
            &inner[..end]
        });
        let grouped = rest.starts_with('{');
        for part in list.split(',').take(if grouped { usize::MAX } else { 1 }) {
            let name: String = part
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            found.push(name);
        }
    }
    found
}

#[test]
fn modules_use_only_lower_tiers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let mut wrong = Vec::new();
    for file in files {
        let inner = file.strip_prefix(&root).expect("below src");
        let module = inner
            .components()
            .next()
            .map(|c| c.as_os_str().to_string_lossy().replace(".rs", ""))
            .expect("a name");
        if matches!(module.as_str(), "main" | "lib") {
            continue;
        }
        let own = tier(&module).unwrap_or_else(|| panic!("{module} has no tier: add it to TIERS"));
        for used in named(&fs::read_to_string(&file).expect("readable")) {
            if used == module {
                continue;
            }
            match tier(&used) {
                Some(other) if other < own => {}
                Some(_) => wrong.push(format!("{} uses {used}", inner.display())),
                None => wrong.push(format!("{} uses unknown {used}", inner.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Agreement between the clients and the practice portals means something only while they share nothing.
#[test]
fn the_sandbox_uses_nothing_of_the_crate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root.join("sandbox"), &mut files);
    assert!(files.len() > 10, "the sources were not found");
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        let others: Vec<_> = named(&text)
            .into_iter()
            .filter(|m| m != "sandbox")
            .collect();
        assert!(others.is_empty(), "{} uses {others:?}", file.display());
    }
}

#[test]
fn portals_and_rules_do_not_use_the_sandbox() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let inner = file.strip_prefix(&root).expect("below src");
        if inner.starts_with("sandbox") || inner.starts_with("cli") {
            continue;
        }
        let text = fs::read_to_string(&file).expect("readable");
        let uses = named(&text).iter().any(|m| m == "sandbox");
        assert!(!uses, "{} uses the sandbox", file.display());
    }
}

#[test]
fn folders_say_what_lives_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files.iter().filter(|f| f.ends_with("mod.rs")) {
        let text = fs::read_to_string(file).expect("readable");
        let head: Vec<&str> = text.lines().take_while(|l| l.starts_with("//!")).collect();
        assert!(
            head.iter().any(|l| l.starts_with("//! Not here:")),
            "{} does not say what may not live there",
            file.display()
        );
    }
}
