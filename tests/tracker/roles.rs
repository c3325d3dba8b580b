//! Every role, every command, own and other clients: allowed or refused, cell by cell.

use crate::firm::{Firm, invoice};
use crate::gate::PASSWORD;
use crate::on_both;
use cleanbill::workflow::{Act, Role, Step};

on_both!(each_cell_of_the_table);

/// Commands with the permission they need; the invoice of the client is put in the place of `@`.
fn commands() -> Vec<(Act, Vec<&'static str>)> {
    vec![
        (Act::Read, vec!["show", "@"]),
        (
            Act::Step(Step::Override),
            vec!["override", "@", "FINGERPRINT", "--reason", "agreed"],
        ),
        (Act::Step(Step::Clear), vec!["clear", "@"]),
        (
            Act::Step(Step::Reopen),
            vec!["reopen", "@", "--reason", "again"],
        ),
        (
            Act::Step(Step::Withdraw),
            vec!["withdraw", "@", "--reason", "wrong"],
        ),
        (
            Act::Step(Step::Return),
            vec!["return", "@", "1", "--note", "which motion?"],
        ),
        (
            Act::Step(Step::ProposeWriteDown),
            vec![
                "write-down",
                "@",
                "1",
                "--amount",
                "10",
                "--reason-code",
                "courtesy",
                "--reason",
                "kindness",
            ],
        ),
        (
            Act::Step(Step::AcceptWriteDown),
            vec![
                "write-down",
                "decide",
                "WRITE-DOWN",
                "accept",
                "--reason",
                "agreed",
            ],
        ),
        (
            Act::Step(Step::RefuseWriteDown),
            vec![
                "write-down",
                "decide",
                "WRITE-DOWN",
                "refuse",
                "--reason",
                "no",
            ],
        ),
        (Act::Step(Step::Attach), vec!["attach", "@", "FILE"]),
        (
            Act::Step(Step::Detach),
            vec!["attach", "@", "--remove", "ATTACHED"],
        ),
        (
            Act::Step(Step::Comment),
            vec!["comment", "@", "1", "as agreed"],
        ),
        (
            Act::Step(Step::Queue),
            vec!["submit", "@", "--queue", "--accounts", "ACCOUNTS"],
        ),
        (Act::Step(Step::Unqueue), vec!["unqueue", "@"]),
        (
            Act::Step(Step::Arrive),
            vec!["settle", "@", "--arrived", "--reason", "seen there"],
        ),
        (
            Act::Step(Step::NeverArrived),
            vec!["settle", "@", "--never-arrived", "--reason", "not there"],
        ),
        (Act::Read, vec!["attach", "@", "--list"]),
        (Act::Read, vec!["changes", "@"]),
    ]
}

/// Commands that are about no invoice, with the permission they need. The role stands in the place of `@`.
fn beside() -> Vec<(Act, Vec<&'static str>, &'static str)> {
    let victim = "victim of @";
    vec![
        (Act::Audit, vec!["audit", "verify"], ""),
        (Act::Read, vec!["report"], ""),
        (Act::Read, vec!["report", "all"], ""),
        (Act::SeePeople, vec!["user", "list"], ""),
        (
            Act::SeePeople,
            vec!["user", "token", "list", "--everybody"],
            "",
        ),
        (Act::SeePeople, vec!["user", "token", "list", victim], ""),
        (
            Act::People,
            vec!["user", "add", victim, "--role", "auditor", "--password"],
            "",
        ),
        (Act::People, vec!["user", "role", victim, "partner"], ""),
        (
            Act::People,
            vec!["user", "clients", victim, "--client", "C1"],
            "",
        ),
        (Act::People, vec!["user", "password", victim], ""),
        (Act::People, vec!["user", "unlock", victim], ""),
        (
            Act::People,
            vec!["user", "token", "add", victim, "--label", "second"],
            "",
        ),
        (
            Act::People,
            vec!["user", "token", "revoke", "first", victim],
            "",
        ),
        (Act::People, vec!["user", "deactivate", victim], ""),
    ]
}

