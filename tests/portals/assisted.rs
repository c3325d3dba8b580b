//! Assisted upload: the file, the exact name, and a page for a person.

use super::{open, submission, wait};
use cleanbill::portals::{Asked, Handle, Portal};
use std::fs;

#[test]
fn the_file_is_laid_out_with_a_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let portal = open(&format!(
        "portal = \"CounselLink\"\nway = \"assisted\"\nsettings = {{ folder = \"{}\" }}",
        folder.path().display()
    ));
    assert!(portal.abilities().by_hand);
    let receipt = wait(portal.submit(&submission())).expect("made ready");
    assert!(receipt.by_hand && receipt.portal_id.is_none());
    let made = folder.path().join("AW-2041");
    assert_eq!(
        fs::read(made.join("AW-2041.txt")).expect("the file"),
        submission().bytes
    );
    let page = fs::read_to_string(made.join("READ ME FIRST.txt")).expect("the page");
    for part in [
        "CounselLink",
        "1478.60 USD",
        "guidelines were accepted",
        "cleanbill settle AW-2041",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert_eq!(
        wait(portal.ask(&Handle::default())).expect("an answer"),
        Asked::CannotSay
    );
    let mut hostile = submission();
    hostile.file_name = "../elsewhere.txt".to_owned();
    wait(portal.submit(&hostile)).expect_err("leads elsewhere");
    assert!(!folder.path().join("elsewhere.txt").exists());
}
