//! Writes an invented file for timing whole runs:
//! `cargo run --release --example write_bench_file -- LINES PER_INVOICE [shuffled|xml] > FILE`.

#[path = "../benches/data.rs"]
mod data;

use std::io::Write;

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| {
        words
            .get(at)
            .and_then(|w| w.parse().ok())
            .unwrap_or(default)
    };
    let kind = words.get(2).map_or("", String::as_str);
    let shape = data::Shape {
        lines: number(0, 1000),
        per_invoice: number(1, 200),
        shuffled: kind == "shuffled",
    };
    let file = if kind == "xml" {
        data::ledes_xml_2_1(shape)
    } else {
        data::ledes_1998b(shape)
    };
    std::io::stdout().write_all(file.as_bytes())
}
