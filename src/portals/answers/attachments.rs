//! Tables that came with a mail: read as tables in files are, with the same limits, and believed no more than their mail.

use super::{Heard, Listener, Mistake};
use crate::rules::portal_key;
use chrono::{DateTime, FixedOffset};
use mail_parser::{Message, MimeHeaders};

/// Tables of one mail that are read.
const MOST_TABLES: usize = 50;
/// Ends of names of what may be a table of answers. A `.txt` is a copy of the invoice, as often as not.
const ENDINGS: [&str; 4] = ["csv", "tsv", "xls", "xlsx"];

/// What is known of the mail.
pub(super) struct Cover<'a> {
    /// As it is called in messages.
    pub(super) name: &'a str,
    /// The portal whose sender it is from.
    pub(super) portal: Option<&'a str>,
    /// When it was written.
    pub(super) at: Option<DateTime<FixedOffset>>,
    /// Why it is not believed.
    pub(super) doubts: &'a [String],
}

fn is_table(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase());
    ending.is_some_and(|e| ENDINGS.contains(&e.as_str()))
}

impl Listener<'_> {
    /// What the tables of a mail say.
    pub(super) fn attachments(&self, message: &Message<'_>, cover: &Cover<'_>) -> Heard {
        let own = Listener {
            portal: cover.portal.map(str::to_owned).or(self.portal.clone()),
            ..self.clone()
        };
        let mut heard = Heard::default();
        let tables = message.attachments().filter_map(|part| {
            let name = part.attachment_name()?;
            is_table(name).then(|| (name, part.contents()))
        });
        for (nth, (name, bytes)) in tables.enumerate() {
            let place = format!("{}, attachment {}", cover.name, plain(name));
            if nth == MOST_TABLES {
                heard.mistakes.push(Mistake {
                    place,
                    value: String::new(),
                    expected: format!("at most {MOST_TABLES} tables in a mail"),
                    remedy: "save the others from the mail program, and import them as files"
                        .to_owned(),
                });
                break;
            }
            let mut found = own.table(&place, bytes);
            for told in &mut found.told {
                told.doubts.splice(0..0, cover.doubts.iter().cloned());
                let other = told
                    .portal
                    .as_deref()
                    .zip(cover.portal)
                    .filter(|(table, mail)| portal_key(table) != portal_key(mail));
                if let Some((table, mail)) = other {
                    let doubt = format!(
                        "the table says it is of {table}, and the mail is of {mail}; ask who wrote it"
                    );
                    told.doubts.push(doubt);
                }
                told.report.doubts.clone_from(&told.doubts);
                told.report.at = told.report.at.or(cover.at);
            }
            heard.told.append(&mut found.told);
            heard.mistakes.append(&mut found.mistakes);
        }
        heard
    }
}

/// The name of a file in a message: whoever wrote the mail chose it.
fn plain(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.chars().filter(|c| !c.is_control()).take(80).collect()
}
