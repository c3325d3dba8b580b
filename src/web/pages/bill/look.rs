//! What is looked for on a bill.

use crate::model::Finding;
use std::collections::BTreeSet;

/// What is looked for on a bill.
#[derive(Clone, PartialEq, Eq, Default)]
pub(in crate::web::pages) struct Look {
    pub(in crate::web::pages) levels: BTreeSet<String>,
    pub(in crate::web::pages) rule: String,
    pub(in crate::web::pages) timekeeper: String,
}

impl Look {
    pub(in crate::web::pages) fn of(fields: &crate::web::asked::Fields) -> Self {
        Self {
            levels: fields.all("level").map(str::to_owned).collect(),
            rule: fields.get("rule").to_owned(),
            timekeeper: fields.get("timekeeper").to_owned(),
        }
    }

    pub(super) fn wants(&self, finding: &Finding) -> bool {
        (self.levels.is_empty() || self.levels.contains(finding.level.name()))
            && (self.rule.is_empty() || self.rule == finding.rule)
    }

    /// Whether only some lines are looked for.
    pub(in crate::web::pages) fn narrows(&self) -> bool {
        !self.levels.is_empty() || !self.rule.is_empty() || !self.timekeeper.is_empty()
    }

    /// Whether a level is looked for by name.
    pub(in crate::web::pages) fn has(&self, level: &str) -> bool {
        self.levels.contains(level)
    }

    /// As a query.
    pub(in crate::web::pages) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for level in &self.levels {
            query.append_pair("level", level);
        }
        for (name, value) in [("rule", &self.rule), ("timekeeper", &self.timekeeper)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}
