//! Somebody who is known, and by what.

use super::{Role, Scope};

/// How a call is known to be a person's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Known {
    /// They signed in; the SHA-256 of the session's secret.
    Session(String),
    /// By a token.
    Token(Scope),
    /// By the operating system's user.
    OsUser,
    /// Not at all: somebody else named them.
    Named,
}

/// Somebody who is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// The name that stands in events.
    pub name: String,
    /// What they are here for.
    pub role: Role,
    /// The clients they serve; nothing is every client.
    pub clients: Option<Vec<String>>,
    /// By what they are known.
    pub known: Known,
}

impl Person {
    /// Whether a client is theirs.
    pub fn serves(&self, client: &str) -> bool {
        let own = |all: &Vec<String>| all.iter().any(|c| c == client);
        self.clients.as_ref().is_none_or(own)
    }

    /// Whether what they are known by is good for looking only.
    pub fn only_reads(&self) -> bool {
        matches!(self.known, Known::Token(Scope::Read) | Known::Named)
    }
}
