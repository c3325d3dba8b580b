//! Passwords, second factors, lock-out and sessions, on a clock of the test's own.

use crate::firm::Firm;
use crate::gate::{Gate, Given, MINUTE, PASSWORD, code, newcomer, resident, run};
use crate::{on_both, query};
use cleanbill::workflow::{Admission, Signed, sign_out};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Barrier;

on_both!(
    wrong_tries_lock_and_time_opens,
    unknown_names_get_the_same_words,
    a_given_password_has_to_be_replaced,
    codes_and_recovery_codes_are_good_once,
    of_two_machines_with_one_code_one_wins,
    a_session_offered_is_never_the_one_begun,
    sessions_end_unused_and_after_their_hours,
    hashes_rise_with_the_parameters,
    nothing_secret_stands_in_events,
    what_was_slipped_into_the_tables_is_found,
);

fn ann<'a>(password: &'a str) -> Given<'a> {
    Given {
        name: "ann",
        password,
        ..Given::default()
    }
}

async fn refused(gate: &Gate, given: Given<'_>, why: &str) {
    match gate.knock(given).await {
        Err(said) => assert!(said.contains(why), "\"{why}\" is not in: {said}"),
        Ok(answer) => panic!("not refused: {answer:?}"),
    }
}

fn wrong_tries_lock_and_time_opens(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    run(async {
        let gate = Gate::of(&firm).await;
        for _ in 0..5 {
            refused(&gate, ann("wrong"), "the name or the password is not right").await;
        }
        // On every machine, and for the right password too.
        let other = gate.another(&firm).await;
        refused(&other, ann(PASSWORD), "ann is locked for 1 minute").await;
        gate.pass(MINUTE - 1);
        refused(&gate, ann(PASSWORD), "ann is locked for 1 minute").await;
        // A clock that jumps back opens nothing.
        gate.pass(-5 * MINUTE);
        refused(&gate, ann(PASSWORD), "ann is locked for 6 minutes").await;
        gate.pass(5 * MINUTE + 1);
        for locked in ["2 minutes", "4 minutes", "8 minutes"] {
            refused(&gate, ann("wrong"), "is not right").await;
            let why = format!("ann is locked for {locked}");
            refused(&gate, ann(PASSWORD), &why).await;
            gate.pass(8 * MINUTE);
        }
        gate.enter(ann(PASSWORD)).await;
        // A right one ends the count.
        for _ in 0..4 {
            refused(&gate, ann("wrong"), "is not right").await;
        }
        gate.enter(ann(PASSWORD)).await;
        for _ in 0..5 {
            refused(&gate, ann("wrong"), "is not right").await;
        }
        refused(&gate, ann(PASSWORD), "is locked").await;
        let said = gate.said().await;
        assert_eq!(said.matches("ann lock {").count(), 5, "{said}");
    });
    firm.call("ann", &["user", "unlock", "ann"])
        .refused("that is for: administrator");
    let listed = firm.call("root", &["user", "list"]).well();
    assert!(listed.contains("LOCKED until"), "{listed}");
    firm.call("root", &["user", "unlock", "ann"]).well();
    run(async { Gate::of(&firm).await.enter(ann(PASSWORD)).await });
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn unknown_names_get_the_same_words(firm: Firm) {
    resident(&firm, "ann", "specialist");
    resident(&firm, "ben", "specialist");
    firm.call("root", &["user", "deactivate", "ben"]).well();
    run(async {
        let gate = Gate::of(&firm).await;
        let mut heard: Vec<Vec<String>> = Vec::new();
        for name in ["ann", "eve", "ben", "root"] {
            let mut words = Vec::new();
            for _ in 0..7 {
                let given = Given {
                    name,
                    password: "wrong",
                    ..Given::default()
                };
                let said = gate.knock(given).await.expect_err("refused");
                words.push(said.replace(name, "NAME"));
            }
            heard.push(words);
        }
        assert!(heard[0][6].contains("is locked"), "{heard:?}");
        for other in &heard[1..] {
            assert_eq!(*other, heard[0]);
        }
    });
}

fn a_given_password_has_to_be_replaced(firm: Firm) {
    let given = newcomer(&firm, "ann", "specialist");
    firm.call(
        "root",
        &["user", "add", "bot", "--role", "service", "--password"],
    )
    .refused("does not sign in");
    run(async {
        let gate = Gate::of(&firm).await;
        let answer = gate.knock(ann(&given)).await;
        assert!(
            matches!(answer, Ok(Admission::NewPasswordWanted)),
            "{answer:?}"
        );
        let with = |new| Given {
            new_password: Some(new),
            ..ann(&given)
        };
        refused(&gate, with("short"), "has 5 characters").await;
        gate.pass(7 * 24 * 60 * MINUTE);
        refused(&gate, with(PASSWORD), "has ended").await;
        gate.pass(-MINUTE);
        gate.enter(with(PASSWORD)).await;
        refused(&gate, ann(&given), "is not right").await;
        gate.enter(ann(PASSWORD)).await;
    });
    // An administrator cannot choose somebody's password, only give another for one sign-in.
    let out = firm.call("root", &["user", "password", "ann"]).well();
    let again = out.lines().last().expect("a password").to_owned();
    run(async {
        let gate = Gate::of(&firm).await;
        refused(&gate, ann(PASSWORD), "is not right").await;
        let answer = gate.knock(ann(&again)).await;
        assert!(
            matches!(answer, Ok(Admission::NewPasswordWanted)),
            "{answer:?}"
        );
    });
    firm.call("root", &["user", "password", "root", "--password-stdin"])
        .refused("standard input has no line");
}

/// Ann, signed in and with a second factor.
async fn two_factors(gate: &Gate) -> (Signed, String, Vec<String>) {
    let signed = gate.enter(ann(PASSWORD)).await;
    let (secret, codes) = gate.second_factor(&signed, PASSWORD).await;
    (signed, secret, codes)
}

fn codes_and_recovery_codes_are_good_once(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    run(async {
        let gate = Gate::of(&firm).await;
        let (_, secret, codes) = two_factors(&gate).await;
        assert_eq!(codes.len(), 10);
        let with = |code| Given {
            code: Some(code),
            ..ann(PASSWORD)
        };
        let answer = gate.knock(ann(PASSWORD)).await;
        assert!(matches!(answer, Ok(Admission::CodeWanted)), "{answer:?}");
        // The code that proved the second factor is used.
        let first = code(&secret, gate.now());
        refused(&gate, with(&first), "was used").await;
        gate.pass(MINUTE);
        let second = code(&secret, gate.now());
        gate.enter(with(&second)).await;
        refused(&gate, with(&second), "was used").await;
        // A code of the step before one that was used is no longer taken.
        let before = code(&secret, gate.now() - MINUTE / 2);
        refused(&gate, with(&before), "was used").await;
        let signed = gate.enter(with(&codes[3])).await;
        assert_eq!(signed.recovery_codes_left, Some(9));
        refused(&gate, with(&codes[3]), "was used").await;
        let sloppy = codes[4].to_uppercase().replace('-', " ");
        let signed = gate.enter(with(&sloppy)).await;
        assert_eq!(signed.recovery_codes_left, Some(8));
        // Guessing codes locks as guessing passwords does, and asking for the code is no way round.
        for _ in 0..5 {
            refused(&gate, with("123"), "is not right").await;
            let _ = gate.knock(ann(PASSWORD)).await;
        }
        gate.pass(MINUTE / 2);
        let right = code(&secret, gate.now());
        refused(&gate, with(&right), "is locked").await;
    });
    firm.call("ann", &["user", "totp", "--remove", "ann"])
        .refused("--code");
    firm.call("root", &["user", "totp", "--remove", "ann"])
        .well();
    firm.call("root", &["user", "unlock", "ann"]).well();
    run(async { Gate::of(&firm).await.enter(ann(PASSWORD)).await });
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

/// Two machines at once with the same code: how many were let in.
fn race(firm: &Firm, gate: &Gate, code: &str) -> usize {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let machines: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    run(async {
                        let machine = gate.another(firm).await;
                        barrier.wait();
                        let given = Given {
                            code: Some(code),
                            ..ann(PASSWORD)
                        };
                        match machine.knock(given).await {
                            Ok(Admission::SignedIn(_)) => 1,
                            Err(said) if said.contains("was used") => 0,
                            other => panic!("{other:?}"),
                        }
                    })
                })
            })
            .collect();
        machines
            .into_iter()
            .map(|m| m.join().expect("it ends"))
            .sum()
    })
}

