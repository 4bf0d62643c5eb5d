//! What of people is shown to somebody.

/// What of people is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All that is known.
    Values,
    /// Who they are and what becomes of them, but not what their fields say.
    NoValues,
}
