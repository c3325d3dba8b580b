//! Reports by mail.

use crate::config::{
    MAIL_AUTHORITY, MAIL_FROM, MAIL_PASSWORD, MAIL_SERVER, MAIL_TO, MAIL_USER, Settings,
};
use crate::portals::{Post, Secret, SignIn};
use anyhow::Context;

/// Who mails, and to whom; nothing where nobody is to get it.
pub(super) fn post(settings: &Settings, to: &[String]) -> anyhow::Result<Option<Post>> {
    let usual = || {
        let all = settings.text(&MAIL_TO).unwrap_or_default();
        let each = all.split(',').map(|to| to.trim().to_owned());
        each.filter(|to| !to.is_empty()).collect::<Vec<_>>()
    };
    let to = match to {
        [] => usual(),
        some => some.to_vec(),
    };
    if to.is_empty() {
        return Ok(None);
    }
    let server = settings.text(&MAIL_SERVER).context(
        "reports are to be mailed, but no mail server is set: mail_server = \"smtps://HOST\"",
    )?;
    let from = settings
        .text(&MAIL_FROM)
        .context("reports are to be mailed, but no sender is set: mail_from = \"billing@FIRM\"")?;
    let sign_in = match settings.text(&MAIL_USER) {
        None => SignIn::None,
        Some(user) => SignIn::Basic {
            user,
            password: Secret::Env(MAIL_PASSWORD.variable.to_owned()),
        },
    };
    let authority = settings.path(&MAIL_AUTHORITY);
    let post = Post::new(&server, authority.as_deref(), &sign_in, &from, &to);
    Ok(Some(post.context("mail of reports")?))
}
