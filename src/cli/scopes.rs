//! `rosterd scopes`: what clients can be given at a target.

use clap::Args;
use jiff::Timestamp;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::daemon::inquiry;
use crate::report::{Exit, text};
use crate::store::Store;

/// The scopes that API clients can be given at a destination, by name and number.
#[derive(Debug, Args)]
pub struct Scopes {
    /// Which destination, by its name in the config.
    #[arg(value_name = "DESTINATION")]
    name: String,
}

impl Scopes {
    /// Asks the target; nothing is changed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let target = context::readable(&config, &self.name)?;
        let mut store = Store::look(&config.state).await?;
        let scopes = inquiry::scopes(target, &mut store, Timestamp::now()).await?;
        if context.json {
            scopes.iter().try_for_each(|scope| json_line(scope).map(|line| context.voice.say(&line)))?;
        } else {
            context.voice.say(&text::scopes(&self.name, &scopes));
        }
        Ok(Exit::Done)
    }
}