fn of_two_machines_with_one_code_one_wins(firm: Firm) {
    resident(&firm, "ann", "specialist");
    let (gate, secret, codes) = run(async {
        let gate = Gate::of(&firm).await;
        let (_, secret, codes) = two_factors(&gate).await;
        (gate, secret, codes)
    });
    for recovery in &codes[..4] {
        assert_eq!(race(&firm, &gate, recovery), 1, "recovery code");
        gate.pass(MINUTE);
        assert_eq!(race(&firm, &gate, &code(&secret, gate.now())), 1, "code");
    }
}

fn a_session_offered_is_never_the_one_begun(firm: Firm) {
    resident(&firm, "ann", "specialist");
    run(async {
        let gate = Gate::of(&firm).await;
        let made_up = "cs-0000000000000000000000000000000000000000000000000000000000000000";
        let with = |offered| Given {
            offered: Some(offered),
            ..ann(PASSWORD)
        };
        let first = gate.enter(with(made_up)).await;
        assert_ne!(first.session.expose_secret(), made_up);
        let no = gate.identify(&SecretString::from(made_up)).await;
        assert!(no.expect_err("refused").contains("has ended"));
        // A real one ends with the next sign-in.
        let second = gate.enter(with(first.session.expose_secret())).await;
        assert_ne!(
            second.session.expose_secret(),
            first.session.expose_secret()
        );
        assert!(gate.identify(&first.session).await.is_err());
        assert_eq!(
            gate.identify(&second.session).await.expect("ann").name,
            "ann"
        );
        // Without one offered, both go on.
        let third = gate.enter(ann(PASSWORD)).await;
        assert!(gate.identify(&second.session).await.is_ok());
        let clock = gate.clock();
        let out = sign_out(&gate.store, &third.session, &clock).await;
        let ended = out.expect("signed out").expect("there was one");
        assert_eq!((ended.person.as_str(), ended.issuer), ("ann", None));
        assert!(gate.identify(&third.session).await.is_err());
        assert!(gate.identify(&second.session).await.is_ok());
    });
}

