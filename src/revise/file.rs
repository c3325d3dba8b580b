//! The invoices of a file, converted one after another as a stream, and read again as a proof.

use super::convert::{Target, convert};
use super::losses::Losses;
use super::money::Refusal;
use crate::formats::parts::fingerprint;
use crate::formats::write::{WriteError, Writer, given};
use crate::formats::{Source, survey};
use crate::model::{Invoice, LedesFormat};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Why an invoice was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Its number.
    pub number: String,
    /// Why, and what to do.
    pub why: String,
}

/// What a conversion did.
#[derive(Default, Debug)]
pub struct Account {
    /// What was lost, by field.
    pub losses: Losses,
    /// Invoices left out.
    pub refused: Vec<Refused>,
    /// Required fields of the target that stayed empty, with how often.
    pub missing: BTreeMap<String, u64>,
    /// Invoices and lines written.
    pub written: (u64, u64),
    /// A fingerprint of each invoice written, in order.
    prints: Vec<u64>,
}

/// One output, to which the invoices of any number of files are converted.
pub struct Output<'a, W: Write> {
    target: &'a Target,
    writer: Writer<W>,
    account: Account,
}

impl<'a, W: Write> Output<'a, W> {
    /// Begins it.
    pub fn new(out: W, target: &'a Target) -> Self {
        Self {
            writer: Writer::new(out, target.format, target.dialect()),
            target,
            account: Account::default(),
        }
    }

    /// Converts and writes one invoice.
    ///
    /// # Errors
    /// The output took no more.
    pub fn invoice(&mut self, invoice: Invoice) -> io::Result<()> {
        let number = invoice.get(invoice.number).into_owned();
        let mut losses = Losses::default();
        let shaped = match convert(invoice, self.target, &mut losses) {
            Ok(shaped) => shaped,
            Err(Refusal(why)) => {
                self.account.refused.push(Refused { number, why });
                return Ok(());
            }
        };
        match self.writer.invoice(&shaped) {
            Ok(()) => {}
            Err(WriteError::Refused(why)) => {
                self.account.refused.push(Refused { number, why });
                return Ok(());
            }
            Err(WriteError::Io(error)) => return Err(error),
        }
        self.account.losses.add(losses);
        self.account.written.0 += 1;
        self.account.written.1 += shaped.lines.len() as u64;
        let given = &self.target.dialect().given;
        let mut read = shaped;
        if !given.is_empty() {
            given::fill(&mut read, self.target.format, given);
        }
        self.account.prints.push(fingerprint(&read));
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// The output took no more.
    pub fn finish(self) -> io::Result<(W, Account)> {
        let (out, missing) = self.writer.finish()?;
        let mut account = self.account;
        account.missing = missing;
        Ok((out, account))
    }
}

/// Converts every invoice of a source, one at a time.
///
/// # Errors
/// The source cannot be read or the output not be written any more.
pub fn convert_all<W: Write>(source: &Source, output: &mut Output<'_, W>) -> io::Result<Seen> {
    let survey = survey(source)?;
    let seen = Seen {
        format: survey.format,
        invoices: survey.invoices.count(),
    };
    for index in 0..seen.invoices {
        output.invoice(survey.invoices.read(index)?.invoice)?;
    }
    Ok(seen)
}

/// What a source is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seen {
    /// `None` where it is no invoice file.
    pub format: Option<LedesFormat>,
    /// How many invoices it has.
    pub invoices: usize,
}

/// Reads what was written and compares every value with what should be there, those the dialect gave among them.
///
/// # Errors
/// The file cannot be read any more.
pub fn reads_back(source: &Source, account: &Account) -> io::Result<bool> {
    let survey = survey(source)?;
    if survey.invoices.count() != account.prints.len() {
        return Ok(false);
    }
    for (index, wanted) in account.prints.iter().enumerate() {
        let found = survey.invoices.read(index)?.invoice;
        if fingerprint(&found) != *wanted {
            return Ok(false);
        }
    }
    Ok(true)
}
