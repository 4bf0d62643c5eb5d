//! What goes wrong in an expression, told without a person's values.

use std::error::Error as _;

use minijinja::{Error, ErrorKind};

/// A failure of ours, in words that hold no values. MiniJinja's own words may hold some, and are never passed on from
/// judging.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Mishap {
    pub message: String,
    /// Set when the expression is wrong for everybody: what to write instead.
    pub help: Option<String>,
}

impl Mishap {
    /// This person's values don't fit.
    pub(super) fn data(message: impl Into<String>) -> Error {
        Self { message: message.into(), help: None }.into()
    }

    /// The expression fits nobody.
    pub(super) fn misuse(message: impl Into<String>, help: impl Into<String>) -> Error {
        Self { message: message.into(), help: Some(help.into()) }.into()
    }

    /// The failure of ours behind an error.
    pub(super) fn behind(error: &Error) -> Option<&Self> {
        let mut cause = error.source();
        while let Some(error) = cause {
            if let Some(mishap) = error.downcast_ref() {
                return Some(mishap);
            }
            cause = error.source();
        }
        None
    }
}

impl From<Mishap> for Error {
    fn from(mishap: Mishap) -> Self {
        Self::new(ErrorKind::InvalidOperation, mishap.message.clone()).with_source(mishap)
    }
}

/// Why an expression failed on a person, without values.
pub(super) fn reason(error: &Error) -> String {
    if let Some(mishap) = Mishap::behind(error) {
        return mishap.message.clone();
    }
    match error.kind() {
        ErrorKind::OutOfFuel => "it takes too long".to_owned(),
        ErrorKind::UndefinedError => "a value it needs is missing".to_owned(),
        ErrorKind::InvalidOperation | ErrorKind::NonPrimitive => "a value does not fit what is done with it".to_owned(),
        kind => kind.to_string(),
    }
}

/// Whether an error says that the expression is wrong, whoever the person is.
pub(super) fn fits_nobody(error: &Error) -> bool {
    Mishap::behind(error).is_some_and(|mishap| mishap.help.is_some())
        || matches!(
            error.kind(),
            ErrorKind::SyntaxError
                | ErrorKind::UnknownFilter
                | ErrorKind::UnknownTest
                | ErrorKind::UnknownFunction
                | ErrorKind::UnknownMethod
                | ErrorKind::MissingArgument
                | ErrorKind::TooManyArguments
                | ErrorKind::BadEscape
                | ErrorKind::OutOfFuel
                | ErrorKind::TemplateNotFound
        )
}
