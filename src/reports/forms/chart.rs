//! Rows as bars: SVG with a title and a description, whose words are text and whose colours hold in print.

use super::shown;
use crate::reports::figures::{Kind, Report, Row};
use plotters::prelude::{
    Color, IntoDrawingArea, IntoFont, RGBColor, Rectangle, SVGBackend, Text, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use rust_decimal::prelude::ToPrimitive;

/// No more bars than that; the table has every row.
const MOST: usize = 10;
/// Charts of no more currencies than that.
const CURRENCIES: usize = 2;
const WIDTH: i32 = 600;
const LABELS: i32 = 210;
const VALUES: i32 = 150;
const STEP: i32 = 26;
const BAR: RGBColor = RGBColor(0x2c, 0x5f, 0x8a);
const ALARM: RGBColor = RGBColor(0xa4, 0x26, 0x2c);
/// Stands for the colour of the text around it.
const INK: RGBColor = RGBColor(1, 2, 3);
const INK_WRITTEN: &str = "#010203";
/// Letters of a label that fit before the bars.
const LETTERS: usize = 26;

/// A chart that could not be drawn.
#[derive(Debug, thiserror::Error)]
#[error("the chart of {0} cannot be drawn: {1}")]
pub struct ChartError(&'static str, String);

/// A chart that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// What its bars are.
    pub title: String,
    /// SVG, to stand in a page.
    pub svg: String,
}

/// The chart of a report for each of its main currencies; none where there is nothing to draw.
///
/// # Errors
/// The drawing library fails.
pub fn charts(report: &Report) -> Result<Vec<Drawn>, ChartError> {
    let Some(chart) = &report.chart else {
        return Ok(Vec::new());
    };
    let mut currencies: Vec<(&str, usize)> = Vec::new();
    for row in &report.rows {
        match currencies.iter_mut().find(|(c, _)| *c == row.currency) {
            Some((_, count)) => *count += 1,
            None => currencies.push((&row.currency, 1)),
        }
    }
    currencies.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut all = Vec::new();
    for (currency, _) in currencies.into_iter().take(CURRENCIES) {
        let size = |row: &Row| row.cells[chart.column].number();
        let own = report.rows.iter().filter(|r| r.currency == currency);
        let mut rows: Vec<&Row> = own
            .filter(|r| size(r).is_some_and(|n| n.is_sign_positive() && !n.is_zero()))
            .collect();
        if rows.is_empty() {
            continue;
        }
        if !chart.in_order {
            rows.sort_by_key(|r| std::cmp::Reverse(size(r)));
        }
        if chart.in_order && report.columns[0].name == "month" {
            rows = rows.split_off(rows.len().saturating_sub(MOST + 2));
        } else {
            rows.truncate(MOST);
        }
        all.push(draw(report, currency, &rows, all.len())?);
    }
    Ok(all)
}

fn draw(report: &Report, currency: &str, rows: &[&Row], nth: usize) -> Result<Drawn, ChartError> {
    let wrong = |e: &dyn std::fmt::Display| ChartError(report.title, e.to_string());
    let Some(chart) = &report.chart else {
        return Err(wrong(&"it has none"));
    };
    let kind = report.columns[chart.column].kind;
    // Only lengths of bars are worked out in floating point, never an amount.
    let size = |row: &Row| row.cells[chart.column].number().and_then(|n| n.to_f64());
    let largest = rows.iter().filter_map(|r| size(r)).fold(0.0, f64::max);
    let value = |row: &Row| {
        let text = shown(&row.cells[chart.column], kind);
        match (kind, currency) {
            (Kind::Money, "?" | "") => text,
            (Kind::Money, code) => format!("{text} {code}"),
            (Kind::Days, _) => format!("{text} days"),
            _ => text,
        }
    };
    let label = |row: &Row| shown(&row.cells[chart.label], Kind::Text);
    let height = i32::try_from(rows.len()).unwrap_or(0) * STEP + 8;
    let mut svg = String::new();
    {
        let size_of = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let root = SVGBackend::with_string(&mut svg, size_of).into_drawing_area();
        let style = |at: HPos| -> TextStyle<'static> {
            let font = ("sans-serif", 17).into_font();
            TextStyle::from(font)
                .color(&INK)
                .pos(Pos::new(at, VPos::Center))
        };
        for (at, row) in (0..).zip(rows) {
            let middle = at * STEP + STEP / 2 + 4;
            let text = shortened(&label(row));
            root.draw(&Text::new(text, (LABELS - 8, middle), style(HPos::Right)))
                .map_err(|e| wrong(&e))?;
            let room = f64::from(WIDTH - LABELS - VALUES);
            let long = size(row).unwrap_or(0.0) / largest.max(f64::MIN_POSITIVE) * room;
            let end = LABELS + (long.round() as i32).max(1);
            let colour = if row.alarm { ALARM } else { BAR };
            let bar = [(LABELS, middle - 8), (end, middle + 8)];
            root.draw(&Rectangle::new(bar, colour.filled()))
                .map_err(|e| wrong(&e))?;
            root.draw(&Text::new(value(row), (end + 6, middle), style(HPos::Left)))
                .map_err(|e| wrong(&e))?;
        }
        root.present().map_err(|e| wrong(&e))?;
    }
    let mut said: Vec<String> = Vec::new();
    for row in rows {
        said.push(format!("{}: {}", label(row), value(row)));
    }
    let id = format!("chart-{}-{nth}", report.name);
    let title = match currency {
        "?" | "" => chart.title.to_owned(),
        code if kind == Kind::Money => format!("{}, {code}", chart.title),
        _ => chart.title.to_owned(),
    };
    let svg = described(&svg, &id, &title, &said.join("; "));
    Ok(Drawn { title, svg })
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LETTERS {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LETTERS - 1).collect();
    format!("{}…", kept.trim_end())
}

/// With what a reader who does not see it is told.
fn described(svg: &str, id: &str, title: &str, said: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let svg = svg[start..].replace(INK_WRITTEN, "currentColor");
    let head = svg.find('>').map_or(0, |at| at + 1);
    let (open, rest) = svg.split_at(head);
    let open = open.replacen(
        "<svg",
        &format!("<svg role=\"img\" aria-labelledby=\"{id}-t {id}-d\""),
        1,
    );
    format!(
        "{open}<title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{rest}",
        escaped(title),
        escaped(said)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
