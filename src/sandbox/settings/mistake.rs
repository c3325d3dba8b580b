//! Why a sandbox does not start.

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The settings are no settings.
    #[error(
        "{path}: {text}\nExpected is a file like fixtures/sandbox/eight.toml; `[[portal]]` with name and kind is the least."
    )]
    Settings {
        /// Which file.
        path: String,
        /// Where and what.
        text: String,
    },
    /// A portal's settings contradict themselves.
    #[error("portal {portal}: {text}")]
    Portal {
        /// Its name.
        portal: String,
        /// What, and what to do.
        text: String,
    },
    /// The port is taken, or may not be used.
    #[error("port {port}: {source}; choose another with --port, or 0 for any")]
    Port {
        /// Which.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
}
