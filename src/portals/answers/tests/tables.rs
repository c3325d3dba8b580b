use super::*;
use rust_decimal::dec;

#[test]
fn our_own_tables_are_read_without_being_told_what_they_are() {
    let rows = format!(
        "{ADJUSTMENTS}Collaborati,A-1,2,2026-03-02,AQ,450.00,400.00,USD,BLOCK,several tasks,J. Doe,2026-04-01T00:00:00Z\nCollaborati,A-1,3,,,450.00,450.00,USD,,,,\nCollaborati,A-2,1,,,100.00,150.00,USD,,,,\n"
    );
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    let first = &heard.told[0];
    assert_eq!(
        (first.source.as_str(), first.portal.as_deref()),
        ("adjustments", Some("Collaborati"))
    );
    assert_eq!(
        (
            first.report.outcome,
            first.report.reductions.len(),
            first.doubts.len()
        ),
        (Outcome::Reduced, 1, 0)
    );
    let cut = &first.report.reductions[0];
    assert_eq!(
        (cut.amount, cut.reason.as_str()),
        (dec!(50.00), "BLOCK: several tasks")
    );
    assert!(
        heard.told[1].doubts[0].contains("150.00 is approved of 100.00"),
        "{heard:?}"
    );
    let acks = "portal,received_at,file_name,file_sha256,invoice_number,client_matter_id,result,error_code,error_text,line_number\n\
                p,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,006,sum,3\np,2026-04-01T00:00:00Z,A-1.txt,,A-1,M,rejected,005,code,4\n\
                p,2026-04-02T00:00:00Z,A-1.txt,,A-1,M,accepted,,,\np,2026-04-02T00:00:00Z,B.txt,,B-1,M,eaten,,,\n";
    let heard = hear(None, "ack.csv", acks.as_bytes());
    assert_eq!(
        outcomes(&heard),
        [
            ("A-1", Outcome::Rejected),
            ("A-1", Outcome::Acknowledged),
            ("B-1", Outcome::Unknown)
        ]
    );
    assert_eq!(heard.told[0].report.errors.len(), 2);
    assert!(
        heard.told[2].doubts[0].contains("\"eaten\" is not known"),
        "{heard:?}"
    );
}

#[test]
fn an_adjustment_larger_than_the_line_is_a_doubt() {
    let rows = format!("{ADJUSTMENTS}p,A-1,2,,,100.00,-20.00,USD,,,,\n");
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    assert!(
        heard.told[0].doubts[0].contains("line 2: 120.00 was cut of 100.00"),
        "{heard:?}"
    );
}

#[test]
fn a_cell_that_is_no_amount_is_named_with_its_place() {
    let rows = format!("{ADJUSTMENTS}p,A-1,2,,,100 dollars,50.00,USD,,x,,soon\n");
    let heard = hear(None, "adjustments.csv", rows.as_bytes());
    assert_eq!(
        heard.mistakes[0].to_string(),
        "adjustments.csv, row 2, column original_amount: \"100 dollars\" stands there; expected is an amount, as in 1250.00; \
         correct it, or say with decimal_mark of a mapping how numbers are written"
    );
    assert!(!heard.told[0].doubts.is_empty());
    let heard = hear(None, "x.csv", b"a,b\n1,2\n");
    assert!(heard.mistakes[0].remedy.contains("--mapping"), "{heard:?}");
}

#[test]
fn an_export_of_a_portal_is_read_when_its_portal_is_named() {
    let rows = "Invoice Report\nInvoice Number,Invoice Status,Invoice Total,Approved Total,Line Number,Billed Amount,Approved Amount,Adjustment Reason,Comments\n\
                A-1,Approved,\"1,000.00\",950.00,1,600.00,550.00,Vague,see line 1\nA-1,Approved,\"1,000.00\",950.00,2,400.00,400.00,,\n\
                A-2,Waiting for Client to Accept,300.00,,,,,,\nA-3,Approved,500.00,450.00,1,500.00,480.00,x,\n";
    let heard = hear(Some("Collaborati"), "export.csv", rows.as_bytes());
    assert_eq!(
        outcomes(&heard),
        [
            ("A-1", Outcome::Reduced),
            ("A-2", Outcome::Received),
            ("A-3", Outcome::Reduced)
        ]
    );
    assert_eq!(heard.told[0].doubts, Vec::<String>::new());
    assert!(
        heard.told[2].doubts[0].contains("the cuts come to 20.00"),
        "{heard:?}"
    );
    assert!(hear(None, "export.csv", rows.as_bytes()).told.is_empty());
}

#[test]
fn a_mapping_of_the_firm_reads_what_nobody_knows() {
    let mapping = AnswerMapping::parse(
        "portal = \"House portal\"\ndecimal_mark = \"comma\"\ndate_order = \"day-first\"\n[columns]\ninvoice_number = \"Rechnung\"\n\
         status = \"Stand\"\ninvoice_total = \"Summe\"\napproved_total = \"Anerkannt\"\nreceived_at = \"am\"\n[words]\n\"gekürzt\" = \"reduced\"\n",
    );
    let listener = Listener {
        mapping: Some(mapping.expect("a mapping")),
        ..Listener::default()
    };
    let heard = listener.read(
        "x.csv",
        "Rechnung;Stand;Summe;Anerkannt;am\nA-1;Gekürzt;1.000,00;900,50;1.4.2026\n".as_bytes(),
    );
    let report = &heard.told[0].report;
    assert_eq!(
        (report.outcome, report.approved_total),
        (Outcome::Reduced, Some(dec!(900.50)))
    );
    assert_eq!(
        report.at.expect("a day").to_rfc3339(),
        "2026-04-01T00:00:00+00:00"
    );
}
