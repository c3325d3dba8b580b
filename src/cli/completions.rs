//! `cleanbill completions SHELL`.

use std::io::Write;

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill completions bash > /etc/bash_completion.d/cleanbill")]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Writes the completions.
pub fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "cleanbill", &mut text);
    out.write_all(&text)?;
    Ok(())
}
