use super::*;
use crate::check::{Options, check_bytes};
use crate::rules::Shelf;
use rust_decimal::dec;
use std::collections::BTreeSet;

fn file(lines: &[(&str, &str, &str, &str, &str)]) -> Vec<u8> {
    let total: Decimal = lines
        .iter()
        .map(|l| l.3.parse::<Decimal>().expect("a total"))
        .sum();
    let mut out = String::from(
        "LEDES1998B[]\r\nINVOICE_DATE|INVOICE_NUMBER|CLIENT_ID|LAW_FIRM_MATTER_ID|INVOICE_TOTAL|BILLING_START_DATE|BILLING_END_DATE|INVOICE_DESCRIPTION|LINE_ITEM_NUMBER|EXP/FEE/INV_ADJ_TYPE|LINE_ITEM_NUMBER_OF_UNITS|LINE_ITEM_ADJUSTMENT_AMOUNT|LINE_ITEM_TOTAL|LINE_ITEM_DATE|LINE_ITEM_TASK_CODE|LINE_ITEM_EXPENSE_CODE|LINE_ITEM_ACTIVITY_CODE|TIMEKEEPER_ID|LINE_ITEM_DESCRIPTION|LAW_FIRM_ID|LINE_ITEM_UNIT_COST|TIMEKEEPER_NAME|TIMEKEEPER_CLASSIFICATION|CLIENT_MATTER_ID[]\r\n",
    );
    for (item, hours, adjustment, line_total, words) in lines {
        out += &format!(
            "20260930|N-1|C1|M-1|{total}|20260901|20260930|Services|{item}|F|{hours}|{adjustment}|{line_total}|20260915|L120||A104|AQ|{words}|94-1111111|333.33|Quillfeather, Ada|PT|CM-7[]\r\n"
        );
    }
    out.into_bytes()
}

fn text(revised: &Revised) -> String {
    String::from_utf8(revised.bytes.clone()).expect("text")
}

const TWO: &[(&str, &str, &str, &str, &str)] = &[
    ("1", "1.0", "-3.33", "330.00", "Review lease; call client"),
    ("2", "2.0", "0.00", "666.66", "Draft answer"),
];

#[test]
fn only_the_words_of_the_line_change() {
    let before = file(TWO);
    let change = LineChange::Narrative("Review lease of berth 4".to_owned());
    let revised = revise(&before, "N-1", "1", &change, "block-billing").expect("revised");
    let wanted = String::from_utf8(before.clone()).expect("text");
    let wanted = wanted.replace("Review lease; call client", "Review lease of berth 4");
    assert_eq!(text(&revised), wanted);
    assert_eq!(revised.changes.len(), 1);
    assert_eq!(revised.changes[0].before, "Review lease; call client");
    for (words, why) in [
        ("a|b", "sign |"),
        ("a\nb", "one line"),
        (" ", "needs words"),
        ("a[]", "end a record"),
    ] {
        let change = LineChange::Narrative(words.to_owned());
        let refused = revise(&before, "N-1", "1", &change, "").expect_err(words);
        assert!(refused.0.contains(why), "{refused}");
    }
}

#[test]
fn a_divided_line_keeps_hours_and_sum_to_the_cent() {
    let before = file(TWO);
    let parts = [
        (dec!(0.7), "Review lease"),
        (dec!(0.1), "Call client"),
        (dec!(0.2), "Write to clerk"),
    ];
    let parts: Vec<(Decimal, String)> = parts.map(|(h, t)| (h, t.to_owned())).to_vec();
    let revised = revise(
        &before,
        "N-1",
        "1",
        &LineChange::Parts(parts),
        "block-billing",
    )
    .expect("revised");
    let all = lines(&revised.bytes, "N-1").expect("lines");
    let items: Vec<&str> = all.iter().map(|l| l.item.as_str()).collect();
    assert_eq!(items, ["1", "3", "4", "2"]);
    let sum =
        |of: fn(&LineText) -> Option<Decimal>| -> Decimal { all[..3].iter().filter_map(of).sum() };
    assert_eq!(sum(|l| l.units), dec!(1.0));
    assert_eq!(sum(|l| l.total), dec!(330.00));
    for line in &all {
        let base = line.units.expect("hours") * line.unit_cost.expect("a rate");
        let off = base + line.adjustment.expect("an adjustment") - line.total.expect("a total");
        assert!(off.abs() <= dec!(0.005), "{line:?}");
    }
    assert!(text(&revised).ends_with("[]\r\n"));
    let wrong = LineChange::Parts(vec![(dec!(0.5), "a".into()), (dec!(0.6), "b".into())]);
    let refused = revise(&before, "N-1", "1", &wrong, "").expect_err("more hours");
    assert!(refused.0.contains("1.1 hours, line 1 has 1.0"), "{refused}");
}

