//! Words of portals that no table knows, with what people say they mean; and which invoice stands in the place of which.

use super::db::on;
use super::{StoreError, Tx};
use serde::Serialize;

/// Words, and what they mean.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ReasonWordRow {
    /// The beginning of the SHA-256 of the words as they are compared.
    pub id: String,
    /// The words, sealed.
    #[serde(skip)]
    pub words: String,
    /// When they were first heard, in milliseconds since 1970.
    pub first_ms: i64,
    /// A slug of the table of reasons; `None`: nobody has decided.
    pub slug: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, in milliseconds since 1970.
    pub decided_ms: Option<i64>,
}

type Row = (
    String,
    String,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
);

fn reason_word((id, words, first_ms, slug, decided_by, decided_ms): Row) -> ReasonWordRow {
    ReasonWordRow {
        id,
        words,
        first_ms,
        slug,
        decided_by,
        decided_ms,
    }
}

impl Tx {
    /// Every word, the oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reason_words(&mut self) -> Result<Vec<ReasonWordRow>, StoreError> {
        const SQL: &str = "SELECT id, words, first_ms, slug, decided_by, decided_ms FROM reason_word ORDER BY first_ms, id";
        let rows: Vec<Row> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(reason_word).collect())
    }

    /// The word with an id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reason_word(&mut self, id: &str) -> Result<Option<ReasonWordRow>, StoreError> {
        const SQL: &str = "SELECT id, words, first_ms, slug, decided_by, decided_ms FROM reason_word WHERE id = $1";
        let row: Option<Row> =
            on!(self, c => sqlx::query_as(SQL).bind(id).fetch_optional(c).await?);
        Ok(row.map(reason_word))
    }

    /// Writes a word, new or decided.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_reason_word(&mut self, row: &ReasonWordRow) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO reason_word (id, words, first_ms, slug, decided_by, decided_ms) VALUES ($1, $2, $3, \
            $4, $5, $6) ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, decided_by = excluded.decided_by, \
            decided_ms = excluded.decided_ms";
        let r = row;
        on!(self, c => {
            sqlx::query(SQL)
                .bind(&r.id).bind(&r.words).bind(r.first_ms).bind(&r.slug).bind(&r.decided_by).bind(r.decided_ms)
                .execute(c).await?;
        });
        Ok(())
    }

    /// Writes of which invoice words were said.
    ///
    /// # Errors
    /// The database fails, or no such words.
    pub async fn heard_reason_word(&mut self, id: &str, invoice: &str) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO reason_heard (word, invoice) VALUES ($1, $2) ON CONFLICT (word, invoice) DO NOTHING";
        on!(self, c => {
            sqlx::query(SQL).bind(id).bind(invoice).execute(c).await?;
        });
        Ok(())
    }

    /// Of how many invoices words were said.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reason_word_invoices(&mut self, id: &str) -> Result<i64, StoreError> {
        const SQL: &str = "SELECT COUNT(*) FROM reason_heard WHERE word = $1";
        let (count,): (i64,) = on!(self, c => sqlx::query_as(SQL).bind(id).fetch_one(c).await?);
        Ok(count)
    }

    /// Takes words away, with what they were said to mean. False where there are none of that id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_reason_word(&mut self, id: &str) -> Result<bool, StoreError> {
        let gone = on!(self, c => {
            sqlx::query("DELETE FROM reason_heard WHERE word = $1").bind(id).execute(&mut *c).await?;
            sqlx::query("DELETE FROM reason_word WHERE id = $1").bind(id).execute(c).await?.rows_affected()
        });
        Ok(gone > 0)
    }

    /// Takes away words that were said of this invoice and of no other, when its documents are purged.
    ///
    /// # Errors
    /// The database fails.
    pub async fn forget_reason_words_of(&mut self, invoice: &str) -> Result<(), StoreError> {
        const OWN: &str = "SELECT word FROM reason_heard WHERE invoice = $1 AND NOT EXISTS (SELECT 1 FROM reason_heard o \
            WHERE o.word = reason_heard.word AND o.invoice <> $1)";
        let own: Vec<(String,)> =
            on!(self, c => sqlx::query_as(OWN).bind(invoice).fetch_all(c).await?);
        for (word,) in own {
            self.forget_reason_word(&word).await?;
        }
        on!(self, c => {
            sqlx::query("DELETE FROM reason_heard WHERE invoice = $1").bind(invoice).execute(c).await?;
        });
        Ok(())
    }

    /// The id of the invoice in whose place another stands.
    ///
    /// # Errors
    /// The database fails.
    pub async fn replaces(&mut self, invoice: &str) -> Result<Option<String>, StoreError> {
        const SQL: &str = "SELECT replaces FROM replacement WHERE invoice = $1";
        let row: Option<(String,)> =
            on!(self, c => sqlx::query_as(SQL).bind(invoice).fetch_optional(c).await?);
        Ok(row.map(|(id,)| id))
    }

    /// The ids of the invoices that stand in an invoice's place.
    ///
    /// # Errors
    /// The database fails.
    pub async fn replaced_by(&mut self, invoice: &str) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "SELECT invoice FROM replacement WHERE replaces = $1 ORDER BY invoice";
        let rows: Vec<(String,)> =
            on!(self, c => sqlx::query_as(SQL).bind(invoice).fetch_all(c).await?);
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Writes in whose place an invoice stands.
    ///
    /// # Errors
    /// The database fails, or it stands in another's place already.
    pub async fn put_replacement(
        &mut self,
        invoice: &str,
        replaces: &str,
    ) -> Result<(), StoreError> {
        const SQL: &str = "INSERT INTO replacement (invoice, replaces) VALUES ($1, $2)";
        on!(self, c => {
            sqlx::query(SQL).bind(invoice).bind(replaces).execute(c).await?;
        });
        Ok(())
    }
}
