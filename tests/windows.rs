//! Last moments of windows against another computation: Python's own calendar and time zones.

use chrono::{DateTime, NaiveDate, NaiveTime};
use cleanbill::model::lists::{DayUnit, StartsAt, Window};
use cleanbill::workflow::windows::{Deadline, Starts, deadline};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PYTHON: &str = "/usr/bin/python3";
const CASES: usize = 100_000;

/// Zones with and without daylight saving, on both halves of the globe, with jumps of half an hour, of two hours and of
/// a day, at midnight and at two, and with hours that are repeated before midnight.
const ZONES: [&str; 24] = [
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Atlantic/Azores",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Tehran",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Apia",
];

/// A small generator, so that every run has the same cases.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[test]
fn every_last_moment_is_the_one_python_finds() {
    if !Path::new(PYTHON).exists() {
        assert!(std::env::var_os("CI").is_none(), "{PYTHON} is needed");
        eprintln!("skipped: there is no {PYTHON}");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows.py");
    let mut python = Command::new(PYTHON)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    let mut input = String::new();
    let mut ours = Vec::with_capacity(CASES);
    for _ in 0..CASES {
        // 2005 to 2030: rules of zones that are settled.
        let start = 1_104_537_600 + draw.below(820_000_000) as i64;
        let zone = ZONES[draw.below(ZONES.len() as u64) as usize];
        let unit = if draw.below(2) == 0 {
            DayUnit::Calendar
        } else {
            DayUnit::Business
        };
        let length = draw.below(if unit == DayUnit::Calendar { 120 } else { 60 }) as u32;
        let cut_off = match draw.below(3) {
            0 => None,
            // Hours at which clocks are changed, more often than others.
            1 => NaiveTime::from_hms_opt(draw.below(4) as u32, draw.below(60) as u32, 0),
            _ => NaiveTime::from_hms_opt(draw.below(24) as u32, draw.below(60) as u32, 0),
        };
        let moved = draw.below(2) == 1;
        let begin = DateTime::from_timestamp(start, 0).expect("an instant");
        let holidays: BTreeSet<NaiveDate> = (0..draw.below(12))
            .map(|_| begin.date_naive() + chrono::Days::new(draw.below(130)))
            .collect();
        let window = Window {
            length,
            unit,
            starts_at: StartsAt::Notified,
            time_zone: zone.parse().ok(),
            cut_off,
            moved,
            ..Window::default()
        };
        let starts = Starts {
            notified: Some(begin),
            ..Starts::default()
        };
        let Deadline::Until(last) = deadline(Some(&window), &starts, 0, &holidays) else {
            panic!("no last moment: {window:?}");
        };
        let days: Vec<String> = holidays.iter().map(ToString::to_string).collect();
        let case = format!(
            "{start} {zone} {} {length} {} {} {}",
            if unit == DayUnit::Calendar {
                "calendar"
            } else {
                "business"
            },
            cut_off.map_or_else(|| "-".to_owned(), |t| t.format("%H:%M").to_string()),
            if moved { "moved" } else { "stays" },
            if days.is_empty() {
                "-".to_owned()
            } else {
                days.join(",")
            },
        );
        input += &case;
        input.push('\n');
        ours.push((case, last.at.timestamp()));
    }
    let mut stdin = python.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = python.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("written");
    assert!(output.status.success());
    let theirs = String::from_utf8(output.stdout).expect("text");
    let theirs: Vec<i64> = theirs
        .lines()
        .map(|l| l.parse().expect("a number"))
        .collect();
    assert_eq!(theirs.len(), CASES);
    let differ: Vec<String> = ours
        .iter()
        .zip(&theirs)
        .filter(|((_, own), other)| own != *other)
        .map(|((case, own), other)| format!("{case}: {own}, Python {other}"))
        .collect();
    let first: Vec<&String> = differ.iter().take(10).collect();
    assert!(
        differ.is_empty(),
        "{} of {CASES} differ: {first:#?}",
        differ.len()
    );
}