/// Commands of keeping, with the permission they need, and whether they are about all clients, which is refused to who
/// serves only some. A name of the cell's own stands in the place of `@`.
fn keeping() -> Vec<(Act, Vec<&'static str>, bool)> {
    let years = ["--client", "C9", "--years", "200"];
    vec![
        (Act::Backup, vec!["backup", "@"], false),
        (Act::Export, vec!["export", "@"], true),
        (Act::SeeRetention, vec!["retention", "list"], false),
        (Act::SeeRetention, vec!["retention", "report"], true),
        (
            Act::Retain,
            [&["retention", "set"][..], &years].concat(),
            true,
        ),
        (
            Act::Purge,
            vec!["purge", "--by-retention", "--reason", "yearly"],
            true,
        ),
        (Act::Audit, vec!["audit", "head", "@"], false),
        (Act::SeeWebhooks, vec!["webhooks", "list"], false),
        (
            Act::Webhooks,
            vec![
                "webhooks",
                "add",
                "https://hooks.example.com/in",
                "--events",
                "*",
            ],
            true,
        ),
    ]
}

/// Each command of keeping for a person of this role: how many cells.
fn keeping_cells(firm: &Firm, role: Role, who: &str, serves_all: bool) -> usize {
    for (n, (act, template, whole)) in keeping().into_iter().enumerate() {
        let path = firm.path(&format!("kept by {who} {n}"));
        let name = path.display().to_string();
        let args: Vec<&str> = template
            .iter()
            .map(|a| if *a == "@" { name.as_str() } else { *a })
            .collect();
        let cell = format!("{who}, {args:?}");
        let said = firm.call(who, &args);
        if !act.who().contains(&role) {
            assert_eq!(said.status, 2, "{cell}: {}{}", said.out, said.err);
            said.refused(&format!("may not {}", act.words()));
        } else if whole && !serves_all {
            assert_eq!(said.status, 2, "{cell}: {}{}", said.out, said.err);
            said.refused("serves only some clients");
        } else {
            assert_eq!(said.status, 0, "{cell}: {}{}", said.out, said.err);
            assert!(!template.contains(&"@") || path.exists(), "{cell}");
            continue;
        }
        assert!(!path.exists(), "{cell}: written all the same");
    }
    keeping().len()
}

/// What everybody but a service may have of their own: a password, with it a session, and in that a token and a second
/// factor. It ends the token by which the person was known, so it is asked last.
fn own_access(firm: &mut Firm, role: Role) {
    let who = format!("the {role}");
    let may = Act::OwnAccess.who().contains(&role);
    let chosen = firm.type_in(&who, &["user", "password", "--password-stdin"], PASSWORD);
    if !may {
        chosen.refused("may not sign in or make tokens");
        firm.call(&who, &["user", "totp", "--password-stdin"])
            .refused("may not sign in or make tokens");
        firm.call(&who, &["user", "token", "add", "--label", "own"])
            .refused("may not sign in or make tokens");
        firm.type_in(&who, &["sign-in", &who, "--password-stdin"], PASSWORD)
            .refused("is not right");
        firm.call("root", &["user", "password", &who])
            .refused("is a service and does not sign in");
        return;
    }
    chosen.well();
    firm.give_token(&who, "");
    firm.type_in(&who, &["sign-in", &who, "--password-stdin"], PASSWORD)
        .well();
    firm.call(&who, &["user", "token", "add", "--label", "own"])
        .well();
    firm.call(&who, &["user", "token", "list"]).well();
    firm.call(&who, &["user", "token", "revoke", "own"]).well();
    firm.type_in(&who, &["user", "totp", "--password-stdin"], PASSWORD)
        .well();
    firm.call(&who, &["sign-out"]).well();
}

