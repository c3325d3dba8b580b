//! Packs: all of them, and those of the firm's folder to change. A pack is saved only when it can be read, nothing
//! contradicts it, and the examples of its rules do what they should.

use super::super::lists::put;
use super::{is_seen, shown};
use crate::check::examples;
use crate::rules::pack::read_pack;
use crate::rules::{PackMistake, Shelf};
use crate::web::answer::{Trouble, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use askama::Template;
use axum::response::Response;
use std::fs;
use std::path::{Path, PathBuf};

struct Row {
    pack: String,
    title: String,
    version: String,
    from: String,
    governs: String,
    rules: usize,
    changes: usize,
    ignores: usize,
    /// The name of its file, where it is the firm's.
    file: Option<String>,
}

#[derive(Template)]
#[template(path = "packs.html", config = "src/web/askama.toml")]
struct All {
    frame: Frame,
    own: Vec<Row>,
    shipped: Vec<Row>,
    folder: bool,
    may: bool,
}

impl All {
    /// A column that would be empty is not shown.
    fn dated(rows: &[Row]) -> bool {
        rows.iter().any(|r| !r.from.is_empty())
    }
}

struct Mistake {
    place: String,
    line: String,
    says: String,
}

#[derive(Template)]
#[template(path = "pack.html", config = "src/web/askama.toml")]
struct Edit {
    frame: Frame,
    name: String,
    text: String,
    exists: bool,
    mistake: Option<Mistake>,
    failed: Vec<(String, String, String)>,
    /// What the tests came to, and the name to save it by.
    passed: Option<(String, String)>,
}

/// Every pack this person may look into.
pub async fn packs(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let basis = asked.app.basis()?;
    let (mut own, mut shipped) = (Vec::new(), Vec::new());
    for pack in basis.options.shelf.packs() {
        if !is_seen(pack, asked) {
            continue;
        }
        let governs = pack.governs.iter().map(|(what, values)| {
            let seen: Vec<&str> = values
                .iter()
                .map(String::as_str)
                .filter(|v| what != "client_id" || asked.desk.person.serves(v))
                .collect();
            format!("{}: {}", what.replace('_', " "), seen.join(", "))
        });
        let file = Path::new(&pack.places.file).file_stem();
        let row = Row {
            pack: pack.pack.clone(),
            title: shown(&pack.title),
            version: shown(&pack.version),
            from: pack
                .effective
                .as_ref()
                .map_or_else(String::new, |d| asked.locale().day_of(&d.0)),
            governs: shown(&governs.collect::<Vec<_>>().join("; ")),
            rules: pack.rule.len(),
            changes: pack.rules.len(),
            ignores: pack.ignore.len(),
            file: file.map(|f| f.to_string_lossy().into_owned()),
        };
        match row.file.is_some() {
            true => own.push(row),
            false => shipped.push(row),
        }
    }
    Ok(html(&All {
        frame: asked.frame("Packs", "rules"),
        own,
        shipped,
        folder: asked.app.own.packs.is_some(),
        may: asked.desk.may_replace_files().is_ok(),
    }))
}

/// The file of a pack: a plain name in the firm's folder and nowhere else.
fn file(asked: &Asked<'_>) -> Result<(String, PathBuf), Trouble> {
    asked.desk.may_replace_files()?;
    let Some(folder) = &asked.app.own.packs else {
        return Err(Trouble::Refused(
            "the firm's packs have no folder here: whoever runs cleanbill names it in the setting packs"
                .to_owned(),
        ));
    };
    let name = match asked.given.param("pack") {
        // The form for a new pack has its name as a field.
        "new" => asked.given.query.get("name"),
        name => name,
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 80 || !name.chars().all(plain) {
        return Err(Trouble::wrong(
            "a pack's file is named by small letters, digits, hyphens and underscores, as northgate-2026 is",
        ));
    }
    Ok((name.to_owned(), folder.join(format!("{name}.toml"))))
}

/// What a new pack begins with.
fn beginning(name: &str) -> String {
    format!(
        "pack      = \"{name}\"\ntitle     = \"\"\nversion   = \"1\"\ngoverns   = {{ client_id = [\"\"] }}\n\n\
         # Changes to a rule: its parameters, its level, the clause it comes from.\n\
         # [rules.block-billing]\n# level  = \"reduce\"\n# source = \"guidelines 4.1\"\n"
    )
}

fn page(asked: &Asked<'_>, name: &str, text: String, exists: bool) -> Edit {
    Edit {
        frame: asked.frame(format!("Pack {name}"), "rules"),
        name: name.to_owned(),
        text,
        exists,
        mistake: None,
        failed: Vec::new(),
        passed: None,
    }
}

/// A pack of the firm, to be changed.
pub async fn edit(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (name, path) = file(asked)?;
    let found = fs::read_to_string(&path).ok();
    let exists = found.is_some();
    let text = found.unwrap_or_else(|| beginning(&name));
    Ok(html(&page(asked, &name, text, exists)))
}

/// What the shelf is with this text in the place of a file.
fn tried(path: &Path, text: &str) -> Result<Vec<examples::Tested>, PackMistake> {
    let mut shelf = Shelf::shipped()?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut others: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|other| other != path && other.extension().is_some_and(|x| x == "toml"))
        .collect();
    others.sort();
    let name = path
        .file_name()
        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    for other in others {
        if let Ok(text) = fs::read_to_string(&other) {
            let short = other
                .file_name()
                .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            shelf.add(read_pack(&short, &text)?);
        }
    }
    let pack = read_pack(&name, text)?;
    let own = pack.pack.clone();
    shelf.add(pack);
    shelf.verify()?;
    Ok(examples::run(&shelf, Some(&own)))
}

fn mistake(mistake: &PackMistake) -> Mistake {
    let place = mistake.place();
    Mistake {
        place: shown(&place.to_string()),
        line: shown(place.line()),
        says: shown(&mistake.says()),
    }
}

/// Tests a pack as it was typed. Nothing is saved yet.
pub async fn offer(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (name, path) = file(asked)?;
    let text = asked.given.form.whole("text").replace("\r\n", "\n");
    let mut page = page(asked, &name, text.clone(), path.is_file());
    match tried(&path, &text) {
        Err(wrong) => page.mistake = Some(mistake(&wrong)),
        Ok(groups) => {
            let sum = |of: fn(&examples::Tested) -> usize| groups.iter().map(of).sum::<usize>();
            let failed = groups.iter().flat_map(|g| &g.failed);
            page.failed = failed
                .map(|f| (f.rule.clone(), f.example.clone(), shown(&f.what)))
                .collect();
            if page.failed.is_empty() {
                let words = match sum(|g| g.rules) {
                    0 => "Nothing contradicts it. It has no rules of its own, so there are no examples to run."
                        .to_owned(),
                    rules => format!(
                        "Nothing contradicts it. {} of its own with {} pass.",
                        crate::web::wording::counted(rules, "rule"),
                        crate::web::wording::counted(sum(|g| g.bad + g.good), "example")
                    ),
                };
                let held = asked.app.offered.hold(
                    &asked.desk.person.name,
                    &format!("pack {name}"),
                    text.into_bytes(),
                );
                let held = held.map_err(|error| Trouble::Failed(error.to_string()))?;
                page.passed = Some((words, held));
            }
        }
    }
    Ok(html(&page))
}

/// Saves the pack that was tested.
pub async fn save(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let (name, path) = file(asked)?;
    let held = asked.given.form.get("offered");
    let what = format!("pack {name}");
    let file = asked.app.offered.take(&asked.desk.person.name, &what, held);
    let Some(file) = file else {
        return Err(Trouble::Refused(
            "the pack is no longer held; test it again".to_owned(),
        ));
    };
    // Other packs may have changed since.
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    match tried(&path, &text) {
        Ok(groups) if groups.iter().all(|g| g.failed.is_empty()) => {}
        Ok(_) | Err(_) => {
            return Err(Trouble::Refused(
                "the pack does not fit the others any more; test it again to see why".to_owned(),
            ));
        }
    }
    asked.desk.note_file(&what, &file.bytes).await?;
    put(&path, &file.bytes)?;
    asked.app.forget_basis();
    Ok(done(&format!("/rules/packs/{name}"), "pack"))
}
