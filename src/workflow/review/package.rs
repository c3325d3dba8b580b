//! The package: files attached to an invoice or a line, and comments on lines for the client.

use super::content::content;
use super::record::Attachment;
use super::returning::new_id;
use crate::check::Options;
use crate::rules::AttachmentTerms;
use crate::store::InvoiceRow;
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;
use serde::{Deserialize, Serialize};

/// What is known of an attached file beside its bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct About {
    /// Its name, without folders.
    pub name: String,
    /// Its media type, by what stands in it.
    pub media_type: String,
    /// Its bytes.
    pub bytes: u64,
    /// The portal by whose terms it was looked at; empty where none is known.
    pub portal: String,
}

/// A file to be attached.
#[derive(Clone, Copy, Debug)]
pub struct NewAttachment<'a> {
    /// The invoice: its number or id.
    pub invoice: &'a str,
    /// LINE_ITEM_NUMBER, where it belongs to a line.
    pub line_item: Option<&'a str>,
    /// `receipt`, `pdf` or `backup`.
    pub kind: &'a str,
    /// Its name, without folders.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The portal an invoice goes to, by the command line, its matter, or its client.
fn portal_of(options: &Options, row: &InvoiceRow) -> Option<String> {
    let lists = &options.lists;
    let matter = lists
        .matter(&row.client, &row.matter)
        .map(|m| m.portal.clone());
    let client = || {
        let mut all = lists.clients.of(&row.client);
        all.find(|c| c.client_id == row.client)
            .map(|c| c.portal.clone())
    };
    let named = |p: &String| !p.is_empty();
    options
        .portal
        .clone()
        .or_else(|| matter.filter(named))
        .or_else(|| client().filter(named))
}

/// A size as people write it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

