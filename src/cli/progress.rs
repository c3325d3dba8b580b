//! A progress bar on standard error, for long work on a terminal.

use crate::check::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Shows how far a check has come. Nothing is drawn for short work, or where nobody looks.
pub struct Bar {
    bar: ProgressBar,
}

impl Bar {
    /// A bar for the bytes still to be named.
    pub fn new() -> Self {
        let bar = ProgressBar::new(0);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template(
            "{spinner} {bytes} of {total_bytes} checked, {eta} left {wide_msg}",
        ) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn file(&self, name: &str, bytes: u64) {
        self.bar.inc_length(bytes);
        self.bar.set_message(name.to_owned());
    }

    fn done(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}
