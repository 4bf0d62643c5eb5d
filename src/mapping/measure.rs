//! How much a rule may make of a person. MiniJinja bounds the steps that a rule takes, but not what a step makes: within
//! a few, a text can be repeated until no memory is left.

use std::fmt::Write as _;

use minijinja::Error;
use minijinja::value::{Value, ValueKind};

use super::mishap::Mishap;

/// Bytes of one text: the names of thousands of groups.
pub(super) const TEXT: usize = 256 << 10;
/// Bytes of a list with all that is in it: all values of the largest entry that is read.
const LIST: usize = 16 << 20;
/// What a value of a list counts beside its text.
const ITEM: usize = 32;

/// Some text was to become longer than [`TEXT`], or a list than [`LIST`].
pub(super) fn too_much() -> Error {
    Mishap::misuse(
        format!("it makes more than {} KiB of text, or a list of more than {} MiB", TEXT >> 10, LIST >> 20),
        "take less of it, like `… | first` or `…[:100]`",
    )
}

/// Whether a text of so many bytes may be made.
pub(super) fn text(bytes: usize) -> Result<(), Error> {
    if bytes > TEXT { Err(too_much()) } else { Ok(()) }
}

/// Whether a list may be made into another one; how long it is, it mostly knows.
pub(super) fn list(value: &Value) -> Result<(), Error> {
    if value.len().unwrap_or_default() > LIST / ITEM { Err(too_much()) } else { Ok(()) }
}

/// A value, unless it is too much.
pub(super) fn fitting(value: Value) -> Result<Value, Error> {
    weigh(&value, LIST).map(|_| value)
}

/// All of these values, unless they are too much.
pub(super) fn all(values: impl Iterator<Item = Result<Value, Error>>) -> Result<Vec<Value>, Error> {
    let (mut taken, mut left) = (Vec::new(), LIST);
    for value in values {
        let value = value?;
        left = weigh(&value, left)?;
        taken.push(value);
    }
    Ok(taken)
}

/// What is left of so many bytes.
fn weigh(value: &Value, left: usize) -> Result<usize, Error> {
    let mut left = left.checked_sub(ITEM).ok_or_else(too_much)?;
    if let Some(written) = value.as_str() {
        text(written.len())?;
        return left.checked_sub(written.len()).ok_or_else(too_much);
    }
    let kind = value.kind();
    if matches!(kind, ValueKind::Seq | ValueKind::Iterable | ValueKind::Map) {
        for item in value.try_iter()? {
            left = weigh(&item, left)?;
            if kind == ValueKind::Map {
                left = weigh(&value.get_item(&item)?, left)?;
            }
        }
    }
    Ok(left)
}

/// The items of a list as they are shown, with something between them.
pub(super) fn joined(list: &Value, between: &str) -> Result<String, Error> {
    let mut text = Text(String::new());
    for (at, item) in list.try_iter()?.enumerate() {
        let before = if at == 0 { "" } else { between };
        write!(text, "{before}{item}").map_err(|_| too_much())?;
    }
    Ok(text.0)
}

/// A value as it is shown.
pub(super) fn shown(value: &Value) -> Result<String, Error> {
    let mut text = Text(String::new());
    write!(text, "{value}").map_err(|_| too_much())?;
    Ok(text.0)
}

/// Does not become longer than [`TEXT`].
struct Text(String);

impl std::fmt::Write for Text {
    fn write_str(&mut self, piece: &str) -> std::fmt::Result {
        if self.0.len() + piece.len() > TEXT {
            return Err(std::fmt::Error);
        }
        self.0.push_str(piece);
        Ok(())
    }
}
