//! `rosterd explain`: one person's story.

use clap::Args;

use super::context::Context;
use super::output::{Failure, json_line};
use crate::daemon::person::{Asked, stories};
use crate::report::story::Story;
use crate::report::{Exit, text};

/// One person's story: directory, rules, payload, target, and what happened.
#[derive(Debug, Args)]
pub struct Explain {
    /// Directory key, or identity at the target; capitals do not matter.
    #[arg(value_name = "WHO")]
    who: String,
    /// Do not ask the directory.
    #[arg(long)]
    offline: bool,
}

impl Explain {
    /// Asks the store, and the directory unless it is not to be asked; no lock is needed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let asked = if self.offline { Asked::Store } else { Asked::Directory };
        let stories = stories(&config, &self.who, asked).await?;
        if stories.is_empty() {
            return Err(Failure::new(text::nobody(&self.who)));
        }
        for (at, story) in stories.into_iter().enumerate() {
            let story = context.shown(story, Story::without_values);
            let gap = if at > 0 && !context.json { "\n" } else { "" };
            context.voice.say(&format!("{gap}{}", if context.json { json_line(&story)? } else { text::story(&story) }));
        }
        context.say_what_is_left_out();
        Ok(Exit::Done)
    }
}
