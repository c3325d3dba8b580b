//! `cleanbill audit`.

use super::Outcome;
use super::tracker::{StoreArgs, instant};
use crate::store::SigningKey;
use crate::workflow::{Act, SignedHead, head, system_clock, verify};
use anyhow::{Context, bail};
use clap::Subcommand;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill audit head 2026-10-06.head\n          cleanbill audit verify --head 2026-10-06.head\n          cleanbill audit head --write heads/"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Compute every chain, state and document again, and name what is not as it was written
    Verify {
        /// A head that was saved earlier: what was changed before it is found, too
        #[arg(long, value_name = "FILE")]
        head: Option<PathBuf>,
        /// The public key of the heads, where audit.key is not on this machine
        #[arg(long, value_name = "KEY", requires = "head")]
        public_key: Option<String>,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Write everything about one invoice into a new folder: files, reports, reasons, events
    Export {
        /// The invoice: its number or id
        #[arg(value_name = "INVOICE")]
        invoice: String,
        /// The folder to make
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        #[command(flatten)]
        at: StoreArgs,
    },
    /// Write down, signed, where every chain ends now; keep the file away from this machine
    Head {
        /// The file to write
        #[arg(value_name = "FILE", required_unless_present = "write")]
        file: Option<PathBuf>,
        /// Write it into this folder, under the date and time
        #[arg(long, value_name = "DIR", conflicts_with = "file")]
        write: Option<PathBuf>,
        #[command(flatten)]
        at: StoreArgs,
    },
}

/// Faults that are printed at once.
const MOST_FAULTS: usize = 25;

/// Proves that nothing was altered, or writes down what is.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    match &args.what {
        What::Head { file, write, at } => match (file, write) {
            (Some(file), _) => write_head(file, at, out),
            (None, Some(folder)) => write_dated_head(folder, at, out),
            (None, None) => bail!("name the file to write, or a folder with --write"),
        },
        What::Export {
            invoice,
            folder,
            at,
        } => {
            let files = at.at_desk(async |desk| Ok(desk.export(invoice, folder).await?))?;
            writeln!(
                out,
                "{files} files written to {}, not encrypted.",
                folder.display()
            )?;
            Ok(Outcome::Clean)
        }
        What::Verify {
            head,
            public_key,
            at,
        } => {
            let saved = head
                .as_deref()
                .map(|f| read_head(f, public_key.as_deref(), at))
                .transpose()?;
            let done = at.at_desk(async |desk| {
                desk.may(Act::Audit)?;
                Ok(verify(desk.store, saved.as_ref()).await?)
            })?;
            writeln!(
                out,
                "{} chains, {} events, {} documents{}",
                done.chains,
                done.events,
                done.documents,
                saved.map_or_else(String::new, |s| format!(
                    ", against the head of {}",
                    instant(s.at_ms)
                ))
            )?;
            let mut purged: BTreeMap<String, usize> = BTreeMap::new();
            for (_, how) in &done.purged {
                *purged.entry(how.words()).or_default() += 1;
            }
            for (how, count) in purged {
                writeln!(out, "{count} documents {how}")?;
            }
            for broken in done.broken.iter().take(MOST_FAULTS) {
                writeln!(out, "BROKEN  {}: {}", broken.chain, broken.what)?;
            }
            if done.broken.is_empty() {
                writeln!(out, "Nothing was altered.")?;
                return Ok(Outcome::Clean);
            }
            if done.broken.len() > MOST_FAULTS {
                writeln!(out, "and {} more", done.broken.len() - MOST_FAULTS)?;
            }
            Ok(Outcome::Findings)
        }
    }
}

/// Writes a signed head under a name made of the time.
pub(super) fn write_dated_head(
    folder: &Path,
    at: &StoreArgs,
    out: &mut impl Write,
) -> anyhow::Result<Outcome> {
    fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    let now = chrono::Local::now().format("%Y-%m-%dT%H-%M-%S");
    write_head(&folder.join(format!("{now}.head")), at, out)
}

fn write_head(file: &Path, at: &StoreArgs, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let signed = at.at_desk(async |desk| {
        desk.may(Act::Audit)?;
        let key = SigningKey::load_or_make(&at.signing_key()?)?;
        Ok(head(desk.store, &key, system_clock()).await?)
    })?;
    let text = serde_json::to_string_pretty(&signed)? + "\n";
    let written = fs::File::create_new(file).and_then(|mut f| f.write_all(text.as_bytes()));
    written.with_context(|| format!("{}: the head cannot be written", file.display()))?;
    writeln!(
        out,
        "Head of {} chains written to {}.\nPublic key: {}",
        signed.chains.len(),
        file.display(),
        signed.public_key
    )?;
    Ok(Outcome::Clean)
}

/// A head that was truly signed by the firm.
fn read_head(file: &Path, public_key: Option<&str>, at: &StoreArgs) -> anyhow::Result<SignedHead> {
    let text = fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let saved: SignedHead = serde_json::from_str(&text).with_context(|| {
        format!(
            "{}: this is no head that cleanbill audit head wrote",
            file.display()
        )
    })?;
    let public = match public_key {
        Some(key) => key.to_owned(),
        None => match at.existing_signing_key()? {
            Some(key) => key.public(),
            None => bail!(
                "{} is not there: name the public key the head was signed with, with --public-key",
                at.signing_key()?.display()
            ),
        },
    };
    if !saved.is_by(&public) {
        bail!(
            "{}: this head was changed after it was signed, or was signed with another key than {public}",
            file.display()
        );
    }
    Ok(saved)
}
