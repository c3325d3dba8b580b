//! The sample month: files of `fixtures/month`, all invented.

use anyhow::Context;
use chrono::NaiveDate;
use std::fs;
use std::path::Path;

/// The settings file beside the store, for looking around.
pub(super) const SETTINGS: &str = "cleanbill.toml";

macro_rules! month {
    ($($path:literal,)+) => {
        const FILES: &[(&str, &str)] = &[
            $(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/month/", $path))),)+
        ];
    };
}

month! {
    "history/B-7098.txt",
    "history/H-3288.txt",
    "history/M5490.txt",
    "invoices/B-7120.txt",
    "invoices/B-7121.txt",
    "invoices/B-7122.txt",
    "invoices/B-7123.txt",
    "invoices/H-3301.txt",
    "invoices/H-3302.txt",
    "invoices/H-3303.txt",
    "invoices/H-3304.txt",
    "invoices/M5501.txt",
    "invoices/M5502.txt",
    "invoices/M5503-A.txt",
    "invoices/M5504.txt",
    "lists/approvals.csv",
    "lists/budgets.csv",
    "lists/clients.csv",
    "lists/matters.csv",
    "lists/mileage.csv",
    "lists/rates.csv",
    "lists/readiness.csv",
    "lists/receipts.csv",
    "lists/timekeepers.csv",
    "lists/windows.csv",
    "packs/brightwater-foods.toml",
    "packs/halcyon-mutual.toml",
    "packs/meridian-fund.toml",
}

/// The day of the check: what the lists say was true then.
pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 6).unwrap_or_default()
}

/// Names and texts of the month's invoices.
pub(super) fn invoices() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = |(path, text): &(&'static str, &'static str)| {
        path.strip_prefix("invoices/").map(|name| (name, *text))
    };
    FILES.iter().filter_map(own)
}

/// Writes the month and the settings into a folder.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    for (path, text) in FILES {
        put(&folder.join(path), text)?;
    }
    put(
        &folder.join(SETTINGS),
        "store = \"cleanbill.db\"\ndocuments = \"documents\"\nkey = \"documents.key\"\nfirm = \"lists\"\n\
         packs = \"packs\"\nhistory = [\"history\"]\nportals = \"portals.toml\"\n",
    )
}

pub(super) fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    let shown = || path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(shown)?;
    }
    fs::write(path, text).with_context(shown)
}
