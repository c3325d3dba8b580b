//! Refusals are written once, for the command line; pages name their own remedies in the place of commands and arguments.

/// Words of the command line, and what pages say. Longer ones first.
const SAID: &[(&str, &str)] = &[
    ("a reason is needed: --reason \"...\"", "a reason is needed"),
    (
        "say what is wrong with the line: --finding FINGERPRINT, --note \"...\", or both",
        "say what is wrong with the line: choose a finding, write a note, or both",
    ),
    ("; cleanbill list shows those there are", ""),
    (": --reason \"...\"", ""),
    (
        "then: cleanbill settle NUMBER --arrived or --never-arrived",
        "then say on Submissions what became of it",
    ),
    (
        "then: cleanbill settle NUMBER --arrived",
        "then say on Submissions that it arrived",
    ),
    (": cleanbill appeals list", ", on Appeals"),
    (
        "say which with its id, or leave --amount away to accept all",
        "accept them one by one, or all together",
    ),
    ("; cleanbill appeals list shows those there are", ""),
    ("; cleanbill write-down codes lists them", ""),
    ("; cleanbill rewrite lists those that are open", ""),
    ("; cleanbill user list says who there is", ""),
    ("; cleanbill user list says who does", ""),
    ("; cleanbill user list says who is", ""),
    (
        "; an administrator can say who it is: cleanbill user link NAME --account ACCOUNT",
        "; ask an administrator to link it with your name",
    ),
    (
        "; take it away first: cleanbill user unlink",
        "; take it away first from",
    ),
    ("; cleanbill show", "; the page of"),
    ("; cleanbill attach", "; the page of"),
    (" --list shows what is", " shows what is"),
    (" --remove", ":"),
    (
        "set these findings aside with cleanbill override",
        "set these findings aside",
    ),
    (" (cleanbill return --recall ID)", ""),
    (" (cleanbill write-down decide ID accept|refuse)", ""),
    (
        "; an administrator can say: cleanbill user timekeeper NAME --ids",
        "; an administrator can say whose it is: timekeeper",
    ),
    (
        ", or ask an administrator for: cleanbill user unlock",
        ", or ask an administrator to unlock",
    ),
    (
        "; ask for another: cleanbill user password",
        "; ask an administrator for another for",
    ),
    (
        "; begin with: cleanbill user add NAME --role administrator --os-user USER",
        "; whoever runs this machine begins with: cleanbill user add NAME --role administrator --os-user USER",
    ),
    (
        "; say which with --account",
        "; the accounts have to be set apart first",
    ),
    ("say with --for which", "say in whose place"),
    (
        "name their file with --accounts FILE, or in the setting portals",
        "whoever runs cleanbill names their file in the setting portals",
    ),
    (
        "say the same --packs, --firm and --history as when it was taken in",
        "have the server started with the packs, lists and earlier invoices with which it was taken in",
    ),
    ("say --amount", "give an amount"),
    ("--amount ", "amount "),
    ("--reason-code ", "reason "),
    (
        ": name them with --accounts.",
        ": whoever runs cleanbill names their file in the setting portals.",
    ),
    (
        "--by is for one report; name it",
        "rows are chosen for one report; choose it first",
    ),
    (": leave --by away", ", and no others"),
    (
        ", say so with settle first",
        ", say so on Submissions first",
    ),
    (
        "name the columns as `cleanbill payments template` does, or say with --mapping FILE which column says what",
        "name the columns as the template does, or say which column says what",
    ),
    (
        " that cleanbill payments list --queue shows",
        " that Payments shows",
    ),
    ("--hours ", ""),
    ("--kind pdf is", "\"the invoice as PDF\" is"),
    (" (say --firm or --portal)", ""),
    (
        " can say so with: cleanbill substitute add",
        " can name them as substitute",
    ),
];

/// What follows are steps as the program names them; a page shows what can be done as buttons.
const STEPS: &str = "; from there it can: ";

/// A refusal as pages say it: a sentence, with the remedy that is at hand there.
pub(super) fn for_pages(text: &str) -> String {
    let mut said = text.to_owned();
    if let Some(at) = said.find(STEPS) {
        said.truncate(at);
    }
    for (command, page) in SAID {
        if said.contains(command) {
            said = said.replace(command, page);
        }
    }
    let mut letters = said.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => said,
    }
}

/// What a level means for the bill.
pub(super) fn level(name: &str) -> &'static str {
    match name {
        "reject" => "would be rejected",
        "reduce" => "would be cut",
        "review" => "may be questioned",
        "note" => "note",
        _ => "clean",
    }
}

/// `1 line`, `12 lines`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_no_commands() {
        let said = for_pages(
            "invoice 7 would bounce; correct it, or set these findings aside with cleanbill override:\n  ab line",
        );
        assert_eq!(
            said,
            "Invoice 7 would bounce; correct it, or set these findings aside:\n  ab line"
        );
        let said = for_pages(
            "nothing with the id 7 is attached to invoice 9; cleanbill attach 9 --list shows what is",
        );
        assert_eq!(
            said,
            "Nothing with the id 7 is attached to invoice 9; the page of 9 shows what is"
        );
        assert_eq!(
            for_pages("a reason is needed: --reason \"...\""),
            "A reason is needed"
        );
    }
}
