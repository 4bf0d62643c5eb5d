//! `rosterd schema`: the config's keys, for editors.

use clap::Args;

use super::context::Context;
use crate::config::SCHEMA;
use crate::report::Exit;

/// JSON Schema (2020-12) of the config, on standard output: with it editors complete and check the file.
#[derive(Debug, Args)]
pub struct Schema {}

impl Schema {
    /// Needs neither config nor store.
    pub fn run(context: &Context) -> Exit {
        context.voice.say(SCHEMA);
        Exit::Done
    }
}
