//! A fault as miette wants it.

use std::fmt;
use std::iter;

use miette::{Diagnostic, LabeledSpan, MietteError, NamedSource, Severity, SourceCode, SourceSpan, SpanContents};

use super::fault::{Fault, Weight};

/// A line longer than this is shown in part…
const LONGEST: usize = 240;
/// …with this much of it on either side.
const AROUND: usize = 60;

/// A source of which the whole line is shown, and nothing around it: one fault, one line.
#[derive(Debug)]
pub(super) struct Lines(pub String);

impl SourceCode for Lines {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked for no context at all, miette wants to know where exactly the span begins.
        if before == 0 {
            return self.0.read_span(span, 0, 0);
        }
        let (start, end) = (span.offset().min(self.0.len()), (span.offset() + span.len()).min(self.0.len()));
        let from = self.0[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let to = self.0[end..].find('\n').map_or(self.0.len(), |newline| end + newline);
        let end = end.min(start + LONGEST);
        let window = if to - from > LONGEST { self.near(start, from)..self.near(end, to) } else { from..to };
        self.0.read_span(&(window.start, window.len()).into(), 0, 0)
    }
}

impl Lines {
    /// Towards the end of the line, but not all the way, and never into a character.
    fn near(&self, at: usize, limit: usize) -> usize {
        let wanted = limit.clamp(at.saturating_sub(AROUND), at + AROUND);
        (0..=wanted).rev().find(|index| self.0.is_char_boundary(*index)).unwrap_or_default()
    }
}

/// A fault beside its source, as miette wants it.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub fault: &'a Fault,
    pub source: &'a NamedSource<Lines>,
    pub file: &'a str,
    pub weight: Weight,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault.at {
            Some(_) => f.write_str(&self.fault.message),
            None => write!(f, "{}: {}", self.file, self.fault.message),
        }
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(match self.weight {
            Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.fault.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.fault.at.as_ref().map(|_| self.source as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let at = self.fault.at.clone()?;
        // A value of many lines is marked on its first one only: the rest is noise, and may be long.
        let text = self.source.inner().0.get(at.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim_end();
        let length = line
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| *end <= LONGEST)
            .last()
            .unwrap_or_default();
        Some(Box::new(iter::once(LabeledSpan::new(None, at.start, length))))
    }
}
