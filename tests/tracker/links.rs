//! Accounts at the firm's identity provider by which people are known: how long an address is waited for, who is first of
//! two, what a backup holds, and what is found that was slipped into the tables.

use crate::firm::{Backend, Firm};
use crate::gate::{Gate, Given, MINUTE, PASSWORD, code, resident, run};
use crate::{on_both, query};
use cleanbill::workflow::{
    Admission, Passwords, Signed, Terms, Vouched, admit, keep_pending, take_pending,
};
use secrecy::SecretString;
use std::sync::Barrier;

on_both!(
    an_address_holds_for_a_while_and_one_account,
    of_two_that_answer_at_once_one_is_first,
    one_code_opens_once_by_either_way,
    a_sign_in_under_way_is_taken_once_and_in_time,
    passwords_that_are_for_a_few_open_nothing_else,
    links_slipped_into_the_tables_are_found,
    a_backup_knows_who_is_linked,
);

const ISSUER: &str = "https://id.example";
const DAY: i64 = 24 * 60 * MINUTE;

fn vouched(subject: &str, said: &str) -> Vouched {
    Vouched {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        claim: "email".to_owned(),
        said: Some(said.to_owned()),
        second_factor: false,
    }
}

async fn enter(
    gate: &Gate,
    vouched: &Vouched,
    code: Option<&str>,
) -> Result<Option<Signed>, String> {
    let code = code.map(SecretString::from);
    let clock = gate.clock();
    let terms = Terms::of(60, 12);
    let answer = admit(&gate.store, vouched, code.as_ref(), None, &terms, &clock).await;
    match answer.map_err(|e| e.to_string())? {
        Admission::SignedIn(signed) => Ok(Some(signed)),
        Admission::CodeWanted => Ok(None),
        Admission::NewPasswordWanted => panic!("no password is asked for"),
    }
}

async fn refused(gate: &Gate, who: &Vouched, why: &str) {
    let said = enter(gate, who, None).await.expect_err("refused");
    assert!(said.contains(why), "\"{why}\" is not in: {said}");
}

fn link(firm: &Firm, name: &str, account: &str) {
    firm.file("settings", &format!("oidc_issuer = \"{ISSUER}\"\n"));
    firm.call("root", &["user", "link", name, "--account", account])
        .well();
}

fn auditor(firm: &mut Firm) {
    firm.add("odd", &["--role", "auditor", "--all-clients"]);
}

fn an_address_holds_for_a_while_and_one_account(mut firm: Firm) {
    firm.call(
        "root",
        &["user", "link", "root", "--account", "r@firm.example"],
    )
    .refused("name it first in the setting oidc_issuer");
    resident(&firm, "ann", "specialist");
    resident(&firm, "bob", "partner");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    firm.add("nyx", &["--role", "service", "--all-clients"]);
    firm.call(
        "root",
        &["user", "link", "nyx", "--account", "n@firm.example"],
    )
    .refused("is a service and does not sign in");
    run(async {
        let gate = Gate::of(&firm).await;
        let ann = vouched("1", "ann@firm.example");
        let elsewhere = Vouched {
            issuer: "https://other.example".to_owned(),
            ..ann.clone()
        };
        refused(&gate, &elsewhere, "nobody here is known").await;
        let by_name = Vouched {
            claim: "preferred_username".to_owned(),
            ..ann.clone()
        };
        refused(&gate, &by_name, "nobody here is known").await;
        gate.pass(30 * DAY + MINUTE);
        refused(&gate, &ann, "nobody here is known").await;
        gate.pass(-2 * MINUTE);
        let signed = enter(&gate, &ann, None).await.expect("let in").expect("in");
        assert_eq!(signed.person.name, "ann");
        assert!(gate.identify(&signed.session).await.is_ok());
        // Years later the account still counts, and the address says nothing.
        gate.pass(900 * DAY);
        refused(
            &gate,
            &vouched("2", "ann@firm.example"),
            "nobody here is known",
        )
        .await;
        refused(&gate, &elsewhere, "nobody here is known").await;
        let later = enter(&gate, &vouched("1", "married@firm.example"), None).await;
        assert!(later.expect("let in").is_some());
    });
    // Another account ends what went on by the first; the same one again is refused.
    let linked = |subject: &str| firm.call("root", &["user", "link", "ann", "--subject", subject]);
    linked("1").refused("that is how it is with ann already");
    linked("3").well();
    run(async {
        let gate = Gate::of(&firm).await;
        refused(
            &gate,
            &vouched("1", "ann@firm.example"),
            "nobody here is known",
        )
        .await;
        let three = vouched("3", "ann@firm.example");
        let signed = enter(&gate, &three, None)
            .await
            .expect("let in")
            .expect("in");
        firm.call("root", &["user", "unlink", "ann"]).well();
        let ended = gate.identify(&signed.session).await.expect_err("ended");
        assert!(ended.contains("your session has ended"), "{ended}");
    });
    firm.sound();
}