fn sessions_end_unused_and_after_their_hours(firm: Firm) {
    resident(&firm, "ann", "specialist");
    run(async {
        let gate = Gate::of(&firm).await;
        let unused = gate.enter(ann(PASSWORD)).await;
        gate.pass(60 * MINUTE - 1);
        assert!(gate.identify(&unused.session).await.is_ok());
        gate.pass(60 * MINUTE);
        assert!(gate.identify(&unused.session).await.is_err());
        let used = gate.enter(ann(PASSWORD)).await;
        for _ in 0..14 {
            gate.pass(50 * MINUTE);
            assert!(gate.identify(&used.session).await.is_ok());
        }
        gate.pass(20 * MINUTE - 1);
        assert!(gate.identify(&used.session).await.is_ok());
        gate.pass(1);
        let ended = gate
            .identify(&used.session)
            .await
            .expect_err("twelve hours");
        assert!(ended.contains("your session has ended"), "{ended}");
    });
}

fn hashes_rise_with_the_parameters(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    let weak = {
        use argon2::password_hash::PasswordHasher;
        let params = argon2::Params::new(8 * 1024, 1, 1, None).expect("parameters");
        let argon2 =
            argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let hash: argon2::password_hash::phc::PasswordHash = argon2
            .hash_password_with_salt(PASSWORD.as_bytes(), b"0123456789abcdef")
            .expect("hashed");
        hash.to_string()
    };
    let sql = format!("UPDATE credential SET password = '{weak}' WHERE person = 'ann'");
    query(&firm.url, &sql);
    run(async {
        let gate = Gate::of(&firm).await;
        let kept = async || {
            let mut tx = gate.store.db.read().await.expect("a transaction");
            tx.credential("ann").await.expect("a row").password
        };
        assert_eq!(kept().await, Some(weak));
        gate.enter(ann(PASSWORD)).await;
        let now = kept().await.expect("a hash");
        assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
        gate.enter(ann(PASSWORD)).await;
        assert_eq!(kept().await, Some(now));
    });
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn nothing_secret_stands_in_events(mut firm: Firm) {
    let given = newcomer(&firm, "ann", "specialist");
    run(async {
        let gate = Gate::of(&firm).await;
        let mut secrets = vec![given.clone(), PASSWORD.to_owned(), "$argon2id".to_owned()];
        let new = Given {
            new_password: Some(PASSWORD),
            ..ann(&given)
        };
        let signed = gate.enter(new).await;
        secrets.push(signed.session.expose_secret().to_owned());
        let (secret, codes) = gate.second_factor(&signed, PASSWORD).await;
        let recovery = Given {
            code: Some(&codes[0]),
            ..ann(PASSWORD)
        };
        let again = gate.enter(recovery).await;
        secrets.push(again.session.expose_secret().to_owned());
        let mut tx = gate.store.db.read().await.expect("a transaction");
        let row = tx.credential("ann").await.expect("a row");
        drop(tx);
        let sealed = row.totp.expect("sealed");
        assert!(!sealed.contains(&secret));
        secrets.extend([secret, sealed]);
        secrets.extend(codes);
        secrets.push("age-encryption.org".to_owned());
        let said = gate.said().await;
        for step in [
            "ann password",
            "ann second factor",
            "ann sign in",
            "root add",
        ] {
            assert!(said.contains(step), "{step} is not in {said}");
        }
        for secret in secrets {
            assert!(!said.contains(&secret), "{secret} stands in {said}");
        }
    });
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
}

fn what_was_slipped_into_the_tables_is_found(mut firm: Firm) {
    resident(&firm, "ann", "specialist");
    resident(&firm, "bob", "partner");
    firm.add("odd", &["--role", "auditor"]);
    firm.sound();
    let found = |sql: &str, back: &str, what: &str| {
        assert!(query(&firm.url, sql) > 0, "nothing changed by {sql}");
        let said = firm.call("odd", &["audit", "verify"]);
        assert_eq!(said.status, 1, "{}{}", said.out, said.err);
        said.refused(what);
        query(&firm.url, back);
        firm.sound();
    };
    let sql = "INSERT INTO token (id, person, label, hash, scope, until_ms) \
               VALUES ('x', 'bob', 'mine', 'y', 'write', 99999999999999)";
    found(sql, "DELETE FROM token WHERE id = 'x'", "bob: tokens is");
    let sql = "INSERT INTO session (hash, person, seen_ms, idle_ms, until_ms) \
               VALUES ('abc', 'bob', 0, 99999999999999, 99999999999999)";
    let back = "DELETE FROM session WHERE hash = 'abc'";
    found(sql, back, "session abc began without a sign-in");
    let other = "(SELECT password FROM credential WHERE person = 'ann')";
    let sql = format!("INSERT INTO credential (person, password) VALUES ('root', {other})");
    let back = "DELETE FROM credential WHERE person = 'root'";
    found(&sql, back, "root: password is");
}
