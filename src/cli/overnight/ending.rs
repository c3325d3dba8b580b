//! When a night ends: at a time of the day, or when it is asked to.

use crate::workflow::submission::Stop;
use anyhow::Context;
use chrono::{Days, Local, NaiveTime, TimeZone};
use std::future::Future;
use std::io;

/// The next moment with this time of the day, in milliseconds since 1970.
pub(super) fn next(time: NaiveTime) -> anyhow::Result<i64> {
    let now = Local::now();
    let mut day = now.date_naive();
    if now.time() >= time {
        day = day.checked_add_days(Days::new(1)).context("no tomorrow")?;
    }
    // A clock set forward leaves out an hour: then the first moment after it.
    let at = (0..=120).find_map(|minutes| {
        let later = day.and_time(time) + chrono::Duration::minutes(minutes);
        Local.from_local_datetime(&later).earliest()
    });
    Ok(at.context("there is no such time")?.timestamp_millis())
}

/// Does the work, and passes on that it is to end when the system says so.
pub(super) async fn watched<T>(stop: &Stop, work: impl Future<Output = T>) -> io::Result<T> {
    let mut work = std::pin::pin!(work);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminated = signal(SignalKind::terminate())?;
        let mut interrupted = signal(SignalKind::interrupt())?;
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                _ = terminated.recv() => stop.now(),
                _ = interrupted.recv() => stop.now(),
            }
        }
    }
    #[cfg(not(unix))]
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            _ = tokio::signal::ctrl_c() => stop.now(),
        }
    }
}
