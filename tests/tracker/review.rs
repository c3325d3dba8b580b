//! Lines sent back and rewritten, write-downs, substitutes, limits, the package: as the firm's people see them.

use crate::firm::{Firm, Said};
use crate::on_both;

on_both!(
    one_story_from_intake_to_withdrawal,
    a_change_is_checked_as_well_as_the_file_was,
    what_waits_for_somebody_is_audited,
    a_line_is_returned_and_rewritten,
    a_line_is_divided_by_its_timekeeper,
    timekeepers_see_their_own_lines_only,
    write_downs_are_proposed_and_decided,
    substitutes_clear_for_a_partner,
    large_amounts_need_two,
    two_approve_a_large_amount_at_once,
    the_package_is_part_of_what_is_cleared,
);

const BLOCK: &str = "Review charter party; call with master re berth; draft letter to owners";
const OTHER: &str = "Prepare for hearing on security for costs";

/// An invoice of two lines: AQ 2.0 h of block billing, BO 1.0 h; 300 an hour.
pub fn two_lines(number: &str, client: &str, first: &str) -> String {
    let head = "LEDES1998B[]\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\n";
    let record = |item: &str, hours: &str, total: &str, id: &str, name: &str, words: &str| {
        format!(
            "20260930|{number}|{client}|2026-0117|900.00|20260901|20260930|Services rendered in September|{item}|F|{hours}|0.00|{total}|20260915|L120||A104|{id}|{words}|94-1111111|300.00|{name}|PT|CM-7[]\n"
        )
    };
    format!(
        "{head}{}{}",
        record("1", "2.0", "600.00", "AQ", "Quillfeather, Ada", first),
        record("2", "1.0", "300.00", "BO", "Okafor, Ben", OTHER)
    )
}

/// Staff, and Ada and Ben, whose lines they are.
fn with_timekeepers(firm: &mut Firm) {
    firm.staff();
    for (name, id) in [("ada", "AQ"), ("ben", "BO")] {
        firm.add(name, &["--role", "timekeeper", "--all-clients"]);
        firm.call("root", &["user", "timekeeper", name, "--ids", id])
            .well();
    }
}

fn take_in(firm: &Firm, number: &str) {
    let file = firm.file(&format!("{number}.txt"), &two_lines(number, "C1", BLOCK));
    firm.intake("ann", &file).well();
}

fn fingerprint(firm: &Firm, number: &str, rule: &str) -> String {
    let shown = firm.call("odd", &["show", number]).well();
    let line = shown.lines().find(|l| l.contains(&format!(" {rule}: ")));
    let line = line.unwrap_or_else(|| panic!("no {rule} in {shown}"));
    line.split_whitespace()
        .next()
        .expect("a fingerprint")
        .to_owned()
}

/// The id a command gave: the word after a word.
fn id_after(said: &str, word: &str) -> String {
    let at = said
        .find(word)
        .unwrap_or_else(|| panic!("no {word} in {said}"));
    let id: String = said[at + word.len()..]
        .trim_start()
        .chars()
        .take_while(char::is_ascii_hexdigit)
        .collect();
    assert_eq!(id.len(), 8, "{said}");
    id
}

fn day(firm: &Firm, who: &str, args: &[&str]) -> Said {
    let mut all = args.to_vec();
    all.extend(["--today", "2026-10-06"]);
    firm.call(who, &all)
}

