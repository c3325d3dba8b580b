//! What a file is, found out from its content and never from its name, and mail taken off an invoice.
//! Not here: reading invoices, which is the work of `pipe` and `xml`.

mod binary;
mod container;
mod kind;
mod mail;
mod mail_found;
mod mail_header;
mod mail_size;
mod markup;
mod opening;
mod pipes;
mod recognise;
mod refusal;
mod spreadsheet;
mod transfer;

use super::{LineNumbers, Source, Survey, pipe, xml};
use kind::{Kind, Refused};
use mail_found::Wrapped;
use opening::Opening;
use std::io;

/// Looks a file through once: says what it is and, where it is an invoice file, where its invoices are.
///
/// # Errors
/// The file cannot be read. A file that is no invoice is not an error: its [`Survey`] says so.
pub fn survey(source: &Source) -> io::Result<Survey> {
    let opening = Opening::of(source)?;
    match recognise::recognise(&opening)? {
        Kind::Mail => mailed(&opening),
        kind => read(kind, &opening),
    }
}

/// Reads what is no mail.
fn read(kind: Kind, opening: &Opening) -> io::Result<Survey> {
    let mut survey = match kind {
        Kind::Pipe => pipe::survey(&opening.source)?,
        Kind::Xml { .. } => xml::survey(&opening.source)?,
        Kind::Mail => refusal::survey(opening, Refused::text("mail", "a mail inside a mail")),
        Kind::Other(refused) => refusal::survey(opening, refused),
    };
    if opening.marked && ["ascii", "utf-8"].contains(&survey.encoding) {
        survey.encoding = "utf-8-bom";
    }
    Ok(survey)
}

/// Reads the invoice inside a mail.
fn mailed(opening: &Opening) -> io::Result<Survey> {
    let mail = opening.source.part(opening.at, opening.source.len());
    let found = mail::open(mail, opening.line - 1)?;
    let Some(wrapped) = &found.invoice else {
        return Ok(refusal::survey(
            opening,
            Refused::text("mail", found.without()),
        ));
    };
    let mut survey = read(wrapped.kind.clone(), &wrapped.opening)?;
    renumber(&mut survey, wrapped);
    refusal::wrapped(&mut survey, opening, &found, wrapped.starts());
    Ok(survey)
}

/// Gives the hits about the file the numbers of the outer file, and says which numbers the invoices need.
fn renumber(survey: &mut Survey, wrapped: &Wrapped) {
    survey.numbers = wrapped.numbers.clone();
    let numbers: &LineNumbers = &survey.numbers;
    survey.file.text.renumber(|line| numbers.outer(line));
}

#[cfg(test)]
mod tests;
