//! Settings with their values and origins.

use super::file::{self, SettingsMistake};
use super::keys::{KEYS, Key, Kind};
use super::redact::address;
use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a value came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Nobody said otherwise.
    Default,
    /// The settings file.
    File {
        /// Which.
        path: PathBuf,
        /// The line in it, from 1.
        line: usize,
    },
    /// A variable of the environment.
    Environment(&'static str),
    /// An argument of the command.
    Argument(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Argument(name) => write!(f, "argument {name}"),
        }
    }
}

/// A setting's value. Prints nothing by itself: [`Settings::shown`] says what may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    /// One text, or several where there may be.
    pub texts: Vec<String>,
    /// Where it came from.
    pub origin: Origin,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.origin)
    }
}

/// All settings.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
    said: BTreeMap<&'static str, Value>,
}

/// A whole number above nothing.
pub(super) fn number(text: &str) -> Result<String, String> {
    match text.parse::<u32>() {
        Ok(n) if n > 0 => Ok(n.to_string()),
        _ => Err(format!(
            "a whole number above 0 is expected, not \"{text}\""
        )),
    }
}

impl Settings {
    /// The settings of a file and of the environment. Without a file named, the one in the platform's settings folder
    /// is read, if it is there.
    ///
    /// # Errors
    /// A named file that cannot be read, or a mistake in it or in the environment.
    pub fn load(
        named: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        let path = named.map(Path::to_owned).or_else(file::usual_place);
        if let Some(path) = path {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    settings.said = file::parse(&path, &text)?;
                    settings.file = Some(path);
                }
                // Not there, or in a folder this user may not even enter.
                Err(_) if named.is_none() && !matches!(path.try_exists(), Ok(true)) => {}
                Err(e) => {
                    let what = format!("{}: the settings cannot be read", path.display());
                    return Err(anyhow::Error::new(e).context(what));
                }
            }
        }
        for key in KEYS {
            let Some(text) = environment(key.variable).filter(|text| !text.is_empty()) else {
                continue;
            };
            let texts = match key.kind {
                Kind::Paths => env::split_paths(&text)
                    .map(|p| p.display().to_string())
                    .collect(),
                Kind::Number => vec![number(&text).map_err(|why| SettingsMistake {
                    place: key.variable.to_owned(),
                    why,
                })?],
                Kind::Text | Kind::Address | Kind::Path | Kind::Secret => vec![text],
            };
            let origin = Origin::Environment(key.variable);
            settings.said.insert(key.name, Value { texts, origin });
        }
        Ok(settings)
    }

    /// Puts what an argument says, if anything, before all else.
    #[must_use]
    pub fn with(mut self, key: &Key, argument: &str, texts: Vec<String>) -> Self {
        if !texts.is_empty() {
            let origin = Origin::Argument(argument.to_owned());
            self.said.insert(key.name, Value { texts, origin });
        }
        self
    }

    /// A setting's value; nothing where nobody says and there is no default.
    pub fn value(&self, key: &Key) -> Option<Value> {
        let said = self.said.get(key.name).cloned();
        said.or_else(|| {
            (key.default)(self).map(|text| Value {
                texts: vec![text],
                origin: Origin::Default,
            })
        })
    }

    /// A setting of one value.
    pub fn text(&self, key: &Key) -> Option<String> {
        self.value(key)?.texts.into_iter().next()
    }

    /// A file or folder.
    pub fn path(&self, key: &Key) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    /// Files or folders.
    pub fn paths(&self, key: &Key) -> Vec<PathBuf> {
        let value = self.value(key);
        let texts = value.into_iter().flat_map(|v| v.texts);
        texts.map(PathBuf::from).collect()
    }

    /// A number; it was read when the settings were.
    pub fn number(&self, key: &Key) -> Option<u32> {
        self.text(key)?.parse().ok()
    }

    /// A setting as it may be shown, with where it came from.
    pub fn shown(&self, key: &Key) -> (String, String) {
        let Some(value) = self.value(key) else {
            return ("(not set)".to_owned(), Origin::Default.to_string());
        };
        let texts = value.texts.iter().map(|text| match key.kind {
            Kind::Secret => "(set, not shown)".to_owned(),
            Kind::Address => address(text),
            Kind::Text | Kind::Path | Kind::Paths | Kind::Number => text.clone(),
        });
        (
            texts.collect::<Vec<_>>().join(", "),
            value.origin.to_string(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DOCUMENTS, HISTORY, SESSION_HOURS, STORE, TOKEN};
    use super::*;

    fn of(text: &str, environment: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cleanbill.toml");
        fs::write(&path, text).expect("written");
        let environment = |name: &str| {
            let found = environment.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let loaded = Settings::load(Some(&path), environment);
        let place = folder.path().display().to_string() + "/";
        loaded.map_err(|e| format!("{e:#}").replace(&place, ""))
    }

    #[test]
    fn arguments_come_before_the_environment_and_that_before_the_file() {
        let file = "store = \"file.db\"\nsession_hours = 8\n";
        let settings = of(file, &[("CLEANBILL_STORE", "environment.db")]).expect("settings");
        assert_eq!(settings.text(&STORE).as_deref(), Some("environment.db"));
        assert_eq!(settings.number(&SESSION_HOURS), Some(8));
        let settings = settings.with(&STORE, "--store", vec!["argument.db".to_owned()]);
        assert_eq!(settings.text(&STORE).as_deref(), Some("argument.db"));
        assert_eq!(settings.shown(&STORE).1, "argument --store");
        assert_eq!(settings.text(&DOCUMENTS).as_deref(), Some("documents"));
        assert_eq!(settings.shown(&DOCUMENTS).1, "default");
    }

    #[test]
    fn paths_in_the_file_are_relative_to_it() {
        let settings = of("store = \"c.db\"\nhistory = [\"a\", \"/b\"]", &[]).expect("settings");
        let folder = settings
            .file
            .as_ref()
            .and_then(|f| f.parent())
            .expect("one")
            .to_owned();
        assert_eq!(settings.path(&STORE), Some(folder.join("c.db")));
        assert_eq!(settings.path(&DOCUMENTS), Some(folder.join("documents")));
        assert_eq!(settings.paths(&HISTORY), [folder.join("a"), "/b".into()]);
        assert!(settings.shown(&STORE).1.ends_with("cleanbill.toml:1"));
    }

    #[test]
    fn mistakes_have_a_place_and_a_remedy() {
        for (text, expected) in [
            (
                "\nstoer = \"x\"",
                "cleanbill.toml:2:1: there is no setting \"stoer\"; did you mean \"store\"?",
            ),
            (
                "store = 5",
                "cleanbill.toml:1:9: store: words in quotes are expected",
            ),
            (
                "session_hours = 0",
                "cleanbill.toml:1:17: session_hours: a whole number above 0 is expected, not \"0\"",
            ),
            (
                "token = \"MARKER\"",
                "cleanbill.toml:1:9: token: a secret does not belong in a file; set CLEANBILL_TOKEN in the environment",
            ),
        ] {
            assert_eq!(of(text, &[]).expect_err("a mistake"), expected);
        }
        let broken = of("store = MARKER\n", &[]).expect_err("a mistake");
        assert!(broken.starts_with("cleanbill.toml:1:9: "), "{broken}");
        assert!(!broken.contains("MARKER"), "{broken}");
        let variable = of("", &[("CLEANBILL_SESSION_HOURS", "soon")]).expect_err("a mistake");
        assert!(
            variable.starts_with("CLEANBILL_SESSION_HOURS: a whole number"),
            "{variable}"
        );
    }

    #[test]
    fn what_is_said_empty_is_not_said() {
        let settings = of("", &[("CLEANBILL_TOKEN", "")]).expect("settings");
        assert_eq!(settings.text(&TOKEN), None);
    }

    #[test]
    fn nothing_secret_is_shown_or_printed_for_debugging() {
        let environment = [
            ("CLEANBILL_TOKEN", "MARKER"),
            ("CLEANBILL_STORE", "postgres://a:MARKER@h/d"),
        ];
        let settings = of("", &environment).expect("settings");
        let mut all = format!("{settings:?}");
        for key in KEYS {
            let (value, origin) = settings.shown(key);
            all += &format!("{value}{origin}");
        }
        assert!(!all.contains("MARKER"), "{all}");
        assert!(all.contains("postgres://a:***@h/d"), "{all}");
    }
}
