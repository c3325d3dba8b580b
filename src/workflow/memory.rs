//! What the store remembers of a client, as far as new invoices are judged by it.

use super::desk::Desk;
use super::intake::{Arrival, Outcome, Taken, id_of};
use super::refusal::WorkflowError;
use super::state::State;
use crate::check::history::of_bytes;
use crate::model::{EarlierInvoice, History};
use crate::store::{Filter, InvoiceRow, StoreError};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Of each client the invoices with the latest dates, no more than so many.
const MOST_INVOICES: i64 = 2_000;
/// Lines that are remembered from one batch to the next; beyond it only the clients at hand are.
const MOST_LINES: usize = 2_000_000;

/// Earlier invoices of the clients that were asked for, kept while files come in.
#[derive(Default)]
pub struct Memory {
    /// By client and number.
    clients: BTreeMap<String, BTreeMap<String, Arc<EarlierInvoice>>>,
    /// What the batch at hand brought, until it is known what became of it.
    arrived: Vec<EarlierInvoice>,
}

impl Memory {
    /// What the invoices in these files are judged by: those given, those of the store, and each other in their order;
    /// and the arrival of the first invoice of each file.
    pub(super) async fn before(
        &mut self,
        desk: &Desk<'_>,
        given: &History,
        arrivals: &[Arrival],
    ) -> Result<(History, Vec<u64>), WorkflowError> {
        let read: Vec<Vec<EarlierInvoice>> = arrivals
            .par_iter()
            .map(|arrival| of_bytes(&arrival.name, &arrival.bytes))
            .collect::<std::io::Result<_>>()
            .map_err(|e| WorkflowError::Check(crate::check::CheckError::Output(e)))?;
        let mut firsts = Vec::with_capacity(read.len());
        self.arrived.clear();
        for file in read {
            firsts.push(self.arrived.len() as u64 + 1);
            for mut invoice in file {
                invoice.kept = true;
                invoice.arrival = self.arrived.len() as u64 + 1;
                self.arrived.push(invoice);
            }
        }
        let clients: BTreeSet<String> = self.arrived.iter().map(|i| i.client_id.clone()).collect();
        let lines = |all: &BTreeMap<String, Arc<EarlierInvoice>>| -> usize {
            all.values().map(|i| i.lines.len()).sum()
        };
        if self.clients.values().map(lines).sum::<usize>() > MOST_LINES {
            self.clients.retain(|client, _| clients.contains(client));
        }
        for client in &clients {
            if !self.clients.contains_key(client) {
                let known = remembered(desk, client).await?;
                self.clients.insert(client.clone(), known);
            }
        }
        let mut all: Vec<Arc<EarlierInvoice>> = given.invoices().to_vec();
        let new: BTreeSet<(&str, &str)> = self
            .arrived
            .iter()
            .map(|i| (i.client_id.as_str(), i.number.as_str()))
            .collect();
        for client in &clients {
            let known = self.clients.get(client).into_iter().flatten();
            let others = known.filter(|(number, _)| !new.contains(&(client, number)));
            all.extend(others.map(|(_, invoice)| Arc::clone(invoice)));
        }
        all.extend(self.arrived.iter().cloned().map(Arc::new));
        Ok((History::of(all), firsts))
    }

    /// Remembers what was stored.
    pub(super) fn keep(&mut self, taken: &[Taken]) {
        let stored: BTreeSet<&str> = taken
            .iter()
            .filter(|t| matches!(t.outcome, Outcome::New | Outcome::NewVersion))
            .filter_map(|t| Some(t.row.as_ref()?.id.as_str()))
            .collect();
        for mut invoice in self.arrived.drain(..) {
            if stored.contains(id_of(&invoice.client_id, &invoice.number).as_str()) {
                invoice.arrival = 0;
                let known = self.clients.entry(invoice.client_id.clone()).or_default();
                known.insert(invoice.number.clone(), Arc::new(invoice));
            }
        }
    }
}

/// The invoices of a client that are not withdrawn, as their documents say.
async fn remembered(
    desk: &Desk<'_>,
    client: &str,
) -> Result<BTreeMap<String, Arc<EarlierInvoice>>, WorkflowError> {
    let filter = Filter {
        states: State::ALL
            .into_iter()
            .filter(|s| *s != State::Withdrawn)
            .map(|s| s.name().to_owned())
            .collect(),
        client: Some(client.to_owned()),
        sort: crate::store::Sort::Date,
        limit: Some(MOST_INVOICES),
        ..Filter::default()
    };
    let rows = desk.store.db.read().await?.invoices(&filter).await?;
    let mut files: BTreeMap<&str, Vec<&InvoiceRow>> = BTreeMap::new();
    for row in &rows {
        files.entry(&row.document).or_default().push(row);
    }
    let files: Vec<_> = files.into_iter().collect();
    let read: Vec<Vec<EarlierInvoice>> = files
        .par_iter()
        .map(|(document, rows)| {
            let bytes = match desk.store.documents.get(document) {
                Ok(bytes) => bytes,
                // Purged, or lost: the audit says which. What comes now is judged by what is left.
                Err(StoreError::Document { sha256, why }) => {
                    tracing::info!(document = sha256, why, "not read for history");
                    return Ok(Vec::new());
                }
                Err(e) => return Err(e),
            };
            let own = |i: &EarlierInvoice| rows.iter().any(|row| row.number == i.number);
            let found = of_bytes("the store", &bytes).map_err(StoreError::io("history"))?;
            Ok(found.into_iter().filter(own).collect())
        })
        .collect::<Result<_, StoreError>>()?;
    let mut known = BTreeMap::new();
    for mut invoice in read.into_iter().flatten() {
        if invoice.client_id == client {
            invoice.kept = true;
            known.insert(invoice.number.clone(), Arc::new(invoice));
        }
    }
    Ok(known)
}