fn of_two_that_answer_at_once_one_is_first(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    let start = Barrier::new(2);
    let in_at_once = |subject: &str| {
        run(async {
            let gate = Gate::of(&firm).await;
            start.wait();
            enter(&gate, &vouched(subject, "ann@firm.example"), None).await
        })
    };
    let (one, two) = std::thread::scope(|threads| {
        let one = threads.spawn(|| in_at_once("1").is_ok());
        let two = threads.spawn(|| in_at_once("2").is_ok());
        (one.join().expect("ended"), two.join().expect("ended"))
    });
    assert!(one != two, "one of both is linked, and the other is nobody");
    firm.sound();
}

fn one_code_opens_once_by_either_way(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    run(async {
        let gate = Gate::of(&firm).await;
        let given = Given {
            name: "ann",
            password: PASSWORD,
            ..Given::default()
        };
        let signed = gate.enter(given).await;
        let (secret, recovery) = gate.second_factor(&signed, PASSWORD).await;
        let ann = vouched("1", "ann@firm.example");
        assert!(enter(&gate, &ann, None).await.expect("asked").is_none());
        gate.pass(MINUTE);
        let shown = code(&secret, gate.now());
        assert!(
            enter(&gate, &ann, Some(&shown))
                .await
                .expect("let in")
                .is_some()
        );
        let again = enter(&gate, &ann, Some(&shown)).await.expect_err("used");
        assert!(again.contains("not right, or was used"), "{again}");
        let by_password = Given {
            code: Some(&shown),
            ..given
        };
        assert!(gate.knock(by_password).await.is_err());
        let signed = enter(&gate, &ann, Some(&recovery[0]))
            .await
            .expect("let in");
        assert_eq!(signed.expect("in").recovery_codes_left, Some(9));
        let trusted = Vouched {
            second_factor: true,
            ..ann.clone()
        };
        assert!(
            enter(&gate, &trusted, None)
                .await
                .expect("let in")
                .is_some()
        );
        // Wrong codes lock both ways.
        for _ in 0..5 {
            let _ = enter(&gate, &ann, Some("000000")).await;
        }
        refused(&gate, &trusted, "ann is locked for").await;
        let said = gate.said().await;
        assert!(said.contains("ann lock "), "{said}");
    });
    firm.sound();
}

fn a_sign_in_under_way_is_taken_once_and_in_time(firm: Firm) {
    run(async {
        let gate = Gate::of(&firm).await;
        let clock = gate.clock();
        let until = gate.now() + 10 * MINUTE;
        let keep = async |what: &[u8]| {
            let held = keep_pending(&gate.store, what, until, &clock).await;
            held.expect("kept")
        };
        let take = async |held: &SecretString| {
            let taken = take_pending(&gate.store, held, &clock).await;
            taken.expect("looked for")
        };
        let (one, two, late) = (keep(b"one").await, keep(b"two").await, keep(b"late").await);
        assert_eq!(take(&two).await, Some((b"two".to_vec(), until)));
        assert_eq!(take(&two).await, None);
        assert_eq!(take(&SecretString::from("cp-0000")).await, None);
        assert_eq!(take(&one).await, Some((b"one".to_vec(), until)));
        gate.pass(10 * MINUTE);
        assert_eq!(take(&late).await, None);
    });
    let held = run(async {
        let gate = Gate::of(&firm).await;
        let until = gate.now() + 10 * MINUTE;
        let held = keep_pending(&gate.store, b"both", until, &gate.clock()).await;
        held.expect("kept")
    });
    let start = Barrier::new(2);
    let take = || {
        run(async {
            let gate = Gate::of(&firm).await;
            start.wait();
            let taken = take_pending(&gate.store, &held, &gate.clock()).await;
            taken.expect("looked for").is_some()
        })
    };
    let (one, two) = std::thread::scope(|threads| {
        let (one, two) = (threads.spawn(take), threads.spawn(take));
        (one.join().expect("ended"), two.join().expect("ended"))
    });
    assert!(one != two, "one machine takes it");
}

