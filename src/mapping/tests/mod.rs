//! Whole mappings.
