//! `rosterd demo`: the main job, told as a story in which every step really crosses both wires.
//!
//! [`stage`] is the directory, the target and what a sync needs; [`story`] what happens, with what must come of it;
//! [`told`] compares the two; [`narrator`] is how it is printed.

use std::io;

use clap::Args;

use self::interrupt::Interrupt;
use self::narrator::{Form, Narrator};
use self::stage::{CONFIG, Stage};
use super::context::Context;
use super::output::{self, Failure};
use crate::report::Exit;
use crate::sandbox::directory::Refusal;

mod interrupt;
mod narrator;
mod people;
mod prospect;
mod stage;
mod story;
#[cfg(test)]
mod tests;
mod told;

/// A directory and a target on this machine, and a story of what rosterd does between them.
#[derive(Debug, Args)]
pub struct Demo {
    /// Print the config it runs, and nothing else.
    #[arg(long)]
    show_config: bool,
}

/// Why the story ends early.
#[derive(Debug)]
enum Stop {
    /// A step did not end as told, which was said.
    NotAsTold,
    /// Something could not be done at all.
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for Stop {
    fn from(failure: F) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(format!("the embedded directory: {refusal}"))
    }
}

impl Demo {
    /// Tells the story; whatever becomes of it, nothing is left behind.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.show_config {
            print!("{CONFIG}");
            return Ok(Exit::Done);
        }
        let mut interrupt = Interrupt::new()?;
        let mut stage = Stage::set().await?;
        let mut stdout = io::stdout();
        let form = if context.json { Form::Lines } else { Form::story(output::colours(&stdout)) };
        let mut narrator = Narrator::new(&mut stdout, form);
        let told = tokio::select! {
            told = story::tell(&mut stage, &mut narrator) => told,
            failure = interrupt.wait() => Err(Stop::Failed(failure)),
        };
        // Struck before the failure is told: nothing stays behind, whatever it was.
        let struck = stage.strike().await;
        let exit = ended(told)?;
        struck?;
        Ok(exit)
    }
}

fn ended(told: Result<(), Stop>) -> Result<Exit, Failure> {
    match told {
        Ok(()) => Ok(Exit::Done),
        Err(Stop::NotAsTold) => Ok(Exit::Failed),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}
