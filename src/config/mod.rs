//! Settings: each from an argument, else the environment, else the settings file, else its default, and known by where
//! it came from.
//! Not here: what a setting is used for, and the arguments of commands.

mod file;
mod keys;
mod redact;
mod settings;

pub use file::SettingsMistake;
pub use keys::*;
pub use redact::{address, is_mistyped};
pub use settings::{Origin, Settings, Value};

/// The name of the settings file in the platform's settings folder.
pub const FILE: &str = "cleanbill.toml";
