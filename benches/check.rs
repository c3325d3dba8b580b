//! Whole checks of invented files: recognising, reading, every rule of the format and code groups, findings.
//! Billing guidelines are on, and one bench lays a client's pack over them.
//! `cargo bench` prints lines and bytes a second; the two-core figures use two threads.

mod data;

use cleanbill::check::{self, FileReport, Input, InvoiceReport, Options, Quiet, Run, Sink};
use cleanbill::model::Level;
use cleanbill::rules::Shelf;
use cleanbill::rules::pack::read_pack;
use data::Shape;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use std::io::{self, Write};

/// The program's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// Takes reports and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn file(&mut self, file: &FileReport) -> io::Result<()> {
        divan::black_box(file);
        Ok(())
    }

    fn invoice(&mut self, _file: &FileReport, invoice: InvoiceReport) -> io::Result<()> {
        let loud = invoice.findings.iter().find(|f| f.level > Level::Note);
        assert!(loud.is_none(), "{loud:?}");
        Ok(())
    }

    fn file_done(&mut self, _file: &FileReport) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, run: &Run) -> io::Result<()> {
        divan::black_box(run);
        Ok(())
    }
}

fn run(bencher: Bencher<'_, '_>, text: &str, lines: usize, threads: usize) {
    let shelf = Shelf::shipped().expect("packs");
    run_by(bencher, shelf, text, lines, threads);
}

fn run_by(bencher: Bencher<'_, '_>, shelf: Shelf, text: &str, lines: usize, threads: usize) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("room for it");
    let inputs = [Input::Path(file.path().to_owned())];
    let options = Options::on(
        chrono::NaiveDate::from_ymd_opt(2026, 10, 6).expect("a day"),
        shelf,
    );
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("threads");
    bencher
        .counter(ItemsCount::new(lines))
        .counter(BytesCount::new(text.len()))
        .bench(|| {
            pool.install(|| check::check(&inputs, options.clone(), &Quiet, &mut Nowhere))
                .expect("packs")
        });
}

const fn shape(lines: usize, shuffled: bool) -> Shape {
    Shape {
        lines,
        per_invoice: 200,
        shuffled,
    }
}

/// 1998B, one core: linear from 1,000 to 1,000,000 lines.
#[divan::bench(args = [1_000, 10_000, 100_000, 1_000_000], sample_count = 5)]
fn pipe_one_core(bencher: Bencher<'_, '_>, lines: usize) {
    run(bencher, &data::ledes_1998b(shape(lines, false)), lines, 1);
}

/// 1998B, one core, under a client's pack of so many rules and phrases beside those of the house: ten times the phrases
/// cost at most 1.2 times as much, ten times the rules at most four times. The pack without rules is the house alone.
#[divan::bench(args = [(0, 0), (120, 1_000), (120, 10_000), (1_200, 1_000)], sample_count = 5)]
fn pipe_client_pack(bencher: Bencher<'_, '_>, (rules, phrases): (usize, usize)) {
    let mut shelf = Shelf::shipped().expect("packs");
    let pack = data::client_pack(rules, phrases);
    shelf.add(read_pack("saltmarsh.toml", &pack).expect("a pack"));
    let lines = 100_000;
    run_by(
        bencher,
        shelf,
        &data::ledes_1998b(shape(lines, false)),
        lines,
        1,
    );
}

/// 1998B, two cores.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 5)]
fn pipe_two_cores(bencher: Bencher<'_, '_>, lines: usize) {
    run(bencher, &data::ledes_1998b(shape(lines, false)), lines, 2);
}

/// 1998B, the lines of all invoices in any order. The note that they stand apart is asked for, so nothing is
/// asserted of the findings here.
#[divan::bench(args = [1_000_000], sample_count = 3)]
fn pipe_shuffled_one_core(bencher: Bencher<'_, '_>, lines: usize) {
    let text = data::ledes_1998b(shape(lines, true));
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("room for it");
    let source = cleanbill::formats::Source::open(file.path()).expect("it was just written");
    bencher.counter(ItemsCount::new(lines)).bench(|| {
        let survey = cleanbill::formats::survey(&source).expect("readable");
        let read = |index| {
            survey
                .invoices
                .read(index)
                .expect("readable")
                .invoice
                .lines
                .len()
        };
        (0..survey.invoices.count()).map(read).sum::<usize>()
    });
}

/// XML 2.1, one core.
#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 5)]
fn xml_one_core(bencher: Bencher<'_, '_>, lines: usize) {
    run(bencher, &data::ledes_xml_2_1(shape(lines, false)), lines, 1);
}
