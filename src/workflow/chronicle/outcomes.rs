//! Why something was refused or cut: what the words mean, and whether our own check had said so.

use super::rows::Why;
use crate::store::{StoreError, Tx};
use crate::workflow::answers::Meant;
use crate::workflow::desk::Desk;
use crate::workflow::intake::KeptReport;
use crate::workflow::refusal::WorkflowError;
use crate::workflow::submission::{Given, KeptAnswer};

/// A reason without a name.
pub(super) fn nameless(item: Option<String>) -> Why {
    Why {
        item,
        ..Why::default()
    }
}

fn why(meant: Meant) -> Why {
    let rule = meant.rules.first().cloned().unwrap_or_default();
    // Where no rule could have said it, silence is no failure of the check.
    let said = meant.foreseen.filter(|_| !meant.rules.is_empty());
    let spoke = said.as_ref().and_then(|s| s.first().cloned());
    Why {
        item: meant.item,
        slug: meant.slug.unwrap_or_default(),
        rule: spoke.unwrap_or(rule),
        foreseen: said.map(|s| !s.is_empty()),
    }
}

impl Desk<'_> {
    /// A kept document; `None` where it was purged.
    pub(super) fn kept_or_purged(&self, hash: &str) -> Result<Option<Vec<u8>>, WorkflowError> {
        match self.store.documents.get(hash) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(StoreError::Document { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What the check said, by its hash; `None` where it was purged.
    pub(super) fn kept_report(
        &self,
        hash: Option<&String>,
    ) -> Result<Option<KeptReport>, WorkflowError> {
        let bytes = match hash {
            Some(hash) => self.kept_or_purged(hash)?,
            None => None,
        };
        Ok(bytes.map(|b| serde_json::from_slice(&b)).transpose()?)
    }

    /// Why a version was refused, by the answer that said so.
    pub(super) async fn whys_of(
        &self,
        tx: &mut Tx,
        answer: Option<&String>,
        report: Option<&KeptReport>,
    ) -> Result<Vec<Why>, WorkflowError> {
        let bytes = match answer {
            Some(hash) => self.kept_or_purged(hash)?,
            None => None,
        };
        let given = match bytes {
            Some(bytes) => serde_json::from_slice::<KeptAnswer>(&bytes)?.given(),
            None => Vec::new(),
        };
        let mut whys = Vec::with_capacity(given.len());
        for one in given {
            let why = why(self.meant(tx, one, report).await?);
            // One cause that is said of two lines is still one cause of each.
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
        if whys.is_empty() {
            whys.push(nameless(None));
        }
        Ok(whys)
    }

    /// Why something was cut. What was written down of it counts before what the words mean today.
    pub(super) async fn why_cut(
        &self,
        tx: &mut Tx,
        row: &crate::store::ReductionRow,
        report: Option<&KeptReport>,
    ) -> Result<Why, WorkflowError> {
        let words = crate::workflow::reductions::texts(self, &row.reason)?;
        let mut told = if words.trim().is_empty() {
            nameless(row.item.clone())
        } else {
            let given = Given {
                code: String::new(),
                words,
                item: row.item.clone(),
                cut: Some(row.cut),
            };
            why(self.meant(tx, given, report).await?)
        };
        if !row.slug.is_empty() {
            told.slug.clone_from(&row.slug);
        }
        if !row.rule.is_empty() {
            told.rule.clone_from(&row.rule);
        }
        Ok(told)
    }
}
