//! Every table as rows of text, whatever it holds: what a backup is made of, so that no table is ever forgotten.

use super::db::on;
use super::{StoreError, Tx};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row};

/// Where the steps that were taken are written down; a store that is restored takes them anew.
const STEPS: &str = "_sqlx_migrations";

/// A row: each column's value as text, in the order of the columns.
pub type Cells = Vec<Option<String>>;

/// A table.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Whole numbers; otherwise text.
    pub number: bool,
}

/// A name of ours needs no quotes; one that does is not ours.
fn plain(name: &str) -> Result<&str, StoreError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.is_empty() && name.chars().all(fits) {
        return Ok(name);
    }
    Err(StoreError::Unreadable(format!("the name \"{name}\"")))
}

impl Tx {
    async fn names(&mut self) -> Result<Vec<String>, StoreError> {
        // In the order they were made: a table comes after those it refers to.
        const LITE: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                            ORDER BY rowid";
        const PG: &str = "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                          WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.oid";
        let sql = match self {
            Self::Lite(_) => LITE,
            Self::Pg(_) => PG,
        };
        let rows: Vec<(String,)> = on!(self, c => sqlx::query_as(sql).fetch_all(c).await?);
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    /// The numbers of the steps the tables were made by.
    pub(super) async fn steps_taken(&mut self) -> Result<Vec<i64>, StoreError> {
        const SQL: &str = "SELECT version FROM _sqlx_migrations ORDER BY version";
        if !self.names().await?.iter().any(|name| name == STEPS) {
            return Ok(Vec::new());
        }
        let rows: Vec<(i64,)> = on!(self, c => sqlx::query_as(SQL).fetch_all(c).await?);
        Ok(rows.into_iter().map(|(n,)| n).collect())
    }

    /// Every table of the store; a table comes after those it refers to.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        const LITE: &str = "SELECT name, upper(type) FROM pragma_table_info($1) ORDER BY cid";
        const PG: &str = "SELECT column_name::text, upper(data_type::text) FROM information_schema.columns \
                          WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position";
        let sql = match self {
            Self::Lite(_) => LITE,
            Self::Pg(_) => PG,
        };
        let mut tables = Vec::new();
        for name in self.names().await? {
            if name == STEPS {
                continue;
            }
            let rows: Vec<(String, String)> =
                on!(self, c => sqlx::query_as(sql).bind(&name).fetch_all(c).await?);
            let columns = rows.into_iter().map(|(name, kind)| Column {
                name,
                number: kind.contains("INT"),
            });
            tables.push(Table {
                columns: columns.collect(),
                name,
            });
        }
        Ok(tables)
    }

    /// Hands on every row of a table.
    ///
    /// # Errors
    /// The database fails, or whoever gets the rows.
    pub async fn rows(
        &mut self,
        table: &Table,
        mut each: impl FnMut(Cells) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let columns: Result<Vec<String>, StoreError> = table
            .columns
            .iter()
            .map(|c| Ok(format!("CAST({} AS TEXT)", plain(&c.name)?)))
            .collect();
        let sql = format!(
            "SELECT {} FROM {}",
            columns?.join(", "),
            plain(&table.name)?
        );
        let count = table.columns.len();
        on!(self, c => {
            let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(c);
            while let Some(row) = rows.try_next().await? {
                let mut cells = Vec::with_capacity(count);
                for at in 0..count {
                    cells.push(row.try_get::<Option<String>, usize>(at)?);
                }
                each(cells)?;
            }
        });
        Ok(())
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The database fails, or a number is none.
    pub async fn put_row(&mut self, table: &Table, cells: &Cells) -> Result<(), StoreError> {
        let mut names = Vec::with_capacity(cells.len());
        let mut marks = Vec::with_capacity(cells.len());
        for (n, column) in (1..).zip(&table.columns) {
            names.push(plain(&column.name)?);
            marks.push(format!("${n}"));
        }
        let (name, names, marks) = (plain(&table.name)?, names.join(", "), marks.join(", "));
        let sql = format!("INSERT INTO {name} ({names}) VALUES ({marks})");
        on!(self, c => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for (column, cell) in table.columns.iter().zip(cells) {
                query = if column.number {
                    let number = cell.as_deref().map(str::parse::<i64>).transpose();
                    let wrong = || StoreError::Unreadable(format!("{name}.{}", column.name));
                    query.bind(number.map_err(|_| wrong())?)
                } else {
                    query.bind(cell.clone())
                };
            }
            query.execute(c).await?;
        });
        Ok(())
    }

    /// How many rows a table has.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count(&mut self, table: &Table) -> Result<i64, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", plain(&table.name)?);
        let (count,): (i64,) =
            on!(self, c => sqlx::query_as(AssertSqlSafe(sql)).fetch_one(c).await?);
        Ok(count)
    }
}
