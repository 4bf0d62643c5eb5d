//! How the story is printed: short lines for people, or one line of JSON a step.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::Stop;
use super::told::Told;
use crate::cli::output::{Failure, json_line};

/// How the story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To people on a terminal.
    Colours,
    /// To people.
    Plain,
    /// To programs.
    Lines,
}

impl Form {
    /// For people, with colours where they are welcome.
    pub fn story(colours: bool) -> Self {
        if colours { Self::Colours } else { Self::Plain }
    }
}

/// What a piece of text is, as terminals are told.
#[derive(Clone, Copy)]
enum Ink {
    Heading = 1,
    Faint = 2,
    Bad = 31,
    Good = 32,
    Command = 36,
}

/// Prints. What cannot be printed is noticed at the end of a step.
pub struct Narrator<'a> {
    out: &'a mut dyn Write,
    form: Form,
    broken: Option<io::Error>,
}

impl<'a> Narrator<'a> {
    /// A narrator who prints there.
    pub fn new(out: &'a mut dyn Write, form: Form) -> Self {
        Self { out, form, broken: None }
    }

    /// The title, or a chapter's.
    pub fn heading(&mut self, text: &str) {
        self.story(&format!("{}\n", self.ink(Ink::Heading, text)));
    }

    /// What happens, in lines.
    pub fn say(&mut self, text: &str) {
        for line in text.lines() {
            self.story(&indented(3, line));
        }
    }

    /// An example, in lines.
    pub fn show(&mut self, text: &str) {
        for line in text.lines() {
            self.story(&indented(5, line));
        }
    }

    /// An aside, in lines.
    pub fn aside(&mut self, text: &str) {
        for line in text.lines() {
            self.story(&indented(5, &self.ink(Ink::Faint, line)));
        }
    }

    /// The command whose work is done now.
    pub fn command(&mut self, text: &str) {
        self.story(&indented(3, &format!("{} {}", self.ink(Ink::Faint, "$"), self.ink(Ink::Command, text))));
    }

    /// An empty line.
    pub fn pause(&mut self) {
        self.story("\n");
    }

    /// The end of a step: all is as told, and a sentence says what that is, or the story stops at what differs.
    pub fn step(&mut self, step: &str, sentence: &str, told: Told, facts: Value) -> Result<(), Stop> {
        let differences = told.differences();
        if differences.is_empty() {
            self.story(&indented(3, &format!("{} {sentence}", self.ink(Ink::Good, "✓"))));
        } else {
            self.story(&indented(3, &format!("{} not as told:", self.ink(Ink::Bad, "✗"))));
            self.show(&differences.join("\n"));
        }
        if self.form == Form::Lines {
            let line = Line { step, ok: differences.is_empty(), differs: &differences, facts };
            let line = json_line(&line)?;
            self.print(&line);
        }
        match self.broken.take() {
            Some(error) => Err(Failure::new(format!("can't print: {error}")).into()),
            None if differences.is_empty() => Ok(()),
            None => Err(Stop::NotAsTold),
        }
    }

    fn ink(&self, ink: Ink, text: &str) -> String {
        if self.form == Form::Colours { format!("\u{1b}[{}m{text}\u{1b}[0m", ink as u8) } else { text.to_owned() }
    }

    fn story(&mut self, text: &str) {
        if self.form != Form::Lines {
            self.print(text);
        }
    }

    fn print(&mut self, text: &str) {
        if self.broken.is_none() {
            self.broken = self.out.write_all(text.as_bytes()).err();
        }
    }
}

fn indented(columns: usize, line: &str) -> String {
    if line.is_empty() { "\n".to_owned() } else { format!("{:columns$}{line}\n", "") }
}

/// A step for programs: it first, then whether it is as told, then what it is about.
#[derive(Serialize)]
struct Line<'a> {
    step: &'a str,
    ok: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    differs: &'a [String],
    #[serde(flatten)]
    facts: Value,
}
