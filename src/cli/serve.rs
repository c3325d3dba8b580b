//! `cleanbill serve`.

use super::Outcome;
use super::basis::Folders;
use super::provider;
use super::receivables;
use super::sandbox::interrupted;
use super::settings::settings;
use super::tracker::StoreArgs;
use crate::config::{
    APPEAL_ALARM_DAYS, APPEAL_LETTER, FIRM, PACKS, PORTALS, REMINDER_LETTER, SESSION_HOURS,
    SESSION_IDLE_MINUTES, UPLOAD_SECONDS,
};
use crate::portals::Accounts;
use crate::rules::Shelf;
use crate::store::Store;
use crate::web::{self, App, Own, Reach};
use crate::workflow::submission::Doors;
use crate::workflow::{Terms, last_resort, system_clock};
use anyhow::{Context, bail};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(
    before_help = "Example:  cleanbill serve\n          cleanbill serve --listen 0.0.0.0:443 --certificate firm.pem --certificate-key firm.key\n          cleanbill serve --listen 10.0.0.5:8347 --behind-proxy",
    after_help = "People sign in with the password an administrator gave them: cleanbill user add NAME --role ROLE --password\n\n\
                  Behind a proxy: it has to speak TLS, to hand on Host and Origin as they come, and to write the caller's \
                  address at the end of X-Forwarded-For; nobody else may reach the address that is listened on.\n\n\
                  Sign-in by your identity provider (OpenID Connect; a program built with --features oidc): register a web \
                  client there, with a secret, authorization code and PKCE, and the redirect address \
                  PUBLIC_ADDRESS/sign-in/answer. Set public_address, oidc_issuer and oidc_client, and CLEANBILL_OIDC_SECRET \
                  in the environment; oidc_claim where the provider does not say email_verified (Entra ID: \
                  preferred_username), oidc_name for the button. Then let people in one by one: cleanbill user link NAME \
                  --account ada@firm.example. The first sign-in makes the link, and from then on their account counts and \
                  not the address. passwords_only_for = \"root\" takes passwords from those administrators alone."
)]
pub struct Args {
    /// Where to listen; beyond this machine only with a certificate or behind a proxy
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8347")]
    listen: SocketAddr,

    /// The server's certificate with those above it (PEM); with it the server speaks TLS
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    certificate: Option<PathBuf>,

    /// The key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,

    /// A proxy before it speaks TLS, and nobody reaches it but through the proxy
    #[arg(long, conflicts_with = "certificate")]
    behind_proxy: bool,

    /// The firm's accounts at portals, for what is queued [default: the setting portals]
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,

    #[command(flatten)]
    folders: Folders,

    #[command(flatten)]
    at: StoreArgs,
}

/// Serves until told to stop.
pub fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let tls = match (&args.certificate, &args.certificate_key) {
        (Some(certificate), Some(key)) => {
            Some(web::acceptor(certificate, key).map_err(anyhow::Error::msg)?)
        }
        _ => None,
    };
    if !args.listen.ip().is_loopback() && tls.is_none() && !args.behind_proxy {
        bail!(
            "--listen {}: passwords and narratives would travel this network in the open. Give a certificate \
             (--certificate FILE --certificate-key FILE), or say --behind-proxy where a proxy speaks TLS before it",
            args.listen
        );
    }
    let terms = terms()?;
    let few = provider::passwords_only_for(&settings()?);
    #[cfg(feature = "oidc")]
    let provider = provider::provider(&settings()?)?;
    #[cfg(not(feature = "oidc"))]
    provider::none(&settings()?)?;
    let doors = doors(args)?;
    let place = args.at.place()?;
    let reach = Reach {
        tls: tls.is_some(),
        behind_proxy: args.behind_proxy,
    };
    #[cfg(feature = "oidc")]
    if let Some(provider) = &provider {
        fits(provider, reach)?;
    }
    let own = own(args)?;
    let seconds = settings()?.number(&UPLOAD_SECONDS).unwrap_or(90);
    let patience = Duration::from_secs(seconds.into());
    let folders = args.folders.clone();
    let load = Box::new(move |today| folders.options(Shelf::shipped()?, Some(today)));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let interrupted = interrupted()?;
        let store = Store::open_existing(&place).await?;
        let mut app = App::new(store, Box::new(system_clock), terms, doors, reach, load)?;
        if let Some(names) = &few {
            let well = last_resort(&app.store, names).await;
            well.context("passwords_only_for")?;
        }
        app.passwords_only_for = few;
        #[cfg(feature = "oidc")]
        let greeting = match &provider {
            Some(provider) => Some(greet(provider).await?),
            None => None,
        };
        #[cfg(feature = "oidc")]
        {
            app.provider = provider;
        }
        app.own = own;
        app.patience = patience;
        let running = web::start(app, args.listen, tls).await;
        let running = running.with_context(|| format!("--listen {}", args.listen))?;
        let scheme = if reach.tls { "https" } else { "http" };
        let address = running.address;
        // Whoever read the address may have gone; the people who work here have not.
        let _ = writeln!(
            out,
            "cleanbill is at {scheme}://{address}/\nStop with Ctrl-C."
        );
        #[cfg(feature = "oidc")]
        if let Some(greeting) = greeting {
            let _ = writeln!(out, "{greeting}");
        }
        let _ = out.flush();
        interrupted.await;
        running.stop().await;
        Ok(Outcome::Clean)
    })
}

