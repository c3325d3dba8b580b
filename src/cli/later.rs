//! Arguments of a command, laid out only where that command was asked for: most starts ask for one of sixty.

use clap::error::Error;
use clap::{ArgMatches, Args, Command, FromArgMatches};
use std::ops::Deref;

/// The arguments `T`, of a command that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Later<T>(T);

impl<T> Deref for Later<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: FromArgMatches> FromArgMatches for Later<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// What the list of commands says of this one holds; its arguments may tell of themselves.
fn named_as_before(command: Command, augment: fn(Command) -> Command) -> Command {
    let (about, long_about) = (
        command.get_about().cloned(),
        command.get_long_about().cloned(),
    );
    let mut own = augment(command);
    if let Some(about) = about {
        own = own.about(about);
    }
    match long_about {
        Some(about) => own.long_about(about),
        None => own,
    }
}

impl<T: Args> Args for Later<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(|own| named_as_before(own, T::augment_args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(|own| named_as_before(own, T::augment_args_for_update))
    }
}