#[test]
fn a_write_down_lowers_line_and_invoice() {
    let before = file(TWO);
    let revised = revise(
        &before,
        "N-1",
        "2",
        &LineChange::WriteDown(dec!(66.66)),
        "write-down",
    )
    .expect("revised");
    let line = line(&revised.bytes, "N-1", "2").expect("the line");
    assert_eq!(line.total, Some(dec!(600.00)));
    assert_eq!(line.adjustment, Some(dec!(-66.66)));
    assert_eq!(line.units, Some(dec!(2.0)));
    let text = text(&revised);
    assert_eq!(text.matches("|930.00|").count(), 2, "{text}");
    let fields: Vec<&str> = revised.changes.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "LINE_ITEM_ADJUSTMENT_AMOUNT",
            "LINE_ITEM_TOTAL",
            "INVOICE_TOTAL"
        ]
    );
    for (amount, why) in [
        (dec!(700), "cannot be written down"),
        (dec!(0), "above 0"),
        (dec!(0.001), "whole cents"),
    ] {
        let refused =
            revise(&before, "N-1", "2", &LineChange::WriteDown(amount), "").expect_err("refused");
        assert!(refused.0.contains(why), "{refused}");
    }
    assert!(revise(&before, "N-1", "9", &LineChange::WriteDown(dec!(1)), "").is_err());
}

#[test]
fn another_invoice_in_the_file_stays_out_of_it() {
    let mut both = file(TWO);
    let other = String::from_utf8(file(&TWO[..1]))
        .expect("text")
        .replace("|N-1|", "|N-2|");
    let record = other.lines().last().expect("a record");
    both.extend_from_slice(format!("{record}\r\n").as_bytes());
    let change = LineChange::Narrative("Review lease".to_owned());
    let revised = revise(&both, "N-1", "1", &change, "").expect("revised");
    assert!(!text(&revised).contains("N-2"));
    assert_eq!(lines(&revised.bytes, "N-1").expect("lines").len(), 2);
}

#[test]
fn words_are_put_into_xml_where_they_stand() {
    let xml = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/clean/xml-2.0--flat-charge.xml"
    ))
    .expect("the fixture");
    let found = read_first(&xml);
    let item = found.1[0].item.clone();
    let change = LineChange::Narrative("Review lease & call \"client\"".to_owned());
    let revised = revise(&xml, &found.0, &item, &change, "").expect("revised");
    let line = line(&revised.bytes, &found.0, &item).expect("the line");
    assert_eq!(line.narrative, "Review lease & call \"client\"");
}

/// Rules that speak of a file, without those on words and periods, which are not about its sums and form.
fn rules(name: &str, bytes: &[u8]) -> BTreeSet<String> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day");
    let options = Options::on(day, Shelf::shipped().expect("packs"));
    let report = check_bytes(name, bytes, &options).expect("checked");
    let own = report.invoices.iter().flat_map(|i| &i.findings);
    let all = report.findings.iter().chain(own);
    let bouncing = all.filter(|f| f.level == crate::model::Level::Reject);
    bouncing.map(|f| f.rule.clone()).collect()
}

