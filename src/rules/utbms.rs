//! The UTBMS code sets and timekeeper classes, as data.
