//! What a report over a period is called and shows beside its figures: the same frame round each of them.

use super::shape::{Chart, Report};
use super::tally::{Order, Tally};
use super::{Asked, By};

/// The frame of a report over a period.
pub(super) struct Heading {
    /// Its name on the command line.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it counts, in a sentence.
    pub counts: &'static str,
    /// The column whose largest rows come first; months stand in their order.
    pub largest: usize,
    /// What its picture is called, and the column it shows.
    pub chart: (&'static str, usize),
}

impl Heading {
    /// The report of these figures.
    pub fn over(self, asked: &Asked<'_>, tally: Tally<'_>, notes: Vec<String>) -> Report {
        let by_month = asked.by == By::Month;
        let order = match by_month {
            true => Order::Key,
            false => Order::Largest(self.largest),
        };
        let (columns, rows, totals) = tally.rows(order);
        let (title, column) = self.chart;
        Report {
            name: self.name,
            title: self.title,
            period: Some(asked.period),
            by: asked.by.name(),
            counts: self.counts.to_owned(),
            lead: Vec::new(),
            columns,
            rows,
            totals,
            notes,
            chart: Some(Chart {
                title,
                label: 0,
                column,
                in_order: by_month,
            }),
        }
    }
}
