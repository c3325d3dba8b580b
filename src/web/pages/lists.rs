//! Firm lists: which are loaded, how old and how whole they are; a new file is checked and shown before it is used.

use super::reductions::shown;
use crate::firm::{ListMistake, Loaded, Plan, Table, load, table_of, tables, template};
use crate::web::answer::{Trouble, download, html};
use crate::web::asked::Asked;
use crate::web::frame::Frame;
use crate::web::notice::done;
use askama::Template;
use axum::response::Response;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Mistakes and rows on a page.
const MOST: usize = 100;

struct Row {
    list: &'static str,
    title: &'static str,
    loaded: bool,
    rows: usize,
    as_of: String,
    old: bool,
    complete: bool,
    mistakes: usize,
}

#[derive(Template)]
#[template(path = "lists.html", config = "src/web/askama.toml")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    others: Vec<String>,
    known: bool,
    mistakes: usize,
}

impl All {
    /// A column that would be empty is not shown.
    fn some_whole(&self) -> bool {
        self.rows.iter().any(|r| r.complete)
    }
}

struct Mistake {
    row: String,
    column: String,
    found: String,
    message: String,
}

struct Change {
    added: usize,
    gone: usize,
    rows: usize,
    before: usize,
    as_of: String,
    complete: bool,
    examples: Vec<(&'static str, &'static str, String)>,
    name: String,
}