#[test]
fn lines_of_xml_are_divided_and_written_down_so_that_every_total_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/clean");
    let (mut divided, mut lowered, mut refused) = (0, 0, Vec::new());
    for entry in std::fs::read_dir(folder).expect("fixtures") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if !name.starts_with("xml-2") {
            continue;
        }
        let before = std::fs::read(&path).expect("the fixture");
        let known = rules(&name, &before);
        let (number, all) = read_first(&before);
        for own in &all {
            let (Some(total), Some(units)) = (own.total, own.units) else {
                continue;
            };
            let off = dec!(7.55);
            match revise(
                &before,
                &number,
                &own.item,
                &LineChange::WriteDown(off),
                "r",
            ) {
                Ok(revised) => {
                    lowered += 1;
                    let new = line(&revised.bytes, &number, &own.item).expect("the line");
                    assert_eq!(new.total, Some(total - off), "{name} {}", own.item);
                    let adjustment = own.adjustment.unwrap_or_default();
                    assert_eq!(
                        new.adjustment,
                        Some(adjustment - off),
                        "{name} {}",
                        own.item
                    );
                    let news: Vec<_> = rules(&name, &revised.bytes)
                        .difference(&known)
                        .cloned()
                        .collect();
                    assert_eq!(news, [""; 0], "{name} {}: {}", own.item, text(&revised));
                    // What is not part of it keeps its bytes.
                    for other in all.iter().filter(|o| o.item != own.item) {
                        assert_eq!(
                            &line(&revised.bytes, &number, &other.item).expect("a line"),
                            other
                        );
                    }
                }
                Err(why) => refused.push(format!("{name} {}: {why}", own.item)),
            }
            let half = (units / dec!(2)).round_dp(1);
            let parts = vec![
                (half, "Review the lease & the plan".to_owned()),
                (units - half, "Call client".to_owned()),
            ];
            match revise(&before, &number, &own.item, &LineChange::Parts(parts), "r") {
                Ok(revised) => {
                    divided += 1;
                    let new = lines(&revised.bytes, &number).expect("lines");
                    assert_eq!(new.len(), all.len() + 1, "{name}");
                    let at = new
                        .iter()
                        .position(|l| l.item == own.item)
                        .expect("the first");
                    let sum = |f: fn(&LineText) -> Option<Decimal>| {
                        f(&new[at]).zip(f(&new[at + 1])).map(|(a, b)| a + b)
                    };
                    assert_eq!(sum(|l| l.total), Some(total), "{name}");
                    assert_eq!(sum(|l| l.units), Some(units), "{name}");
                    assert_eq!(new[at].narrative, "Review the lease & the plan");
                    assert_eq!(new[at + 1].narrative, "Call client");
                    let items: BTreeSet<_> = new.iter().map(|l| &l.item).collect();
                    assert_eq!(items.len(), new.len(), "{name}");
                    let news: Vec<_> = rules(&name, &revised.bytes)
                        .difference(&known)
                        .cloned()
                        .collect();
                    assert_eq!(news, [""; 0], "{name}: {}", text(&revised));
                }
                Err(why) => refused.push(format!("{name} {}: {why}", own.item)),
            }
        }
    }
    assert!(
        divided >= 8 && lowered >= 12,
        "{divided}, {lowered}, {refused:#?}"
    );
    for why in &refused {
        assert!(
            why.contains("billing system") || why.contains("hours") || why.contains("bills"),
            "{why}"
        );
    }
}

#[test]
fn a_line_of_ledes_2000_is_left_to_the_billing_system() {
    let xml = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/clean/2000--fees-and-expenses.xml"
    ))
    .expect("the fixture");
    let (number, all) = read_first(&xml);
    let change = LineChange::WriteDown(dec!(1));
    let refused = revise(&xml, &number, &all[0].item, &change, "").expect_err("LEDES 2000");
    assert!(refused.0.contains("billing system"), "{refused}");
}

fn read_first(bytes: &[u8]) -> (String, Vec<LineText>) {
    let source = Source::of_bytes(bytes).expect("spooled");
    let survey = survey(&source).expect("read");
    let invoice = survey.invoices.read(0).expect("an invoice").invoice;
    let number = invoice.get(invoice.number).into_owned();
    let all = lines(bytes, &number).expect("lines");
    (number, all)
}

