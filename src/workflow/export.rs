//! Everything about one invoice as one folder of plain files, for a fee dispute.

use super::desk::{Desk, PEOPLE};
use super::keeping::Purged;
use super::permits::Act;
use super::projection::Facts;
use super::reductions::texts;
use super::refusal::{WorkflowError, refused};
use super::review::Story;
use super::table::Step;
use crate::render::for_sheets;
use crate::store::{
    AppealFilter, Filter, InvoiceRow, PaymentFilter, PersonRow, ReductionFilter, RemittanceFilter,
    StoreError, Tx,
};
use serde::Serialize;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How a reader proves the events without this program.
const HOW: &str = "events.jsonl holds what happened, one event a line, oldest first. The hash of each is the SHA-256 of its\n\
    canonical JSON (no blanks, keys sorted) with the keys actor, at (at_ms), chain, facts (as the string that stands\n\
    there), prev, seq and step; prev is the hash of the event before. Facts name files by their SHA-256: they lie in\n\
    this folder under the number of the event that brought them.\n\
    invoice.json is what the invoice is now.\n";

/// What lies in a folder of everything.
const README: &str = "Everything cleanbill keeps, as files that any program reads. Nothing here is encrypted: keep it as you keep\n\
    the invoices themselves.\n\n\
    invoices.csv    each invoice as it stands: one row, comma-separated, UTF-8, amounts with a point, instants in UTC\n\
    events.jsonl    what happened to them, one event a line, by invoice (chain is the id in invoices.csv), oldest\n\
                    first; each carries the hash of the one before\n\
    reductions.csv  what clients cut, line by line, in their words, and what was decided on it\n\
    appeals.csv     what the firm said against it, and what came back\n\
    payments.csv    what was paid, as portals or remittances say\n\
    remittances.csv what clients' remittances say, row by row, and what waits for a person\n\
    reminders.csv   which reminders were drafted\n\
    people.csv      who may work here and for which clients, without how they sign in\n\
    retention.csv   for how many years after its end the documents of an invoice are kept; a row without a client is\n\
                    for all others\n\
    invoices/CLIENT/NUMBER/\n\
                    its files as they came, what the check said of each version (JSON), the reasons people gave, its\n\
                    events; HOW.txt there says how the events are proven without cleanbill\n\n\
    Invoices marked as purged in invoices.csv have no folder: their documents were taken away by a rule of retention.\n";

