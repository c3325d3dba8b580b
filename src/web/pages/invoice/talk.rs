//! What people say about lines: those that were sent back, write-downs, comments for the client, and attached files.

use super::super::invoices::line_at;
use crate::render::printable;
use crate::web::asked::Asked;
use crate::workflow::{About, Answer, Item, Story, reason_codes};

/// A line that was sent back, or a write-down.
pub(super) struct Talk {
    pub(super) id: String,
    pub(super) item: String,
    pub(super) href: String,
    pub(super) open: bool,
    pub(super) state: &'static str,
    pub(super) head: String,
    /// What the line said, and what was added.
    pub(super) said: Vec<(&'static str, String)>,
    pub(super) end: String,
    pub(super) own: bool,
}

/// A file of the package.
pub(super) struct Attached {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) about: String,
}

/// A comment on a line for the client.
pub(super) struct Remark {
    pub(super) href: String,
    pub(super) item: String,
    pub(super) text: String,
    pub(super) by: String,
}

/// A line that was sent back, with the answer.
pub(super) fn request(item: &Item, story: &Story, asked: &Asked<'_>) -> Talk {
    let locale = asked.locale();
    let mut said = Vec::new();
    if let Some(about) = story.read::<crate::workflow::Asked>(&item.about) {
        said.push(("The line said", about.narrative));
        said.push(("Why", locale.days_in(&about.message)));
        said.push(("Note", about.note));
    }
    let answer = item.end.as_ref().and_then(|e| e.said.as_ref());
    match answer.and_then(|s| story.read::<Answer>(s)) {
        Some(Answer::Text(text)) => said.push(("Answer", text)),
        Some(Answer::Parts(parts)) => said.extend(
            parts
                .into_iter()
                .map(|(hours, text)| ("Answer", format!("{} h  {text}", locale.number(hours)))),
        ),
        None => {}
    }
    let rule = match item.code.as_str() {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    talk(
        item,
        story,
        asked,
        said,
        format!(
            "returned by {}, {}{rule}",
            item.by,
            locale.instant(item.at_ms)
        ),
    )
}

/// A write-down, with the decision.
pub(super) fn write_down(item: &Item, story: &Story, asked: &Asked<'_>) -> Talk {
    let locale = asked.locale();
    let amount = locale.money(item.amount.unwrap_or_default(), &story.row.currency);
    let mut said = vec![("Reason", story.text(&item.about))];
    if let Some(why) = item.end.as_ref().and_then(|e| e.said.as_ref()) {
        said.push(("Decision", story.text(why)));
    }
    let meaning = reason_codes().into_iter().find(|r| r.code == item.code);
    let meaning = meaning.map_or_else(|| item.code.clone(), |r| r.meaning);
    talk(
        item,
        story,
        asked,
        said,
        format!(
            "{amount} lower ({meaning}), proposed by {}, {}",
            item.by,
            locale.instant(item.at_ms)
        ),
    )
}

fn talk(
    item: &Item,
    story: &Story,
    asked: &Asked<'_>,
    said: Vec<(&'static str, String)>,
    head: String,
) -> Talk {
    let said = said.into_iter().filter(|(_, text)| !text.is_empty());
    Talk {
        id: item.id.clone(),
        item: printable(&item.line_item).into_owned(),
        href: line_at(&story.row.id, &item.line_item),
        open: item.end.is_none(),
        state: item.state.name(),
        head,
        said: said
            .map(|(name, text)| (name, printable(&text).into_owned()))
            .collect(),
        end: item.end.as_ref().map_or_else(String::new, |e| {
            format!(
                "{} by {}, {}",
                item.state.name(),
                e.by,
                asked.locale().instant(e.at_ms)
            )
        }),
        own: item.by == asked.desk.person.name,
    }
}

/// The files of the package: all, or those of a line.
pub(super) fn attached(story: &Story, item: Option<&str>) -> Vec<Attached> {
    let own = story.review.attachments.iter();
    let own = own.filter(|a| item.is_none() || a.line_item.as_deref() == item);
    own.map(|a| {
        let about: Option<About> = story.read(&a.about);
        let (name, size) = about.map_or_else(
            || (a.id.clone(), String::new()),
            |about| (about.name.clone(), about.size()),
        );
        let line = a
            .line_item
            .as_ref()
            .map_or_else(String::new, |i| format!(", line {i}"));
        Attached {
            id: a.id.clone(),
            name: printable(&name).into_owned(),
            about: printable(&format!("{}{line}, {size}, {}", a.kind, a.by)).into_owned(),
        }
    })
    .collect()
}

/// Comments on lines for the client.
pub(super) fn remarks(story: &Story) -> Vec<Remark> {
    let all = story.review.comments.iter();
    all.map(|c| Remark {
        href: line_at(&story.row.id, &c.line_item),
        item: printable(&c.line_item).into_owned(),
        text: printable(&story.text(&c.about)).into_owned(),
        by: c.by.clone(),
    })
    .collect()
}
