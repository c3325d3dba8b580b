//! `cleanbill split`.

use super::Outcome;
use super::basis::Basis;
use super::convert::place::{self, Names};
use super::named::{complain, of_source, parsed};
use crate::check::{FileReport, Options, Wants, check_whole};
use crate::formats::parts::{self, Owner};
use crate::formats::write::Dialect;
use crate::formats::{Source, survey};
use crate::model::{Invoice, LedesFormat, Level};
use crate::revise::Target;
use crate::revise::file::{Output, convert_all, reads_back};
use crate::revise::split::records::Records;
use crate::revise::split::{NumberPattern, Shares, by_matter, by_shares, sums};
use anyhow::{Context, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Arguments of `split`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill split march.txt --out sent/\n          cleanbill split march.txt --by-matter --number \"{invoice_number}-{n}\" --out sent/\n          cleanbill split march.txt --shares NGM01=60,SMF02=40 --number \"{invoice_number}-{client_id}\" --out sent/\n          cleanbill split --merge sent/*.txt --out march.txt",
    after_help = "With --shares every line keeps its hours, rate and narrative. In 1998B and 1998BI what the others pay of a line is its \
                  adjustment; in XML and LEDES 2000 each matter says its share (matter_perc_shar_fees, _exp; with MISF in XML 2.x, \
                  which not every portal takes). Cents go by largest remainder, and the parts add up to the invoice. The payor's client \
                  id is written; what else is the payor's own (client's matter number, name, address, tax id) has to be put in by hand.\n\nEach file is checked; one that would be rejected where the original was \
                  not is not written. Exit status: 0 written; 1 an invoice could not be divided; 2 wrong usage, configuration or pack; \
                  3 the system failed."
)]
pub struct Args {
    /// Invoice files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,

    /// The folder to write to; with --merge the file
    #[arg(long, value_name = "PATH")]
    out: PathBuf,

    /// One invoice for each matter
    #[arg(long, requires = "number", conflicts_with_all = ["shares", "merge"])]
    by_matter: bool,

    /// Divide each invoice among payors, in per cent
    #[arg(
        long,
        value_name = "PAYOR=SHARE,...",
        requires = "number",
        conflicts_with = "merge"
    )]
    shares: Option<String>,

    /// Put the invoices of all files into one
    #[arg(long)]
    merge: bool,

    /// Numbers of the new invoices: {invoice_number}, {law_firm_matter_id}, {client_matter_id}, {client_id}, {n}
    #[arg(long, value_name = "PATTERN", conflicts_with = "merge")]
    number: Option<String>,

    /// How a portal wants its files: encoding, line ends, file names (TOML)
    #[arg(long, value_name = "FILE")]
    dialect: Option<PathBuf>,

    #[command(flatten)]
    basis: Basis,
}

/// A file to write.
struct Part {
    name: String,
    /// Client and number of its invoice.
    invoice: (String, String),
    bytes: Vec<u8>,
    says: String,
}

/// Splits or merges what is named.
pub fn run(args: &Args) -> anyhow::Result<Outcome> {
    let way = way(args)?;
    let options = args.basis.options()?;
    let dialect = match &args.dialect {
        Some(path) => Some(parsed(path, "the dialect", Dialect::parse)?),
        None => None,
    };
    let mut files = Vec::new();
    for path in &args.paths {
        match of_source(path, |source| source.whole()) {
            Some(bytes) => files.push((path.as_path(), bytes)),
            None => return Ok(Outcome::System),
        }
    }
    if args.merge {
        return merge(&files, &args.out, dialect, &options);
    }
    let mut outcome = Outcome::Clean;
    let mut parts = Vec::new();
    for (path, bytes) in &files {
        let work = Work {
            way: &way,
            dialect: dialect.as_ref(),
            path,
            bytes,
            options: &options,
        };
        match work.parts() {
            Ok(made) => parts.extend(made),
            Err(error) if error.chain().any(|e| e.is::<io::Error>()) => return Err(error),
            Err(error) => {
                complain(&format!("{}: {error:#}", path.display()));
                outcome = outcome.or(Outcome::Findings);
            }
        }
    }
    // All or nothing: half of a divided invoice is worse than none.
    if outcome != Outcome::Clean {
        complain("nothing was written");
        return Ok(outcome);
    }
    let mut taken = BTreeSet::new();
    let mut given = BTreeSet::new();
    for part in &parts {
        if !matches!(way, Way::Alone) && !given.insert(&part.invoice) {
            bail!(
                "two of the new invoices would have the number {}; give a pattern that tells them apart, with \
                 {{invoice_number}} in it",
                part.invoice.1
            );
        }
        if !taken.insert(part.name.to_lowercase()) {
            bail!(
                "two files would be called {}; give the dialect a file_name that tells them apart",
                part.name
            );
        }
        let to = args.out.join(&part.name);
        if to.exists() {
            bail!(
                "{}: there is a file already; put it away or give another folder",
                to.display()
            );
        }
    }
    fs::create_dir_all(&args.out)
        .with_context(|| format!("{}: the folder cannot be made", args.out.display()))?;
    for part in &parts {
        let to = args.out.join(&part.name);
        put(&to, &part.bytes)?;
        let _ = writeln!(io::stderr(), "{}: {}", to.display(), part.says);
    }
    Ok(outcome)
}