impl Desk<'_> {
    /// Writes everything about one invoice into a new folder and returns how many files.
    ///
    /// # Errors
    /// Not allowed, the folder is there already, or a document is missing.
    pub async fn export(&self, named: &str, folder: &Path) -> Result<usize, WorkflowError> {
        self.may(Act::Read)?;
        self.may(Act::Audit)?;
        let story = self.story(named).await?;
        self.write_story(&story, folder)
    }

    fn write_story(&self, story: &Story, folder: &Path) -> Result<usize, WorkflowError> {
        if folder.exists() {
            return refused(format!(
                "{} is there already; name a new folder",
                folder.display()
            ));
        }
        fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
        let mut files: Vec<(PathBuf, Vec<u8>)> = vec![
            ("HOW.txt".into(), HOW.as_bytes().to_vec()),
            (
                "invoice.json".into(),
                serde_json::to_vec_pretty(&story.row)?,
            ),
        ];
        let mut events = Vec::new();
        for event in &story.events {
            serde_json::to_writer(&mut events, event)?;
            events.push(b'\n');
            let facts = Facts::of(event).map_err(StoreError::Unreadable)?;
            // A clearance names the file and report it is about; they lie under the events that brought them.
            let brought =
                ![Step::Clear.name(), Step::Endorse.name()].contains(&event.step.as_str());
            // An answer lies under the step it led to, not once more under each line of it.
            let each = [Step::Cut, Step::TakeCutBack, Step::Receive, Step::EndAppeal];
            let heard = !each.iter().any(|s| s.name() == event.step);
            let named = [
                (facts.document, "invoice-file"),
                (facts.report, "report.json"),
                (facts.reason, "reason.txt"),
                (facts.about, "said"),
                (facts.file, "attached-file"),
                (facts.changes, "changes.json"),
                (facts.answer.filter(|_| heard), "answer.json"),
            ];
            for (document, name) in named.into_iter().filter(|_| brought) {
                if let Some(hash) = document {
                    let name = format!("{:04}-{name}", event.seq);
                    files.push((name.into(), self.store.documents.get(&hash)?));
                }
            }
        }
        files.push(("events.jsonl".into(), events));
        for (name, bytes) in &files {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(StoreError::io(&path))?;
        }
        Ok(files.len())
    }

    /// Writes everything that is kept into a new folder of files that other programs read, and returns how many
    /// invoices. Nothing in it is encrypted; how people sign in is not in it.
    ///
    /// # Errors
    /// Not allowed, the folder is there already, or a document is missing.
    pub async fn export_all(&self, folder: &Path) -> Result<Exported, WorkflowError> {
        self.may(Act::Export)?;
        if self.person.clients.is_some() {
            return refused(format!(
                "{} serves only some clients and may not export everything",
                self.person.name
            ));
        }
        if folder.exists() {
            return refused(format!(
                "{} is there already; name a new folder",
                folder.display()
            ));
        }
        let mut tx = self.store.db.read().await?;
        let (rows, purged) = (
            tx.invoices(&Filter::default()).await?,
            self.kept(&mut tx).await?.invoices,
        );
        let kept: Vec<_> = rows.iter().map(|row| (row, purged.get(&row.id))).collect();
        let invoices = folder.join("invoices");
        fs::create_dir_all(&invoices).map_err(StoreError::io(&invoices))?;
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).map_err(StoreError::io(&path))
        };
        write("README.txt", README.as_bytes())?;
        write("invoices.csv", &invoices_csv(&kept)?)?;
        write("reductions.csv", &self.reductions_csv(&mut tx).await?)?;
        write("appeals.csv", &self.appeals_csv(&mut tx).await?)?;
        let payments = tx.payments(&PaymentFilter::default()).await?;
        write("payments.csv", &rows_csv(payments)?)?;
        let mut remittances = tx.remittances(&RemittanceFilter::default()).await?;
        for row in &mut remittances {
            row.item = row.item.take().map(|i| for_sheets(&i).into_owned());
            for cell in [
                &mut row.place,
                &mut row.number,
                &mut row.client_number,
                &mut row.client,
                &mut row.kind,
                &mut row.reference,
            ] {
                *cell = for_sheets(cell).into_owned();
            }
        }
        write("remittances.csv", &rows_csv(remittances)?)?;
        write(
            "reminders.csv",
            &rows_csv(tx.reminders(None, &None).await?)?,
        )?;
        write("people.csv", &people_csv(&tx.people().await?)?)?;
        write("retention.csv", &retention_csv(&tx.retention().await?)?)?;
        let path = folder.join("events.jsonl");
        let events = fs::File::create_new(&path).map_err(StoreError::io(&path))?;
        let mut events = BufWriter::new(events);
        for chain in tx.chains().await? {
            // What was decided about people names the hashes of their tokens.
            for event in tx
                .events(&chain)
                .await?
                .iter()
                .filter(|e| e.chain != PEOPLE)
            {
                serde_json::to_writer(&mut events, event)?;
                events.write_all(b"\n").map_err(StoreError::io(&path))?;
            }
        }
        events.flush().map_err(StoreError::io(&path))?;
        let mut done = Exported::default();
        for (row, purged) in &kept {
            if purged.is_some() {
                done.purged += 1;
                continue;
            }
            let client = invoices.join(readable(&row.client));
            fs::create_dir_all(&client).map_err(StoreError::io(&client))?;
            let mut own = client.join(readable(&row.number));
            if own.exists() {
                own = client.join(format!("{} {}", readable(&row.number), row.id));
            }
            let story = self.story_of(&mut tx, (*row).clone()).await?;
            self.write_story(&story, &own)?;
            done.invoices += 1;
        }
        Ok(done)
    }

    /// Every reduction, with its words opened.
    async fn reductions_csv(&self, tx: &mut Tx) -> Result<Vec<u8>, WorkflowError> {
        let mut rows = tx.reductions(&ReductionFilter::default()).await?;
        for row in &mut rows {
            row.reason = for_sheets(&texts(self, &row.reason)?).into_owned();
            row.decision = for_sheets(&texts(self, &row.decision)?).into_owned();
        }
        rows_csv(rows)
    }

    /// Every appeal, with its words opened.
    async fn appeals_csv(&self, tx: &mut Tx) -> Result<Vec<u8>, WorkflowError> {
        let mut rows = tx.appeals(&AppealFilter::default()).await?;
        for row in &mut rows {
            row.reason = for_sheets(&texts(self, &row.reason)?).into_owned();
        }
        rows_csv(rows)
    }
}

