//! Reductions, payments and appeals as rows: what is written is what is read, whatever the database.

use crate::firm::{Firm, invoice, wait};
use crate::on_both;
use cleanbill::store::{
    AppealFilter, AppealRow, Filter, PaymentFilter, PaymentRow, ReductionFilter, ReductionRow,
    ReminderRow, RemittanceFilter, RemittanceRow,
};

on_both!(rows_come_back_as_they_were_written);

fn rows_come_back_as_they_were_written(mut firm: Firm) {
    firm.staff();
    let text = invoice("M-1", "C1", "300.00", "Draft motion to compel production");
    let path = firm.file("m.txt", &text);
    firm.intake("ann", &path).well();
    wait(async {
        let store = firm.store().await;
        let mut tx = store.db.write().await.expect("begun");
        let invoice = tx.invoices(&Filter::default()).await.expect("read")[0]
            .id
            .clone();
        let sealed = store.seal("No block billing.".as_bytes()).expect("sealed");
        let first = ReductionRow {
            id: "r1".to_owned(),
            invoice: invoice.clone(),
            version: 1,
            item: Some("1".to_owned()),
            billed: Some("300.00".parse().expect("an amount")),
            cut: "0.10".parse().expect("an amount"),
            currency: "USD".to_owned(),
            reason: sealed,
            supported: Some(false),
            status: "open".to_owned(),
            said_ms: Some(-1),
            heard_ms: 5,
            answer: "hash".to_owned(),
            ..ReductionRow::default()
        };
        let whole = ReductionRow {
            id: "r2".to_owned(),
            item: None,
            billed: None,
            supported: None,
            heard_ms: 6,
            ..first.clone()
        };
        for row in [&first, &whole] {
            tx.put_reduction(row).await.expect("written");
        }
        let of = |status: &str| ReductionFilter {
            status: Some(status.to_owned()),
            clients: Some(vec!["C1".to_owned()]),
            ..ReductionFilter::default()
        };
        assert_eq!(
            tx.reductions(&of("open")).await.expect("read"),
            [first.clone(), whole.clone()]
        );
        let decided = ReductionRow {
            accepted: "0.10".parse().expect("an amount"),
            status: "accepted".to_owned(),
            decided_by: Some("bob".to_owned()),
            ..first.clone()
        };
        tx.put_reduction(&decided).await.expect("written");
        assert_eq!(tx.reductions(&of("open")).await.expect("read"), [whole]);
        assert_eq!(
            tx.reductions(&of("accepted")).await.expect("read"),
            [decided]
        );
        let foreign = ReductionFilter {
            clients: Some(vec!["C2".to_owned()]),
            ..ReductionFilter::default()
        };
        assert!(tx.reductions(&foreign).await.expect("read").is_empty());
        let nobody = ReductionFilter {
            clients: Some(Vec::new()),
            ..foreign
        };
        assert!(tx.reductions(&nobody).await.expect("read").is_empty());

        let payment = PaymentRow {
            id: "p1".to_owned(),
            invoice: invoice.clone(),
            amount: "299.90".parse().expect("an amount"),
            currency: "USD".to_owned(),
            source: "answer".to_owned(),
            document: "hash".to_owned(),
            ..PaymentRow::default()
        };
        assert!(tx.add_payment(&payment).await.expect("written"));
        assert!(!tx.add_payment(&payment).await.expect("known"), "twice");
        assert_eq!(
            tx.payments(&PaymentFilter::default()).await.expect("read"),
            [payment]
        );

        let paid = RemittanceRow {
            id: "ab12".to_owned(),
            document: "hash".to_owned(),
            place: "r.csv, row 2".to_owned(),
            number: "M-1".to_owned(),
            amount: "-0.10".parse().expect("an amount"),
            day: "2026-04-01".to_owned(),
            status: "doubtful".to_owned(),
            invoice: Some(invoice.clone()),
            reason: store.seal("why".as_bytes()).expect("sealed"),
            received_ms: 7,
            ..RemittanceRow::default()
        };
        tx.put_remittance(&paid).await.expect("written");
        let waiting = RemittanceFilter {
            id: Some("AB".to_lowercase()),
            statuses: vec!["doubtful", "unmatched"],
            invoice: Some(invoice.clone()),
            limit: Some(1),
        };
        let read = tx.remittances(&waiting).await.expect("read");
        assert_eq!((read.first(), read.len()), (Some(&paid), 1));
        let taken = RemittanceRow {
            status: "taken".to_owned(),
            decided_by: Some("ann".to_owned()),
            ..paid.clone()
        };
        tx.put_remittance(&taken).await.expect("written");
        assert_eq!(tx.remittance("ab12").await.expect("read"), Some(taken));
        assert!(tx.remittances(&waiting).await.expect("read").is_empty());
        tx.forget_remittances(&invoice).await.expect("written");
        let left = tx
            .remittance("ab12")
            .await
            .expect("read")
            .expect("it stays");
        assert!(left.reason.is_empty() && left.amount == paid.amount);

        let drafted = ReminderRow {
            invoice: invoice.clone(),
            days: 60,
            amount: "0.10".parse().expect("an amount"),
            currency: "USD".to_owned(),
            drafted_by: "ann".to_owned(),
            drafted_ms: 9,
            letter: "hash".to_owned(),
        };
        assert!(tx.add_reminder(&drafted).await.expect("written"));
        assert!(!tx.add_reminder(&drafted).await.expect("known"), "twice");
        let all = tx.reminders(None, &Some(vec!["C1".to_owned()])).await;
        assert_eq!(all.expect("read"), [drafted]);
        let foreign = tx.reminders(None, &Some(vec!["C2".to_owned()])).await;
        assert!(foreign.expect("read").is_empty());

        let late = AppealRow {
            id: "a1".to_owned(),
            invoice: invoice.clone(),
            status: "proposed".to_owned(),
            claimed: "0.10".parse().expect("an amount"),
            currency: "USD".to_owned(),
            tries: 1,
            until_ms: None,
            computed: "not configured".to_owned(),
            proposed_by: "ann".to_owned(),
            ..AppealRow::default()
        };
        let soon = AppealRow {
            id: "a2".to_owned(),
            until_ms: Some(i64::MAX),
            filed_as: Some(invoice.clone()),
            status: "filed".to_owned(),
            ..late.clone()
        };
        for row in [&late, &soon] {
            tx.put_appeal(row).await.expect("written");
        }
        let all = tx.appeals(&AppealFilter::default()).await.expect("read");
        assert_eq!(all, [soon.clone(), late.clone()], "the earliest end first");
        let filed = AppealFilter {
            statuses: vec!["filed", "won"],
            filed_as: Some(invoice.clone()),
            ..AppealFilter::default()
        };
        assert_eq!(tx.appeals(&filed).await.expect("read"), [soon]);
        // The words go with the documents.
        tx.forget_words(&invoice).await.expect("written");
        let left = tx
            .reductions(&ReductionFilter::default())
            .await
            .expect("read");
        assert!(
            left.iter()
                .all(|r| r.reason.is_empty() && r.cut == first.cut)
        );
        tx.commit().await.expect("written");
    });
}