#[derive(Template)]
#[template(path = "list.html", config = "src/web/askama.toml")]
struct One {
    frame: Frame,
    list: &'static str,
    title: &'static str,
    columns: Vec<(&'static str, bool, &'static str, &'static str)>,
    exists: bool,
    mistakes: Vec<Mistake>,
    /// The mistakes are of a file that was just sent, and not of the one in use.
    sent: bool,
    change: Option<Change>,
    may: bool,
}

fn folder<'a>(asked: &'a Asked<'_>) -> Result<&'a Path, Trouble> {
    asked.app.own.lists.as_deref().ok_or_else(|| {
        Trouble::Refused(
            "the firm's lists have no folder here: whoever runs cleanbill names it in the setting firm"
                .to_owned(),
        )
    })
}

fn plan(asked: &Asked<'_>) -> Result<Plan, Trouble> {
    let name = asked.given.param("list");
    let own = tables().into_iter().find(|p| p.list == name);
    own.ok_or_else(|| Trouble::NotFound(format!("the firm has no list {}", shown(name))))
}

fn file_of(folder: &Path, list: &str) -> PathBuf {
    folder.join(format!("{list}.csv"))
}

/// The name of the list a file holds.
fn list_of(file: &str) -> String {
    let path = Path::new(file);
    let stem = path.file_stem().map(|s| s.to_string_lossy().to_lowercase());
    stem.unwrap_or_default()
}

/// What is in the folder, mistakes or not.
fn read(folder: &Path) -> (Vec<Table>, Vec<ListMistake>) {
    match load(folder) {
        Ok(Loaded { found, .. }) => (found, Vec::new()),
        Err(mistakes) => {
            let mut found = Vec::new();
            for plan in tables() {
                let path = file_of(folder, plan.list);
                if let Ok(bytes) = fs::read(&path) {
                    found.push(table_of(&plan, &path.display().to_string(), &bytes).0);
                }
            }
            (found, mistakes)
        }
    }
}

/// Every list.
pub async fn show(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let own = asked.app.own.lists.as_deref();
    let (found, mistakes) = own.map(read).unwrap_or_default();
    let today = asked.app.today();
    let plans = tables();
    let rows = plans.iter().map(|plan| {
        let table = found.iter().find(|t| t.list == plan.list);
        let head = table.map(|t| &t.head);
        let as_of = head.and_then(|h| h.as_of);
        let most = head.and_then(|h| h.max_age_days);
        Row {
            list: plan.list,
            title: plan.title,
            loaded: table.is_some(),
            rows: table.map_or(0, |t| t.rows.len()),
            as_of: as_of.map_or_else(String::new, |d| asked.locale().day(d)),
            old: as_of
                .zip(most)
                .is_some_and(|(day, most)| (today - day).num_days() > most),
            complete: head.is_some_and(|h| h.complete),
            mistakes: mistakes
                .iter()
                .filter(|m| list_of(&m.file) == plan.list)
                .count(),
        }
    });
    let others = mistakes
        .iter()
        .filter(|m| plans.iter().all(|p| p.list != list_of(&m.file)));
    Ok(html(&All {
        frame: asked.frame("Firm lists", "firm lists"),
        rows: rows.collect(),
        others: others
            .map(|m| {
                let name = Path::new(&m.file).file_name();
                let name = name.map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                shown(&format!("{name} {}", m.message))
            })
            .collect(),
        known: own.is_some(),
        mistakes: mistakes.len(),
    }))
}

fn mistakes_of(all: &[ListMistake], list: Option<&str>) -> Vec<Mistake> {
    let own = all
        .iter()
        .filter(|m| list.is_none_or(|l| list_of(&m.file) == l));
    own.take(MOST)
        .map(|m| Mistake {
            row: match m.row {
                0 => String::new(),
                row => row.to_string(),
            },
            column: m.column.clone(),
            found: shown(&m.found),
            message: shown(&m.message),
        })
        .collect()
}

fn page(asked: &Asked<'_>, plan: &Plan, exists: bool) -> One {
    One {
        frame: asked.frame(format!("List {}", plan.list), "firm lists"),
        list: plan.list,
        title: plan.title,
        columns: plan
            .columns
            .iter()
            .map(|c| (c.name, c.needed, c.what, c.example))
            .collect(),
        exists,
        mistakes: Vec::new(),
        sent: false,
        change: None,
        may: asked.desk.may_replace_files().is_ok(),
    }
}

/// One list: its columns, its mistakes, and a place to send a new file to.
pub async fn one(asked: &Asked<'_>) -> Result<Response, Trouble> {
    let plan = plan(asked)?;
    let own = asked.app.own.lists.as_deref();
    let exists = own.is_some_and(|f| file_of(f, plan.list).is_file());
    let mut page = page(asked, &plan, exists);
    if let Some(own) = own {
        page.mistakes = mistakes_of(&read(own).1, Some(plan.list));
        if !page.may {
            // A cell may be of a client they do not serve.
            page.mistakes.iter_mut().for_each(|m| m.found.clear());
        }
    }
    Ok(html(&page))
}

/// The file in use, or a template.
pub async fn file(asked: &Asked<'_>) -> Result<Response, Trouble> {
    // It holds rows of every client.
    asked.desk.may_replace_files()?;
    let plan = plan(asked)?;
    let name = format!("{}.csv", plan.list);
    if asked.given.query.has("template") {
        return Ok(download(&name, "text/csv", template(&plan).into_bytes()));
    }
    match fs::read(file_of(folder(asked)?, plan.list)) {
        Ok(bytes) => Ok(download(&name, "text/csv", bytes)),
        Err(_) => Err(Trouble::NotFound(format!(
            "there is no {name} yet; take its template"
        ))),
    }
}

/// What the folder would be with this file in it: its tables, or the mistakes that it brings.
fn tried(
    folder: &Path,
    list: &str,
    bytes: &[u8],
) -> Result<Result<Table, Vec<ListMistake>>, Trouble> {
    let failed =
        |error: std::io::Error| Trouble::Failed(format!("the lists cannot be tried: {error}"));
    let aside = tempfile::tempdir().map_err(failed)?;
    for plan in tables() {
        let from = file_of(folder, plan.list);
        if plan.list != list && from.is_file() {
            fs::copy(&from, file_of(aside.path(), plan.list)).map_err(failed)?;
        }
    }
    fs::write(file_of(aside.path(), list), bytes).map_err(failed)?;
    match load(aside.path()) {
        Ok(loaded) => {
            let own = loaded.found.into_iter().find(|t| t.list == list);
            Ok(Ok(own.unwrap_or_default()))
        }
        Err(mut mistakes) => {
            // Mistakes that other lists have already are theirs.
            mistakes.retain(|m| list_of(&m.file) == list);
            if !mistakes.is_empty() {
                return Ok(Err(mistakes));
            }
            let plan = tables().into_iter().find(|p| p.list == list);
            let plan = plan.ok_or_else(Trouble::not_found)?;
            Ok(Ok(table_of(&plan, list, bytes).0))
        }
    }
}

/// Checks a file that was sent. Nothing is replaced yet.
pub async fn offer(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.may_replace_files()?;
    let plan = plan(asked)?;
    let folder = folder(asked)?;
    let [file] = asked.given.files.as_slice() else {
        return Err(Trouble::wrong("choose one file"));
    };
    let path = file_of(folder, plan.list);
    let mut page = page(asked, &plan, path.is_file());
    page.sent = true;
    match tried(folder, plan.list, &file.bytes)? {
        Err(mistakes) => page.mistakes = mistakes_of(&mistakes, None),
        Ok(table) => {
            let before = fs::read(&path).unwrap_or_default();
            let before = table_of(&plan, plan.list, &before).0;
            let chance = |error: getrandom::Error| Trouble::Failed(error.to_string());
            let who = &asked.desk.person.name;
            let name = asked.app.offered.hold(who, plan.list, file.bytes.clone());
            page.change = Some(change(&before, &table, name.map_err(chance)?, asked));
        }
    }
    Ok(html(&page))
}

fn change(before: &Table, after: &Table, name: String, asked: &Asked<'_>) -> Change {
    let as_text = |t: &Table| -> BTreeSet<String> {
        let of = |cells: &std::collections::BTreeMap<String, String>| {
            let filled = cells.iter().filter(|(_, v)| !v.trim().is_empty());
            let all: Vec<String> = filled.map(|(n, v)| format!("{n}={}", v.trim())).collect();
            all.join("; ")
        };
        t.rows.iter().map(|(_, cells)| of(cells)).collect()
    };
    let (old, new) = (as_text(before), as_text(after));
    let added: Vec<&String> = new.difference(&old).collect();
    let gone: Vec<&String> = old.difference(&new).collect();
    let some = |all: &[&String], class, word| -> Vec<(&'static str, &'static str, String)> {
        let few = all.iter().take(MOST / 2);
        few.map(|text| (class, word, shown(text))).collect()
    };
    let mut examples = some(&gone, "reject", "goes");
    examples.extend(some(&added, "clean", "comes"));
    Change {
        added: added.len(),
        gone: gone.len(),
        rows: after.rows.len(),
        before: before.rows.len(),
        as_of: after
            .head
            .as_of
            .map_or_else(String::new, |d| asked.locale().day(d)),
        complete: after.head.complete,
        examples,
        name,
    }
}

/// Puts a file in the place of another, whole or not at all.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let failed =
        |error: std::io::Error| Trouble::Failed(format!("the file cannot be written: {error}"));
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    aside.write_all(bytes).map_err(failed)?;
    aside.as_file().sync_all().map_err(failed)?;
    aside.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Puts the file that was checked in the place of the list.
pub async fn replace(asked: &Asked<'_>) -> Result<Response, Trouble> {
    asked.desk.may_replace_files()?;
    let plan = plan(asked)?;
    let folder = folder(asked)?;
    let name = asked.given.form.get("offered");
    let file = asked
        .app
        .offered
        .take(&asked.desk.person.name, plan.list, name);
    let Some(file) = file else {
        return Err(Trouble::Refused(
            "the file is no longer held; send it again".to_owned(),
        ));
    };
    // The other lists may have changed since.
    if tried(folder, plan.list, &file.bytes)?.is_err() {
        return Err(Trouble::Refused(
            "the file does not fit the other lists any more; send it again to see why".to_owned(),
        ));
    }
    asked.desk.note_file(&file.what, &file.bytes).await?;
    put(&file_of(folder, plan.list), &file.bytes)?;
    asked.app.forget_basis();
    Ok(done(&format!("/lists/{}", plan.list), "list"))
}
