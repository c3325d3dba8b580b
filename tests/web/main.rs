//! The web application as a browser meets it: the real server, on SQLite and PostgreSQL.

#[path = "../tracker/firm.rs"]
#[allow(dead_code, reason = "shared with the tests of the tracker")]
mod firm;
#[path = "../tracker/postgres.rs"]
#[allow(dead_code, reason = "shared with the tests of the tracker")]
mod postgres;

mod api_accounts;
mod api_calls;
mod api_hooks;
mod api_program;
mod api_schema;
mod api_table;
mod browser;
mod furnished;
mod guest;
#[cfg(feature = "oidc")]
mod identity;
mod money;
#[cfg(feature = "oidc")]
mod provider;
#[cfg(feature = "oidc")]
mod provider_proof;
#[cfg(feature = "oidc")]
mod provider_real;
#[cfg(feature = "oidc")]
mod provider_settings;
#[cfg(feature = "oidc")]
mod provider_way;
mod second;
mod security;
mod sign_in;
mod table;
mod third;
mod work;

use postgres_query as query;

/// Runs a statement on a database behind the program's back.
fn postgres_query(url: &str, sql: &str) -> u64 {
    use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
    use std::str::FromStr;
    firm::wait(async {
        let sql = AssertSqlSafe(sql.to_owned());
        let options = sqlx::postgres::PgConnectOptions::from_str(url).expect("a URL");
        let mut c = options.connect().await.expect("connected");
        let done = c.execute(sqlx::raw_sql(sql)).await.expect("done");
        c.close().await.expect("closed");
        done.rows_affected()
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
