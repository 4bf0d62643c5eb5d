//! What every test here starts from.
