//! Everything that speaks for an appeal in one place: lines, cuts, clauses, approvals on file, earlier wins.

use super::status;
use crate::model::Lists;
use crate::model::lists::{Approves, in_span};
use crate::revise::line::LineText;
use crate::store::{AppealRow, InvoiceRow, ReductionFilter, ReductionRow, Tx};
use crate::workflow::desk::Desk;
use crate::workflow::permits::Act;
use crate::workflow::projection::Facts;
use crate::workflow::reductions::{Ground, status as of_reduction, texts};
use crate::workflow::refusal::WorkflowError;
use crate::workflow::table::Step;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A consent that lies on file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Approved {
    /// What it is for: `timekeeper`, `rate`, ...
    pub what: String,
    /// Timekeeper, code or vendor; empty: all.
    pub subject: String,
    /// Who gave it.
    pub by: String,
    /// When.
    pub on: Option<NaiveDate>,
    /// The mail or letter it stands in.
    pub reference: String,
}

/// A cut for the same reason that the client gave back.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EarlierWin {
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// LINE_ITEM_NUMBER.
    pub item: String,
    /// What came back.
    pub recovered: Decimal,
    /// What was cut.
    pub cut: Decimal,
    /// When it was decided, ISO.
    pub on: String,
}

/// A line of an appeal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PacketLine {
    /// The reduction's id.
    pub reduction: String,
    /// LINE_ITEM_NUMBER; empty: the invoice as a whole.
    pub item: String,
    /// The line as it was sent.
    pub line: Option<LineText>,
    /// What was cut.
    pub cut: Decimal,
    /// What is asked for.
    pub claimed: Decimal,
    /// The client's words.
    pub reason: String,
    /// The rule of ours that fits; empty: none.
    pub rule: String,
    /// The clause of the client's guidelines; empty: none is known.
    pub clause: String,
    /// Whether the client's own guidelines support the cut; `None`: they are not known here.
    pub supported: Option<bool>,
    /// What a person should look at.
    pub doubt: String,
    /// Consents on file.
    pub approvals: Vec<Approved>,
    /// The client's own decisions for the firm.
    pub earlier_wins: Vec<EarlierWin>,
}

/// All that speaks for an appeal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Packet {
    /// The appeal's id.
    pub appeal: String,
    /// INVOICE_NUMBER.
    pub invoice_number: String,
    /// Invoice date, ISO.
    pub invoice_date: String,
    /// CLIENT_ID.
    pub client_id: String,
    /// The client's name, by the firm's list.
    pub client_name: String,
    /// The firm's number of the matter.
    pub law_firm_matter_id: String,
    /// The portal; empty where not known.
    pub portal: String,
    /// ISO 4217; empty where the invoice names none.
    pub currency: String,
    /// What is asked for.
    pub claimed: Decimal,
    /// The last moment and how it was computed.
    pub window: String,
    /// Why, as who proposed it wrote.
    pub why: String,
    /// The lines.
    pub lines: Vec<PacketLine>,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who decided.
    pub decided_by: String,
}