impl Desk<'_> {
    /// Attaches a file to an invoice or a line. Returns its id and a sentence about the portal's limits.
    ///
    /// # Errors
    /// Not allowed, no such line, a file the portal does not take, or it is attached already.
    pub async fn attach(
        &self,
        options: &Options,
        new: NewAttachment<'_>,
    ) -> Result<(String, String), WorkflowError> {
        self.may(Act::Step(Step::Attach))?;
        let found = content(new.name, new.bytes).or_else(refused)?;
        if new.kind == "pdf" && (found.kind != "pdf" || new.line_item.is_some()) {
            return refused(
                "--kind pdf is the invoice itself as PDF; of a line attach a receipt or backup",
            );
        }
        again!(self.try_attach(options, new, &found))
    }

    async fn try_attach(
        &self,
        options: &Options,
        new: NewAttachment<'_>,
        found: &super::Content,
    ) -> Result<(String, String), WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, new.invoice).await?;
        let story = self.story_of(&mut tx, row).await?;
        let row = &story.row;
        if let Some(item) = new.line_item {
            self.line_of(row, item)?;
        }
        let portal = portal_of(options, row);
        let terms = portal.as_deref().and_then(|p| options.shelf.attachments(p));
        let bytes = new.bytes.len() as u64;
        let held = match (&portal, terms) {
            (Some(portal), Some(terms)) => {
                fits(terms, portal, new.name, &found.kind, bytes).or_else(refused)?;
                format!("{portal} takes it ({})", terms.source)
            }
            (Some(portal), None) => {
                format!("which types and sizes {portal} takes is not known, so none was refused")
            }
            (None, _) => "no portal is known for this invoice (say --firm or --portal), so no type or size was refused".to_owned(),
        };
        let file = self.keep(&tx, new.bytes)?;
        let line = new.line_item.map(str::to_owned);
        let twice = |a: &&Attachment| a.file == file && a.line_item == line;
        if let Some(known) = story.review.attachments.iter().find(twice) {
            return refused(format!(
                "{} has attached this file already: {}",
                known.by, known.id
            ));
        }
        let same_name = story.review.attachments.iter().find(|a| {
            let about: Option<About> = story.read(&a.about);
            about.is_some_and(|about| about.name.eq_ignore_ascii_case(new.name))
        });
        if let Some(known) = same_name {
            return refused(format!(
                "another file of this invoice is called {} ({}); portals tell them apart by their names",
                new.name, known.id
            ));
        }
        let pdf = |a: &&Attachment| a.kind == "pdf" && new.kind == "pdf";
        if let Some(known) = story.review.attachments.iter().find(pdf) {
            return refused(format!(
                "the invoice has its PDF already ({}); cleanbill attach {} --remove {0} takes it away",
                known.id, row.number
            ));
        }
        let about = About {
            name: new.name.to_owned(),
            media_type: found.media_type.clone(),
            bytes,
            portal: portal.unwrap_or_default(),
        };
        let id = new_id(row, "attach");
        let facts = Facts {
            version: Some(row.version),
            id: Some(id.clone()),
            item: line,
            code: Some(new.kind.to_owned()),
            file: Some(file),
            about: Some(self.keep(&tx, &serde_json::to_vec(&about)?)?),
            ..Facts::default()
        };
        let chain = row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &chain, Step::Attach, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok((id, held))
    }

    /// Takes a file out of the package.
    ///
    /// # Errors
    /// Not allowed, or none of this id.
    pub async fn detach(&self, named: &str, id: &str) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(Step::Detach))?;
        again!(self.try_detach(named, id))
    }

    async fn try_detach(&self, named: &str, id: &str) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let story = self.story_of(&mut tx, row).await?;
        if !story.review.attachments.iter().any(|a| a.id == id) {
            return refused(format!(
                "nothing with the id {id} is attached to invoice {}; cleanbill attach {0} --list shows what is",
                story.row.number
            ));
        }
        let facts = Facts {
            version: Some(story.row.version),
            id: Some(id.to_owned()),
            ..Facts::default()
        };
        let chain = story.row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &chain, Step::Detach, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Writes the comment on a line for the client, in the place of the one before; an empty one takes it away.
    ///
    /// # Errors
    /// Not allowed, no such line, or nothing to take away.
    pub async fn comment(
        &self,
        named: &str,
        item: &str,
        text: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        self.may(Act::Step(Step::Comment))?;
        again!(self.try_comment(named, item, text.trim()))
    }

    async fn try_comment(
        &self,
        named: &str,
        item: &str,
        text: &str,
    ) -> Result<InvoiceRow, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let story = self.story_of(&mut tx, row).await?;
        let row = &story.row;
        let known = story.review.comments.iter().find(|c| c.line_item == item);
        if text.is_empty() && known.is_none() {
            return refused(format!(
                "line {item} of invoice {} has no comment",
                row.number
            ));
        }
        if known.is_some_and(|c| story.text(&c.about) == text) {
            return refused(format!(
                "the comment on line {item} of invoice {} says that already",
                row.number
            ));
        }
        if known.is_none() {
            self.line_of(row, item)?;
        }
        let about = match text {
            "" => None,
            words => Some(self.keep(&tx, words.as_bytes())?),
        };
        let facts = Facts {
            version: Some(row.version),
            item: Some(item.to_owned()),
            about,
            ..Facts::default()
        };
        let chain = row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &chain, Step::Comment, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(row)
    }
}

/// Whether a portal takes a file.
fn fits(
    terms: &AttachmentTerms,
    portal: &str,
    name: &str,
    kind: &str,
    bytes: u64,
) -> Result<(), String> {
    if !terms.types.is_empty() && !terms.types.iter().any(|t| t.eq_ignore_ascii_case(kind)) {
        return Err(format!(
            "{name}: {portal} takes no {kind}; it takes {} ({})",
            terms.types.join(", "),
            terms.source
        ));
    }
    match terms.max_mb {
        Some(most) if bytes > u64::from(most) * 1_000_000 => Err(format!(
            "{name} has {}; {portal} takes {most} MB a file ({}): make it smaller or divide it",
            size(bytes),
            terms.source
        )),
        _ => Ok(()),
    }
}

impl About {
    /// Its size as people write it.
    pub fn size(&self) -> String {
        size(self.bytes)
    }
}
