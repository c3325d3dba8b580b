//! A service and a timer of systemd.

use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::Path;

const SERVICE: &str = "\
[Unit]
Description=cleanbill overnight: sends cleared invoices to the clients' portals
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
# A user of its own with a token of the role service, and nothing else.
User=cleanbill
EnvironmentFile=/etc/cleanbill/environment
ExecStart=/usr/bin/cleanbill --config /etc/cleanbill/cleanbill.toml overnight --accounts /etc/cleanbill/portals.toml --until 06:00 --report /var/lib/cleanbill/morning.html --heads /var/lib/cleanbill/heads
# Something needs a person: the report says what.
SuccessExitStatus=1
KillSignal=SIGTERM
TimeoutStopSec=180
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
StateDirectory=cleanbill
";

const TIMER: &str = "\
[Unit]
Description=cleanbill overnight, every evening

[Timer]
OnCalendar=*-*-* 20:00:00
Persistent=yes

[Install]
WantedBy=timers.target
";

/// Writes both files.
pub(super) fn write(folder: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, text) in [
        ("cleanbill-overnight.service", SERVICE),
        ("cleanbill-overnight.timer", TIMER),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| path.display().to_string())?;
        writeln!(out, "wrote {}", path.display())?;
    }
    writeln!(
        out,
        "Look through the paths and the user in the service; then: systemctl enable --now cleanbill-overnight.timer"
    )?;
    Ok(())
}
