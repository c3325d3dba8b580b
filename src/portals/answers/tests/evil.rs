use super::books::{HEAD, book, old_book, text_row};
use super::*;

/// Whatever bytes come, and however a good file is damaged: nothing panics.
#[test]
fn no_file_stops_the_program() {
    use proptest::prelude::*;
    let good = [
        ("a.eml", b"Authentication-Results: mx.firm.example; dkim=pass (a(b)) header.d=tymetrix.com\r\nFrom: tymetrixbilling@tymetrix.com\r\nSubject: TyMetrix Invoice Submission\r\n\r\npassed:\r\nA-1\r\nfailed:\r\nA-2 - x\r\n".to_vec()),
        ("a.csv", format!("{ADJUSTMENTS}p,A-1,2,2026-01-01,,1.00,0.50,USD,a,b,c,2026-01-01\n").into_bytes()),
        ("a.xlsx", book(&[text_row(1, &HEAD), text_row(2, &["A-1", "3", "450", "=A1", "x", "Approved"])].concat())),
        ("a.xls", old_book(&[(0, 0, "Invoice Number"), (1, 0, "A-1")])),
    ];
    let damage = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    let strategy = (
        0..good.len(),
        damage,
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    runner
        .run(&strategy, |(which, damage, cut, short)| {
            let (name, bytes) = &good[which];
            let mut bytes = bytes.clone();
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if short {
                bytes.truncate(cut.index(bytes.len()));
            }
            hear(Some("CounselLink"), name, &bytes);
            Ok(())
        })
        .expect("no panic");
}
