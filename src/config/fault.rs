//! What is wrong with a config, and where. Rendered once, at the edge.

use std::fmt;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource};

use super::shown::{Lines, Shown};

/// So many faults are told: whoever mends these does not need to be told of thousands that follow from them.
const MOST: usize = 100;
/// So many characters of what is said are told; some of it may be quoted from the file.
const LONGEST: usize = 1000;

/// Something wrong, or allowed but unwise. No text in here ever holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Bytes of the file; `None` when it is about the file as a whole.
    pub at: Option<Range<usize>>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// Whether something stops the config from being used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// It does.
    #[default]
    Error,
    /// It is allowed but unwise.
    Warning,
}

/// For whom faults are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Somebody at a terminal.
    Colours,
    /// A file, a pipe, a test.
    Plain,
}

/// All that was found in one file, in the file's order.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    file: String,
    // Its secrets are masked; equally long, so that places stay true.
    source: String,
    weight: Weight,
    list: Vec<Fault>,
}

impl Fault {
    /// A fault at a place in the file.
    pub fn at(place: Range<usize>, message: impl Into<String>) -> Self {
        Self { at: Some(place), message: message.into(), help: None }
    }

    /// A fault of the file as a whole.
    pub fn of_file(message: impl Into<String>) -> Self {
        Self { at: None, message: message.into(), help: None }
    }

    /// The same, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, with advice where there is some and it has none yet.
    #[must_use]
    pub fn or_help(mut self, help: Option<String>) -> Self {
        self.help = self.help.or(help);
        self
    }
}

impl Faults {
    /// Faults of a file. The source must be masked already.
    pub(super) fn new(file: &str, source: String, weight: Weight, mut list: Vec<Fault>) -> Self {
        list.sort_by_key(|fault| fault.at.as_ref().map(|at| (at.start, at.end)));
        list.dedup();
        let more = list.len().saturating_sub(MOST);
        list.truncate(MOST);
        if more > 0 {
            list.push(Fault::of_file(format!("{more} more are not shown")).help("mend these first"));
        }
        Self { file: file.to_owned(), source, weight, list }
    }

    /// One more, of the file as a whole.
    pub(super) fn add(&mut self, fault: Fault) {
        self.list.insert(0, fault);
    }

    /// The same, with everything that is said made fit to be shown.
    pub(super) fn redacted(mut self, redact: impl Fn(&str) -> String) -> Self {
        let told = |text: &str| shortened(redact(text));
        for fault in &mut self.list {
            fault.message = told(&fault.message);
            fault.help = fault.help.as_deref().map(told);
        }
        self
    }

    /// Them all.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// One line each: `rosterd.yaml:12:5: unknown key `serach`; did you mean `search`?`
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.list.iter().map(|fault| {
            let text = match &fault.help {
                Some(help) => format!("{}; {help}", fault.message),
                None => fault.message.clone(),
            };
            let text = text.replace('\n', " ");
            match fault.at.as_ref().map(|at| self.line_and_column(at.start)) {
                Some((line, column)) => format!("{}:{line}:{column}: {text}", self.file),
                None => format!("{}: {text}", self.file),
            }
        })
    }

    /// As people read them: the source line, a mark under what is meant, what is wrong, what to do.
    pub fn render(&self, look: Look) -> String {
        let theme = match look {
            Look::Colours => GraphicalTheme::unicode(),
            Look::Plain => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_context_lines(1).with_width(110);
        let source = NamedSource::new(&self.file, Lines(self.source.clone()));
        let mut out = String::new();
        for fault in &self.list {
            let shown = Shown { fault, source: &source, file: &self.file, weight: self.weight };
            // Writing to a String cannot fail, and a diagnostic that does not render still has its one-line form.
            if handler.render_report(&mut out, &shown).is_err() {
                out.push_str(&fault.message);
            }
            out.push('\n');
        }
        out
    }

    fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = self.source.get(..offset).unwrap_or(&self.source);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().enumerate().try_for_each(|(at, line)| {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{line}")
        })
    }
}

impl std::error::Error for Faults {}