fn a_line_is_returned_and_rewritten(mut firm: Firm) {
    with_timekeepers(&mut firm);
    take_in(&firm, "W-1");
    let mark = fingerprint(&firm, "W-1", "block-billing");
    firm.call("ann", &["return", "W-1", "1"])
        .refused("--finding");
    firm.call("ann", &["return", "W-1", "9", "--note", "x"])
        .refused("has no line 9");
    firm.call("ann", &["return", "W-1", "2", "--finding", &mark])
        .refused("0 findings on line 2");
    let said = firm
        .call(
            "ann",
            &[
                "return",
                "W-1",
                "1",
                "--finding",
                &mark,
                "--note",
                "which letter?",
            ],
        )
        .well();
    assert!(said.contains("Returned to ada"), "{said}");
    let id = id_after(&said, "request ");
    firm.call("ann", &["return", "W-1", "1", "--note", "again"])
        .refused("ann has returned line 1 already");

    // Nobody clears around it.
    firm.call("bob", &["clear", "W-1"])
        .refused("are being rewritten");

    // Ada sees what is asked; Ben does not.
    let listed = firm.call("ada", &["rewrite"]).well();
    assert!(
        listed.contains(&id) && listed.contains("returned by ann"),
        "{listed}"
    );
    assert!(
        firm.call("ben", &["rewrite"])
            .well()
            .contains("No line of yours")
    );
    firm.call("ben", &["rewrite", &id]).refused("no request");
    let shown = firm.call("ada", &["rewrite", &id]).well();
    for words in [
        "which letter?",
        "Review charter party",
        "____ h Draft letter to owners",
        "block-billing",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(
        !shown.contains("security for costs") && !shown.contains("900"),
        "{shown}"
    );

    // A trial keeps nothing.
    let tried = day(
        &firm,
        "ada",
        &[
            "rewrite",
            &id,
            "--try",
            "Draft letter to owners re demurrage at berth 4",
        ],
    )
    .well();
    assert!(
        tried.contains("one line: one task") && tried.contains("Settled by it: block-billing"),
        "{tried}"
    );
    let tried = day(&firm, "ada", &["rewrite", &id, "--try", BLOCK]);
    tried.refused("says that already");
    assert!(
        firm.call("odd", &["show", "W-1"])
            .well()
            .contains("version   1")
    );

    day(&firm, "ada", &["rewrite", &id, "--text", "a | b"]).refused("cannot stand in a narrative");
    day(&firm, "ben", &["rewrite", &id, "--text", "mine"]).refused("no request");
    firm.call("ann", &["rewrite", &id, "--text", "mine"])
        .refused("may not rewrite");
    let said = day(
        &firm,
        "ada",
        &[
            "rewrite",
            &id,
            "--text",
            "Draft letter to owners re demurrage at berth 4",
        ],
    )
    .well();
    assert!(said.contains("now version 2"), "{said}");
    day(&firm, "ada", &["rewrite", &id, "--text", "again"]).refused("is answered already");

    let shown = firm.call("bob", &["show", "W-1"]).well();
    for words in [
        "answered by ada",
        "demurrage at berth 4",
        "version   2, brought in by ann",
        "state     checked",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains(" block-billing: "), "{shown}");
    let changes = firm.call("ann", &["changes", "W-1"]).well();
    assert!(
        changes.contains("LINE_ITEM_DESCRIPTION") && changes.contains("demurrage"),
        "{changes}"
    );

    // Ben's line is as it was, and so is the money.
    let folder = firm.path("out").display().to_string();
    firm.call("odd", &["audit", "export", "W-1", &folder])
        .well();
    let new = std::fs::read_dir(&folder)
        .expect("a folder")
        .filter_map(Result::ok);
    let mut files: Vec<_> = new
        .map(|e| e.path())
        .filter(|p| p.to_string_lossy().ends_with("invoice-file"))
        .collect();
    files.sort();
    let text = |n: usize| std::fs::read_to_string(&files[n]).expect("a file");
    assert_eq!(
        text(1),
        text(0).replace(BLOCK, "Draft letter to owners re demurrage at berth 4")
    );
    firm.call("bob", &["clear", "W-1"]).well();
    firm.call("ann", &["return", "W-1", "2", "--note", "x"])
        .refused("is cleared by bob");
    firm.call("bob", &["reopen", "W-1", "--reason", "one more line"])
        .well();

    // Recalled by who made it; a line that changed meanwhile is not overwritten.
    let said = firm
        .call("ann", &["return", "W-1", "2", "--note", "which costs?"])
        .well();
    let id = id_after(&said, "request ");
    firm.call("bob", &["return", "--recall", &id])
        .refused("ann returned this line");
    firm.call("ann", &["return", "--recall", &id]).well();
    day(&firm, "ben", &["rewrite", &id, "--text", "late"]).refused("is recalled already");
    let said = firm
        .call("ann", &["return", "W-1", "2", "--note", "which costs?"])
        .well();
    let id = id_after(&said, "request ");
    let newer =
        two_lines("W-1", "C1", "Draft letter to owners").replace(OTHER, "Attend hearing on costs");
    let file = firm.file("newer.txt", &newer);
    firm.intake("ann", &file).well();
    day(
        &firm,
        "ben",
        &[
            "rewrite",
            &id,
            "--text",
            "Prepare for hearing of 3 September",
        ],
    )
    .refused("is another in version 3");
    assert!(
        firm.call("ben", &["rewrite"])
            .well()
            .contains("was changed since")
    );
    firm.call("bob", &["clear", "W-1"])
        .refused("are being rewritten");
    firm.call("ann", &["return", "--recall", &id]).well();
    firm.call("bob", &["clear", "W-1"]).well();
    // Of an invoice that is withdrawn nothing is asked.
    take_in(&firm, "W-2");
    let said = firm
        .call("ann", &["return", "W-2", "1", "--note", "x"])
        .well();
    let id = id_after(&said, "request ");
    firm.call("ann", &["withdraw", "W-2", "--reason", "twice billed"])
        .well();
    assert!(
        firm.call("ada", &["rewrite"])
            .well()
            .contains("No line of yours")
    );
    day(&firm, "ada", &["rewrite", &id, "--text", "late"]).refused("cannot be rewritten");
    firm.sound();
}

fn one_story_from_intake_to_withdrawal(mut firm: Firm) {
    with_timekeepers(&mut firm);
    let wrong = two_lines("X-1", "C1", BLOCK).replace("|1.0|0.00|300.00|", "|1.0|0.00|310.00|");
    let file = firm.file("x.txt", &wrong);
    assert!(firm.intake("ann", &file).well().contains("reject"));
    let mark = fingerprint(&firm, "X-1", "block-billing");
    let said = firm
        .call("ann", &["return", "X-1", "1", "--finding", &mark])
        .well();
    let id = id_after(&said, "request ");
    // Other words mend no sums.
    let said = day(
        &firm,
        "ada",
        &[
            "rewrite",
            &id,
            "--text",
            "Draft letter to owners re demurrage",
        ],
    )
    .well();
    assert!(said.contains("version 2"), "{said}");
    firm.call("bob", &["clear", "X-1"]).refused("would bounce");
    // A divided line asks for sums that hold; a write-down as well.
    day(
        &firm,
        "ann",
        &[
            "write-down",
            "X-1",
            "2",
            "--amount",
            "10",
            "--reason-code",
            "courtesy",
            "--reason",
            "x",
        ],
    )
    .refused("correct that first");
    let shown = firm.call("bob", &["show", "X-1"]).well();
    let findings = shown.split("\nFindings").nth(1).expect("findings");
    let findings = findings.split("\nReturned lines").next().expect("them");
    for line in findings.lines().filter(|l| l.contains("  reject ")) {
        let mark = line.split_whitespace().next().expect("a fingerprint");
        firm.call(
            "ann",
            &["override", "X-1", mark, "--reason", "the portal rounds so"],
        )
        .well();
    }
    firm.call("bob", &["clear", "X-1"]).well();
    let file = firm.file(
        "x2.txt",
        &two_lines("X-1", "C1", "Draft letter to owners re demurrage"),
    );
    let said = firm.intake("ann", &file).well();
    assert!(
        said.contains("version  X-1") && said.contains("version 3"),
        "{said}"
    );
    let shown = firm.call("bob", &["show", "X-1"]).well();
    assert!(
        shown.contains("state     checked") && !shown.contains("cleanbill changes"),
        "{shown}"
    );
    firm.call("cid", &["clear", "X-1"]).well();
    firm.call(
        "bob",
        &[
            "withdraw",
            "X-1",
            "--reason",
            "the client took the matter back",
        ],
    )
    .well();
    firm.call("ann", &["return", "X-1", "1", "--note", "x"])
        .refused("that is its end");
    let head = firm.path("head").display().to_string();
    firm.call("root", &["audit", "head", &head]).well();
    let out = firm
        .call("odd", &["audit", "verify", "--head", &head])
        .well();
    assert!(out.contains("Nothing was altered."), "{out}");
}

/// Whoever answers without the packs of the intake would make its findings vanish.
fn a_change_is_checked_as_well_as_the_file_was(mut firm: Firm) {
    with_timekeepers(&mut firm);
    let file = firm.file("c.txt", &two_lines("C-1", "C1", BLOCK));
    firm.call(
        "ann",
        &[
            "intake",
            "--today",
            "2026-10-06",
            "--portal",
            "Collaborati",
            &file,
        ],
    )
    .well();
    let said = firm
        .call("ann", &["return", "C-1", "1", "--note", "which letter?"])
        .well();
    let id = id_after(&said, "request ");
    let words = [
        "rewrite",
        &id,
        "--text",
        "Draft letter to owners re demurrage",
    ];
    day(&firm, "ada", &words).refused("the pack collaborati");
    let mut all = words.to_vec();
    all.extend(["--portal", "Collaborati"]);
    day(&firm, "ada", &all).well();
    firm.sound();
}

fn what_waits_for_somebody_is_audited(mut firm: Firm) {
    with_timekeepers(&mut firm);
    take_in(&firm, "V-1");
    firm.call("ann", &["return", "V-1", "1", "--note", "which letter?"])
        .well();
    firm.sound();
    for (tampered, back) in [
        (
            "UPDATE review_item SET state = 'answered'",
            "UPDATE review_item SET state = 'open'",
        ),
        (
            "UPDATE review_item SET timekeeper = 'BO'",
            "UPDATE review_item SET timekeeper = 'AQ'",
        ),
    ] {
        assert_eq!(crate::query(&firm.url, tampered), 1);
        let said = firm.call("odd", &["audit", "verify"]);
        assert_eq!(said.status, 1, "{tampered}");
        assert!(
            said.out.contains("BROKEN  invoice V-1") && said.out.contains("request or write-down"),
            "{}",
            said.out
        );
        crate::query(&firm.url, back);
        firm.sound();
    }
    crate::query(
        &firm.url,
        "UPDATE event SET facts = '{}' WHERE chain = 'firm' AND seq = 1",
    );
    let said = firm.call("odd", &["audit", "verify"]);
    assert!(
        said.status == 1 && said.out.contains("BROKEN  firm"),
        "{}",
        said.out
    );
}

fn a_line_is_divided_by_its_timekeeper(mut firm: Firm) {
    with_timekeepers(&mut firm);
    // A partner answers for lines of their own, and then does not clear what they wrote.
    firm.call("root", &["user", "timekeeper", "ada", "--ids", ""])
        .well();
    firm.call("root", &["user", "timekeeper", "bob", "--ids", "AQ"])
        .well();
    firm.call("root", &["user", "timekeeper", "cid", "--ids", "AQ"])
        .refused("timekeeper AQ is bob");
    let listed = firm.call("root", &["user", "timekeeper"]).well();
    assert!(listed.contains("AQ           bob"), "{listed}");
    firm.call("root", &["user", "timekeeper", "ann", "--ids", "XY"])
        .refused("answers for no lines");
    take_in(&firm, "D-1");
    let mark = fingerprint(&firm, "D-1", "block-billing");
    let said = firm
        .call("ann", &["return", "D-1", "1", "--finding", &mark])
        .well();
    let id = id_after(&said, "request ");
    let split = |hours: [&str; 2]| {
        day(
            &firm,
            "bob",
            &[
                "rewrite",
                &id,
                "--part",
                hours[0],
                "Review charter party",
                "--part",
                hours[1],
                "Draft letter to owners",
            ],
        )
    };
    split(["1.2", "0.9"]).refused("2.1 hours, line 1 has 2.0");
    split(["2.0", "0"]).refused("needs hours above 0");
    split(["1.2", "0.8"]).well();
    let shown = firm.call("cid", &["show", "D-1"]).well();
    assert!(
        shown.contains("900.00") && shown.contains("3 lines") && shown.contains("0.8 h"),
        "{shown}"
    );
    assert!(!shown.contains("-math"), "{shown}");
    firm.call("bob", &["clear", "D-1"])
        .refused("bob wrote in invoice D-1");
    firm.call("cid", &["clear", "D-1"]).well();
    firm.sound();
}

fn timekeepers_see_their_own_lines_only(mut firm: Firm) {
    with_timekeepers(&mut firm);
    take_in(&firm, "T-1");
    let mark = fingerprint(&firm, "T-1", "block-billing");
    assert!(
        firm.call("ada", &["list"])
            .well()
            .contains("No line of yours")
    );
    firm.call("ann", &["return", "T-1", "1", "--finding", &mark])
        .well();
    for args in [
        &["list"][..],
        &["list", "--json"],
        &["show", "T-1"],
        &["rewrite"],
        &["rewrite", "--json"],
    ] {
        let said = firm.call("ada", args).well();
        assert!(said.contains("T-1") || said.contains("2026-0117"), "{said}");
        for secret in ["security", "900.00", "600.00", "300.00", "Okafor"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
    let said = firm.call("ben", &["show", "T-1"]).well();
    assert!(
        said.contains("security for costs") && !said.contains("charter"),
        "{said}"
    );
    firm.add("eve", &["--role", "timekeeper", "--all-clients"]);
    firm.call("eve", &["show", "T-1"])
        .refused("has a line of yours");
    firm.add("far", &["--role", "timekeeper", "--client", "C9"]);
    firm.call("root", &["user", "timekeeper", "ben", "--ids", ""])
        .well();
    firm.call("root", &["user", "timekeeper", "far", "--ids", "BO"])
        .well();
    firm.call("far", &["show", "T-1"])
        .refused("of a client you serve");
    firm.call("ann", &["return", "T-1", "2", "--note", "x"])
        .refused("does not serve C1");
    firm.call("root", &["user", "timekeeper", "far", "--ids", ""])
        .well();
    firm.call("ann", &["return", "T-1", "2", "--note", "x"])
        .refused("nobody who works here is timekeeper BO");
    for args in [
        &["changes", "T-1"][..],
        &["attach", "T-1", "--list"],
        &["clear", "T-1"],
        &["write-down", "list"],
    ] {
        firm.call("ada", args).refused("may not");
    }
    firm.sound();
}

fn write_downs_are_proposed_and_decided(mut firm: Firm) {
    with_timekeepers(&mut firm);
    take_in(&firm, "P-1");
    let propose = |who: &str, args: &[&str]| {
        let mut all = vec!["write-down", "P-1", "1"];
        all.extend(args);
        day(&firm, who, &all)
    };
    propose(
        "ann",
        &[
            "--hours",
            "0.5",
            "--reason-code",
            "nonsense",
            "--reason",
            "x",
        ],
    )
    .refused("no such code");
    propose(
        "ann",
        &[
            "--hours",
            "3",
            "--reason-code",
            "excessive_time",
            "--reason",
            "x",
        ],
    )
    .refused("has 2.0 hours");
    propose(
        "ann",
        &[
            "--amount",
            "700",
            "--reason-code",
            "excessive_time",
            "--reason",
            "x",
        ],
    )
    .refused("bills 600.00");
    propose(
        "ann",
        &["--hours", "0.5", "--reason-code", "excessive_time"],
    )
    .refused("a reason is needed");
    propose(
        "ada",
        &[
            "--hours",
            "0.5",
            "--reason-code",
            "excessive_time",
            "--reason",
            "x",
        ],
    )
    .refused("may not propose");
    let said = propose(
        "ann",
        &[
            "--hours",
            "0.5",
            "--reason-code",
            "excessive_time",
            "--reason",
            "routine letter",
        ],
    )
    .well();
    assert!(said.contains("150.00 lower"), "{said}");
    let id = id_after(&said, "write-down ");
    firm.call("bob", &["clear", "P-1"])
        .refused("wait for a decision");
    let listed = firm.call("bob", &["write-down", "list"]).well();
    assert!(
        listed.contains(&id) && listed.contains("routine letter"),
        "{listed}"
    );
    let decide = |who: &str, id: &str, what: &str| {
        day(
            &firm,
            who,
            &["write-down", "decide", id, what, "--reason", "as said"],
        )
    };
    decide("ann", &id, "accept").refused("may not decide");
    let said = decide("bob", &id, "accept").well();
    assert!(
        said.contains("150.00") && said.contains("total 750.00"),
        "{said}"
    );
    decide("cid", &id, "refuse").refused("is accepted already");
    let changes = firm.call("ann", &["changes", "P-1", "--json"]).well();
    for words in [
        "LINE_ITEM_ADJUSTMENT_AMOUNT",
        "-150.00",
        "INVOICE_TOTAL",
        "750.00",
        "excessive_time",
    ] {
        assert!(changes.contains(words), "{words}: {changes}");
    }
    let shown = firm.call("bob", &["show", "P-1"]).well();
    assert!(
        shown.contains("total     750.00") && !shown.contains("-math"),
        "{shown}"
    );

    // A partner who proposes does not decide, nor clear; what is refused stays visible.
    let courtesy = [
        "--amount",
        "10",
        "--reason-code",
        "courtesy",
        "--reason",
        "kindness",
    ];
    let said = propose("bob", &courtesy).well();
    let id = id_after(&said, "write-down ");
    decide("bob", &id, "accept").refused("bob proposed this write-down");
    decide("cid", &id, "refuse").well();
    let shown = firm.call("bob", &["show", "P-1"]).well();
    assert!(
        shown.contains("refused by cid") && shown.contains("kindness"),
        "{shown}"
    );
    let said = propose("bob", &courtesy).well();
    let id = id_after(&said, "write-down ");
    decide("cid", &id, "accept").well();
    firm.call("bob", &["clear", "P-1"])
        .refused("proposed what was written down");
    firm.call("cid", &["clear", "P-1"]).well();
    firm.sound();
}

fn substitutes_clear_for_a_partner(mut firm: Firm) {
    firm.staff();
    firm.add("sue", &["--role", "specialist", "--all-clients"]);
    for number in ["S-1", "S-2", "S-3", "S-4"] {
        take_in(&firm, number);
    }
    firm.call("sue", &["clear", "S-1"]).refused("may not clear");
    let name = |who: &str, args: &[&str]| {
        let mut all = vec!["substitute", "add"];
        all.extend(args);
        firm.call(who, &all)
    };
    let always = ["--from", "2020-01-01", "--until", "2199-12-31"];
    name(
        "cid",
        &[
            "bob", "--by", "sue", always[0], always[1], always[2], always[3],
        ],
    )
    .refused("an administrator says who");
    name(
        "bob",
        &[
            "bob", "--by", "odd", always[0], always[1], always[2], always[3],
        ],
    )
    .refused("cannot stand in");
    name(
        "bob",
        &[
            "bob",
            "--by",
            "sue",
            "--from",
            "2026-02-01",
            "--until",
            "2026-01-01",
        ],
    )
    .refused("lies before");
    name(
        "bob",
        &[
            "bob",
            "--by",
            "sue",
            "--from",
            "2020-01-01",
            "--until",
            "2020-02-01",
        ],
    )
    .well();
    firm.call("sue", &["clear", "S-1"]).refused("may not clear");
    name(
        "bob",
        &[
            "bob", "--by", "sue", always[0], always[1], always[2], always[3], "--client", "C9",
        ],
    )
    .well();
    firm.call("sue", &["clear", "S-1"])
        .refused("of a client you serve");
    name(
        "root",
        &[
            "bob", "--by", "sue", always[0], always[1], always[2], always[3],
        ],
    )
    .well();
    let said = firm.call("sue", &["clear", "S-1"]).well();
    assert!(said.contains("by sue for bob"), "{said}");
    let shown = firm.call("odd", &["show", "S-1"]).well();
    assert!(
        shown.contains("cleared   by sue for bob") && shown.contains("clear (for bob)"),
        "{shown}"
    );

    // Neither who prepared it nor the partner who had a hand in it clears through the other.
    let mark = fingerprint(&firm, "S-2", "block-billing");
    firm.call("bob", &["override", "S-2", &mark, "--reason", "agreed"])
        .well();
    firm.call("sue", &["clear", "S-2"])
        .refused("bob set finding");
    name(
        "bob",
        &[
            "bob", "--by", "ann", always[0], always[1], always[2], always[3],
        ],
    )
    .well();
    firm.call("ann", &["clear", "S-3"])
        .refused("ann brought in version 1");
    name(
        "cid",
        &[
            "cid", "--by", "sue", always[0], always[1], always[2], always[3],
        ],
    )
    .well();
    firm.call("sue", &["clear", "S-3"])
        .refused("stands in for several partners");
    firm.call("sue", &["clear", "S-3", "--for", "cid"]).well();
    let listed = firm.call("bob", &["substitute", "list"]).well();
    assert!(
        listed.contains("3  sue for bob") && listed.contains(": over"),
        "{listed}"
    );
    firm.call("cid", &["substitute", "end", "3"])
        .refused("an administrator says who");
    firm.call("bob", &["substitute", "end", "3"]).well();
    firm.call("sue", &["clear", "S-4", "--for", "bob"])
        .refused("of a client you serve");
    firm.call("root", &["user", "deactivate", "cid"]).well();
    firm.call("sue", &["clear", "S-4", "--for", "cid"])
        .refused("does not stand in for cid");
    firm.sound();
}

fn large_amounts_need_two(mut firm: Firm) {
    firm.staff();
    firm.add("sue", &["--role", "specialist", "--all-clients"]);
    firm.call("bob", &["limit", "set", "USD", "500"])
        .refused("that is for: administrator");
    firm.call("root", &["limit", "set", "XXQ", "500"])
        .refused("no currency");
    firm.call("root", &["limit", "remove", "USD"])
        .refused("no such limit");
    firm.call("root", &["limit", "set", "usd", "5000"]).well();
    take_in(&firm, "A-0");
    firm.call("bob", &["clear", "A-0"]).well();
    firm.call("root", &["limit", "set", "USD", "500", "--client", "C1"])
        .well();
    take_in(&firm, "A-1");
    let said = firm.call("bob", &["clear", "A-1"]).well();
    assert!(
        said.contains("one of two") && said.contains("limit of client C1 of 500 USD"),
        "{said}"
    );
    let shown = firm.call("odd", &["show", "A-1"]).well();
    assert!(
        shown.contains("state     in review") && shown.contains("approved  by bob"),
        "{shown}"
    );
    firm.call("bob", &["clear", "A-1"])
        .refused("bob has approved invoice A-1 already");
    // Not by bob's own substitute either.
    let always = ["--from", "2020-01-01", "--until", "2199-12-31"];
    firm.call(
        "bob",
        &[
            "substitute",
            "add",
            "bob",
            "--by",
            "sue",
            always[0],
            always[1],
            always[2],
            always[3],
        ],
    )
    .well();
    firm.call("sue", &["clear", "A-1"])
        .refused("bob has approved invoice A-1 already");
    // A changed file voids the first approval.
    let file = firm.file(
        "again.txt",
        &two_lines("A-1", "C1", "Draft letter to owners"),
    );
    firm.intake("ann", &file).well();
    let said = firm.call("cid", &["clear", "A-1"]).well();
    assert!(said.contains("one of two"), "{said}");
    // So does another comment in the package.
    firm.call("ann", &["comment", "A-1", "1", "as agreed with the master"])
        .well();
    assert!(
        firm.call("cid", &["clear", "A-1"])
            .well()
            .contains("one of two")
    );
    let said = firm.call("sue", &["clear", "A-1"]).well();
    assert!(
        said.contains("Cleared") && said.contains("by sue for bob"),
        "{said}"
    );
    let listed = firm.call("odd", &["limit", "list"]).well();
    assert!(listed.contains("above 500 USD of client C1"), "{listed}");
    firm.sound();
}

fn two_approve_a_large_amount_at_once(mut firm: Firm) {
    firm.staff();
    firm.call("root", &["limit", "set", "USD", "500"]).well();
    for n in 0..6 {
        let number = format!("B-{n}");
        take_in(&firm, &number);
        let start = |who: &str| {
            let mut command = firm.command(who);
            let piped = std::process::Stdio::piped;
            command
                .args(["clear", &number])
                .stdout(piped())
                .stderr(piped())
                .spawn()
                .expect("it runs")
        };
        // Two partners are two approvals; one partner twice is one.
        let same = n % 2 == 0;
        let both = [start("bob"), start(if same { "bob" } else { "cid" })];
        let outputs = both.map(|child| child.wait_with_output().expect("it ends"));
        let well = outputs.iter().filter(|o| o.status.success()).count();
        let said: String = outputs
            .iter()
            .map(|o| String::from_utf8_lossy(&o.stdout).into_owned())
            .collect();
        assert_eq!(said.matches("one of two").count(), 1, "{said}");
        assert_eq!(
            said.matches("Cleared").count(),
            usize::from(!same),
            "{said}"
        );
        assert_eq!(well, if same { 1 } else { 2 });
        let shown = firm.call("odd", &["show", &number]).well();
        let state = if same { "in review" } else { "cleared" };
        assert!(shown.contains(&format!("state     {state}")), "{shown}");
    }
    firm.sound();
}

fn the_package_is_part_of_what_is_cleared(mut firm: Firm) {
    firm.staff();
    take_in(&firm, "K-1");
    let pdf = firm.file("hotel.pdf", "%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n");
    let wrong = firm.file("hotel.jpg", "%PDF-1.7\n1 0 obj\n%%EOF\n");
    let portal = ["--portal", "Collaborati"];
    let attach = |args: &[&str]| {
        let mut all = vec!["attach", "K-1"];
        all.extend(args);
        firm.call("ann", &all)
    };
    attach(&[&wrong]).refused("give it the name hotel.pdf");
    attach(&[&pdf, "--line", "9"]).refused("has no line 9");
    let said = attach(&[&pdf, "--line", "2", "--kind", "receipt"]).well();
    assert!(said.contains("no portal is known"), "{said}");
    attach(&[&pdf, "--line", "2", "--kind", "receipt"])
        .refused("ann has attached this file already");
    let picture = firm.path("scan.png");
    std::fs::write(&picture, b"\x89PNG\r\n\x1a\n0000").expect("written");
    let picture = picture.display().to_string();
    attach(&[&picture, portal[0], portal[1]]).refused("Collaborati takes no png");
    let said = attach(&[&picture, "--portal", "Legal-X"]).well();
    assert!(said.contains("is not known"), "{said}");
    let big = firm.path("big.pdf");
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.resize(20_000_001, b' ');
    std::fs::write(&big, bytes).expect("written");
    attach(&[&big.display().to_string(), portal[0], portal[1]]).refused("takes 20 MB a file");
    firm.call("bob", &["attach", "K-1", &pdf, "--kind", "pdf"])
        .refused("is called hotel.pdf");
    let bill = firm.file("bill.pdf", "%PDF-1.4\nbill\n%%EOF\n");
    let said = attach(&[&bill, "--kind", "pdf", portal[0], portal[1]]).well();
    assert!(said.contains("Collaborati takes it"), "{said}");
    let id = id_after(&said, "bill.pdf, ");
    let listed = attach(&["--list"]).well();
    assert!(
        listed.contains("line 2: receipt hotel.pdf (application/pdf"),
        "{listed}"
    );
    firm.call("odd", &["attach", "K-1", "--list"]).well();
    firm.call("odd", &["attach", "K-1", &pdf])
        .refused("may not attach");

    firm.call("bob", &["clear", "K-1"]).well();
    attach(&["--remove", "00000000"]).refused("nothing with the id");
    attach(&["--remove", &id]).well();
    firm.call("ann", &["comment", "K-1", "1", "as agreed"])
        .well();
    let shown = firm.call("bob", &["show", "K-1"]).well();
    for words in [
        "state     in review",
        "hotel.pdf",
        "scan.png",
        "line 1: as agreed (ann)",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("bill.pdf"), "{shown}");
    firm.call("bob", &["clear", "K-1"]).well();
    firm.call("ann", &["comment", "K-1", "1", ""]).well();
    firm.call("ann", &["comment", "K-1", "1", ""])
        .refused("has no comment");
    let shown = firm.call("bob", &["show", "K-1"]).well();
    assert!(
        shown.contains("state     in review") && !shown.contains("as agreed"),
        "{shown}"
    );
    // What is kept cannot be read without the key.
    for entry in walkdir::WalkDir::new(firm.path("documents")) {
        let entry = entry.expect("an entry");
        if entry.file_type().is_file() {
            let bytes = std::fs::read(entry.path()).expect("readable");
            assert!(
                bytes.starts_with(b"age-encryption.org"),
                "{}",
                entry.path().display()
            );
        }
    }
    firm.sound();
}
