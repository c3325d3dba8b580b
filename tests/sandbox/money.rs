//! What a practice portal knows of money: its ledger of it, the client's remittance, and a clock that begins where it is told.

use crate::{Firm, client, ledes_api, said, started};
use cleanbill::sandbox::{self, Settings};
use rust_decimal::dec;

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn money_that_came_and_was_taken_back_stands_in_ledger_and_remittance() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = ledes_api("step_seconds = 86400\noutcomes = { charged-back = 1 }");
    let mut settings = Settings::parse(&format!("starts_at = \"2026-01-05T08:00:00Z\"\n{text}"))
        .expect("settings");
    let remittance = folder.path().join("remittance.csv");
    settings.portals[0].remittance_csv = Some(remittance.clone());
    let running = sandbox::start(settings).await.expect("a sandbox");
    let firm = Firm::of(&running).await;
    firm.send("A-1").await;
    let rows = || std::fs::read_to_string(&remittance).expect("written");
    // Nothing is approved or paid before its time.
    running.advance(DAY);
    let one = &running.money("p")[0];
    assert_eq!(
        (one.billed, one.approved, one.paid),
        (dec!(1270.00), None, dec!(0))
    );
    assert_eq!(rows().lines().count(), 1);
    running.advance(4 * DAY);
    let one = &running.money("p")[0];
    assert_eq!(
        (one.approved, one.paid),
        (Some(dec!(1270.00)), dec!(1270.00))
    );
    assert_eq!(one.payments[0].at.date_naive().to_string(), "2026-01-10");
    let paid = rows();
    assert!(
        paid.lines()
            .nth(1)
            .expect("a row")
            .starts_with("A-1,7000001,1270.00,01/10/2026,ACH,"),
        "{paid}"
    );
    running.advance(DAY);
    let one = &running.money("p")[0];
    assert_eq!((one.paid, one.payments.len()), (dec!(0), 2));
    assert!(
        rows().contains("A-1,7000001,-1270.00,01/11/2026,REVERSAL,"),
        "{}",
        rows()
    );
    let asked = client()
        .get(format!("{}/sandbox/money", running.home()))
        .send()
        .await;
    let (status, told) = said(asked.expect("an answer")).await;
    assert_eq!(
        (status, &told["p"][0]["paid"]),
        (200, &serde_json::json!("0.00"))
    );
    assert!(running.money("none").is_empty());
}

#[tokio::test]
async fn what_was_refused_or_cut_is_owed_so_much_less() {
    let running = started(&ledes_api(
        "step_seconds = 60\nnumber = [{ starts = \"X\", outcome = \"rejected\" }, { starts = \"R\", outcome = \"reduced\" }]",
    ))
    .await;
    let firm = Firm::of(&running).await;
    firm.send("X-1").await;
    firm.send("R-1").await;
    running.advance(DAY);
    let all = running.money("p");
    assert_eq!(
        (all[0].state, all[0].approved, all[0].paid),
        ("rejected", None, dec!(0))
    );
    let cut = &all[1];
    assert!(cut.cut > dec!(0) && cut.state == "paid", "{cut:?}");
    assert_eq!(cut.approved, Some(cut.billed - cut.cut));
    assert_eq!(Some(cut.paid), cut.approved);
}
