//! `rosterd open`: a link to the pages that show people.

use clap::Args;

use super::context::Context;
use super::output::{Failure, json_line};
use crate::report::{Exit, text};

/// A link that shows people in a browser, once.
#[derive(Debug, Args)]
pub struct Open {}

impl Open {
    /// Only a running daemon has pages to show.
    pub fn run(context: &Context) -> Result<Exit, Failure> {
        let Some(daemon) = context.daemon() else {
            return Err(Failure::new(
                "no daemon runs with this config that could show anything: start its service, or `rosterd run`, and \
                 ask again",
            ));
        };
        let link = daemon.open(&context.by, context.sight).map_err(|error| Failure::new(error.to_string()))?;
        context.voice.say(&if context.json { json_line(&link)? } else { text::link(&link) });
        context.say_what_is_left_out();
        Ok(Exit::Done)
    }
}
