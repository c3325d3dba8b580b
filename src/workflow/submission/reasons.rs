//! Reasons in answers: which words of a portal nobody knows yet.

use super::answer::{Heard, KeptAnswer};
use crate::model::{PortalRemark, Reduction};
use crate::rules::{Reasons, reasons::plain};
use crate::store::{ReasonWordRow, Tx, sha256};
use crate::workflow::desk::Desk;
use crate::workflow::refusal::WorkflowError;

/// Something a portal gave as a reason: of a refusal, of a question, or of a cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// The portal's code; empty where it has none.
    pub code: String,
    /// Its words.
    pub words: String,
    /// LINE_ITEM_NUMBER; `None`: the invoice as a whole.
    pub item: Option<String>,
    /// What was cut for it.
    pub cut: Option<rust_decimal::Decimal>,
}

/// What was given as a reason, in the order of the answer. What the client wrote to the whole counts where nothing else does.
pub(in crate::workflow) fn given(
    remarks: &[PortalRemark],
    reductions: &[Reduction],
    note: Option<&str>,
) -> Vec<Given> {
    let of_remark = |r: &PortalRemark| Given {
        code: r.code.clone().unwrap_or_default(),
        words: r.text.clone(),
        item: r.item.clone(),
        cut: None,
    };
    let of_cut = |r: &Reduction| Given {
        code: String::new(),
        words: r.reason.clone(),
        item: r.line.as_ref().and_then(|l| l.item.clone()),
        cut: Some(r.amount),
    };
    let mut all: Vec<Given> = remarks.iter().map(of_remark).collect();
    all.extend(reductions.iter().map(of_cut));
    if let (true, Some(words)) = (all.is_empty(), note) {
        all.push(Given {
            code: String::new(),
            words: words.to_owned(),
            item: None,
            cut: None,
        });
    }
    all.retain(|g| !g.code.is_empty() || !g.words.trim().is_empty());
    all
}

impl KeptAnswer {
    /// What was given as a reason.
    pub fn given(&self) -> Vec<Given> {
        given(&self.remarks, &self.reductions, self.note.as_deref())
    }
}

impl Given {
    /// Code and words, as a person reads them.
    pub fn text(&self) -> String {
        match (self.code.as_str(), self.words.as_str()) {
            ("", words) => words.to_owned(),
            (code, "") => code.to_owned(),
            (code, words) => format!("{code}: {words}"),
        }
    }

    /// What is remembered of it: the same words about another line or amount are the same.
    pub fn id(&self) -> String {
        let mut key = String::new();
        for c in plain(&self.text()).chars() {
            match c.is_ascii_digit() {
                true if key.ends_with('#') => {}
                true => key.push('#'),
                false => key.push(c),
            }
        }
        let mut hash = sha256(key.as_bytes());
        hash.truncate(12);
        hash
    }
}

impl Desk<'_> {
    /// Puts words nobody knows into the queue where a person says what they mean. They were said of this invoice, and go
    /// with its documents where they were said of no other.
    pub(super) async fn note_unknown_reasons(
        &self,
        tx: &mut Tx,
        invoice: &str,
        heard: &Heard,
    ) -> Result<(), WorkflowError> {
        for given in given(&heard.remarks, &heard.reductions, heard.note.as_deref()) {
            if Reasons::shipped().of(&given.code, &given.words).is_some() {
                continue;
            }
            let id = given.id();
            if tx.reason_word(&id).await?.is_none() {
                let row = ReasonWordRow {
                    id: id.clone(),
                    words: self.store.seal(given.text().as_bytes())?,
                    first_ms: (self.clock)(),
                    ..ReasonWordRow::default()
                };
                tx.put_reason_word(&row).await?;
            }
            tx.heard_reason_word(&id, invoice).await?;
        }
        Ok(())
    }
}