#[test]
fn the_difference_is_an_invoice_of_its_own() {
    let before = file(TWO);
    let of = |lines: &[(&str, &str)]| {
        let lines: Vec<(String, Decimal)> = lines
            .iter()
            .map(|(item, amount)| ((*item).to_owned(), amount.parse().expect("an amount")))
            .collect();
        let wanted = Difference {
            number: "N-1 appeal",
            date: None,
            lines: &lines,
        };
        difference(&before, "N-1", &wanted)
    };
    // 2.0 x 333.33 = 666.66, of which 50.00 are asked for again.
    let made = String::from_utf8(of(&[("2", "50.00")]).expect("made")).expect("text");
    let wanted = String::from_utf8(before.clone()).expect("text");
    let (head, records) = wanted
        .split_once("CLIENT_MATTER_ID[]\r\n")
        .expect("a header");
    let record = records.lines().nth(1).expect("the second line");
    let record = record
        .replace("|N-1|", "|N-1 appeal|")
        .replace("|996.66|", "|50.00|")
        .replace("|0.00|666.66|", "|-616.66|50.00|");
    assert_eq!(made, format!("{head}CLIENT_MATTER_ID[]\r\n{record}\r\n"));
    // A line that has an adjustment already.
    let made = of(&[("1", "30.00"), ("2", "0.01")]).expect("made");
    let read = lines(&made, "N-1 appeal").expect("lines");
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].adjustment, Some(dec!(-303.33)));
    assert_eq!(read[0].narrative, "Review lease; call client");
    for (lines, why) in [
        (vec![("2", "666.67")], "cannot be asked for"),
        (vec![("2", "0.001")], "cannot be asked for"),
        (vec![("3", "1.00")], "has no line 3"),
        (vec![("1", "1.00"), ("1", "1.00")], "named twice"),
        (vec![], "no line is named"),
    ] {
        let refused = of(&lines).expect_err(why);
        assert!(refused.0.contains(why), "{refused}");
    }
}

#[test]
fn the_difference_of_a_taxed_line_has_its_part_of_the_tax() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/clean/1998bi-v2--vat.txt"
    );
    let before = std::fs::read(path).expect("a fixture");
    let source = Source::of_bytes(&before).expect("read");
    let survey = survey(&source).expect("read");
    let invoice = survey.invoices.read(0).expect("an invoice").invoice;
    let number = invoice.get(invoice.number).trim().to_owned();
    let taxed = |l: &&crate::model::Line| l.tax_total.get().is_some_and(|t| !t.is_zero());
    let line = invoice.lines.iter().find(taxed).expect("a taxed line");
    let item = invoice.get(line.item).trim().to_owned();
    let half = (line.total.get().expect("a total") / dec!(2)).round_dp(2);
    let wanted = Difference {
        number: "A-1",
        date: "2026-11-02".parse().ok(),
        lines: &[(item, half)],
    };
    let made = difference(&before, &number, &wanted).expect("made");
    let again = read(&made, "A-1").expect("an invoice");
    assert_eq!(again.total.get(), Some(half));
    let tax = again.tax_total.get().expect("a tax");
    assert_eq!(again.net_total.get(), Some(half - tax));
    let whole = line.tax_total.get().expect("a tax");
    assert!(
        (tax * dec!(2) - whole).abs() <= dec!(0.02),
        "{tax} of {whole}"
    );
    assert_eq!(again.date.get(), "2026-11-02".parse().ok());
}

/// Every clean fixture in LEDES XML 2.x: name and content.
fn xml_fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/clean");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("fixtures") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if name.starts_with("xml-2") {
            let bytes = std::fs::read(&path).expect("the fixture");
            all.push((name.into_owned(), bytes));
        }
    }
    all.sort();
    all
}