/// Rows under the names of their columns.
fn rows_csv<T: Serialize>(rows: Vec<T>) -> Result<Vec<u8>, WorkflowError> {
    let wrong = |e: csv::Error| StoreError::Unreadable(e.to_string());
    let mut out = csv::Writer::from_writer(Vec::new());
    for row in rows {
        out.serialize(row).map_err(wrong)?;
    }
    let done = out.into_inner();
    Ok(done.map_err(|e| StoreError::Unreadable(e.to_string()))?)
}

/// What an export holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Exported {
    /// Invoices with their documents.
    pub invoices: usize,
    /// Invoices whose documents were purged; their rows and events are there.
    pub purged: usize,
}

/// A name of a file that every system takes.
fn readable(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
    let plain: String = name
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .take(80)
        .collect();
    match plain.trim().trim_matches('.') {
        "" => "-".to_owned(),
        plain => plain.to_owned(),
    }
}

fn csv_of(
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, WorkflowError> {
    let wrong = |e: csv::Error| StoreError::Unreadable(e.to_string());
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head).map_err(wrong)?;
    for row in rows {
        out.write_record(&row).map_err(wrong)?;
    }
    let done = out.into_inner();
    Ok(done.map_err(|e| StoreError::Unreadable(e.to_string()))?)
}

fn instant(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map_or_else(|| ms.to_string(), |at| at.to_rfc3339())
}

fn invoices_csv(rows: &[(&InvoiceRow, Option<&Purged>)]) -> Result<Vec<u8>, WorkflowError> {
    let head = [
        "id",
        "client",
        "number",
        "matter",
        "invoice_date",
        "currency",
        "total",
        "at_risk",
        "lines",
        "verdict",
        "state",
        "version",
        "partner",
        "portal",
        "preparer",
        "cleared_by",
        "taken",
        "changed",
        "document_sha256",
        "report_sha256",
        "events",
        "last_event_sha256",
        "purged",
    ];
    let text = |o: &Option<String>| o.clone().unwrap_or_default();
    csv_of(
        &head,
        rows.iter().map(|(r, purged)| {
            vec![
                r.id.clone(),
                r.client.clone(),
                r.number.clone(),
                r.matter.clone(),
                text(&r.invoice_date),
                r.currency.clone(),
                r.total.map_or_else(String::new, |t| t.to_string()),
                r.at_risk.to_string(),
                r.lines.to_string(),
                r.verdict.clone(),
                r.state.clone(),
                r.version.to_string(),
                r.partner.clone(),
                r.portal.clone(),
                r.preparer.clone(),
                text(&r.cleared_by),
                instant(r.taken_ms),
                instant(r.changed_ms),
                r.document.clone(),
                r.report.clone(),
                r.seq.to_string(),
                r.head.clone(),
                purged.map_or_else(String::new, Purged::words),
            ]
        }),
    )
}

fn people_csv(people: &[PersonRow]) -> Result<Vec<u8>, WorkflowError> {
    csv_of(
        &["name", "role", "clients", "works_here"],
        people.iter().map(|p| {
            let clients = p
                .clients
                .as_ref()
                .map_or_else(|| "all".to_owned(), |c| c.join(";"));
            let here = if p.active { "yes" } else { "no" };
            vec![p.name.clone(), p.role.clone(), clients, here.to_owned()]
        }),
    )
}

fn retention_csv(rules: &[(String, i64)]) -> Result<Vec<u8>, WorkflowError> {
    let rows = rules
        .iter()
        .map(|(client, years)| vec![client.clone(), years.to_string()]);
    csv_of(&["client_id", "years_after_the_end"], rows)
}
