//! `cleanbill user link` and `unlink`.

use crate::cli::settings::settings;
use crate::cli::tracker::{StoreArgs, instant};
use crate::config::{OIDC_CLAIM, OIDC_ISSUER};
use crate::workflow::{Account, LINK_DAYS, NewLink};
use anyhow::bail;
use std::io::Write;

/// Arguments of `user link`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill user link \"A. Quillfeather\" --account ada@firm.example\n          cleanbill user link \"A. Quillfeather\" --subject 00u1x2y3z4"
)]
pub struct Args {
    /// The person
    name: String,

    /// What the claim of the setting oidc_claim will say of them: their mail address, unless another claim is set. It
    /// holds for thirty days and one sign-in; from then on their account counts, and not the address
    #[arg(
        long,
        visible_alias = "mail",
        value_name = "ACCOUNT",
        required_unless_present = "subject"
    )]
    account: Option<String>,

    /// Their account as the provider names it ("sub"), where it shows that to you
    #[arg(long, value_name = "SUB", conflicts_with = "account")]
    subject: Option<String>,

    #[command(flatten)]
    at: StoreArgs,
}

/// Says by which account at the identity provider a person is known.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let settings = settings()?;
    let Some(issuer) = settings.text(&OIDC_ISSUER) else {
        bail!(
            "there is no identity provider to link anybody with: name it first in the setting oidc_issuer"
        );
    };
    let claim = settings.text(&OIDC_CLAIM).unwrap_or_default();
    let account = match (&args.subject, &args.account) {
        (Some(subject), _) => Account::Subject(subject.clone()),
        (None, Some(said)) => Account::said_by(&claim, said.clone()),
        (None, None) => bail!("say which account is theirs: --account ACCOUNT or --subject SUB"),
    };
    let new = NewLink {
        person: args.name.clone(),
        issuer: issuer.clone(),
        account,
    };
    let link = args
        .at
        .at_desk(async |desk| Ok(desk.link_person(&new).await?))?;
    match (link.expected, link.claim, link.until_ms) {
        (Some(expected), Some(claim), Some(until)) => writeln!(
            out,
            "Who signs in by {issuer} with {claim} {expected} is {}. That holds for {LINK_DAYS} days, until {}, and for \
             one sign-in: from then on the account counts, and not the address.",
            link.person,
            instant(until)
        )?,
        _ => writeln!(out, "{} signs in by {issuer}.", link.person)?,
    }
    Ok(())
}

/// Arguments of `user unlink`.
#[derive(Debug, clap::Args)]
#[command(before_help = "Example:  cleanbill user unlink \"A. Quillfeather\"")]
pub struct Unlink {
    /// The person
    name: String,
    #[command(flatten)]
    at: StoreArgs,
}

/// Takes a link away.
pub fn unlink(args: &Unlink, out: &mut impl Write) -> anyhow::Result<()> {
    let name = &args.name;
    args.at
        .at_desk(async |desk| Ok(desk.unlink_person(name).await?))?;
    writeln!(
        out,
        "{name} no longer signs in by the identity provider; their sessions and tokens have ended."
    )?;
    Ok(())
}
