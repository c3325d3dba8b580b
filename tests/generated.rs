//! Texts that the program writes itself and that stand in the repository too. `UPDATE=1` writes them anew.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use std::{env, fs};

const USAGE: [&str; 2] = ["<!-- usage -->", "<!-- /usage -->"];

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn printed(args: &[&str]) -> String {
    let mut program = Command::cargo_bin("cleanbill").expect("the program");
    let output = program.args(args).assert().success().get_output().clone();
    String::from_utf8(output.stdout).expect("text")
}

/// Compares a file with what it should be, or writes it where `UPDATE` is set.
fn must_be(path: &Path, wanted: &str) {
    let present = fs::read_to_string(path).unwrap_or_default();
    if present == wanted {
        return;
    }
    if env::var_os("UPDATE").is_some() {
        fs::write(path, wanted).expect("written");
        return;
    }
    let differs = present
        .lines()
        .zip(wanted.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| present.lines().count().min(wanted.lines().count()));
    panic!(
        "{} is out of date from line {} on; `UPDATE=1 cargo test --test generated` writes it anew",
        path.display(),
        differs + 1
    );
}

#[test]
fn the_reference_of_the_rules_is_up_to_date() {
    must_be(
        &root("rules/REFERENCE.md"),
        &printed(&["rules", "reference"]),
    );
}

#[test]
fn the_page_on_conditions_is_up_to_date() {
    must_be(
        &root("rules/CONDITIONS.md"),
        &printed(&["rules", "conditions"]),
    );
}

#[test]
fn the_page_of_the_life_cycle_is_up_to_date() {
    must_be(
        &root("src/workflow/LIFECYCLE.md"),
        &cleanbill::workflow::page::page(),
    );
}

#[test]
fn the_document_of_the_api_is_up_to_date() {
    let made = serde_json::to_string_pretty(&cleanbill::web::document()).expect("plain data");
    must_be(&root("src/web/api/openapi.json"), &(made + "\n"));
    must_be(&root("src/web/api/API.md"), &cleanbill::web::guide());
}

#[test]
fn the_table_of_losses_is_up_to_date() {
    must_be(
        &root("rules/formats/LOSSES.md"),
        &printed(&["convert", "--losses"]),
    );
}

#[test]
fn the_schemas_of_xml_are_up_to_date() {
    for version in ["2.0", "2.1", "2.2"] {
        must_be(
            &root(&format!("rules/formats/ledes-xml-{version}.xsd")),
            &printed(&["convert", "--schema", &format!("XML-{version}")]),
        );
    }
}

#[test]
fn the_readme_shows_the_usage_as_it_is() {
    let path = root("README.md");
    let Ok(readme) = fs::read_to_string(&path) else {
        println!("skipped: there is no README.md");
        return;
    };
    let [open, close] = USAGE;
    let from = readme.find(open).expect("a place for the usage") + open.len();
    let until = readme.find(close).expect("an end of the usage");
    let help = printed(&["--help"]);
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let block = format!("\n```text\n{}\n```\n", help.join("\n").trim());
    let wanted = format!("{}{block}{}", &readme[..from], &readme[until..]);
    must_be(&path, &wanted);
}
