//! A value as rules see it.

use std::borrow::Cow;

use crate::directory::attribute::{self, NotText};

/// The text without surrounding white space; `None` when nothing else is in it: a blank value is a missing value.
pub(super) fn present<'v>(attribute: &str, value: &'v [u8]) -> Result<Option<Cow<'v, str>>, NotText> {
    let trimmed = match attribute::text(attribute, value)? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    Ok(Some(trimmed).filter(|text| !text.is_empty()))
}

/// Why an attribute's value can't be used, without the value.
pub(super) fn not_text(attribute: &str, why: NotText) -> String {
    format!("`{attribute}` {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_values_are_missing() {
        assert_eq!(present("sn", b" \t "), Ok(None));
        assert_eq!(present("sn", "\u{a0}Berg ".as_bytes()), Ok(Some(Cow::Borrowed("Berg"))));
    }

    #[test]
    fn what_is_no_text_is_told_by_its_name() {
        let told = |name, value| present(name, value).map_err(|why| not_text(name, why));
        assert_eq!(told("sn", &[0xff]), Err("`sn` is not valid UTF-8".to_owned()));
        assert_eq!(told("objectGUID", b"short"), Err("`objectGUID` is not a GUID".to_owned()));
    }
}
