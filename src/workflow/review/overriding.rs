//! Findings set aside with a reason.

use super::story::said;
use crate::model::Finding;
use crate::workflow::desk::{Desk, given};
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::refusal::{WorkflowError, refused};
use crate::workflow::table::Step;

impl Desk<'_> {
    /// Sets a finding aside. It counts again as soon as it says something else.
    ///
    /// # Errors
    /// Not allowed, no such finding, or no reason.
    pub async fn override_finding(
        &self,
        named: &str,
        fingerprint: &str,
        reason: &str,
    ) -> Result<Finding, WorkflowError> {
        self.may(Act::Step(Step::Override))?;
        let reason = given(reason)?;
        again!(self.try_override(named, fingerprint, reason))
    }

    async fn try_override(
        &self,
        named: &str,
        fingerprint: &str,
        reason: &str,
    ) -> Result<Finding, WorkflowError> {
        let mut tx = self.store.db.write().await?;
        let row = self.find(&mut tx, named).await?;
        let story = self.story_of(&mut tx, row).await?;
        let fits = |f: &&Finding| fingerprint.len() >= 6 && f.fingerprint.starts_with(fingerprint);
        let found: Vec<&Finding> = story.report.findings().filter(fits).collect();
        let [finding] = found[..] else {
            return refused(format!(
                "{} findings of invoice {} have a fingerprint that begins with {fingerprint}; cleanbill show {1} prints them",
                found.len(),
                story.row.number
            ));
        };
        let finding = finding.clone();
        if let Some(known) = story.override_of(&finding) {
            return refused(format!(
                "{} has set this finding aside already: {}",
                known.by, known.reason
            ));
        }
        let facts = Facts {
            version: Some(story.row.version),
            fingerprint: Some(finding.fingerprint.clone()),
            finding: Some(said(&finding)),
            rule: Some(finding.rule.clone()),
            reason: Some(self.keep(&tx, reason.as_bytes())?),
            ..Facts::default()
        };
        let id = story.row.id.clone();
        let row = self
            .step(&mut tx, Some(story.row), &id, Step::Override, &facts)
            .await?;
        tx.put_invoice(&row).await?;
        tx.commit().await?;
        Ok(finding)
    }
}