/// What becomes of an invoice.
enum Way {
    Alone,
    Matters(NumberPattern),
    Shares(Shares, NumberPattern),
}

fn way(args: &Args) -> anyhow::Result<Way> {
    let pattern = || NumberPattern::parse(args.number.as_deref().unwrap_or("")).context("--number");
    Ok(match &args.shares {
        Some(shares) => Way::Shares(Shares::parse(shares).context("--shares")?, pattern()?),
        None if args.by_matter => Way::Matters(pattern()?),
        None if args.number.is_some() => bail!(
            "--number is for the new invoices of --by-matter and --shares; invoices that are only put into files of their \
             own keep their numbers"
        ),
        None => Way::Alone,
    })
}

struct Work<'a> {
    way: &'a Way,
    dialect: Option<&'a Dialect>,
    path: &'a Path,
    bytes: &'a [u8],
    options: &'a Options,
}

impl Work<'_> {
    fn parts(&self) -> anyhow::Result<Vec<Part>> {
        let source = Source::of_bytes(self.bytes)?;
        let survey = survey(&source)?;
        let Some(format) = survey.format.filter(|_| survey.invoices.count() > 0) else {
            bail!("no invoices in it; cleanbill check says what it is");
        };
        let pattern = self.dialect.and_then(|d| d.file_name.clone());
        let pattern = pattern.unwrap_or_else(|| "{stem}-{invoice_number}.{extension}".to_owned());
        let names = Names::of(pattern, format);
        if let (Way::Alone, None) = (self.way, self.dialect)
            && let Some(records) = Records::of(self.bytes)?
        {
            return self.records(&records, &names);
        }
        let target = Target::new(format, self.dialect.cloned().unwrap_or_default(), None)?;
        let before = self.rejects(self.bytes)?;
        let mut all = Vec::new();
        for index in 0..survey.invoices.count() {
            let invoice = survey.invoices.read(index)?.invoice;
            let number = invoice.get(invoice.number).into_owned();
            let of = || format!("invoice {number}");
            let parts = match self.way {
                Way::Alone => vec![invoice.clone()],
                Way::Matters(numbers) => by_matter(&invoice, numbers).with_context(of)?,
                Way::Shares(shares, numbers) => {
                    by_shares(&invoice, shares, numbers).with_context(of)?
                }
            };
            for part in parts {
                let name = names.fill(self.path, Some(&part))?;
                let mut says = said(&part, &number)?;
                if let Some(own) = first_client_s(&invoice, &part) {
                    says.push_str(&own);
                }
                let invoice = identity(&part);
                let bytes = written(&target, part).with_context(of)?;
                let new: Vec<String> = self
                    .rejects(&bytes)?
                    .into_iter()
                    .filter(|(rule, _)| !before.contains_key(rule))
                    .map(|(rule, message)| format!("{rule}: {message}"))
                    .collect();
                if !new.is_empty() {
                    bail!(
                        "invoice {number}: a part of it ({says}) would be rejected: {}",
                        new.join("; ")
                    );
                }
                all.push(Part {
                    name,
                    invoice,
                    bytes,
                    says,
                });
            }
        }
        Ok(all)
    }

    /// Each invoice of a pipe file for itself, its records byte for byte.
    fn records(&self, records: &Records, names: &Names) -> anyhow::Result<Vec<Part>> {
        let mut all = Vec::new();
        for (index, invoice) in records.invoices().enumerate() {
            let bytes = records.alone(index);
            let alone = parts::fingerprint(invoice);
            let source = Source::of_bytes(&bytes)?;
            let read = survey(&source)?;
            let same = read.invoices.count() == 1
                && parts::fingerprint(&read.invoices.read(0)?.invoice) == alone;
            if !same {
                bail!(
                    "invoice {} does not read back as it was; nothing was written. This is a mistake of cleanbill: please \
                     report it with the file",
                    invoice.get(invoice.number)
                );
            }
            all.push(Part {
                name: names.fill(self.path, Some(invoice))?,
                invoice: identity(invoice),
                bytes,
                says: said(invoice, &invoice.get(invoice.number))?,
            });
        }
        Ok(all)
    }

    /// Rules that reject something, with one message each.
    fn rejects(&self, bytes: &[u8]) -> anyhow::Result<BTreeMap<String, String>> {
        let checked = check_whole("", bytes, self.options, Wants::default());
        Ok(rejects(&checked.map_err(|e| anyhow::anyhow!("{e}"))?.0))
    }
}