fn each_cell_of_the_table(mut firm: Firm) {
    firm.staff();
    firm.add("ada", &["--role", "timekeeper", "--all-clients"]);
    firm.call("root", &["user", "timekeeper", "ada", "--ids", "AQ"])
        .well();
    let receipt = firm.file("receipt.txt", "one taxi");
    let template = firm.call("ann", &["payments", "template"]).well();
    let remittance = firm.file("remittance.csv", &template);
    let accounts = format!(
        "[account.hand]\nportal = \"CounselLink\"\nway = \"assisted\"\nclients = [\"OWN\", \"OTHER\"]\n\
         settings = {{ folder = {:?} }}\nlimits = {{ per_second = \"1000\" }}\n",
        firm.path("by-hand").display().to_string()
    );
    let accounts = firm.file("portals.toml", &accounts);
    for role in Role::ALL {
        firm.add(
            &format!("the {role}"),
            &["--role", role.name(), "--client", "OWN"],
        );
        firm.add(
            &format!("every {role}"),
            &["--role", role.name(), "--all-clients"],
        );
    }
    let mut cells = 0;
    for role in Role::ALL {
        let who = format!("the {role}");
        for client in ["OWN", "OTHER"] {
            let own = client == "OWN";
            // Intake of a new invoice.
            let number = format!("{}-{client}", &role.name()[..4]);
            let text = invoice(
                &number,
                client,
                "310.00",
                "Draft motion to compel production",
            );
            let path = firm.file(&format!("{number}.txt"), &text);
            let may = Act::Step(Step::TakeIn).who().contains(&role);
            let said = firm.intake(&who, &path);
            match (may, own) {
                (true, true) => drop(said.well()),
                (true, false) => drop(said.refused("does not serve OTHER")),
                (false, _) => drop(said.refused("may not take in invoices")),
            }
            cells += 1;
            for (n, (act, template)) in commands().into_iter().enumerate() {
                let may = act.who().contains(&role);
                // An invoice of its own for each cell, in the state the command wants.
                let number = format!("{}-{client}-{n}", &role.name()[..4]);
                let total = if template[0] == "override" {
                    "310.00"
                } else {
                    "300.00"
                };
                let path = firm.file(
                    &format!("{number}.txt"),
                    &invoice(&number, client, total, "Draft motion to compel"),
                );
                firm.intake("ann", &path).well();
                if ["reopen", "submit", "unqueue", "settle"].contains(&template[0]) {
                    firm.call("cid", &["clear", &number]).well();
                }
                let sent = ["submit", &number, "--accounts", &accounts];
                match template[0] {
                    "unqueue" => drop(firm.call("ann", &[&sent[..], &["--queue"]].concat()).well()),
                    // What a person uploads is in doubt until they say that it arrived.
                    "settle" => assert_eq!(firm.call("ann", &sent).status, 1),
                    _ => {}
                }
                let shown = firm.call("odd", &["show", &number]).well();
                let mark = shown.lines().find(|l| l.contains(" line-math-mismatch: "));
                let mark = mark
                    .and_then(|l| l.split_whitespace().next())
                    .unwrap_or("-");
                let given = |args: &[&str], word: &str| {
                    let said = firm.call("ann", args).well();
                    let at = said.find(word).expect("an id") + word.len();
                    said[at..at + 8].to_owned()
                };
                let write_down = if template.contains(&"WRITE-DOWN") {
                    let mut propose = vec!["write-down", number.as_str(), "1", "--amount", "10"];
                    propose.extend(["--reason-code", "courtesy", "--reason", "kindness"]);
                    given(&propose, "write-down ")
                } else {
                    String::new()
                };
                let attached = if template.contains(&"ATTACHED") {
                    given(&["attach", &number, &receipt], "receipt.txt, ")
                } else {
                    String::new()
                };
                let args: Vec<&str> = template
                    .iter()
                    .map(|a| match *a {
                        "@" => number.as_str(),
                        "FINGERPRINT" => mark,
                        "WRITE-DOWN" => &write_down,
                        "ATTACHED" => &attached,
                        "FILE" => &receipt,
                        "ACCOUNTS" => &accounts,
                        plain => plain,
                    })
                    .collect();
                let said = firm.call(&who, &args);
                let cell = format!("{who}, {}, {client}", args[0]);
                if role == Role::Timekeeper && args[0] == "show" {
                    // None of these lines is theirs.
                    said.refused("of a client you serve");
                } else if may && own {
                    assert_eq!(said.status, 0, "{cell}: {}{}", said.out, said.err);
                } else {
                    assert_eq!(said.status, 2, "{cell}: {}{}", said.out, said.err);
                    let why = if may {
                        "of a client you serve"
                    } else {
                        "may not"
                    };
                    said.refused(why);
                }
                cells += 1;
            }
            let listed = firm.call(&who, &["list", "--json", "--limit", "100000"]);
            if role == Role::Timekeeper {
                let out = listed.well();
                assert!(!out.contains("OTHER"), "{who}: {out}");
            } else if Act::Read.who().contains(&role) {
                let out = listed.well();
                assert!(
                    out.contains("\"client\":\"OWN\"") && !out.contains("\"client\":\"OTHER\""),
                    "{who}: {out}"
                );
            } else {
                listed.refused("may not look at invoices");
            }
            cells += 1;
        }
        for (act, args, lines) in beside() {
            let args: Vec<String> = args.iter().map(|a| a.replace('@', role.name())).collect();
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let cell = format!("{who}, {args:?}");
            // Somebody for each cell, as the command wants them.
            let victim = format!("victim of {role}");
            let name = format!("{victim} {cells}");
            if args.contains(&victim.as_str()) && args[1] != "add" {
                firm.add(&name, &["--role", "auditor"]);
            }
            let args: Vec<&str> = args
                .iter()
                .map(|a| if *a == victim { &name } else { *a })
                .collect();
            let said = firm.type_in(&who, &args, lines);
            if act.who().contains(&role) {
                assert_eq!(said.status, 0, "{cell}: {}{}", said.out, said.err);
            } else {
                assert_eq!(said.status, 2, "{cell}: {}{}", said.out, said.err);
                said.refused(&format!("may not {}", act.words()));
            }
            cells += 1;
        }
        let partner = if role == Role::Partner {
            who.as_str()
        } else {
            "bob"
        };
        let days = ["--from", "2026-01-01", "--until", "2026-01-31"];
        for (act, args) in [
            (Act::Limits, &["limit", "set", "CHF", "100000"][..]),
            (Act::Authority, &["limit", "list"]),
            (Act::Authority, &["substitute", "list"]),
            (
                Act::Substitutes,
                &[
                    "substitute",
                    "add",
                    partner,
                    "--by",
                    "ann",
                    days[0],
                    days[1],
                    days[2],
                    days[3],
                ],
            ),
            (
                Act::People,
                &["user", "timekeeper", "ada", "--ids", "AQ,AX"],
            ),
            (Act::OwnLines, &["rewrite"]),
            (
                Act::Step(Step::Receive),
                &["payments", "import", &remittance],
            ),
            (Act::Read, &["payments", "list", "--queue"]),
            (Act::Read, &["receivables", "--by", "client"]),
            (Act::Read, &["receivables", "escalate"]),
            (
                Act::Step(Step::Remind),
                &["receivables", "reminders", "--dry-run"],
            ),
        ] {
            let said = firm.call(&who, args);
            assert_eq!(
                said.status == 0,
                act.who().contains(&role),
                "{who}, {args:?}: {}",
                said.err
            );
            cells += 1;
        }
        cells += keeping_cells(&firm, role, &who, false);
        cells += keeping_cells(&firm, role, &format!("every {role}"), true);
        own_access(&mut firm, role);
        cells += 1;
    }
    let beside = beside().len();
    assert_eq!(
        cells,
        Role::ALL.len() * (2 * (commands().len() + 2) + beside + 11 + 2 * keeping().len() + 1)
    );
    firm.sound();
}
