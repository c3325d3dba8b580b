//! The settings of this call: the file that --config names, and the environment.

use crate::config::Settings;
use std::env;
use std::path::PathBuf;
use std::sync::OnceLock;

/// The file of --config or CLEANBILL_CONFIG.
static NAMED: OnceLock<Option<PathBuf>> = OnceLock::new();

/// A variable of the environment that says something.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|v| !v.is_empty())
}

/// Says which settings file is meant; once, before anything asks for a setting.
pub fn name_file(argument: Option<PathBuf>) {
    let named = argument.or_else(|| set("CLEANBILL_CONFIG").map(PathBuf::from));
    let _ = NAMED.set(named);
}

/// The settings.
///
/// # Errors
/// A mistake in them, or a named file that cannot be read.
pub fn settings() -> anyhow::Result<Settings> {
    let named = NAMED.get().and_then(Option::as_deref);
    Settings::load(named, set)
}
