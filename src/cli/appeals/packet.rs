//! `appeals packet` and `file`: what goes to the client, written down.

use super::Common;
use crate::cli::paragraph::paragraph;
use crate::cli::reductions::ground;
use crate::cli::settings::settings;
use crate::cli::tracker::money;
use crate::config::APPEAL_LETTER;
use crate::reports::appeal;
use crate::workflow::{Packet, PreparedAppeal};
use anyhow::Context;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The firm's own letter, or the program's.
pub(super) fn letter(packet: &Packet) -> anyhow::Result<String> {
    let own = settings()?.path(&APPEAL_LETTER);
    let own = own.map(|path| {
        let text = fs::read_to_string(&path);
        text.with_context(|| format!("{}: cannot be read", path.display()))
    });
    let own = own.transpose()?;
    Ok(appeal::letter(packet, own.as_deref())?)
}

pub(super) fn packet(
    id: &str,
    to: Option<&Path>,
    common: &Common,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let options = common.options()?;
    let (packet, letter) = common.at.at_desk(async |desk| {
        let packet = desk.packet(id, &ground(&options)).await?;
        let letter = letter(&packet)?;
        desk.keep_packet(&packet, &letter).await?;
        Ok((packet, letter))
    })?;
    let text = appeal::text(&packet);
    let Some(folder) = to else {
        writeln!(out, "{text}\n---- Draft of the letter ----\n\n{letter}")?;
        return Ok(());
    };
    for (name, content) in [("packet.txt", &text), ("letter.txt", &letter)] {
        let path = folder.join(name);
        let failed = || format!("{}: cannot be written", path.display());
        fs::create_dir_all(folder).with_context(failed)?;
        fs::write(&path, content).with_context(failed)?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(())
}

pub(super) fn filed(
    done: &PreparedAppeal,
    packet: &Packet,
    out: &mut impl Write,
) -> io::Result<()> {
    let id = &done.appeal.id;
    if let Some(own) = &done.invoice {
        let total = own.total.unwrap_or_default();
        return writeln!(
            out,
            "Made: invoice {} for {} ({}), the file of appeal {id}. A partner clears it (cleanbill clear \"{}\"); then it is \
             queued and sent like any other. It counts as filed when it has arrived.",
            own.number,
            money(total, &own.currency),
            own.state,
            own.number
        );
    }
    writeln!(out, "Route {}: {}\n", done.route, done.what)?;
    write!(out, "{}", appeal::text(packet))?;
    writeln!(
        out,
        "\n{}",
        paragraph(
            &format!(
                "When it is done, confirm it: cleanbill appeals filed {id}; the answer: cleanbill appeals outcome {id} \
                 --won|--lost|--line LINE=AMOUNT --reason \"...\""
            ),
            0
        )
    )
}
