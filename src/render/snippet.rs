//! The place of a finding in its physical line: a window of the line with a mark under the place.

use super::wording::printable;
use crate::model::{Level, Place};
use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{AnnotationKind, Group, Level as Mark, Renderer, Snippet};

/// Characters kept free in a window for the dots at its ends.
const ROOM: usize = 16;

/// The colour of a level.
pub(super) fn style(level: Level) -> Style {
    match level {
        Level::Reject => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
        Level::Reduce => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
        Level::Review => AnsiColor::BrightBlue.on_default().effects(Effects::BOLD),
        Level::Note | Level::Off => AnsiColor::Cyan.on_default(),
    }
}

/// Path, line and column of the place and, where the line is at hand, its part round the place.
/// Columns are those of the file, whatever part of the line is shown.
pub(super) fn snippet(
    path: &str,
    place: &Place,
    level: Level,
    colour: bool,
    width: usize,
) -> String {
    let gutter = place.line.to_string().len();
    let window = width.saturating_sub(gutter + 4).max(30);
    let shown = Shown::of(place, window);
    let name = name(place);
    // The name stands beside the mark where there is room, else beside the path.
    let beside = shown
        .as_ref()
        .is_some_and(|shown| shown.marked + name.chars().count() + ROOM <= window);
    let mut out = format!(
        "{:gutter$}--> {}:{}:{}",
        "",
        printable(path),
        place.line,
        place.column
    );
    if !beside && !name.is_empty() {
        out += &format!(" {name}");
    }
    let Some(shown) = shown else {
        return out;
    };
    let mut annotation = AnnotationKind::Primary.span(shown.start..shown.end);
    if beside && !name.is_empty() {
        annotation = annotation.label(name);
    }
    let source = Snippet::source(shown.text)
        .line_start(place.line as usize)
        .annotation(annotation);
    let renderer = if colour {
        let style = style(level);
        Renderer::styled()
            .hyperlink(false)
            .error(style)
            .warning(style)
            .info(style)
            .note(style)
    } else {
        Renderer::plain()
    };
    let group = Group::with_level(mark(level)).element(source);
    out.push('\n');
    out + &renderer.term_width(window).render(&[group])
}

fn mark(level: Level) -> Mark<'static> {
    match level {
        Level::Reject => Mark::ERROR,
        Level::Reduce => Mark::WARNING,
        Level::Review => Mark::INFO,
        Level::Note | Level::Off => Mark::NOTE,
    }
}

fn name(place: &Place) -> String {
    let name = match (&place.field, &place.item) {
        (Some(field), Some(item)) => format!("{field} of item {item}"),
        (Some(field), None) => field.clone(),
        (None, Some(item)) => format!("item {item}"),
        (None, None) => String::new(),
    };
    printable(&name).into_owned()
}

/// What of the line is handed over, and which bytes of it are marked.
struct Shown {
    text: String,
    start: usize,
    end: usize,
    /// How many characters are marked.
    marked: usize,
}

impl Shown {
    /// A place wider than the window is marked at its beginning only. `None` where the place lies outside the
    /// excerpt, or there is none.
    fn of(place: &Place, window: usize) -> Option<Self> {
        let excerpt = place.excerpt.as_ref()?;
        // One character stands for one, so that columns keep.
        let line = printable(&excerpt.text);
        let before = "...";
        let mut text = String::with_capacity(line.len() + before.len());
        if excerpt.skipped > 0 {
            text.push_str(before);
        }
        let offset = text.len();
        text.push_str(&line);
        let first = (place.column.checked_sub(1)?).checked_sub(excerpt.skipped)? as usize;
        let count = place.end_column.saturating_sub(place.column) as usize;
        let count = count.min(window - ROOM);
        let byte_of = |character: usize| {
            line.char_indices()
                .map(|(at, _)| at)
                .chain([line.len()])
                .nth(character)
        };
        let start = byte_of(first)?;
        let end = byte_of(first + count).unwrap_or(line.len());
        Some(Self {
            text,
            start: start + offset,
            end: end + offset,
            marked: count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Excerpt;

    fn place(line: &str, skipped: u32, column: u32, end_column: u32) -> Place {
        Place {
            line: 12,
            column,
            end_column,
            item: Some("7".to_owned()),
            field: Some("UNITS".to_owned()),
            value: None,
            excerpt: Some(Excerpt {
                text: line.into(),
                skipped,
            }),
        }
    }

    /// The marked characters: those above the `^`s.
    fn marked(shown: &str) -> String {
        let rows: Vec<&str> = shown.lines().collect();
        let (at, under) = rows
            .iter()
            .enumerate()
            .find(|(_, row)| row.contains('^'))
            .expect("a mark");
        let above: Vec<char> = rows[at - 1].chars().collect();
        under
            .chars()
            .enumerate()
            .filter(|(_, c)| *c == '^')
            .filter_map(|(i, _)| above.get(i))
            .collect()
    }

    #[test]
    fn the_mark_stands_under_the_place() {
        let line = format!("é|“x”|12.5|{}", "y".repeat(1990));
        let shown = snippet("a.txt", &place(&line, 0, 7, 11), Level::Reject, false, 80);
        assert!(shown.contains("a.txt:12:7"), "{shown}");
        assert_eq!(marked(&shown), "12.5");
    }

    #[test]
    fn a_part_of_a_line_has_the_columns_of_the_whole() {
        let line = format!("{}|12.5|zz", "ü".repeat(300));
        let shown = snippet(
            "a.txt",
            &place(&line, 1000, 1302, 1306),
            Level::Note,
            false,
            80,
        );
        assert!(shown.contains("a.txt:12:1302"), "{shown}");
        assert_eq!(marked(&shown), "12.5");
        assert!(
            shown.lines().all(|row| row.chars().count() <= 80),
            "{shown}"
        );
    }

    #[test]
    fn a_place_wider_than_the_window_is_marked_at_its_beginning() {
        let line = format!("a|{}|b", "word ".repeat(400));
        let shown = snippet("a.txt", &place(&line, 0, 3, 2003), Level::Review, false, 80);
        assert!(marked(&shown).starts_with("word word"), "{shown}");
        assert!(
            shown.lines().all(|row| row.chars().count() <= 80),
            "{shown}"
        );
    }

    #[test]
    fn a_place_outside_its_excerpt_shows_no_line() {
        for (skipped, column) in [(50, 10), (0, 500), (0, 0)] {
            let shown = snippet(
                "a.txt",
                &place("abc", skipped, column, column + 2),
                Level::Reject,
                false,
                80,
            );
            assert!(!shown.contains('^'), "{shown}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_place_can_be_shown(
            text in "\\PC{0,300}|[a|\t\0\r\n\u{200d}é日]{0,300}",
            skipped in 0_u32..400,
            column in 0_u32..700,
            length in 0_u32..700,
            width in 0_usize..200,
        ) {
            let place = place(&text, skipped, column, column + length);
            let shown = snippet("a.txt", &place, Level::Reject, false, width);
            let named = shown.contains(&format!("a.txt:12:{column}"));
            proptest::prop_assert!(named, "{}", shown);
        }
    }
}
