//! People on the command line: signed in, given roles, clients and tokens, and ended.

use crate::firm::{Firm, invoice};
use crate::gate::{PASSWORD, code, newcomer, resident};
use crate::on_both;
use cleanbill::workflow::system_clock;

on_both!(
    who_signed_in_works_until_they_sign_out,
    whatever_changes_about_a_person_ends_their_access,
    nobody_changes_their_own_role_and_an_administrator_stays,
    tokens_are_several_and_end,
    a_token_that_reads_changes_nothing,
    a_second_factor_is_set_up_and_asked_for,
    a_password_is_its_persons_own,
);

fn sign_in(firm: &Firm, name: &str, lines: &str) -> crate::firm::Said {
    firm.type_in(name, &["sign-in", name, "--password-stdin"], lines)
}

fn who_signed_in_works_until_they_sign_out(firm: Firm) {
    let given = newcomer(&firm, "ann", "specialist");
    firm.call("ann", &["list"])
        .refused("cleanbill sign-in NAME");
    sign_in(&firm, "ann", &given).refused("standard input has no line for \"New password\"");
    let out = sign_in(&firm, "ann", &format!("{given}\r\n{PASSWORD}\r\n")).well();
    assert!(out.contains("ann is signed in as specialist"), "{out}");
    firm.call("ann", &["list"]).well();
    firm.call("ann", &["list", "--as", "ann"]).well();
    firm.call("ann", &["list", "--as", "root"])
        .refused("--as root: ann is signed in");
    let folder = firm.path("sessions/ann");
    let files = || -> Vec<_> {
        let entries = std::fs::read_dir(&folder).expect("the folder");
        entries.map(|e| e.expect("an entry").path()).collect()
    };
    let [file] = &files()[..] else {
        panic!("not one file: {:?}", files())
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(file)
            .expect("metadata")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let first = std::fs::read_to_string(file).expect("the session");
    sign_in(&firm, "ann", PASSWORD).well();
    let second = std::fs::read_to_string(file).expect("the session");
    assert_ne!(first, second);
    // The first has ended: put back, it is good for nothing.
    std::fs::write(file, &first).expect("written");
    firm.call("ann", &["list"])
        .refused("your session has ended");
    std::fs::write(file, &second).expect("written");
    let out = firm.call("ann", &["sign-out"]).well();
    assert_eq!(out, "ann is signed out.\n");
    assert!(files().is_empty());
    std::fs::write(file, &second).expect("written");
    firm.call("ann", &["list"])
        .refused("your session has ended");
    firm.call("ann", &["sign-out"]).well();
    assert_eq!(
        firm.call("ann", &["sign-out"]).well(),
        "Nobody is signed in.\n"
    );
    // A token comes before a session.
    sign_in(&firm, "root", PASSWORD).refused("is not right");
    firm.call("root", &["user", "list"]).well();
}

fn whatever_changes_about_a_person_ends_their_access(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    let password = format!("{PASSWORD}\nanother of those lamps\n");
    let changes: [(&str, Vec<&str>, &str); 5] = [
        ("root", vec!["user", "role", "ann", "partner"], ""),
        ("root", vec!["user", "clients", "ann", "--client", "C1"], ""),
        (
            "ann",
            vec!["user", "password", "--password-stdin"],
            &password,
        ),
        ("root", vec!["user", "password", "ann"], ""),
        ("root", vec!["user", "deactivate", "ann"], ""),
    ];
    let mut now = PASSWORD.to_owned();
    for (who, args, lines) in changes {
        if args[1] != "deactivate" {
            sign_in(&firm, "ann", &now).well();
        } else {
            // After a given password.
            let given = firm.call("root", &["user", "password", "ann"]).well();
            let given = given.lines().last().expect("a password").to_owned();
            sign_in(&firm, "ann", &format!("{given}\n{PASSWORD}\n")).well();
        }
        let token = ["user", "token", "add", "--label", "laptop"];
        let out = firm.call("ann", &token).well();
        let token = out.lines().last().expect("a token").to_owned();
        firm.give_token("the laptop", &token);
        firm.call("the laptop", &["list"]).well();
        firm.call("ann", &["list"]).well();
        firm.type_in(who, &args, lines).well();
        firm.call("the laptop", &["list"])
            .refused("is not of anybody who may work here");
        let said = firm.call("ann", &["list"]);
        if who == "root" {
            said.refused("your session has ended");
        } else {
            // Their own doing also forgets the session.
            said.refused("is nobody who may work here");
            now = "another of those lamps".to_owned();
        }
    }
    sign_in(&firm, "ann", PASSWORD).refused("the name or the password is not right");
    firm.call("root", &["user", "role", "ann", "partner"])
        .refused("ann may no longer work here");
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn nobody_changes_their_own_role_and_an_administrator_stays(mut firm: Firm) {
    firm.call("root", &["user", "role", "root", "partner"])
        .refused("nobody changes their own role");
    firm.call("root", &["user", "clients", "root", "--client", "C1"])
        .refused("nobody changes their own role or clients");
    firm.add("rita", &["--role", "administrator"]);
    firm.call("root", &["user", "role", "rita", "administrator"])
        .refused("that is how it is with rita already");
    firm.call("root", &["user", "role", "rita", "clerk"])
        .refused("roles are: specialist");
    firm.call("root", &["user", "role", "nobody", "partner"])
        .refused("there is no nobody");
    firm.call("rita", &["user", "role", "root", "auditor"])
        .well();
    // Whose tokens ended with the role.
    firm.call("root", &["user", "list"])
        .refused("CLEANBILL_TOKEN");
    firm.call("rita", &["user", "deactivate", "rita"])
        .refused("last administrator");
    let out = firm
        .call("rita", &["user", "token", "add", "root", "--label", "new"])
        .well();
    firm.give_token("root", out.lines().last().expect("a token"));
    firm.call("root", &["user", "list"]).well();
    firm.call("root", &["user", "role", "rita", "auditor"])
        .refused("that is for: administrator");
    firm.call("root", &["audit", "verify"]).well();
}

fn tokens_are_several_and_end(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    let mut tokens = Vec::new();
    for label in ["laptop", "script"] {
        let out = firm
            .call("ann", &["user", "token", "add", "--label", label])
            .well();
        tokens.push(out.lines().last().expect("a token").to_owned());
    }
    firm.call("ann", &["user", "token", "add", "--label", "laptop"])
        .refused("has a token \"laptop\" already");
    firm.call(
        "ann",
        &["user", "token", "add", "--label", "x", "--days", "367"],
    )
    .refused("at most 366 days");
    firm.call(
        "ann",
        &["user", "token", "add", "--label", "x", "--scope", "all"],
    )
    .refused("scopes are: read, write");
    firm.give_token("the laptop", &tokens[0]);
    firm.give_token("the script", &tokens[1]);
    firm.call("the laptop", &["list"]).well();
    // What leaked does not multiply.
    firm.call("the laptop", &["user", "token", "add", "--label", "more"])
        .refused("a token makes no other tokens");
    firm.call("root", &["user", "token", "add", "ann", "--label", "more"])
        .refused("makes tokens themselves");
    let listed = firm.call("ann", &["user", "token", "list"]).well();
    let line = |label: &str| {
        let found = listed.lines().find(|l| l.contains(label));
        found.unwrap_or_else(|| panic!("no {label} in {listed}"))
    };
    assert!(line("laptop").contains(", used "), "{listed}");
    assert!(line("script").contains(", never used"), "{listed}");
    for token in &tokens {
        assert!(!listed.contains(token), "{listed}");
    }
    let id = line("script").split_whitespace().next().expect("an id");
    firm.call("ann", &["user", "token", "revoke", id]).well();
    firm.call("the script", &["list"])
        .refused("CLEANBILL_TOKEN");
    firm.call("the laptop", &["list"]).well();
    firm.call("ann", &["user", "token", "revoke", "laptop", "root"])
        .refused("that is for: administrator");
    firm.call("root", &["user", "token", "revoke", "laptop", "ann"])
        .well();
    firm.call("the laptop", &["list"])
        .refused("CLEANBILL_TOKEN");
    firm.call("ann", &["user", "token", "list", "--everybody"])
        .refused("may not see who may work here");
    let all = firm
        .call("root", &["user", "token", "list", "--everybody"])
        .well();
    assert_eq!(all.lines().count(), 1, "{all}");
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn a_token_that_reads_changes_nothing(mut firm: Firm) {
    firm.staff();
    let file = firm.file("a.txt", &invoice("S-1", "C1", "300.00", "Draft motion"));
    firm.intake("ann", &file).well();
    for (who, role) in [("una", "partner"), ("ugo", "administrator")] {
        resident(&firm, who, role);
        let args = ["user", "token", "add", "--label", "eyes", "--scope", "read"];
        let out = firm.call(who, &args).well();
        let token = out.lines().last().expect("a token").to_owned();
        firm.give_token(who, &token);
    }
    firm.call("una", &["list"]).well();
    firm.call("una", &["show", "S-1"]).well();
    firm.call("una", &["audit", "verify"]).well();
    let other = firm.file("b.txt", &invoice("S-2", "C1", "300.00", "Draft motion"));
    for args in [
        vec!["intake", "--today", "2026-10-06", &other],
        vec!["clear", "S-1"],
        vec!["withdraw", "S-1", "--reason", "wrong"],
        vec!["user", "password", "--password-stdin"],
        vec!["user", "totp", "--password-stdin"],
        vec!["user", "token", "revoke", "eyes"],
    ] {
        firm.call("una", &args)
            .refused("has the scope read and may not");
    }
    firm.call("ugo", &["user", "list"]).well();
    for args in [
        vec!["user", "add", "x", "--role", "partner", "--password"],
        vec!["user", "role", "ann", "partner"],
        vec!["user", "clients", "ann", "--client", "C1"],
        vec!["user", "password", "ann"],
        vec!["user", "unlock", "ann"],
        vec!["user", "deactivate", "ann"],
        vec!["user", "totp", "--remove", "ann"],
        vec!["user", "token", "revoke", "first", "ann"],
    ] {
        firm.call("ugo", &args)
            .refused("has the scope read and may not");
    }
    firm.call("cid", &["clear", "S-1"]).well();
    firm.sound();
}

fn a_second_factor_is_set_up_and_asked_for(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    let totp = ["user", "totp", "--password-stdin"];
    firm.type_in("ann", &totp, "wrong\n")
        .refused("the password is not right");
    firm.call("ann", &["user", "totp", "--confirm", "123456"])
        .refused("no second factor was offered");
    let out = firm.type_in("ann", &totp, PASSWORD).well();
    assert!(out.contains("otpauth://totp/cleanbill:ann?"), "{out}");
    let key = out
        .lines()
        .find_map(|l| l.strip_prefix("or type the key: "));
    let key = key.expect("a key").to_owned();
    firm.call("ann", &["user", "totp", "--confirm", "000"])
        .refused("the code is not of this second factor");
    // Not in use before it was proven.
    sign_in(&firm, "ann", PASSWORD).well();
    let now = code(&key, system_clock());
    let out = firm
        .call("ann", &["user", "totp", "--confirm", &now])
        .well();
    let recovery: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(recovery.len(), 10, "{out}");
    let listed = firm.call("root", &["user", "list"]).well();
    assert!(
        listed.contains("password, second factor, 1 session"),
        "{listed}"
    );
    sign_in(&firm, "ann", PASSWORD).refused("standard input has no line for \"Code");
    sign_in(&firm, "ann", &format!("{PASSWORD}\n{now}\n")).refused("was used");
    let out = sign_in(&firm, "ann", &format!("{PASSWORD}\n{}\n", recovery[0])).well();
    assert!(out.contains("9 recovery codes are left"), "{out}");
    firm.call(
        "ann",
        &["user", "totp", "--remove", "ann", "--code", recovery[0]],
    )
    .refused("was used");
    firm.call(
        "ann",
        &["user", "totp", "--remove", "ann", "--code", recovery[1]],
    )
    .well();
    sign_in(&firm, "ann", PASSWORD).well();
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn a_password_is_its_persons_own(mut firm: Firm) {
    firm.add("ann", &["--role", "specialist", "--all-clients"]);
    let args = ["user", "password", "--password-stdin"];
    for (bad, why) in [
        ("short\n", "choose one of 12 to 256"),
        ("annannannannann\n", "others try first"),
    ] {
        firm.type_in("ann", &args, bad).refused(why);
    }
    // Somebody known by a token may choose a first password; the token ends with it.
    firm.type_in("ann", &args, PASSWORD).well();
    firm.call("ann", &["list"]).refused("CLEANBILL_TOKEN");
    firm.give_token("ann", "");
    sign_in(&firm, "ann", PASSWORD).well();
    let lines = format!("{PASSWORD}\n{PASSWORD}\n");
    firm.type_in("ann", &args, &lines).refused("is the old one");
    let lines = format!("wrong\n{PASSWORD}\n");
    for _ in 0..5 {
        firm.type_in("ann", &args, &lines)
            .refused("the password is not right");
    }
    // An open terminal is no place to guess.
    firm.type_in("ann", &args, &lines).refused("ann is locked");
    sign_in(&firm, "ann", PASSWORD).refused("ann is locked");
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}