fn rejects(report: &FileReport) -> BTreeMap<String, String> {
    let invoices = report.invoices.iter().flat_map(|i| &i.findings);
    let all = report.findings.iter().chain(invoices);
    all.filter(|f| f.level == Level::Reject)
        .map(|f| (f.rule.clone(), f.message.clone()))
        .collect()
}

/// One invoice as a file, read again as a proof.
fn written(target: &Target, invoice: Invoice) -> anyhow::Result<Vec<u8>> {
    let mut output = Output::new(Vec::new(), target);
    output.invoice(invoice)?;
    let (bytes, account) = output.finish()?;
    if let Some(refused) = account.refused.first() {
        bail!("{}", refused.why);
    }
    for loss in account.losses.list() {
        complain(&format!("lost: {} ({})", loss.field, loss.why));
    }
    if !reads_back(&Source::of_bytes(&bytes)?, &account)? {
        bail!(
            "what was written does not read back as the same invoice; nothing was written. This is a mistake of cleanbill: \
             please report it with the file"
        );
    }
    Ok(bytes)
}

fn identity(invoice: &Invoice) -> (String, String) {
    let client = invoice.get(invoice.client.client_id);
    (
        client.into_owned(),
        invoice.get(invoice.number).into_owned(),
    )
}

/// "invoice AW-2041-1 (of AW-2041), 3 lines, 1128.60".
fn said(part: &Invoice, original: &str) -> anyhow::Result<String> {
    let number = part.get(part.number);
    let of = match number == original {
        true => String::new(),
        false => format!(" (of {original})"),
    };
    let lines = part.lines.len() + part.unread.len();
    let total = match part.total.get() {
        Some(total) => total,
        None => sums(part)?.total,
    };
    Ok(format!(
        "invoice {number}{of}, {lines} line{}, {total}",
        if lines == 1 { "" } else { "s" }
    ))
}

/// What a part for another payor still says of the invoice's client.
fn first_client_s(whole: &Invoice, part: &Invoice) -> Option<String> {
    if whole.get(whole.client.client_id) == part.get(part.client.client_id) {
        return None;
    }
    let mut own = BTreeSet::new();
    parts::visit(part, &mut |owner, names, content| {
        let of_client = matches!(
            owner,
            Owner::Client | Owner::ClientAddress | Owner::ClientContact | Owner::MatterContact
        );
        let other = names.pipe == "CLIENT_MATTER_ID";
        if (of_client && names.pipe != "CLIENT_ID" || other) && !content.is_blank() {
            own.insert(match owner {
                Owner::Client | Owner::Matter => parts::shown(part.format, owner, names),
                _ if part.format.is_xml() => owner.path().to_owned(),
                _ => parts::shown(part.format, owner, names),
            });
        }
    });
    let own: Vec<String> = own.into_iter().collect();
    (!own.is_empty()).then(|| format!("; still the first client's: {}", own.join(", ")))
}

