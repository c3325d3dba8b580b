//! Restores a backup into an empty store.

use super::unpack::{archive, check, part};
use super::{Manifest, broken};
use crate::store::db::{Db, steps};
use crate::store::documents::hash_in;
use crate::store::tables::{Cells, Table};
use crate::store::{DocumentKey, Documents, Place, StoreError};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Restores a backup into a store that is not there yet, or empty.
///
/// # Errors
/// The backup is damaged or of a newer program, the store is not empty, or the key of the documents is not here.
pub async fn restore(
    place: &Place,
    file: &Path,
    identity: Option<&Path>,
) -> Result<Manifest, StoreError> {
    let opens = identity.unwrap_or(&place.key);
    let opens =
        DocumentKey::load(opens)?.ok_or_else(|| StoreError::KeyMissing(opens.to_owned()))?;
    let manifest = check(file, &opens)?;
    let own =
        DocumentKey::load(&place.key)?.ok_or_else(|| StoreError::KeyMissing(place.key.clone()))?;
    if own.recipient() != manifest.recipient {
        return Err(StoreError::OtherKey {
            file: place.key.clone(),
            wanted: manifest.recipient,
            found: own.recipient(),
        });
    }
    let db = Db::connect(&place.url).await?;
    let done = fill(&db, place, file, &opens, &manifest, own).await;
    db.close().await;
    done.map(|()| manifest)
}

async fn fill(
    db: &Db,
    place: &Place,
    file: &Path,
    opens: &DocumentKey,
    manifest: &Manifest,
    own: DocumentKey,
) -> Result<(), StoreError> {
    let there = db.steps_taken().await?;
    if !there.is_empty() && there != manifest.steps {
        return Err(StoreError::NotEmpty(
            "it has tables of another version".to_owned(),
        ));
    }
    let wanted = steps(|n| manifest.steps.contains(&n));
    if let Some(unknown) = manifest
        .steps
        .iter()
        .find(|n| wanted.iter().all(|s| s.version != **n))
    {
        return Err(StoreError::Newer(format!(
            "the backup's tables are of step {unknown}"
        )));
    }
    db.migrate(&wanted).await?;
    let documents = Documents::new(&place.documents, own)?;
    let mut tx = db.write().await?;
    for table in tx.tables().await? {
        if tx.count(&table).await? > 0 {
            return Err(StoreError::NotEmpty(format!("{} has rows", table.name)));
        }
    }
    let tables: BTreeMap<&str, &Table> = manifest
        .tables
        .iter()
        .map(|t| (t.name.as_str(), t))
        .collect();
    let damaged = |e: io::Error| broken(file, format!("is damaged or cut short: {e}"));
    let mut parts = archive(file, opens)?;
    for entry in parts.entries().map_err(damaged)? {
        let (name, bytes) = entry.and_then(part).map_err(damaged)?;
        if let Some(hash) = hash_in(&name) {
            documents.put_sealed(hash, bytes)?;
            continue;
        }
        let table = name
            .strip_prefix("tables/")
            .and_then(|n| n.split('/').next());
        let Some(table) = table.and_then(|name| tables.get(name)) else {
            continue;
        };
        for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
            let cells: Cells = serde_json::from_slice(line)
                .map_err(|e| broken(file, format!("{name} cannot be read: {e}")))?;
            tx.put_row(table, &cells).await?;
        }
    }
    for table in &manifest.tables {
        let (has, wanted) = (tx.count(table).await?, manifest.rows_of(&table.name));
        if u64::try_from(has).ok() != Some(wanted) {
            return Err(broken(
                file,
                format!("{} has {has} rows of {wanted}", table.name),
            ));
        }
    }
    tx.commit().await?;
    db.migrate(&steps(|_| true)).await
}
