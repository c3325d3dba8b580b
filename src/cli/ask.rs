//! Passwords and codes: typed on the terminal without echo, or one a line from standard input.

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use std::io::{self, BufRead};

/// Where answers come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Standard input, and not the terminal.
    pub stdin: bool,
}

impl Ask {
    /// Asks for something nobody else should see.
    ///
    /// # Errors
    /// There is no terminal, or no further line.
    pub fn secret(self, what: &str) -> anyhow::Result<SecretString> {
        if !self.stdin {
            let typed = rpassword::prompt_password(format!("{what}: "));
            let typed = typed.with_context(|| {
                format!("there is no terminal to ask for \"{what}\"; give it on standard input with --password-stdin")
            })?;
            return Ok(typed.into());
        }
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            bail!("standard input has no line for \"{what}\"");
        }
        let end = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(end);
        Ok(line.into())
    }

    /// Asks for a new password, on a terminal twice.
    ///
    /// # Errors
    /// There is no terminal, no further line, or it was typed differently.
    pub fn new_password(self) -> anyhow::Result<SecretString> {
        let first = self.secret("New password")?;
        if !self.stdin {
            let second = self.secret("New password again")?;
            if first.expose_secret() != second.expose_secret() {
                bail!("the new password was not typed the same twice; nothing was changed");
            }
        }
        Ok(first)
    }
}
