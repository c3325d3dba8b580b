//! What a route is: how it is called, what it needs, and whose it is.

use super::answer::Trouble;
use super::api::{Called, Calling};
use super::asked::{Asked, Visit};
use crate::workflow::Act;
use axum::response::Response;
use std::pin::Pin;

/// How a route is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Changes nothing.
    Get,
    /// May change something; only from pages of this program itself, or with a token.
    Post,
    /// Takes something away; only with a token.
    Delete,
}

/// What somebody has to be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Nothing: the page is for whoever comes.
    Nothing,
    /// To be signed in.
    SignedIn,
    /// This.
    May(Act),
    /// One of these; the page shows what each may see.
    Any(&'static [Act]),
    /// This, by one's own role or in the place of a partner for whom one stands in today.
    OrInPlace(Act),
}

/// By whose client it is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// No one client's: what it shows is narrowed to the clients the person serves.
    Nobodys,
    /// That of the invoice `{invoice}` of the path.
    Invoice,
    /// That of the invoice `{invoice}`, which a person who stands in for a partner need not serve themselves: the
    /// workflow judges it by the partner's clients.
    InvoiceInPlace,
    /// The request `{request}` of the path is about a line of the person's own.
    OwnRequest,
}

/// What may come in the body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A form of at most 256 KiB.
    Form,
    /// A form with files of at most 48 MiB together.
    Files,
    /// JSON of at most 256 KiB.
    Json,
    /// A file of at most 48 MiB, as it is.
    File,
}

impl Takes {
    /// The most bytes of a body.
    pub fn limit(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Form | Self::Json => 256 << 10,
            Self::Files | Self::File => 48 << 20,
        }
    }
}

/// What a page comes to.
pub(super) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, Trouble>> + 'a>>;

/// The work of a route.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// For whoever comes.
    Open(for<'a> fn(&'a Visit<'a>) -> Answering<'a>),
    /// For somebody who is known.
    AtDesk(for<'a> fn(&'a Asked<'a>) -> Answering<'a>),
    /// For a program that is known by somebody's token.
    Call(for<'a> fn(&'a Called<'a>) -> Calling<'a>),
}

/// A row of the table of routes.
pub struct Route {
    /// How it is called.
    pub verb: Verb,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Its name, for links and logs.
    pub name: &'static str,
    /// What it needs.
    pub needs: Needs,
    /// By whose client it is judged.
    pub whose: Whose,
    /// What may come in the body.
    pub takes: Takes,
    pub(super) run: Run,
}
