//! The one HTTP executor.