#[test]
fn the_difference_of_xml_is_an_invoice_of_its_own_whose_totals_hold() {
    let (mut made, mut refused) = (BTreeSet::new(), Vec::new());
    for (name, before) in xml_fixtures() {
        let known = rules(&name, &before);
        let (number, all) = read_first(&before);
        let half = |own: &LineText| {
            let total = own.total.filter(|t| *t > dec!(0.01))?;
            Some((own.item.clone(), (total / dec!(2)).round_dp(2)))
        };
        let each: Vec<(String, Decimal)> = all.iter().filter_map(half).collect();
        let alone = each.iter().map(|one| vec![one.clone()]);
        for lines_asked in alone.chain([each.clone()]).filter(|l| !l.is_empty()) {
            let wanted = Difference {
                number: "N-1 & appeal",
                date: "2026-05-31".parse().ok(),
                lines: &lines_asked,
            };
            let bytes = match difference(&before, &number, &wanted) {
                Ok(bytes) => bytes,
                Err(why) => {
                    refused.push(format!("{name}: {why}"));
                    continue;
                }
            };
            made.insert(name.clone());
            let again = read(&bytes, "N-1 & appeal").expect("an invoice");
            let net: Decimal = lines_asked.iter().map(|(_, amount)| *amount).sum();
            let tax = super::super::split::sums(&again).expect("sums").tax;
            assert_eq!(again.total.get(), Some(net + tax), "{name}");
            assert_eq!(again.date.get(), wanted.date, "{name}");
            let read: Vec<LineText> = lines(&bytes, "N-1 & appeal").expect("lines");
            let billed: Vec<_> = read.iter().map(|l| (l.item.clone(), l.total)).collect();
            let asked = lines_asked.iter().map(|(i, a)| (i.clone(), Some(*a)));
            assert_eq!(billed, asked.collect::<Vec<_>>(), "{name}");
            for own in &read {
                let first = all.iter().find(|l| l.item == own.item).expect("its first");
                assert_eq!(own.narrative, first.narrative, "{name}");
                assert_eq!((own.units, own.unit_cost), (first.units, first.unit_cost));
            }
            let source = Source::of_bytes(&bytes).expect("read");
            let survey = survey(&source).expect("read");
            assert_eq!(survey.invoices.count(), 1, "{name}: one invoice in a file");
            let news: Vec<_> = rules(&name, &bytes).difference(&known).cloned().collect();
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(news, [""; 0], "{name} {lines_asked:?}: {text}");
        }
    }
    assert!(made.len() >= 8, "{made:?} {refused:#?}");
    for why in &refused {
        assert!(
            why.contains("billing system") || why.contains("bills"),
            "{why}"
        );
    }
}

#[test]
fn an_invoice_of_xml_leaves_without_the_others_of_its_file() {
    for (name, bytes) in xml_fixtures() {
        let source = Source::of_bytes(&bytes).expect("read");
        let all = survey(&source).expect("read").invoices;
        for index in 0..all.count() {
            let own = all.read(index).expect("an invoice").invoice;
            let number = own.get(own.number).trim().to_owned();
            let made = only(&bytes, &number).expect(&name);
            let again = Source::of_bytes(&made).expect("read");
            let again = survey(&again).expect("read").invoices;
            assert_eq!(again.count(), 1, "{name}");
            assert_eq!(
                lines(&made, &number).expect("lines"),
                lines(&bytes, &number).expect("lines"),
                "{name}"
            );
            assert_eq!(made == bytes, all.count() == 1, "{name}");
        }
    }
}

#[test]
fn the_difference_of_xml_is_no_more_than_a_charge_bills() {
    let (name, before) = xml_fixtures()
        .into_iter()
        .find(|(name, _)| name.contains("no-tax"))
        .expect("a fixture");
    let (number, all) = read_first(&before);
    let of = |lines: &[(String, Decimal)]| {
        let wanted = Difference {
            number: "A",
            date: None,
            lines,
        };
        difference(&before, &number, &wanted).expect_err(&name).0
    };
    let (item, total) = (all[0].item.clone(), all[0].total.expect("a total"));
    let more = of(&[(item.clone(), total + dec!(0.01))]);
    assert!(more.contains("cannot be asked for"), "{more}");
    let none = of(&[(item.clone(), dec!(0))]);
    assert!(none.contains("cannot be asked for"), "{none}");
    let twice = of(&[(item.clone(), dec!(1)), (item, dec!(1))]);
    assert!(twice.contains("named twice"), "{twice}");
    assert!(of(&[]).contains("no line is named"));
    assert!(of(&[("999999".to_owned(), dec!(1))]).contains("has no line 999999"));
}