/// That people who come back from the provider come to a server that is encrypted, where their address says so: otherwise
/// its cookies would be for the open network too.
#[cfg(feature = "oidc")]
fn fits(provider: &web::Provider, reach: Reach) -> anyhow::Result<()> {
    let address = provider.redirect_address();
    if address.starts_with("https:") && !reach.tls && !reach.behind_proxy {
        bail!(
            "public_address is https, and this server speaks no TLS: give a certificate (--certificate FILE \
             --certificate-key FILE), or say --behind-proxy where a proxy speaks it before this server"
        );
    }
    Ok(())
}

/// What the identity provider says, or that it says nothing just now.
#[cfg(feature = "oidc")]
async fn greet(provider: &web::Provider) -> anyhow::Result<String> {
    let name = provider.name();
    Ok(match provider.greet().await.map_err(anyhow::Error::msg)? {
        None => format!(
            "People sign in by {name}; it sends them back to {}",
            provider.redirect_address()
        ),
        Some(why) => {
            tracing::warn!(why, "the identity provider cannot be reached");
            format!(
                "{name} cannot be reached ({why}): until it can, people sign in with passwords."
            )
        }
    })
}

/// What of the firm's lies on the disk.
fn own(args: &Args) -> anyhow::Result<Own> {
    let settings = args.folders.over(settings()?);
    Ok(Own {
        lists: settings.path(&FIRM),
        packs: settings.path(&PACKS),
        audit_key: Some(args.at.signing_key()?),
        letter: settings.path(&APPEAL_LETTER),
        reminder: settings.path(&REMINDER_LETTER),
        receivables: receivables::terms()?,
        alarm_days: settings.number(&APPEAL_ALARM_DAYS).unwrap_or(7),
    })
}

/// How long sessions hold, by the settings.
fn terms() -> anyhow::Result<Terms> {
    let settings = settings()?;
    let idle = settings.number(&SESSION_IDLE_MINUTES);
    match (idle, settings.number(&SESSION_HOURS)) {
        (Some(idle), Some(hours)) => Ok(Terms::of(idle, hours)),
        _ => bail!("the settings say not how long a session holds"),
    }
}

/// The accounts at portals, where a file of them is named.
fn doors(args: &Args) -> anyhow::Result<Option<Doors>> {
    let named = args
        .accounts
        .iter()
        .map(|p| p.display().to_string())
        .collect();
    let settings = settings()?.with(&PORTALS, "--accounts", named);
    let Some(path) = settings.path(&PORTALS) else {
        return Ok(None);
    };
    let today = chrono::Local::now().date_naive();
    let options = args.folders.options(Shelf::shipped()?, Some(today))?;
    Ok(Some(Doors::new(Accounts::load(&path)?, options.shelf)?))
}
