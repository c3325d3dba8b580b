//! `cleanbill user totp`.

use crate::cli::ask::Ask;
use crate::cli::session_file;
use crate::cli::tracker::StoreArgs;
use crate::workflow::{Offer, RECOVERY_CODES};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use secrecy::{ExposeSecret, SecretString};
use std::io::{self, IsTerminal, Write};

/// Arguments of `user totp`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user totp\n          cleanbill user totp --confirm 123456\n          cleanbill user totp --remove \"A. Quillfeather\""
)]
pub struct Args {
    /// Take the second factor into use that was offered, with a code of it
    #[arg(long, value_name = "CODE", conflicts_with = "remove")]
    confirm: Option<String>,

    /// Take away a person's second factor (administrators; your own with --code)
    #[arg(long, value_name = "NAME")]
    remove: Option<String>,

    /// A code of your second factor, or a recovery code, to take away your own
    #[arg(long, requires = "remove")]
    code: Option<String>,

    /// Read your password from standard input
    #[arg(long)]
    password_stdin: bool,

    #[command(flatten)]
    at: StoreArgs,
}

/// Sets up or takes away a second factor.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    if let Some(name) = &args.remove {
        let own = args.at.at_desk(async |desk| {
            let code = args.code.as_deref();
            desk.remove_second_factor(name, code).await?;
            Ok(*name == desk.person.name)
        })?;
        if own {
            session_file::remove(&args.at.place()?.url)?;
        }
        writeln!(
            out,
            "{name} has no second factor any more; their sessions and tokens have ended."
        )?;
        return Ok(());
    }
    if let Some(code) = &args.confirm {
        let codes = args
            .at
            .at_desk(async |desk| Ok(desk.prove_second_factor(code).await?))?;
        return print_codes(&codes, out);
    }
    let ask = Ask {
        stdin: args.password_stdin,
    };
    let terminal = io::stdout().is_terminal() && !args.password_stdin;
    let codes = args.at.at_desk(async |desk| {
        let password = match desk.has_password().await? {
            true => Some(ask.secret("Password")?),
            false => None,
        };
        let offer = desk.offer_second_factor(password.as_ref()).await?;
        show(&offer, terminal, out)?;
        if !terminal {
            writeln!(
                out,
                "Take it into use with a code of it: cleanbill user totp --confirm CODE"
            )?;
            return Ok(Vec::new());
        }
        let code = ask.secret("A code of it")?;
        Ok(desk.prove_second_factor(code.expose_secret()).await?)
    })?;
    if codes.is_empty() {
        return Ok(());
    }
    print_codes(&codes, out)
}

fn show(offer: &Offer, terminal: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if terminal && let Ok(code) = QrCode::new(offer.uri.expose_secret().as_bytes()) {
        // Light on dark, as most terminals are.
        let drawn = code
            .render::<Dense1x2>()
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .build();
        writeln!(out, "{drawn}\n")?;
    }
    writeln!(
        out,
        "Read this into your authenticator: {}\nor type the key: {}",
        offer.uri.expose_secret(),
        offer.secret.expose_secret()
    )?;
    Ok(())
}

fn print_codes(codes: &[SecretString], out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(
        out,
        "The second factor is in use. These {RECOVERY_CODES} recovery codes are good for one sign-in each, should it be \
         lost; they are not shown again:"
    )?;
    for code in codes {
        writeln!(out, "{}", code.expose_secret())?;
    }
    Ok(())
}
