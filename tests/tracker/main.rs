//! The tracker as it is called, on SQLite and PostgreSQL: the same tests on both.

mod answers;
mod appeals;
mod evidence;
mod faults;
mod firm;
mod gate;
#[cfg(feature = "imap")]
mod imap;
mod inside;
mod keeping;
mod kill;
#[cfg(feature = "oidc")]
mod links;
mod money_rows;
mod night;
mod odd_answers;
mod payments;
mod people;
mod postgres;
mod reports;
mod review;
mod roles;
mod schemas;
mod sending;
mod settings;
mod sign_in;
mod soak;
mod story;
mod tamper;
mod watch;
mod year;

/// Runs a statement on a database behind the program's back.
pub fn query(url: &str, sql: &str) -> u64 {
    use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
    use std::str::FromStr;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let sql = AssertSqlSafe(sql.to_owned());
        if url.starts_with("postgres") {
            let options = sqlx::postgres::PgConnectOptions::from_str(url).expect("a URL");
            let mut c = options.connect().await.expect("connected");
            let done = c.execute(sqlx::raw_sql(sql)).await.expect("done");
            c.close().await.expect("closed");
            done.rows_affected()
        } else {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(url);
            let mut c = options.connect().await.expect("opened");
            let done = c.execute(sqlx::raw_sql(sql)).await.expect("done");
            c.close().await.expect("closed");
            done.rows_affected()
        }
    })
}

/// The same test on both databases.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() {
                super::$test($crate::firm::Firm::on($crate::firm::Backend::Sqlite).expect("SQLite"));
            })+
        }
        mod postgres {
            $(#[test] fn $test() {
                if let Some(firm) = $crate::firm::Firm::on($crate::firm::Backend::Postgres) {
                    super::$test(firm);
                }
            })+
        }
    };
}
pub(crate) use on_both;
