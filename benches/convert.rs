//! Whole conversions of invented files as a stream: read, bring into shape, write; on one core.

mod data;

use cleanbill::formats::Source;
use cleanbill::formats::write::Dialect;
use cleanbill::model::LedesFormat;
use cleanbill::revise::Target;
use cleanbill::revise::file::{Output, convert_all};
use data::Shape;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn main() {
    divan::main();
}

fn run(bencher: Bencher<'_, '_>, text: &str, lines: usize, format: LedesFormat) {
    let source = Source::of_bytes(text.as_bytes()).expect("a temporary file");
    let currency = Some("USD".to_owned());
    let target = Target::new(format, Dialect::default(), currency).expect("a target");
    bencher
        .counter(ItemsCount::new(lines))
        .counter(BytesCount::new(text.len()))
        .bench(|| {
            let mut output = Output::new(std::io::sink(), &target);
            convert_all(&source, &mut output).expect("readable");
            let (_, account) = output.finish().expect("nowhere");
            assert_eq!(account.written.1, lines as u64);
            account
        });
}

const fn shape(lines: usize) -> Shape {
    Shape {
        lines,
        per_invoice: 200,
        shuffled: false,
    }
}

/// 1998B to XML 2.1: linear from 10,000 to 1,000,000 lines.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 5)]
fn pipe_to_xml(bencher: Bencher<'_, '_>, lines: usize) {
    run(
        bencher,
        &data::ledes_1998b(shape(lines)),
        lines,
        LedesFormat::Xml21,
    );
}

/// 1998B to itself, one way of writing for each value.
#[divan::bench(args = [100_000], sample_count = 5)]
fn pipe_to_pipe(bencher: Bencher<'_, '_>, lines: usize) {
    run(
        bencher,
        &data::ledes_1998b(shape(lines)),
        lines,
        LedesFormat::L1998B,
    );
}

/// XML 2.1 to XML 2.2.
#[divan::bench(args = [100_000], sample_count = 5)]
fn xml_to_xml(bencher: Bencher<'_, '_>, lines: usize) {
    run(
        bencher,
        &data::ledes_xml_2_1(shape(lines)),
        lines,
        LedesFormat::Xml22,
    );
}