impl Desk<'_> {
    /// Gathers the packet of an appeal.
    ///
    /// # Errors
    /// Not allowed, or there is none of this id.
    pub async fn packet(&self, id: &str, ground: &Ground<'_>) -> Result<Packet, WorkflowError> {
        self.may(Act::Step(Step::PrepareAppeal))?;
        let mut tx = self.store.db.read().await?;
        let (row, _) = self.appeal(&mut tx, id).await?;
        let mut shown = self.shown(&mut tx, row, ground.lists).await?;
        ground.mark(self, &shown.invoice, &mut shown.reductions)?;
        let invoice = &shown.invoice;
        let sent = self.sent_lines(invoice)?;
        let mut lines = Vec::new();
        for cut in &shown.reductions {
            let line = sent.iter().find(|l| Some(&l.item) == cut.item.as_ref());
            lines.push(PacketLine {
                reduction: cut.id.clone(),
                item: cut.item.clone().unwrap_or_default(),
                cut: cut.cut,
                claimed: cut.contested(),
                reason: texts(self, &cut.reason)?,
                rule: cut.rule.clone(),
                clause: ground.clause(invoice, &cut.rule).unwrap_or_default(),
                supported: cut.supported,
                doubt: cut.doubt.clone(),
                approvals: approvals(ground.lists, invoice, line),
                earlier_wins: self.wins(&mut tx, invoice, cut).await?,
                line: line.cloned(),
            });
        }
        let why = self.why_of(&mut tx, &shown.appeal).await?;
        let client = ground.lists.clients.of(&invoice.client);
        let mut named = client.filter(|c| c.client_id == invoice.client);
        let window = match shown.deadline.until_ms() {
            Some(_) => shown.deadline.words(),
            None if shown.appeal.until_ms.is_some() => shown.appeal.computed.clone(),
            None => shown.deadline.words(),
        };
        Ok(Packet {
            appeal: id.to_owned(),
            invoice_number: invoice.number.clone(),
            invoice_date: invoice.invoice_date.clone().unwrap_or_default(),
            client_id: invoice.client.clone(),
            client_name: named
                .next()
                .map_or_else(String::new, |c| c.client_name.clone()),
            law_firm_matter_id: invoice.matter.clone(),
            portal: invoice.portal.clone(),
            currency: Some(shown.appeal.currency.clone())
                .filter(|c| c != "?")
                .unwrap_or_default(),
            claimed: shown.appeal.claimed,
            window,
            why,
            lines,
            proposed_by: shown.appeal.proposed_by.clone(),
            decided_by: shown.appeal.decided_by.clone().unwrap_or_default(),
        })
    }

    /// Keeps a packet with its letter as a document of the appeal.
    ///
    /// # Errors
    /// Not allowed, or the appeal has ended.
    pub async fn keep_packet(
        &self,
        packet: &Packet,
        letter: &str,
    ) -> Result<AppealRow, WorkflowError> {
        self.may(Act::Step(Step::PrepareAppeal))?;
        again!(self.try_keep_packet(packet, letter))
    }

    async fn try_keep_packet(
        &self,
        packet: &Packet,
        letter: &str,
    ) -> Result<AppealRow, WorkflowError> {
        #[derive(Serialize)]
        struct Kept<'a> {
            packet: &'a Packet,
            letter: &'a str,
        }
        let mut tx = self.store.db.write().await?;
        let (mut row, invoice) = self.appeal(&mut tx, &packet.appeal).await?;
        let live = [status::PROPOSED, status::DECIDED, status::FILED];
        super::in_status(&row, &live, "put together")?;
        let hash = self.keep(&tx, &serde_json::to_vec(&Kept { packet, letter })?)?;
        if row.packet.as_ref() == Some(&hash) {
            return Ok(row);
        }
        let facts = Facts {
            version: Some(invoice.version),
            id: Some(row.id.clone()),
            code: Some("packet".to_owned()),
            about: Some(hash.clone()),
            ..Facts::default()
        };
        let invoice = self
            .money_step(&mut tx, invoice, Step::PrepareAppeal, &facts)
            .await?;
        tx.put_invoice(&invoice).await?;
        row.packet = Some(hash);
        tx.put_appeal(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// What the same client gave back of cuts by the same rule; others' decisions are none of its business.
    async fn wins(
        &self,
        tx: &mut Tx,
        invoice: &InvoiceRow,
        cut: &ReductionRow,
    ) -> Result<Vec<EarlierWin>, WorkflowError> {
        let mut wins = Vec::new();
        if cut.rule.is_empty() && cut.slug.is_empty() {
            return Ok(wins);
        }
        for word in [of_reduction::WON, of_reduction::PARTLY_WON] {
            let filter = ReductionFilter {
                status: Some(word.to_owned()),
                clients: Some(vec![invoice.client.clone()]),
                ..ReductionFilter::default()
            };
            for own in tx.reductions(&filter).await? {
                let same = !cut.rule.is_empty() && own.rule == cut.rule
                    || !cut.slug.is_empty() && own.slug == cut.slug;
                if !same || own.id == cut.id {
                    continue;
                }
                let Some(theirs) = tx.invoice(&own.invoice).await? else {
                    continue;
                };
                let ended = self.appeals_of(tx, &theirs).await?;
                let ended = ended.iter().find(|a| Some(&a.id) == own.appeal.as_ref());
                let on = ended.and_then(|a| a.ended_ms);
                let on = on.and_then(chrono::DateTime::from_timestamp_millis);
                wins.push(EarlierWin {
                    invoice_number: theirs.number,
                    item: own.item.unwrap_or_default(),
                    recovered: own.recovered,
                    cut: own.cut,
                    on: on.map_or_else(String::new, |d| d.date_naive().to_string()),
                });
            }
        }
        wins.sort_by(|a, b| b.on.cmp(&a.on));
        Ok(wins)
    }
}

/// Consents of the client that may cover a line.
fn approvals(lists: &Lists, invoice: &InvoiceRow, line: Option<&LineText>) -> Vec<Approved> {
    let day = line.and_then(|l| l.date);
    let fits = |subject: &str| {
        subject.is_empty()
            || line
                .is_some_and(|l| l.timekeeper_id == subject || l.codes.iter().any(|c| c == subject))
    };
    let all = lists.approvals.of(&invoice.client).filter(|a| {
        (a.law_firm_matter_id.is_empty() || a.law_firm_matter_id == invoice.matter)
            && day.is_none_or(|day| in_span(day, a.from, a.until))
            && fits(&a.subject)
    });
    all.map(|a| Approved {
        what: match a.approves {
            Approves::Timekeeper => "timekeeper",
            Approves::Rate => "rate",
            Approves::Research => "research",
            Approves::Expense => "expense",
            Approves::Vendor => "vendor",
            Approves::Work => "work",
            Approves::Staffing => "staffing",
            Approves::Travel => "travel",
        }
        .to_owned(),
        subject: a.subject.clone(),
        by: a.approved_by.clone(),
        on: a.approved_on,
        reference: a.reference.clone(),
    })
    .collect()
}
