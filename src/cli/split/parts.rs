//! The parts of one file: each invoice by itself, by matter, or by shares.

use super::{Way, rejects};
use crate::check::Options;
use crate::cli::convert::place::Names;
use crate::cli::named::complain;
use crate::formats::parts::{self, Owner};
use crate::formats::write::Dialect;
use crate::formats::{Source, survey};
use crate::model::Invoice;
use crate::revise::Target;
use crate::revise::file::{Output, reads_back};
use crate::revise::split::records::Records;
use crate::revise::split::{by_matter, by_shares, sums};
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::Path;

/// A file to write.
pub(super) struct Part {
    pub name: String,
    /// Client and number of its invoice.
    pub invoice: (String, String),
    pub bytes: Vec<u8>,
    pub says: String,
}

/// What becomes of one file.
pub(super) struct Work<'a> {
    pub way: &'a Way,
    pub dialect: Option<&'a Dialect>,
    pub path: &'a Path,
    pub bytes: &'a [u8],
    pub options: &'a Options,
}

impl Work<'_> {
    /// Its parts, each as a file.
    pub(super) fn parts(&self) -> anyhow::Result<Vec<Part>> {
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
        let before = rejects(self.bytes, self.options)?;
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
                let new: Vec<String> = rejects(&bytes, self.options)?
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