fn passwords_that_are_for_a_few_open_nothing_else(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    resident(&firm, "ira", "administrator");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    let few = ["ira".to_owned()];
    run(async {
        let gate = Gate::of(&firm).await;
        let by = |name, password| Given {
            name,
            password,
            passwords: Passwords::Only(&few),
            ..Given::default()
        };
        let words = "is not right, or passwords are not for you here";
        for (name, password) in [("ann", PASSWORD), ("nobody", PASSWORD), ("ira", "wrong")] {
            let said = gate.knock(by(name, password)).await.expect_err("refused");
            assert!(said.contains(words), "{said}");
        }
        gate.enter(by("ira", PASSWORD)).await;
        for _ in 0..6 {
            let _ = gate.knock(by("ann", "wrong")).await;
        }
        let said = gate.knock(by("ann", PASSWORD)).await.expect_err("refused");
        assert!(said.contains("ann is locked for"), "{said}");
        // That lock is of the passwords; the way in is another.
        let ann = vouched("1", "ann@firm.example");
        assert!(enter(&gate, &ann, None).await.expect("let in").is_some());
        assert!(!gate.said().await.contains("ann lock "));
    });
    firm.sound();
}

fn links_slipped_into_the_tables_are_found(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    resident(&firm, "bob", "partner");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    run(async {
        let gate = Gate::of(&firm).await;
        let ann = vouched("1", "ann@firm.example");
        assert!(enter(&gate, &ann, None).await.expect("let in").is_some());
    });
    firm.sound();
    let found = |sql: &str, back: &str, what: &str| {
        assert!(query(&firm.url, sql) > 0, "nothing changed by {sql}");
        let said = firm.call("odd", &["audit", "verify"]);
        assert_eq!(said.status, 1, "{}{}", said.out, said.err);
        said.refused(what);
        query(&firm.url, back);
        firm.sound();
    };
    let sql = format!("INSERT INTO link (person, issuer, subject) VALUES ('bob', '{ISSUER}', '2')");
    let back = "DELETE FROM link WHERE person = 'bob'";
    found(&sql, back, "bob: link is");
    let back = "UPDATE link SET subject = '1' WHERE person = 'ann'";
    found(
        "UPDATE link SET subject = '2' WHERE person = 'ann'",
        back,
        "ann: link is",
    );
    let sql = format!("INSERT INTO link (person, issuer, subject) VALUES ('who', '{ISSUER}', '3')");
    let back = "DELETE FROM link WHERE person = 'who'";
    found(&sql, back, "who has a link and was never added");
}

fn a_backup_knows_who_is_linked(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    auditor(&mut firm);
    link(&firm, "ann", "ann@firm.example");
    run(async {
        let gate = Gate::of(&firm).await;
        let ann = vouched("1", "ann@firm.example");
        assert!(enter(&gate, &ann, None).await.expect("let in").is_some());
    });
    let file = firm.path("all.backup").display().to_string();
    firm.call("root", &["backup", &file]).well();
    let mut new = Firm::without_store(Backend::Sqlite).expect("SQLite");
    new.give_token("root", firm.token("root"));
    std::fs::create_dir_all(new.path("keys")).expect("made");
    std::fs::copy(
        firm.path("keys/documents.key"),
        new.path("keys/documents.key"),
    )
    .expect("copied");
    let said = new.call("root", &["restore", &file]).well();
    assert!(said.contains("Nothing was altered."), "{said}");
    run(async {
        let gate = Gate::of(&new).await;
        let ann = enter(&gate, &vouched("1", "other@firm.example"), None).await;
        assert!(ann.expect("let in").is_some());
    });
}
