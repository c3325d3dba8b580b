//! The two databases behind one body of SQL.

use super::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Executor, Postgres, SqlSafeStr, Sqlite, Transaction};
use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// Every step of the tables, in order. A step that was released is never edited.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/0001_first.sql")),
    (2, "people", include_str!("migrations/0002_people.sql")),
    (3, "review", include_str!("migrations/0003_review.sql")),
    (4, "keeping", include_str!("migrations/0004_keeping.sql")),
    (
        5,
        "submission",
        include_str!("migrations/0005_submission.sql"),
    ),
    (6, "answers", include_str!("migrations/0006_answers.sql")),
    (7, "appeals", include_str!("migrations/0007_appeals.sql")),
    (8, "sent", include_str!("migrations/0008_sent.sql")),
    (9, "risk", include_str!("migrations/0009_risk.sql")),
    (
        10,
        "remittance",
        include_str!("migrations/0010_remittance.sql"),
    ),
    (11, "waiting", include_str!("migrations/0011_waiting.sql")),
    (12, "api", include_str!("migrations/0012_api.sql")),
    (13, "filters", include_str!("migrations/0013_filters.sql")),
    (14, "words", include_str!("migrations/0014_words.sql")),
    (15, "links", include_str!("migrations/0015_links.sql")),
    (16, "board", include_str!("migrations/0016_board.sql")),
];

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open database.
pub enum Db {
    /// A file.
    Lite(SqlitePool),
    /// A server.
    Pg(PgPool),
}

/// A transaction; dropped without [`Tx::commit`], it never happened.
pub enum Tx {
    /// In a file.
    Lite(Transaction<'static, Sqlite>),
    /// On a server.
    Pg(Transaction<'static, Postgres>),
}

/// The same statement, compiled for both databases.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Lite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::store::Tx::Pg(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use on;

impl Db {
    /// Connects, makes the store where there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// No such place, no connection, or tables of a newer program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let db = Self::connect(url).await?;
        db.migrate(&steps(|_| true)).await?;
        Ok(db)
    }

    /// Connects to a store that is there, and brings its tables up to date.
    ///
    /// # Errors
    /// As of [`Db::open`], or there is no store.
    pub async fn open_existing(url: &str) -> Result<Self, StoreError> {
        let nowhere = || StoreError::Nowhere(without_password(url));
        if path_of(url)?.is_some_and(|path| !path.exists()) {
            return Err(nowhere());
        }
        let db = Self::connect(url).await?;
        if db.steps_taken().await?.is_empty() {
            db.close().await;
            return Err(nowhere());
        }
        db.migrate(&steps(|_| true)).await?;
        Ok(db)
    }

    /// Takes those steps towards today's tables that are not taken yet.
    pub(super) async fn migrate(&self, steps: &Migrator) -> Result<(), StoreError> {
        match self {
            Self::Lite(pool) => steps.run(pool).await?,
            Self::Pg(pool) => steps.run(pool).await?,
        }
        Ok(())
    }

    /// The numbers of the steps its tables were made by; none where it has no tables of ours.
    pub(super) async fn steps_taken(&self) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.read().await?;
        tx.steps_taken().await
    }

    /// Connects, and makes the file where there is none.
    pub(super) async fn connect(url: &str) -> Result<Self, StoreError> {
        let Some(path) = path_of(url)? else {
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| StoreError::Url(without_password(url)))?
                .application_name("cleanbill")
                .options([("lock_timeout", PATIENCE.as_millis().to_string())]);
            let pool = PgPoolOptions::new()
                .max_connections(4)
                .acquire_timeout(PATIENCE)
                .connect_with(options)
                .await?;
            return Ok(Self::Pg(pool));
        };
        private_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        Ok(Self::Lite(pool))
    }

    /// Begins a transaction that writes; none begins while another is [`Self::alone`].
    ///
    /// # Errors
    /// The database is locked or gone.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            // A transaction that reads first and then writes cannot wait for others.
            Self::Lite(pool) => Tx::Lite(pool.begin_with("BEGIN IMMEDIATE").await?),
            // What it reads is of one moment; who was second gets a conflict and begins anew.
            Self::Pg(pool) => Tx::Pg(locked(pool, "ROW SHARE").await?),
        })
    }

    /// Begins a transaction beside which no other writes: it waits for those that are open, and sees what they did.
    ///
    /// # Errors
    /// The database is locked or gone.
    pub async fn alone(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Lite(_) => self.write().await,
            Self::Pg(pool) => Ok(Tx::Pg(locked(pool, "EXCLUSIVE").await?)),
        }
    }

    /// Begins a transaction that reads, and sees one moment of the store.
    ///
    /// # Errors
    /// The database is gone.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Lite(pool) => Tx::Lite(pool.begin().await?),
            Self::Pg(pool) => Tx::Pg(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// Lets go of the database.
    pub async fn close(self) {
        match self {
            Self::Lite(pool) => pool.close().await,
            Self::Pg(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes it so.
    ///
    /// # Errors
    /// The database could not; then nothing happened.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A transaction that writes on a server. PostgreSQL has no lock of a whole database, so the table of the rules by which
/// documents go stands for it. A lock takes no snapshot: what the transaction sees begins after it has waited.
async fn locked(pool: &PgPool, mode: &str) -> Result<Transaction<'static, Postgres>, StoreError> {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    let mut tx = pool.begin_with(begin).await?;
    let lock = AssertSqlSafe(format!("LOCK TABLE retention IN {mode} MODE"));
    tx.execute(sqlx::raw_sql(lock)).await?;
    Ok(tx)
}

/// The path of a SQLite file; nothing for a server.
fn path_of(url: &str) -> Result<Option<&Path>, StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(None);
    }
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    if path.contains("://") || path.is_empty() {
        return Err(StoreError::Url(without_password(url)));
    }
    Ok(Some(Path::new(path)))
}

/// The steps with these numbers.
pub(super) fn steps(wanted: impl Fn(i64) -> bool) -> Migrator {
    let steps = STEPS.iter().filter(|(n, ..)| wanted(*n));
    let steps = steps.map(|(n, name, sql)| {
        Migration::new(
            *n,
            (*name).into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}

/// SQLite's other files take the rights of the first.
fn private_file(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
    }
    match super::documents::private().create_new(true).open(path) {
        Ok(_) => Ok(()),
        // Another process made it meanwhile.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(StoreError::io(path)(e)),
    }
}

/// A URL as it may be printed.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((who, host)) => {
            let user = who.split_once(':').map_or(who, |(user, _)| user);
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_are_not_printed() {
        let shown = super::without_password("mysql://ann:pa:ss@host/db");
        assert_eq!(shown, "mysql://ann@host/db");
    }
}
