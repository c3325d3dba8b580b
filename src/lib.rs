//! cleanbill checks law firms' electronic invoices before they are sent to the clients' portals.
//!
//! Bytes enter on the left and only move right:
//! `bytes -> formats -> Invoice -> check (rules) -> Report -> render -> cli`.
//! Each module uses only modules of lower tiers; `tests/layers.rs` holds the table.

pub mod check;
pub mod cli;
pub mod config;
pub mod firm;
pub mod formats;
pub mod model;
pub mod portals;
pub mod render;
pub mod reports;
pub mod revise;
pub mod rules;
pub mod sandbox;
pub mod store;
pub mod web;
pub mod workflow;