/// Several files as one.
fn merge(
    files: &[(&Path, Vec<u8>)],
    out: &Path,
    dialect: Option<Dialect>,
    options: &Options,
) -> anyhow::Result<Outcome> {
    let mut format: Option<(LedesFormat, &Path)> = None;
    let mut numbers: BTreeMap<String, &Path> = BTreeMap::new();
    let mut before = BTreeMap::new();
    let mut sources = Vec::new();
    for (path, bytes) in files {
        let source = Source::of_bytes(bytes)?;
        let surveyed = survey(&source)?;
        let Some(own) = surveyed.format.filter(|_| surveyed.invoices.count() > 0) else {
            complain(&format!(
                "{}: no invoices in it; nothing was written",
                path.display()
            ));
            return Ok(Outcome::Findings);
        };
        let (first, of) = *format.get_or_insert((own, path));
        if first != own {
            bail!(
                "{} is {own} and {} is {first}: a file has one format; convert one of them first",
                path.display(),
                of.display()
            );
        }
        for index in 0..surveyed.invoices.count() {
            let invoice = surveyed.invoices.read(index)?.invoice;
            let number = invoice.get(invoice.number).into_owned();
            if let Some(other) = numbers.insert(number.clone(), path) {
                complain(&format!(
                    "invoice {number} stands in {} and in {}; nothing was written",
                    other.display(),
                    path.display()
                ));
                return Ok(Outcome::Findings);
            }
        }
        let report = check_whole("", bytes, options, Wants::default());
        before.extend(rejects(&report.map_err(|e| anyhow::anyhow!("{e}"))?.0));
        sources.push(source);
    }
    let Some((format, _)) = format else {
        bail!("there is nothing to merge");
    };
    let bytes = match records(files, dialect.is_none())? {
        Some(bytes) => bytes,
        None => {
            let target = Target::new(format, dialect.unwrap_or_default(), None)?;
            let mut output = Output::new(Vec::new(), &target);
            for source in &sources {
                convert_all(source, &mut output)?;
            }
            let (bytes, account) = output.finish()?;
            if let Some(refused) = account.refused.first() {
                complain(&format!(
                    "invoice {}: {}; nothing was written",
                    refused.number, refused.why
                ));
                return Ok(Outcome::Findings);
            }
            if !reads_back(&Source::of_bytes(&bytes)?, &account)? {
                bail!(
                    "what was written does not read back as the same invoices; nothing was written"
                );
            }
            bytes
        }
    };
    let report = check_whole("", &bytes, options, Wants::default());
    let after = rejects(&report.map_err(|e| anyhow::anyhow!("{e}"))?.0);
    if let Some((rule, message)) = after.iter().find(|(rule, _)| !before.contains_key(*rule)) {
        complain(&format!(
            "put together they would be rejected: {rule}: {message}; nothing was written"
        ));
        return Ok(Outcome::Findings);
    }
    if out.exists() {
        bail!("{}: there is a file already", out.display());
    }
    put(out, &bytes)?;
    let _ = writeln!(
        io::stderr(),
        "{}: {} invoices of {} files",
        out.display(),
        numbers.len(),
        files.len()
    );
    Ok(Outcome::Clean)
}

/// The records of pipe files under one head; `None` where their heads differ or they are no pipe files.
fn records(files: &[(&Path, Vec<u8>)], wanted: bool) -> anyhow::Result<Option<Vec<u8>>> {
    if !wanted {
        return Ok(None);
    }
    let mut all = Vec::with_capacity(files.len());
    for (_, bytes) in files {
        match Records::of(bytes)? {
            Some(records) => all.push(records),
            None => return Ok(None),
        }
    }
    let same = all.windows(2).all(|pair| pair[0].head() == pair[1].head());
    Ok(same.then(|| Records::together(&all)))
}

fn put(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{}: nothing can be written there", path.display());
    let mut aside = place::aside(Some(path)).with_context(cannot)?;
    aside.write_all(bytes).with_context(cannot)?;
    aside.as_file_mut().sync_all().with_context(cannot)?;
    place::put(aside, path)
}
