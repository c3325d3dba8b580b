//! Writes an invented 1998B file for timing whole runs:
//! `cargo run --release --example write_bench_file -- LINES PER_INVOICE [shuffled] > FILE`.

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
    let file = data::ledes_1998b(data::Shape {
        lines: number(0, 1000),
        per_invoice: number(1, 200),
        shuffled: words.get(2).is_some_and(|w| w == "shuffled"),
    });
    std::io::stdout().write_all(file.as_bytes())
}
